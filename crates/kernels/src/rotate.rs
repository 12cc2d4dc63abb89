//! Rows of atoms into the frame of an edge and back, several at once: each coefficient is read once for all.

use super::frame::{GROUP, entry};
use super::simd::{Lanes, unroll};
use cormorant_so3::row;

/// Most rows that a vector of degrees 0..=3 has.
pub const MAX_ROWS: usize = 16;
/// Most rows of one degree that an azimuth does not mix.
const HALF: usize = 4;

#[inline(always)]
unsafe fn coefficient<S: Lanes>(frame: *const S::Scalar, entry: usize) -> S {
    S::splat(unsafe { *frame.add(entry * GROUP) })
}

/// D ψ: sixteen channels of all rows at each of `sources` (stride `stride`) in the frame.
#[inline(always)]
pub unsafe fn into_frame<S: Lanes, const L: usize, const N: usize>(
    frame: *const S::Scalar,
    sources: [*const S::Scalar; N],
    stride: usize,
) -> [[S; MAX_ROWS]; N] {
    let mut out = [[S::zero(); MAX_ROWS]; N];
    unsafe {
        for n in 0..N {
            out[n][0] = S::load(sources[n]);
        }
        unroll!(S, l, 1, L, {
            let mut plus = [[S::zero(); HALF]; N];
            let mut minus = [[S::zero(); HALF]; N];
            for n in 0..N {
                plus[n][0] = S::load(sources[n].add(row(l, 0) * stride));
            }
            unroll!(S, m, 1, l, {
                let c = coefficient::<S>(frame, entry::AZIMUTH + m - 1);
                let s = coefficient::<S>(frame, entry::AZIMUTH + L + m - 1);
                for n in 0..N {
                    let a = S::load(sources[n].add(row(l, m as isize) * stride));
                    let b = S::load(sources[n].add(row(l, -(m as isize)) * stride));
                    plus[n][m] = c.mul(a).fma(s, b);
                    minus[n][m] = c.mul(b).fnma(s, a);
                }
            });
            let block = entry::polar(L, l);
            unroll!(S, m, 0, l, {
                let first = coefficient::<S>(frame, block + m * (l + 1));
                for n in 0..N {
                    out[n][row(l, m as isize)] = first.mul(plus[n][0]);
                }
                unroll!(S, k, 1, l, {
                    let c = coefficient::<S>(frame, block + m * (l + 1) + k);
                    for n in 0..N {
                        let place = row(l, m as isize);
                        out[n][place] = out[n][place].fma(c, plus[n][k]);
                    }
                });
            });
            let block = block + (l + 1) * (l + 1);
            unroll!(S, m, 1, l, {
                let first = coefficient::<S>(frame, block + (m - 1) * l);
                for n in 0..N {
                    out[n][row(l, -(m as isize))] = first.mul(minus[n][1]);
                }
                unroll!(S, k, 2, l, {
                    let c = coefficient::<S>(frame, block + (m - 1) * l + k - 1);
                    for n in 0..N {
                        let place = row(l, -(m as isize));
                        out[n][place] = out[n][place].fma(c, minus[n][k]);
                    }
                });
            });
        });
    }
    out
}

/// Adds Dᵀ v to the sixteen channels of all rows at each of `targets`, one after another: they may be the same.
#[inline(always)]
pub unsafe fn add_from_frame<S: Lanes, const L: usize, const N: usize>(
    frame: *const S::Scalar,
    v: &[[S; MAX_ROWS]; N],
    targets: [*mut S::Scalar; N],
    stride: usize,
) {
    unsafe {
        for n in 0..N {
            S::load(targets[n]).add(v[n][0]).store(targets[n]);
        }
        unroll!(S, l, 1, L, {
            let block = entry::polar(L, l);
            let mut plus = [[S::zero(); HALF]; N];
            let mut minus = [[S::zero(); HALF]; N];
            unroll!(S, k, 0, l, {
                unroll!(S, m, 0, l, {
                    let c = coefficient::<S>(frame, block + m * (l + 1) + k);
                    for n in 0..N {
                        plus[n][k] = plus[n][k].fma(c, v[n][row(l, m as isize)]);
                    }
                });
            });
            let block = block + (l + 1) * (l + 1);
            unroll!(S, k, 1, l, {
                unroll!(S, m, 1, l, {
                    let c = coefficient::<S>(frame, block + (m - 1) * l + k - 1);
                    for n in 0..N {
                        minus[n][k] = minus[n][k].fma(c, v[n][row(l, -(m as isize))]);
                    }
                });
            });
            for n in 0..N {
                let place = targets[n].add(row(l, 0) * stride);
                S::load(place).add(plus[n][0]).store(place);
            }
            unroll!(S, m, 1, l, {
                let c = coefficient::<S>(frame, entry::AZIMUTH + m - 1);
                let s = coefficient::<S>(frame, entry::AZIMUTH + L + m - 1);
                for n in 0..N {
                    let place = targets[n].add(row(l, m as isize) * stride);
                    S::load(place).fma(c, plus[n][m]).fnma(s, minus[n][m]).store(place);
                    let place = targets[n].add(row(l, -(m as isize)) * stride);
                    S::load(place).fma(c, minus[n][m]).fma(s, plus[n][m]).store(place);
                }
            });
        });
    }
}
