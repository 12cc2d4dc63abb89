//! `cormorant evaluate`.

use std::fmt::Write;
use std::path::Path;

use serde::Serialize;

use super::arguments::EvaluateArguments;
use super::batch::{self, Results};
use super::group_table;
use super::known::require_known;

use crate::fit::{DataSet, Errors, GroupErrors, GroupMetrics, LabelCounts, Metrics, RelativeErrors};
use crate::parallel::share;
use crate::potential::{Evaluation, Potential, Want};
use crate::system::System;
use crate::{Error, Result};

/// Compare the model with the labels of the data, or write what it gives for every frame.
pub(super) fn evaluate(arguments: &EvaluateArguments) -> Result<()> {
    if super::property::is_meant(&arguments.model)? {
        return super::property::evaluate(arguments);
    }
    if let Some(out) = &arguments.out {
        return predictions(arguments, out);
    }
    let data = &arguments.data;
    let set = arguments.labels.read(data)?;
    let (errors, groups) = errors(arguments, &set)?;
    let counts = set.counts();
    if arguments.json {
        let groups = (groups.groups(), groups.relative());
        let whole =
            Compared { errors: &errors, labels: counts, groups: groups.0, relative: groups.1, notes: &set.notes };
        let object = serde_json::to_string(&whole).map_err(|error| Error::Invalid(error.to_string()))?;
        println!("{object}");
        return Ok(());
    }
    println!("{}: {}", data.display(), set.units);
    println!("{} frames, {} atoms in all", errors.frames, errors.atoms);
    println!("{counts}");
    set.notes.iter().for_each(|note| println!("note: {note}"));
    line("", "MAE", "RMSE");
    if counts.energies > 0 {
        numbers("energy / meV", errors.energy_mae, errors.energy_rmse);
        numbers("energy / (meV/atom)", errors.energy_mae_per_atom, errors.energy_rmse_per_atom);
    }
    if counts.forces > 0 {
        numbers("force / (meV/Å)", errors.force_mae, errors.force_rmse);
    }
    for one in &errors.elements {
        numbers(&format!("  on {} / (meV/Å)", one.element), one.force_mae, one.force_rmse);
    }
    if let (Some(mae), Some(rmse)) = (errors.virial_mae_per_atom, errors.virial_rmse_per_atom) {
        numbers("virial / (meV/atom)", mae, rmse);
    }
    if counts.forces > 0 {
        println!("largest error of a force component: {:.1} meV/Å", errors.force_largest);
    }
    group_table::print(&groups);
    Ok(())
}

/// What the JSON object holds.
#[derive(Serialize)]
struct Compared<'e> {
    #[serde(flatten)]
    errors: &'e Errors,
    labels: LabelCounts,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<GroupErrors>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relative: Vec<RelativeErrors>,
    #[serde(skip_serializing_if = "no_notes")]
    notes: &'e [String],
}

fn no_notes(notes: &&[String]) -> bool {
    notes.is_empty()
}

fn line(name: &str, first: &str, second: &str) {
    println!("{name:<28}{first:>12}{second:>12}");
}

fn numbers(name: &str, mae: f64, rmse: f64) {
    line(name, &format!("{mae:.3}"), &format!("{rmse:.3}"));
}

/// Errors over all frames, which the threads share among them.
fn errors(arguments: &EvaluateArguments, set: &DataSet) -> Result<(Errors, GroupMetrics)> {
    let frames = &set.configurations;
    let mut potentials = batch::potentials(&arguments.model, arguments.computing, frames.len())?;
    let found = share(&mut potentials, frames.len(), |potential, index| {
        let frame = &frames[index];
        let want = Want { virial: frame.virial.is_some(), atom_energies: false };
        let system = System::new(frame.elements.clone(), frame.positions.clone(), frame.cell);
        system.and_then(|system| predict(potential.as_mut(), &system, want)).map_err(|error| match error {
            Error::Invalid(reason) => Error::data(&set.path, format!("frame {index}: {reason}")),
            other => other,
        })
    })?;
    // Added in the order of the frames, so that the sums do not depend on the number of threads.
    let (mut metrics, mut groups) = (Metrics::default(), GroupMetrics::default());
    for (frame, found) in frames.iter().zip(&found) {
        metrics.add(frame, found.energy, &found.forces, found.virial.as_ref());
        groups.add(frame, found.energy, &found.forces);
    }
    Ok((metrics.errors(), groups))
}

fn predict(potential: &mut dyn Potential, system: &System, want: Want) -> Result<Evaluation> {
    require_known(potential, &system.elements)?;
    let mut found = Evaluation::default();
    potential.evaluate(system, want, &mut found)?;
    Ok(found)
}

/// Energies and forces of every frame, with stress where there is a cell, to `out` and the table beside it.
fn predictions(arguments: &EvaluateArguments, out: &Path) -> Result<()> {
    let results = Results::open(out, arguments.force)?;
    let path = &arguments.data;
    let systems = batch::systems(path, &arguments.reading)?;
    let mut potentials = batch::potentials(&arguments.model, arguments.computing, systems.len())?;
    batch::require_all_known(path, &systems, potentials[0].as_ref())?;
    let found = share(&mut potentials, systems.len(), |potential, index| {
        let want = Want { virial: systems[index].cell.is_some(), atom_energies: false };
        predict(potential.as_mut(), &systems[index], want).map_err(|error| batch::in_frame(path, index, error))
    })?;
    let spread = found[0].spread.is_some();
    let more = if spread { ",energy_spread/eV,largest_force_spread/(eV/Å)" } else { "" };
    let mut table = format!("frame,atoms,energy/eV,largest_force/(eV/Å){more}\n");
    for (index, one) in found.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(table, "{index},{},{:.9},{:.6}", one.forces.len(), one.energy, batch::largest_force(one));
        if let Some(spread) = &one.spread {
            let _ = write!(table, ",{:.9},{:.6}", spread.energy, spread.largest().1);
        }
        table.push('\n');
    }
    let pairs: Vec<(System, Evaluation)> = systems.into_iter().zip(found).collect();
    results.write(&pairs, &table)?;
    println!("{} structures", pairs.len());
    results.announce();
    Ok(())
}
