//! Closed lists of words that stand for a way of doing things.

use serde::Serialize;

use super::declare::words;

words! {
    /// How the equations of motion are integrated.
    pub enum IntegratorKind {
        /// Kick, drift, kick; with a thermostat, half of its work before and half after.
        VelocityVerlet = "velocity-verlet",
        /// Kick, drift, bath, drift, kick (Leimkuhler and Matthews); requires a thermostat.
        Baoab = "baoab",
        /// Several short steps under a cheap inner potential within each step (r-RESPA).
        Respa = "respa",
        /// The same for ring polymers, which drift exactly; for `[path_integral]` only.
        RingPolymer = "ring-polymer",
    }
}

words! {
    /// The floating-point format in which a learned potential computes; positions, momenta and sums are always f64.
    pub enum Precision {
        /// Single precision: twice as fast, forces good to about 1e-5 eV/Å.
        F32 = "f32",
        /// Double precision.
        F64 = "f64",
    }
}

words! {
    /// What becomes of data whose forces are not the slope of their energies.
    pub enum Contradictions {
        /// The fit stops before its first epoch, and says what may be the matter: a unit, a sign, another theory.
        Refuse = "refuse",
        /// It is said, and fitted all the same.
        Accept = "accept",
    }
}

impl From<Precision> for cormorant_potential::Precision {
    fn from(asked: Precision) -> Self {
        match asked {
            Precision::F32 => Self::F32,
            Precision::F64 => Self::F64,
        }
    }
}

impl From<Precision> for cormorant_potential::EngineOptions {
    /// On the processor.
    fn from(asked: Precision) -> Self {
        cormorant_potential::Precision::from(asked).into()
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
