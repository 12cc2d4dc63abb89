//! Rows of an atom into the frame of an edge and back.

use super::frame::{GROUP, entry};
use super::simd::{Lanes, unroll};
use cormorant_so3::row;

/// Most rows that a vector of degrees 0..=4 has.
pub const MAX_ROWS: usize = 25;

#[inline(always)]
unsafe fn coefficient<S: Lanes>(frame: *const S::Scalar, entry: usize) -> S {
    S::splat(unsafe { *frame.add(entry * GROUP) })
}

/// D ψ: sixteen channels of all rows at `source` (stride `stride`) in the frame.
#[inline(always)]
pub unsafe fn into_frame<S: Lanes, const L: usize>(
    frame: *const S::Scalar,
    source: *const S::Scalar,
    stride: usize,
) -> [S; MAX_ROWS] {
    let mut out = [S::zero(); MAX_ROWS];
    unsafe {
        out[0] = S::load(source);
        unroll!(S, l, 1, L, {
            let mut plus = [S::zero(); 5];
            let mut minus = [S::zero(); 5];
            plus[0] = S::load(source.add(row(l, 0) * stride));
            unroll!(S, m, 1, l, {
                let c = coefficient::<S>(frame, entry::AZIMUTH + m - 1);
                let s = coefficient::<S>(frame, entry::AZIMUTH + L + m - 1);
                let a = S::load(source.add(row(l, m as isize) * stride));
                let b = S::load(source.add(row(l, -(m as isize)) * stride));
                plus[m] = c.mul(a).fma(s, b);
                minus[m] = c.mul(b).sub(s.mul(a));
            });
            let block = entry::polar(L, l);
            unroll!(S, m, 0, l, {
                let mut sum = S::zero();
                unroll!(S, k, 0, l, {
                    sum = sum.fma(coefficient::<S>(frame, block + m * (l + 1) + k), plus[k]);
                });
                out[row(l, m as isize)] = sum;
            });
            let block = block + (l + 1) * (l + 1);
            unroll!(S, m, 1, l, {
                let mut sum = S::zero();
                unroll!(S, k, 1, l, {
                    sum = sum.fma(coefficient::<S>(frame, block + (m - 1) * l + k - 1), minus[k]);
                });
                out[row(l, -(m as isize))] = sum;
            });
        });
    }
    out
}

/// Adds Dᵀ v to the sixteen channels of all rows at `target`.
#[inline(always)]
pub unsafe fn add_from_frame<S: Lanes, const L: usize>(
    frame: *const S::Scalar,
    v: &[S; MAX_ROWS],
    target: *mut S::Scalar,
    stride: usize,
) {
    unsafe {
        S::load(target).add(v[0]).store(target);
        unroll!(S, l, 1, L, {
            let block = entry::polar(L, l);
            let mut plus = [S::zero(); 5];
            let mut minus = [S::zero(); 5];
            unroll!(S, m, 0, l, {
                unroll!(S, k, 0, l, {
                    plus[k] = plus[k].fma(coefficient::<S>(frame, block + m * (l + 1) + k), v[row(l, m as isize)]);
                });
            });
            let block = block + (l + 1) * (l + 1);
            unroll!(S, m, 1, l, {
                unroll!(S, k, 1, l, {
                    minus[k] =
                        minus[k].fma(coefficient::<S>(frame, block + (m - 1) * l + k - 1), v[row(l, -(m as isize))]);
                });
            });
            let place = target.add(row(l, 0) * stride);
            S::load(place).add(plus[0]).store(place);
            unroll!(S, m, 1, l, {
                let c = coefficient::<S>(frame, entry::AZIMUTH + m - 1);
                let s = coefficient::<S>(frame, entry::AZIMUTH + L + m - 1);
                let place = target.add(row(l, m as isize) * stride);
                S::load(place).fma(c, plus[m]).sub(s.mul(minus[m])).store(place);
                let place = target.add(row(l, -(m as isize)) * stride);
                S::load(place).fma(c, minus[m]).fma(s, plus[m]).store(place);
            });
        });
    }
}
