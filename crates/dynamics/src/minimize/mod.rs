//! Minimization of the energy over atoms and, if wanted, the cell: FIRE and L-BFGS.

mod fire;
mod glide;
mod held;
mod landscape;
mod lbfgs;

pub use fire::Fire;
pub use glide::Glide;
pub use held::Held;
pub use lbfgs::LimitedMemory;

use crate::dynamics::ForceEvaluator;
use cormorant_core::Result;
use cormorant_core::system::{Cell, System};

/// When a minimum is good enough, and what may move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// Largest force on an atom in eV/Å that is allowed to remain.
    pub force_tolerance: f64,
    /// Evaluations of the potential after which to give up.
    pub most_evaluations: u64,
    /// With the cell: pressure in eV/Å³ (slab: eV/Å², wire: eV/Å) that it is under, and the largest deviation of a component of the stress from it.
    pub cell: Option<CellGoal>,
    /// A coordinate that keeps its value, in a cell that does not change.
    pub held: Option<Held>,
}

/// Which changes of the cell are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CellFreedom {
    /// One factor for all repeating directions: the shape stays.
    Isotropic,
    /// A factor each along x, y and z, where the cell repeats along them.
    Anisotropic,
    /// Any deformation within the space of the repeating directions.
    #[default]
    Full,
}

impl CellFreedom {
    /// What of a gradient with respect to the deformation of `cell`, or of a stress, can be followed: nothing along open
    /// directions.
    #[must_use]
    pub fn allowed(self, tensor: [[f64; 3]; 3], cell: &Cell) -> [[f64; 3]; 3] {
        let tensor = cell.along_repeating(&tensor);
        let [x, y, z] = match self {
            Self::Full => return tensor,
            Self::Anisotropic => [tensor[0][0], tensor[1][1], tensor[2][2]],
            Self::Isotropic => {
                let mean = (tensor[0][0] + tensor[1][1] + tensor[2][2]) / cell.dimensions() as f64;
                if cell.dimensions() < 3 {
                    return cell.projector().map(|row| row.map(|entry| mean * entry));
                }
                [mean; 3]
            }
        };
        [[x, 0.0, 0.0], [0.0, y, 0.0], [0.0, 0.0, z]]
    }
}

/// What is asked of the cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellGoal {
    /// Which changes of the cell are allowed.
    pub freedom: CellFreedom,
    /// Outer pressure in eV/Å³; in eV/Å² for a slab, eV/Å for a wire.
    pub pressure: f64,
    /// Largest remaining component of stress + pressure, in the unit of the pressure.
    pub stress_tolerance: f64,
}

impl Default for Goal {
    /// 1 meV/Å within 10 000 evaluations, the cell fixed.
    fn default() -> Self {
        Self { force_tolerance: 1.0e-3, most_evaluations: 10_000, cell: None, held: None }
    }
}

/// What came of a minimization.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minimum {
    /// Whether the goal was reached.
    pub converged: bool,
    /// Steps taken.
    pub steps: u64,
    /// Evaluations of the potential.
    pub evaluations: u64,
    /// Energy in eV, without the work against the pressure.
    pub energy: f64,
    /// Largest force on an atom in eV/Å.
    pub largest_force: f64,
    /// Largest component of stress + pressure in eV/Å³ (slab: eV/Å², wire: eV/Å); 0 where the cell is fixed.
    pub largest_stress: f64,
}

/// A way downhill.
pub trait Minimizer {
    /// Move `system` to a minimum of the energy, or as far as the goal allows; momenta are left alone. On return `field`
    /// belongs to the final positions. `watch` is called after every step with what was reached.
    ///
    /// # Errors
    /// When the potential cannot be evaluated, a cell is to be minimized that is not there, or `watch` fails.
    fn minimize(
        &self,
        system: &mut System,
        field: &mut ForceEvaluator,
        goal: &Goal,
        watch: &mut dyn FnMut(&System, &ForceEvaluator, &Minimum) -> Result<()>,
    ) -> Result<Minimum>;
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

/// Shorten `step` so that no atom (no three components) moves more than `limit`.
fn shorten(step: &mut [f64], limit: f64) {
    let largest = step.chunks(3).map(|part| dot(part, part)).fold(0.0, f64::max).sqrt();
    if largest > limit {
        for component in step.iter_mut() {
            *component *= limit / largest;
        }
    }
}
