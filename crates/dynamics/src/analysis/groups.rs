//! The atoms of each element.

use super::{Sample, StateReader};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};

/// The atoms of a trajectory, parted by element. Every frame has to have the same atoms.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Groups {
    /// Element of each atom; empty before the first frame.
    pub(super) atoms: Vec<Element>,
    /// Distinct elements, sorted.
    pub(super) elements: Vec<Element>,
    /// Index of the element of each atom.
    pub(super) kinds: Vec<usize>,
}

impl Groups {
    pub(super) fn new(atoms: Vec<Element>) -> Self {
        let mut elements = atoms.clone();
        elements.sort_unstable();
        elements.dedup();
        let kinds = atoms.iter().map(|atom| elements.iter().position(|element| element == atom).unwrap_or(0)).collect();
        Self { atoms, elements, kinds }
    }

    /// Take the atoms of the first frame, or compare with them; whether this was the first.
    ///
    /// # Errors
    /// When the atoms are others.
    pub(super) fn add(&mut self, sample: &Sample<'_>) -> Result<bool> {
        let first = self.atoms.is_empty();
        if first {
            *self = Self::new(sample.system.elements.clone());
        } else if self.atoms != sample.system.elements {
            return Err(Error::Structure(
                "it has other atoms than the first frame; this analysis follows the same atoms through time".into(),
            )
            .at_frame(sample.frame));
        }
        Ok(first)
    }

    /// Number of atoms of each element.
    pub(super) fn counts(&self) -> Vec<f64> {
        let mut counts = vec![0.0; self.elements.len()];
        for kind in &self.kinds {
            counts[*kind] += 1.0;
        }
        counts
    }

    /// The symbols of the elements.
    pub(super) fn labels(&self) -> Vec<String> {
        self.elements.iter().map(|element| element.symbol().to_string()).collect()
    }

    /// For a restart.
    pub(super) fn state(&self) -> Vec<f64> {
        let mut state = vec![self.atoms.len() as f64];
        state.extend(self.atoms.iter().map(|atom| f64::from(atom.number())));
        state
    }

    /// What [`Groups::state`] gave.
    pub(super) fn read(state: &mut StateReader<'_>) -> Result<Self> {
        let count = state.count()? as usize;
        Ok(Self::new(state.elements(count)?))
    }
}
