//! A minimization from its input.

use crate::settings::LARGEST_STRESS;
use crate::settings::{CellMinimization, MinimizeInput, MinimizeMethod};
use cormorant_core::system::{Cell, System};
use cormorant_core::units::pressure_unit;
use cormorant_core::{Error, Result};
use cormorant_dynamics::dynamics::ForceEvaluator;
use cormorant_dynamics::minimize::{CellFreedom, CellGoal, Fire, Goal, LimitedMemory, Minimizer, Minimum};

impl MinimizeInput {
    /// Move the atoms of `system` to a minimum of `field`, as far as the limits allow.
    ///
    /// # Errors
    /// When the potential cannot be evaluated.
    pub fn descend(&self, system: &mut System, field: &mut ForceEvaluator) -> Result<Minimum> {
        let goal = self.goal(system.cell.as_ref())?;
        self.minimizer().minimize(system, field, &goal, &mut |_, _, _| Ok(()))
    }

    /// What is to be reached by a system in `cell`.
    pub(super) fn goal(&self, cell: Option<&Cell>) -> Result<Goal> {
        Ok(Goal {
            force_tolerance: self.force_tolerance.value(),
            most_evaluations: self.most_evaluations,
            cell: match cell {
                Some(cell) => self.cell_goal(cell)?,
                None if self.cell == CellMinimization::Fixed => None,
                None => {
                    return Err(Error::Invalid(
                        "there is no cell to minimize; give `cell` in [structure], or leave `cell` in [minimize] out"
                            .into(),
                    ));
                }
            },
            held: None,
        })
    }

    /// The way downhill.
    pub(super) fn minimizer(&self) -> Box<dyn Minimizer> {
        match self.method {
            MinimizeMethod::LBfgs => Box::new(LimitedMemory::default()),
            MinimizeMethod::Fire => Box::new(Fire::default()),
        }
    }

    fn cell_goal(&self, cell: &Cell) -> Result<Option<CellGoal>> {
        let freedom = match self.cell {
            CellMinimization::Fixed => return Ok(None),
            CellMinimization::Isotropic => CellFreedom::Isotropic,
            CellMinimization::Anisotropic => CellFreedom::Anisotropic,
            CellMinimization::Full => CellFreedom::Full,
        };
        let (Some(pressure), Some(stress)) = (&self.pressure, &self.largest_stress) else { return Ok(None) };
        let stress_tolerance = if stress.text() == LARGEST_STRESS {
            // The default stands for 0.01 N/m of a slab and 0.01 nN of a wire: as much in a layer of 1 nm.
            0.01 * pressure_unit(cell.dimensions()).1
        } else {
            stress.for_cell("largest_stress", cell)?
        };
        Ok(Some(CellGoal { freedom, pressure: pressure.for_cell("pressure", cell)?, stress_tolerance }))
    }
}

/// What to say when a minimum was not reached.
pub(super) fn missed(minimum: &Minimum, system: &System, input: &MinimizeInput) -> String {
    let (unit, size) = pressure_unit(system.cell.map_or(3, |cell| cell.dimensions()));
    let remedy = if minimum.evaluations < input.most_evaluations {
        // The search ended by itself: no step along the forces lowers the energy as it is computed.
        "the energy does not fall any more along these forces, as happens below the rounding of f32; write `precision = \"f64\"` in [potential], \
         or raise the tolerances in [minimize]"
    } else {
        "raise `most_evaluations` or the tolerances in [minimize]"
    };
    format!(
        "no minimum was found within {} evaluations (the largest force is still {:.1e} eV/Å, the largest component of stress + \
         pressure {:.1e} {unit}); {remedy}",
        minimum.evaluations,
        minimum.largest_force,
        minimum.largest_stress / size
    )
}
