//! In which unit, and with which sign, a data set states its stress.

use serde::{Serialize, Serializer};

use cormorant_core::units::GIGAPASCAL;
use cormorant_core::{Error, Result};

/// Unit and sign of the stress in a data set.
///
/// | word                       | in eV/Å³                                  |
/// |----------------------------|-------------------------------------------|
/// | `eV/Å^3`                   | 1                                         |
/// | `GPa`, `MPa`, `kbar`, `bar` | 0.0062415 GPa⁻¹ and powers of ten of it ([`cormorant_core::units`]) |
/// | `eV` (a virial)            | 1 over the volume in Å³, sign of a stress |
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StressConvention {
    /// The unit; where none is given, energy / length³ of the other labels.
    pub unit: Option<StressUnit>,
    /// What is positive.
    pub sign: StressSign,
}

/// Which stress is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StressSign {
    /// That of a cell which would shrink, as in ASE.
    #[default]
    Tension,
    /// That of a cell which would grow, as in VASP's OUTCAR.
    Compression,
}

/// A unit of stress.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StressUnit {
    /// Usual spelling.
    pub name: &'static str,
    /// Size in eV/Å³; or in eV, where it is to be divided by the volume.
    pub factor: f64,
    /// Whether the numbers are the stress times the volume.
    pub times_volume: bool,
}

const fn of(name: &'static str, factor: f64) -> StressUnit {
    StressUnit { name, factor, times_volume: false }
}

const UNITS: [(StressUnit, &[&str]); 6] = [
    (of("eV/Å^3", 1.0), &["eV/Å^3", "eV/Å³", "eV/A^3", "eV/Ang^3", "eV/Angstrom^3"]),
    (of("GPa", GIGAPASCAL), &["GPa", "gpa"]),
    (of("MPa", 1.0e-3 * GIGAPASCAL), &["MPa"]),
    (of("kbar", 0.1 * GIGAPASCAL), &["kbar", "kB", "kBar", "kb"]),
    (of("bar", 1.0e-4 * GIGAPASCAL), &["bar"]),
    (StressUnit { name: "eV", factor: 1.0, times_volume: true }, &["eV", "ev"]),
];

impl std::str::FromStr for StressUnit {
    type Err = Error;

    /// The unit with this name.
    fn from_str(text: &str) -> Result<Self> {
        let found = UNITS.iter().find(|(_, spellings)| spellings.contains(&text.trim()));
        found.map(|(unit, _)| *unit).ok_or_else(|| Error::Unit {
            found: text.to_string(),
            expected: "a unit of stress",
            remedy: format!("write one of {}", UNITS.map(|(unit, _)| unit.name).join(", ")),
        })
    }
}

impl Serialize for StressUnit {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

impl std::str::FromStr for StressSign {
    type Err = Error;

    /// The sign with this word: what is positive.
    fn from_str(text: &str) -> Result<Self> {
        match text.trim() {
            "tension" => Ok(Self::Tension),
            "compression" => Ok(Self::Compression),
            other => Err(Error::Unit {
                found: other.to_string(),
                expected: "a sign of the stress",
                remedy: "write what is positive: \"tension\" (ASE) or \"compression\" (VASP's OUTCAR)".into(),
            }),
        }
    }
}

impl StressConvention {
    /// The virial in eV that belongs to a stress as a file states it, for a cell of `volume` in its unit of length; `length` and
    /// `energy` are the sizes of the file's units in Å and eV.
    #[must_use]
    pub fn virial(&self, stress: [[f64; 3]; 3], volume: f64, length: f64, energy: f64) -> [[f64; 3]; 3] {
        let sign = if self.sign == StressSign::Compression { 1.0 } else { -1.0 };
        let (first, second) = match self.unit {
            None => (volume, energy),
            Some(unit) if unit.times_volume => (unit.factor, 1.0),
            Some(unit) => (volume * length.powi(3), unit.factor),
        };
        stress.map(|row| row.map(|x| sign * x * first * second))
    }
}

impl std::fmt::Display for StressConvention {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(unit) = self.unit {
            write!(out, ", stress in {}", unit.name)?;
        }
        if self.sign == StressSign::Compression {
            write!(out, ", stress positive under compression")?;
        }
        Ok(())
    }
}
