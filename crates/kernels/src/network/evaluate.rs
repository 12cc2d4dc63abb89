//! Energies and edge gradients of large systems, tile by tile, with few rows of each atom in memory.
//!
//! [`Plan::forward`] and [`Plan::backward`] keep every activation of every atom, which a fit needs and a molecule can afford. Beyond the
//! caches each of them is written and read again from memory. Here the way back through the atoms of a tile follows at once, while what it
//! needs is in the cache, and the first layer is computed a second time instead of being kept:
//!
//! | pass | what a tile does                                                     | what it leaves for all atoms                    |
//! |------|----------------------------------------------------------------------|-------------------------------------------------|
//! | 1    | first layer                                                          | what atoms send and keep, readout               |
//! | 2    | second layer, and back through its atoms                             | gradients of messages and of what atoms keep    |
//! | 3    | back through its messages; first layer again, and back through it    | gradients of edges                              |
//!
//! With one layer a single pass does it all. Every sum has the terms and the order of the other way, so that the bits are the same.
//! Checked by: `suite::network::both_ways_have_the_same_bits`.

use std::ops::Range;

use super::forward::{Shared, for_each_tile};
use super::plan::{Plan, Topology};
use super::weights::Weights;
use super::workspace::{Scratch, Workspace};
use crate::message::EdgeGradient;
use crate::real::Real;
use crate::{first_message, frame, message};

/// What the passes share.
struct Evaluation<'a, T: Real> {
    plan: &'a Plan<T>,
    weights: &'a Weights<T>,
    topology: &'a Topology<'a>,
    vectors: &'a [[f64; 3]],
    /// Gradient with respect to the energy of each atom.
    seeds: &'a [T],
    energies: Shared<T>,
    /// What each atom keeps of itself, then the gradient of that; rows of the tile at work between.
    own: Shared<T>,
    sent: Shared<T>,
    /// Messages of the second layer of the tile at work, then their gradient.
    messages: Shared<T>,
    /// Readouts of the first of two layers.
    readouts: Shared<T>,
    by_edge: Shared<[f64; 3]>,
}

impl<T: Real> Plan<T> {
    /// Whether [`Plan::evaluate`] can do the work of forward and backward for this graph, and is the better way.
    #[must_use]
    pub fn evaluates(&self, topology: &Topology<'_>, workspace: &mut Workspace<T>) -> bool {
        if self.shape.layers > 2 || self.shape.multipole_rows() > 0 || !topology.needed.is_empty() {
            return false;
        }
        self.tiles(topology, &mut workspace.tiles);
        self.shape.layers == 1 || !workspace.is_small()
    }

    /// Energy of each atom into `workspace.atom_energies`, and the gradient of Σ seeds · energies with respect to each edge vector into
    /// `by_edge`: what [`Plan::forward`] and [`Plan::backward`] give, to the same bits, for networks of one or two layers without
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
        assert!(self.shape.layers <= 2 && self.shape.multipole_rows() == 0, "one or two layers, energies alone");
        assert!(topology.needed.is_empty(), "all atoms are needed");
        assert_eq!(seeds.len(), topology.atoms(), "one seed for each atom");
        assert_eq!(by_edge.len(), topology.edges(), "one gradient for each edge");
        workspace.prepare_evaluation(self, topology, parallel);
        by_edge.fill([0.0; 3]);
        let second = self.shape.layers - 1;
        let work = Evaluation {
            plan: self,
            weights,
            topology,
            vectors,
            seeds,
            energies: Shared::new(workspace.atom_energies.as_mut_ptr()),
            own: Shared::new(workspace.gradient.as_mut_ptr()),
            sent: Shared::new(workspace.sent[second].as_mut_ptr()),
            messages: Shared::new(workspace.message_gradient.as_mut_ptr()),
            readouts: Shared::new(workspace.readouts[0].as_mut_ptr()),
            by_edge: Shared::new(by_edge.as_mut_ptr()),
        };
        let (tiles, scratches) = (workspace.tiles_of(topology.atoms()), &workspace.scratches);
        // Tiles write to their own rows alone, and read those of others only in arrays that a pass does not write.
        if self.shape.layers == 1 {
            for_each_tile(tiles, scratches, parallel, |_, atoms, scratch| unsafe { work.only_layer(&atoms, scratch) });
            return;
        }
        for_each_tile(tiles, scratches, parallel, |_, atoms, scratch| unsafe { work.first_layer(&atoms, scratch) });
        for_each_tile(tiles, scratches, parallel, |_, atoms, scratch| unsafe { work.second_layer(&atoms, scratch) });
        for_each_tile(tiles, scratches, parallel, |_, atoms, scratch| unsafe { work.way_back(&atoms, scratch) });
    }
}

/// The arrays of a thread, as parts of those of all atoms.
struct Parts<T> {
    stages: Vec<Shared<T>>,
    gradient: Shared<T>,
    readouts: Shared<T>,
}

impl<T: Real> Evaluation<'_, T> {
    fn stride(&self) -> usize {
        self.plan.shape.rows() * self.plan.shape.channels
    }

    fn parts(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) -> Parts<T> {
        let first = atoms.start * self.stride();
        Parts {
            stages: scratch.stages.iter_mut().map(|stage| Shared::part(stage.as_mut_ptr(), first)).collect(),
            gradient: Shared::part(scratch.gradient.as_mut_ptr(), first),
            readouts: Shared::part(scratch.readouts.as_mut_ptr(), atoms.start * self.plan.shape.readout_hidden),
        }
    }

    fn frames(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) -> Range<usize> {
        let edges = self.topology.offsets[atoms.start]..self.topology.offsets[atoms.end];
        let (plan, vectors) = (self.plan, &self.vectors[edges.clone()]);
        let frames = &mut scratch.frames;
        T::compute_frames(frame::Compute::new(frames, &plan.frame, self.weights.knots, edges.start, vectors));
        edges
    }

    /// Messages of the first layer into `own`, and from them the activations before the first product.
    unsafe fn first_messages(&self, atoms: &Range<usize>, scratch: &Scratch<T>, into: &Shared<T>) {
        let Self { plan, weights, topology, own, .. } = self;
        T::first_forward(first_message::FirstForward {
            tile: plan.edge_tile(0, weights, topology, atoms.clone(), &scratch.frames),
            embedding: weights.packed()[plan.layout.embedding..].as_ptr(),
            out: own.get(),
        });
        unsafe { plan.mix(0, weights, topology, atoms, None, own, into) };
    }

    /// The first `count` products of `layer`.
    unsafe fn products(
        &self,
        layer: usize,
        count: usize,
        atoms: &Range<usize>,
        stages: &[Shared<T>],
        room: &mut Scratch<T>,
    ) {
        let Self { plan, weights, topology, .. } = self;
        for s in 0..count {
            unsafe {
                plan.product(layer, s, weights, topology, atoms, &stages[s], &stages[s + 1], &mut room.products);
            }
        }
    }

    /// Readout and products backward: adds to the gradient of the layer's result and makes it that of what was before the first product.
    unsafe fn back_to_messages(
        &self,
        layer: usize,
        atoms: &Range<usize>,
        parts: &Parts<T>,
        readouts: &Shared<T>,
        room: &mut Scratch<T>,
    ) {
        let Self { plan, weights, topology, seeds, .. } = self;
        let g = parts.gradient.get();
        unsafe {
            let (last, hidden) = (&parts.stages[plan.shape.products], room.hidden.as_mut_ptr());
            plan.readout_backward(layer, weights, atoms, last, readouts, seeds, g, hidden, None);
            for s in (0..plan.shape.products).rev() {
                let products = room.products.as_mut_ptr();
                plan.product_backward(layer, s, weights, topology, atoms, &parts.stages[s], g, products, None);
            }
        }
    }

    /// From the gradient of the activations of the first layer before its products, by way of `own`, to edges.
    unsafe fn back_to_first_edges(
        &self,
        atoms: &Range<usize>,
        gradient: &Shared<T>,
        scratch: &Scratch<T>,
        edges: Range<usize>,
    ) {
        let Self { plan, weights, topology, own, .. } = self;
        let mix = plan.mix_of(0);
        unsafe { plan.mix_degrees(mix, weights.transposed(), topology, atoms, gradient, own, true) };
        T::first_backward(first_message::FirstBackward {
            tile: plan.edge_tile(0, weights, topology, atoms.clone(), &scratch.frames),
            embedding: weights.packed()[plan.layout.embedding..].as_ptr(),
            gradient: own.get(),
            edge_gradient: Some(unsafe { self.edge_gradient(edges) }),
            weights: None,
            generators: &plan.generators,
        });
    }

    unsafe fn edge_gradient(&self, edges: Range<usize>) -> EdgeGradient<'_> {
        let first = edges.start;
        EdgeGradient { values: unsafe { std::slice::from_raw_parts_mut(self.by_edge.at(first), edges.len()) }, first }
    }

    unsafe fn zero(&self, atoms: &Range<usize>, rows: &Shared<T>) {
        let stride = self.stride();
        unsafe { std::ptr::write_bytes(rows.at(atoms.start * stride), 0, atoms.len() * stride) };
    }

    /// All of a network of one layer.
    unsafe fn only_layer(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let (plan, weights) = (self.plan, self.weights);
        let edges = self.frames(atoms, scratch);
        let parts = self.parts(atoms, scratch);
        unsafe {
            self.first_messages(atoms, scratch, &parts.stages[0]);
            self.products(0, plan.shape.products, atoms, &parts.stages, scratch);
            let last = &parts.stages[plan.shape.products];
            plan.readout(0, weights, atoms, last, &parts.readouts, &self.energies);
            self.zero(atoms, &parts.gradient);
            self.back_to_messages(0, atoms, &parts, &parts.readouts, scratch);
            self.back_to_first_edges(atoms, &parts.gradient, scratch, edges);
        }
    }

    /// The first of two layers, to what atoms send and keep.
    unsafe fn first_layer(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let Self { plan, weights, topology, own, sent, .. } = self;
        self.frames(atoms, scratch);
        let parts = self.parts(atoms, scratch);
        unsafe {
            self.first_messages(atoms, scratch, &parts.stages[0]);
            self.products(0, plan.shape.products, atoms, &parts.stages, scratch);
            let last = &parts.stages[plan.shape.products];
            plan.readout(0, weights, atoms, last, &self.readouts, &self.energies);
            let layout = &plan.layout.layers[1];
            let [sender, residual] = [&layout.sender, &layout.residual].map(|offsets| plan.of_features(offsets));
            plan.mix_degrees(sender, weights.packed(), topology, atoms, last, sent, true);
            plan.mix_degrees(residual, weights.packed(), topology, atoms, last, own, true);
        }
    }

    /// The second layer, and back to the gradients of its messages and of what atoms kept.
    unsafe fn second_layer(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let Self { plan, weights, topology, own, sent, messages, .. } = self;
        self.frames(atoms, scratch);
        let mut parts = self.parts(atoms, scratch);
        let tile = plan.edge_tile(1, weights, topology, atoms.clone(), &scratch.frames);
        T::message_forward(message::Forward { tile, features: sent.get(), out: messages.get() });
        unsafe {
            // What is kept came first here and comes last there: a sum of two has no order.
            plan.mix_degrees(plan.mix_of(1), weights.packed(), topology, atoms, messages, own, false);
            parts.stages[0] = Shared::new(own.get());
            self.products(1, plan.shape.products, atoms, &parts.stages, scratch);
            let last = &parts.stages[plan.shape.products];
            plan.readout(1, weights, atoms, last, &parts.readouts, &self.energies);
            self.zero(atoms, &parts.gradient);
            self.back_to_messages(1, atoms, &parts, &parts.readouts, scratch);
            let residual = plan.of_features(&plan.layout.layers[1].residual);
            let transposed = weights.transposed();
            plan.mix_degrees(plan.mix_of(1), transposed, topology, atoms, &parts.gradient, messages, true);
            plan.mix_degrees(residual, transposed, topology, atoms, &parts.gradient, own, true);
        }
    }

    /// Back through the messages of the second layer and through the first.
    unsafe fn way_back(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let Self { plan, weights, topology, own, sent, messages, .. } = self;
        let edges = self.frames(atoms, scratch);
        let parts = self.parts(atoms, scratch);
        let (start, size) = (atoms.start * self.stride(), atoms.len() * self.stride());
        unsafe {
            std::ptr::copy_nonoverlapping(own.at(start), parts.gradient.get(), size);
            self.zero(atoms, own);
            T::message_backward(message::Backward {
                tile: plan.edge_tile(1, weights, topology, atoms.clone(), &scratch.frames),
                features: sent.get(),
                gradient: messages.get(),
                receivers: topology.atoms(),
                feature_gradient: own.get(),
                edge_gradient: Some(self.edge_gradient(edges.clone())),
                table_gradient: None,
                generators: &plan.generators,
            });
            let sender = plan.of_features(&plan.layout.layers[1].sender);
            plan.mix_degrees(sender, weights.transposed(), topology, atoms, own, &parts.gradient, false);
            self.first_messages(atoms, scratch, &parts.stages[0]);
            self.products(0, plan.shape.products - 1, atoms, &parts.stages, scratch);
            self.back_to_messages(0, atoms, &parts, &self.readouts, scratch);
            self.back_to_first_edges(atoms, &parts.gradient, scratch, edges);
        }
    }
}
