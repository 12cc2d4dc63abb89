//! A minimisation from its input.

use crate::Result;
use crate::dynamics::Field;
use crate::input::{CellMinimization, MinimizeInput, MinimizeMethod};
use crate::minimize::{CellFreedom, CellGoal, Fire, Goal, LimitedMemory, Minimizer, Minimum};
use crate::system::System;
use crate::units::GIGAPASCAL;

impl MinimizeInput {
    /// Move the atoms of `system` to a minimum of `field`, as far as the limits allow.
    ///
    /// # Errors
    /// When the potential cannot be evaluated.
    pub fn descend(&self, system: &mut System, field: &mut Field) -> Result<Minimum> {
        let goal = Goal {
            largest_force: self.largest_force.value(),
            most_evaluations: self.most_evaluations,
            cell: self.cell_goal(),
        };
        let minimizer: Box<dyn Minimizer> = match self.method {
            MinimizeMethod::LBfgs => Box::new(LimitedMemory::default()),
            MinimizeMethod::Fire => Box::new(Fire::default()),
        };
        minimizer.minimize(system, field, &goal, &mut |_, _, _| Ok(()))
    }

    fn cell_goal(&self) -> Option<CellGoal> {
        let freedom = match self.cell {
            CellMinimization::Fixed => return None,
            CellMinimization::Isotropic => CellFreedom::Isotropic,
            CellMinimization::Anisotropic => CellFreedom::Anisotropic,
            CellMinimization::Full => CellFreedom::Full,
        };
        let (pressure, stress) = (self.pressure.as_ref()?.value(), self.largest_stress.as_ref()?.value());
        Some(CellGoal { freedom, pressure, largest_stress: stress })
    }
}

/// What to say when a minimum was not reached.
pub(super) fn missed(minimum: &Minimum) -> String {
    format!(
        "no minimum was found within {} evaluations (the largest force is still {:.1e} eV/Å, the largest component of stress + \
         pressure {:.1e} GPa); raise `most_evaluations` or what may remain in [minimize]",
        minimum.evaluations,
        minimum.largest_force,
        minimum.largest_stress / GIGAPASCAL
    )
}
