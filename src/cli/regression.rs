//! `cormorant fit` for numbers of molecules: energies alone, properties, vectors and tensors.

use std::io::IsTerminal;

use super::arguments::FitArguments;
use super::fit_progress::FitProgress;
use super::show;
use cormorant_core::Result;
use cormorant_dynamics::simulation::Stop;
use cormorant_fit::{QuantityErrors, Summary};
use cormorant_workflow::settings::RegressionInput;
use cormorant_workflow::workflow::{RegressionSet, RunMode, is_finished, train_regression};

/// Fit what `input` asks for.
pub(super) fn regression(input: &RegressionInput, arguments: &FitArguments) -> Result<()> {
    let (folder, quiet) = (&input.output.folder, arguments.quiet);
    if arguments.resume && is_finished(folder) {
        if !quiet {
            println!("nothing is left to do: {} is a finished model", show::path(folder).display());
        }
        return Ok(());
    }
    if input.targets().is_some() {
        return super::atoms::fit(input, arguments);
    }
    let stop = Stop::on_signals()?;
    let set = input.set()?;
    let input = &input.settled(&set);
    if !quiet {
        print!("{}", set.notes);
    }
    let mode = RunMode { force: arguments.force, resume: arguments.resume };
    let mut begun = |parameters: usize| {
        if !quiet {
            println!("{parameters} parameters, {} threads", input.run.threads);
        }
    };
    let mut progress = FitProgress::of_property(quiet, std::io::stderr().is_terminal(), &set.target, &set.unit);
    let mut follow = |event: cormorant_fit::FitEvent<'_>| progress.show(&event);
    let done = train_regression(input, &set, mode, &|| stop.asked(), &mut begun, &mut follow)?;
    progress.finish();
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
