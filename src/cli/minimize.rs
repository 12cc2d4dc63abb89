//! `cormorant minimize`.

use std::fmt::Write;

use super::arguments::MinimizeArguments;
use super::batch::{self, Results};
use crate::input::{MinimizeInput, Quantity};
use cormorant_core::Result;
use cormorant_core::parallel::share;
use cormorant_core::system::System;
use cormorant_core::units::Dimension;
use cormorant_dynamics::dynamics::ForceEvaluator;
use cormorant_dynamics::minimize::Minimum;
use cormorant_potential::Evaluation;

/// What came of one structure.
struct Descent {
    before: f64,
    minimum: Minimum,
    system: System,
    evaluation: Evaluation,
}

/// Minimize every structure of a file.
pub(super) fn minimize(arguments: &MinimizeArguments) -> Result<()> {
    let default = MinimizeInput::default();
    let how = MinimizeInput {
        method: arguments.method,
        largest_force: match &arguments.largest_force {
            Some(text) => Quantity::new(text, Dimension::Force)?,
            None => default.largest_force,
        },
        most_evaluations: arguments.most_evaluations,
        ..MinimizeInput::default()
    };
    let results = Results::open(&arguments.out, arguments.force)?;
    let path = &arguments.structures;
    let systems = batch::systems(path, &arguments.reading)?;
    let mut potentials: Vec<Option<_>> =
        batch::potentials(&arguments.model, arguments.computing, systems.len())?.into_iter().map(Some).collect();
    if let Some(Some(first)) = potentials.first() {
        batch::require_all_known(path, &systems, first.as_ref())?;
    }
    let found = share(&mut potentials, systems.len(), |potential, index| {
        descend(potential, &systems[index], &how).map_err(|error| batch::in_frame(path, index, error))
    })?;
    let missed = found.iter().filter(|descent| !descent.minimum.converged).count();
    let table = table(&found);
    let pairs: Vec<(System, Evaluation)> =
        found.into_iter().map(|descent| (descent.system, descent.evaluation)).collect();
    results.write(&pairs, &[], &table)?;
    if !arguments.quiet {
        println!("{} structures, of which {} reached {}", pairs.len(), pairs.len() - missed, how.largest_force);
        if missed > 0 {
            println!("warning: {missed} did not within {} evaluations; the table says which", how.most_evaluations);
        }
        results.announce();
    }
    Ok(())
}

/// Minimize one structure; the potential is lent to a field and comes back.
fn descend(
    potential: &mut Option<Box<dyn cormorant_potential::Potential>>,
    from: &System,
    how: &MinimizeInput,
) -> Result<Descent> {
    let Some(own) = potential.take() else {
        return Err(cormorant_core::Error::Invalid("the potential of this thread failed before".into()));
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
