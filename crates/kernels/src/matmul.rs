//! Rows times a matrix, for rows scattered through an array.

use std::ops::Range;

use super::LANES;
use super::dispatch::{Operation, Vectorized};
use super::simd::Lanes;

/// What a product is added to.
#[derive(Clone, Copy)]
pub enum Base<T> {
    /// What stands in `out`.
    Out,
    /// Nothing: `out` is overwritten.
    Zero,
    /// Rows with the offsets of `outputs` in another array.
    Rows(*const T),
}

/// out[r] = base[r] + in[r] · W for a list of rows.
///
/// | field     | meaning                                              |
/// |-----------|------------------------------------------------------|
/// | `inputs`  | offset of each row in `input`, `inner` numbers each  |
/// | `outputs` | offset of each row in `out`, `columns` numbers each  |
/// | `matrix`  | W `[inner][columns]`, columns a multiple of 16       |
/// | `panels`  | whether W is stored by [`transpose_in_panels`]       |
#[derive(Clone, Copy)]
pub struct AddProduct<'a, T> {
    pub inputs: &'a [u32],
    pub outputs: &'a [u32],
    pub input: *const T,
    pub inner: usize,
    pub matrix: *const T,
    pub panels: bool,
    pub columns: usize,
    pub base: Base<T>,
    pub out: *mut T,
}

/// Numbers of a matrix that are worked on until all rows are done: they stay in the first cache.
const PANEL: usize = 4096;

/// Width of the panel that starts where `left` columns are left.
pub(super) const fn width(left: usize) -> usize {
    if left >= 4 * LANES {
        4 * LANES
    } else if left >= 2 * LANES {
        2 * LANES
    } else if left >= LANES {
        LANES
    } else {
        left
    }
}

/// Writes the transpose of `matrix`, `[rows][columns]`, in panels of up to 64 of its columns, `[columns][width]` each, one after
/// another: its numbers are then in the order in which a product reads them.
pub fn transpose_in_panels<T: Copy>(matrix: &[T], rows: usize, columns: usize, into: &mut [T]) {
    let mut row = 0;
    while row < rows {
        let width = width(rows - row);
        for k in 0..columns {
            for i in 0..width {
                into[row * columns + k * width + i] = matrix[(row + i) * columns + k];
            }
        }
        row += width;
    }
}

impl<T: Vectorized> Operation<T> for AddProduct<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        debug_assert_eq!(self.inputs.len(), self.outputs.len());
        let mut column = 0;
        while column < self.columns {
            let width = width(self.columns - column);
            unsafe {
                match width / LANES {
                    4 => self.columns_of::<S, 6, 4>(column),
                    2 => self.columns_of::<S, 9, 2>(column),
                    _ => self.columns_of::<S, 9, 1>(column),
                }
            }
            column += width;
        }
    }
}

impl<T: Vectorized> AddProduct<'_, T> {
    #[inline(always)]
    unsafe fn columns_of<S: Lanes<Scalar = T>, const R: usize, const J: usize>(&self, column: usize) {
        let mut first = 0;
        while first < self.inner {
            let end =
                if self.inner - first < PANEL / (J * LANES) * 3 / 2 { self.inner } else { first + PANEL / (J * LANES) };
            unsafe { self.panel::<S, R, J>(column, first, end) };
            first = end;
        }
    }

    #[inline(always)]
    unsafe fn panel<S: Lanes<Scalar = T>, const R: usize, const J: usize>(
        &self,
        column: usize,
        first: usize,
        end: usize,
    ) {
        let (start, stride) = if self.panels { (column * self.inner, J * LANES) } else { (column, self.columns) };
        unsafe {
            if size_of::<S::Register>() > 32 {
                let weights = Weights { matrix: self.matrix.add(start), stride };
                return self.rows_of::<S, R, J>(weights, column, first..end);
            }
            // There are sixteen of these registers: more sums at once would be kept in memory.
            for j in 0..J {
                let weights = Weights { matrix: self.matrix.add(start + j * LANES), stride };
                if size_of::<S>() <= 64 {
                    self.rows_of::<S, 6, 1>(weights, column + j * LANES, first..end);
                } else {
                    self.rows_of::<S, 3, 1>(weights, column + j * LANES, first..end);
                }
            }
        }
    }

    /// All rows, `R` at a time.
    #[inline(always)]
    unsafe fn rows_of<S: Lanes<Scalar = T>, const R: usize, const J: usize>(
        &self,
        weights: Weights<T>,
        column: usize,
        inner: Range<usize>,
    ) {
        let mut row = 0;
        unsafe {
            while row + R <= self.inputs.len() {
                self.block::<S, R, J>(row, weights, column, &inner);
                row += R;
            }
            // What is left goes in one block, or two: a chain of one row would wait for every addition.
            let left = self.inputs.len() - row;
            match left {
                8 if R > 8 => {
                    self.block::<S, 5, J>(row, weights, column, &inner);
                    self.block::<S, 3, J>(row + 5, weights, column, &inner);
                }
                7 if R > 7 => self.block::<S, 7, J>(row, weights, column, &inner),
                6 if R > 6 => self.block::<S, 6, J>(row, weights, column, &inner),
                5 if R > 5 => self.block::<S, 5, J>(row, weights, column, &inner),
                4 if R > 4 => self.block::<S, 4, J>(row, weights, column, &inner),
                3 if R > 3 => self.block::<S, 3, J>(row, weights, column, &inner),
                2 => self.block::<S, 2, J>(row, weights, column, &inner),
                1 => self.block::<S, 1, J>(row, weights, column, &inner),
                _ => (),
            }
        }
    }

    #[inline(always)]
    unsafe fn block<S: Lanes<Scalar = T>, const R: usize, const J: usize>(
        &self,
        row: usize,
        Weights { matrix, stride }: Weights<T>,
        column: usize,
        inner: &Range<usize>,
    ) {
        let mut sums = [[S::zero(); J]; R];
        let mut inputs = [self.input; R];
        unsafe {
            for (r, input) in inputs.iter_mut().enumerate() {
                *input = self.input.add(*self.inputs.get_unchecked(row + r) as usize);
            }
            for k in inner.clone() {
                let matrix = matrix.add(k * stride);
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
            let base = match self.base {
                Base::Zero if inner.start == 0 => None,
                Base::Rows(base) if inner.start == 0 => Some(base),
                _ => Some(self.out.cast_const()),
            };
            for r in 0..R {
                let offset = *self.outputs.get_unchecked(row + r) as usize + column;
                let out = self.out.add(offset);
                for j in 0..J {
                    let sum = match base {
                        None => sums[r][j],
                        Some(base) => S::load(base.add(offset + j * LANES)).add(sums[r][j]),
                    };
                    sum.store(out.add(j * LANES));
                }
            }
        }
    }
}

/// Some columns of the matrix: those of its first row, and how far apart rows are.
#[derive(Clone, Copy)]
struct Weights<T> {
    matrix: *const T,
    stride: usize,
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
