//! Messages of the first layer for a run of atoms, edge by edge: the sums of [`super::first_message`] in the order of the edges.
//!
//! What the first layer sends depends on the elements alone, so that a tile needs nothing of other atoms, and nothing that it adds up
//! belongs to them. Both edges of a pair are looked up and turned apart, which costs less than to wait for the sums of other tiles.

use super::dispatch::{Operation, Vectorized};
use super::edge_tile::EdgeTile;
use super::frame::{GROUP, entry};
use super::pair_tile::EdgeGradient;
use super::radial::{Interpolation, place_in_table};
use super::rotate::{MAX_ROWS, into_frame};
use super::simd::{Lanes, unroll, with_degree};
use super::turns::Generators;
use cormorant_so3::{row, rows};

/// Writes the messages of a tile of atoms.
pub struct Forward<'a, T> {
    pub tile: EdgeTile<'a, T>,
    /// `[species][channels]`
    pub embedding: *const T,
    /// `[atoms of the tile][rows][channels]`
    pub out: *mut T,
}

/// From the gradient of the messages to those of edge vectors.
pub struct Backward<'a, T> {
    pub tile: EdgeTile<'a, T>,
    pub embedding: *const T,
    /// Gradient with respect to the messages, `[atoms of the tile][rows][channels]`.
    pub gradient: *const T,
    pub edge_gradient: EdgeGradient,
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
        let (channels, stride) = (tile.channels, rows(L) * tile.channels);
        let knot_stride = (L + 1) * 2 * channels;
        for atom in tile.atoms.clone() {
            let out = unsafe { self.out.add((atom - tile.atoms.start) * stride) };
            for block in (0..channels).step_by(S::WIDTH) {
                let (place, lanes) = place_in_table(channels, L + 1, block);
                let mut sums = [S::zero(); MAX_ROWS];
                for edge in tile.edges_of(atom) {
                    unsafe {
                        let frame = tile.frame(edge);
                        let weights = Interpolation::<S>::of(frame);
                        let knot = tile.table.add(tile.knot(atom, edge) * knot_stride + place);
                        let sender = S::load(self.embedding.add(tile.sender(edge) * channels + block));
                        unroll!(S, l, 0, L, {
                            let radial = weights.value(knot.add(l * lanes), knot_stride / 2, knot_stride);
                            let value = radial.mul(sender);
                            // Harmonics beyond the degree are not read: the loop ends with it.
                            unroll!(S, half, 0, l, {
                                let (first, end) = if half == 0 { (0, 1) } else { (2 * half - 1, 2 * half + 1) };
                                for m in first..end {
                                    let m = l * l + m;
                                    let harmonic = S::splat(*frame.add((entry::harmonics(L) + m) * GROUP));
                                    sums[m] = sums[m].fma(value, harmonic);
                                }
                            });
                        });
                    }
                }
                for (m, sum) in sums.iter().enumerate().take(rows(L)) {
                    unsafe { sum.store(out.add(m * channels + block)) };
                }
            }
        }
    }
}

impl<T: Vectorized> Operation<T> for Backward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        with_degree!(self.run::<S>, self.tile.max_degree);
    }
}

impl<T: Vectorized> Backward<'_, T> {
    #[inline(always)]
    fn run<S: Lanes<Scalar = T>, const L: usize>(self) {
        let tile = &self.tile;
        let (channels, stride) = (tile.channels, rows(L) * tile.channels);
        let knot_stride = (L + 1) * 2 * channels;
        let edges = tile.edges();
        let mut sums = [[T::ZERO; GROUP]; 3];
        for atom in tile.atoms.clone() {
            let gradient = unsafe { self.gradient.add((atom - tile.atoms.start) * stride) };
            for edge in tile.edges_of(atom) {
                let frame = tile.frame(edge);
                let sender = unsafe { self.embedding.add(tile.sender(edge) * channels) };
                let knot = tile.knot(atom, edge) * knot_stride;
                // See the messages of later layers.
                let mut halves = [[S::zero(); 3]; 2];
                for block in (0..channels).step_by(S::WIDTH) {
                    let (place, lanes) = place_in_table(channels, L + 1, block);
                    let [along, x, y] = &mut halves[block % lanes / S::WIDTH];
                    unsafe {
                        let weights = Interpolation::<S>::of(frame);
                        let sender = S::load(sender.add(block));
                        let [g] = into_frame::<S, L, 1>(frame, [gradient.add(block)], channels);
                        unroll!(S, l, 0, L, {
                            let knot = tile.table.add(knot + place + l * lanes);
                            let (value, slope) = weights.value_and_slope(knot, knot_stride / 2, knot_stride);
                            let scale = S::splat(T::from_f64(((2 * l + 1) as f64).sqrt())).mul(sender);
                            *along = along.fma(slope, scale.mul(g[row(l, 0)]));
                            if l > 0 {
                                let weight = scale.mul(value);
                                let (towards_x, towards_y) = self.generators.at_pole[l];
                                *x = x.fma(weight, S::splat(towards_x).mul(g[row(l, 1)]));
                                *y = y.fma(weight, S::splat(towards_y).mul(g[row(l, -1)]));
                            }
                        });
                    }
                }
                let lane = (edge - edges.start) % GROUP;
                for k in 0..3 {
                    sums[k][lane] = halves[0][k].add(halves[1][k]).sum();
                }
                if lane + 1 == GROUP || edge + 1 == edges.end {
                    let group = edge - lane..edge + 1;
                    unsafe { self.edge_gradient.add_group(tile.frame(group.start), group, &sums) };
                }
            }
        }
    }
}
