//! Infinitesimal turns of the frame of an edge, which give the part of a gradient across the edge.

use super::dispatch::Vectorized;
use super::rotate::MAX_ROWS;
use super::simd::{Lanes, unroll};
use cormorant_so3::{row, wigner_generator};

/// Infinitesimal rotations of the frame when the edge turns towards its first or second axis.
pub struct Generators<T> {
    /// Coefficients of (A g)·q + h·(A p) in the order of [`generator_pairs`], about the first and the second axis.
    about: [Vec<T>; 2],
    /// For each degree the coefficients of (m = 1, m = −1) in row m = 0.
    pub at_pole: Vec<(T, T)>,
}

impl<T: Vectorized> Generators<T> {
    /// Generators for degrees up to `max_degree`.
    pub fn new(max_degree: usize) -> Self {
        let about = turns(max_degree).map(|turns| turns.into_iter().map(|(_, _, c)| T::from_f64(c)).collect());
        let at_pole = at_pole(max_degree).into_iter().map(|(x, y)| (T::from_f64(x), T::from_f64(y))).collect();
        Self { about, at_pole }
    }
}

/// Infinitesimal rotations of the frame when the edge turns towards its first or its second axis, by degrees.
fn generators(max_degree: usize) -> [Vec<nalgebra::DMatrix<f64>>; 2] {
    // The edge moves by ε along the frame's x axis: R_y(−ε) brings it back; along y: R_x(ε).
    let towards_x = nalgebra::Matrix3::new(0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0);
    let towards_y = nalgebra::Matrix3::new(0.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 1.0, 0.0);
    [wigner_generator(max_degree, &towards_x), wigner_generator(max_degree, &towards_y)]
}

/// The entries (row a, row b, coefficient) of both generators of turns of the frame, each antisymmetric pair once, for degrees up to `max_degree`.
#[must_use]
pub fn turns(max_degree: usize) -> [Vec<(usize, usize, f64)>; 2] {
    let matrices = generators(max_degree);
    [0, 1].map(|axis| {
        let mut list = Vec::new();
        for l in 1..=max_degree {
            for m in 0..l as isize {
                for (a, b) in generator_pairs(axis, m) {
                    let entry = ((l as isize + a) as usize, (l as isize + b) as usize);
                    list.push((row(l, a), row(l, b), matrices[axis][l][entry]));
                }
            }
        }
        list
    })
}

/// For each degree up to `max_degree` the entries (0, 1) of the first and (0, −1) of the second of these generators, which act on
/// harmonics at the pole.
#[must_use]
pub fn at_pole(max_degree: usize) -> Vec<(f64, f64)> {
    let [x, y] = generators(max_degree);
    let of_degree = |l: usize| if l == 0 { (0.0, 0.0) } else { (x[l][(l, l + 1)], y[l][(l, l - 1)]) };
    (0..=max_degree).map(of_degree).collect()
}

/// The pairs (m, m') that an infinitesimal rotation about an axis of the frame couples, for m ≥ 0 and its mirror image.
///
/// For m = 0 the second pair repeats the first component and carries no coefficient, so it is left out.
#[inline(always)]
fn generator_pairs(axis: usize, m: isize) -> impl Iterator<Item = (isize, isize)> {
    let pairs = if axis == 0 { [(m, m + 1), (-m, -m - 1)] } else { [(m, -m - 1), (-m, m + 1)] };
    pairs.into_iter().take(if m == 0 { 1 } else { 2 })
}

impl<T: Vectorized> Generators<T> {
    /// Adds (A g)·q + h·(A p) of both generators A to `about[generator][edge]`.
    #[allow(
        clippy::int_plus_one,
        unused_assignments,
        reason = "the unrolling macro compares, and counts once too often"
    )]
    #[inline(always)]
    pub fn add_turns<S: Lanes<Scalar = T>, const L: usize>(
        &self,
        vectors: [&[S; MAX_ROWS]; 4],
        about: &mut [[S; 2]; 2],
        edge: usize,
    ) {
        let (mut x, mut y) = (0, 0);
        unroll!(S, l, 1, L, {
            unroll!(S, m, 0, l - 1, {
                let (plus, minus) = (m as isize, -(m as isize));
                let part = turn(vectors, row(l, plus), row(l, plus + 1));
                about[0][edge] = about[0][edge].fma(S::splat(self.about[0][x]), part);
                x += 1;
                let part = turn(vectors, row(l, plus), row(l, minus - 1));
                about[1][edge] = about[1][edge].fma(S::splat(self.about[1][y]), part);
                y += 1;
                if m > 0 {
                    let part = turn(vectors, row(l, minus), row(l, minus - 1));
                    about[0][edge] = about[0][edge].fma(S::splat(self.about[0][x]), part);
                    x += 1;
                    let part = turn(vectors, row(l, minus), row(l, plus + 1));
                    about[1][edge] = about[1][edge].fma(S::splat(self.about[1][y]), part);
                    y += 1;
                }
            });
        });
    }
}

/// Part of (A g)·q + h·(A p) that belongs to the antisymmetric pair of entries (a, b).
#[inline(always)]
fn turn<S: Lanes>([g, q, h, p]: [&[S; MAX_ROWS]; 4], a: usize, b: usize) -> S {
    g[b].mul(q[a]).fma(h[a], p[b]).fnma(g[a], q[b]).fnma(h[b], p[a])
}
