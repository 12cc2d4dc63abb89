//! The graph of a system for engines that keep it while atoms move: every edge that may come within the cutoff before the next search.

use std::sync::atomic::{AtomicU64, Ordering};

use super::spatial_order::SpatialOrder;
use cormorant_core::Result;
use cormorant_core::system::neighbors::Candidates;
use cormorant_core::system::{Element, System};
use cormorant_kernels::network::Topology;
use cormorant_network::MovingGraph;

/// Numbers for graphs, each given once: engines share memory, so that two graphs must never have the same.
static GENERATION: AtomicU64 = AtomicU64::new(1);

/// The edges of the last search in the order of memory, and the positions of the atoms.
pub(super) struct MovingEdges {
    candidates: Candidates,
    order: SpatialOrder,
    /// The search that the edges are of.
    made_at: Option<u64>,
    elements: Vec<Element>,
    generation: u64,
    species: Vec<u32>,
    offsets: Vec<usize>,
    senders: Vec<u32>,
    reversed: Vec<u32>,
    shift_of: Vec<u32>,
    positions: Vec<[f64; 3]>,
    limits: Vec<f32>,
}

impl MovingEdges {
    /// Edges up to `cutoff` Å, searched within `skin` Å more.
    pub(super) fn new(cutoff: f64, skin: f64) -> Self {
        Self {
            candidates: Candidates::all(cutoff, skin),
            order: SpatialOrder::default(),
            made_at: None,
            elements: Vec::new(),
            generation: 0,
            species: Vec::new(),
            offsets: Vec::new(),
            senders: Vec::new(),
            reversed: Vec::new(),
            shift_of: Vec::new(),
            positions: Vec::new(),
            limits: Vec::new(),
        }
    }

    /// Species of the atoms in their places.
    pub(super) fn species_by_place(&self) -> &[u32] {
        &self.species
    }

    /// The place of `atom` in the graph.
    pub(super) fn place(&self, atom: usize) -> usize {
        self.order.place(atom)
    }

    /// The graph of `system`; species are places among `known`, and `limits` those of each pair of them ([`MovingGraph::limits`]), which are
    /// asked for when the edges are made.
    ///
    /// # Errors
    /// When an element is not known, or the neighbors cannot be listed.
    pub(super) fn update(
        &mut self,
        system: &System,
        known: &[Element],
        limits: impl FnOnce() -> Vec<f32>,
    ) -> Result<MovingGraph<'_>> {
        self.candidates.update(system)?;
        if self.made_at != Some(self.candidates.rebuilds()) || self.elements != system.elements {
            self.limits = limits();
            self.remake(system, known)?;
        }
        self.positions.clear();
        self.positions.extend((0..system.atom_count()).map(|place| system.positions[self.order.atom(place)]));
        Ok(MovingGraph {
            topology: Topology { species: &self.species, offsets: &self.offsets, senders: &self.senders, needed: &[] },
            reversed: &self.reversed,
            shift_of: &self.shift_of,
            shifts: self.candidates.shift_vectors(),
            positions: &self.positions,
            limits: &self.limits,
            generation: self.generation,
        })
    }

    fn remake(&mut self, system: &System, known: &[Element]) -> Result<()> {
        let Self { candidates, order, species, offsets, senders, reversed, shift_of, .. } = self;
        *order = SpatialOrder::of(system);
        order.species(system, known, species)?;
        offsets.clear();
        senders.clear();
        shift_of.clear();
        offsets.push(0);
        for place in 0..system.atom_count() {
            let (from, shifts) = candidates.of(order.atom(place));
            senders.extend(from.iter().map(|&sender| order.place(sender as usize) as u32));
            shift_of.extend_from_slice(shifts);
            offsets.push(senders.len());
        }
        // Candidates of an atom are in the order of (sender, shift).
        let backward = |receiver: usize, sender: u32, shift: u32| {
            let wanted = (receiver as u32, candidates.shift(shift).map(|whole| -whole));
            let (from, shifts) = candidates.of(sender as usize);
            let (mut low, mut high) = (0, from.len());
            while low < high {
                let middle = low.midpoint(high);
                let before = (from[middle], candidates.shift(shifts[middle])) < wanted;
                (low, high) = if before { (middle + 1, high) } else { (low, middle) };
            }
            low
        };
        reversed.clear();
        for place in 0..system.atom_count() {
            let atom = order.atom(place);
            let (from, shifts) = candidates.of(atom);
            for (&sender, &shift) in from.iter().zip(shifts) {
                let first = offsets[order.place(sender as usize)];
                reversed.push((first + backward(atom, sender, shift)) as u32);
            }
        }
        self.elements.clone_from(&system.elements);
        self.made_at = Some(self.candidates.rebuilds());
        self.generation = GENERATION.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
