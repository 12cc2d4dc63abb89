//! The hidden layer of a readout, which the energy of an atom and its further numbers each have: x = W ψ⁰ + b, with silu behind it.

use super::plan::Plan;
use super::weights::Weights;
use crate::matmul::{AddOuter, AddProduct, Base};
use crate::real::Real;

/// Where it stands among the packed parameters.
#[derive(Clone, Copy)]
pub(super) struct HiddenLayer {
    /// W, `[channels][readout_hidden]`
    pub input: usize,
    /// b, `[readout_hidden]`
    pub bias: usize,
}

impl<T: Real> Plan<T> {
    /// Writes x for the `scalars` of an atom to `out`.
    pub(super) unsafe fn hidden(&self, layer: HiddenLayer, packed: &[T], scalars: *const T, out: &mut [T]) {
        let (c, h) = (self.shape.channels, self.shape.readout_hidden);
        out.copy_from_slice(&packed[layer.bias..][..h]);
        T::add_product(AddProduct {
            inputs: &[0],
            outputs: &[0],
            input: scalars,
            inner: c,
            matrix: packed[layer.input..].as_ptr(),
            panels: false,
            columns: h,
            base: Base::Out,
            out: out.as_mut_ptr(),
        });
    }

    /// From the gradient `by_hidden` with respect to x to that with respect to the `scalars`, added to `target`, and W, added to `dw`.
    pub(super) unsafe fn hidden_backward(
        &self,
        layer: HiddenLayer,
        weights: &Weights<T>,
        scalars: &[T],
        by_hidden: &[T],
        target: *mut T,
        dw: Option<*mut T>,
    ) {
        let (c, h) = (self.shape.channels, self.shape.readout_hidden);
        unsafe {
            T::add_product(AddProduct {
                inputs: &[0],
                outputs: &[0],
                input: by_hidden.as_ptr(),
                inner: h,
                matrix: weights.transposed_in_panels()[layer.input..].as_ptr(),
                panels: false,
                columns: c,
                base: Base::Out,
                out: target,
            });
            if let Some(dw) = dw {
                T::add_outer(AddOuter {
                    inputs: &[0],
                    gradients: &[0],
                    input: scalars.as_ptr(),
                    inner: c,
                    gradient: by_hidden.as_ptr(),
                    columns: h,
                    out: dw.add(layer.input),
                });
            }
        }
    }
}

/// σ(x) and the derivative of silu(x) = x σ(x).
#[inline(always)]
pub(super) fn silu_slope<T: Real>(x: T) -> (T, T) {
    let sigmoid = T::ONE / (T::ONE + (-x).exp());
    (sigmoid, sigmoid * (T::ONE + x * (T::ONE - sigmoid)))
}
