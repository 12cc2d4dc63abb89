//! Dispersion between all atoms, with coefficients that a network gives.
//!
//!   E = −½ Σ_{i≠j} c_i c_j g(r_ij),      c_i = [`COEFFICIENT`] ln(1 + e^n_i),      C6_ij = c_i c_j
//!
//! | symbol | here           | unit     | meaning                                                                 |
//! |--------|----------------|----------|-------------------------------------------------------------------------|
//! | n_i    | `numbers`      |          | number of the network                                                   |
//! | c_i    | `coefficients` | √eV·Å³   | square root of the dispersion coefficient of the atom with its like      |
//! | g      | `dispersion_kernel` | Å^−6 | 1/r⁶, damped                                                           |
//!
//! All pairs without a cell, and sums over wave vectors in one, so that there is no cutoff. That C6_ij is the geometric mean is London's
//! approximation for atoms of like ionization energy (London 1937, doi:10.1039/tf937330008b). Checked by: `suite::dispersion`.

use super::charge_state::{logistic, soft_plus};
use super::law::Law;
use super::places::Places;
use super::sites::{Interaction, Sites};
use super::sums::Sums;

/// Coefficient of a number of 0.54, √eV·Å³: at 4 two atoms have 16 eV·Å⁶, about carbon.
pub const COEFFICIENT: f64 = 4.0;

/// The energy of dispersion and its derivatives. It keeps its work arrays.
#[derive(Debug, Clone)]
pub(crate) struct Dispersion {
    smearing: f64,
    /// c of the atoms evaluated last, √eV·Å³.
    pub(crate) coefficients: Vec<f64>,
    /// Derivatives of the energy with respect to the numbers, eV.
    pub(crate) by_number: Vec<f64>,
    /// Energy, and derivatives at fixed coefficients.
    pub(crate) interaction: Interaction,
    sums: Sums,
}

impl Dispersion {
    /// Damped by Gaussians of this width in Å.
    pub(crate) fn new(smearing: f64) -> Self {
        Self {
            smearing,
            coefficients: Vec::new(),
            by_number: Vec::new(),
            interaction: Interaction::default(),
            sums: Sums::of(Law::Dispersion),
        }
    }

    /// For atoms with `numbers`, one each; the cell is one that repeats in two or three directions.
    pub(crate) fn evaluate(&mut self, places: Places<'_>, numbers: &[f64], parallel: bool) {
        let Self { smearing, coefficients, by_number, interaction, sums } = self;
        coefficients.clear();
        coefficients.extend(numbers.iter().map(|number| COEFFICIENT * soft_plus(*number)));
        let sites = Sites { positions: places.positions, charges: coefficients, ..Sites::default() };
        sums.evaluate(&sites, places.cell, *smearing, parallel, interaction);
        by_number.clear();
        let slopes = numbers.iter().map(|number| COEFFICIENT * logistic(*number));
        by_number.extend(interaction.by_charge.iter().zip(slopes).map(|(by, slope)| by * slope));
    }

    /// Half of the energy of each atom with the others, eV.
    pub(crate) fn atom_energies(&self) -> impl Iterator<Item = f64> + '_ {
        self.coefficients.iter().zip(&self.interaction.by_charge).map(|(c, by)| 0.5 * c * by)
    }
}
