//! The image-dependent pair potential.

use super::{Ends, Surface};
use cormorant_core::Result;
use cormorant_core::system::Cell;
use cormorant_core::system::vector::{difference, norm, plus};
use cormorant_potential::Evaluation;

/// Shorter distances (Å) are taken for this, so that atoms which meet get a finite push.
const SHORTEST: f64 = 0.3;

/// A potential in which every image wants its interatomic distances to lie between those of the ends:
///
///   S_κ(r) = Σ_{i<j} (d_ij^κ − d_ij)² / d_ij⁴        d_ij^κ = d_ij^A + (κ/(p + 1))·(d_ij^B − d_ij^A)
///
/// | symbol | here                            | unit | shape    |
/// |--------|---------------------------------|------|----------|
/// | S_κ    | energy of image κ               | 1/Å² | scalar   |
/// | d_ij   | distance of two atoms, nearest images in a cell | Å | scalar |
/// | d^A, d^B | `distances`, those of the ends | Å   | `[pairs]` |
/// | p      | `images`                        | 1    | scalar   |
///
/// Source: Smidstrup et al. 2014, doi:10.1063/1.4878664, eqs. 4 to 6. Checked by `suite::paths`.
pub(super) struct Idpp {
    cell: Option<Cell>,
    distances: [Vec<f64>; 2],
    images: usize,
}

impl Idpp {
    pub(super) fn new(ends: &Ends, images: usize) -> Self {
        let cell = ends.first.cell;
        let of = |positions: &[[f64; 3]]| {
            pairs(positions.len()).map(|(i, j)| norm(vector(cell.as_ref(), positions, i, j))).collect()
        };
        Self { cell, distances: [of(&ends.first.positions), of(&ends.second.positions)], images }
    }

    /// The evaluation of an end, which the band does not move.
    pub(super) fn end(energy: f64, atoms: usize) -> Evaluation {
        Evaluation { energy, forces: vec![[0.0; 3]; atoms], ..Evaluation::default() }
    }

    fn of_image(&self, image: usize, positions: &[[f64; 3]]) -> Evaluation {
        let share = (image + 1) as f64 / (self.images + 1) as f64;
        let mut found = Self::end(0.0, positions.len());
        let wanted = self.distances[0].iter().zip(&self.distances[1]);
        for ((i, j), (from, to)) in pairs(positions.len()).zip(wanted) {
            let vector = vector(self.cell.as_ref(), positions, i, j);
            let distance = norm(vector).max(SHORTEST);
            let excess = from + share * (to - from) - distance;
            let weight = distance.powi(-4);
            found.energy += weight * excess * excess;
            // dS/dd = −2·w·(d^κ − d) − 4·w/d·(d^κ − d)²
            let slope = -2.0 * weight * excess - 4.0 * weight / distance * excess * excess;
            found.forces[i] = plus(found.forces[i], slope / distance, vector);
            found.forces[j] = plus(found.forces[j], -slope / distance, vector);
        }
        found
    }
}

impl Surface for Idpp {
    fn evaluate(&mut self, images: &[Vec<[f64; 3]>]) -> Result<Vec<Evaluation>> {
        Ok(images.iter().enumerate().map(|(image, positions)| self.of_image(image, positions)).collect())
    }
}

fn pairs(atoms: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..atoms).flat_map(move |i| (i + 1..atoms).map(move |j| (i, j)))
}

/// r_j − r_i, in a cell the shortest of all images.
fn vector(cell: Option<&Cell>, positions: &[[f64; 3]], i: usize, j: usize) -> [f64; 3] {
    let direct = difference(positions[j], positions[i]);
    cell.map_or(direct, |cell| cell.nearest_image(direct))
}
