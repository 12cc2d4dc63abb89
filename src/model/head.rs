//! From the outputs of the atoms to a property of the molecule, and back.

use serde::{Deserialize, Serialize};

/// How the numbers ε_i of the atoms become the number of the molecule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Head {
    /// Σ_i ε_i: grows with the molecule, as an energy does.
    Extensive,
    /// Σ_i ε_i / N: the same for one molecule and for two far apart.
    Intensive,
}

impl Head {
    /// Name in headers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Extensive => "extensive",
            Self::Intensive => "intensive",
        }
    }

    /// Numbers of a molecule.
    #[must_use]
    pub fn outputs(self) -> usize {
        match self {
            Self::Extensive | Self::Intensive => 1,
        }
    }

    /// What one atom of `atoms` counts.
    #[must_use]
    pub fn share(self, atoms: usize) -> f64 {
        match self {
            Self::Extensive => 1.0,
            Self::Intensive => 1.0 / atoms as f64,
        }
    }
}
