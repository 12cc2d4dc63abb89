//! Energies and edge gradients of large boxes, tile by tile, with few rows of each atom in memory.
//!
//! [`Plan::forward`] and [`Plan::backward`] keep every activation of every atom, which a fit needs and a molecule can afford. Beyond the
//! caches each of them is written and read again from memory. Here the way back through the atoms of a tile follows at once, while what it
//! needs is in the cache, and the first layer is computed a second time instead of being kept:
//!
//! | pass | tiles of | what a tile does                                  | what it leaves for all atoms                 |
//! |------|----------|---------------------------------------------------|----------------------------------------------|
//! | 1    | atoms    | first layer, edge by edge                         | what atoms send and keep, readout            |
//! | 2    | pairs    | messages of the second layer                      | messages                                     |
//! | 3    | atoms    | second layer, and back through its atoms          | gradients of messages and of what atoms keep |
//! | 4    | pairs    | back through these messages                       | gradients of what atoms sent, and of edges   |
//! | 5    | atoms    | first layer again, and back through it            | gradients of edges                           |
//!
//! With one layer a single pass does it all. Sums over edges and over pairs have another order than those of the whole system at once,
//! so that the last digits differ; like those they depend on the graph alone, not on threads. What a tile does is in `tile` and
//! `two_layers`.
//! Checked by: `suite::tiles`.

use std::ops::Range;

use super::forward::{Shared, for_each_tile};
use super::plan::Plan;
use super::tile::Evaluation;
use super::weights::Weights;
use super::workspace::{Scratch, Workspace};
use crate::pair_tile::Sums;
use crate::pairs::PairTile;
use crate::real::Real;
use crate::topology::Topology;

/// From so many atoms on a frame is evaluated tile by tile, with one layer and with two. With two that is no faster, but asks for a fourth
/// of the memory.
const LARGE: [usize; 2] = [512, 4096];

impl<T: Real> Plan<T> {
    /// Whether [`Plan::evaluate`] can do the work of forward and backward for a frame of so many atoms, and is the better way.
    #[must_use]
    pub fn evaluates(&self, atoms: usize) -> bool {
        let least = LARGE.get(self.shape.layers - 1);
        self.shape.multipole_rows() == 0 && least.is_some_and(|&least| atoms >= least)
    }

    /// Energy of each atom into `workspace.atom_energies`, and the gradient of Σ seeds · energies with respect to each edge vector into
    /// `by_edge`: what [`Plan::forward`] and [`Plan::backward`] give, but for rounding, for networks of one or two layers without
    /// further outputs.
    ///
    /// # Panics
    /// When the arrays do not belong together.
    #[allow(clippy::too_many_arguments, reason = "the inputs of forward and backward")]
    pub fn evaluate(
        &self,
        weights: &Weights<T>,
        topology: &Topology<'_>,
        vectors: &[[f64; 3]],
        workspace: &mut Workspace<T>,
        seeds: &[T],
        by_edge: &mut [[f64; 3]],
        parallel: bool,
    ) {
        self.check(topology, vectors);
        let layers = self.shape.layers;
        assert!(layers <= 2 && self.shape.multipole_rows() == 0, "one or two layers, energies alone");
        assert_eq!(seeds.len(), topology.atoms(), "one seed for each atom");
        assert_eq!(by_edge.len(), topology.edges(), "one gradient for each edge");
        workspace.prepare_evaluation(self, topology, vectors, parallel);
        by_edge.fill([0.0; 3]);
        let work = Evaluation {
            plan: self,
            weights,
            topology,
            vectors,
            seeds,
            energies: Shared::new(workspace.atom_energies.as_mut_ptr()),
            own: Shared::new(workspace.gradient.as_mut_ptr()),
            sent: Shared::new(workspace.sent[layers - 1].as_mut_ptr()),
            sent_gradient: Shared::new(workspace.sent_gradient.as_mut_ptr()),
            messages: Shared::new(workspace.message_gradient.as_mut_ptr()),
            foreign: Shared::new(workspace.foreign.as_mut_ptr()),
            readouts: Shared::new(workspace.readouts[0].as_mut_ptr()),
            by_edge: Shared::new(by_edge.as_mut_ptr()),
        };
        let (pairs, scratches) = (&workspace.pairs, &workspace.scratches);
        let tiles = workspace.tiles_of(topology.needed_in(0));
        let by_atoms = |tiles: &[Range<usize>], step: &(dyn Fn(&Range<usize>, &mut Scratch<T>) + Sync)| {
            for_each_tile(tiles, scratches, parallel, |_, atoms, scratch| step(&atoms, scratch));
        };
        // Tiles write to their own rows alone, and read those of others only in arrays that a pass does not write.
        if layers == 1 {
            by_atoms(tiles, &|atoms, scratch| unsafe { work.only_layer(atoms, scratch) });
            return;
        }
        let receivers = topology.needed_in(1);
        let received = pairs.tiles_of(receivers);
        let rows = received.last().map_or(0, |tile| tile.rows.end);
        by_atoms(tiles, &|atoms, scratch| unsafe { work.first_layer(atoms, scratch) });
        for_each_tile(received, scratches, parallel, |_, tile: PairTile, scratch| unsafe {
            self.clear(Sums { own: work.messages.get(), foreign: work.foreign.get() }, &tile);
            work.messages_forward(pairs, &tile, scratch);
        });
        by_atoms(workspace.tiles_of(receivers), &|atoms, scratch| unsafe {
            self.gather(Sums { own: work.messages.get(), foreign: work.foreign.get() }, pairs, atoms, rows);
            work.second_layer(atoms, scratch);
        });
        unsafe { work.silence(receivers) };
        for_each_tile(
            pairs.tiles_of(topology.needed_in(0)),
            scratches,
            parallel,
            |index, tile: PairTile, scratch| unsafe {
                self.clear(Sums { own: work.sent_gradient.get(), foreign: work.foreign.get() }, &tile);
                if index < received.len() {
                    work.messages_backward(pairs, &tile, scratch);
                }
            },
        );
        by_atoms(tiles, &|atoms, scratch| unsafe {
            self.gather(Sums { own: work.sent_gradient.get(), foreign: work.foreign.get() }, pairs, atoms, rows);
            work.way_back(atoms, scratch);
        });
    }
}
