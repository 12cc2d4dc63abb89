//! The part of the readout that turns: multipoles of each atom, linear in its activations of their degree.
//!
//!   v_i = Σ over layers of Σ_k w_k ψ^l_ik
//!
//! | symbol | here                | meaning                                    |
//! |--------|---------------------|--------------------------------------------|
//! | v_i    | `atom_multipoles`   | 2l + 1 components of atom i                |
//! | w_k    | `readout_multipoles` | weight of channel k, for each degree      |
//! | ψ^l_ik | `activations`       | the layer's result, degree l               |
//!
//! Checked by: `suite::network::fused_is_the_composition`.

use std::ops::Range;

use super::forward::Shared;
use super::plan::Plan;
use super::weights::Weights;
use super::workspace::Workspace;
use crate::real::Real;

impl<T: Real> Plan<T> {
    /// Adds the layer's part of the atoms' multipoles.
    pub(super) unsafe fn multipoles(
        &self,
        layer: usize,
        weights: &Weights<T>,
        atoms: &Range<usize>,
        features: &Shared<T>,
        multipoles: &Shared<T>,
    ) {
        let (c, width) = (self.shape.channels, self.shape.multipole_rows());
        let mut first = self.shape.numbers;
        for &(l, offset) in &self.layout.layers[layer].readout_multipoles {
            let weight = &weights.packed()[offset..][..c];
            for atom in atoms.clone() {
                for component in 0..2 * l + 1 {
                    let row = (atom * self.shape.rows() + l * l + component) * c;
                    unsafe {
                        let features = std::slice::from_raw_parts(features.get().add(row), c);
                        let mut sum = T::ZERO;
                        for (&x, &w) in features.iter().zip(weight) {
                            sum += w * x;
                        }
                        *multipoles.get().add(atom * width + first + component) += sum;
                    }
                }
            }
            first += 2 * l + 1;
        }
    }

    /// Adds to the gradients `g` of the tile's activations and `dw` of the weights; `seeds` are those of all further
    /// numbers and multipoles, `[atoms][components]`.
    #[allow(clippy::too_many_arguments, reason = "one call, all of it needed")]
    pub(super) unsafe fn multipoles_backward(
        &self,
        layer: usize,
        weights: &Weights<T>,
        workspace: &Workspace<T>,
        atoms: &Range<usize>,
        seeds: &[T],
        g: *mut T,
        dw: Option<*mut T>,
    ) {
        let (c, width) = (self.shape.channels, self.shape.multipole_rows());
        let features = workspace.activations[layer][self.shape.products].as_slice();
        let mut first = self.shape.numbers;
        for &(l, offset) in &self.layout.layers[layer].readout_multipoles {
            let weight = &weights.packed()[offset..][..c];
            for (local, atom) in atoms.clone().enumerate() {
                for component in 0..2 * l + 1 {
                    let seed = seeds[atom * width + first + component];
                    let row = |atom: usize| (atom * self.shape.rows() + l * l + component) * c;
                    let features = &features[row(atom)..][..c];
                    unsafe {
                        let target = g.add(row(local));
                        for k in 0..c {
                            *target.add(k) += seed * weight[k];
                            if let Some(dw) = dw {
                                *dw.add(offset + k) += seed * features[k];
                            }
                        }
                    }
                }
            }
            first += 2 * l + 1;
        }
    }
}
