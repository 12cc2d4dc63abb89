//! Sums of rows.

use super::dispatch::{Operation, Vectorized};
use super::simd::Lanes;

/// out += Σ over `rows` of rows[r], in their order; a row has `length` numbers, a multiple of 8.
pub struct AddRows<'a, T> {
    pub rows: &'a [u32],
    pub input: *const T,
    pub length: usize,
    pub out: *mut T,
}

impl<T: Vectorized> Operation<T> for AddRows<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        for k in (0..self.length).step_by(S::WIDTH) {
            unsafe {
                let place = self.out.add(k);
                let mut sum = S::load(place);
                for &row in self.rows {
                    sum = sum.add(S::load(self.input.add(row as usize * self.length + k)));
                }
                sum.store(place);
            }
        }
    }
}
