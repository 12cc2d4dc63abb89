//! Clebsch-Gordan sums over a table of all products of components.

use super::shape::Shape;
use crate::LANES;
use crate::dispatch::Operation;
use crate::real::Real;
use crate::simd::Lanes;
use cormorant_so3::{clebsch_gordan, rows};

/// Coefficients smaller than this are zeros that rounding spoiled.
const ZERO: f64 = 1e-12;

/// Where the sums go and what they are made of. Offsets count scalars; A is `[rows left][rows right][2][channels]`.
#[derive(Debug, Clone)]
pub struct Contraction<T> {
    /// For each component of each product: place of its real part in the rows of an atom, whether l1 + l2 + l is odd, and
    /// where its terms begin.
    pub(super) sums: Vec<Sum>,
    /// Place of the real part in A, coefficient.
    pub(super) terms: Vec<(u32, T)>,
    /// For each pair of components, the place of the real part in A and where its terms begin.
    pub(super) cells: Vec<(u32, u32)>,
    /// Places that ∂/∂Re A and ∂/∂Im A take from, with coefficients.
    pub(super) sources: Vec<Source<T>>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Sum {
    pub place: u32,
    pub odd: bool,
    pub first: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Source<T> {
    pub real: (u32, T),
    pub imaginary: (u32, T),
}

impl<T: Real> Contraction<T> {
    /// Products of degrees up to `max_left` and `max_right`. `place(l, k)` says where component 0 of the k-th product of
    /// degree l stands, and how far the components lie apart.
    pub(super) fn new(
        channels: usize,
        max_left: usize,
        max_right: usize,
        max_out: usize,
        paths: impl Fn(usize) -> Vec<(usize, usize)>,
        place: impl Fn(usize, usize) -> (usize, usize),
    ) -> Self {
        let signed = |index: usize, l: usize| index as isize - l as isize;
        let cell_count = rows(max_left) * rows(max_right);
        let (mut sums, mut terms, mut sources) = (Vec::new(), Vec::new(), vec![Vec::new(); cell_count]);
        for l in 0..=max_out {
            for (k, (left, right)) in paths(l).into_iter().enumerate() {
                let (start, step) = place(l, k);
                let odd = (left + right + l) % 2 == 1;
                for m in 0..=2 * l {
                    let out = (start + m * step) as u32;
                    sums.push(Sum { place: out, odd, first: terms.len() as u32 });
                    for a in 0..=2 * left {
                        for b in 0..=2 * right {
                            let c = clebsch_gordan(left, signed(a, left), right, signed(b, right), l, signed(m, l));
                            if c.abs() < ZERO {
                                continue;
                            }
                            let cell = (left * left + a) * rows(max_right) + right * right + b;
                            let c = T::from_f64(c);
                            terms.push(((cell * 2 * channels) as u32, c));
                            let imaginary = out + channels as u32;
                            sources[cell].push(if odd {
                                Source { real: (imaginary, -c), imaginary: (out, c) }
                            } else {
                                Source { real: (out, c), imaginary: (imaginary, c) }
                            });
                        }
                    }
                }
            }
        }
        sums.push(Sum { place: 0, odd: false, first: terms.len() as u32 });
        let mut cells = Vec::with_capacity(cell_count + 1);
        let mut first = 0;
        for (cell, list) in sources.iter().enumerate() {
            cells.push(((cell * 2 * channels) as u32, first));
            first += list.len() as u32;
        }
        cells.push((0, first));
        Self { sums, terms, cells, sources: sources.concat() }
    }

    /// Products of edges with senders at `level`, into rows laid out by `offsets` and `widths` per degree.
    pub(super) fn aggregate(shape: &Shape, level: usize, offsets: &[usize], widths: &[usize]) -> Self {
        let channels = shape.padded();
        let place = |l: usize, k: usize| (offsets[l] + k * 2 * channels, widths[l]);
        let paths = |l| shape.aggregate_paths(level, l);
        Self::new(channels, shape.max_edge_degree, shape.degree(level), shape.degree(level + 1), paths, place)
    }

    /// Products of atoms with themselves at `level`; they are behind the aggregates and the atom's own activation.
    pub(super) fn square(shape: &Shape, level: usize, offsets: &[usize], widths: &[usize]) -> Self {
        let (channels, degree) = (shape.padded(), shape.degree(level));
        let place = |l: usize, k: usize| {
            let before = shape.aggregate_paths(level, l).len() + usize::from(l <= degree);
            (offsets[l] + (before + k) * 2 * channels, widths[l])
        };
        Self::new(channels, degree, degree, shape.degree(level + 1), |l| shape.square_paths(level, l), place)
    }
}

/// rows ← contraction of A.
#[derive(Clone, Copy)]
pub struct Contract<'a, T> {
    pub table: &'a Contraction<T>,
    pub products: *const T,
    pub rows: *mut T,
    pub channels: usize,
}

impl<T: Real> Operation<T> for Contract<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        for channel in (0..self.channels).step_by(LANES) {
            for pair in self.table.sums.windows(2) {
                let Sum { place, odd, first } = pair[0];
                let (mut re, mut im) = (S::zero(), S::zero());
                unsafe {
                    for &(cell, c) in &self.table.terms[first as usize..pair[1].first as usize] {
                        let (a, c) = (self.products.add(cell as usize + channel), S::splat(c));
                        re = re.fma(c, S::load(a));
                        im = im.fma(c, S::load(a.add(self.channels)));
                    }
                    let out = self.rows.add(place as usize + channel);
                    // An odd product is −i times the sum.
                    let (re, im) = if odd { (im, S::zero().sub(re)) } else { (re, im) };
                    re.store(out);
                    im.store(out.add(self.channels));
                }
            }
        }
    }
}

/// ∂E/∂A from ∂E/∂rows.
#[derive(Clone, Copy)]
pub struct ContractBackward<'a, T> {
    pub table: &'a Contraction<T>,
    pub rows: *const T,
    pub products: *mut T,
    pub channels: usize,
}

impl<T: Real> Operation<T> for ContractBackward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call<S: Lanes<Scalar = T>>(self) {
        for channel in (0..self.channels).step_by(LANES) {
            let rows = unsafe { self.rows.add(channel) };
            for pair in self.table.cells.windows(2) {
                let (mut re, mut im) = (S::zero(), S::zero());
                unsafe {
                    for source in &self.table.sources[pair[0].1 as usize..pair[1].1 as usize] {
                        re = re.fma(S::splat(source.real.1), S::load(rows.add(source.real.0 as usize)));
                        im = im.fma(S::splat(source.imaginary.1), S::load(rows.add(source.imaginary.0 as usize)));
                    }
                    let out = self.products.add(pair[0].0 as usize + channel);
                    re.store(out);
                    im.store(out.add(self.channels));
                }
            }
        }
    }
}
