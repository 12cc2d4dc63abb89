//! Reports of runs and fits, and of several of them side by side.

use std::path::{Path, PathBuf};

use super::folder::INPUT;
use super::run_input::run_input;
use super::{Models, learned};
use crate::settings::{Input, Precision, RunInput};
use cormorant_core::parallel::{cores, share};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_dynamics::simulation::Outcome;
use cormorant_fit::{AtomPoint, CURVE, Configuration, DataSet, FitData, checks};
use cormorant_network::{AtomTarget, CommitteeFolder, FILE, Network, load};
use cormorant_potential::{LearnedPotential, Potential};
use cormorant_report::fit::{PREDICTIONS, Predictions, report_fit, write_numbers, write_points};
use cormorant_report::page::REPORT;
use cormorant_report::replicas::{ReplicasPlan, report_replicas};
use cormorant_report::run::{RunPlan, RunRecord, report_run};
use cormorant_report::{compare_fits, compare_runs};

/// Replicas that get a report of their own; beyond it `cormorant report` with the folder of one makes it.
const MOST_REPORTED: usize = 64;

/// Make the report of the run or the fit in `folder` again; for a fit, with predictions on the data that `read` gives, if any. That of a
/// committee compares its members, whose reports are made again too.
///
/// # Errors
/// When the folder holds neither, the data do not belong to it, or the report cannot be written.
pub fn report(folder: &Path, read: Option<&dyn Fn() -> Result<DataSet>>) -> Result<PathBuf> {
    Ok(if folder.join(INPUT).exists() {
        if read.is_some() {
            return Err(Error::Invalid(format!("{}: is a run; --data is for the report of a fit", folder.display())));
        }
        report_input(&input_of(folder)?, &Models::default(), &[])?
    } else if let Some(committee) = CommitteeFolder::read(folder)?.filter(|_| !folder.join(FILE).exists()) {
        for member in committee.folders() {
            report(&member, read)?;
        }
        compare_fits(&[folder.to_path_buf()], &folder.join(REPORT))?
    } else if folder.join(FILE).exists() {
        let network = load(folder)?;
        let mut potential = potential_of(network.as_ref())?;
        if let Some(read) = read {
            let Some(potential) = potential.as_mut().filter(|it| it.facts().gives_atom_energies()) else {
                let reason =
                    "is a model of molecular properties, whose predictions the fit itself wrote; leave out --data";
                return Err(Error::Invalid(format!("{}: {reason}", folder.display())));
            };
            predict_again(network.as_ref(), folder, potential, &read()?)?;
        }
        report_model(folder, potential)?
    } else if folder.join(CURVE).exists() {
        report_fit(folder, None)?
    } else {
        let shown = folder.display();
        return Err(Error::Invalid(format!(
            "{shown}: contains neither a run ({INPUT}) nor a fit ({FILE} or {CURVE}); name the folder of one, such as outputs/NAME or models/NAME"
        )));
    })
}

/// `network` as a potential; none if it predicts no energies.
fn potential_of(network: &dyn Network) -> Result<Option<LearnedPotential>> {
    let forces = network.facts()?.gives_forces();
    forces.then(|| learned(network, Precision::F32, 1)).transpose()
}

fn report_model(folder: &Path, mut potential: Option<LearnedPotential>) -> Result<PathBuf> {
    match potential.as_mut() {
        Some(potential) => report_fit(folder, Some(potential)),
        None => report_fit(folder, None),
    }
}

/// Put the runs, or the fits, in `folders` into the report `out`.
///
/// # Errors
/// When a folder holds neither, runs and fits are mixed, or the report cannot be written.
pub fn compare(folders: &[PathBuf], out: &Path) -> Result<PathBuf> {
    let is_run = |folder: &PathBuf| folder.join(INPUT).exists();
    let is_fit =
        |folder: &PathBuf| folder.join(FILE).exists() || folder.join(CURVE).exists() || CommitteeFolder::is_at(folder);
    if let Some(folder) = folders.iter().find(|folder| !is_run(folder) && !is_fit(folder)) {
        let shown = folder.display();
        return Err(Error::Invalid(format!(
            "{shown}: contains neither a run ({INPUT}) nor a fit ({FILE} or {CURVE}); name the folder of one, such as outputs/NAME or models/NAME"
        )));
    }
    if let Some(parent) = out.parent() {
        std::fs::create_dir_all(parent).map_err(|source| Error::io(parent, source))?;
    }
    if folders.iter().all(is_run) {
        let networks = Models::default();
        let plans =
            folders.iter().map(|folder| plans(&input_of(folder)?, &networks, &[])).collect::<Result<Vec<_>>>()?;
        compare_runs(&plans.concat(), out)
    } else if folders.iter().all(is_fit) {
        compare_fits(folders, out)
    } else {
        Err(Error::Invalid("runs and fits cannot be compared with each other; name folders of one kind".into()))
    }
}

/// Predictions on the frames of `data` that the header of the model lists.
fn predict_again(network: &dyn Network, folder: &Path, potential: &mut dyn Potential, data: &DataSet) -> Result<()> {
    let record = network.record().data;
    if record.sha256 != data.hash {
        let file = &record.file;
        let reason = format!("has SHA-256 {}, but the model was fitted to {file} with {}", data.hash, record.sha256);
        return Err(Error::data(&data.path, reason));
    }
    let pick = |indices: &[usize]| -> Result<Vec<&Configuration>> {
        let beyond =
            || Error::data(&data.path, "has fewer frames than the model lists; were the test frames in another file?");
        indices.iter().map(|&index| data.configurations.get(index).ok_or_else(beyond)).collect()
    };
    let parts = parts(pick(&record.test)?, pick(&record.validation)?, pick(&record.train)?);
    let found = match &record.theory {
        // Frames of several theories contradict each other; those of this one were checked before the fit.
        Some(_) => record.findings.clone(),
        None => lines(&checks::check(&data.configurations).to_string()),
    };
    let findings = std::iter::once(data.units.clone()).chain(found);
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

/// Predict what the model in `folder` was not fitted to and write its report. The fit is over and stands; what fails here is an error of
/// the command.
pub(super) fn after_fit(folder: &Path, precision: Precision, data: &FitData) -> Result<PathBuf> {
    let mut potential = learned(load(folder)?.as_ref(), precision, 1)?;
    let parts = parts(data.test.iter().collect(), data.validation.iter().collect(), data.train.iter().collect());
    Predictions::new(&mut potential, &parts, lines(&data.to_string()))?.write(&folder.join(PREDICTIONS))?;
    report_fit(folder, Some(&mut potential))
}

/// Write what the model of numbers of molecules in `folder` predicts for what it was not fitted to, and its report.
pub(super) fn after_regression(folder: &Path, part: &str, unit: &str, pairs: &[[f64; 2]]) -> Result<PathBuf> {
    write_numbers(folder, part, unit, pairs)?;
    report_model(folder, potential_of(load(folder)?.as_ref())?)
}

/// Write what the model of values of atoms in `folder` predicts for what it was not fitted to, and its report.
pub(super) fn after_atoms(folder: &Path, part: &str, target: &AtomTarget, points: &[AtomPoint]) -> Result<PathBuf> {
    write_points(folder, part, target, points)?;
    report_fit(folder, None)
}

/// The input of the run in `folder`, which may have been moved since.
fn input_of(folder: &Path) -> Result<RunInput> {
    let mut run = run_input(&folder.join(INPUT))?;
    run.output.folder = folder.to_path_buf();
    Ok(run)
}

/// Record how a run ended and write its report. The run itself is over and stands, but what fails here was promised: it is an
/// error of the command.
pub(super) fn after_run(
    input: &RunInput,
    outcome: &Outcome,
    failure: Option<&Error>,
    networks: &Models,
    elements: &[Element],
) -> Result<PathBuf> {
    let folder = &input.output.folder;
    RunRecord::read(folder)?.unwrap_or_default().with(outcome, failure).write(folder)?;
    report_run(&input.report_plan_with(networks, Some(elements))?)
}

/// The report of a run, or of replicas and each of them.
///
/// `elements` are those of the structure of each replica, where they are known; the others are read.
pub(super) fn report_input(input: &RunInput, networks: &Models, elements: &[&[Element]]) -> Result<PathBuf> {
    let Some(replicas) = &input.replicas else { return report_run(&input.report_plan_with(networks, None)?) };
    let members = plans(input, networks, elements)?;
    let shown = members.len().min(MOST_REPORTED);
    // A replica that has not started has no folder yet.
    let write = |(): &mut (), index: usize| {
        if members[index].folder.is_dir() { report_run(&members[index]).map(|_| ()) } else { Ok(()) }
    };
    share(&mut vec![(); cores().min(shown)], shown, write)?;
    let exchange = replicas.exchange_every.as_ref().map(|every| format!("neighbors attempt to exchange every {every}"));
    report_replicas(&ReplicasPlan {
        name: input.name.clone(),
        folder: input.output.folder.clone(),
        input: Input::Run(Box::new(input.clone())).to_toml(Some(&input.output.folder))?,
        exchange,
        members,
    })
}

/// The plan of a run, or of each of its replicas under the name of its folder.
fn plans(input: &RunInput, networks: &Models, elements: &[&[Element]]) -> Result<Vec<RunPlan>> {
    let Some(replicas) = &input.replicas else { return Ok(vec![input.report_plan_with(networks, None)?]) };
    (0..replicas.count)
        .map(|index| {
            let plan = input.replica(index).report_plan_with(networks, elements.get(index).copied())?;
            Ok(RunPlan { name: input.replica_name(index), ..plan })
        })
        .collect()
}
