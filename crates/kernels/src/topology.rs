//! Which atoms send to which.

/// Atoms and edges of one evaluation.
#[derive(Clone, Copy)]
pub struct Topology<'a> {
    /// Index of the element of each atom, `[atoms]`.
    pub species: &'a [u32],
    /// First edge of each receiving atom, `[atoms + 1]`; edges are grouped by receiver.
    pub offsets: &'a [usize],
    /// Sending atom of each edge, `[edges]`. For every edge the reversed one must be there too.
    pub senders: &'a [u32],
    /// How many atoms, from the first on, have to be computed in each layer, `[layers]`, never rising; empty for all.
    ///
    /// For a part of a system with a halo: atoms beyond take part as senders only, and their edges are not read.
    pub needed: &'a [usize],
}

impl Topology<'_> {
    /// Number of atoms.
    #[must_use]
    pub fn atoms(&self) -> usize {
        self.species.len()
    }

    /// Number of directed edges.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.senders.len()
    }

    /// Number of atoms that `layer` computes.
    #[must_use]
    pub fn needed_in(&self, layer: usize) -> usize {
        self.needed.get(layer).copied().unwrap_or(self.atoms())
    }
}
