//! Messages of the first layer, where neighbors carry only scalars.
//!
//!   m_i^l = Σ_j R_l(r_ij; Z_i Z_j) Y^l(r̂_ij) h_{Z_j}
//!
//! | symbol | here        | shape                                             |
//! | R_l    | `table`     | `[pairs][knots][value, slope][channels / 16][L+1][16]` |
//! | Y^l    | `frames`    | entries of the frame                              |
//! | h_Z    | `embedding` | `[species][channels]`                             |
//! | m_i    | `sums`      | `[atoms][rows][channels]`                         |
//!
//! R_l is the same for both edges of a pair, Y^l but for the sign (−1)^l.

use super::dispatch::{Operation, Vectorized};
use super::frame::{GROUP, entry};
use super::pair_tile::{EdgeGradient, PairTile, Sums};
use super::radial::Interpolation;
use super::rotate::{MAX_ROWS, into_frame};
use super::simd::{Lanes, unroll, with_degree};
use super::turns::Generators;
use cormorant_so3::{row, rows};

/// Adds the messages of a tile of pairs.
pub struct FirstForward<'a, T> {
    pub tile: PairTile<'a, T>,
    pub embedding: *const T,
    pub sums: Sums<T>,
}

/// From the gradient of the messages to those of edge vectors, radial table and embedding.
pub struct FirstBackward<'a, T> {
    pub tile: PairTile<'a, T>,
    pub embedding: *const T,
    /// Gradient with respect to the messages, all atoms; zero for those that received none.
    pub gradient: *const T,
    pub edge_gradient: Option<EdgeGradient>,
    /// Gradients of table and embedding, when wanted.
    pub weights: Option<(*mut T, *mut T)>,
    pub generators: &'a Generators<T>,
}

impl<T: Vectorized> Operation<T> for FirstForward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        with_degree!(self.run::<S>, self.tile.max_degree);
    }
}

impl<T: Vectorized> FirstForward<'_, T> {
    #[inline(always)]
    fn run<S: Lanes<Scalar = T>, const L: usize>(self) {
        let tile = &self.tile;
        let (channels, stride) = (tile.channels, rows(L) * tile.channels);
        let knot_stride = (L + 1) * 2 * channels;
        for atom in tile.atoms.clone() {
            let own = unsafe { self.embedding.add(tile.species(atom) * channels) };
            for block in (0..channels).step_by(S::WIDTH) {
                let mut sums = [S::zero(); MAX_ROWS];
                for pair in tile.pairs_of(atom) {
                    unsafe {
                        let frame = tile.frame(pair);
                        let weights = Interpolation::<S>::of(frame);
                        let knot = tile.table.add(tile.knot(atom, pair) * knot_stride + block * (L + 1));
                        let sender = S::load(self.embedding.add(tile.species(tile.upper(pair)) * channels + block));
                        let own = S::load(own.add(block));
                        let target = self.sums.at(tile.pairs.place_of(pair), stride).add(block);
                        unroll!(S, l, 0, L, {
                            let radial = weights.value(knot.add(l * S::WIDTH), knot_stride / 2, knot_stride);
                            let value = radial.mul(sender);
                            let back = radial.mul(if l % 2 == 1 { S::zero().sub(own) } else { own });
                            // Harmonics beyond the degree are not read: the loop ends with it.
                            unroll!(S, half, 0, l, {
                                let (first, end) = if half == 0 { (0, 1) } else { (2 * half - 1, 2 * half + 1) };
                                for m in first..end {
                                    let m = l * l + m;
                                    let harmonic = S::splat(*frame.add((entry::harmonics(L) + m) * GROUP));
                                    sums[m] = sums[m].fma(value, harmonic);
                                    let place = target.add(m * channels);
                                    S::load(place).fma(back, harmonic).store(place);
                                }
                            });
                        });
                    }
                }
                let out = unsafe { self.sums.own.add(atom * stride + block) };
                for (m, sum) in sums.iter().enumerate().take(rows(L)) {
                    unsafe {
                        let place = out.add(m * channels);
                        S::load(place).add(*sum).store(place);
                    }
                }
            }
        }
    }
}

impl<T: Vectorized> Operation<T> for FirstBackward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        with_degree!(self.run::<S>, self.tile.max_degree);
    }
}

impl<T: Vectorized> FirstBackward<'_, T> {
    #[inline(always)]
    fn run<S: Lanes<Scalar = T>, const L: usize>(self) {
        let tile = &self.tile;
        let (channels, stride) = (tile.channels, rows(L) * tile.channels);
        let knot_stride = (L + 1) * 2 * channels;
        for atom in tile.atoms.clone() {
            for pair in tile.pairs_of(atom) {
                let frame = tile.frame(pair);
                let upper = tile.upper(pair);
                // Of the edge to the lower atom, then of that to the upper.
                let species = [upper, atom].map(|sender| tile.species(sender));
                let gradients = unsafe { [atom, upper].map(|receiver| self.gradient.add(receiver * stride)) };
                let mut along = [S::zero(); 2];
                let mut about = [[S::zero(); 2]; 2];
                for block in (0..channels).step_by(S::WIDTH) {
                    unsafe {
                        let weights = Interpolation::<S>::of(frame);
                        let place = tile.knot(atom, pair) * knot_stride + block * (L + 1);
                        let senders = [
                            S::load(self.embedding.add(species[0] * channels + block)),
                            S::load(self.embedding.add(species[1] * channels + block)),
                        ];
                        let sources = [gradients[0].add(block), gradients[1].add(block)];
                        let g = into_frame::<S, L, 2>(frame, sources, channels);
                        let mut sender_gradients = [S::zero(); 2];
                        unroll!(S, l, 0, L, {
                            let knot = tile.table.add(place + l * S::WIDTH);
                            let (value, slope) = weights.value_and_slope(knot, knot_stride / 2, knot_stride);
                            let root = ((2 * l + 1) as f64).sqrt();
                            let mut from_senders = [S::zero(); 2];
                            for edge in 0..2 {
                                let sign = if edge == 1 && l % 2 == 1 { -1.0 } else { 1.0 };
                                let scale = S::splat(T::from_f64(sign * root));
                                let aligned = scale.mul(g[edge][row(l, 0)]);
                                from_senders[edge] = aligned.mul(senders[edge]);
                                along[edge] = along[edge].fma(slope, from_senders[edge]);
                                if l > 0 {
                                    let weight = scale.mul(value.mul(senders[edge]));
                                    let (x, y) = self.generators.at_pole[l];
                                    about[0][edge] = about[0][edge].fma(weight, S::splat(x).mul(g[edge][row(l, 1)]));
                                    about[1][edge] = about[1][edge].fma(weight, S::splat(y).mul(g[edge][row(l, -1)]));
                                }
                                sender_gradients[edge] = sender_gradients[edge].fma(value, aligned);
                            }
                            if let Some((table, _)) = self.weights {
                                weights.scatter(
                                    table.add(place + l * S::WIDTH),
                                    knot_stride / 2,
                                    knot_stride,
                                    from_senders[0].add(from_senders[1]),
                                );
                            }
                        });
                        if let Some((_, embedding)) = self.weights {
                            for edge in 0..2 {
                                let place = embedding.add(species[edge] * channels + block);
                                S::load(place).add(sender_gradients[edge]).store(place);
                            }
                        }
                    }
                }
                if let Some(edges) = &self.edge_gradient {
                    unsafe { edges.add::<S>(frame, tile.pairs, pair, [along, about[0], about[1]]) };
                }
            }
        }
    }
}
