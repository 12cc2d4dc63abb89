//! `cormorant report`.

use std::path::{Path, PathBuf};

use super::arguments::UnitArguments;
use super::show;
use crate::fit::{CURVE, Configuration, DataSet, FitData, checks};
use crate::input::build::learned;
use crate::input::{Input, Precision, RunInput};
use crate::model::{FILE, Model};
use crate::potential::Potential;
use crate::report::fit::{PREDICTIONS, Predictions, report_fit};
use crate::report::run::{RunRecord, report_run};
use crate::report::{compare_fits, compare_runs};
use crate::simulation::Outcome;
use crate::{Error, Result};

/// Name of the resolved input in the folder of a run.
const INPUT: &str = "input.toml";

/// Make the report of the run or the fit in `folder` again; for a fit, with predictions on `data` if it is named.
pub(super) fn report(folder: &Path, data: Option<&Path>, units: &UnitArguments) -> Result<()> {
    let page = if folder.join(INPUT).exists() {
        if data.is_some() {
            return Err(Error::Invalid(format!("{}: is a run; --data is for the report of a fit", folder.display())));
        }
        report_run(&run_input(folder)?.report_plan()?)?
    } else if folder.join(FILE).exists() {
        let mut potential = learned(folder, Precision::F32, 1)?;
        if let Some(data) = data {
            predict_again(folder, potential.as_mut(), &DataSet::read(data, units.units()?)?)?;
        }
        report_fit(folder, Some(potential.as_mut()))?
    } else if folder.join(CURVE).exists() {
        report_fit(folder, None)?
    } else {
        let shown = folder.display();
        return Err(Error::Invalid(format!("{shown}: holds neither a run ({INPUT}) nor a fit ({FILE} or {CURVE})")));
    };
    println!("report: {}", show::path(&page).display());
    Ok(())
}

/// Put the runs, or the fits, in `folders` into the report `out`.
pub(super) fn compare(folders: &[PathBuf], out: &Path) -> Result<()> {
    let is_run = |folder: &PathBuf| folder.join(INPUT).exists();
    let is_fit = |folder: &PathBuf| folder.join(FILE).exists() || folder.join(CURVE).exists();
    if let Some(folder) = folders.iter().find(|folder| !is_run(folder) && !is_fit(folder)) {
        let shown = folder.display();
        return Err(Error::Invalid(format!("{shown}: holds neither a run ({INPUT}) nor a fit ({FILE} or {CURVE})")));
    }
    if let Some(parent) = out.parent() {
        std::fs::create_dir_all(parent).map_err(|source| Error::io(parent, source))?;
    }
    let page = if folders.iter().all(is_run) {
        let plans = folders.iter().map(|folder| run_input(folder)?.report_plan()).collect::<Result<Vec<_>>>()?;
        compare_runs(&plans, out)?
    } else if folders.iter().all(is_fit) {
        compare_fits(folders, out)?
    } else {
        return Err(Error::Invalid(
            "runs and fits cannot be compared with each other; name folders of one kind".into(),
        ));
    };
    println!("report: {}", show::path(&page).display());
    Ok(())
}

/// Predictions on the frames of `data` that the header of the model lists.
fn predict_again(folder: &Path, potential: &mut dyn Potential, data: &DataSet) -> Result<()> {
    let header = Model::load(folder)?.header;
    if header.data.sha256 != data.hash {
        let file = &header.data.file;
        let reason =
            format!("has SHA-256 {}, but the model was fitted to {file} with {}", data.hash, header.data.sha256);
        return Err(Error::data(&data.path, reason));
    }
    let pick = |indices: &[usize]| -> Result<Vec<&Configuration>> {
        let beyond =
            || Error::data(&data.path, "has fewer frames than the model lists; were the test frames in another file?");
        indices.iter().map(|&index| data.configurations.get(index).ok_or_else(beyond)).collect()
    };
    let parts = parts(pick(&header.data.test)?, pick(&header.data.validation)?, pick(&header.data.train)?);
    let findings = std::iter::once(data.units.clone()).chain(lines(&checks::check(&data.configurations).to_string()));
    Predictions::new(potential, &parts, findings.collect())?.write(&folder.join(PREDICTIONS))
}

/// The parts that a report judges by: what was not trained on; the training frames only if there is nothing else.
fn parts<'d>(
    test: Vec<&'d Configuration>,
    validation: Vec<&'d Configuration>,
    train: Vec<&'d Configuration>,
) -> Vec<(&'static str, Vec<&'d Configuration>)> {
    let others = !test.is_empty() || !validation.is_empty();
    vec![("test", test), ("validation", validation), ("train", if others { Vec::new() } else { train })]
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_string).collect()
}

/// Predict what the model in `folder` was not fitted to and write its report. The fit is over: what fails here changes nothing.
pub(super) fn after_fit(folder: &Path, precision: Precision, data: &FitData) -> Result<PathBuf> {
    let mut potential = learned(folder, precision, 1)?;
    let parts = parts(data.test.iter().collect(), data.validation.iter().collect(), data.train.iter().collect());
    Predictions::new(potential.as_mut(), &parts, lines(&data.to_string()))?.write(&folder.join(PREDICTIONS))?;
    report_fit(folder, Some(potential.as_mut()))
}

/// The input of the run in `folder`, which may have been moved since.
pub(super) fn run_input(folder: &Path) -> Result<RunInput> {
    match Input::read(&folder.join(INPUT))? {
        Input::Run(mut run) => {
            run.output.folder = folder.to_path_buf();
            Ok(*run)
        }
        other => Err(Error::Invalid(format!("{}: {}", folder.join(INPUT).display(), other.purpose()))),
    }
}

/// Record how a run ended and write its report. The run itself is over: what fails here is told and changes nothing.
pub(super) fn after_run(input: &RunInput, outcome: &Outcome, ending: &Result<()>) -> Result<PathBuf> {
    let folder = &input.output.folder;
    RunRecord::read(folder).unwrap_or_default().with(outcome, ending).write(folder)?;
    report_run(&input.report_plan()?)
}
