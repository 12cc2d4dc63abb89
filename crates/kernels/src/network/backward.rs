//! From the gradient of the atoms' energies to those of edge vectors and weights.

use std::ops::Range;

use super::forward::{Mixing, Shared, for_each_tile, runs};
use super::gradient::Gradient;
use super::hidden::{HiddenLayer, silu_slope};
use super::plan::Plan;
use super::weights::Weights;
use super::workspace::Workspace;
use crate::matmul::{AddOuter, AddProduct, Base};
use crate::message::Wanted;
use crate::pair_tile::{EdgeGradient, Sums};
use crate::pairs::PairTile as Tile;
use crate::real::Real;
use crate::topology::Topology;
use crate::{first_message, frame, message, product};

impl<T: Real> Plan<T> {
    /// Gradients after [`Plan::forward`] on the same arguments.
    ///
    /// `seeds` is the gradient with respect to each atom's energy, `[atoms]`, and behind it, where the readout gives some, with
    /// respect to each atom's further numbers and multipoles, `[atoms][components]`. The gradient with respect to each edge vector is written to
    /// `edges` and that with respect to the weights added to `gradient`, where wanted. Weight gradients are not computed in
    /// parallel: fitting runs frames side by side instead.
    #[allow(clippy::too_many_arguments, reason = "the inputs of forward, and what is wanted")]
    pub fn backward(
        &self,
        weights: &Weights<T>,
        topology: &Topology<'_>,
        vectors: &[[f64; 3]],
        workspace: &mut Workspace<T>,
        seeds: &[T],
        mut edges: Option<&mut [[f64; 3]]>,
        mut gradient: Option<&mut Gradient<T>>,
        parallel: bool,
    ) {
        let outputs = 1 + self.shape.multipole_rows();
        assert_eq!(seeds.len(), topology.atoms() * outputs, "one seed for each number of each atom");
        assert_eq!(workspace.atom_energies.len(), topology.atoms(), "forward ran before");
        workspace.prepare_backward(self, topology);
        if let Some(edges) = edges.as_deref_mut() {
            assert_eq!(edges.len(), topology.edges(), "one gradient for each edge");
            edges.fill([0.0; 3]);
            workspace.pairs.reverse(topology, vectors);
        }
        let parallel = parallel && gradient.is_none();
        for layer in (0..self.shape.layers).rev() {
            self.backward_atoms(layer, weights, topology, workspace, seeds, gradient.as_deref_mut(), parallel);
            let (edges, gradient) = (edges.as_deref_mut(), gradient.as_deref_mut());
            self.backward_edges(layer, weights, topology, vectors, workspace, edges, gradient, parallel);
            std::mem::swap(&mut workspace.gradient, &mut workspace.next_gradient);
        }
    }

    /// Readout, products and mixing: `gradient` (of the layer's result) to `message_gradient` and `next_gradient`.
    #[allow(clippy::too_many_arguments, reason = "the inputs of backward")]
    fn backward_atoms(
        &self,
        layer: usize,
        weights: &Weights<T>,
        topology: &Topology<'_>,
        workspace: &mut Workspace<T>,
        seeds: &[T],
        gradient: Option<&mut Gradient<T>>,
        parallel: bool,
    ) {
        let stride = self.shape.rows() * self.shape.channels;
        // What the layer did not compute passes nothing back.
        let needed = topology.needed_in(layer) * stride;
        workspace.message_gradient.as_mut_slice()[needed..].fill(T::ZERO);
        workspace.next_gradient.as_mut_slice()[needed..].fill(T::ZERO);
        let current = Shared::new(workspace.gradient.as_mut_ptr());
        let next = Shared::new(workspace.next_gradient.as_mut_ptr());
        let message_gradient = Shared::new(workspace.message_gradient.as_mut_ptr());
        let packed_gradient = gradient.map(|gradient| Shared::new(gradient.packed.as_mut_ptr()));
        let workspace = &*workspace;
        let tiles = workspace.tiles_of(topology.needed_in(layer));
        for_each_tile(tiles, &workspace.scratches, parallel, |_, atoms: Range<usize>, scratch| unsafe {
            let dw = packed_gradient.as_ref().map(Shared::get);
            let start = atoms.start * stride;
            let g = current.get().add(start);
            let stage = |s: usize| workspace.activations[layer][s].as_ptr().add(start);
            let before = workspace.readouts[layer].as_ptr().add(atoms.start * self.shape.readout_hidden);
            let (last, hidden) = (stage(self.shape.products), scratch.hidden.as_mut_ptr());
            self.readout_backward(layer, weights, last, before, &seeds[atoms.clone()], g, hidden, dw);
            let others = &seeds[topology.atoms()..];
            self.multipoles_backward(layer, weights, workspace, &atoms, others, g, dw);
            self.numbers_backward(layer, weights, workspace, &atoms, others, g, scratch.hidden.as_mut_ptr(), dw);
            for s in (0..self.shape.products).rev() {
                let products = scratch.products.as_mut_ptr();
                self.product_backward(layer, s, weights, topology, &atoms, stage(s), g, products, dw);
            }
            let layout = &self.layout.layers[layer];
            let (messages, target) = (workspace.messages[layer].as_ptr().add(start), message_gradient.get().add(start));
            self.mix_degrees_backward(self.mix_of(layer), weights, topology, &atoms, messages, g, target, true, dw);
            if layer == 0 {
                if let Some(dw) = dw {
                    self.bias_backward(topology, &atoms, g, dw);
                }
            } else {
                let features = workspace.activations[layer - 1][self.shape.products].as_ptr().add(start);
                let (residual, target) = (self.of_features(&layout.residual), next.get().add(start));
                self.mix_degrees_backward(residual, weights, topology, &atoms, features, g, target, true, dw);
            }
        });
    }

    /// Back through W_{l,Z}: writes (with `fresh`) or adds Wᵀ g to `target` and adds inᵀ g to the gradient of W.
    #[allow(clippy::too_many_arguments, reason = "one call, all of it needed")]
    unsafe fn mix_degrees_backward(
        &self,
        matrices: Mixing<'_>,
        weights: &Weights<T>,
        topology: &Topology<'_>,
        atoms: &Range<usize>,
        input: *const T,
        g: *const T,
        target: *mut T,
        fresh: bool,
        dw: Option<*mut T>,
    ) {
        let turned = (weights.transposed_in_panels(), true);
        unsafe { self.mix_degrees(matrices, turned, topology, atoms, g, target, fresh) };
        let Some(dw) = dw else { return };
        let c = self.shape.channels;
        let stride = self.shape.rows() * c;
        for (run, copy) in runs(topology, atoms, matrices.by_element) {
            let start = run.start * stride;
            for (l, &offset) in matrices.offsets.iter().enumerate() {
                let rows = &self.feature_rows[l][..run.len() * (2 * l + 1)];
                unsafe {
                    T::add_outer(AddOuter {
                        inputs: rows,
                        gradients: rows,
                        input: input.add(start),
                        inner: c,
                        gradient: g.add(start),
                        columns: c,
                        out: dw.add(offset + copy * c * c),
                    });
                }
            }
        }
    }

    unsafe fn bias_backward(&self, topology: &Topology<'_>, atoms: &Range<usize>, g: *const T, dw: *mut T) {
        let c = self.shape.channels;
        let stride = self.shape.rows() * c;
        for (local, atom) in atoms.clone().enumerate() {
            let offset = self.layout.layers[0].bias + topology.species[atom] as usize * c;
            for k in 0..c {
                unsafe { *dw.add(offset + k) += *g.add(local * stride + k) };
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one call, all of it needed")]
    pub(super) unsafe fn readout_backward(
        &self,
        layer: usize,
        weights: &Weights<T>,
        features: *const T,
        readouts: *const T,
        seeds: &[T],
        g: *mut T,
        hidden: *mut T,
        dw: Option<*mut T>,
    ) {
        let (c, h) = (self.shape.channels, self.shape.readout_hidden);
        let stride = self.shape.rows() * c;
        let layout = &self.layout.layers[layer];
        let packed = weights.packed();
        for (local, &seed) in seeds.iter().enumerate() {
            unsafe {
                let before = std::slice::from_raw_parts(readouts.add(local * h), h);
                let scalars = std::slice::from_raw_parts(features.add(local * stride), c);
                let hidden = std::slice::from_raw_parts_mut(hidden, h);
                for k in 0..h {
                    let x = before[k];
                    let (sigmoid, slope) = silu_slope(x);
                    hidden[k] = seed * packed[layout.readout_output + k] * slope;
                    if let Some(dw) = dw {
                        *dw.add(layout.readout_output + k) += seed * x * sigmoid;
                        *dw.add(layout.readout_bias + k) += hidden[k];
                    }
                }
                let target = g.add(local * stride);
                for k in 0..c {
                    *target.add(k) += seed * packed[layout.readout_linear + k];
                    if let Some(dw) = dw {
                        *dw.add(layout.readout_linear + k) += seed * scalars[k];
                    }
                }
                let layer = HiddenLayer { input: layout.readout_input, bias: layout.readout_bias };
                self.hidden_backward(layer, weights, scalars, hidden, target, dw);
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one call, all of it needed")]
    pub(super) unsafe fn product_backward(
        &self,
        layer: usize,
        s: usize,
        weights: &Weights<T>,
        topology: &Topology<'_>,
        atoms: &Range<usize>,
        input: *const T,
        g: *mut T,
        scratch: *mut T,
        dw: Option<*mut T>,
    ) {
        let c = self.shape.channels;
        let stride = self.shape.rows() * c;
        let table = &self.products[layer][s];
        let size = atoms.len() * table.rows * c;
        unsafe {
            let products_gradient = scratch.add(size);
            if dw.is_some() {
                T::product_forward(product::Forward {
                    table,
                    atoms: atoms.len(),
                    features: input,
                    feature_stride: stride,
                    out: scratch,
                });
            }
            for (l, &offset) in self.layout.layers[layer].products[s].iter().enumerate() {
                let inner = table.paths[l] * c;
                for (run, copy) in runs(topology, atoms, self.shape.element_products) {
                    let run = run.start * (2 * l + 1)..run.end * (2 * l + 1);
                    let rows = &self.product_rows[layer][s][l][run.clone()];
                    let feature_rows = &self.feature_rows[l][run];
                    let offset = offset + copy * inner * c;
                    T::add_product(AddProduct {
                        inputs: feature_rows,
                        outputs: rows,
                        input: g,
                        inner: c,
                        matrix: weights.transposed_in_panels()[offset..].as_ptr(),
                        panels: true,
                        columns: inner,
                        base: Base::Zero,
                        out: products_gradient,
                    });
                    if let Some(dw) = dw {
                        T::add_outer(AddOuter {
                            inputs: rows,
                            gradients: feature_rows,
                            input: scratch,
                            inner,
                            gradient: g,
                            columns: c,
                            out: dw.add(offset),
                        });
                    }
                }
            }
            T::product_backward(product::Backward {
                table,
                atoms: atoms.len(),
                features: input,
                feature_stride: stride,
                gradient: products_gradient,
                feature_gradient: g,
            });
        }
    }

    /// Messages: `message_gradient` to edge vectors, radial tables and `next_gradient`.
    #[allow(clippy::too_many_arguments, reason = "the inputs of backward")]
    fn backward_edges(
        &self,
        layer: usize,
        weights: &Weights<T>,
        topology: &Topology<'_>,
        vectors: &[[f64; 3]],
        workspace: &mut Workspace<T>,
        edges: Option<&mut [[f64; 3]]>,
        gradient: Option<&mut Gradient<T>>,
        parallel: bool,
    ) {
        let keeps_frames = workspace.keeps_frames();
        let stride = self.shape.rows() * self.shape.channels;
        let next = Shared::new(workspace.next_gradient.as_mut_ptr());
        let message_gradient = workspace.message_gradient.as_ptr();
        let message_gradient = Shared::new(message_gradient.cast_mut());
        let features = match layer {
            0 => None,
            _ => Some(Shared::new(workspace.activations[layer - 1][self.shape.products].as_ptr().cast_mut())),
        };
        let sent = Shared::new(workspace.sent[layer].as_mut_ptr());
        let sent_gradient = Shared::new(workspace.sent_gradient.as_mut_ptr());
        let foreign = Shared::new(workspace.foreign.as_mut_ptr());
        let edge_gradient = edges.map(|edges| Shared::new(edges.as_mut_ptr()));
        let weight_gradient = gradient.map(|gradient| {
            (Shared::new(gradient.tables[layer].as_mut_ptr()), Shared::new(gradient.packed.as_mut_ptr()))
        });
        let workspace = &*workspace;
        let pairs = &workspace.pairs;
        let received = pairs.tiles_of(topology.needed_in(layer)).len();
        // Atoms that only sent in this layer gather the gradient of what they sent, so those of the layer before count.
        let gathering = topology.needed_in(layer.saturating_sub(1));
        for_each_tile(pairs.tiles_of(gathering), &workspace.scratches, parallel, |index, tile: Tile, scratch| {
            let sums = Sums { own: sent_gradient.get(), foreign: foreign.get() };
            if layer > 0 {
                unsafe { self.clear(sums, &tile) };
            }
            // The pairs of atoms that received nothing in this layer carry nothing back.
            if index >= received {
                return;
            }
            let frames = if keeps_frames {
                &workspace.frames[index]
            } else {
                let edges = &pairs.edges[tile.pairs.clone()];
                let frames = &mut scratch.frames;
                T::compute_frames(frame::Compute::new(frames, &self.frame, weights.knots, edges, vectors));
                &scratch.frames
            };
            let tile = || self.pair_tile(layer, weights, topology, pairs, tile.atoms.clone(), frames);
            let by_edge = || edge_gradient.as_ref().map(|edges| EdgeGradient { values: edges.get() });
            let Some(_) = features else {
                return T::first_backward(first_message::FirstBackward {
                    tile: tile(),
                    embedding: weights.packed()[self.layout.embedding..].as_ptr(),
                    gradient: message_gradient.get(),
                    edge_gradient: by_edge(),
                    weights: weight_gradient
                        .as_ref()
                        .map(|(table, packed)| (table.get(), unsafe { packed.get().add(self.layout.embedding) })),
                    generators: &self.generators,
                });
            };
            let by_table = weight_gradient.as_ref().map(|(table, _)| Wanted::Table(table.get()));
            for (round, wanted) in by_edge().map(Wanted::Edges).into_iter().chain(by_table).enumerate() {
                if round > 0 {
                    // Each gives the gradient of the features too: once is enough.
                    unsafe { self.clear(sums, &pairs.tiles[index]) };
                }
                T::message_backward(message::Backward {
                    tile: tile(),
                    features: sent.get(),
                    gradient: message_gradient.get(),
                    sums,
                    wanted,
                    generators: &self.generators,
                });
            }
        });
        let Some(features) = features else { return };
        let end = pairs.tiles[..received].last().map_or(0, |tile| tile.rows.end);
        for_each_tile(
            workspace.tiles_of(gathering),
            &workspace.scratches,
            parallel,
            |_, atoms: Range<usize>, _| unsafe {
                self.gather(Sums { own: sent_gradient.get(), foreign: foreign.get() }, pairs, &atoms, end);
                let dw = weight_gradient.as_ref().map(|(_, packed)| packed.get());
                let matrices = self.of_features(&self.layout.layers[layer].sender);
                let rows = |array: &Shared<T>| array.get().add(atoms.start * stride);
                let (features, g, target) = (rows(&features), rows(&sent_gradient), rows(&next));
                self.mix_degrees_backward(matrices, weights, topology, &atoms, features, g, target, false, dw);
            },
        );
    }
}
