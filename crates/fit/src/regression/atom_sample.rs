//! A frame with values of its atoms.

use crate::Configuration;

/// A frame and the values of its atoms, of which some may be missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AtomSample {
    /// The frame; its own labels are not used.
    pub configuration: Configuration,
    /// The values in the unit of the file, `[atoms][columns][width]`; zero where there is none.
    pub values: Vec<f64>,
    /// Which of them are there, `[atoms][columns]`.
    pub known: Vec<bool>,
}

impl AtomSample {
    /// Values that are there.
    #[must_use]
    pub fn labels(&self) -> usize {
        self.known.iter().filter(|known| **known).count()
    }

    /// The values that are there: number of the atom, of the column, and the value itself, of `columns` columns.
    pub fn each(&self, columns: usize) -> impl Iterator<Item = (usize, usize, &[f64])> {
        let width = self.values.len() / self.known.len().max(1);
        let values = self.known.iter().zip(self.values.chunks_exact(width.max(1))).enumerate();
        values
            .filter(|(_, (known, _))| **known)
            .map(move |(index, (_, value))| (index / columns, index % columns, value))
    }
}
