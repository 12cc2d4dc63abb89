//! The graph of a system as the engine of a network takes it.

use std::ops::Range;

use super::spatial_order::SpatialOrder;
use cormorant_core::Result;
use cormorant_core::parallel::append_pieces;
use cormorant_core::system::neighbors::{Candidates, SAME_SPOT, same_spot};
use cormorant_core::system::vector::dot;
use cormorant_core::system::{Element, Neighbors, System};
use cormorant_network::{GraphBatch, all_pairs};

/// Neighbors are searched within the cutoff and this much more, in Å, so that the search is rarely repeated.
pub(super) const SKIN: f64 = 0.5;

/// The edges of every atom, atoms in the order of memory ([`SpatialOrder`]); that of the system is [`Surroundings::runs`].
///
/// They are made from the candidates of the last search directly: at a hundred thousand atoms every copy of them counts.
pub(super) struct Surroundings {
    /// None where all pairs are edges.
    candidates: Option<Candidates>,
    pairs: Neighbors,
    order: SpatialOrder,
    elements: Vec<Element>,
    /// Of the atoms in their places.
    species: Vec<u32>,
    edges: Edges,
}

/// Receivers that one thread lists the edges of at a time.
const PIECE: usize = 256;

/// Edges of places in a row.
struct Edges {
    /// First edge of each place, and the end of the last.
    offsets: Vec<usize>,
    /// Place of the sender of each edge.
    senders: Vec<u32>,
    vectors: Vec<[f64; 3]>,
    /// Square of the shortest of them.
    nearest: f64,
}

impl Default for Edges {
    fn default() -> Self {
        Self { offsets: Vec::new(), senders: Vec::new(), vectors: Vec::new(), nearest: f64::INFINITY }
    }
}

impl Edges {
    /// Adds those of the places that follow, whose `offsets` are ends alone.
    fn append(&mut self, next: Self) {
        let before = self.senders.len();
        self.offsets.extend(next.offsets.iter().map(|end| before + end));
        self.senders.extend_from_slice(&next.senders);
        self.vectors.extend_from_slice(&next.vectors);
        self.nearest = self.nearest.min(next.nearest);
    }
}

impl Surroundings {
    /// Those within `cutoff` Å, or of all pairs.
    pub(super) fn new(cutoff: Option<f64>) -> Self {
        Self {
            candidates: cutoff.map(|cutoff| Candidates::all(cutoff, SKIN)),
            pairs: Neighbors::default(),
            order: SpatialOrder::default(),
            elements: Vec::new(),
            species: Vec::new(),
            edges: Edges::default(),
        }
    }

    /// Those of `system`; species are places among `known`.
    ///
    /// # Errors
    /// When an element is not known, two atoms overlap, or the neighbors cannot be listed.
    pub(super) fn update(&mut self, system: &System, known: &[Element]) -> Result<()> {
        let mut reordered = false;
        match &mut self.candidates {
            Some(candidates) => {
                candidates.update(system)?;
                reordered = self.order.update(system);
                self.fill(system)?;
            }
            None => {
                all_pairs(system, &mut self.pairs)?;
                self.edges.offsets.clone_from(&self.pairs.offsets);
                self.edges.senders.clone_from(&self.pairs.senders);
                self.edges.vectors.clone_from(&self.pairs.vectors);
            }
        }
        if reordered || self.elements != system.elements {
            self.order.species(system, known, &mut self.species)?;
            self.elements.clone_from(&system.elements);
        }
        Ok(())
    }

    /// Those candidates that are within the cutoff now.
    fn fill(&mut self, system: &System) -> Result<()> {
        let Self { candidates: Some(candidates), order, edges, .. } = self else { return Ok(()) };
        edges.offsets.clear();
        edges.senders.clear();
        edges.vectors.clear();
        edges.nearest = f64::INFINITY;
        edges.offsets.push(0);
        // Room that is not needed is never touched; growing would copy.
        edges.senders.reserve(candidates.count());
        edges.vectors.reserve(candidates.count());
        let limit = candidates.cutoff() * candidates.cutoff();
        let fill = |places: Range<usize>, edges: &mut Edges| {
            for place in places {
                let receiver = order.atom(place);
                let position = system.positions[receiver];
                let (from, shifts) = candidates.of(receiver);
                for (&sender, &shift) in from.iter().zip(shifts) {
                    let vector = candidates.vector(position, system.positions[sender as usize], shift);
                    let square = dot(vector, vector);
                    if square < limit {
                        edges.nearest = edges.nearest.min(square);
                        edges.senders.push(order.place(sender as usize) as u32);
                        edges.vectors.push(vector);
                    }
                }
                edges.offsets.push(edges.senders.len());
            }
        };
        append_pieces(system.atom_count(), PIECE, edges, fill, Edges::append);
        if edges.nearest < SAME_SPOT * SAME_SPOT { Err(self.overlap(system)) } else { Ok(()) }
    }

    /// The error that names the first two atoms, in the order of the system, that overlap.
    fn overlap(&self, system: &System) -> cormorant_core::Error {
        let Edges { senders, vectors, .. } = &self.edges;
        let too_near = |edge: &usize| dot(vectors[*edge], vectors[*edge]) < SAME_SPOT * SAME_SPOT;
        let mut pairs = self.runs().filter_map(|(place, mut run)| {
            run.find(too_near).map(|edge| (self.order.atom(place), self.order.atom(senders[edge] as usize)))
        });
        let (first, second) = pairs.next().unwrap_or_default();
        same_spot(system, first, second)
    }

    /// The place of each atom, in the order of the system, with its edges.
    pub(super) fn runs(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        let offsets = &self.edges.offsets;
        (0..offsets.len().saturating_sub(1)).map(|atom| {
            let place = self.order.place(atom);
            (place, offsets[place]..offsets[place + 1])
        })
    }

    /// The place of `atom` in the batch.
    #[inline]
    pub(super) fn place(&self, atom: usize) -> usize {
        self.order.place(atom)
    }

    /// The atom at `place`.
    #[inline]
    pub(super) fn atom(&self, place: usize) -> usize {
        self.order.atom(place)
    }

    /// Species of the atoms in their places.
    pub(super) fn species_by_place(&self) -> &[u32] {
        &self.species
    }

    /// Place of the sender of each edge.
    pub(super) fn senders(&self) -> &[u32] {
        &self.edges.senders
    }

    /// Vector of each edge in Å, as the engine is shown it.
    pub(super) fn vectors(&self) -> &[[f64; 3]] {
        &self.edges.vectors
    }

    /// Shows the engine other vectors for some edges.
    pub(super) fn show(&mut self, instead: impl Iterator<Item = (usize, [f64; 3])>) {
        for (edge, vector) in instead {
            self.edges.vectors[edge] = vector;
        }
    }

    /// The batch for the engine.
    pub(super) fn batch(&self) -> GraphBatch<'_> {
        let Self { species, edges: Edges { offsets, senders, vectors, .. }, .. } = self;
        GraphBatch { species, offsets, senders, vectors, ..GraphBatch::default() }
    }
}
