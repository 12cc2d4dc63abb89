//! What a value of an atom is made of.

use serde::{Deserialize, Serialize};

/// How a value of an atom turns with the system, and how many numbers it has.
///
/// | shape              | numbers | of the readout                       |
/// |--------------------|---------|--------------------------------------|
/// | `scalar`           | 1       | a number                             |
/// | `vector`           | 3       | a multipole of degree 1              |
/// | `traceless-tensor` | 9       | a multipole of degree 2              |
/// | `symmetric-tensor` | 9       | a number on the diagonal, and degree 2 |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AtomShape {
    /// A number, which stays when the system turns.
    Scalar,
    /// x, y, z.
    Vector,
    /// Nine numbers row by row, symmetric and without a trace.
    TracelessTensor,
    /// Nine numbers row by row, symmetric.
    SymmetricTensor,
}

impl AtomShape {
    /// Name in headers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Vector => "vector",
            Self::TracelessTensor => "traceless-tensor",
            Self::SymmetricTensor => "symmetric-tensor",
        }
    }

    /// The same in words, with its article.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Scalar => "a number",
            Self::Vector => "a vector",
            Self::TracelessTensor => "a traceless symmetric tensor",
            Self::SymmetricTensor => "a symmetric tensor",
        }
    }

    /// Numbers of a value.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::Scalar => 1,
            Self::Vector => 3,
            Self::TracelessTensor | Self::SymmetricTensor => 9,
        }
    }

    /// Degree of the multipole that it is made of; 0 for none.
    #[must_use]
    pub fn multipole(self) -> usize {
        match self {
            Self::Scalar => 0,
            Self::Vector => 1,
            Self::TracelessTensor | Self::SymmetricTensor => 2,
        }
    }

    /// Whether it has a part that does not turn.
    #[must_use]
    pub fn has_invariant(self) -> bool {
        matches!(self, Self::Scalar | Self::SymmetricTensor)
    }

    /// The part of a value that does not turn: a number itself, a third of the trace of a tensor, zero of a vector.
    #[must_use]
    pub fn invariant(self, value: &[f64]) -> f64 {
        match self {
            Self::Scalar => value[0],
            Self::SymmetricTensor => (value[0] + value[4] + value[8]) / 3.0,
            Self::Vector | Self::TracelessTensor => 0.0,
        }
    }

    /// Adds to the part of a value that does not turn, if it has one.
    pub fn shift(self, value: &mut [f64], by: f64) {
        match self {
            Self::Scalar => value[0] += by,
            Self::SymmetricTensor => [0, 4, 8].into_iter().for_each(|place| value[place] += by),
            Self::Vector | Self::TracelessTensor => {}
        }
    }

    /// Names of the numbers of a value, behind that of its column.
    #[must_use]
    pub fn components(self) -> &'static [&'static str] {
        match self {
            Self::Scalar => &[""],
            Self::Vector => &["_x", "_y", "_z"],
            Self::TracelessTensor | Self::SymmetricTensor => {
                &["_xx", "_xy", "_xz", "_yx", "_yy", "_yz", "_zx", "_zy", "_zz"]
            }
        }
    }
}
