//! `cormorant evaluate`.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::arguments::EvaluateArguments;
use super::{depth, group_table, show, spread, structure};
use cormorant_core::{Error, Result};
use cormorant_fit::{Errors, GroupErrors, LabelCounts, QuantityErrors, RelativeErrors};
use cormorant_workflow::workflow::{
    Comparison, Depth, DepthSummary, Models, SpreadComparison, WrittenResults, compare_with_labels, predict_file,
    predicts_atoms, predicts_property, read_structures, require_free, theory_keys,
};

/// An error of the energy that falls to less than one part in so many when each formula has a constant is that of a constant.
const CONSTANT: f64 = 5.0;

/// Compare the model with the labels of the data, or write what it gives for every frame.
pub(super) fn evaluate(arguments: &EvaluateArguments) -> Result<()> {
    let networks = Models::default();
    if predicts_atoms(&networks, &arguments.model)? {
        return super::atoms::evaluate(&networks, arguments);
    }
    if predicts_property(&networks, &arguments.model)? {
        return super::property::evaluate(&networks, arguments);
    }
    if let Some(out) = &arguments.out {
        return predictions(&networks, arguments, out);
    }
    let data = &arguments.data;
    if let Some(page) = &arguments.report {
        require_free(page, &[data], arguments.force)?;
    }
    let mut set = arguments.labels.read_with(data, theory_keys(&networks, &arguments.model)?)?;
    arguments.state.apply(&mut set)?;
    let found = compare_with_labels(&networks, &arguments.model, &set, (&arguments.computing).into())?;
    set.notes.extend(found.notes.iter().cloned());
    let (errors, counts) = (&found.errors, set.counts());
    let page = arguments.report.as_deref().map(|file| page(&found, file, data)).transpose()?;
    if arguments.json {
        let whole = Compared {
            quantities: errors.quantities(),
            errors,
            extrapolation: found.depth.as_ref().map(Depth::summary),
            spread: found.spread.as_ref(),
            labels: counts,
            groups: found.groups.groups(),
            relative: found.groups.relative(),
            beyond_constants: found.groups.beyond_constants(),
            notes: &set.notes,
        };
        let object = cormorant_core::json::text(&whole).map_err(Error::Internal)?;
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
    let left = found.groups.beyond_constants();
    if let Some(left) = &left {
        numbers("  less a constant / meV", left.energy[0], left.energy[1]);
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
    if let (Some(mae), Some(rmse)) = (errors.dipole_mae, errors.dipole_rmse) {
        numbers("dipole / (e Å)", mae, rmse);
    }
    if counts.forces > 0 {
        println!("largest error of a force component: {:.1} meV/Å", errors.force_largest);
    }
    if let Some(left) = left.filter(|left| errors.energy_mae > CONSTANT * left.energy[0]) {
        println!(
            "note: most of the error of the energies is a constant for each formula ({} of them): the labels are of another theory, or count from \
             other references. Forces and relative energies do not know it.",
            left.groups
        );
    }
    group_table::print(&found.groups.groups(), &found.groups.relative(), "--json");
    if let Some(spread) = &found.spread {
        spread::print(spread);
    }
    if let Some(depth) = &found.depth {
        depth::print(depth);
    }
    if let Some(page) = page {
        println!("report: {}", show::path(&page).display());
    }
    Ok(())
}

/// The page with the spread of a committee against its error.
fn page(found: &Comparison, file: &Path, data: &Path) -> Result<PathBuf> {
    let Some(spread) = &found.spread else {
        let reason = "--report shows the spread of a committee; name one, or several models, with --model";
        return Err(Error::Invalid(reason.into()));
    };
    let name = data.file_name().unwrap_or_default().to_string_lossy();
    spread.write(file, &format!("Labels of {name}"))
}

/// What the JSON object holds.
#[derive(Serialize)]
struct Compared<'e> {
    /// Everything that was compared, each with its unit.
    quantities: Vec<QuantityErrors>,
    /// The same under fixed names, in meV, meV/Å and GPa.
    #[serde(flatten)]
    errors: &'e Errors,
    #[serde(skip_serializing_if = "Option::is_none")]
    extrapolation: Option<DepthSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spread: Option<&'e SpreadComparison>,
    labels: LabelCounts,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<GroupErrors>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relative: Vec<RelativeErrors>,
    /// Errors of the energies when each formula has a constant of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    beyond_constants: Option<RelativeErrors>,
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

/// Energies and forces of every frame, to `out` and the table beside it.
fn predictions(networks: &Models, arguments: &EvaluateArguments, out: &Path) -> Result<()> {
    let files = WrittenResults::open(out, &[&arguments.data], arguments.force)?;
    let path = &arguments.data;
    let read = read_structures(path, arguments.state.beside(arguments.reading.options(None)?))?;
    structure::notes(&read.notes);
    let found = predict_file(networks, &arguments.model, path, read.systems, files, (&arguments.computing).into())?;
    structure::notes(found.note.as_slice());
    println!("{} structures", found.structures);
    if let Some(depth) = &found.depth {
        depth::print(depth);
    }
    show::results(&found.files);
    Ok(())
}
