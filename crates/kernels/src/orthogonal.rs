//! The orthogonal factor of a matrix, nearly: its singular values are brought towards one, its directions kept.
//!
//!   X₀ = G / |G|      X ← X (a + b XᵀX + c (XᵀX)²)
//!
//! | symbol | here               | meaning                                      |
//! |--------|--------------------|----------------------------------------------|
//! | G      | `matrix`           | `[rows][columns]`                            |
//! | a b c  | `COEFFICIENTS`     | 3.4445, −4.7750, 2.0315                      |
//!
//! For G = U S Vᵀ every round maps a singular value s to a s + b s³ + c s⁵: small ones grow by 3.4, those near one stay
//! between 0.7 and 1.2. A matrix with more columns than rows is turned before and after, so that XᵀX is small.
//! Source: Jordan et al. 2024, Muon (github.com/KellerJordan/Muon), after Kovarik 1970 (doi:10.1137/0707031).
//! Checked by: `suite::trainer::orthogonal_factor`.

use super::LANES;
use super::matmul::{AddOuter, AddProduct, Base, transpose};
use super::real::Real;

const COEFFICIENTS: [f64; 3] = [3.4445, -4.7750, 2.0315];
/// Rounds: with three, singular values down to a thirtieth of the norm end near one; five fit no better.
const ROUNDS: usize = 3;

/// Buffers for [`Orthogonal::apply`].
#[derive(Debug, Default)]
pub struct Orthogonal<T> {
    gram: Vec<T>,
    polynomial: Vec<T>,
    product: Vec<T>,
    rows: Vec<u32>,
    turned: Vec<T>,
}

impl<T: Real> Orthogonal<T> {
    /// Replaces `matrix`, `[rows][columns]`, by its nearly orthogonal factor; zero stays zero.
    ///
    /// # Panics
    /// When the sizes do not fit, or `columns` is no multiple of 8, unless there are fewer `rows` and these are one.
    pub fn apply(&mut self, matrix: &mut [T], rows: usize, columns: usize) {
        if columns <= rows || !rows.is_multiple_of(LANES) {
            return self.apply_as_it_stands(matrix, rows, columns);
        }
        let mut turned = std::mem::take(&mut self.turned);
        turned.resize(matrix.len(), T::ZERO);
        transpose(matrix, rows, columns, &mut turned);
        self.apply_as_it_stands(&mut turned, columns, rows);
        transpose(&turned, columns, rows, matrix);
        self.turned = turned;
    }

    fn apply_as_it_stands(&mut self, matrix: &mut [T], rows: usize, columns: usize) {
        assert_eq!(matrix.len(), rows * columns, "the sizes are those of the matrix");
        assert!(columns.is_multiple_of(LANES / 2), "columns are a multiple of {}", LANES / 2);
        let norm = matrix.iter().map(|x| x.to_f64() * x.to_f64()).sum::<f64>().sqrt();
        if norm == 0.0 || !norm.is_finite() {
            return;
        }
        let inverse = T::from_f64(norm.recip());
        for x in matrix.iter_mut() {
            *x *= inverse;
        }
        self.rows.clear();
        self.rows.extend((0..rows.max(columns) as u32).map(|row| row * columns as u32));
        let [a, b, c] = COEFFICIENTS.map(T::from_f64);
        for _ in 0..ROUNDS {
            let (all, square) = (&self.rows[..rows], &self.rows[..columns]);
            zero(&mut self.gram, columns * columns);
            zero(&mut self.polynomial, columns * columns);
            zero(&mut self.product, rows * columns);
            T::add_outer(AddOuter {
                inputs: all,
                gradients: all,
                input: matrix.as_ptr(),
                inner: columns,
                gradient: matrix.as_ptr(),
                columns,
                out: self.gram.as_mut_ptr(),
            });
            T::add_product(AddProduct {
                inputs: square,
                outputs: square,
                input: self.gram.as_ptr(),
                inner: columns,
                matrix: self.gram.as_ptr(),
                panels: false,
                columns,
                base: Base::Out,
                out: self.polynomial.as_mut_ptr(),
            });
            for (square, gram) in self.polynomial.iter_mut().zip(&self.gram) {
                *square = c * *square + b * *gram;
            }
            for k in 0..columns {
                self.polynomial[k * columns + k] += a;
            }
            T::add_product(AddProduct {
                inputs: all,
                outputs: all,
                input: matrix.as_ptr(),
                inner: columns,
                matrix: self.polynomial.as_ptr(),
                panels: false,
                columns,
                base: Base::Out,
                out: self.product.as_mut_ptr(),
            });
            matrix.copy_from_slice(&self.product);
        }
    }
}

fn zero<T: Real>(values: &mut Vec<T>, length: usize) {
    values.clear();
    values.resize(length, T::ZERO);
}
