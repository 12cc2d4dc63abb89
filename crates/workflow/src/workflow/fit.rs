//! A fit: an input and its data in, a model with its certificate and its report out.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::build::{THEORIES, model_of_theory, record_errors, record_fit, surroundings, take_weights, theory_folder};
use super::errors::{closing_table, on_replayed};
use super::fit_budget::FitBudget;
use super::fit_call::{Closing, FitCall};
use super::folder::shown_path;
use super::group_file::{self, GROUP_ERRORS};
use super::report::after_fit;
use super::trained_theory::{TrainedTheory, remove_others, require_room_for_theories};
use super::{Models, RunMode};
use crate::settings::{Contradictions, FitInput, Input};
use cormorant_core::atomic;
use cormorant_core::{Error, Result};
use cormorant_dynamics::certify::TrialControl;
use cormorant_fit::checks::DataReport;
use cormorant_fit::{
    self, AskStop, CHECKPOINT, CURVE, Checkpoint, Errors, FitData, FitEvent, PREVIOUS, Summary, TheoryData,
};
use cormorant_io::FolderLock;
use cormorant_network::{CommitteeFolder, Envelope, Network, load};
use cormorant_potential::extrapolation::Domain;

/// Name of the weights in the folder of a model.
pub(super) const WEIGHTS: &str = "model.safetensors";
/// Name of the resolved input in the folder of a model.
pub(super) const INPUT: &str = "fit.toml";
/// Where a model that is to be replaced waits until the new one is whole.
const FORMER: &str = "model-former.safetensors";

/// A fit that came to its end.
pub struct Trained {
    /// How it went.
    pub summary: Summary,
    /// The model as it was saved, certificate included.
    pub model: Box<dyn Network>,
    /// The models of further theories, where the data have several.
    pub theories: Vec<TrainedTheory>,
    /// Errors on what was replayed, if anything was: how far the model moved there from that which the fit started from. Energies count from
    /// another zero, so that forces alone tell.
    pub replayed: Option<Errors>,
    /// The page that shows it, or why there is none; `None` where the time limit left no time for it, or none was asked for.
    pub report: Result<Option<PathBuf>>,
}

/// Fit what `input` asks for to `data` and save the model.
///
/// `started` is told the number of parameters, `report` every event, and `stop` is asked after every epoch.
///
/// # Errors
/// When the folder is not available, or the fit fails or is stopped.
pub fn train(
    input: &FitInput,
    data: &FitData,
    mode: RunMode,
    stop: AskStop<'_>,
    started: &mut dyn FnMut(usize),
    report: &mut dyn FnMut(FitEvent<'_>),
) -> Result<Trained> {
    train_with(input, data, &Models::default(), mode, stop, started, report)
}

/// The same with the model to start from out of `networks`, which reads each file once.
///
/// # Errors
/// As for [`train`].
pub fn train_with(
    input: &FitInput,
    data: &FitData,
    networks: &Models,
    mode: RunMode,
    stop: AskStop<'_>,
    started: &mut dyn FnMut(usize),
    report: &mut dyn FnMut(FitEvent<'_>),
) -> Result<Trained> {
    let closing = Closing::default();
    train_call(&FitCall { input, data, networks, mode, closing, stop }, started, report)
}

/// The same as `call` says.
///
/// # Errors
/// As for [`train`].
pub fn train_call(
    call: &FitCall<'_>,
    started: &mut dyn FnMut(usize),
    report: &mut dyn FnMut(FitEvent<'_>),
) -> Result<Trained> {
    let FitCall { input, data, networks, .. } = *call;
    if input.members > 1 {
        let reason = "asks for a committee, which is fitted by `train_committee`";
        return Err(Error::Invalid(format!("{}: {reason}", input.name)));
    }
    let data = &input.with_replay(data, networks)?;
    let settled = input.settled_with(data, networks)?;
    refuse_contradictions(&settled, data)?;
    let network = settled.network(data, networks)?;
    Fit(FitCall { input: &settled, data, ..*call }).run(network, started, report)
}

/// The fit that the file `path` asks for, of a network or of molecular properties. With `resume`, settings of which the file is
/// silent are those that the unfinished fit began with, whatever the defaults are by now.
///
/// # Errors
/// When the file is not valid or is the input of something else.
pub fn read_fit(path: &Path, resume: bool) -> Result<Input> {
    let stored = |input: &Input| match input {
        Input::Fit(fit) if resume && fit.members > 1 => stored_by_member(fit),
        Input::Fit(fit) if resume => begun_with(&fit.output.folder),
        _ => None,
    };
    match Input::read_to_go_on(path, stored)? {
        input @ (Input::Fit(_) | Input::Regression(_)) => Ok(input),
        other => Err(Error::Invalid(format!("{}: {}", path.display(), other.purpose()))),
    }
}

/// The resolved input of the unfinished fit in `folder`.
pub(super) fn begun_with(folder: &Path) -> Option<String> {
    let found = Checkpoint::read(folder).ok().flatten();
    found.map(|(found, _)| found.header.configuration)
}

/// The same for a committee: that of its first unfinished member, without the model that this one alone starts from.
fn stored_by_member(fit: &FitInput) -> Option<String> {
    let folder = |index| fit.output.folder.join(CommitteeFolder::member_name(index));
    let stored = (0..fit.members).find_map(|index| begun_with(&folder(index)))?;
    let mut table = stored.parse::<toml::Table>().ok()?;
    let model = table.get_mut("model").and_then(toml::Value::as_table_mut);
    model.and_then(|model| model.remove("start_sha256"));
    let version = table.remove("version").map(|version| format!("version = {version}\n")).unwrap_or_default();
    Some(version + &table.to_string())
}

/// The same for a fit to energies and forces.
///
/// # Errors
/// As [`read_fit`], and when the file is the input of a fit to molecular properties.
pub fn fit_input(path: &Path, resume: bool) -> Result<FitInput> {
    match read_fit(path, resume)? {
        Input::Fit(fit) => Ok(*fit),
        other => Err(Error::Invalid(format!("{}: {}", path.display(), other.purpose()))),
    }
}

/// A fit whose input is settled.
struct Fit<'f>(FitCall<'f>);

impl Fit<'_> {
    /// Fits `network`.
    fn run(
        &self,
        mut network: Box<dyn Network>,
        started: &mut dyn FnMut(usize),
        report: &mut dyn FnMut(FitEvent<'_>),
    ) -> Result<Trained> {
        let FitCall { input, data, networks, mode, stop, .. } = self.0;
        let mut learner = input.learner(network.as_ref(), data, networks)?;
        let mut plan = input.plan(data, mode.resume)?;
        if let Ok(Some((found, _))) = Checkpoint::read(&plan.folder)
            && Input::means(&found.header.configuration, &plan.configuration, &plan.folder)
        {
            plan.configuration = found.header.configuration;
        }
        let folder = &input.output.folder;
        require_room_for_theories(folder, mode, data)?;
        let _claim = take(folder, mode, &Input::Fit(Box::new(input.clone())).to_toml(Some(folder))?)?;
        started(learner.average().len());
        report(busy("surroundings of the training frames", None));
        // Those of several theories are told apart when their models are written.
        let mut envelope = None;
        if data.theories.is_none() {
            envelope = surroundings(network.as_mut(), &data.known())?;
        }
        let threads = input.run.threads;
        let budget = FitBudget::new(data, plan.pace.time_limit, learner.seconds_per_atom(), threads);
        plan.reserve = budget.reserve;
        let mut summary = cormorant_fit::fit(learner.as_mut(), &plan, stop, report)?;
        let report = RefCell::new(report);
        let closing = ClosingWork {
            fit: self,
            budget: &budget,
            models: Cell::new(data.of_theories.len().max(1)),
            report: &report,
        };
        let mut theories = Vec::new();
        for number in 1..data.of_theories.len() {
            let (of, name) = (data.of_theory(number), data.of_theories[number].name.clone());
            let folder = theory_folder(folder, &name);
            let mut model = model_of_theory(network.as_ref(), learner.as_ref(), number, (&of, &folder))?;
            let mut summary = summary.clone();
            let envelope = surroundings(model.as_mut(), &of.train)?;
            closing.write(model.as_mut(), envelope, &of, &mut summary)?;
            theories.push(TrainedTheory { name, folder, summary, report: Ok(None) });
        }
        if mode.force {
            remove_others(&folder.join(THEORIES), &theories)?;
        }
        let first = data.theories.is_some().then(|| data.of_theory(0));
        if let Some(of) = &first {
            network = model_of_theory(network.as_ref(), learner.as_ref(), 0, (of, folder))?;
            envelope = surroundings(network.as_mut(), &of.train)?;
        } else {
            take_weights(network.as_mut(), learner.as_ref(), 0)?;
        }
        let (whole, data) = (data, first.as_ref().unwrap_or(data));
        closing.write(network.as_mut(), envelope, data, &mut summary)?;
        let replayed = whole.replay.as_ref();
        let replayed = replayed
            .map(|replay| on_replayed(network.as_ref(), replay, input.run.precision, input.run.threads))
            .transpose()?;
        // The model is whole: what only served to continue, and the model that it replaces, are of no more use.
        finish(folder);
        let page = |folder: &Path, data: &dyn Fn() -> FitData| {
            let has_time = self.0.closing.report && budget.has_time_for_report();
            if has_time {
                report.borrow_mut()(busy("report", None));
            }
            has_time.then(|| after_fit(folder, input.run.precision, &data())).transpose()
        };
        let main = page(folder, &|| data.clone());
        for (number, theory) in theories.iter_mut().enumerate() {
            theory.report = page(&theory.folder, &|| whole.of_theory(number + 1));
        }
        Ok(Trained { summary, model: network, theories, replayed, report: main })
    }
}

/// What follows the epochs.
struct ClosingWork<'c, 'f, 'r> {
    fit: &'c Fit<'f>,
    budget: &'c FitBudget,
    /// Models that are still to be written: one for each theory.
    models: Cell<usize>,
    report: &'c RefCell<&'r mut dyn FnMut(FitEvent<'_>)>,
}

impl ClosingWork<'_, '_, '_> {
    /// Judges `network` on its data, tries it and writes it into its folder.
    fn write(
        &self,
        network: &mut dyn Network,
        envelope: Option<Envelope>,
        data: &FitData,
        summary: &mut Summary,
    ) -> Result<()> {
        let FitCall { input, closing, stop, .. } = self.fit.0;
        let folder = network.path().to_path_buf();
        record_fit(network, (input, data, &*summary), envelope)?;
        (summary.parts, summary.groups) =
            closing_table(network, data, &input.data.file, input.run.precision, input.run.threads)?;
        record_errors(network, summary);
        fs::create_dir_all(&folder).map_err(|source| Error::io(&folder, source))?;
        group_file::write(&folder, summary)?;
        let (share, begun) = (self.budget.share_of_certificates(self.models.get()), Instant::now());
        self.models.set(self.models.get().saturating_sub(1));
        let control = TrialControl {
            stop,
            time_left: &|| share.map(|share| share.saturating_sub(begun.elapsed())),
            progress: &|what, share| self.report.borrow_mut()(busy(&format!("certificate: {what}"), Some(share))),
        };
        if closing.certificate {
            let certified = cormorant_dynamics::certify::certify_within(network, control);
            let certificate = certified.map_err(|error| untried(&self.fit.0.input.output.folder, error))?;
            if let Some(domain) = network.record_mut().and_then(|record| record.domain) {
                *domain.certificate = Some(certificate);
            }
        }
        network.write(&folder)?;
        // A fit that leaves a model which nobody can read has failed, and keeps what it could continue with.
        Domain::of(load(&folder)?.as_ref())?;
        Ok(())
    }
}

/// What a stop within the trials means for the fit in `folder`.
fn untried(folder: &Path, error: Error) -> Error {
    match error {
        Error::Interrupted(_) => Error::Interrupted(format!(
            "the last epoch is saved in {}; fit again with --resume to try the model and write it",
            folder.display()
        )),
        other => other,
    }
}

/// Refuses to learn from forces or a stress that do not belong to the energies.
fn refuse_contradictions(input: &FitInput, data: &FitData) -> Result<()> {
    if data.of_theories.is_empty() {
        return refuse_contradictions_of(input, &data.report, "");
    }
    let of =
        |theory: &TheoryData| refuse_contradictions_of(input, &theory.report, &format!("theory {}: ", theory.name));
    data.of_theories.iter().try_for_each(of)
}

fn refuse_contradictions_of(input: &FitInput, report: &DataReport, whose: &str) -> Result<()> {
    let refuse = |text: String| Err(Error::data(&input.data.file, format!("{whose}{text}")));
    match (&report.wrong_forces, &report.wrong_stress) {
        (Some(finding), _) if input.data.contradictions == Contradictions::Refuse => refuse(format!(
            "{}. `contradictions = \"accept\"` in [data], or --accept-contradictions, fits all the same",
            finding.text
        )),
        (_, Some(finding)) if input.loss.virial_weight > 0.0 => {
            refuse(format!("{}; `virial_weight = 0` in [loss] fits without the stress", finding.text))
        }
        _ => Ok(()),
    }
}

/// The event of something that takes its time.
fn busy(what: &str, share: Option<f64>) -> FitEvent<'_> {
    FitEvent::Busy { what, share }
}

/// Take the folder of a model over as `manner` says and put the resolved `input` into it; nobody else may work there until what is
/// returned is dropped.
pub(super) fn take(folder: &Path, mode: RunMode, input: &str) -> Result<FolderLock> {
    let fresh = !folder.exists();
    if !fresh && !folder.is_dir() {
        return Err(Error::Invalid(format!(
            "{}: is a file; name a folder for the model",
            shown_path(folder).display()
        )));
    }
    fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
    let claim = FolderLock::of(folder)?;
    let is_another = fs::read_to_string(folder.join(INPUT)).is_ok_and(|there| there != input);
    if is_another && !is_begun(folder) && !mode.force && !mode.resume {
        let reason = format!(
            "its {INPUT} is not that of a model, and the resolved input would replace it; name another folder in [output], or take --force"
        );
        return Err(Error::Occupied(format!("{}: {reason}", shown_path(folder).display())));
    }
    make_room(folder, mode)?;
    atomic::sweep(folder);
    if let Err(error) = atomic::write(&folder.join(INPUT), input.as_bytes()) {
        if fresh {
            let _ = fs::remove_dir_all(folder);
        }
        return Err(error);
    }
    Ok(claim)
}

/// Removes what a finished fit needs no more.
pub(super) fn finish(folder: &Path) {
    for name in [CHECKPOINT, PREVIOUS, FORMER] {
        let _ = fs::remove_file(folder.join(name));
    }
}

/// Whether a fit was ever begun in `folder`: there is a model, or a checkpoint.
fn is_begun(folder: &Path) -> bool {
    [WEIGHTS, CHECKPOINT, PREVIOUS].iter().any(|name| folder.join(name).exists())
}

/// Whether there is a model and nothing to continue with: the last act of a fit is to remove its checkpoints.
pub fn is_finished(folder: &Path) -> bool {
    folder.join(WEIGHTS).exists() && [CHECKPOINT, PREVIOUS].iter().all(|name| !folder.join(name).exists())
}

/// Refuse to overwrite a model or an unfinished fit, unless told to. A model steps aside before anything else happens: an
/// unfinished fit must never be taken for the model that stood there before.
pub(super) fn make_room(folder: &Path, mode: RunMode) -> Result<()> {
    if CommitteeFolder::is_at(folder) {
        let reason = "contains a committee; name another folder for the model, or remove this one";
        return Err(Error::Occupied(format!("{}: {reason}", shown_path(folder).display())));
    }
    if mode.resume {
        return Ok(());
    }
    let theirs = ["README.md", "report.html", CURVE, GROUP_ERRORS].into_iter().find(|name| folder.join(name).exists());
    if let (false, false, Some(name)) = (is_begun(folder), mode.force, theirs) {
        let reason = format!(
            "is not the folder of a model, and its {name} would be replaced; name another folder, or take --force"
        );
        return Err(Error::Occupied(format!("{}: {reason}", shown_path(folder).display())));
    }
    for name in [WEIGHTS, CHECKPOINT, PREVIOUS] {
        let path = folder.join(name);
        if !path.exists() {
            continue;
        }
        if !mode.force {
            let what = if name == WEIGHTS { "a model" } else { "an unfinished fit" };
            return Err(Error::Invalid(format!(
                "{}: contains {what} already; --force replaces it, --resume continues an unfinished fit",
                shown_path(folder).display()
            )));
        }
        let changed = if name == WEIGHTS { fs::rename(&path, folder.join(FORMER)) } else { fs::remove_file(&path) };
        changed.map_err(|source| Error::io(&path, source))?;
    }
    Ok(())
}
