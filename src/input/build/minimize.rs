//! A minimisation from its input.

use crate::Result;
use crate::dynamics::Field;
use crate::input::{MinimizeInput, MinimizeMethod};
use crate::minimize::{Fire, Goal, LimitedMemory, Minimizer, Minimum};
use crate::system::System;

impl MinimizeInput {
    /// Move the atoms of `system` to a minimum of `field`, as far as the limits allow.
    ///
    /// # Errors
    /// When the potential cannot be evaluated.
    pub fn descend(&self, system: &mut System, field: &mut Field) -> Result<Minimum> {
        let goal =
            Goal { largest_force: self.largest_force.value(), most_evaluations: self.most_evaluations, cell: None };
        let minimizer: Box<dyn Minimizer> = match self.method {
            MinimizeMethod::LBfgs => Box::new(LimitedMemory::default()),
            MinimizeMethod::Fire => Box::new(Fire::default()),
        };
        minimizer.minimize(system, field, &goal, &mut |_, _, _| Ok(()))
    }
}

/// What to say when a minimum was not reached.
pub(super) fn missed(minimum: &Minimum) -> String {
    format!(
        "no minimum was found within {} evaluations (the largest force is still {:.1e} eV/Å); raise `most_evaluations` or \
         `largest_force` of [minimize]",
        minimum.evaluations, minimum.largest_force
    )
}
