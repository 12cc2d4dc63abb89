//! Rows times a matrix whose columns are a multiple of eight, but not of sixteen: networks of eight channels.
//!
//! The same sums as in [`super::matmul`]; they are small, so that blocks need not fit a particular machine.

use super::dispatch::{Operation, Vectorized};
use super::matmul::{AddOuter, AddProduct, Base, width};
use super::simd::Lanes;

/// [`AddProduct`] by blocks of eight columns.
pub struct NarrowProduct<'a, T>(pub AddProduct<'a, T>);

/// [`AddOuter`] by blocks of eight columns.
pub struct NarrowOuter<'a, T>(pub AddOuter<'a, T>);

impl<T: Vectorized> Operation<T> for NarrowProduct<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        debug_assert_eq!(self.0.inputs.len(), self.0.outputs.len());
        for column in (0..self.0.columns).step_by(S::WIDTH) {
            let mut row = 0;
            unsafe {
                while row + 8 <= self.0.inputs.len() {
                    self.block::<S, 8>(row, column);
                    row += 8;
                }
                // A chain of one row would wait for every addition.
                while row + 3 <= self.0.inputs.len() {
                    self.block::<S, 3>(row, column);
                    row += 3;
                }
                while row < self.0.inputs.len() {
                    self.block::<S, 1>(row, column);
                    row += 1;
                }
            }
        }
    }
}

impl<T: Vectorized> NarrowProduct<'_, T> {
    #[inline(always)]
    unsafe fn block<S: Lanes<Scalar = T>, const R: usize>(&self, row: usize, column: usize) {
        let Self(AddProduct { inputs, outputs, input, inner, matrix, panels, columns, base, out }) = *self;
        let mut sums = [S::zero(); R];
        let mut rows = [input; R];
        let (start, stride) = if panels { self.place_in_panel(column) } else { (column, columns) };
        unsafe {
            for (r, place) in rows.iter_mut().enumerate() {
                *place = input.add(*inputs.get_unchecked(row + r) as usize);
            }
            for k in 0..inner {
                let weights = S::load(matrix.add(start + k * stride));
                for r in 0..R {
                    sums[r] = sums[r].fma(S::splat(*rows[r].add(k)), weights);
                }
            }
            for (r, sum) in sums.iter().enumerate() {
                let offset = *outputs.get_unchecked(row + r) as usize + column;
                let sum = match base {
                    Base::Zero => *sum,
                    Base::Out => S::load(out.add(offset)).add(*sum),
                    Base::Rows(base) => S::load(base.add(offset)).add(*sum),
                };
                sum.store(out.add(offset));
            }
        }
    }

    /// Where `column` of the first row is in a matrix that is stored in panels, and how far apart its rows are.
    #[inline(always)]
    fn place_in_panel(&self, column: usize) -> (usize, usize) {
        let mut first = 0;
        while column >= first + width(self.0.columns - first) {
            first += width(self.0.columns - first);
        }
        (first * self.0.inner + column - first, width(self.0.columns - first))
    }
}

impl<T: Vectorized> Operation<T> for NarrowOuter<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        for column in (0..self.0.columns).step_by(S::WIDTH) {
            let mut k = 0;
            unsafe {
                while k + 8 <= self.0.inner {
                    self.block::<S, 8>(k, column);
                    k += 8;
                }
                while k < self.0.inner {
                    self.block::<S, 1>(k, column);
                    k += 1;
                }
            }
        }
    }
}

impl<T: Vectorized> NarrowOuter<'_, T> {
    #[inline(always)]
    unsafe fn block<S: Lanes<Scalar = T>, const K: usize>(&self, first: usize, column: usize) {
        let Self(AddOuter { inputs, gradients, input, gradient, columns, out, .. }) = *self;
        let mut sums = [S::zero(); K];
        unsafe {
            for (place, by) in inputs.iter().zip(gradients) {
                let x = input.add(*place as usize + first);
                let g = S::load(gradient.add(*by as usize + column));
                for (k, sum) in sums.iter_mut().enumerate() {
                    *sum = sum.fma(S::splat(*x.add(k)), g);
                }
            }
            for (k, sum) in sums.iter().enumerate() {
                let place = out.add((first + k) * columns + column);
                S::load(place).add(*sum).store(place);
            }
        }
    }
}
