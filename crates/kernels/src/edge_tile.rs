//! What the messages of the first layer need of a run of atoms, edge by edge.

use std::ops::Range;

use super::dispatch::Vectorized;
use super::frame::Frames;
use super::pair_tile::species_pair;
use super::topology::Topology;

/// A run of atoms with all edges that they receive.
pub struct EdgeTile<'a, T> {
    pub max_degree: usize,
    pub channels: usize,
    pub atoms: Range<usize>,
    pub topology: Topology<'a>,
    /// Number of knots of one pair of species when the table depends on the pair; `None` when it does not.
    pub pair_knots: Option<usize>,
    /// Frames of the tile's edges, which point from the receiver to the sender.
    pub frames: &'a Frames<T>,
    pub table: *const T,
}

impl<T: Vectorized> EdgeTile<'_, T> {
    /// All edges of the tile.
    #[inline(always)]
    pub fn edges(&self) -> Range<usize> {
        self.topology.offsets[self.atoms.start]..self.topology.offsets[self.atoms.end]
    }
    #[inline(always)]
    pub fn edges_of(&self, atom: usize) -> Range<usize> {
        self.topology.offsets[atom]..self.topology.offsets[atom + 1]
    }
    #[inline(always)]
    fn local(&self, edge: usize) -> usize {
        edge - self.topology.offsets[self.atoms.start]
    }
    #[inline(always)]
    pub fn frame(&self, edge: usize) -> *const T {
        self.frames.of(self.local(edge))
    }
    /// Species of the sending atom.
    #[inline(always)]
    pub fn sender(&self, edge: usize) -> usize {
        self.topology.species[self.topology.senders[edge] as usize] as usize
    }
    /// Row of the table that holds the lower knot of `edge`.
    #[inline(always)]
    pub fn knot(&self, receiver: usize, edge: usize) -> usize {
        let knot = self.frames.knots[self.local(edge)] as usize;
        match self.pair_knots {
            None => knot,
            Some(knots) => species_pair(self.topology.species[receiver] as usize, self.sender(edge)) * knots + knot,
        }
    }
}
