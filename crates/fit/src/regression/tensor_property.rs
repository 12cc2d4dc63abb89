//! Properties of a molecule that turn with it.

use cormorant_network::Head;

/// A property with a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TensorProperty {
    /// The dipole moment, a vector.
    Dipole,
    /// The polarizability, a symmetric tensor.
    Polarizability,
}

impl TensorProperty {
    /// Name in inputs, headers and data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dipole => "dipole",
            Self::Polarizability => "polarizability",
        }
    }

    /// Units that an input may name, each with how it is written in tables. Labels stay in the unit of the data.
    #[must_use]
    pub fn units(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Dipole => &[("D", "D"), ("eÅ", "eÅ")],
            Self::Polarizability => &[("bohr³", "bohr³"), ("Å³", "Å³"), ("bohr^3", "bohr³"), ("Å^3", "Å³")],
        }
    }

    /// The head of the network that gives it.
    #[must_use]
    pub fn head(self) -> Head {
        match self {
            Self::Dipole => Head::Dipole,
            Self::Polarizability => Head::Polarizability,
        }
    }
}
