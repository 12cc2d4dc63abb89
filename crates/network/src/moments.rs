//! What acts at any distance.

use serde::{Deserialize, Serialize};

/// What a network of energies gives its atoms that acts at any distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moments {
    /// Nothing: an atom feels others within the reach of the messages.
    #[default]
    None,
    /// Charges.
    Charges,
    /// Charges and dipoles.
    Dipoles,
    /// Charges, dipoles and quadrupoles.
    Quadrupoles,
}

impl Moments {
    /// Highest degree; none for none.
    #[must_use]
    pub fn degree(self) -> Option<usize> {
        match self {
            Self::None => None,
            Self::Charges => Some(0),
            Self::Dipoles => Some(1),
            Self::Quadrupoles => Some(2),
        }
    }

    /// Whether there is nothing. By reference, as serde asks.
    #[must_use]
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}
