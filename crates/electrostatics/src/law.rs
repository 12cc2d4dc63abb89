//! What acts between smeared sites: over pairs, in the sums over wave vectors, and between the layers of a slab's bulk.
//!
//!   E = (u/V) Σ_k W(k) |S(k)|² − E_self,        Coulomb: W = A(k) without k = 0, u = 2π k_e;        dispersion: W = ĝ(k), u = −½
//!
//! | symbol | here              | unit   | meaning                                                        |
//! |--------|-------------------|--------|----------------------------------------------------------------|
//! | W      | [`Law::weight`]   | Å² or Å^−3 | weight of a wave vector                                    |
//! | u      | [`Law::unit`]     | eV·Å/e² or 1 |                                                          |
//! | S      | `structure`       | e or √eV Å³ | transform of the sites                                     |

use super::damping::damping;
use super::dispersion_kernel::{at_zero, of_pair, of_wave};
use super::lattice::Lattice;
use super::pairs::{central, pairs};
use super::self_energy::subtract_self_energy;
use super::sites::{Interaction, Sites};
use super::slab::Slab;
use cormorant_core::units::COULOMB;

/// What acts between two sites.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Law {
    /// q q'/r of Gaussians.
    #[default]
    Coulomb,
    /// −c c'/r⁶, damped.
    Dispersion,
}

impl Law {
    /// The sum over pairs, without a cell.
    pub(crate) fn pairs(self, sites: &Sites<'_>, smearing: f64, into: &mut Interaction) {
        match self {
            Self::Coulomb => pairs(sites, smearing, into),
            Self::Dispersion => central(sites, into, |square| of_pair(square, smearing).map(|x| -x)),
        }
    }

    /// Takes away what the layers of the bulk by which a slab is summed do to each other.
    pub(crate) fn separate(self, slab: &Slab, sites: &Sites<'_>, into: &mut Interaction) {
        match self {
            Self::Coulomb => slab.separate_dipoles(sites, into),
            Self::Dispersion => slab.separate_dispersion(sites, into),
        }
    }

    /// W and its derivative with respect to k² at a wave vector that is not zero.
    pub(crate) fn weight(self, square: f64, smearing: f64) -> (f64, f64) {
        match self {
            Self::Coulomb => damping(square, smearing),
            Self::Dispersion => of_wave(square, smearing),
        }
    }

    /// u.
    pub(crate) fn unit(self) -> f64 {
        match self {
            Self::Coulomb => std::f64::consts::TAU * COULOMB,
            Self::Dispersion => -0.5,
        }
    }

    /// What the sum over the other wave vectors lacks, and what it counts too much.
    pub(crate) fn complete(self, sites: &Sites<'_>, lattice: &Lattice, smearing: f64, into: &mut Interaction) {
        match self {
            Self::Coulomb => subtract_self_energy(sites, smearing, into),
            Self::Dispersion => complete_dispersion(sites.charges, lattice.volume, smearing, into),
        }
    }
}

/// The wave vector zero, which is the mean attraction, and each site with itself.
fn complete_dispersion(coefficients: &[f64], volume: f64, smearing: f64, into: &mut Interaction) {
    let (own, mean) = at_zero(smearing);
    let sum: f64 = coefficients.iter().sum();
    let of_mean = -0.5 * mean * sum * sum / volume;
    let squares: f64 = coefficients.iter().map(|c| c * c).sum();
    into.energy += of_mean + 0.5 * own * squares;
    for (by, c) in into.by_charge.iter_mut().zip(coefficients) {
        *by += own * c - mean * sum / volume;
    }
    for (axis, row) in into.by_strain.iter_mut().enumerate() {
        row[axis] -= of_mean;
    }
}
