//! What the sum over wave vectors counts too much: each site in its own potential.
//!
//!   E_self = k_e Σ_i [½ q_i² f_0 − ½ μ_i·μ_i f_1 + Θ_i:Θ_i f_2]
//!
//! | symbol  | here         | unit     | definition                                              |
//! |---------|--------------|----------|---------------------------------------------------------|
//! | k_e     | [`COULOMB`]  | eV·Å/e²  |                                                         |
//! | q, μ, Θ | `sites`      |          | see [`Sites`]                                           |
//! | f_n     | [`functions`] | 1/Å^(2n+1) | radial derivatives of the potential of a Gaussian, at r = 0 |
//!
//! Source: `pairs` at r = 0, with i = j and one half.
//! Checked by: `suite::electrostatic_mesh::self_energy_is_half_a_pair`.

use super::kernel::functions;
use super::sites::{Interaction, Sites};
use super::symmetric::PLACES;
use cormorant_core::units::COULOMB;

/// Takes the energy of each site with itself, and its derivatives, from `into`.
pub fn subtract_self_energy(sites: &Sites<'_>, smearing: f64, into: &mut Interaction) {
    let [f0, f1, f2, ..] = functions(0.0, smearing).map(|value| COULOMB * value);
    let mut energy = 0.0;
    for (q, by) in sites.charges.iter().zip(&mut into.by_charge) {
        energy += 0.5 * q * q * f0;
        *by -= q * f0;
    }
    for (dipole, by) in sites.dipoles.iter().zip(&mut into.by_dipole) {
        for (m, by) in dipole.iter().zip(by) {
            energy -= 0.5 * m * m * f1;
            *by += m * f1;
        }
    }
    for (quadrupole, by) in sites.quadrupoles.iter().zip(&mut into.by_quadrupole) {
        for ((t, by), places) in quadrupole.iter().zip(by).zip(PLACES) {
            energy += places * t * t * f2;
            *by -= 2.0 * t * f2;
        }
    }
    into.energy -= energy;
}
