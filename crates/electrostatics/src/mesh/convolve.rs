//! From a density on points to its energy and its potential, by transforms along one cell vector after the other.
//!
//! Those along the third and the second cell vector are within a plane of points, those along the first within a plane of waves of
//! equal period along the third. A thread has one plane at a time. Waves that do not count are left out as soon as they are known.

use super::grid::Grid;
use super::lines::{join_points, join_waves, part_points, part_waves};
use super::weigh::{Sums, weigh};
use crate::lattice::Lattice;
use crate::law::Law;
use crate::pieces::pieces;
use rustfft::num_complex::Complex;

/// Waves and points, kept between calls so that their memory is asked for once.
#[derive(Debug, Clone, Default)]
pub struct Convolution {
    forth: Vec<Complex<f64>>, // [planes][thirds][seconds]
    back: Vec<Complex<f64>>,  // [thirds][planes][seconds]
    /// The potential on points; each line is continued by its start.
    pub potential: Vec<f64>, // [planes][lines][stride]
}

impl Convolution {
    /// Energy of a density, and its derivative by a strain that moves the multipoles with the cell; `spread` writes the density on the
    /// plane of that number. // [lines][stride]
    pub fn run(
        &mut self,
        grid: &Grid,
        lattice: &Lattice,
        (law, smearing): (Law, f64),
        parallel: bool,
        spread: impl Fn(usize, &mut [f64]) + Sync + Send,
    ) -> Sums {
        let ([planes, lines, points], stride) = (grid.points, grid.stride());
        let thirds = 1 + grid.largest(2, lattice, smearing); // the mirror images of these are their conjugates
        let positive = 1 + grid.largest(1, lattice, smearing);
        let seconds = 2 * positive - 1; // the last of them have negative periods
        let sheet = thirds * seconds;
        let room = |count: usize| vec![Complex::<f64>::default(); count];
        self.forth.resize(planes * sheet, Complex::default());
        self.back.resize(planes * sheet, Complex::default());
        self.potential.resize(planes * lines * stride, 0.0);

        let scratch =
            || (vec![0.0; lines * stride], room(lines / 2 * points), room(thirds * lines), room(grid.scratch()));
        pieces(parallel, &mut self.forth, sheet, scratch, |(plane, pairs, waves, scratch), x, into| {
            spread(x, plane);
            join_points(plane, stride, pairs, points);
            grid.forward[2].process_with_scratch(pairs, scratch);
            part_waves(pairs, points, waves, lines);
            grid.forward[1].process_with_scratch(waves, scratch);
            for (all, kept) in waves.chunks_exact(lines).zip(into.chunks_exact_mut(seconds)) {
                kept[..positive].copy_from_slice(&all[..positive]);
                kept[positive..].copy_from_slice(&all[lines + positive - seconds..]);
            }
        });

        let forth = &self.forth;
        let scratch = || (room(planes * seconds), room(planes * seconds), room(grid.scratch()));
        let sums = pieces(parallel, &mut self.back, planes * seconds, scratch, |(rows, columns, scratch), z, into| {
            for (x, row) in rows.chunks_exact_mut(seconds).enumerate() {
                row.copy_from_slice(&forth[x * sheet + z * seconds..][..seconds]);
            }
            transpose::transpose(rows, columns, seconds, planes);
            grid.forward[0].process_with_scratch(columns, scratch);
            let indices = (0..positive).chain(lines + positive - seconds..lines);
            let sums = weigh(grid, lattice, (law, smearing), z, indices, columns);
            grid.backward[0].process_with_scratch(columns, scratch);
            transpose::transpose(columns, into, planes, seconds);
            sums
        });

        let back = &self.back;
        let scratch = || (room(thirds * lines), room(lines / 2 * points), room(grid.scratch()));
        pieces(parallel, &mut self.potential, lines * stride, scratch, |(waves, pairs, scratch), x, into| {
            waves.fill(Complex::default());
            for (z, all) in waves.chunks_exact_mut(lines).enumerate() {
                let kept = &back[(z * planes + x) * seconds..][..seconds];
                all[..positive].copy_from_slice(&kept[..positive]);
                all[lines + positive - seconds..].copy_from_slice(&kept[positive..]);
            }
            grid.backward[1].process_with_scratch(waves, scratch);
            join_waves(waves, lines, pairs, points);
            grid.backward[2].process_with_scratch(pairs, scratch);
            part_points(pairs, points, into, stride);
        });
        total(&sums)
    }
}

/// The sum over planes of waves; for strain with the change of the volume.
fn total(sums: &[Sums]) -> Sums {
    let (mut energy, mut strain) = (0.0, [0.0; 6]);
    for (part, tensor) in sums {
        energy += part;
        for (sum, part) in strain.iter_mut().zip(tensor) {
            *sum += part;
        }
    }
    for diagonal in &mut strain[..3] {
        *diagonal -= energy;
    }
    (energy, strain)
}
