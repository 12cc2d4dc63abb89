//! The graph of a system as the engine of a network takes it.

use super::spatial_order::SpatialOrder;
use cormorant_core::Result;
use cormorant_core::system::{Element, NeighborList, Neighbors, System};
use cormorant_network::{GraphBatch, all_pairs};

/// Neighbors are searched within the cutoff and this much more, in Å, so that the search is rarely repeated.
pub(super) const SKIN: f64 = 0.5;

/// Neighbors in the order of the system, and the same for the engine: as they are where that will do, otherwise reordered
/// ([`SpatialOrder`]) or with some vectors replaced.
pub(super) struct Surroundings {
    list: Option<NeighborList>,
    /// All pairs, where there is no list.
    pairs: Neighbors,
    order: SpatialOrder,
    elements: Vec<Element>,
    /// Of the atoms in their places.
    species: Vec<u32>,
    /// First edge of each place, sender and vector of each edge; used where the order is not plain.
    offsets: Vec<usize>,
    senders: Vec<u32>,
    vectors: Vec<[f64; 3]>,
    /// Whether `vectors` holds what the engine is shown.
    shown: bool,
}

impl Surroundings {
    /// Those within `cutoff` Å, or of all pairs.
    pub(super) fn new(cutoff: Option<f64>) -> Self {
        Self {
            list: cutoff.map(|cutoff| NeighborList::new(cutoff, SKIN)),
            pairs: Neighbors::default(),
            order: SpatialOrder::default(),
            elements: Vec::new(),
            species: Vec::new(),
            offsets: Vec::new(),
            senders: Vec::new(),
            vectors: Vec::new(),
            shown: false,
        }
    }

    /// Those of `system`; species are places among `known`.
    ///
    /// # Errors
    /// When an element is not known, two atoms overlap, or the neighbors cannot be listed.
    pub(super) fn update(&mut self, system: &System, known: &[Element]) -> Result<()> {
        let reordered = match &mut self.list {
            Some(list) => {
                list.update(system)?;
                self.order.update(system)
            }
            None => {
                all_pairs(system, &mut self.pairs)?;
                false
            }
        };
        if reordered || self.elements != system.elements {
            self.order.species(system, known, &mut self.species)?;
            self.elements.clone_from(&system.elements);
        }
        Ok(())
    }

    /// Neighbors in the order of the system.
    pub(super) fn neighbors(&self) -> &Neighbors {
        self.list.as_ref().map_or(&self.pairs, NeighborList::last)
    }

    /// The place of `atom` in the batch.
    #[inline]
    pub(super) fn place(&self, atom: usize) -> usize {
        self.order.place(atom)
    }

    /// Species of the atoms in their places.
    pub(super) fn species_by_place(&self) -> &[u32] {
        &self.species
    }

    /// Species of `atom`.
    #[inline]
    pub(super) fn species(&self, atom: usize) -> usize {
        self.species[self.order.place(atom)] as usize
    }

    /// The first edge of `atom` in the batch.
    #[inline]
    pub(super) fn first_edge(&self, atom: usize) -> usize {
        if self.order.is_plain() { self.neighbors().offsets[atom] } else { self.offsets[self.order.place(atom)] }
    }

    /// Makes the batch ready, with other vectors for some edges: (receiver, edge, vector) each.
    pub(super) fn show(&mut self, instead: impl Iterator<Item = (usize, usize, [f64; 3])>) {
        let Self { list, pairs, order, offsets, senders, vectors, shown, .. } = self;
        let neighbors = list.as_ref().map_or(&*pairs, NeighborList::last);
        let mut instead = instead.peekable();
        *shown = !order.is_plain() || instead.peek().is_some();
        if !*shown {
            return;
        }
        if order.is_plain() {
            vectors.clone_from(&neighbors.vectors);
        } else {
            reorder(neighbors, order, offsets, senders, vectors);
        }
        for (receiver, edge, vector) in instead {
            let first = if order.is_plain() { neighbors.offsets[receiver] } else { offsets[order.place(receiver)] };
            vectors[first + edge - neighbors.offsets[receiver]] = vector;
        }
    }

    /// The batch that was made ready last.
    pub(super) fn batch(&self) -> GraphBatch<'_> {
        let (neighbors, plain) = (self.neighbors(), self.order.is_plain());
        GraphBatch {
            species: &self.species,
            offsets: if plain { &neighbors.offsets } else { &self.offsets },
            senders: if plain { &neighbors.senders } else { &self.senders },
            vectors: if self.shown { &self.vectors } else { &neighbors.vectors },
            ..GraphBatch::default()
        }
    }
}

/// The edges of `neighbors` in `order`.
fn reorder(
    neighbors: &Neighbors,
    order: &SpatialOrder,
    offsets: &mut Vec<usize>,
    senders: &mut Vec<u32>,
    vectors: &mut Vec<[f64; 3]>,
) {
    offsets.clear();
    senders.clear();
    vectors.clear();
    offsets.push(0);
    for &atom in &order.atoms {
        let run = neighbors.offsets[atom as usize]..neighbors.offsets[atom as usize + 1];
        senders.extend(neighbors.senders[run.clone()].iter().map(|&sender| order.places[sender as usize]));
        vectors.extend_from_slice(&neighbors.vectors[run]);
        offsets.push(senders.len());
    }
}
