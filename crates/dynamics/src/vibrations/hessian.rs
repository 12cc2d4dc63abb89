//! Second derivatives of the energy.

use nalgebra::DMatrix;

use crate::dynamics::positive;
use cormorant_core::parallel::share;
use cormorant_core::system::System;
use cormorant_core::system::vector::difference;
use cormorant_core::{Error, Result};
use cormorant_potential::{Evaluation, Potential, RequestedProperties};

/// The Hessian ∂²E/∂r_a∂r_b in eV/Å², `[3·atoms][3·atoms]`, by central differences of forces:
///
///   H_ab = −[F_b(r + h·e_a) − F_b(r − h·e_a)] / 2h
///
/// | symbol | here           | unit |
/// |--------|----------------|------|
/// | h      | `displacement` | Å    |
/// | e_a    | unit vector along coordinate a | |
/// | F      | forces         | eV/Å |
///
/// The error is h²/6 times the fourth derivatives, plus the rounding of forces over h. The matrix is symmetrised.
/// Source: Fornberg 1988, doi:10.1090/S0025-5718-1988-0935077-0, table 1. Checked by `suite::vibrations`.
#[derive(Debug, Clone, PartialEq)]
pub struct Hessian {
    matrix: DMatrix<f64>,
    asymmetry: f64,
    by_position: Vec<[f64; 3]>,
}

impl Hessian {
    /// The Hessian of the energy of `system`, the coordinates shared among `potentials`, which have to be alike. The same
    /// bits for any number of them.
    ///
    /// # Errors
    /// When the displacement is not positive, the system has constraints, or the potential cannot be evaluated.
    pub fn by_differences(potentials: &mut [Box<dyn Potential>], system: &System, displacement: f64) -> Result<Self> {
        positive("the displacement", displacement)?;
        if !system.constraints.is_empty() {
            return Err(Error::Invalid(
                "vibrations with fixed atoms or distances are not supported; leave [constraints] out".into(),
            ));
        }
        let mut workers: Vec<Worker<'_>> = potentials
            .iter_mut()
            .map(|potential| Worker {
                potential: potential.as_mut(),
                system: system.clone(),
                into: Evaluation::default(),
            })
            .collect();
        let size = 3 * system.atom_count();
        let rows = share(&mut workers, size, |worker, coordinate| worker.row(coordinate, displacement))?;
        let hessian = Self::from_matrix(DMatrix::from_fn(size, size, |row, column| rows[row].forces[column]));
        let by_position: Option<Vec<[f64; 3]>> = rows.iter().map(|row| row.dipole).collect();
        Ok(Self { by_position: by_position.unwrap_or_default(), ..hessian })
    }

    /// A Hessian that was found in another way: `raw`, square, in eV/Å², is symmetrised.
    #[must_use]
    pub fn from_matrix(raw: DMatrix<f64>) -> Self {
        let matrix = (&raw + raw.transpose()) * 0.5;
        Self { asymmetry: (raw - &matrix).amax() * 2.0, matrix, by_position: Vec::new() }
    }

    /// The matrix, in eV/Å².
    #[must_use]
    pub fn matrix(&self) -> &DMatrix<f64> {
        &self.matrix
    }

    /// Derivatives ∂M/∂r_a of the dipole in e by the same differences, `[3·atoms][3]`; empty where the potential has no charges.
    #[must_use]
    pub fn dipole_derivatives(&self) -> &[[f64; 3]] {
        &self.by_position
    }

    /// Largest difference of H_ab and H_ba before they were averaged, in eV/Å²: a measure of the error of the differences.
    #[must_use]
    pub fn asymmetry(&self) -> f64 {
        self.asymmetry
    }
}

/// What the displacements of one coordinate give.
struct Row {
    /// Row of the Hessian in eV/Å².
    forces: Vec<f64>,
    /// Derivative of the dipole in e, where the potential has charges.
    dipole: Option<[f64; 3]>,
}

/// What one thread needs.
struct Worker<'a> {
    potential: &'a mut dyn Potential,
    system: System,
    into: Evaluation,
}

impl Worker<'_> {
    /// Row `coordinate` of the Hessian.
    fn row(&mut self, coordinate: usize, displacement: f64) -> Result<Row> {
        let (atom, axis) = (coordinate / 3, coordinate % 3);
        let rest = self.system.positions[atom][axis];
        self.into.forget_extras();
        let mut at = |place: f64| {
            self.system.positions[atom][axis] = place;
            let evaluated = self.potential.evaluate(&self.system, RequestedProperties::default(), &mut self.into);
            let dipole = self.into.dipole(&self.system);
            self.system.positions[atom][axis] = rest;
            evaluated.map(|()| (self.into.forces.as_flattened().to_vec(), dipole))
        };
        let ((up, dipole_up), (down, dipole_down)) = (at(rest + displacement)?, at(rest - displacement)?);
        // What was really moved, rounding included.
        let width = (rest + displacement) - (rest - displacement);
        Ok(Row {
            forces: up.iter().zip(&down).map(|(up, down)| (down - up) / width).collect(),
            dipole: dipole_up.zip(dipole_down).map(|(up, down)| difference(up, down).map(|change| change / width)),
        })
    }
}
