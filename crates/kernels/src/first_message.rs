//! Messages of the first layer, where neighbors carry only scalars.
//!
//!   m_i^l = Σ_j R_l(r_ij; Z_i Z_j) Y^l(r̂_ij) h_{Z_j}
//!
//! | symbol | here        | shape                                             |
//! | R_l    | `table`     | `[pairs][knots][value, slope][L+1][channels]`     |
//! | Y^l    | `frames`    | entries of the frame                              |
//! | h_Z    | `embedding` | `[species][channels]`                             |
//! | m_i    | `out`       | `[atoms][rows][channels]`                         |

use super::LANES;
use super::dispatch::{Operation, Vectorized};
use super::frame::{GROUP, entry};
use super::message::{EdgeGradient, EdgeTile, Generators};
use super::radial::Interpolation;
use super::rotate::into_frame;
use super::simd::{Lanes, unroll, with_degree};
use cormorant_so3::{row, rows};

/// Computes the messages of a tile of atoms; writes (not adds) to `out`.
pub struct FirstForward<'a, T> {
    pub tile: EdgeTile<'a, T>,
    pub embedding: *const T,
    pub out: *mut T,
}

/// From the gradient of the messages to those of edge vectors, radial table and embedding.
pub struct FirstBackward<'a, T> {
    pub tile: EdgeTile<'a, T>,
    pub embedding: *const T,
    /// Gradient with respect to the messages, all atoms.
    pub gradient: *const T,
    pub edge_gradient: Option<EdgeGradient<'a>>,
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
        let (channels, rows) = (tile.channels, rows(L));
        let knot_stride = (L + 1) * 2 * channels;
        for atom in tile.atoms.clone() {
            for block in (0..channels).step_by(LANES) {
                let mut sums = [S::zero(); 16];
                for edge in tile.edges_of(atom) {
                    unsafe {
                        let frame = tile.frame(edge);
                        let weights = Interpolation::<S>::of(frame);
                        let knot = tile.table.add(tile.knot(atom, edge) * knot_stride + block);
                        let sender = S::load(self.embedding.add(tile.species(tile.senders[edge]) * channels + block));
                        unroll!(S, l, 0, L, {
                            let value = weights.value(knot.add(l * channels), knot_stride / 2, knot_stride).mul(sender);
                            // Harmonics beyond the degree are not read: the loop ends with it.
                            unroll!(S, half, 0, l, {
                                let (first, end) = if half == 0 { (0, 1) } else { (2 * half - 1, 2 * half + 1) };
                                for m in first..end {
                                    let m = l * l + m;
                                    let harmonic = *frame.add((entry::harmonics(L) + m) * GROUP);
                                    sums[m] = sums[m].fma(value, S::splat(harmonic));
                                }
                            });
                        });
                    }
                }
                let out = unsafe { self.out.add(atom * rows * channels + block) };
                for (m, sum) in sums.iter().enumerate().take(rows) {
                    unsafe { sum.store(out.add(m * channels)) };
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
    fn run<S: Lanes<Scalar = T>, const L: usize>(mut self) {
        let tile = &self.tile;
        let (channels, rows) = (tile.channels, rows(L));
        let knot_stride = (L + 1) * 2 * channels;
        for atom in tile.atoms.clone() {
            for edge in tile.edges_of(atom) {
                let frame = tile.frame(edge);
                let species = tile.species(tile.senders[edge]);
                let (mut along, mut about_x, mut about_y) = (S::zero(), S::zero(), S::zero());
                for block in (0..channels).step_by(LANES) {
                    unsafe {
                        let weights = Interpolation::<S>::of(frame);
                        let place = tile.knot(atom, edge) * knot_stride + block;
                        let sender = S::load(self.embedding.add(species * channels + block));
                        let gradient = self.gradient.add(atom * rows * channels + block);
                        let g = into_frame::<S, L>(frame, gradient, channels);
                        let mut sender_gradient = S::zero();
                        unroll!(S, l, 0, L, {
                            let knot = tile.table.add(place + l * channels);
                            let (value, slope) = weights.value_and_slope(knot, knot_stride / 2, knot_stride);
                            let scale = S::splat(T::from_f64(((2 * l + 1) as f64).sqrt()));
                            let aligned = scale.mul(g[row(l, 0)]);
                            let from_sender = aligned.mul(sender);
                            along = along.fma(slope, from_sender);
                            if l > 0 {
                                let weight = scale.mul(value.mul(sender));
                                let (x, y) = self.generators.at_pole[l];
                                about_x = about_x.fma(weight, S::splat(x).mul(g[row(l, 1)]));
                                about_y = about_y.fma(weight, S::splat(y).mul(g[row(l, -1)]));
                            }
                            if let Some((table, _)) = self.weights {
                                weights.scatter(
                                    table.add(place + l * channels),
                                    knot_stride / 2,
                                    knot_stride,
                                    from_sender,
                                );
                                sender_gradient = sender_gradient.fma(value, aligned);
                            }
                        });
                        if let Some((_, embedding)) = self.weights {
                            let place = embedding.add(species * channels + block);
                            S::load(place).add(sender_gradient).store(place);
                        }
                    }
                }
                if let Some(edge_gradient) = &mut self.edge_gradient {
                    unsafe { edge_gradient.add::<S>(frame, edge, along, about_x, about_y) };
                }
            }
        }
    }
}
