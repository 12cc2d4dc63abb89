//! Products with every term written out by `build.rs`: coefficients are constants, activations stay in registers, and each
//! ψ_a ψ_b is computed once.

use super::ProductTable;
use super::table::{Strided, StridedMut};
use crate::LANES;
use crate::simd::Lanes;
use written::{backward_1, backward_2, backward_3, forward_1, forward_2, forward_3};

/// `forward_L` and `backward_L` for one atom, sixteen channels of `C`.
#[allow(
    clippy::erasing_op,
    clippy::identity_op,
    clippy::approx_constant,
    clippy::too_many_lines,
    reason = "written by build.rs"
)]
mod written {
    use crate::scalar::Scalar;
    use crate::simd::Lanes;

    include!(concat!(env!("OUT_DIR"), "/products.rs"));
}

/// Calls the code for the table's degree on every atom and block of channels of the arrays; returns false where none was written.
macro_rules! for_all {
    ($table:ident, $atoms:ident, [$one:ident, $two:ident, $three:ident], $arrays:tt) => {
        match ($table.written_out, $table.channels) {
            (Some(1), 16) => for_all!(@run $one, 16, $atoms, $arrays),
            (Some(1), 32) => for_all!(@run $one, 32, $atoms, $arrays),
            (Some(1), 64) => for_all!(@run $one, 64, $atoms, $arrays),
            (Some(2), 16) => for_all!(@run $two, 16, $atoms, $arrays),
            (Some(2), 32) => for_all!(@run $two, 32, $atoms, $arrays),
            (Some(2), 64) => for_all!(@run $two, 64, $atoms, $arrays),
            (Some(3), 16) => for_all!(@run $three, 16, $atoms, $arrays),
            (Some(3), 32) => for_all!(@run $three, 32, $atoms, $arrays),
            (Some(3), 64) => for_all!(@run $three, 64, $atoms, $arrays),
            _ => return false,
        }
    };
    (@run $function:ident, $channels:literal, $atoms:ident, ($($array:ident),+)) => {
        for atom in 0..$atoms {
            for block in (0..$channels).step_by(LANES) {
                unsafe { $function::<S, $channels>($($array.at(atom, block)),+) };
            }
        }
    };
}

/// Writes the products of `atoms` atoms to `out`; false, and nothing, where no code was written for the table.
#[inline(always)]
pub unsafe fn forward<S: Lanes>(
    table: &ProductTable<S::Scalar>,
    atoms: usize,
    features: Strided<S::Scalar>,
    out: StridedMut<S::Scalar>,
) -> bool {
    for_all!(table, atoms, [forward_1, forward_2, forward_3], (features, out));
    true
}

/// Adds the gradient with respect to the features to `out`; false, and nothing, where no code was written for the table.
#[inline(always)]
pub unsafe fn backward<S: Lanes>(
    table: &ProductTable<S::Scalar>,
    atoms: usize,
    features: Strided<S::Scalar>,
    gradient: Strided<S::Scalar>,
    out: StridedMut<S::Scalar>,
) -> bool {
    for_all!(table, atoms, [backward_1, backward_2, backward_3], (features, gradient, out));
    true
}
