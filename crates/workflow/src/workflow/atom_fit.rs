//! A fit to values of atoms.

use std::path::PathBuf;

use super::AtomSet;
use super::RunMode;
use super::fit::{finish, take};
use super::regression::most_telling;
use super::report::after_atoms;
use crate::settings::{Input, RegressionInput};
use cormorant_core::Result;
use cormorant_fit::{AskStop, FitEvent, Summary};

/// A fit to values of atoms that came to its end.
pub struct TrainedAtoms {
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
pub fn train_atoms(
    input: &RegressionInput,
    set: &AtomSet,
    mode: RunMode,
    stop: AskStop<'_>,
    started: &mut dyn FnMut(usize),
    report: &mut dyn FnMut(FitEvent<'_>),
) -> Result<TrainedAtoms> {
    let mut network = input.atom_network(set)?;
    let mut learner = input.atom_learner(network.as_ref(), set)?;
    let plan = input.atom_plan(set, mode.resume)?;
    let folder = &input.output.folder;
    let _claim = take(folder, mode, &Input::Regression(Box::new(input.clone())).to_toml(Some(folder))?)?;
    started(learner.average().len());
    let summary = cormorant_fit::fit(learner.as_mut(), &plan, stop, report)?;
    input.save(&set.record, network.as_mut(), learner.average(), &summary)?;
    finish(folder);
    // The fit is over and stands, also if its report fails.
    let part = most_telling(&set.parts);
    let report = after_atoms(folder, part.name(), &set.target, &learner.points(part)?);
    Ok(TrainedAtoms { summary, report })
}
