//! Multipoles in a slab, which repeats in two directions: the sums of a bulk whose third vector leaves a gap, and what they count too much.
//!
//!   E = E_bulk + (2π k_e/V) M²,        M = Σ_i (q_i r_i + μ_i)·n
//!
//! | symbol | here        | unit  | meaning                                                                     |
//! |--------|-------------|-------|-----------------------------------------------------------------------------|
//! | n      | `normal`    |       | unit vector across the slab                                                 |
//! | V      | `volume`    | Å³    | of the bulk: area of the slab times the length of the third vector          |
//! | M      | `moment`    | e·Å   | dipole moment across, of charges that add up to zero                        |
//!
//! Layers of a bulk feel each other by their mean dipoles, which the second term takes away, and by waves along the layers, which fade as
//! exp(−G·gap). G is the shortest of them; the gap makes that 1e-7. The length of the third vector grows by whole [`STEP`]s, so that it
//! hardly ever changes while atoms move. Source: Yeh and Berkowitz 1999 (doi:10.1063/1.479595).
//! Checked by: `suite::slab`, against sums over the images of pairs.

use std::f64::consts::PI;

use super::lattice::Lattice;
use super::sites::{Interaction, Sites};
use cormorant_core::system::Cell;
use cormorant_core::system::vector::{dot, norm, plus};
use cormorant_core::units::COULOMB;

/// Logarithm of what is left of the shortest wave across the gap.
const FADES: f64 = 16.0;
/// Gaussians on both sides of the gap are this many widths apart at least.
const WIDTHS: f64 = 9.0;
/// ζ(4) and ζ(6).
const ZETA_4: f64 = 1.082_323_233_711_138;
const ZETA_6: f64 = 1.017_343_061_984_449;
/// The third vector grows by whole multiples of this, Å.
const STEP: f64 = 4.0;

/// The bulk by which a slab is evaluated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slab {
    /// Vectors of the bulk, Å.
    pub(crate) rows: [[f64; 3]; 3],
    /// Which of them leaves the gap.
    open: usize,
    normal: [f64; 3],
    volume: f64,
}

impl Slab {
    /// For atoms at `positions` with Gaussians of width `smearing` in a `cell`, if that is a slab.
    pub(crate) fn of(cell: &Cell, positions: &[[f64; 3]], smearing: f64) -> Option<Self> {
        let open = open_direction(cell)?;
        let normal = cell.basis()[open];
        let heights = positions.iter().map(|position| dot(*position, normal));
        let [low, high] = heights.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| [low.min(x), high.max(x)]);
        let gap = (FADES / shortest_wave(cell, open)).max(WIDTHS * smearing);
        let length = STEP * (((high - low).max(0.0) + gap) / STEP).ceil();
        let mut rows = cell.basis();
        rows[open] = normal.map(|x| length * x);
        Some(Self { rows, open, normal, volume: cell.measure() * length })
    }

    /// Takes from `into` that the mean dipoles of the layers feel each other.
    pub(crate) fn separate_dipoles(&self, sites: &Sites<'_>, into: &mut Interaction) {
        let Self { normal, volume, .. } = *self;
        let unit = 2.0 * PI * COULOMB / volume;
        // From the middle, so that energies of atoms do not depend on the origin; for charges that add up to zero nothing else does.
        let heights = self.heights(sites.positions);
        let of_charges = heights.iter().zip(sites.charges).map(|(height, charge)| charge * height);
        let of_dipoles = sites.dipoles.iter().map(|dipole| dot(*dipole, normal));
        let moment = of_charges.sum::<f64>() + of_dipoles.sum::<f64>();
        into.energy += unit * moment * moment;
        let slope = 2.0 * unit * moment;
        for (site, (height, charge)) in heights.iter().zip(sites.charges).enumerate() {
            into.by_charge[site] += slope * height;
            into.gradient[site] = plus(into.gradient[site], slope * charge, normal);
        }
        into.by_dipole.iter_mut().for_each(|by| *by = plus(*by, slope, normal));
        // Strain within the layer changes the area alone; that across has no meaning.
        for (a, row) in into.by_strain.iter_mut().enumerate() {
            row[a] -= unit * moment * moment;
        }
    }

    /// Takes from `into` that the layers of the bulk attract each other by dispersion, of sites with coefficients in place of charges.
    ///
    ///   E_layers = −(π/2A) Σ_{n≥1} Σ_ij c_i c_j (nL + z_i − z_j)^−4 = −(π/2A) [ζ(4) C₀²/L⁴ + 20 ζ(6) (C₀C₂ − C₁²)/L⁶ + …]
    ///
    /// with the moments C_m = Σ_i c_i z_i^m, the area A and the length L of the third vector. What is left out is smaller by the square of
    /// thickness over L.
    pub(crate) fn separate_dispersion(&self, sites: &Sites<'_>, into: &mut Interaction) {
        let (length, area) = (norm(self.rows[self.open]), self.volume / norm(self.rows[self.open]));
        let unit = 0.5 * PI / area;
        let (first, second) = (unit * ZETA_4 / length.powi(4), unit * 20.0 * ZETA_6 / length.powi(6));
        let heights = self.heights(sites.positions);
        let moment = |power: i32| heights.iter().zip(sites.charges).map(|(z, c)| c * z.powi(power)).sum::<f64>();
        let [zeroth, one, two] = [0, 1, 2].map(moment);
        let energy = first * zeroth * zeroth + second * (zeroth * two - one * one);
        into.energy += energy;
        for (site, (z, c)) in heights.iter().zip(sites.charges).enumerate() {
            into.by_charge[site] += 2.0 * first * zeroth + second * (two + zeroth * z * z - 2.0 * one * z);
            let slope = 2.0 * second * c * (zeroth * z - one);
            into.gradient[site] = plus(into.gradient[site], slope, self.normal);
        }
        for (a, row) in into.by_strain.iter_mut().enumerate() {
            row[a] -= energy;
        }
    }

    /// Of each position across the slab, from the middle.
    fn heights(&self, positions: &[[f64; 3]]) -> Vec<f64> {
        let share = 1.0 / positions.len() as f64;
        let middle = positions.iter().fold([0.0; 3], |sum, place| plus(sum, share, *place));
        positions.iter().map(|place| dot(plus(*place, -1.0, middle), self.normal)).collect()
    }
}

/// Which vector of the cell is open, if exactly one is.
pub(crate) fn open_direction(cell: &Cell) -> Option<usize> {
    (cell.dimensions() == 2).then(|| cell.periodic().iter().position(|repeats| !repeats))?
}

/// Length of the shortest wave vector along the layer, 1/Å.
fn shortest_wave(cell: &Cell, open: usize) -> f64 {
    let duals = Lattice::new(cell.basis()).duals;
    let (first, second) = (duals[(open + 1) % 3], duals[(open + 2) % 3]);
    let sums =
        (-2..=2).flat_map(|m| (-2..=2).map(move |n| (f64::from(m), f64::from(n)))).filter(|sum| *sum != (0.0, 0.0));
    let lengths = sums.map(|(m, n)| norm(plus(first.map(|x| m * x), n, second)));
    2.0 * PI * lengths.fold(f64::INFINITY, f64::min)
}
