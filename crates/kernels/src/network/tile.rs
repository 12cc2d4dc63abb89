//! What [`Plan::evaluate`] does with a tile in each of its passes.

use std::ops::Range;

use super::forward::Shared;
use super::plan::Plan;
use super::weights::Weights;
use super::workspace::Scratch;
use crate::edge_tile::EdgeTile;
use crate::frame::{Frames, Knots};
use crate::message::Wanted;
use crate::pair_tile::{EdgeGradient, Sums};
use crate::pairs::{PairTile, Pairs};
use crate::real::Real;
use crate::topology::Topology;
use crate::{first_edges, frame, message};

/// What the passes share.
pub(super) struct Evaluation<'a, T: Real> {
    pub plan: &'a Plan<T>,
    pub weights: &'a Weights<T>,
    pub topology: &'a Topology<'a>,
    pub vectors: &'a [[f64; 3]],
    /// Gradient with respect to the energy of each atom.
    pub seeds: &'a [T],
    pub energies: Shared<T>,
    /// What each atom keeps of itself, then the gradient of that.
    pub own: Shared<T>,
    pub sent: Shared<T>,
    pub sent_gradient: Shared<T>,
    /// Messages of the second layer, then their gradient.
    pub messages: Shared<T>,
    /// What tiles of pairs keep for atoms of others.
    pub foreign: Shared<T>,
    /// Readouts of the first of two layers.
    pub readouts: Shared<T>,
    pub by_edge: Shared<[f64; 3]>,
}

impl<T: Real> Evaluation<'_, T> {
    /// The part of an array of all atoms that belongs to `atoms`.
    unsafe fn rows(&self, array: &Shared<T>, atoms: &Range<usize>) -> *mut T {
        unsafe { array.get().add(atoms.start * self.plan.shape.rows() * self.plan.shape.channels) }
    }

    fn edge_gradient(&self) -> EdgeGradient {
        EdgeGradient { values: self.by_edge.get() }
    }

    /// Frames of the edges that `atoms` receive.
    fn edge_frames(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let Self { plan, weights, topology, vectors, .. } = self;
        let Scratch { frames, edges, .. } = scratch;
        edges.clear();
        edges.extend(topology.offsets[atoms.start] as u32..topology.offsets[atoms.end] as u32);
        T::compute_frames(frame::Compute::new(frames, &plan.frame, weights.knots, edges, vectors));
    }

    fn edge_tile<'a>(&'a self, atoms: &Range<usize>, frames: &'a Frames<T>) -> EdgeTile<'a, T> {
        let Self { plan, weights, topology, .. } = self;
        let pair_knots = match weights.knots {
            Knots::Uniform { count, .. } => Some(count),
            Knots::PerEdge => None,
        };
        EdgeTile {
            max_degree: plan.shape.max_degree,
            channels: plan.shape.channels,
            atoms: atoms.clone(),
            topology: **topology,
            pair_knots,
            frames,
            table: weights.tables[0].values.as_ptr(),
        }
    }

    /// Messages of the first layer, the activations made of them, and the first `count` products.
    unsafe fn first_activations(&self, count: usize, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let Self { plan, weights, topology, .. } = self;
        T::first_edges_forward(first_edges::Forward {
            tile: self.edge_tile(atoms, &scratch.frames),
            embedding: weights.packed()[plan.layout.embedding..].as_ptr(),
            out: scratch.gradient.as_mut_ptr(),
        });
        unsafe {
            let (messages, out) = (scratch.gradient.as_ptr(), scratch.stages[0].as_mut_ptr());
            plan.mix(0, weights, topology, atoms, None, messages, out);
            self.products(0, count, atoms, scratch);
        }
    }

    /// The first `count` products of `layer`.
    unsafe fn products(&self, layer: usize, count: usize, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let Self { plan, weights, topology, .. } = self;
        let Scratch { stages, products, .. } = scratch;
        for s in 0..count {
            let (input, out, room) = (stages[s].as_ptr(), stages[s + 1].as_mut_ptr(), products.as_mut_ptr());
            unsafe { plan.product(layer, s, weights, topology, atoms, input, out, room) };
        }
    }

    /// The layer's part of the atoms' energies, of the last stage; its hidden layer into `readouts`.
    unsafe fn readout(&self, layer: usize, atoms: &Range<usize>, readouts: *mut T, scratch: &Scratch<T>) {
        let Self { plan, weights, energies, .. } = self;
        let last = scratch.stages[plan.shape.products].as_ptr();
        unsafe { plan.readout(layer, weights, atoms.len(), last, readouts, energies.get().add(atoms.start)) };
    }

    /// Readout and products backward: adds to the gradient of the layer's result and makes it that of what was before the first product.
    unsafe fn back_to_messages(
        &self,
        layer: usize,
        atoms: &Range<usize>,
        readouts: *const T,
        scratch: &mut Scratch<T>,
    ) {
        let Self { plan, weights, topology, seeds, .. } = self;
        let Scratch { stages, products, hidden, gradient, .. } = scratch;
        let (g, hidden, products) = (gradient.as_mut_ptr(), hidden.as_mut_ptr(), products.as_mut_ptr());
        unsafe {
            // Without gradients of weights the features are not read.
            let last = stages[plan.shape.products].as_ptr();
            plan.readout_backward(layer, weights, last, readouts, &seeds[atoms.clone()], g, hidden, None);
            for s in (0..plan.shape.products).rev() {
                plan.product_backward(layer, s, weights, topology, atoms, stages[s].as_ptr(), g, products, None);
            }
        }
    }

    /// From the gradient of the activations of the first layer before its products to edges.
    unsafe fn back_to_first_edges(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let Self { plan, weights, topology, .. } = self;
        let (g, by_messages) = (scratch.gradient.as_ptr(), scratch.stages[0].as_mut_ptr());
        let turned = (weights.transposed_in_panels(), true);
        unsafe { plan.mix_degrees(plan.mix_of(0), turned, topology, atoms, g, by_messages, true) };
        T::first_edges_backward(first_edges::Backward {
            tile: self.edge_tile(atoms, &scratch.frames),
            embedding: weights.packed()[plan.layout.embedding..].as_ptr(),
            gradient: by_messages,
            edge_gradient: self.edge_gradient(),
            generators: &plan.generators,
        });
    }

    /// All of a network of one layer.
    pub unsafe fn only_layer(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        self.edge_frames(atoms, scratch);
        let readouts = scratch.readouts.as_mut_ptr();
        unsafe {
            self.first_activations(self.plan.shape.products, atoms, scratch);
            self.readout(0, atoms, readouts, scratch);
            scratch.gradient.fill_zero();
            self.back_to_messages(0, atoms, readouts, scratch);
            self.back_to_first_edges(atoms, scratch);
        }
    }

    /// The first of two layers, to what atoms send and keep.
    pub unsafe fn first_layer(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let Self { plan, weights, topology, own, sent, readouts, .. } = self;
        self.edge_frames(atoms, scratch);
        unsafe {
            self.first_activations(plan.shape.products, atoms, scratch);
            self.readout(0, atoms, readouts.get().add(atoms.start * plan.shape.readout_hidden), scratch);
            let (layout, last) = (&plan.layout.layers[1], scratch.stages[plan.shape.products].as_ptr());
            for (offsets, out) in [(&layout.sender, sent), (&layout.residual, own)] {
                let (matrices, packed) = (plan.of_features(offsets), (weights.packed(), false));
                plan.mix_degrees(matrices, packed, topology, atoms, last, self.rows(out, atoms), true);
            }
        }
    }

    /// Messages of the second layer along the pairs of a tile, added to sums that were cleared.
    pub unsafe fn messages_forward(&self, pairs: &Pairs, tile: &PairTile, scratch: &mut Scratch<T>) {
        let sums = Sums { own: self.messages.get(), foreign: self.foreign.get() };
        for atoms in pairs.parts(tile) {
            self.pair_frames(pairs, &atoms, scratch);
            let tile = self.plan.pair_tile(1, self.weights, self.topology, pairs, atoms, &scratch.frames);
            T::message_forward(message::Forward { tile, features: self.sent.get(), sums });
        }
    }

    /// Frames of the pairs of `atoms`.
    fn pair_frames(&self, pairs: &Pairs, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let Self { plan, weights, vectors, .. } = self;
        let edges = &pairs.edges[pairs.offsets[atoms.start]..pairs.offsets[atoms.end]];
        T::compute_frames(frame::Compute::new(&mut scratch.frames, &plan.frame, weights.knots, edges, vectors));
    }

    /// The second layer, and back to the gradients of its messages and of what atoms kept.
    pub unsafe fn second_layer(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let Self { plan, weights, topology, own, messages, .. } = self;
        let size = atoms.len() * plan.shape.rows() * plan.shape.channels;
        let readouts = scratch.readouts.as_mut_ptr();
        unsafe {
            let (own, messages) = (self.rows(own, atoms), self.rows(messages, atoms));
            let stage = scratch.stages[0].as_mut_ptr();
            std::ptr::copy_nonoverlapping(own, stage, size);
            let packed = (weights.packed(), false);
            plan.mix_degrees(plan.mix_of(1), packed, topology, atoms, messages, stage, false);
            self.products(1, plan.shape.products, atoms, scratch);
            self.readout(1, atoms, readouts, scratch);
            scratch.gradient.fill_zero();
            self.back_to_messages(1, atoms, readouts, scratch);
            let (g, turned) = (scratch.gradient.as_ptr(), (weights.transposed_in_panels(), true));
            let residual = plan.of_features(&plan.layout.layers[1].residual);
            plan.mix_degrees(plan.mix_of(1), turned, topology, atoms, g, messages, true);
            plan.mix_degrees(residual, turned, topology, atoms, g, own, true);
        }
    }

    /// Atoms from `receivers` on received nothing in the second layer: nothing comes back of messages or of what they kept.
    pub unsafe fn silence(&self, receivers: usize) {
        let stride = self.plan.shape.rows() * self.plan.shape.channels;
        let others = self.topology.atoms() - receivers;
        for array in [&self.messages, &self.own] {
            unsafe { std::ptr::write_bytes(array.get().add(receivers * stride), 0, others * stride) };
        }
    }

    /// Back through the messages of the second layer along the pairs of a tile.
    pub unsafe fn messages_backward(&self, pairs: &Pairs, tile: &PairTile, scratch: &mut Scratch<T>) {
        for atoms in pairs.parts(tile) {
            self.pair_frames(pairs, &atoms, scratch);
            T::message_backward(message::Backward {
                tile: self.plan.pair_tile(1, self.weights, self.topology, pairs, atoms, &scratch.frames),
                features: self.sent.get(),
                gradient: self.messages.get(),
                sums: Sums { own: self.sent_gradient.get(), foreign: self.foreign.get() },
                wanted: Wanted::Edges(self.edge_gradient()),
                generators: &self.plan.generators,
            });
        }
    }

    /// The first layer again, and from the gradients of what atoms sent and kept back through it.
    pub unsafe fn way_back(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let Self { plan, weights, topology, own, sent_gradient, readouts, .. } = self;
        let size = atoms.len() * plan.shape.rows() * plan.shape.channels;
        self.edge_frames(atoms, scratch);
        unsafe {
            // The last product is not needed: its gradient asks for what went in.
            self.first_activations(plan.shape.products - 1, atoms, scratch);
            let (g, by_sent) = (scratch.gradient.as_mut_ptr(), self.rows(sent_gradient, atoms));
            std::ptr::copy_nonoverlapping(self.rows(own, atoms), g, size);
            let (sender, turned) =
                (plan.of_features(&plan.layout.layers[1].sender), (weights.transposed_in_panels(), true));
            plan.mix_degrees(sender, turned, topology, atoms, by_sent, g, false);
            let readouts = readouts.get().add(atoms.start * plan.shape.readout_hidden);
            self.back_to_messages(0, atoms, readouts, scratch);
            self.back_to_first_edges(atoms, scratch);
        }
    }
}
