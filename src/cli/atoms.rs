//! `cormorant fit` and `cormorant evaluate` for values of atoms.

use serde::Serialize;

use super::arguments::{EvaluateArguments, FitArguments};
use super::followed::followed;
use super::{show, structure};
use cormorant_core::{Error, Result};
use cormorant_fit::{AtomErrors, QuantityErrors, Summary};
use cormorant_workflow::settings::RegressionInput;
use cormorant_workflow::workflow::{AtomPredictions, AtomSet, Models, WrittenResults, predict_atoms, train_atoms};

/// Fit the values of atoms that `input` asks for.
pub(super) fn fit(input: &RegressionInput, arguments: &FitArguments) -> Result<()> {
    let (folder, quiet) = (&input.output.folder, arguments.quiet);
    let set = input.atom_set()?;
    let input = &input.settled_atoms(&set);
    if !quiet {
        print!("{}", set.notes);
    }
    let of = (set.target.quantity(), set.target.unit.as_str());
    let done = followed(input, arguments, of, |mode, (begun, follow), stop| {
        train_atoms(input, &set, mode, &|| stop.asked(), begun, follow)
    })?;
    if !quiet {
        conclude(&set, &done.summary);
        println!("model: {}", show::path(folder).display());
    }
    show::report(done.report, quiet)
}

/// The closing table: each part, column and element.
fn conclude(set: &AtomSet, summary: &Summary) {
    let Summary { epochs, best_epoch, seconds, parts, .. } = summary;
    println!("{epochs} epochs in {seconds:.1} s; the best on the validation frames was epoch {best_epoch}");
    for (part, errors) in parts {
        println!("{} {} frames", errors.frames, part.name());
        table(&errors.atom_targets, &set.target.unit);
    }
    if set.target.shape.width() > 1 {
        println!("(errors and correlations of components)");
    }
}

/// Errors and correlations of each column, on all elements and on each.
pub(super) fn table(errors: &[AtomErrors], unit: &str) {
    println!(
        "{:<20}{:>8}{:>10}{:>16}{:>16}{:>13}",
        "column",
        "element",
        "labels",
        format!("MAE/{unit}"),
        "RMSE",
        "correlation"
    );
    for one in errors {
        let element = one.element.as_deref().unwrap_or("all");
        let AtomErrors { column, labels, mae, rmse, correlation, .. } = one;
        println!("{column:<20}{element:>8}{labels:>10}{mae:>16.6}{rmse:>16.6}{correlation:>13.4}");
    }
}

/// Compare the model with the labels of the data, or write what it predicts for every atom.
pub(super) fn evaluate(networks: &Models, arguments: &EvaluateArguments) -> Result<()> {
    let files =
        arguments.out.as_ref().map(|out| WrittenResults::open(out, &[&arguments.data], arguments.force)).transpose()?;
    if arguments.report.is_some() {
        let reason =
            "--report shows the spread of a committee, which models of values of atoms do not form; leave it out";
        return Err(Error::Invalid(reason.into()));
    }
    let options = arguments.state.beside(arguments.reading.options(None)?);
    let found = predict_atoms(networks, &arguments.model[0], &arguments.data, options, (&arguments.computing).into())?;
    structure::notes(&found.notes);
    if let Some(files) = files {
        found.write(&files)?;
        println!("{} structures", found.frames.len());
        show::results(&files);
        return Ok(());
    }
    let errors = found.errors();
    if arguments.json {
        let (columns, unit, shape) = (&found.target.columns, &found.target.unit, found.target.shape.name());
        let (quantities, atom_targets) =
            errors.map(|errors| (errors.quantities(), errors.atom_targets)).unwrap_or_default();
        let (frames, atoms) = (found.frames.len(), found.atoms());
        let whole = Compared { columns, unit, shape, frames, atoms, quantities, atom_targets };
        println!("{}", cormorant_core::json::text(&whole).map_err(Error::Internal)?);
        return Ok(());
    }
    say(&found, errors.map(|errors| errors.atom_targets));
    Ok(())
}

fn say(found: &AtomPredictions, errors: Option<Vec<AtomErrors>>) {
    let target = &found.target;
    println!("{} of each atom in {}: {}", target.names(), target.unit, target.shape.description());
    println!("{} frames, {} atoms in all", found.frames.len(), found.atoms());
    match errors {
        Some(errors) => table(&errors, &target.unit),
        None => println!("no atom has labels to compare with; --out FILE writes the predictions"),
    }
}

/// What the JSON object holds.
#[derive(Serialize)]
struct Compared<'e> {
    columns: &'e [String],
    unit: &'e str,
    shape: &'e str,
    frames: usize,
    atoms: usize,
    /// Errors with their units: of all columns together where there are several, and of each.
    quantities: Vec<QuantityErrors>,
    /// Errors and correlations of each column, on all elements and on each.
    atom_targets: Vec<AtomErrors>,
}
