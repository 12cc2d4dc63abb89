//! The heat bath of a stage.

use serde::Serialize;

use super::section::Section;
use super::{PathIntegralInput, Quantity};
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// `thermostat` of a stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ThermostatInput {
    /// How the bath couples.
    #[serde(flatten)]
    pub coupling: Coupling,
    /// Temperature of the bath.
    pub temperature: Quantity,
    /// Temperature at the end of the stage, reached linearly, if it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_temperature: Option<Quantity>,
}

/// How a heat bath couples to the atoms.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Coupling {
    /// Friction and noise on every atom.
    Langevin {
        /// Rate at which an atom forgets its velocity.
        friction: Quantity,
    },
    /// Stochastic rescaling of all velocities (Bussi, Donadio and Parrinello).
    Bussi {
        /// Time in which the kinetic energy forgets itself.
        relaxation_time: Quantity,
    },
    /// A chain of Nose-Hoover thermostats.
    NoseHoover {
        /// Period of the coupling.
        relaxation_time: Quantity,
        /// Links of the chain.
        chain: usize,
    },
    /// Velocities drawn anew at random times (Andersen).
    Andersen {
        /// Rate at which an atom gets a new velocity.
        rate: Quantity,
    },
    /// Weak coupling (Berendsen); it samples no ensemble and serves to warm up only.
    Berendsen {
        /// Time in which the temperature approaches that of the bath.
        relaxation_time: Quantity,
    },
    /// Friction and noise on every mode of rings of beads (PILE); goes with `[path_integral]`.
    Pile {
        /// Time in which the centroids forget their velocities.
        relaxation_time: Quantity,
    },
}

#[derive(Clone, Copy)]
enum Kind {
    Langevin,
    Bussi,
    NoseHoover,
    Andersen,
    Berendsen,
    Pile,
}

const KINDS: [(&str, Kind); 6] = [
    ("langevin", Kind::Langevin),
    ("bussi", Kind::Bussi),
    ("nose-hoover", Kind::NoseHoover),
    ("andersen", Kind::Andersen),
    ("berendsen", Kind::Berendsen),
    ("pile", Kind::Pile),
];

impl ThermostatInput {
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
        let kind = section.required("kind", section.choice("kind", &KINDS)?, "kind = \"langevin\"")?;
        let own: &[&str] = match kind {
            Kind::Langevin => &["friction"],
            Kind::Bussi | Kind::Berendsen | Kind::Pile => &["relaxation_time"],
            Kind::NoseHoover => &["relaxation_time", "chain"],
            Kind::Andersen => &["rate"],
        };
        section.allow(&[&["kind", "temperature", "final_temperature"], own].concat())?;
        let temperature = section.non_negative("temperature", Dimension::Temperature)?;
        let temperature = section.required("temperature", temperature, "temperature = \"300 K\"")?;
        let final_temperature = section.non_negative("final_temperature", Dimension::Temperature)?;
        let bath = Self { coupling: Coupling::read(&section, kind)?, temperature, final_temperature };
        bath.fits(&section, ring)?;
        Ok(Some(bath))
    }
}

impl ThermostatInput {
    /// Rings of beads have a bath of their own, at the temperature of their springs.
    fn fits(&self, section: &Section<'_>, ring: Option<&PathIntegralInput>) -> Result<()> {
        let pile = matches!(self.coupling, Coupling::Pile { .. });
        let (key, message, remedy) = match ring {
            None if pile => {
                ("kind", "\"pile\" is a bath for rings of beads".into(), "add [path_integral], or use \"langevin\"")
            }
            Some(_) if !pile => ("kind", "this bath does not go with [path_integral]".into(), "use kind = \"pile\""),
            Some(_) if self.final_temperature.is_some() => {
                ("final_temperature", "the temperature of rings of beads cannot change".into(), "leave it out")
            }
            Some(ring) if ring.temperature.value() != self.temperature.value() => {
                let message = format!(
                    "`temperature` = \"{}\" is not that of [path_integral], {}",
                    self.temperature, ring.temperature
                );
                ("temperature", message, "give both the same temperature")
            }
            _ => return Ok(()),
        };
        Err(section.error_at(key, message, remedy))
    }
}

impl Coupling {
    fn read(section: &Section<'_>, kind: Kind) -> Result<Self> {
        let rate = |key: &str| {
            let rate = section.positive(key, Dimension::Rate)?;
            section.required(key, rate, &format!("{key} = \"1 / ps\""))
        };
        let relaxation_time = || {
            let time = section.positive("relaxation_time", Dimension::Time)?;
            section.required("relaxation_time", time, "relaxation_time = \"100 fs\"")
        };
        Ok(match kind {
            Kind::Langevin => Self::Langevin { friction: rate("friction")? },
            Kind::Bussi => Self::Bussi { relaxation_time: relaxation_time()? },
            Kind::NoseHoover => Self::NoseHoover {
                relaxation_time: relaxation_time()?,
                chain: section.integer("chain", 1, 16)?.unwrap_or(3) as usize,
            },
            Kind::Andersen => Self::Andersen { rate: rate("rate")? },
            Kind::Berendsen => Self::Berendsen { relaxation_time: relaxation_time()? },
            Kind::Pile => Self::Pile { relaxation_time: relaxation_time()? },
        })
    }
}
