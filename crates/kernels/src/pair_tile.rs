//! What the messages of every layer need of a run of pairs.

use std::ops::Range;

use super::dispatch::Vectorized;
use super::frame::{Frames, GROUP, entry};
use super::pairs::{Pairs, Place};
use super::scalar::Scalar;
use super::simd::Lanes;

/// A run of atoms with the pairs in which they have the lower index.
pub struct PairTile<'a, T> {
    pub max_degree: usize,
    pub channels: usize,
    pub atoms: Range<usize>,
    pub pairs: &'a Pairs,
    /// Sending atom of each edge, all edges.
    pub senders: &'a [u32],
    pub species_of: &'a [u32],
    /// Number of knots of one pair of species when the table depends on the pair; `None` when it does not.
    pub pair_knots: Option<usize>,
    /// Frames of the tile's pairs, which point from the lower atom to the upper.
    pub frames: &'a Frames<T>,
    pub table: *const T,
}

impl<T: Vectorized> PairTile<'_, T> {
    #[inline(always)]
    pub fn pairs_of(&self, atom: usize) -> Range<usize> {
        self.pairs.offsets[atom]..self.pairs.offsets[atom + 1]
    }
    #[inline(always)]
    fn local(&self, pair: usize) -> usize {
        pair - self.pairs.offsets[self.atoms.start]
    }
    #[inline(always)]
    pub fn frame(&self, pair: usize) -> *const T {
        self.frames.of(self.local(pair))
    }
    #[inline(always)]
    pub fn species(&self, atom: usize) -> usize {
        self.species_of[atom] as usize
    }
    /// The atom of higher index.
    #[inline(always)]
    pub fn upper(&self, pair: usize) -> usize {
        self.senders[self.pairs.edges[pair] as usize] as usize
    }
    /// Row of the table that holds the lower knot of `pair`.
    #[inline(always)]
    pub fn knot(&self, lower: usize, pair: usize) -> usize {
        let knot = self.frames.knots[self.local(pair)] as usize;
        match self.pair_knots {
            None => knot,
            Some(knots) => species_pair(self.species(lower), self.species(self.upper(pair))) * knots + knot,
        }
    }
}

/// Index of an unordered pair of species.
#[inline(always)]
#[must_use]
pub const fn species_pair(a: usize, b: usize) -> usize {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    high * (high + 1) / 2 + low
}

/// Sums over pairs, `[atoms or rows][rows of degrees][channels]`: those of atoms, and those that a tile keeps for atoms of others.
#[derive(Clone, Copy)]
pub struct Sums<T> {
    pub own: *mut T,
    pub foreign: *mut T,
}

impl<T> Sums<T> {
    /// The sum at `place`, when each has `stride` numbers.
    #[inline(always)]
    pub unsafe fn at(&self, place: Place, stride: usize) -> *mut T {
        match place {
            Place::Own(atom) => unsafe { self.own.add(atom * stride) },
            Place::Foreign(row) => unsafe { self.foreign.add(row * stride) },
        }
    }
}

/// Gradients with respect to edge vectors, added to: dE/dr of each edge in units of the network's output per Å.
pub struct EdgeGradient {
    /// Of all edges; those of a tile's pairs are written by no other.
    pub values: *mut [f64; 3],
}

impl EdgeGradient {
    /// Adds what moves along the edges (dE/dr) and what turns them (dE per radian about both axes of the frame), of the message to
    /// the lower atom and of that to the upper.
    #[inline(always)]
    pub unsafe fn add<S: Lanes>(
        &self,
        frame: *const S::Scalar,
        pairs: &Pairs,
        pair: usize,
        [along, x, y]: [[S; 2]; 3],
    ) {
        unsafe {
            let mut axes = [[0.0; 3]; 3];
            for (k, first) in [entry::DIRECTION, entry::AXIS_X, entry::AXIS_Y].into_iter().enumerate() {
                for axis in 0..3 {
                    axes[k][axis] = read::<S>(frame, first + axis);
                }
            }
            let inverse = read::<S>(frame, entry::INVERSE_DISTANCE);
            let lower = pairs.edges[pair] as usize;
            self.add_one(lower, &axes, [along[0].sum(), x[0].sum(), y[0].sum()], [1.0, inverse]);
            // The vector of the other edge is the opposite one.
            if let Some(upper) = pairs.reversed(pair) {
                self.add_one(upper, &axes, [along[1].sum(), x[1].sum(), y[1].sum()], [-1.0, -inverse]);
            }
        }
    }

    /// The same of a group of edges, to which the frames from `frame` on belong.
    #[inline(always)]
    pub unsafe fn add_group<T: Scalar>(&self, frame: *const T, edges: Range<usize>, sums: &[[T; GROUP]; 3]) {
        let [along, x, y] = sums;
        let lanes = |entry: usize| unsafe { &*frame.add(entry * GROUP).cast::<[T; GROUP]>() };
        let inverse = lanes(entry::INVERSE_DISTANCE);
        let mut gradient = [[0.0; GROUP]; 3];
        for axis in 0..3 {
            let (direction, across) = (lanes(entry::DIRECTION + axis), lanes(entry::AXIS_X + axis));
            let other = lanes(entry::AXIS_Y + axis);
            for lane in 0..GROUP {
                let turned = x[lane].to_f64() * across[lane].to_f64() + y[lane].to_f64() * other[lane].to_f64();
                gradient[axis][lane] =
                    along[lane].to_f64() * direction[lane].to_f64() + inverse[lane].to_f64() * turned;
            }
        }
        for (lane, edge) in edges.enumerate() {
            let place = unsafe { &mut *self.values.add(edge) };
            for axis in 0..3 {
                place[axis] += gradient[axis][lane];
            }
        }
    }

    #[inline(always)]
    unsafe fn add_one<T: Scalar>(&self, edge: usize, axes: &[[f64; 3]; 3], parts: [T; 3], scales: [f64; 2]) {
        let along = parts[0].to_f64() * scales[0];
        let (x, y) = (parts[1].to_f64() * scales[1], parts[2].to_f64() * scales[1]);
        let place = unsafe { &mut *self.values.add(edge) };
        for axis in 0..3 {
            place[axis] += along * axes[0][axis] + x * axes[1][axis] + y * axes[2][axis];
        }
    }
}

#[inline(always)]
unsafe fn read<S: Lanes>(frame: *const S::Scalar, entry: usize) -> f64 {
    unsafe { (*frame.add(entry * GROUP)).to_f64() }
}
