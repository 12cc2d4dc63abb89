//! From the outputs of the atoms to a property of the molecule, and back.
//!
//! | head           | property                                        | degree |
//! |----------------|-------------------------------------------------|--------|
//! | extensive      | Σ_i q_i                                         |        |
//! | intensive      | Σ_i q_i / N                                     |        |
//! | dipole         | μ = Σ_i (q_i − q̄)(r_i − r̄) + Σ_i v_i            | 1      |
//! | dipole-norm    | the length of that                              | 1      |
//! | polarizability | α = Σ_i (q_i 1 + Σ_m Q_im E^m)                  | 2      |
//!
//! | symbol  | here         | meaning                                                              |
//! |---------|--------------|----------------------------------------------------------------------|
//! | q_i     | `scalars`    | number that the readout gives atom i: a charge, a free polarizability |
//! | v_i Q_i | `multipoles` | multipole that the readout gives atom i, of the degree above          |
//! | r_i − r̄ | `arms`       | position from the geometric center, Å                                 |
//! | q̄, N    |              | mean of the q_i, number of atoms                                      |
//! | E^m     |              | [`quadrupole_basis`]                                                  |
//!
//! Charges whose mean is taken off sum to zero, so that μ does not depend on the origin. Since Σ_i (r_i − r̄) = 0, taking q̄ off
//! changes nothing and is left out. The trace of α is that of the q_i alone. Source of the dipole: Gastegger, Behler, Marquetand
//! 2017 (doi:10.1039/C7SC02267K), equation 5, with dipoles of the atoms as in Schütt, Unke, Gastegger 2021 (arXiv:2102.03150).
//! Checked by: `suite::heads`.

use serde::{Deserialize, Serialize};

use cormorant_core::system::vector::from_center;
use cormorant_core::{Error, Result};
use cormorant_so3::{quadrupole_basis, vector, vector_components};

/// How the numbers of the atoms become those of the molecule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Head {
    /// Σ_i q_i: grows with the molecule, as an energy does.
    Extensive,
    /// Σ_i q_i / N: the same for one molecule and for two far apart.
    Intensive,
    /// The dipole moment of a neutral molecule: x, y, z.
    Dipole,
    /// Its length.
    DipoleNorm,
    /// The polarizability: nine numbers, row by row.
    Polarizability,
}

impl Head {
    /// Name in headers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Extensive => "extensive",
            Self::Intensive => "intensive",
            Self::Dipole => "dipole",
            Self::DipoleNorm => "dipole-norm",
            Self::Polarizability => "polarizability",
        }
    }

    /// Numbers of a molecule.
    #[must_use]
    pub fn outputs(self) -> usize {
        match self {
            Self::Extensive | Self::Intensive | Self::DipoleNorm => 1,
            Self::Dipole => 3,
            Self::Polarizability => 9,
        }
    }

    /// Degree of the multipole that it wants of each atom beside a number; 0 for none.
    #[must_use]
    pub fn multipole(self) -> usize {
        match self {
            Self::Extensive | Self::Intensive => 0,
            Self::Dipole | Self::DipoleNorm => 1,
            Self::Polarizability => 2,
        }
    }

    /// Whether references of the atoms add up to a part of the property.
    #[must_use]
    pub fn is_additive(self) -> bool {
        matches!(self, Self::Extensive | Self::Polarizability)
    }

    /// Positions from their geometric center, Å.
    #[must_use]
    pub fn arms(positions: &[[f64; 3]]) -> Vec<[f64; 3]> {
        from_center(positions).collect()
    }

    /// Refuses a cell where the property has no meaning in one.
    ///
    /// # Errors
    /// For the dipole moment of a structure that repeats.
    pub fn require(self, cell: bool) -> Result<()> {
        if cell && matches!(self, Self::Dipole | Self::DipoleNorm) {
            return Err(Error::Invalid(
                "a periodic structure has no dipole moment; leave it out, or remove its cell".into(),
            ));
        }
        Ok(())
    }

    /// The numbers of a molecule, `into` as many as [`Self::outputs`].
    pub fn apply(self, arms: &[[f64; 3]], scalars: &[f64], multipoles: &[f64], into: &mut [f64]) {
        into.fill(0.0);
        match self {
            Self::Extensive => into[0] = scalars.iter().sum(),
            Self::Intensive => into[0] = scalars.iter().sum::<f64>() * (1.0 / scalars.len() as f64),
            Self::Dipole => into.copy_from_slice(&dipole(arms, scalars, multipoles)),
            Self::DipoleNorm => into[0] = length(dipole(arms, scalars, multipoles)),
            Self::Polarizability => {
                let isotropic: f64 = scalars.iter().sum();
                for place in [0, 4, 8] {
                    into[place] = isotropic;
                }
                for one in multipoles.chunks_exact(5) {
                    for (component, matrix) in one.iter().zip(quadrupole_basis()) {
                        let entries = into.iter_mut().zip(matrix.as_flattened());
                        entries.for_each(|(sum, entry)| *sum += component * entry);
                    }
                }
            }
        }
    }

    /// From the gradient `seeds` with respect to the numbers of a molecule to that with respect to those of its atoms: scalars
    /// `[atoms]`, and behind them multipoles `[atoms][components]`.
    #[must_use]
    pub fn pull_back(self, arms: &[[f64; 3]], scalars: &[f64], multipoles: &[f64], seeds: &[f64]) -> Vec<f64> {
        let atoms = scalars.len();
        let of_vector = |seed: [f64; 3]| -> Vec<f64> {
            let along = arms.iter().map(|arm| arm.iter().zip(seed).map(|(x, s)| x * s).sum());
            along.chain((0..atoms).flat_map(|_| vector_components(seed))).collect()
        };
        match self {
            Self::Extensive => vec![seeds[0]; atoms],
            Self::Intensive => vec![seeds[0] * (1.0 / atoms as f64); atoms],
            Self::Dipole => of_vector([seeds[0], seeds[1], seeds[2]]),
            Self::DipoleNorm => {
                let dipole = dipole(arms, scalars, multipoles);
                let length = length(dipole);
                // The length has a corner at zero, where no direction is better than another.
                let share = if length > 0.0 { seeds[0] / length } else { 0.0 };
                of_vector(dipole.map(|x| x * share))
            }
            Self::Polarizability => {
                let trace = seeds[0] + seeds[4] + seeds[8];
                let entry = |matrix: &[[f64; 3]; 3]| matrix.as_flattened().iter().zip(seeds).map(|(e, s)| e * s).sum();
                let components: [f64; 5] = quadrupole_basis().each_ref().map(entry);
                (0..atoms).map(|_| trace).chain((0..atoms).flat_map(|_| components)).collect()
            }
        }
    }
}

fn dipole(arms: &[[f64; 3]], scalars: &[f64], multipoles: &[f64]) -> [f64; 3] {
    let mut sum = [0.0; 3];
    for (arm, charge) in arms.iter().zip(scalars) {
        sum.iter_mut().zip(arm).for_each(|(sum, x)| *sum += charge * x);
    }
    for one in multipoles.as_chunks::<3>().0 {
        sum.iter_mut().zip(vector(*one)).for_each(|(sum, x)| *sum += x);
    }
    sum
}

fn length(vector: [f64; 3]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}
