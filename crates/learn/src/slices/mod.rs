//! The energy of a committee along the slowest coordinates of a structure: where it is smooth, where its members disagree, and where no
//! labeled structure is.
//!
//! | coordinate | of | the rest |
//! |---|---|---|
//! | turn about a single bond | molecules | at rest |
//! | soft normal mode | molecules | moves along internal coordinates |
//! | volume of the cell, area of a slab, length of a wire | cells | scaled; molecules move as wholes |

mod committee_energy;
mod measures;
mod slice;
mod soft_modes;
mod turns;

pub use slice::{Slice, SlicePoint};

use committee_energy::CommitteeEnergy;
use cormorant_core::system::{System, find_bonds};
use cormorant_core::{Error, Result};
use cormorant_dynamics::dynamics::ForceEvaluator;
use cormorant_dynamics::minimize::{Goal, LimitedMemory, Minimizer};
use cormorant_potential::{Committee, Potential};

/// Most slices of a structure.
const MOST: usize = 4;
/// Most of them that are turns about bonds.
const MOST_TURNS: usize = 3;
/// Evaluations after which a minimization ends where it is.
const EVALUATIONS: u64 = 500;

/// Slices, and why others are missing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Slices {
    /// The slices, slowest first.
    pub slices: Vec<Slice>,
    /// What could not be made, or what a reader should know of it.
    pub remarks: Vec<String>,
}

/// Slices of the energy through the minimum next to `start`. `members` makes the members of the committee, `labeled` are structures that
/// it knows, and `temperature` (K) says how far soft modes are followed.
///
/// # Errors
/// When a member cannot be made, or the structure cannot be evaluated. A slice that cannot be made is a remark.
pub fn slices(
    start: &System,
    labeled: &[System],
    members: &dyn Fn() -> Result<Vec<Box<dyn Potential>>>,
    temperature: f64,
) -> Result<Slices> {
    let mut found = Slices::default();
    let mut minimum = start.clone();
    minimum.momenta.fill([0.0; 3]);
    let mut field = ForceEvaluator::new(mean(members()?)?, &minimum)?;
    let goal = Goal { force_tolerance: 5.0e-3, most_evaluations: EVALUATIONS, ..Goal::default() };
    LimitedMemory::default().minimize(&mut minimum, &mut field, &goal, &mut |_, _, _| Ok(()))?;
    if find_bonds(&minimum)? != find_bonds(start)? {
        found.remarks.push("minimizing the structure changes its bonds: look at it with `cormorant minimize`".into());
    }
    let mut energy = CommitteeEnergy::new(members()?, &minimum)?;
    let same: Vec<&System> = labeled.iter().filter(|other| other.elements == minimum.elements).collect();
    let mut keep = |name: &str, made: Result<Slice>| match made {
        Ok(slice) if slice.points.len() > 2 => found.slices.push(slice),
        Ok(_) => found.remarks.push(format!("{name}: no structures could be made along it")),
        Err(error) => found.remarks.push(format!("{name}: {error}")),
    };
    if minimum.cell.is_some() {
        let name = measures::name(&minimum);
        keep(name, measures::slice(&minimum, &same, &mut energy));
        return Ok(found);
    }
    let turns = turns::slowest(&minimum, MOST_TURNS)?;
    for turn in &turns {
        keep(&turn.name, turn.slice(&minimum, &same, (&mut field, &goal), &mut energy));
    }
    let modes = soft_modes::softest(&minimum, mean(members()?)?, MOST - turns.len());
    match modes {
        Ok(modes) => {
            for mode in &modes {
                keep(&mode.name, mode.slice(&minimum, temperature, &mut energy));
            }
        }
        Err(Error::Structure(_)) => {}
        Err(error) => found.remarks.push(format!("soft modes: {error}")),
    }
    Ok(found)
}

/// The mean of several members, or the only one.
fn mean(mut members: Vec<Box<dyn Potential>>) -> Result<Box<dyn Potential>> {
    match members.len() {
        1 => Ok(members.remove(0)),
        _ => Ok(Box::new(Committee::new(members)?)),
    }
}
