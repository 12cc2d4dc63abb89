//! Normal modes from a Hessian.

use std::f64::consts::PI;

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use super::{Hessian, Mode};
use crate::free_motion::FreeMotion;
use cormorant_core::system::System;
use cormorant_core::system::observables::{center_of_mass, inertia};
use cormorant_core::system::vector::{cross, difference, dot, plus};
use cormorant_core::units::{COULOMB, INVERSE_CENTIMETER, KILOMETER_PER_MOLE, REDUCED_PLANCK, SPEED_OF_LIGHT};
use cormorant_core::{Error, Result};

/// Moments of inertia below this share of the largest belong to the axis of a linear molecule.
const LINEAR: f64 = 1.0e-6;

/// The normal modes of a system, overall motion left out.
///
///   M^(−½)·H·M^(−½) = Σ ω²·q⊗q      ν = ω/2πc
///
/// | symbol | here                   | unit   |
/// |--------|------------------------|--------|
/// | H      | Hessian                | eV/Å²  |
/// | M      | masses                 | u      |
/// | q      | mass-weighted mode, |q| = 1, q = M^½·(displacements) up to its length | |
/// | ν      | `wavenumber` of a mode | cm⁻¹   |
///
/// Translations, and without a cell rotations, are projected out before the matrix is diagonalised: a molecule has 3N − 6 modes, a
/// linear one 3N − 5, a periodic system 3N − 3 (those of wave vector zero). Source: Wilson, Decius and Cross, Molecular
/// Vibrations (1955), chapter 2; Miller, Handy and Adams 1980, doi:10.1063/1.438959, eq. 2.11 for the projection.
/// Checked by `suite::vibrations`.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalModes {
    /// The modes by rising wavenumber; imaginary ones first.
    pub modes: Vec<Mode>,
    /// Number of overall motions that were projected out.
    pub overall: usize,
    /// Largest wavenumber in cm⁻¹ that an overall motion would have had: zero at a minimum but for errors of the Hessian, and for
    /// rotations the forces that are left.
    pub leak: f64,
}

impl NormalModes {
    /// The modes of `system` with the Hessian `hessian`, where nothing acts from outside.
    ///
    /// # Errors
    /// When the Hessian is of another size or not finite.
    pub fn new(system: &System, hessian: &Hessian) -> Result<Self> {
        Self::beside(FreeMotion::isolated(system), system, hessian)
    }

    /// The modes beside the motion of the whole that is `free`: what holds a molecule in space makes modes of its translations and
    /// rotations.
    ///
    /// # Errors
    /// When the Hessian is of another size or not finite.
    pub fn beside(free: FreeMotion, system: &System, hessian: &Hessian) -> Result<Self> {
        let size = 3 * system.atom_count();
        let matrix = hessian.matrix();
        if matrix.nrows() != size || !matrix.iter().all(|entry| entry.is_finite()) {
            return Err(Error::Invalid(format!(
                "a Hessian of {} rows does not fit {} atoms, or it is not finite",
                matrix.nrows(),
                system.atom_count()
            )));
        }
        let roots = DVector::from_fn(size, |row, _| system.masses[row / 3].sqrt());
        let weighted = DMatrix::from_fn(size, size, |row, column| matrix[(row, column)] / (roots[row] * roots[column]));
        let overall = overall_motions(free, system);
        let leak = overall.iter().map(|motion| wavenumber(motion.dot(&(&weighted * motion))).abs()).fold(0.0, f64::max);
        let decomposition = SymmetricEigen::new(project(&weighted, &overall));
        let mut order: Vec<usize> = (0..size).collect();
        order.sort_by(|a, b| decomposition.eigenvalues[*a].total_cmp(&decomposition.eigenvalues[*b]));
        order.truncate(size - overall.len());
        let mode = |&index: &usize| {
            let motion = decomposition.eigenvectors.column(index).component_div(&roots);
            let length = motion.norm();
            let derivatives = hessian.dipole_derivatives();
            let intensity = (derivatives.len() == size).then(|| intensity(derivatives, motion.as_slice()));
            let (vectors, _) = motion.as_slice().as_chunks::<3>();
            Mode {
                wavenumber: wavenumber(decomposition.eigenvalues[index]),
                intensity,
                reduced_mass: 1.0 / (length * length),
                displacements: vectors.iter().map(|vector| vector.map(|x| x / length)).collect(),
            }
        };
        Ok(Self { modes: order.iter().map(mode).collect(), overall: overall.len(), leak })
    }

    /// Wavenumbers in cm⁻¹ in rising order; negative numbers stand for imaginary ones.
    #[must_use]
    pub fn wavenumbers(&self) -> Vec<f64> {
        self.modes.iter().map(|mode| mode.wavenumber).collect()
    }
}

/// ν in cm⁻¹ of an eigenvalue ω² in 1/t²; negative where ω is imaginary.
fn wavenumber(eigenvalue: f64) -> f64 {
    eigenvalue.abs().sqrt().copysign(eigenvalue) * REDUCED_PLANCK / INVERSE_CENTIMETER
}

/// Intensity in km/mol of the transition from the ground state to the first excited one, of which the frequency drops out:
///
///   A = N_A / (12 ε₀ c²) |∂M/∂Q|² = N_A π K / (3 c²) |∂M/∂Q|²        ∂M/∂Q = Σ_a ∂M/∂r_a q_a/√m_a
///
/// | symbol | code name | meaning | unit |
/// |--------|-----------|---------|------|
/// | N_A | `KILOMETER_PER_MOLE` | Avogadro constant | 1/mol |
/// | K | `COULOMB` | e²/4πε₀ | eV·Å |
/// | c | `SPEED_OF_LIGHT` | speed of light | Å/t |
/// | ∂M/∂r | `derivatives` | derivatives of the dipole, `[3·atoms][3]` | e |
/// | q/√m | `motion` | displacements for a unit of the mass-weighted coordinate Q, `[3·atoms]` | 1/√u |
///
/// For 1 e²/u this is 974.88 km/mol, for 1 (D/Å)²/u 42.256 km/mol. Source: Wilson, Decius and Cross, Molecular Vibrations (1955), chapter 7;
/// Porezag and Pederson 1996, doi:10.1103/PhysRevB.54.7830. Checked by `suite::infrared`.
fn intensity(derivatives: &[[f64; 3]], motion: &[f64]) -> f64 {
    let along = motion.iter().zip(derivatives).fold([0.0; 3], |sum, (part, by)| plus(sum, *part, *by));
    dot(along, along) * PI * COULOMB / (3.0 * SPEED_OF_LIGHT * SPEED_OF_LIGHT) / KILOMETER_PER_MOLE
}

/// The matrix with the subspace of `motions` (orthonormal) taken out and put above all other eigenvalues:
/// P·D·P + s·(1 − P), P = 1 − Σ v⊗v. Eigenvectors of the one part then have no share of the other.
fn project(matrix: &DMatrix<f64>, motions: &[DVector<f64>]) -> DMatrix<f64> {
    let size = matrix.nrows();
    let outside = motions.iter().fold(DMatrix::zeros(size, size), |sum, motion| sum + motion * motion.transpose());
    let inside = DMatrix::identity(size, size) - &outside;
    // No eigenvalue is larger than the largest sum of absolute values of a row (Gershgorin).
    let bound = matrix.row_iter().map(|row| row.iter().map(|entry| entry.abs()).sum::<f64>()).fold(0.0, f64::max);
    let projected = &inside * matrix * &inside;
    let symmetric = (&projected + projected.transpose()) * 0.5;
    symmetric + outside * (2.0 * bound + 1.0)
}

/// Orthonormal mass-weighted translations and, where they are free, rotations about the principal axes; of a wire that about its axis.
fn overall_motions(free: FreeMotion, system: &System) -> Vec<DVector<f64>> {
    if free == FreeMotion::None {
        return Vec::new();
    }
    let size = 3 * system.atom_count();
    let weighted = |motion: &dyn Fn(usize) -> [f64; 3]| {
        DVector::from_fn(size, |row, _| system.masses[row / 3].sqrt() * motion(row / 3)[row % 3])
    };
    let axes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let mut motions: Vec<DVector<f64>> = axes.iter().map(|axis| weighted(&|_| *axis)).collect();
    let center = center_of_mass(system);
    if let Some(axis) = system.cell.and_then(|cell| cell.wire_axis()) {
        // A wire turns about its axis without a change of energy; a chain of atoms on it does not move.
        let turn = weighted(&|atom| cross(axis, difference(system.positions[atom], center)));
        if turn.norm() > 1.0e-6 * system.masses.iter().sum::<f64>().sqrt() {
            motions.push(turn);
        }
    }
    if free == FreeMotion::All {
        for (_, axis) in principal_axes(system) {
            motions.push(weighted(&|atom| cross(axis, difference(system.positions[atom], center))));
        }
    }
    // Exactly orthogonal but for rounding; Gram and Schmidt take that out too.
    let mut orthonormal: Vec<DVector<f64>> = Vec::new();
    for motion in motions {
        let mut rest = motion.normalize();
        for other in &orthonormal {
            rest.axpy(-other.dot(&rest), other, 1.0);
        }
        orthonormal.push(rest.normalize());
    }
    orthonormal
}

/// Principal axes with their moments of inertia in u·Å²: three, two for a linear molecule, none for an atom.
pub(super) fn principal_axes(system: &System) -> Vec<(f64, [f64; 3])> {
    let decomposition = nalgebra::SymmetricEigen::new(nalgebra::Matrix3::from(inertia(system)));
    let largest = decomposition.eigenvalues.max();
    let axes = decomposition.eigenvalues.iter().zip(decomposition.eigenvectors.column_iter());
    axes.filter(|(moment, _)| **moment > LINEAR * largest)
        .map(|(moment, axis)| (*moment, [axis[0], axis[1], axis[2]]))
        .collect()
}
