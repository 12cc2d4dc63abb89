//! A fit to numbers of molecules or values of atoms, followed on the terminal.

use std::io::IsTerminal;

use super::arguments::FitArguments;
use super::fit_progress::FitProgress;
use cormorant_core::Result;
use cormorant_dynamics::simulation::Stop;
use cormorant_fit::FitEvent;
use cormorant_workflow::settings::RegressionInput;
use cormorant_workflow::workflow::RunMode;

/// Who is told the number of parameters, and every event.
type Told<'t> = (&'t mut dyn FnMut(usize), &'t mut dyn FnMut(FitEvent<'_>));

/// What `train` gives, while the terminal shows how far it is; errors are of a quantity in a unit.
pub(super) fn followed<T>(
    input: &RegressionInput,
    arguments: &FitArguments,
    (quantity, unit): (&str, &str),
    train: impl FnOnce(RunMode, Told<'_>, &Stop) -> Result<T>,
) -> Result<T> {
    let (quiet, stop) = (arguments.quiet, Stop::on_signals()?);
    let mode = RunMode { force: arguments.force, resume: arguments.resume };
    let mut begun = |parameters: usize| {
        if !quiet {
            println!("{parameters} parameters, {} threads", input.run.threads);
        }
    };
    let mut progress = FitProgress::of_property(quiet, std::io::stderr().is_terminal(), quantity, unit);
    let done = train(mode, (&mut begun, &mut |event| progress.show(&event)), &stop)?;
    progress.finish();
    Ok(done)
}
