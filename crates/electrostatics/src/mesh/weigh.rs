//! From the waves of a density to those of its potential, and their energy.
//!
//!   E = (u/V) Σ_{k≠0} W(k) B(k) |Q(k)|²,    φ(k) = ∂E/∂Q(k),    ∂E/∂ε_ab = −δ_ab E − (2u/V) Σ_k dW/d(k²) B |Q|² k_a k_b
//!
//! | symbol | here         | unit   | definition                                                         |
//! |--------|--------------|--------|--------------------------------------------------------------------|
//! | Q(k)   | `waves`      | e      | transform of the density on points, see `spread`                   |
//! | W, u   | [`Law`]      |        | weight of a wave vector, and its unit                              |
//! | B      | `Grid::waves` | 1     | makes up for the splines: 1 / sinc^2p along each cell vector       |
//! | V      | `volume`     | Å³     |                                                                    |

use super::grid::Grid;
use crate::lattice::Lattice;
use crate::law::Law;
use crate::symmetric::SYMMETRIC;
use cormorant_core::system::vector::dot;
use rustfft::num_complex::Complex;
use std::f64::consts::TAU;

/// The energy in eV and the sum over k in its derivative by strain.
pub type Sums = (f64, [f64; 6]);

/// Density to potential, for the waves of `third` periods along the third cell vector; `seconds` are the indices of those along the
/// second. // [seconds][planes]
pub fn weigh(
    grid: &Grid,
    lattice: &Lattice,
    (law, smearing): (Law, f64),
    third: usize,
    seconds: impl Iterator<Item = usize>,
    waves: &mut [Complex<f64>],
) -> Sums {
    let along = |axis: usize, index: usize| {
        let (periods, factor) = grid.waves[axis][index];
        (lattice.duals[axis].map(|x| TAU * periods * x), factor)
    };
    let firsts: Vec<([f64; 3], f64)> = (0..grid.points[0]).map(|index| along(0, index)).collect();
    let both = if third == 0 { 1.0 } else { 2.0 }; // a wave and its mirror image
    let (k3, third_factor) = along(2, third);
    let prefactor = law.unit() / lattice.volume * third_factor;
    let (mut energy, mut strain) = (0.0, [0.0; 6]);
    for (second, row) in seconds.zip(waves.chunks_exact_mut(grid.points[0])) {
        let (k2, second_factor) = along(1, second);
        for (wave, (k1, first_factor)) in row.iter_mut().zip(&firsts) {
            let k = [0, 1, 2].map(|axis| k1[axis] + (k2[axis] + k3[axis]));
            let square = dot(k, k);
            let (value, slope) = if square > 0.0 { law.weight(square, smearing) } else { (0.0, 0.0) };
            if value == 0.0 {
                *wave = Complex::default();
                continue;
            }
            let weight = prefactor * second_factor * first_factor;
            let power = both * weight * wave.norm_sqr();
            energy += value * power;
            for (sum, (a, b)) in strain.iter_mut().zip(SYMMETRIC) {
                *sum -= 2.0 * slope * power * k[a] * k[b];
            }
            *wave *= 2.0 * value * weight;
        }
    }
    (energy, strain)
}
