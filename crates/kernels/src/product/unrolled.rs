//! Products with every term written out by `build.rs`: coefficients are constants, activations stay in registers, and each
//! ψ_a ψ_b is computed once. The code works on one register at a time: more at once would not stay in registers, and takes
//! the compiler much longer.

use super::ProductTable;
use super::table::{Strided, StridedMut};
use crate::simd::{Lanes, Vector};
use written::{backward_1, backward_2, backward_3, forward_1, forward_2, forward_3};

/// `forward_L` and `backward_L` for one atom, as many channels as a vector has, of rows `stride` apart.
#[allow(
    clippy::erasing_op,
    clippy::identity_op,
    clippy::approx_constant,
    clippy::too_many_lines,
    reason = "written by build.rs"
)]
mod written {
    use crate::scalar::Scalar;
    use crate::simd::Vector;

    include!(concat!(env!("OUT_DIR"), "/products.rs"));
}

/// Calls the code for the table's degree on every atom and block of channels of the arrays; returns false where none was written.
macro_rules! for_all {
    ($lanes:ident, $table:ident, $atoms:ident, [$one:ident, $two:ident, $three:ident], $arrays:tt) => {
        // Other widths keep the rounding of the table.
        match ($table.written_out, $table.channels) {
            (Some(1), channels @ (8 | 16 | 32 | 64)) => for_all!(@run $lanes, $one, channels, $atoms, $arrays),
            (Some(2), channels @ (8 | 16 | 32 | 64)) => for_all!(@run $lanes, $two, channels, $atoms, $arrays),
            (Some(3), channels @ (8 | 16 | 32 | 64)) => for_all!(@run $lanes, $three, channels, $atoms, $arrays),
            _ => return false,
        }
    };
    (@run $lanes:ident, $function:ident, $channels:ident, $atoms:ident, ($($array:ident),+)) => {
        for atom in 0..$atoms {
            for block in (0..$channels).step_by($lanes::Register::WIDTH) {
                unsafe { $function::<$lanes::Register>($channels, $($array.at(atom, block)),+) };
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
    for_all!(S, table, atoms, [forward_1, forward_2, forward_3], (features, out));
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
    for_all!(S, table, atoms, [backward_1, backward_2, backward_3], (features, gradient, out));
    true
}
