//! What [`Plan::evaluate`](super::plan::Plan::evaluate) does with a tile in each of its passes through two layers.

use std::ops::Range;

use super::tile::Evaluation;
use super::workspace::Scratch;
use crate::message::Wanted;
use crate::pair_tile::Sums;
use crate::pairs::{PairTile, Pairs};
use crate::real::Real;
use crate::{frame, message};

impl<T: Real> Evaluation<'_, T> {
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
