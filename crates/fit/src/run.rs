//! The loop of fitting: epochs, the best of them kept, checkpoints, the learning curve, the closing table.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::checkpoint::{Checkpoint, Header};
use super::curve;
use super::difference::difference;
use super::learner::{AskStop, EpochReport, Learner, Part};
use super::metrics::Errors;
use super::reserve::Reserve;
use super::summary::Summary;
use super::time_budget::TimeBudget;
use cormorant_core::atomic;
use cormorant_core::{Error, Result};

/// Name of the learning curve in a run folder.
pub const CURVE: &str = "learning-curve.csv";
/// An improvement below this share does not reset the patience.
const NOTICEABLE: f64 = 1.0e-3;
/// Share of a time limit kept for the closing evaluation at least.
const RESERVE: f64 = 0.03;
/// An epoch of which less than this share fits into what is left of the limit is not started, if it takes as long as matters.
const LAST_EPOCH: f64 = 0.5;
/// Share of the limit that an epoch must take for that to matter.
const LONG_EPOCH: f64 = 0.05;

/// How to fit.
#[derive(Debug, Clone)]
pub struct FitPlan {
    /// Folder of checkpoints and learning curve; made if it is not there.
    pub folder: PathBuf,
    /// The resolved input: a checkpoint of another one is refused.
    pub configuration: String,
    /// SHA-256 of the data: a checkpoint of other data is refused.
    pub data: String,
    /// Length of the fit.
    pub pace: TimeBudget,
    /// Stop after this many epochs without a noticeable improvement on the validation frames.
    pub patience: Option<u64>,
    /// Validate after every so many epochs, and after the last.
    pub validate_every: u64,
    /// Write a checkpoint when this much time has passed since the last, and at the end.
    pub checkpoint_every: Duration,
    /// Whether to continue from a checkpoint; without it, a folder that has one is refused.
    pub resume: bool,
    /// When the work began whose time is limited: before the data were read.
    pub begun: Instant,
    /// What of the limit is kept for the time after the epochs; at least a few hundredths of it are.
    pub reserve: Reserve,
    /// Whether the closing table is made here, by the learner; else whoever asked for the fit makes it.
    pub table: bool,
}

/// What happens during a fit, for progress bars and messages.
#[derive(Debug, Clone)]
pub enum FitEvent<'e> {
    /// The fit continues from a checkpoint.
    Resumed {
        /// Epochs done.
        epoch: u64,
        /// Why an older checkpoint is used, if it is, and that the fit began with other steps, if it did.
        notice: Option<String>,
    },
    /// An epoch is done.
    Epoch {
        /// Its number, counted from 1.
        epoch: u64,
        /// Share of the schedule done, 0 to 1.
        progress: f64,
        /// What it did.
        report: EpochReport,
        /// Errors on the validation frames, where they were computed.
        validation: Option<&'e Errors>,
        /// Whether this is the best epoch so far.
        best: bool,
        /// Time spent so far, interruptions not counted.
        elapsed: Duration,
        /// Estimate of the time left for the epochs.
        left: Duration,
    },
    /// The epochs are over and the closing table is computed.
    Closing,
    /// Something else takes its time, before or after the epochs.
    Busy {
        /// What is done now.
        what: &'e str,
        /// Share of it done, 0 to 1, where that is known.
        share: Option<f64>,
    },
}

/// Fits `learner` and leaves it with the parameters of the best epoch.
///
/// A checkpoint is written before the first epoch, so that there is one whenever the fit is killed. `stop` is asked after
/// every batch and ends the fit in order: the state after the last whole epoch is written as a checkpoint and
/// [`Error::Interrupted`] returned. Continuing repeats the epoch that was cut short and ends with the same bits.
///
/// # Errors
/// When an epoch fails, the folder cannot be written, or there is a checkpoint that does not belong to this fit.
pub fn fit(
    learner: &mut dyn Learner,
    plan: &FitPlan,
    stop: AskStop<'_>,
    report: &mut dyn FnMut(FitEvent<'_>),
) -> Result<Summary> {
    if plan.pace.epochs.is_none() && plan.pace.time_limit.is_none() {
        return Err(Error::Invalid("a fit needs a number of epochs or a time limit".into()));
    }
    std::fs::create_dir_all(&plan.folder).map_err(|source| Error::io(&plan.folder, source))?;
    let mut run = Run::start(learner, plan, report)?;
    while !run.done() {
        let whole = run.epoch(stop, report)?;
        let done = run.done();
        let stopped = !whole || stop();
        if whole {
            run.checkpoint.learner = run.learner.state();
        }
        if done || stopped || run.saved.elapsed() >= plan.checkpoint_every {
            run.save()?;
        }
        if stopped && !done {
            let epoch = run.checkpoint.header.epoch;
            let folder = plan.folder.display();
            return Err(Error::Interrupted(format!(
                "the state after epoch {epoch} is saved in {folder}; fit again with --resume to continue"
            )));
        }
    }
    report(FitEvent::Closing);
    run.close()
}

/// A fit under way.
struct Run<'r> {
    learner: &'r mut dyn Learner,
    plan: &'r FitPlan,
    checkpoint: Checkpoint,
    /// Seconds of the epochs done in this process, and how many.
    timed: (f64, u64),
    /// Seconds before this process.
    before: f64,
    started: Instant,
    saved: Instant,
}

impl<'r> Run<'r> {
    fn start(learner: &'r mut dyn Learner, plan: &'r FitPlan, report: &mut dyn FnMut(FitEvent<'_>)) -> Result<Self> {
        let found = Checkpoint::read(&plan.folder)?;
        let recipe = learner.recipe();
        let fresh =
            Header { curve: curve::heads(learner.property()), recipe, ..Header::new(&plan.configuration, &plan.data) };
        let mut checkpoint = Checkpoint { header: fresh, learner: learner.state(), best: learner.parameters() };
        match found {
            Some(_) if !plan.resume => {
                return Err(Error::restart(
                    &plan.folder,
                    "contains the checkpoint of an earlier fit; resume it (--resume) or use another folder",
                ));
            }
            Some((found, notice)) => {
                belongs(&found.header, plan)?;
                learner.restore(&found.learner)?;
                let changed = other_recipe(found.header.recipe, recipe);
                let notice = [notice, changed].into_iter().flatten().reduce(|a, b| format!("{a}; {b}"));
                report(FitEvent::Resumed { epoch: found.header.epoch, notice });
                checkpoint = found;
            }
            None => checkpoint.write(&plan.folder)?,
        }
        atomic::write(&plan.folder.join(CURVE), checkpoint.header.curve.as_bytes())?;
        let (before, now) = (checkpoint.header.seconds, Instant::now());
        Ok(Self { learner, plan, checkpoint, timed: (0.0, 0), before, started: plan.begun, saved: now })
    }

    /// One epoch with its validation and its line in the learning curve. False if `stop` cut it short: nothing but the
    /// learner has changed then.
    fn epoch(&mut self, stop: AskStop<'_>, report: &mut dyn FnMut(FitEvent<'_>)) -> Result<bool> {
        let begun = Instant::now();
        let from = self.checkpoint.header.progress;
        let per_epoch = (self.timed.1 > 0).then(|| self.timed.0 / self.timed.1 as f64);
        let number = self.checkpoint.header.epoch;
        let to = self.pace().next(number, from, self.seconds(), per_epoch);
        let Some(done) = self.learner.epoch(number, from, to, stop)? else {
            self.checkpoint.header.seconds = self.seconds();
            return Ok(false);
        };
        let header = &mut self.checkpoint.header;
        (header.epoch, header.progress) = (number + 1, to);
        let due = header.epoch.is_multiple_of(self.plan.validate_every.max(1)) || to >= 1.0;
        let validation = if due { Some(self.learner.evaluate(Part::Validation)?) } else { None };
        let best = validation.as_ref().is_some_and(|errors| self.compare(errors));
        let entry = curve::Entry { epoch: number + 1, progress: to, done, validation: validation.as_ref(), best };
        let line = entry.line(&self.checkpoint.header.curve);
        self.append(&line)?;
        // The first epoch pays for allocations and does not count, unless it is the only one.
        let spent = begun.elapsed().as_secs_f64();
        self.timed =
            if number == 0 || self.timed.1 == 0 { (spent, 1) } else { (self.timed.0 + spent, self.timed.1 + 1) };
        self.checkpoint.header.seconds = self.seconds();
        let left = self.left(to);
        let elapsed = Duration::from_secs_f64(self.seconds());
        let (epoch, validation) = (number + 1, validation.as_ref());
        report(FitEvent::Epoch { epoch, progress: to, report: done, validation, best, elapsed, left });
        Ok(true)
    }

    /// Whether these validation errors are the best so far; if so, the parameters are kept.
    fn compare(&mut self, errors: &Errors) -> bool {
        let score = self.learner.score(errors);
        let header = &mut self.checkpoint.header;
        let former = header.best_score;
        if score.is_nan() || score >= former {
            return false;
        }
        if score < former * (1.0 - NOTICEABLE) {
            header.improved = header.epoch;
        }
        (header.best_epoch, header.best_score) = (header.epoch, score);
        self.checkpoint.best = self.learner.parameters();
        true
    }

    /// Whether the schedule is at its end or the patience is.
    fn done(&self) -> bool {
        let header = &self.checkpoint.header;
        let waited = header.epoch.saturating_sub(header.improved);
        let patient = self.plan.patience.is_none_or(|patience| waited < patience.max(1));
        header.progress >= 1.0 || !patient || self.is_out_of_time()
    }

    /// Whether another epoch would take longer than the limit allows; there is always one.
    fn is_out_of_time(&self) -> bool {
        let Some(limit) = self.pace().time_limit.map(|limit| limit.as_secs_f64()) else { return false };
        let one = self.timed.0 / self.timed.1.max(1) as f64;
        self.timed.1 > 0 && one > LONG_EPOCH * limit && limit - self.seconds() < LAST_EPOCH * one
    }

    fn save(&mut self) -> Result<()> {
        self.checkpoint.write(&self.plan.folder)?;
        self.saved = Instant::now();
        Ok(())
    }

    fn append(&mut self, line: &str) -> Result<()> {
        self.checkpoint.header.curve.push_str(line);
        let path = self.plan.folder.join(CURVE);
        let failed = |source| Error::io(&path, source);
        let mut file = OpenOptions::new().append(true).create(true).open(&path).map_err(failed)?;
        file.write_all(line.as_bytes()).map_err(failed)
    }

    /// The closing table, of the parameters of the best epoch.
    fn close(self) -> Result<Summary> {
        let header = &self.checkpoint.header;
        if header.best_epoch > 0 {
            self.learner.set_parameters(&self.checkpoint.best)?;
        }
        self.learner.center_energies()?;
        let mut parts = Vec::new();
        let wanted: &[Part] = if self.plan.table { &[Part::Train, Part::Validation, Part::Test] } else { &[] };
        for &part in wanted {
            let errors = self.learner.evaluate(part)?;
            if errors.frames > 0 {
                parts.push((part, errors));
            }
        }
        let seconds = self.seconds();
        Ok(Summary { epochs: header.epoch, best_epoch: header.best_epoch, seconds, parts })
    }

    fn seconds(&self) -> f64 {
        self.before + self.started.elapsed().as_secs_f64()
    }

    /// The pace with the reserve for the closing evaluation taken off.
    fn pace(&self) -> TimeBudget {
        let left = |limit: Duration| limit.saturating_sub(self.plan.reserve.total().max(limit.mul_f64(RESERVE)));
        TimeBudget { time_limit: self.plan.pace.time_limit.map(left), ..self.plan.pace }
    }

    fn left(&self, progress: f64) -> Duration {
        let per_epoch = self.timed.0 / self.timed.1.max(1) as f64;
        let by_count = self.plan.pace.epochs.map(|epochs| {
            let left = epochs.saturating_sub(self.checkpoint.header.epoch);
            left as f64 * per_epoch
        });
        let by_time = self.plan.pace.time_limit.map(|limit| (limit.as_secs_f64() - self.seconds()).max(0.0));
        let left = by_count.unwrap_or(f64::INFINITY).min(by_time.unwrap_or(f64::INFINITY));
        if progress >= 1.0 { Duration::ZERO } else { Duration::try_from_secs_f64(left).unwrap_or_default() }
    }
}

/// What to say of a fit that another program began.
fn other_recipe(then: u32, now: u32) -> Option<String> {
    (then != now).then(|| {
        format!(
            "this fit was started with another version of the optimizer ({then}, now {now}): it continues with the present one, and a fit from the start gives another model"
        )
    })
}

/// Refuses a checkpoint of other data or another input, and shows how they differ.
fn belongs(header: &Header, plan: &FitPlan) -> Result<()> {
    let refuse = |reason: String| Err(Error::restart(folder_checkpoint(&plan.folder), reason));
    if header.data != plan.data {
        return refuse(format!("belongs to other data: SHA-256 {}, now {}", header.data, plan.data));
    }
    if header.configuration != plan.configuration {
        let changes = difference(&header.configuration, &plan.configuration);
        return refuse(format!(
            "belongs to another input; restore it, or fit into another folder. Changed since (- then, + now):\n{changes}"
        ));
    }
    Ok(())
}

fn folder_checkpoint(folder: &Path) -> PathBuf {
    folder.join(super::checkpoint::CHECKPOINT)
}
