//! A fit to numbers of molecules: energies alone, properties, vectors and tensors.

use std::path::PathBuf;

use super::RegressionSet;
use super::RunMode;
use super::fit::{finish, take};
use super::report::after_regression;
use crate::settings::{Input, RegressionInput};
use cormorant_core::Result;
use cormorant_fit::{AskStop, FitEvent, Part, Summary};

/// A fit to numbers of molecules that came to its end.
pub struct TrainedRegression {
    /// How it went.
    pub summary: Summary,
    /// The page that shows it, or why there is none.
    pub report: Result<PathBuf>,
}

/// Fit what `input`, settled for `set`, asks for and save the model.
///
/// `started` is told the number of parameters, `report` every event, and `stop` is asked after every epoch.
///
/// # Errors
/// When the folder is not available, or the fit fails or is stopped.
pub fn train_regression(
    input: &RegressionInput,
    set: &RegressionSet,
    mode: RunMode,
    stop: AskStop<'_>,
    started: &mut dyn FnMut(usize),
    report: &mut dyn FnMut(FitEvent<'_>),
) -> Result<TrainedRegression> {
    let mut network = input.network(set)?;
    let mut learner = input.learner(network.as_ref(), set)?;
    let plan = input.plan(set, mode.resume)?;
    let folder = &input.output.folder;
    let _claim = take(folder, mode, &Input::Regression(Box::new(input.clone())).to_toml(Some(folder))?)?;
    started(learner.average().len());
    let summary = cormorant_fit::fit(learner.as_mut(), &plan, stop, report)?;
    input.save(&set.record, network.as_mut(), learner.average(), &summary)?;
    finish(folder);
    // The fit is over and stands, also if its report fails.
    let part = most_telling(&set.parts);
    let report = after_regression(folder, part.name(), &set.unit, &learner.pairs(part)?);
    Ok(TrainedRegression { summary, report })
}

/// Of training, validation and test, the part that says most of a model.
pub(super) fn most_telling<T>([_, validation, test]: &[Vec<T>; 3]) -> Part {
    match (test.is_empty(), validation.is_empty()) {
        (false, _) => Part::Test,
        (true, false) => Part::Validation,
        _ => Part::Train,
    }
}
