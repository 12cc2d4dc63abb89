//! The product of an atom's activation with itself, all independent paths, channel by channel ([`ProductTerms`]).
//!
//! Checked by: `suite::network` against the plain composition, on every instruction set.

mod flops;
mod table;
mod unrolled;

pub use flops::product_flops;
pub use table::ProductTable;
use table::{Strided, StridedMut, contract};

use super::dispatch::Operation;
use super::real::Real;
use super::simd::Lanes;

/// Products of consecutive atoms; writes to `out`.
pub struct Forward<'a, T> {
    pub table: &'a ProductTable<T>,
    pub atoms: usize,
    pub features: *const T,
    pub feature_stride: usize,
    pub out: *mut T,
}

/// Adds the gradient with respect to the features.
pub struct Backward<'a, T> {
    pub table: &'a ProductTable<T>,
    pub atoms: usize,
    pub features: *const T,
    pub feature_stride: usize,
    pub gradient: *const T,
    pub feature_gradient: *mut T,
}

impl<T: Real> Operation<T> for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        let stride = self.table.rows * self.table.channels;
        let (features, out) = (Strided(self.features, self.feature_stride), StridedMut(self.out, stride));
        if S::WRITTEN_OUT && unsafe { unrolled::forward::<S>(self.table, self.atoms, features, out) } {
            return;
        }
        let terms = &self.table.forward;
        let mut atom = 0;
        unsafe {
            while atom + 4 <= self.atoms {
                contract::<S, 4, false>(terms, self.table.channels, features, features, out, atom);
                atom += 4;
            }
            while atom < self.atoms {
                contract::<S, 1, false>(terms, self.table.channels, features, features, out, atom);
                atom += 1;
            }
        }
    }
}

impl<T: Real> Operation<T> for Backward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        let features = Strided(self.features, self.feature_stride);
        let gradient = Strided(self.gradient, self.table.rows * self.table.channels);
        let out = StridedMut(self.feature_gradient, self.feature_stride);
        if S::WRITTEN_OUT && unsafe { unrolled::backward::<S>(self.table, self.atoms, features, gradient, out) } {
            return;
        }
        let terms = &self.table.backward;
        let mut atom = 0;
        unsafe {
            while atom + 4 <= self.atoms {
                contract::<S, 4, true>(terms, self.table.channels, gradient, features, out, atom);
                atom += 4;
            }
            while atom < self.atoms {
                contract::<S, 1, true>(terms, self.table.channels, gradient, features, out, atom);
                atom += 1;
            }
        }
    }
}
