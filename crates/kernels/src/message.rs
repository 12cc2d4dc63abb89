//! Messages of the later layers: the Clebsch-Gordan product of a neighbor with its edge, in the frame of the edge.
//!
//!   m_i = Σ_j Dᵀ K(r_ij) D ψ_j,   K^{(m)}_{l l1} = Σ_{l2} √(2l2+1) C^{lm}_{l1m,l20} R_{l1 l2 l}(r)
//!
//! | symbol | here       | shape                                                    |
//! | D      | `frames`   | rotation into the frame, see [`super::rotate`]           |
//! | K      | `table`    | `[knots][value, slope][functions][channels]`             |
//! | ψ_j    | `features` | `[atoms][rows][channels]`                                |
//! | m_i    | `out`      | `[atoms][rows][channels]`                                |
//!
//! which equals Σ_j Σ_paths R(r_ij) ψ_j ⊗ Y(r̂_ij), because Y(ẑ) has only m = 0. K is the same for m and −m (natural
//! parity) and symmetric in the two atoms of an edge but for the sign (−1)^{l+l1} of the reversed edge.
//! Checked by: `suite::network` against the plain composition.

use std::ops::Range;

use super::LANES;
use super::dispatch::{Operation, Vectorized};
use super::frame::{Frames, GROUP, entry};
use super::radial::Interpolation;
use super::rotate::{MAX_ROWS, add_from_frame, into_frame};
use super::scalar::Scalar;
use super::simd::{Lanes, unroll, with_degree};
use cormorant_so3::{row, rows, wigner_generator};

/// Number of radial functions K^{(m)}_{l l1} for degrees up to `max_degree`.
#[must_use]
pub const fn message_functions(max_degree: usize) -> usize {
    let mut count = 0;
    let mut m = 0;
    while m <= max_degree {
        count += (max_degree + 1 - m) * (max_degree + 1 - m);
        m += 1;
    }
    count
}

/// Place of K^{(m)}_{l l1} among the functions.
#[inline(always)]
#[must_use]
pub const fn message_function(max_degree: usize, m: usize, out: usize, left: usize) -> usize {
    let mut offset = 0;
    let mut k = 0;
    while k < m {
        offset += (max_degree + 1 - k) * (max_degree + 1 - k);
        k += 1;
    }
    offset + (out - m) * (max_degree + 1 - m) + (left - m)
}

/// A run of atoms with all their edges.
pub struct EdgeTile<'a, T> {
    pub max_degree: usize,
    pub channels: usize,
    pub atoms: Range<usize>,
    /// First edge of each atom, all atoms.
    pub offsets: &'a [usize],
    /// Sending atom of each edge, all edges.
    pub senders: &'a [u32],
    pub species_of: &'a [u32],
    /// Number of knots of one pair of species when the table depends on the pair; `None` when it does not.
    pub pair_knots: Option<usize>,
    /// Frames of the tile's edges.
    pub frames: &'a Frames<T>,
    pub table: *const T,
}

impl<T: Vectorized> EdgeTile<'_, T> {
    #[inline(always)]
    pub fn edges_of(&self, atom: usize) -> Range<usize> {
        self.offsets[atom]..self.offsets[atom + 1]
    }
    #[inline(always)]
    fn local(&self, edge: usize) -> usize {
        edge - self.offsets[self.atoms.start]
    }
    #[inline(always)]
    pub fn frame(&self, edge: usize) -> *const T {
        self.frames.of(self.local(edge))
    }
    #[inline(always)]
    pub fn species(&self, atom: u32) -> usize {
        self.species_of[atom as usize] as usize
    }
    /// Row of the table that holds the lower knot of `edge`.
    #[inline(always)]
    pub fn knot(&self, receiver: usize, edge: usize) -> usize {
        let knot = self.frames.knots[self.local(edge)] as usize;
        match self.pair_knots {
            None => knot,
            Some(knots) => pair(self.species_of[receiver] as usize, self.species(self.senders[edge])) * knots + knot,
        }
    }
}

/// Index of an unordered pair of species.
#[inline(always)]
#[must_use]
pub const fn pair(a: usize, b: usize) -> usize {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    high * (high + 1) / 2 + low
}

/// Gradients with respect to edge vectors, added to.
pub struct EdgeGradient<'a> {
    /// dE/dr of each edge in units of the network's output per Å, all edges.
    pub values: &'a mut [[f64; 3]],
    /// First edge of `values`.
    pub first: usize,
}

impl EdgeGradient<'_> {
    /// Adds what moves along the edge (dE/dr) and what turns it (dE per radian about both axes of the frame).
    #[inline(always)]
    pub unsafe fn add<S: Lanes>(&mut self, frame: *const S::Scalar, edge: usize, along: S, x: S, y: S) {
        let read = |entry: usize| unsafe { (*frame.add(entry * GROUP)).to_f64() };
        let inverse = read(entry::INVERSE_DISTANCE);
        let (along, x, y) = (along.sum().to_f64(), x.sum().to_f64() * inverse, y.sum().to_f64() * inverse);
        let place = &mut self.values[edge - self.first];
        for axis in 0..3 {
            place[axis] +=
                along * read(entry::DIRECTION + axis) + x * read(entry::AXIS_X + axis) + y * read(entry::AXIS_Y + axis);
        }
    }
}

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

/// Messages of a tile of atoms; writes (not adds) to `out`.
pub struct Forward<'a, T> {
    pub tile: EdgeTile<'a, T>,
    pub features: *const T,
    pub out: *mut T,
}

/// From the gradient of the messages to those of edge vectors, features and radial table, for a tile of atoms.
///
/// The gradient of an atom's features is gathered from the messages that it sent (its edges read backwards), so that
/// tiles never write to the same place and the sums do not depend on the number of threads.
pub struct Backward<'a, T> {
    pub tile: EdgeTile<'a, T>,
    pub features: *const T,
    /// Gradient with respect to the messages, all atoms.
    pub gradient: *const T,
    /// How many atoms, from the first on, received messages; nothing comes back from the others.
    pub receivers: usize,
    /// Gradient with respect to the features, added to.
    pub feature_gradient: *mut T,
    pub edge_gradient: Option<EdgeGradient<'a>>,
    /// Gradient of the table, when wanted.
    pub table_gradient: Option<*mut T>,
    pub generators: &'a Generators<T>,
}

impl<T: Vectorized> Operation<T> for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        with_degree!(self.run::<S>, self.tile.max_degree);
    }
}

impl<T: Vectorized> Forward<'_, T> {
    #[inline(always)]
    fn run<S: Lanes<Scalar = T>, const L: usize>(self) {
        let tile = &self.tile;
        let (channels, rows) = (tile.channels, rows(L));
        let knot_stride = message_functions(L) * 2 * channels;
        for atom in tile.atoms.clone() {
            let out = unsafe { self.out.add(atom * rows * channels) };
            for k in (0..rows * channels).step_by(S::WIDTH) {
                unsafe { S::zero().store(out.add(k)) };
            }
            for edge in tile.edges_of(atom) {
                let frame = tile.frame(edge);
                let sender = tile.senders[edge] as usize;
                let knot = unsafe { tile.table.add(tile.knot(atom, edge) * knot_stride) };
                for block in (0..channels).step_by(LANES) {
                    unsafe {
                        let weights = Interpolation::<S>::of(frame);
                        let source = self.features.add(sender * rows * channels + block);
                        let p = into_frame::<S, L>(frame, source, channels);
                        let mut q = [S::zero(); MAX_ROWS];
                        unroll!(S, m, 0, L, {
                            unroll!(S, l, m, L, {
                                unroll!(S, l1, m, L, {
                                    let function = message_function(L, m, l, l1);
                                    let place = knot.add(function * channels + block);
                                    let k = weights.value(place, knot_stride / 2, knot_stride);
                                    let (plus, minus) = (m as isize, -(m as isize));
                                    q[row(l, plus)] = q[row(l, plus)].fma(k, p[row(l1, plus)]);
                                    if m > 0 {
                                        q[row(l, minus)] = q[row(l, minus)].fma(k, p[row(l1, minus)]);
                                    }
                                });
                            });
                        });
                        add_from_frame::<S, L>(frame, &q, out.add(block), channels);
                    }
                }
            }
        }
    }
}

impl<T: Vectorized> Operation<T> for Backward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        with_degree!(self.choose::<S>, self.tile.max_degree);
    }
}

impl<T: Vectorized> Backward<'_, T> {
    #[inline(always)]
    fn choose<S: Lanes<Scalar = T>, const L: usize>(self) {
        if self.edge_gradient.is_some() { self.run::<S, L, true>() } else { self.run::<S, L, false>() }
    }

    #[allow(
        clippy::int_plus_one,
        unused_assignments,
        reason = "the unrolling macro compares, and counts once too often"
    )]
    #[inline(always)]
    fn run<S: Lanes<Scalar = T>, const L: usize, const EDGES: bool>(mut self) {
        let tile = &self.tile;
        let (channels, rows) = (tile.channels, rows(L));
        let knot_stride = message_functions(L) * 2 * channels;
        for atom in tile.atoms.clone() {
            for edge in tile.edges_of(atom) {
                let frame = tile.frame(edge);
                let sender = tile.senders[edge] as usize;
                // In a halo most neighbors received nothing.
                if !EDGES && sender >= self.receivers && self.table_gradient.is_none() {
                    continue;
                }
                let knot = tile.knot(atom, edge) * knot_stride;
                let (mut along, mut about_x, mut about_y) = (S::zero(), S::zero(), S::zero());
                for block in (0..channels).step_by(LANES) {
                    unsafe {
                        let weights = Interpolation::<S>::of(frame);
                        let sent = self.features.add(sender * rows * channels + block);
                        let received = self.gradient.add(atom * rows * channels + block);
                        let returned = self.gradient.add(sender * rows * channels + block);
                        let p = into_frame::<S, L>(frame, sent, channels);
                        let g = into_frame::<S, L>(frame, received, channels);
                        let reverse = into_frame::<S, L>(frame, returned, channels);
                        let mut q = [S::zero(); MAX_ROWS];
                        let mut h = [S::zero(); MAX_ROWS];
                        let mut back = [S::zero(); MAX_ROWS];
                        unroll!(S, m, 0, L, {
                            unroll!(S, l, m, L, {
                                unroll!(S, l1, m, L, {
                                    let place = knot + message_function(L, m, l, l1) * channels + block;
                                    let pointer = tile.table.add(place);
                                    let (k, slope) = if EDGES {
                                        weights.value_and_slope(pointer, knot_stride / 2, knot_stride)
                                    } else {
                                        (weights.value(pointer, knot_stride / 2, knot_stride), S::zero())
                                    };
                                    let signed = if (l + l1).is_multiple_of(2) { k } else { S::zero().sub(k) };
                                    let mut product = S::zero();
                                    let (out, left) = (row(l, m as isize), row(l1, m as isize));
                                    product = product.fma(g[out], p[left]);
                                    back[left] = back[left].fma(signed, reverse[out]);
                                    if EDGES {
                                        q[out] = q[out].fma(k, p[left]);
                                        h[left] = h[left].fma(k, g[out]);
                                    }
                                    if m > 0 {
                                        let (out, left) = (row(l, -(m as isize)), row(l1, -(m as isize)));
                                        product = product.fma(g[out], p[left]);
                                        back[left] = back[left].fma(signed, reverse[out]);
                                        if EDGES {
                                            q[out] = q[out].fma(k, p[left]);
                                            h[left] = h[left].fma(k, g[out]);
                                        }
                                    }
                                    if EDGES {
                                        along = along.fma(slope, product);
                                    }
                                    if let Some(table) = self.table_gradient {
                                        weights.scatter(table.add(place), knot_stride / 2, knot_stride, product);
                                    }
                                });
                            });
                        });
                        if EDGES {
                            let (mut next_x, mut next_y) = (0, 0);
                            unroll!(S, l, 1, L, {
                                unroll!(S, m, 0, l - 1, {
                                    let (plus, minus) = (m as isize, -(m as isize));
                                    let c = S::splat(self.generators.about[0][next_x]);
                                    next_x += 1;
                                    about_x = about_x.fma(c, turn(&g, &q, &h, &p, row(l, plus), row(l, plus + 1)));
                                    let c = S::splat(self.generators.about[1][next_y]);
                                    next_y += 1;
                                    about_y = about_y.fma(c, turn(&g, &q, &h, &p, row(l, plus), row(l, minus - 1)));
                                    if m > 0 {
                                        let c = S::splat(self.generators.about[0][next_x]);
                                        next_x += 1;
                                        let part = turn(&g, &q, &h, &p, row(l, minus), row(l, minus - 1));
                                        about_x = about_x.fma(c, part);
                                        let c = S::splat(self.generators.about[1][next_y]);
                                        next_y += 1;
                                        let part = turn(&g, &q, &h, &p, row(l, minus), row(l, plus + 1));
                                        about_y = about_y.fma(c, part);
                                    }
                                });
                            });
                        }
                        let target = self.feature_gradient.add(atom * rows * channels + block);
                        add_from_frame::<S, L>(frame, &back, target, channels);
                    }
                }
                if let Some(edge_gradient) = &mut self.edge_gradient {
                    unsafe { edge_gradient.add::<S>(frame, edge, along, about_x, about_y) };
                }
            }
        }
    }
}

/// Part of (A g)·q + h·(A p) that belongs to the antisymmetric pair of entries (a, b).
#[inline(always)]
fn turn<S: Lanes>(g: &[S; MAX_ROWS], q: &[S; MAX_ROWS], h: &[S; MAX_ROWS], p: &[S; MAX_ROWS], a: usize, b: usize) -> S {
    let positive = g[b].mul(q[a]).fma(h[a], p[b]);
    positive.sub(g[a].mul(q[b]).fma(h[b], p[a]))
}
