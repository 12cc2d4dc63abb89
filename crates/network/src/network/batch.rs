//! What an engine evaluates.

use std::ops::Range;

use cormorant_core::{Error, Result};
use cormorant_kernels::network::Topology;

/// Atoms and edges of one frame or of several, one behind the other, on plain slices.
///
/// | field     | unit | shape        | definition                                              |
/// |-----------|------|--------------|---------------------------------------------------------|
/// | `vectors` | Å    | `[edges][3]` | r_j − r_i (+ shift of the cell) of sender j, receiver i |
///
/// Edges are grouped by receiver. A network with a cutoff needs every edge that is shorter than it, each with its reverse. A
/// network without a cutoff needs, for each atom, every other atom of its frame as a sender, in their order.
///
/// A molecule is one frame; replicas, beads and the frames of a fit are several; the part of a larger system that one process
/// holds is one frame with a halo.
#[derive(Debug, Clone, Copy, Default)]
pub struct GraphBatch<'a> {
    /// First atom of each frame and, last, the number of atoms; empty for a single frame.
    pub frames: &'a [usize],
    /// Index of the element of each atom among those of the network, `[atoms]`.
    pub species: &'a [u32],
    /// First edge of each receiving atom, `[atoms + 1]`.
    pub offsets: &'a [usize],
    /// Sending atom of each edge, `[edges]`.
    pub senders: &'a [u32],
    /// Vector from receiver to sender of each edge in Å, `[edges]`.
    pub vectors: &'a [[f64; 3]],
    /// How many atoms, from the first on, each hop has to compute, never rising; empty for all. Atoms beyond take part as
    /// senders only.
    pub needed: &'a [usize],
    /// How many atoms, from the first on, count in the sum whose gradient is taken; none for all. The others are a halo.
    pub counted: Option<usize>,
}

impl<'a> GraphBatch<'a> {
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

    /// Atoms of each frame.
    pub fn frame_ranges(&self) -> impl Iterator<Item = Range<usize>> + 'a {
        let whole = [0, self.species.len()];
        let (frames, count) = (self.frames, self.frames.len().max(2) - 1);
        let at = move |index: usize| frames.get(index).copied().unwrap_or(whole[index.min(1)]);
        (0..count).map(move |index| at(index)..at(index + 1))
    }

    /// The same for the kernels.
    #[must_use]
    pub fn topology(&self) -> Topology<'a> {
        Topology { species: self.species, offsets: self.offsets, senders: self.senders, needed: self.needed }
    }

    /// Refuses arrays that do not belong together, for a network of `species` elements and `hops` rounds of messages.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(&self, species: usize, hops: usize) -> Result<()> {
        let (atoms, edges) = (self.atoms(), self.edges());
        let rising = |list: &[usize], most: usize| list.is_sorted() && list.last().is_none_or(|last| *last <= most);
        let needed = self.needed.is_empty() || self.needed.len() == hops;
        let checks = [
            (self.vectors.len() == edges, "has as many edge vectors as senders"),
            (self.offsets.len() == atoms + 1, "has one run of edges for each atom"),
            (
                rising(self.offsets, edges) && self.offsets.first() == Some(&0) && self.offsets.last() == Some(&edges),
                "has runs of edges that cover all edges in order",
            ),
            (self.senders.iter().all(|&sender| (sender as usize) < atoms), "has senders that are atoms"),
            (self.species.iter().all(|&kind| (kind as usize) < species), "has elements that the network knows"),
            (needed && self.needed.is_sorted_by(|a, b| a >= b), "needs no more atoms in a hop than in the one before"),
            (self.needed.first().is_none_or(|&first| first <= atoms), "needs no more atoms than there are"),
            (self.counted.is_none_or(|counted| counted <= atoms), "counts no more atoms than there are"),
            (
                self.frames.is_empty()
                    || rising(self.frames, atoms) && self.frames[0] == 0 && self.frames.last() == Some(&atoms),
                "has frames that cover all atoms in order",
            ),
        ];
        match checks.iter().find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, rule)) => Err(Error::Invalid(format!("a batch of graphs must be one that {rule}"))),
        }
    }
}
