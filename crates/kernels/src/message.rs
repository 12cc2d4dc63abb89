//! Messages of the later layers: the Clebsch-Gordan product of a neighbor with its edge, in the frame of the edge.
//!
//!   m_i = Σ_j Dᵀ K(r_ij) D ψ_j,   K^{(m)}_{l l1} = Σ_{l2} √(2l2+1) C^{lm}_{l1m,l20} R_{l1 l2 l}(r)
//!
//! | symbol | here       | shape                                                    |
//! | D      | `frames`   | rotation into the frame, see [`super::rotate`]           |
//! | K      | `table`    | `[knots][value, slope][channels / 16][functions][16], of 8 channels `[1][functions][8]``    |
//! | ψ_j    | `features` | `[atoms][rows][channels]`                                |
//! | m_i    | `sums`     | `[atoms][rows][channels]`                                |
//!
//! which equals Σ_j Σ_paths R(r_ij) ψ_j ⊗ Y(r̂_ij), because Y(ẑ) has only m = 0. K is the same for m and −m (natural
//! parity), and for the reversed edge, seen in the same frame, but for the sign (−1)^{l+l1}: both edges of a pair are worked on at
//! once, with one interpolation of K and every coefficient of D read once.
//! Checked by: `suite::network` against the plain composition.

use super::dispatch::{Operation, Vectorized};
use super::pair_tile::{EdgeGradient, PairTile, Sums};
use super::radial::{Interpolation, place_in_table};
use super::rotate::{MAX_ROWS, add_from_frame, into_frame};
use super::simd::{Lanes, unroll, with_degree};
use super::turns::Generators;
use cormorant_so3::{row, rows};

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

/// Adds the messages of a tile of pairs.
pub struct Forward<'a, T> {
    pub tile: PairTile<'a, T>,
    pub features: *const T,
    pub sums: Sums<T>,
}

/// From the gradient of the messages to those of edge vectors, features and radial table, for a tile of pairs.
pub struct Backward<'a, T> {
    pub tile: PairTile<'a, T>,
    pub features: *const T,
    /// Gradient with respect to the messages, all atoms; zero for those that received none.
    pub gradient: *const T,
    /// Gradient with respect to the features, added to.
    pub sums: Sums<T>,
    pub wanted: Wanted<T>,
    pub generators: &'a Generators<T>,
}

/// What is wanted beside the gradient with respect to the features.
pub enum Wanted<T> {
    /// That of edge vectors.
    Edges(EdgeGradient),
    /// That of the table, added to.
    Table(*mut T),
}

impl<T: Vectorized> Operation<T> for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        with_degree!(self.run::<S>, self.tile.max_degree);
    }
}

/// q + k·p, or q − k·p where the degrees that K joins have different parity.
#[inline(always)]
fn add_signed<S: Lanes>(q: S, odd: bool, k: S, p: S) -> S {
    if odd { q.fnma(k, p) } else { q.fma(k, p) }
}

impl<T: Vectorized> Forward<'_, T> {
    #[inline(always)]
    fn run<S: Lanes<Scalar = T>, const L: usize>(self) {
        let tile = &self.tile;
        let (channels, stride) = (tile.channels, rows(L) * tile.channels);
        let knot_stride = message_functions(L) * 2 * channels;
        for atom in tile.atoms.clone() {
            for pair in tile.pairs_of(atom) {
                let frame = tile.frame(pair);
                let upper = tile.upper(pair);
                let knot = unsafe { tile.table.add(tile.knot(atom, pair) * knot_stride) };
                let targets =
                    unsafe { [self.sums.own.add(atom * stride), self.sums.at(tile.pairs.place_of(pair), stride)] };
                let sources = unsafe { [self.features.add(upper * stride), self.features.add(atom * stride)] };
                let weights = unsafe { Interpolation::<S>::of(frame) };
                for block in (0..channels).step_by(S::WIDTH) {
                    unsafe {
                        let (place, lanes) = place_in_table(channels, message_functions(L), block);
                        let first = knot.add(place);
                        let sources = [sources[0].add(block), sources[1].add(block)];
                        let [p, r] = into_frame::<S, L, 2>(frame, sources, channels);
                        let mut q = [[S::zero(); MAX_ROWS]; 2];
                        unroll!(S, m, 0, L, {
                            unroll!(S, l, m, L, {
                                unroll!(S, l1, m, L, {
                                    let place = first.add(message_function(L, m, l, l1) * lanes);
                                    let k = weights.value(place, knot_stride / 2, knot_stride);
                                    let odd = (l + l1) % 2 == 1;
                                    let (out, left) = (row(l, m as isize), row(l1, m as isize));
                                    q[0][out] = q[0][out].fma(k, p[left]);
                                    q[1][out] = add_signed(q[1][out], odd, k, r[left]);
                                    if m > 0 {
                                        let (out, left) = (row(l, -(m as isize)), row(l1, -(m as isize)));
                                        q[0][out] = q[0][out].fma(k, p[left]);
                                        q[1][out] = add_signed(q[1][out], odd, k, r[left]);
                                    }
                                });
                            });
                        });
                        let targets = [targets[0].add(block), targets[1].add(block)];
                        add_from_frame::<S, L, 2>(frame, &q, targets, channels);
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
        if let Wanted::Edges(_) = self.wanted { self.run::<S, L, true>() } else { self.run::<S, L, false>() }
    }

    #[inline(always)]
    fn run<S: Lanes<Scalar = T>, const L: usize, const EDGES: bool>(self) {
        let tile = &self.tile;
        let (channels, stride) = (tile.channels, rows(L) * tile.channels);
        let knot_stride = message_functions(L) * 2 * channels;
        for atom in tile.atoms.clone() {
            for pair in tile.pairs_of(atom) {
                let frame = tile.frame(pair);
                let upper = tile.upper(pair);
                let knot = tile.knot(atom, pair) * knot_stride;
                let targets =
                    unsafe { [self.sums.at(tile.pairs.place_of(pair), stride), self.sums.own.add(atom * stride)] };
                // What the upper atom sent to the lower and the gradient there, then the same of the other edge.
                let sources = unsafe {
                    [
                        self.features.add(upper * stride),
                        self.gradient.add(atom * stride),
                        self.features.add(atom * stride),
                        self.gradient.add(upper * stride),
                    ]
                };
                let weights = unsafe { Interpolation::<S>::of(frame) };
                // Of both halves of sixteen channels, where a vector holds one: the sums of lanes have one order for all.
                let mut halves = [([S::zero(); 2], [[S::zero(); 2]; 2]); 2];
                for block in (0..channels).step_by(S::WIDTH) {
                    let (place, lanes) = place_in_table(channels, message_functions(L), block);
                    let first = knot + place;
                    let (along, about) = &mut halves[block % lanes / S::WIDTH];
                    unsafe {
                        let [one, two, three, four] = sources;
                        let sources = [one.add(block), two.add(block), three.add(block), four.add(block)];
                        let [p, g, r, e] = into_frame::<S, L, 4>(frame, sources, channels);
                        let mut q = [[S::zero(); MAX_ROWS]; 2];
                        let mut h = [[S::zero(); MAX_ROWS]; 2];
                        unroll!(S, m, 0, L, {
                            unroll!(S, l, m, L, {
                                unroll!(S, l1, m, L, {
                                    let place = first + message_function(L, m, l, l1) * lanes;
                                    let pointer = tile.table.add(place);
                                    let (k, slope) = if EDGES {
                                        weights.value_and_slope(pointer, knot_stride / 2, knot_stride)
                                    } else {
                                        (weights.value(pointer, knot_stride / 2, knot_stride), S::zero())
                                    };
                                    let odd = (l + l1) % 2 == 1;
                                    let (out, left) = (row(l, m as isize), row(l1, m as isize));
                                    let mut products = [g[out].mul(p[left]), e[out].mul(r[left])];
                                    h[0][left] = h[0][left].fma(k, g[out]);
                                    h[1][left] = add_signed(h[1][left], odd, k, e[out]);
                                    if EDGES {
                                        q[0][out] = q[0][out].fma(k, p[left]);
                                        q[1][out] = add_signed(q[1][out], odd, k, r[left]);
                                    }
                                    if m > 0 {
                                        let (out, left) = (row(l, -(m as isize)), row(l1, -(m as isize)));
                                        products[0] = products[0].fma(g[out], p[left]);
                                        products[1] = products[1].fma(e[out], r[left]);
                                        h[0][left] = h[0][left].fma(k, g[out]);
                                        h[1][left] = add_signed(h[1][left], odd, k, e[out]);
                                        if EDGES {
                                            q[0][out] = q[0][out].fma(k, p[left]);
                                            q[1][out] = add_signed(q[1][out], odd, k, r[left]);
                                        }
                                    }
                                    if EDGES {
                                        along[0] = along[0].fma(slope, products[0]);
                                        along[1] = add_signed(along[1], odd, slope, products[1]);
                                    } else if let Wanted::Table(table) = self.wanted {
                                        let [one, two] = products;
                                        let product = if odd { one.sub(two) } else { one.add(two) };
                                        weights.scatter(table.add(place), knot_stride / 2, knot_stride, product);
                                    }
                                });
                            });
                        });
                        if EDGES {
                            self.generators.add_turns::<S, L>([&g, &q[0], &h[0], &p], about, 0);
                            self.generators.add_turns::<S, L>([&e, &q[1], &h[1], &r], about, 1);
                        }
                        let targets = [targets[0].add(block), targets[1].add(block)];
                        add_from_frame::<S, L, 2>(frame, &h, targets, channels);
                    }
                }
                if let Wanted::Edges(edges) = &self.wanted {
                    let [(along, about), (more, further)] = halves;
                    let sums = |one: [S; 2], two: [S; 2]| [one[0].add(two[0]), one[1].add(two[1])];
                    let parts = [sums(along, more), sums(about[0], further[0]), sums(about[1], further[1])];
                    unsafe { edges.add::<S>(frame, tile.pairs, pair, parts) };
                }
            }
        }
    }
}
