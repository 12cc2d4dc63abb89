//! Edges of the frame in work.

use crate::graph::Graph;
use cormorant_core::system::vector::difference;
use cormorant_network::{EdgeGradient, GraphBatch};

/// The edges of a frame whose edges are every pair of atoms, made when it is worked on.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    offsets: Vec<usize>,
    receivers: Vec<u32>,
    senders: Vec<u32>,
    vectors: Vec<[f64; 3]>,
}

/// Atoms and edges of a frame.
#[derive(Clone, Copy)]
pub(crate) struct Edges<'a> {
    species: &'a [u32],
    offsets: &'a [usize],
    pub receivers: &'a [u32],
    pub senders: &'a [u32],
    pub vectors: &'a [[f64; 3]],
}

impl Pairs {
    /// The edges of `graph`.
    pub(crate) fn new(graph: &Graph) -> Self {
        let mut pairs = Self::default();
        pairs.make(graph);
        pairs
    }

    /// Makes the edges of `graph`, if it has none of its own.
    pub(crate) fn make(&mut self, graph: &Graph) {
        let positions = &graph.positions;
        if positions.is_empty() {
            return;
        }
        self.offsets.clear();
        self.receivers.clear();
        self.senders.clear();
        self.vectors.clear();
        self.offsets.push(0);
        for (receiver, here) in positions.iter().enumerate() {
            for (sender, there) in positions.iter().enumerate().filter(|(sender, _)| *sender != receiver) {
                self.receivers.push(receiver as u32);
                self.senders.push(sender as u32);
                self.vectors.push(difference(*there, *here));
            }
            self.offsets.push(self.senders.len());
        }
    }

    /// The edges of `graph`: its own, or those that were made for it.
    pub(crate) fn of<'a>(&'a self, graph: &'a Graph) -> Edges<'a> {
        let species = &graph.species;
        if graph.positions.is_empty() {
            let Graph { offsets, receivers, senders, vectors, .. } = graph;
            Edges { species, offsets, receivers, senders, vectors }
        } else {
            let Self { offsets, receivers, senders, vectors } = self;
            Edges { species, offsets, receivers, senders, vectors }
        }
    }
}

impl<'a> Edges<'a> {
    /// The same for a network.
    pub(crate) fn batch(self) -> GraphBatch<'a> {
        self.batch_with(self.vectors)
    }

    /// The same with other vectors.
    pub(crate) fn batch_with(self, vectors: &'a [[f64; 3]]) -> GraphBatch<'a> {
        let Self { species, offsets, senders, .. } = self;
        GraphBatch { species, offsets, senders, vectors, ..GraphBatch::default() }
    }

    /// Each edge with its gradient.
    pub(crate) fn with(self, gradients: &'a [[f64; 3]]) -> impl Iterator<Item = EdgeGradient> + 'a {
        gradients.iter().enumerate().map(move |(edge, &gradient)| EdgeGradient {
            receiver: self.receivers[edge] as usize,
            sender: self.senders[edge] as usize,
            vector: self.vectors[edge],
            gradient,
        })
    }
}
