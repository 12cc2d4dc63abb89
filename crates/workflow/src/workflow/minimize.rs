//! Every structure of a file to a minimum of the energy.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::Models;
use super::batch::{self, Computing, WrittenResults};
use crate::settings::MinimizeInput;
use cormorant_core::Result;
use cormorant_core::parallel::share;
use cormorant_core::system::{System, bonds_changed};
use cormorant_dynamics::dynamics::ForceEvaluator;
use cormorant_dynamics::minimize::Minimum;
use cormorant_potential::Evaluation;

/// Structures at minima of the energy, as far as these were reached.
pub struct Minimized {
    /// Number of structures.
    pub structures: usize,
    /// How many of them did not reach a minimum.
    pub missed: usize,
    /// Those without a cell whose bonds are others at the minimum, counted from 0.
    pub changed: Vec<usize>,
    /// What a user should know of how charges and spins are taken, if anything.
    pub note: Option<String>,
    /// Where they are, with a table that says what became of each.
    pub files: WrittenResults,
}

/// What came of one structure.
pub(super) struct Descent {
    before: f64,
    pub(super) minimum: Minimum,
    pub(super) system: System,
    pub(super) evaluation: Evaluation,
}

/// Move each of `systems`, the frames of `path`, to a minimum of the potential of `models` (several are a committee).
///
/// # Errors
/// When a model cannot be read or does not know an element, a frame cannot be evaluated, or `files` cannot be written.
pub fn minimize_file(
    models: &[PathBuf],
    path: &Path,
    systems: &[System],
    files: WrittenResults,
    how: &MinimizeInput,
    computing: Computing,
) -> Result<Minimized> {
    let networks = Models::default();
    let mut potentials: Vec<Option<_>> =
        batch::potentials(&networks, models, &computing, systems.len())?.into_iter().map(Some).collect();
    let note = match potentials.first() {
        Some(Some(first)) => batch::look_at_all(path, systems, first.as_ref())?,
        _ => None,
    };
    let found = share(&mut potentials, systems.len(), |potential, index| {
        descend(potential, &systems[index], how).map_err(|error| batch::in_frame(path, index, error))
    })?;
    let missed = found.iter().filter(|descent| !descent.minimum.converged).count();
    let mut changed = Vec::new();
    for (index, (before, after)) in systems.iter().zip(&found).enumerate() {
        if before.cell.is_none() && bonds_changed(before, &after.system)? {
            changed.push(index);
        }
    }
    let table = table(&found);
    let pairs: Vec<(System, Evaluation)> =
        found.into_iter().map(|descent| (descent.system, descent.evaluation)).collect();
    files.write(&pairs, &[], &table)?;
    Ok(Minimized { structures: pairs.len(), missed, changed, note, files })
}

/// Minimize one structure; the potential is lent to a field and comes back.
pub(super) fn descend(
    potential: &mut Option<Box<dyn cormorant_potential::Potential>>,
    from: &System,
    how: &MinimizeInput,
) -> Result<Descent> {
    let Some(own) = potential.take() else {
        return Err(cormorant_core::Error::Internal("the potential of this thread failed before".into()));
    };
    let mut system = from.clone();
    system.momenta.fill([0.0; 3]);
    let mut field = ForceEvaluator::new(own, &system)?;
    let before = field.last().energy;
    let minimum = how.descend(&mut system, &mut field)?;
    let evaluation = field.last().clone();
    *potential = Some(field.into_potential());
    Ok(Descent { before, minimum, system, evaluation })
}

fn table(found: &[Descent]) -> String {
    let mut text =
        String::from("frame,atoms,energy_before/eV,energy/eV,largest_force/(eV/Å),steps,evaluations,converged\n");
    for (index, descent) in found.iter().enumerate() {
        let minimum = &descent.minimum;
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{index},{},{:.9},{:.9},{:.3e},{},{},{}",
            descent.system.atom_count(),
            descent.before,
            minimum.energy,
            minimum.largest_force,
            minimum.steps,
            minimum.evaluations,
            minimum.converged
        );
    }
    text
}
