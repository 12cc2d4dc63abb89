//! The heat bath of a stage.

use serde::Serialize;

use super::Quantity;
use super::section::Section;
use crate::Result;
use crate::units::Dimension;

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
}

#[derive(Clone, Copy)]
enum Kind {
    Langevin,
    Bussi,
    NoseHoover,
    Andersen,
    Berendsen,
}

const KINDS: [(&str, Kind); 5] = [
    ("langevin", Kind::Langevin),
    ("bussi", Kind::Bussi),
    ("nose-hoover", Kind::NoseHoover),
    ("andersen", Kind::Andersen),
    ("berendsen", Kind::Berendsen),
];

impl ThermostatInput {
    pub(super) fn read(stage: &Section<'_>) -> Result<Option<Self>> {
        if stage.is_text("thermostat") {
            stage.choice("thermostat", &[("none", ())])?;
            return Ok(None);
        }
        let Some(section) = stage.section("thermostat")? else { return Ok(None) };
        let kind = section.required("kind", section.choice("kind", &KINDS)?, "kind = \"langevin\"")?;
        let own: &[&str] = match kind {
            Kind::Langevin => &["friction"],
            Kind::Bussi | Kind::Berendsen => &["relaxation_time"],
            Kind::NoseHoover => &["relaxation_time", "chain"],
            Kind::Andersen => &["rate"],
        };
        section.allow(&[&["kind", "temperature", "final_temperature"], own].concat())?;
        let temperature = section.non_negative("temperature", Dimension::Temperature)?;
        let temperature = section.required("temperature", temperature, "temperature = \"300 K\"")?;
        let final_temperature = section.non_negative("final_temperature", Dimension::Temperature)?;
        Ok(Some(Self { coupling: Coupling::read(&section, kind)?, temperature, final_temperature }))
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
        })
    }
}
