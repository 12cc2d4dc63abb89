//! `cormorant fit` for numbers of molecules: energies alone, properties, vectors and tensors.

use std::io::IsTerminal;

use super::arguments::FitArguments;
use super::fit::{finish, is_finished, take};
use super::fit_progress::FitProgress;
use super::report::after_regression;
use super::run::RunMode;
use super::show;
use crate::input::build::RegressionSet;
use crate::input::{Input, RegressionInput};
use cormorant_core::Result;
use cormorant_dynamics::simulation::Stop;
use cormorant_fit::{self, Part, Summary};

/// Fit what `input` asks for.
pub(super) fn regression(input: &RegressionInput, arguments: &FitArguments) -> Result<()> {
    if arguments.resume && is_finished(&input.output.folder) {
        if !arguments.quiet {
            println!("nothing is left to do: {} is a finished model", show::path(&input.output.folder).display());
        }
        return Ok(());
    }
    let stop = Stop::on_signals()?;
    let set = input.set()?;
    let input = &input.settled(&set);
    if !arguments.quiet {
        print!("{}", set.notes);
    }
    let mut network = input.network(&set)?;
    let mut trainer = input.trainer(network.as_ref(), &set)?;
    let set = &set;
    let plan = input.plan(set, arguments.resume)?;
    let folder = &input.output.folder;
    let mode = RunMode { force: arguments.force, resume: arguments.resume, quiet: arguments.quiet };
    let _claim = take(folder, mode, &Input::Regression(Box::new(input.clone())).to_toml(Some(folder))?)?;
    if !arguments.quiet {
        println!("{} parameters, {} threads", trainer.average().len(), input.run.threads);
    }
    let mut progress =
        FitProgress::of_property(arguments.quiet, std::io::stderr().is_terminal(), &set.target, &set.unit);
    let summary = cormorant_fit::fit(&mut trainer, &plan, &|| stop.asked(), &mut |event| progress.show(&event))?;
    progress.finish();
    input.save(set, network.as_mut(), trainer.average(), &summary)?;
    finish(folder);
    // The fit is over and stands, also if its report fails.
    let parts = [(Part::Test, 2), (Part::Validation, 1), (Part::Train, 0)];
    let part = parts.into_iter().find(|(_, index)| !set.parts[*index].is_empty()).map_or(Part::Train, |(part, _)| part);
    let pairs = trainer.predictions(part)?;
    let pairs = pairs.iter().flat_map(|(label, found)| label.target.iter().zip(found).map(|(x, y)| [*x, *y]));
    let report = after_regression(folder, part.name(), &set.unit, &pairs.collect::<Vec<_>>());
    if !arguments.quiet {
        conclude(set, &summary);
        println!("model: {}", show::path(folder).display());
    }
    show::report(report, arguments.quiet)
}

/// The closing table, in the unit of the target.
fn conclude(set: &RegressionSet, summary: &Summary) {
    let Summary { epochs, best_epoch, seconds, parts } = summary;
    println!("{epochs} epochs in {seconds:.1} s; the best on the validation molecules was epoch {best_epoch}");
    let (target, unit) = (&set.target, &set.unit);
    println!("{:<12}{:>8}{:>24}{:>24}", "molecules", "number", format!("{target} MAE/{unit}"), "RMSE");
    for (part, errors) in parts {
        let [mae, rmse] = errors.properties.first().map_or_else(
            // Energies are counted in meV.
            || [errors.energy_mae, errors.energy_rmse].map(|x| x / 1000.0),
            |property| [property.mae, property.rmse],
        );
        println!("{:<12}{:>8}{mae:>24.6}{rmse:>24.6}", part.name(), errors.frames);
    }
    if set.head.outputs() > 1 {
        println!("(errors of components)");
    }
}
