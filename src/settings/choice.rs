//! Closed lists of words that stand for a way of doing things.

use serde::Serialize;

use cormorant_core::{Error, Result};

/// How the equations of motion are integrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntegratorKind {
    /// Kick, drift, kick; with a thermostat, half of its work before and half after.
    VelocityVerlet,
    /// Kick, drift, bath, drift, kick (Leimkuhler and Matthews); needs a thermostat.
    Baoab,
    /// Several short steps under a cheap inner potential within each step (r-RESPA).
    Respa,
    /// The same for rings of beads, which drift exactly; goes with `[path_integral]`, and nothing else does.
    RingPolymer,
}

impl IntegratorKind {
    pub(crate) const WORDS: [(&'static str, Self); 4] = [
        ("velocity-verlet", Self::VelocityVerlet),
        ("baoab", Self::Baoab),
        ("respa", Self::Respa),
        ("ring-polymer", Self::RingPolymer),
    ];
}

/// The floating-point format in which a learned potential computes; positions, momenta and sums are always f64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Single precision: twice as fast, forces good to about 1e-5 eV/Å.
    F32,
    /// Double precision.
    F64,
}

impl From<Precision> for cormorant_potential::Precision {
    fn from(asked: Precision) -> Self {
        match asked {
            Precision::F32 => Self::F32,
            Precision::F64 => Self::F64,
        }
    }
}

impl Precision {
    pub(crate) const WORDS: [(&'static str, Self); 2] = [("f32", Self::F32), ("f64", Self::F64)];
}

impl std::fmt::Display for Precision {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        })
    }
}

impl std::str::FromStr for Precision {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::WORDS.iter().find(|(word, _)| *word == text);
        found.map(|(_, precision)| *precision).ok_or_else(|| Error::Invalid("write f32 or f64".into()))
    }
}

/// Which net motion is taken out of freshly drawn velocities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RemoveMotion {
    /// Translation always; rotation too when there is no cell.
    Auto,
    /// Translation of the center of mass.
    Translation,
    /// Translation of the center of mass and rotation about it; only without a cell.
    Both,
    /// Nothing.
    Nothing,
}
