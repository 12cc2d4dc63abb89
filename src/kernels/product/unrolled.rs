//! Products with every term written out by `build.rs`: coefficients are constants, activations stay in registers, and each
//! ψ_a ψ_b is computed once.

use super::ProductTable;
use super::table::{Strided, StridedMut};
use crate::kernels::LANES;
use crate::kernels::simd::Lanes;
use written::{backward_1, backward_2, backward_3, forward_1, forward_2, forward_3};

/// `forward_L` and `backward_L` for one atom, sixteen channels of `C`.
#[allow(clippy::erasing_op, clippy::identity_op, clippy::approx_constant, reason = "written by build.rs")]
mod written {
    use crate::kernels::real::Real;
    use crate::kernels::simd::Lanes;

    include!(concat!(env!("OUT_DIR"), "/products.rs"));
}

/// Calls `$run!(function, channels)` with the code for the table's degree and channels; false where none was written.
macro_rules! choose {
    ($table:expr, $one:ident, $two:ident, $three:ident, $run:ident) => {
        match ($table.written_out, $table.channels) {
            (Some(1), 16) => $run!($one, 16),
            (Some(1), 32) => $run!($one, 32),
            (Some(1), 64) => $run!($one, 64),
            (Some(2), 16) => $run!($two, 16),
            (Some(2), 32) => $run!($two, 32),
            (Some(2), 64) => $run!($two, 64),
            (Some(3), 16) => $run!($three, 16),
            (Some(3), 32) => $run!($three, 32),
            (Some(3), 64) => $run!($three, 64),
            _ => return false,
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
    macro_rules! run {
        ($function:ident, $channels:literal) => {
            for atom in 0..atoms {
                for block in (0..$channels).step_by(LANES) {
                    unsafe {
                        let (x, s) = (features.0.add(atom * features.1 + block), out.0.add(atom * out.1 + block));
                        $function::<S, $channels>(x, s);
                    }
                }
            }
        };
    }
    choose!(table, forward_1, forward_2, forward_3, run);
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
    macro_rules! run {
        ($function:ident, $channels:literal) => {
            for atom in 0..atoms {
                for block in (0..$channels).step_by(LANES) {
                    unsafe {
                        let x = features.0.add(atom * features.1 + block);
                        let g = gradient.0.add(atom * gradient.1 + block);
                        $function::<S, $channels>(x, g, out.0.add(atom * out.1 + block));
                    }
                }
            }
        };
    }
    choose!(table, backward_1, backward_2, backward_3, run);
    true
}
