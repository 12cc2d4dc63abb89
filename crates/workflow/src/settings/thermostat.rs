//! The heat bath of a stage.

use serde::Serialize;

use super::declare::{Key, RATE, TEMPERATURE, TIME, Table, Value, integer, kinds, non_negative, positive, settings};
use super::section::Section;
use super::{PathIntegralInput, Quantity};
use cormorant_core::Result;
use cormorant_dynamics::dynamics::{Andersen, Berendsen, Bussi, Langevin, NoseHoover, Pile, Thermostat};

settings! {
    /// `thermostat` of a stage.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct ThermostatInput {
        /// How the bath couples.
        #[serde(flatten)]
        pub coupling: Coupling = Key::of(Value::Inline(&[])),
        /// Temperature of the bath.
        pub temperature: Quantity = non_negative(TEMPERATURE).required("\"300 K\""),
        /// Temperature at the end of the stage, reached linearly, if it changes.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub final_temperature: Option<Quantity> = non_negative(TEMPERATURE),
    }
}

kinds! {
    /// How a heat bath couples to the atoms.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    #[serde(tag = "kind", rename_all = "kebab-case")]
    pub enum Coupling {
        /// Friction and noise on every atom.
        Langevin = "langevin" {
            /// Rate at which an atom forgets its velocity.
            friction: Quantity = positive(RATE).required("\"1 / ps\""),
        },
        /// Stochastic rescaling of all velocities (Bussi, Donadio and Parrinello).
        Bussi = "bussi" {
            /// Time in which the kinetic energy forgets itself.
            relaxation_time: Quantity = positive(TIME).required("\"100 fs\""),
        },
        /// A chain of Nose-Hoover thermostats.
        NoseHoover = "nose-hoover" {
            /// Period of the coupling.
            relaxation_time: Quantity = positive(TIME).required("\"100 fs\""),
            /// Links of the chain.
            chain: usize = integer(1, 16).or("3"),
        },
        /// Velocities drawn again at random times (Andersen).
        Andersen = "andersen" {
            /// Rate at which an atom gets a new velocity.
            rate: Quantity = positive(RATE).required("\"1 / ps\""),
        },
        /// Weak coupling (Berendsen); it samples no ensemble and serves to warm up only.
        Berendsen = "berendsen" {
            /// Time in which the temperature approaches that of the bath.
            relaxation_time: Quantity = positive(TIME).required("\"100 fs\""),
        },
        /// Friction and noise on every mode of ring polymers (PILE); for `[path_integral]` only.
        Pile = "pile" {
            /// Time in which the centroids forget their velocities.
            relaxation_time: Quantity = positive(TIME).required("\"100 fs\""),
        },
    }
}

impl ThermostatInput {
    /// The declaration with the kinds.
    pub(crate) const KINDS: Table = Table { kinds: Coupling::KINDS, ..Self::TABLE };

    pub(super) fn read(stage: &Section<'_>, ring: Option<&PathIntegralInput>) -> Result<Option<Self>> {
        if stage.is_text("thermostat") {
            if let Some((text, place)) = stage.text("thermostat")?
                && text != "none"
            {
                let message = format!("`thermostat` = \"{text}\" is not known in {}", stage.name());
                let remedy = "write thermostat = { kind = \"langevin\", temperature = \"300 K\", friction = \"1 / ps\" }, or \"none\"";
                return Err(stage.error(place, message, remedy));
            }
            return Ok(None);
        }
        let Some(section) = stage.section("thermostat")? else { return Ok(None) };
        let kind = section.required("kind", section.kind(&Self::KINDS)?, "kind = \"langevin\"")?;
        section.declared_kind(&Self::TABLE, kind)?;
        let temperature = section.get(&Self::temperature)?;
        let final_temperature = section.get(&Self::final_temperature)?;
        let Some(coupling) = Coupling::read_kind(&section, kind.word)? else { return Ok(None) };
        let bath = Self { coupling, temperature, final_temperature };
        bath.fits(&section, ring)?;
        Ok(Some(bath))
    }

    /// Rings of beads have a bath of their own, at the temperature of their springs.
    fn fits(&self, section: &Section<'_>, ring: Option<&PathIntegralInput>) -> Result<()> {
        let pile = matches!(self.coupling, Coupling::Pile { .. });
        let (key, message, remedy) = match ring {
            None if pile => (
                "kind",
                "\"pile\" is a thermostat for ring polymers".into(),
                "add [path_integral], or use \"langevin\"",
            ),
            Some(_) if !pile => {
                ("kind", "this bath cannot be combined with [path_integral]".into(), "use kind = \"pile\"")
            }
            Some(_) if self.final_temperature.is_some() => {
                ("final_temperature", "the temperature of ring polymers cannot change".into(), "leave it out")
            }
            Some(ring) if ring.temperature.value() != self.temperature.value() => {
                let message = format!(
                    "`temperature` = \"{}\" is not that of [path_integral], {}",
                    self.temperature, ring.temperature
                );
                ("temperature", message, "give both the same temperature")
            }
            None if matches!(self.coupling, Coupling::NoseHoover { .. }) && self.temperature.value() <= 0.0 => (
                "temperature",
                format!("`temperature` = \"{}\": this bath has no motion at 0 K", self.temperature),
                "use kind = \"langevin\" or \"bussi\", or a temperature above 0 K",
            ),
            _ => return Ok(()),
        };
        Err(section.error_at(key, message, remedy))
    }
}

impl ThermostatInput {
    /// The thermostat; `ring` is what ring polymers have.
    ///
    /// # Errors
    /// When a number is out of range.
    pub fn build(&self, ring: Option<&PathIntegralInput>) -> Result<Box<dyn Thermostat>> {
        let temperature = self.temperature.value();
        Ok(match &self.coupling {
            Coupling::Langevin { friction } => Box::new(Langevin::new(temperature, friction.value())?),
            Coupling::Bussi { relaxation_time } => Box::new(Bussi::new(temperature, relaxation_time.value())?),
            Coupling::NoseHoover { relaxation_time, chain } => {
                Box::new(NoseHoover::new(temperature, relaxation_time.value(), *chain)?)
            }
            Coupling::Andersen { rate } => Box::new(Andersen::new(temperature, rate.value())?),
            Coupling::Berendsen { relaxation_time } => Box::new(Berendsen::new(temperature, relaxation_time.value())?),
            Coupling::Pile { relaxation_time } => {
                Box::new(Pile::new(PathIntegralInput::modes_of(ring)?, temperature, relaxation_time.value())?)
            }
        })
    }
}
