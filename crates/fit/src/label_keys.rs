//! Under which names labels are in extended XYZ.

use serde::Serialize;

use super::stress_convention::StressConvention;
use cormorant_io::StateKeys;

/// Names of labels in the comments (`energy`, `stress`, `virial`) and among the columns (`forces`) of extended XYZ, and of charge and spin.
///
/// Those left out are called as here. One that is named must be in some frame, and a `stress` or `virial` that is named is read
/// without the other, unless that is named too. The name `none` reads none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LabelKeys {
    /// The energy, a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy: Option<String>,
    /// The forces, a column of vectors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forces: Option<String>,
    /// The stress, a tensor; tension is positive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stress: Option<String>,
    /// The virial −∂E/∂strain, a tensor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virial: Option<String>,
    /// The total charge, a number in e.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charge: Option<String>,
    /// The multiplicity 2S + 1, or what the name says if it is a usual one of the spin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multiplicity: Option<String>,
    /// Whether dipole moments are read as labels.
    #[serde(skip)]
    pub dipoles: bool,
    /// Unit and sign of the stress.
    #[serde(skip)]
    pub stress_convention: StressConvention,
    /// Further keys of the comments whose values name groups of frames.
    #[serde(skip)]
    pub groups: Vec<String>,
}

impl LabelKeys {
    /// Whether no name is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.name_labels() && self.charge.is_none() && self.multiplicity.is_none()
    }

    /// Whether a name of a label is given, rather than of charge and spin.
    #[must_use]
    pub fn name_labels(&self) -> bool {
        let Self { energy, forces, stress, virial, .. } = self;
        [energy, forces, stress, virial].iter().any(|name| name.is_some())
    }

    /// The names of charge and spin.
    #[must_use]
    pub fn state(&self) -> StateKeys<'_> {
        StateKeys { charge: self.charge.as_deref(), multiplicity: self.multiplicity.as_deref() }
    }

    /// The name of the energy.
    #[must_use]
    pub fn energy(&self) -> &str {
        self.energy.as_deref().unwrap_or("energy")
    }

    /// The name of the forces.
    #[must_use]
    pub fn forces(&self) -> &str {
        self.forces.as_deref().unwrap_or("forces")
    }

    /// The names of stress and virial, each where it is to be read.
    #[must_use]
    pub fn tensors(&self) -> (Option<&str>, Option<&str>) {
        match (self.stress.as_deref(), self.virial.as_deref()) {
            (None, None) => (Some("stress"), Some("virial")),
            named => named,
        }
    }

    /// Whether a tensor must be there.
    #[must_use]
    pub fn demand_tensor(&self) -> bool {
        self.stress.is_some() || self.virial.is_some()
    }
}
