//! `cormorant fit`.

use super::arguments::FitArguments;
use crate::input::{FitInput, Input};
use crate::{Error, Result};

/// Fit what `arguments` ask for.
pub(super) fn fit(arguments: &FitArguments) -> Result<()> {
    let _input = input(arguments)?;
    Err(Error::Invalid("fits cannot be run yet".into()))
}

/// The input file, or the one that the arguments stand for.
fn input(arguments: &FitArguments) -> Result<FitInput> {
    let mut input = match (&arguments.input, &arguments.data, &arguments.out) {
        (Some(path), _, _) => match Input::read(path)? {
            Input::Fit(fit) => *fit,
            Input::Run(_) => {
                return Err(Error::Invalid(format!(
                    "{}: is the input of a simulation; use cormorant run",
                    path.display()
                )));
            }
        },
        (None, Some(data), Some(out)) => FitInput::with_defaults(data, out, arguments.units.given())?,
        _ => return Err(Error::Invalid("name an input file, or --data and --out".into())),
    };
    if let Some(limit) = &arguments.time_limit {
        input.run.limit_time(limit.clone());
    }
    Ok(input)
}
