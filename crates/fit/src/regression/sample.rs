//! A molecule with what shall be predicted for it.

use crate::Configuration;

/// A molecule and its numbers: one, three of a vector or nine of a tensor, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The molecule; its own labels are not used.
    pub configuration: Configuration,
    /// The numbers in the unit of the property, references of the atoms taken off.
    pub target: Vec<f64>,
}

impl Sample {
    /// Takes `reference` off the part that does not turn with the molecule.
    pub fn take_off(&mut self, reference: f64) {
        for &place in invariant(self.target.len()) {
            self.target[place] -= reference;
        }
    }
}

/// Which of `outputs` numbers shift together when the property does so in all directions alike: a number itself, none of a
/// vector, the diagonal of a tensor.
pub(super) fn invariant(outputs: usize) -> &'static [usize] {
    match outputs {
        1 => &[0],
        9 => &[0, 4, 8],
        _ => &[],
    }
}

impl From<Configuration> for Sample {
    /// The energy is the one number; a configuration must have one.
    fn from(configuration: Configuration) -> Self {
        Self { target: configuration.energy.into_iter().collect(), configuration }
    }
}
