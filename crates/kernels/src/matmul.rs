//! Rows times a matrix, for rows scattered through an array.

use super::LANES;
use super::dispatch::{Operation, Vectorized};
use super::simd::Lanes;

/// out[r] += in[r] · W for a list of rows.
///
/// | field     | meaning                                              |
/// |-----------|------------------------------------------------------|
/// | `inputs`  | offset of each row in `input`, `inner` numbers each  |
/// | `outputs` | offset of each row in `out`, `columns` numbers each  |
/// | `matrix`  | W `[inner][columns]`, columns a multiple of 16       |
#[derive(Clone, Copy)]
pub struct AddProduct<'a, T> {
    pub inputs: &'a [u32],
    pub outputs: &'a [u32],
    pub input: *const T,
    pub inner: usize,
    pub matrix: *const T,
    pub columns: usize,
    pub out: *mut T,
}

impl<T: Vectorized> Operation<T> for AddProduct<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        debug_assert_eq!(self.inputs.len(), self.outputs.len());
        let mut column = 0;
        while column < self.columns {
            let left = (self.columns - column) / LANES;
            if left >= 4 {
                unsafe { self.columns_of::<S, 6, 4>(column) };
                column += 4 * LANES;
            } else if left >= 2 {
                unsafe { self.columns_of::<S, 9, 2>(column) };
                column += 2 * LANES;
            } else {
                unsafe { self.columns_of::<S, 9, 1>(column) };
                column += LANES;
            }
        }
    }
}

impl<T: Vectorized> AddProduct<'_, T> {
    #[inline(always)]
    unsafe fn columns_of<S: Lanes<Scalar = T>, const R: usize, const J: usize>(&self, column: usize) {
        let mut row = 0;
        unsafe {
            while row + R <= self.inputs.len() {
                self.block::<S, R, J>(row, column);
                row += R;
            }
            // What is left goes in one block, or two: a chain of one row would wait for every addition.
            let left = self.inputs.len() - row;
            match left {
                8 => {
                    self.block::<S, 5, J>(row, column);
                    self.block::<S, 3, J>(row + 5, column);
                }
                7 => self.block::<S, 7, J>(row, column),
                6 => self.block::<S, 6, J>(row, column),
                5 => self.block::<S, 5, J>(row, column),
                4 => self.block::<S, 4, J>(row, column),
                3 => self.block::<S, 3, J>(row, column),
                2 => self.block::<S, 2, J>(row, column),
                1 => self.block::<S, 1, J>(row, column),
                _ => (),
            }
        }
    }

    #[inline(always)]
    unsafe fn block<S: Lanes<Scalar = T>, const R: usize, const J: usize>(&self, row: usize, column: usize) {
        let mut sums = [[S::zero(); J]; R];
        let mut inputs = [self.input; R];
        unsafe {
            for (r, input) in inputs.iter_mut().enumerate() {
                *input = self.input.add(*self.inputs.get_unchecked(row + r) as usize);
            }
            for k in 0..self.inner {
                let matrix = self.matrix.add(k * self.columns + column);
                let mut weights = [S::zero(); J];
                for (j, weight) in weights.iter_mut().enumerate() {
                    *weight = S::load(matrix.add(j * LANES));
                }
                for r in 0..R {
                    let x = S::splat(*inputs[r].add(k));
                    for j in 0..J {
                        sums[r][j] = sums[r][j].fma(x, weights[j]);
                    }
                }
            }
            for r in 0..R {
                let out = self.out.add(*self.outputs.get_unchecked(row + r) as usize + column);
                for j in 0..J {
                    let place = out.add(j * LANES);
                    S::load(place).add(sums[r][j]).store(place);
                }
            }
        }
    }
}

/// dW += Σ_r in[r]ᵀ · g[r]: the gradient of [`AddProduct`] with respect to the matrix.
#[derive(Clone, Copy)]
pub struct AddOuter<'a, T> {
    pub inputs: &'a [u32],
    pub gradients: &'a [u32],
    pub input: *const T,
    pub inner: usize,
    pub gradient: *const T,
    pub columns: usize,
    pub out: *mut T,
}

impl<T: Vectorized> Operation<T> for AddOuter<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        let mut column = 0;
        while column < self.columns {
            let two = self.columns - column >= 2 * LANES;
            let mut k = 0;
            while k < self.inner {
                let eight = self.inner - k >= 8;
                unsafe {
                    match (eight, two) {
                        (true, true) => self.block::<S, 8, 2>(k, column),
                        (true, false) => self.block::<S, 8, 1>(k, column),
                        (false, true) => self.block::<S, 1, 2>(k, column),
                        (false, false) => self.block::<S, 1, 1>(k, column),
                    }
                }
                k += if eight { 8 } else { 1 };
            }
            column += if two { 2 * LANES } else { LANES };
        }
    }
}

impl<T: Vectorized> AddOuter<'_, T> {
    #[inline(always)]
    unsafe fn block<S: Lanes<Scalar = T>, const K: usize, const J: usize>(&self, inner: usize, column: usize) {
        let mut sums = [[S::zero(); J]; K];
        unsafe {
            for (input, gradient) in self.inputs.iter().zip(self.gradients) {
                let x = self.input.add(*input as usize + inner);
                let g = self.gradient.add(*gradient as usize + column);
                let mut values = [S::zero(); J];
                for (j, value) in values.iter_mut().enumerate() {
                    *value = S::load(g.add(j * LANES));
                }
                for (k, row) in sums.iter_mut().enumerate() {
                    let factor = S::splat(*x.add(k));
                    for j in 0..J {
                        row[j] = row[j].fma(factor, values[j]);
                    }
                }
            }
            for (k, row) in sums.iter().enumerate() {
                for (j, sum) in row.iter().enumerate() {
                    let place = self.out.add((inner + k) * self.columns + column + j * LANES);
                    S::load(place).add(*sum).store(place);
                }
            }
        }
    }
}

/// Writes the transpose of `matrix`, `[rows][columns]`, to `into`.
pub fn transpose<T: Copy>(matrix: &[T], rows: usize, columns: usize, into: &mut [T]) {
    for i in 0..rows {
        for j in 0..columns {
            into[j * rows + i] = matrix[i * columns + j];
        }
    }
}
