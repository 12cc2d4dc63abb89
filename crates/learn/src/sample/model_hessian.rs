//! A model of the stiffness of a structure.

use nalgebra::{DMatrix, DVector};

use super::terms::{Term, terms};
use cormorant_core::Result;
use cormorant_core::system::System;

/// Weight of the Cartesian target beside that of the internal coordinates, in eV/(u·Å²): that of a vibration of 5 cm⁻¹. It says where
/// overall motion ends, and parts of the structure that no coordinate joins.
const TIE: f64 = 9.2e-5;
/// A displacement is followed in steps in which no atom moves farther than this, in Å.
const STEP: f64 = 0.1;
/// Iterations at the last step, and the largest change of a position in Å that ends them.
const ITERATIONS: usize = 100;
const TOLERANCE: f64 = 1.0e-6;

/// The model Hessian of a structure, which is taken for a minimum:
///
///   V(r) = ½ Σ_k f_k [q_k(r) − q_k(r₀)]²      H = Σ_k f_k b_k b_kᵀ,   b_k = ∂q_k/∂r at r₀
///
/// | symbol | here                        | unit         | shape |
/// |--------|-----------------------------|--------------|-------|
/// | r₀     | the structure               | Å            | `[atoms][3]` |
/// | q_k    | stretches, bends, torsions  | Å, rad       | `[terms]` |
/// | f_k    | force constants of [`lindh`](super::lindh) | eV/Å², eV/rad² | `[terms]` |
/// | V      | [`ModelHessian::energy`]    | eV           | scalar |
/// | H      | [`ModelHessian::matrix`]    | eV/Å²        | `[3·atoms][3·atoms]` |
///
/// Source: Lindh and others 1995, doi:10.1016/0009-2614(95)00646-L, where the sums run over all atoms; here stretches with ρ < 10⁻³
/// and bends and torsions with a product of ρ below 10⁻² are left out. Checked by `suite::sample`.
#[derive(Debug, Clone)]
pub struct ModelHessian {
    system: System,
    terms: Vec<Term>,
    matrix: DMatrix<f64>,
}

impl ModelHessian {
    /// Of `system`.
    ///
    /// # Errors
    /// When two atoms overlap or a position is not finite.
    pub fn new(system: &System) -> Result<Self> {
        let size = 3 * system.atom_count();
        let mut new = Self { system: system.clone(), terms: terms(system)?, matrix: DMatrix::zeros(size, size) };
        new.matrix = new.normal_equations(&system.positions, None).0;
        Ok(new)
    }

    /// H in eV/Å².
    #[must_use]
    pub fn matrix(&self) -> &DMatrix<f64> {
        &self.matrix
    }

    /// V in eV at `positions` (Å).
    #[must_use]
    pub fn energy(&self, positions: &[[f64; 3]]) -> f64 {
        let energy = |term: &Term| {
            let (value, _) = term.coordinate.evaluate(positions);
            0.5 * term.stiffness * term.coordinate.change(value, term.rest).powi(2)
        };
        self.terms.iter().map(energy).sum()
    }

    /// Positions (Å) at which every internal coordinate has changed by what it would change to first order in the Cartesian
    /// `displacement` (Å, `[atoms][3]`), so that a large turn about a bond does not stretch others. The coordinates are more than
    /// there are degrees of freedom, so that they are met with least V of what is left. None where that does not converge.
    ///
    /// The method is that of Gauss and Newton, along a path of small steps.
    #[must_use]
    pub fn displaced(&self, displacement: &[[f64; 3]]) -> Option<Vec<[f64; 3]>> {
        let change = |term: &Term| {
            let (_, slopes) = term.coordinate.evaluate(&self.system.positions);
            let sites = term.coordinate.sites().iter().zip(slopes);
            sites.map(|(site, slope)| (0..3).map(|k| slope[k] * displacement[site.atom][k]).sum::<f64>()).sum()
        };
        let changes: Vec<f64> = self.terms.iter().map(change).collect();
        let farthest =
            displacement.iter().map(|vector| cormorant_core::system::vector::norm(*vector)).fold(0.0, f64::max);
        let steps = (farthest / STEP).ceil().max(1.0) as usize;
        let mut positions = self.system.positions.clone();
        for step in 1..=steps {
            let share = step as f64 / steps as f64;
            let last = step == steps;
            let target = Target { changes: &changes, displacement, share };
            let mut converged = false;
            for _ in 0..if last { ITERATIONS } else { 2 } {
                let moved = self.iterate(&mut positions, &target)?;
                converged = moved < TOLERANCE;
                if converged {
                    break;
                }
            }
            if last && !converged {
                return None;
            }
        }
        Some(positions)
    }

    /// One step of Gauss and Newton, shortened until the deviation falls; gives how far the atom moved that moved most, in Å.
    fn iterate(&self, positions: &mut [[f64; 3]], target: &Target<'_>) -> Option<f64> {
        let (matrix, gradient) = self.normal_equations(positions, Some(target));
        let step = matrix.cholesky()?.solve(&gradient);
        let largest = step.as_slice().chunks(3).map(|part| part.iter().map(|x| x * x).sum::<f64>()).fold(0.0, f64::max);
        let largest = largest.sqrt();
        if !largest.is_finite() {
            return None;
        }
        let before = self.deviation(positions, target);
        let start = positions.to_vec();
        let mut scale = (STEP / largest).min(1.0);
        loop {
            for (row, at) in positions.as_flattened_mut().iter_mut().enumerate() {
                *at = start.as_flattened()[row] - scale * step[row];
            }
            // At the end rounding decides whether it falls.
            if self.deviation(positions, target) <= before || scale * largest < TOLERANCE {
                return Some(scale * largest);
            }
            scale *= 0.5;
        }
    }

    /// Half the sum of weighted squares that is made small: internal coordinates and the Cartesian tie, in eV.
    fn deviation(&self, positions: &[[f64; 3]], target: &Target<'_>) -> f64 {
        let terms = self.terms.iter().zip(target.changes).map(|(term, change)| {
            let (value, _) = term.coordinate.evaluate(positions);
            term.stiffness * term.coordinate.change(value, term.rest + target.share * change).powi(2)
        });
        let ties = positions.as_flattened().iter().enumerate().map(|(row, at)| {
            let (atom, axis) = (row / 3, row % 3);
            let goal = self.system.positions[atom][axis] + target.share * target.displacement[atom][axis];
            TIE * self.system.masses[atom] * (at - goal).powi(2)
        });
        0.5 * (terms.sum::<f64>() + ties.sum::<f64>())
    }

    /// The matrix and the gradient of the normal equations at `positions`; with a target, the Cartesian tie is part of both.
    fn normal_equations(&self, positions: &[[f64; 3]], target: Option<&Target<'_>>) -> (DMatrix<f64>, DVector<f64>) {
        let size = 3 * positions.len();
        let (mut matrix, mut gradient) = (DMatrix::zeros(size, size), DVector::zeros(size));
        for (place, term) in self.terms.iter().enumerate() {
            let (value, slopes) = term.coordinate.evaluate(positions);
            let goal = target.map_or(0.0, |target| target.share * target.changes[place]);
            let excess = term.stiffness * term.coordinate.change(value, term.rest + goal);
            let sites = term.coordinate.sites();
            for (one, left) in sites.iter().zip(&slopes) {
                for a in 0..3 {
                    gradient[3 * one.atom + a] += excess * left[a];
                    for (other, right) in sites.iter().zip(&slopes) {
                        for b in 0..3 {
                            matrix[(3 * one.atom + a, 3 * other.atom + b)] += term.stiffness * left[a] * right[b];
                        }
                    }
                }
            }
        }
        if let Some(target) = target {
            for (row, at) in positions.as_flattened().iter().enumerate() {
                let (atom, axis) = (row / 3, row % 3);
                let weight = TIE * self.system.masses[atom];
                let goal = self.system.positions[atom][axis] + target.share * target.displacement[atom][axis];
                matrix[(row, row)] += weight;
                gradient[row] += weight * (at - goal);
            }
        }
        (matrix, gradient)
    }
}

/// Where the coordinates are to be.
struct Target<'a> {
    /// Changes of the internal coordinates, `[terms]`.
    changes: &'a [f64],
    /// And of the positions, `[atoms][3]`.
    displacement: &'a [[f64; 3]],
    /// How much of both, 0 to 1.
    share: f64,
}
