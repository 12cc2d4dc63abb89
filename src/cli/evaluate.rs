//! `cormorant evaluate`.

use std::fmt::Write;
use std::path::Path;

use serde::Serialize;

use super::arguments::EvaluateArguments;
use super::batch::{self, Results};
use super::depth::{Depth, DepthSummary};
use super::errors::{self, predict};
use super::group_table;

use cormorant_core::parallel::share;
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_fit::{Errors, GroupErrors, GroupMetrics, LabelCounts, RelativeErrors};
use cormorant_potential::{Evaluation, RequestedProperties};

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
    let frames = &set.configurations;
    let mut potentials = batch::potentials(&arguments.model, arguments.computing, frames.len())?;
    let found = errors::predictions(&mut potentials, &set.path, frames)?;
    let errors = errors::errors(frames, &found);
    let mut groups = GroupMetrics::default();
    frames.iter().zip(&found).for_each(|(frame, found)| groups.add(frame, found.energy, &found.forces));
    let systems = frames
        .iter()
        .map(|frame| System::new(frame.elements.clone(), frame.positions.clone(), frame.cell))
        .collect::<Result<Vec<_>>>()?;
    let depth = Depth::of(&arguments.model, &systems, potentials.len())?;
    let counts = set.counts();
    if arguments.json {
        let whole = Compared {
            errors: &errors,
            extrapolation: depth.as_ref().map(Depth::summary),
            labels: counts,
            groups: groups.groups(),
            relative: groups.relative(),
            notes: &set.notes,
        };
        let object = cormorant_core::json::text(&whole).map_err(Error::Invalid)?;
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
    if let (Some(mae), Some(rmse)) = (errors.stress_mae, errors.stress_rmse) {
        numbers("stress / GPa", mae, rmse);
    }
    if counts.forces > 0 {
        println!("largest error of a force component: {:.1} meV/Å", errors.force_largest);
    }
    group_table::print(&groups);
    if let Some(depth) = depth {
        depth.print();
    }
    Ok(())
}

/// What the JSON object holds.
#[derive(Serialize)]
struct Compared<'e> {
    #[serde(flatten)]
    errors: &'e Errors,
    #[serde(skip_serializing_if = "Option::is_none")]
    extrapolation: Option<DepthSummary>,
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

/// Energies and forces of every frame, with stress where there is a cell, to `out` and the table beside it.
fn predictions(arguments: &EvaluateArguments, out: &Path) -> Result<()> {
    let results = Results::open(out, arguments.force)?;
    let path = &arguments.data;
    let systems = batch::systems(path, &arguments.reading)?;
    let mut potentials = batch::potentials(&arguments.model, arguments.computing, systems.len())?;
    batch::require_all_known(path, &systems, potentials[0].as_ref())?;
    let found = share(&mut potentials, systems.len(), |potential, index| {
        let want = RequestedProperties { virial: systems[index].cell.is_some(), atom_energies: false };
        predict(potential.as_mut(), &systems[index], want).map_err(|error| batch::in_frame(path, index, error))
    })?;
    let spread = found[0].spread.is_some();
    let more = if spread { ",energy_spread/eV,largest_force_spread/(eV/Å)" } else { "" };
    let depth = Depth::of(&arguments.model, &systems, potentials.len())?;
    let outside = if depth.is_some() { ",grade/1,closest_contact/1" } else { "" };
    let mut table = format!("frame,atoms,energy/eV,largest_force/(eV/Å){more}{outside}\n");
    for (index, one) in found.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(table, "{index},{},{:.9},{:.6}", one.forces.len(), one.energy, batch::largest_force(one));
        if let Some(spread) = &one.spread {
            let _ = write!(table, ",{:.9},{:.6}", spread.energy, spread.largest().1);
        }
        if let Some(depth) = &depth {
            let [grade, contact] = depth.numbers(index);
            let _ = write!(table, ",{grade:.4},{contact:.4}");
        }
        table.push('\n');
    }
    let pairs: Vec<(System, Evaluation)> = systems.into_iter().zip(found).collect();
    let numbers: Vec<_> = (0..pairs.len()).map(|frame| depth.as_ref().map(|depth| depth.numbers(frame))).collect();
    results.write(&pairs, &numbers, &table)?;
    println!("{} structures", pairs.len());
    if let Some(depth) = depth {
        depth.print();
    }
    results.announce();
    Ok(())
}
