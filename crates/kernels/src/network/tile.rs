//! What [`Plan::evaluate`] does with a tile: what all passes share, and all of a network of one layer.

use std::ops::Range;

use super::forward::Shared;
use super::plan::Plan;
use super::weights::Weights;
use super::workspace::Scratch;
use crate::edge_tile::EdgeTile;
use crate::frame::{Frames, Knots};
use crate::pair_tile::EdgeGradient;
use crate::real::Real;
use crate::topology::Topology;
use crate::{first_edges, frame};

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
    pub(super) unsafe fn rows(&self, array: &Shared<T>, atoms: &Range<usize>) -> *mut T {
        unsafe { array.get().add(atoms.start * self.plan.shape.rows() * self.plan.shape.channels) }
    }

    pub(super) fn edge_gradient(&self) -> EdgeGradient {
        EdgeGradient { values: self.by_edge.get() }
    }

    /// Frames of the edges that `atoms` receive.
    pub(super) fn edge_frames(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
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
    pub(super) unsafe fn first_activations(&self, count: usize, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
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
    pub(super) unsafe fn products(&self, layer: usize, count: usize, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
        let Self { plan, weights, topology, .. } = self;
        let Scratch { stages, products, .. } = scratch;
        for s in 0..count {
            let (input, out, room) = (stages[s].as_ptr(), stages[s + 1].as_mut_ptr(), products.as_mut_ptr());
            unsafe { plan.product(layer, s, weights, topology, atoms, input, out, room) };
        }
    }

    /// The layer's part of the atoms' energies, of the last stage; its hidden layer into `readouts`.
    pub(super) unsafe fn readout(&self, layer: usize, atoms: &Range<usize>, readouts: *mut T, scratch: &Scratch<T>) {
        let Self { plan, weights, energies, .. } = self;
        let last = scratch.stages[plan.shape.products].as_ptr();
        unsafe { plan.readout(layer, weights, atoms.len(), last, readouts, energies.get().add(atoms.start)) };
    }

    /// Readout and products backward: adds to the gradient of the layer's result and makes it that of what was before the first product.
    pub(super) unsafe fn back_to_messages(
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
    pub(super) unsafe fn back_to_first_edges(&self, atoms: &Range<usize>, scratch: &mut Scratch<T>) {
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
}
