//! `cormorant fit` for numbers of molecules: energies alone, properties, vectors and tensors.

use super::arguments::FitArguments;
use super::followed::followed;
use super::show;
use cormorant_core::Result;
use cormorant_fit::{QuantityErrors, Summary};
use cormorant_workflow::settings::RegressionInput;
use cormorant_workflow::workflow::{RegressionSet, is_finished, train_regression};

/// Fit what `input` asks for.
pub(super) fn regression(input: &RegressionInput, arguments: &FitArguments) -> Result<()> {
    let (folder, quiet) = (&input.output.folder, arguments.quiet);
    if arguments.resume && is_finished(folder) {
        if !quiet {
            println!("nothing is left to do: {} is a finished model", show::path(folder).display());
            show::missing_report(folder, input.data.file());
        }
        return Ok(());
    }
    if input.targets().is_some() {
        return super::atoms::fit(input, arguments);
    }
    let set = input.set()?;
    let input = &input.settled(&set);
    if !quiet {
        print!("{}", set.notes);
    }
    let done = followed(input, arguments, (&set.target, &set.unit), |mode, (begun, follow), stop| {
        train_regression(input, &set, mode, &|| stop.asked(), begun, follow)
    })?;
    if !quiet {
        conclude(&set, &done.summary);
        println!("model: {}", show::path(folder).display());
    }
    show::report(done.report, quiet)
}

/// The closing table, in the unit of the target.
fn conclude(set: &RegressionSet, summary: &Summary) {
    let Summary { epochs, best_epoch, seconds, parts, .. } = summary;
    println!("{epochs} epochs in {seconds:.1} s; the best on the validation molecules was epoch {best_epoch}");
    let (target, unit) = (&set.target, &set.unit);
    println!("{:<12}{:>8}{:>24}{:>24}", "molecules", "number", format!("{target} MAE/{unit}"), "RMSE");
    for (part, errors) in parts {
        let QuantityErrors { mae, rmse, .. } = errors.in_unit(unit);
        println!("{:<12}{:>8}{mae:>24.6}{rmse:>24.6}", part.name(), errors.frames);
    }
    if set.head.outputs() > 1 {
        println!("(errors of components)");
    }
}
