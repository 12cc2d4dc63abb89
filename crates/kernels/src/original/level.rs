//! What is fixed about one Clebsch-Gordan level.

use super::contraction::Contraction;
use super::shape::{RADIAL, Shape};
use crate::real::Real;

/// Sizes and tables of one level.
///
/// The inputs of the linear map to the atoms are in rows: for each atom, degree l and component m one row of `widths[l]`
/// scalars, which holds the aggregates, the atom's own activation and its squares, each `[2][channels]`.
pub(super) struct Level<T> {
    /// Highest degree of the activations that enter.
    pub degree: usize,
    /// Highest degree of those that leave.
    pub degree_out: usize,
    /// Scalars in a row of degree l.
    pub widths: Vec<usize>,
    /// Where the rows of degree l begin within an atom.
    pub offsets: Vec<usize>,
    /// Scalars of an atom.
    pub total: usize,
    /// Scalars of a pair that enter the linear map to the edges: dot products, then radial functions.
    pub features: usize,
    pub aggregate: Contraction<T>,
    pub square: Contraction<T>,
}

impl<T: Real> Level<T> {
    pub(super) fn new(shape: &Shape, level: usize) -> Self {
        let c = shape.padded();
        let (degree, degree_out) = (shape.degree(level), shape.degree(level + 1));
        let widths: Vec<usize> = (0..=degree_out).map(|l| shape.atom_slots(level, l) * 2 * c).collect();
        let mut total = 0;
        let offsets: Vec<usize> = widths
            .iter()
            .enumerate()
            .map(|(l, width)| {
                total += (2 * l + 1) * width;
                total - (2 * l + 1) * width
            })
            .collect();
        Self {
            aggregate: Contraction::aggregate(shape, level, &offsets, &widths),
            square: Contraction::square(shape, level, &offsets, &widths),
            features: (degree + 1) * 2 * c + RADIAL,
            degree,
            degree_out,
            widths,
            offsets,
            total,
        }
    }

    /// Rows of degree `l` of `atoms` atoms, as offsets into the inputs of the linear map.
    pub(super) fn rows(&self, l: usize, atoms: usize) -> Vec<u32> {
        let row = |atom: usize, m: usize| (atom * self.total + self.offsets[l] + m * self.widths[l]) as u32;
        (0..atoms).flat_map(|atom| (0..=2 * l).map(move |m| row(atom, m))).collect()
    }
}
