//! The product of an atom's activation with itself, all independent paths, channel by channel ([`ProductTerms`]).
//!
//! Checked by: `suite::network` against the plain composition, on every instruction set.

mod flops;
mod table;
mod unrolled;

pub use flops::product_flops;
pub use table::ProductTable;
use table::{Strided, StridedMut, contract_all};

use super::dispatch::{Operation, Vectorized};
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

impl<T: Vectorized> Operation<T> for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        let stride = self.table.rows * self.table.channels;
        let (features, out) = (Strided(self.features, self.feature_stride), StridedMut(self.out, stride));
        if S::WRITTEN_OUT && unsafe { unrolled::forward::<S>(self.table, self.atoms, features, out) } {
            return;
        }
        let Self { table, atoms, .. } = self;
        unsafe { contract_all::<S, false>(&table.forward, table.channels, features, features, out, atoms) };
    }
}

impl<T: Vectorized> Operation<T> for Backward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        let features = Strided(self.features, self.feature_stride);
        let gradient = Strided(self.gradient, self.table.rows * self.table.channels);
        let out = StridedMut(self.feature_gradient, self.feature_stride);
        if S::WRITTEN_OUT && unsafe { unrolled::backward::<S>(self.table, self.atoms, features, gradient, out) } {
            return;
        }
        let Self { table, atoms, .. } = self;
        unsafe { contract_all::<S, true>(&table.backward, table.channels, gradient, features, out, atoms) };
    }
}
