//! The part of the readout that gives further numbers of each atom: a hidden layer of their own.
//!
//!   s_i = Σ over layers of  V silu(W ψ⁰_i + b) + U ψ⁰_i
//!
//! | symbol  | here              | shape                        |
//! |---------|-------------------|------------------------------|
//! | s_i     | `atom_multipoles` | the first `numbers` of an atom |
//! | W, b    | `input`, `bias`   | `[channels][readout_hidden]`, `[readout_hidden]` |
//! | V, U    | `output`, `linear` | `[readout_hidden][numbers]`, `[channels][numbers]` |
//! | ψ⁰_i    | `activations`     | the layer's result, degree 0 |
//!
//! Checked by: `suite::network::fused_is_the_composition`.

use std::ops::Range;

use super::forward::Shared;
use super::hidden::{HiddenLayer, silu_slope};
use super::layout::NumbersLayout;
use super::plan::Plan;
use super::weights::Weights;
use super::workspace::Workspace;
use crate::real::Real;

impl<T: Real> Plan<T> {
    /// Adds the layer's part of the atoms' further numbers; keeps the hidden layer in `readouts`.
    pub(super) unsafe fn numbers(
        &self,
        layer: usize,
        weights: &Weights<T>,
        atoms: &Range<usize>,
        features: &Shared<T>,
        readouts: &Shared<T>,
        into: &Shared<T>,
    ) {
        let Some(layout) = self.layout.layers[layer].readout_numbers else { return };
        let (c, h, n) = (self.shape.channels, self.shape.readout_hidden, self.shape.numbers);
        let (stride, width) = (self.shape.rows() * c, self.shape.multipole_rows());
        let packed = weights.packed();
        for atom in atoms.clone() {
            unsafe {
                let hidden = std::slice::from_raw_parts_mut(readouts.get().add(atom * h), h);
                let scalars = features.get().add(atom * stride);
                self.hidden(hidden_of(layout), packed, scalars, hidden);
                let numbers = std::slice::from_raw_parts_mut(into.get().add(atom * width), n);
                for (&x, row) in hidden.iter().zip(packed[layout.output..].chunks_exact(n)) {
                    let activation = x / (T::ONE + (-x).exp());
                    numbers.iter_mut().zip(row).for_each(|(number, &weight)| *number += weight * activation);
                }
                let scalars = std::slice::from_raw_parts(scalars, c);
                for (&x, row) in scalars.iter().zip(packed[layout.linear..].chunks_exact(n)) {
                    numbers.iter_mut().zip(row).for_each(|(number, &weight)| *number += weight * x);
                }
            }
        }
    }

    /// Adds to the gradients `g` of the tile's activations and `dw` of the weights; `seeds` are those of all further numbers and
    /// multipoles, `[atoms][components]`; `hidden` is room for one hidden layer.
    #[allow(clippy::too_many_arguments, reason = "one call, all of it needed")]
    pub(super) unsafe fn numbers_backward(
        &self,
        layer: usize,
        weights: &Weights<T>,
        workspace: &Workspace<T>,
        atoms: &Range<usize>,
        seeds: &[T],
        g: *mut T,
        hidden: *mut T,
        dw: Option<*mut T>,
    ) {
        let Some(layout) = self.layout.layers[layer].readout_numbers else { return };
        let (c, h, n) = (self.shape.channels, self.shape.readout_hidden, self.shape.numbers);
        let (stride, width) = (self.shape.rows() * c, self.shape.multipole_rows());
        let packed = weights.packed();
        let features = workspace.activations[layer][self.shape.products].as_slice();
        for (local, atom) in atoms.clone().enumerate() {
            let seeds = &seeds[atom * width..][..n];
            let before = &workspace.number_readouts[layer].as_slice()[atom * h..][..h];
            let scalars = &features[atom * stride..][..c];
            unsafe {
                let hidden = std::slice::from_raw_parts_mut(hidden, h);
                for k in 0..h {
                    let x = before[k];
                    let (sigmoid, slope) = silu_slope(x);
                    let row = &packed[layout.output + k * n..][..n];
                    let mut sum = T::ZERO;
                    for (index, (&seed, &weight)) in seeds.iter().zip(row).enumerate() {
                        sum += seed * weight;
                        if let Some(dw) = dw {
                            *dw.add(layout.output + k * n + index) += seed * x * sigmoid;
                        }
                    }
                    hidden[k] = sum * slope;
                    if let Some(dw) = dw {
                        *dw.add(layout.bias + k) += hidden[k];
                    }
                }
                let target = g.add(local * stride);
                for k in 0..c {
                    let row = &packed[layout.linear + k * n..][..n];
                    for (index, (&seed, &weight)) in seeds.iter().zip(row).enumerate() {
                        *target.add(k) += seed * weight;
                        if let Some(dw) = dw {
                            *dw.add(layout.linear + k * n + index) += seed * scalars[k];
                        }
                    }
                }
                self.hidden_backward(hidden_of(layout), weights, scalars, hidden, target, dw);
            }
        }
    }
}

fn hidden_of(layout: NumbersLayout) -> HiddenLayer {
    HiddenLayer { input: layout.input, bias: layout.bias }
}
