//! The loop of fitting: epochs, the best of them kept, checkpoints, the learning curve, the closing table.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::checkpoint::{Checkpoint, Header};
use super::curve;
use super::data_identity::changed_data;
use super::difference::difference;
use super::fit_event::FitEvent;
use super::fit_plan::FitPlan;
use super::learner::{AskStop, EpochReport, Learner, Part, UnderWay};
use super::metrics::Errors;
use super::summary::Summary;
use super::time_budget::{PassPlace, TimeBudget};
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
/// Time between two events within an epoch.
const EVENT_EVERY: Duration = Duration::from_secs(1);
/// Share of a time limit after which the length of the first epoch is estimated.
const PROBE: f64 = 0.005;
/// Share of a pass from which on it tells better how long it takes than those before.
const ENOUGH: f64 = 0.2;

/// Fits `learner` and leaves it with the parameters of the best epoch.
///
/// A checkpoint is written before the first epoch, so that there is one whenever the fit is killed, and in the middle of an epoch
/// where the learner can pause. `stop` is asked after every batch and ends the fit in order: the state there is written as a checkpoint
/// (that after the last whole epoch, if the learner cannot pause) and [`Error::Interrupted`] returned. Continuing ends with the same
/// bits as never stopping, unless there is a time limit.
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
        if whole || run.learner.pauses() {
            run.checkpoint.learner = run.learner.state();
        }
        if done || stopped || run.is_save_due() {
            run.save()?;
        }
        if stopped && !done {
            let epoch = run.checkpoint.header.epoch;
            let folder = plan.folder.display();
            let within = run
                .learner
                .under_way()
                .map_or_else(String::new, |way| format!(" and {:.1} % of epoch {}", 100.0 * way.share, way.number + 1));
            return Err(Error::Interrupted(format!(
                "the state after epoch {epoch}{within} is saved in {folder}; fit again with --resume to continue"
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
    /// When this process began with the present pass, and which share of it was done then.
    pass: (Instant, f64),
    /// Seconds that the last validation took.
    validating: f64,
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
                let share = learner.under_way().map_or(0.0, |way| way.share);
                report(FitEvent::Resumed { epoch: found.header.epoch, share, notice });
                checkpoint = found;
            }
            None => checkpoint.write(&plan.folder)?,
        }
        atomic::write(&plan.folder.join(CURVE), checkpoint.header.curve.as_bytes())?;
        let (before, now) = (checkpoint.header.seconds, Instant::now());
        let (timed, pass, validating) = ((0.0, 0), (now, 0.0), 0.0);
        Ok(Self { learner, plan, checkpoint, timed, pass, validating, before, started: plan.begun, saved: now })
    }

    /// One epoch with its validation and its line in the learning curve. False if `stop` cut it short: nothing but the
    /// learner has changed then.
    fn epoch(&mut self, stop: AskStop<'_>, report: &mut dyn FnMut(FitEvent<'_>)) -> Result<bool> {
        let number = self.checkpoint.header.epoch;
        let share = self.learner.under_way().map_or(0.0, |way| way.share);
        self.pass = (Instant::now(), share);
        let Some((done, to)) = self.pass(number, stop, report)? else {
            self.checkpoint.header.seconds = self.seconds();
            return Ok(false);
        };
        let header = &mut self.checkpoint.header;
        (header.epoch, header.progress) = (number + 1, to);
        let due = header.epoch.is_multiple_of(self.plan.validate_every.max(1)) || to >= 1.0;
        let begun = Instant::now();
        let validation = if due { Some(self.learner.evaluate(Part::Validation)?) } else { None };
        self.validating = begun.elapsed().as_secs_f64();
        let best = validation.as_ref().is_some_and(|errors| self.compare(errors));
        let entry = curve::Entry { epoch: number + 1, progress: to, done, validation: validation.as_ref(), best };
        let line = entry.line(&self.checkpoint.header.curve);
        self.append(&line)?;
        // The first epoch pays for allocations and does not count, unless it is the only one.
        let spent = self.pass.0.elapsed().as_secs_f64() / (1.0 - share).max(1.0e-3);
        self.timed =
            if number == 0 || self.timed.1 == 0 { (spent, 1) } else { (self.timed.0 + spent, self.timed.1 + 1) };
        self.checkpoint.header.seconds = self.seconds();
        let left = self.left(to, 0.0);
        let elapsed = Duration::from_secs_f64(self.seconds());
        let (epoch, validation) = (number + 1, validation.as_ref());
        report(FitEvent::Epoch { epoch, progress: to, report: done, validation, best, elapsed, left });
        Ok(true)
    }

    /// The pass of an epoch, with pauses for checkpoints and events where the learner can pause, and where the schedule stands at its
    /// end. None if `stop` cut it short.
    fn pass(
        &mut self,
        number: u64,
        stop: AskStop<'_>,
        report: &mut dyn FnMut(FitEvent<'_>),
    ) -> Result<Option<(EpochReport, f64)>> {
        loop {
            let (from, to) = self.aim(number);
            let pause = self.learner.pauses().then(|| Instant::now() + self.stretch());
            // At least one batch is done before a pause.
            let (stopped, asked) = (AtomicBool::new(false), AtomicBool::new(false));
            let ask = || {
                if stop() {
                    stopped.store(true, Ordering::Relaxed);
                    return true;
                }
                asked.swap(true, Ordering::Relaxed) && pause.is_some_and(|pause| Instant::now() >= pause)
            };
            if let Some(done) = self.learner.epoch(number, from, to, &ask)? {
                return Ok(Some((done, to.min(1.0))));
            }
            let Some(way) = self.learner.under_way().filter(|_| !stopped.load(Ordering::Relaxed)) else {
                return Ok(None);
            };
            if self.is_save_due() {
                self.checkpoint.learner = self.learner.state();
                self.checkpoint.header.seconds = self.seconds();
                self.save()?;
            }
            if self.pass.0.elapsed() >= EVENT_EVERY {
                let UnderWay { share, progress, report: so_far, .. } = way;
                let (elapsed, left) = (Duration::from_secs_f64(self.seconds()), self.left(progress, share));
                report(FitEvent::Within { epoch: number + 1, share, progress, report: so_far, elapsed, left });
            }
        }
    }

    /// Where the schedule runs from and to in the pass that is to begin or to go on. Without a time limit it is the same whenever
    /// it is asked.
    fn aim(&self, number: u64) -> (f64, f64) {
        let (pace, from) = (self.pace(), self.checkpoint.header.progress);
        let Some(limit) = pace.time_limit else { return (from, pace.next(number, from, self.seconds(), None)) };
        let one = self.per_epoch();
        let way = self.learner.under_way();
        let long = one.is_some_and(|one| one > LONG_EPOCH * limit.as_secs_f64());
        match (way, one) {
            (Some(way), None) => (way.from, way.to),
            (way, Some(one)) if self.learner.pauses() && (way.is_some() || long) => {
                let (share, progress) = way.map_or((0.0, from), |way| (way.share, way.progress));
                let place = PassPlace { epoch: number, share, progress, seconds: self.seconds() + self.validating };
                (progress, pace.rest(place, one))
            }
            (_, one) => (from, pace.next(number, from, self.seconds(), one)),
        }
    }

    /// Seconds that a pass takes: the mean of those done in this process, or what the present one tells when enough of it is done.
    fn per_epoch(&self) -> Option<f64> {
        let (begun, share) = self.pass;
        let done = self.learner.under_way().map_or(0.0, |way| way.share - share);
        let mean = (self.timed.1 > 0).then(|| self.timed.0 / self.timed.1 as f64);
        if done > 0.0 && (mean.is_none() || done > ENOUGH) {
            return Some(begun.elapsed().as_secs_f64() / done);
        }
        mean
    }

    /// Time until the next pause: for an event, a checkpoint, or to see how long a pass takes under a limit.
    fn stretch(&self) -> Duration {
        let save = self.plan.checkpoint_every.saturating_sub(self.saved.elapsed());
        let probe = match self.plan.pace.time_limit {
            Some(limit) if self.per_epoch().is_none() => limit.mul_f64(PROBE),
            _ => EVENT_EVERY,
        };
        EVENT_EVERY.min(save).min(probe)
    }

    fn is_save_due(&self) -> bool {
        self.saved.elapsed() >= self.plan.checkpoint_every
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
        if self.learner.pauses() {
            // The last pass ends with the time.
            return self.timed.1 > 0 && self.seconds() >= limit;
        }
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
        Ok(Summary { epochs: header.epoch, best_epoch: header.best_epoch, seconds, parts, groups: Vec::new() })
    }

    fn seconds(&self) -> f64 {
        self.before + self.started.elapsed().as_secs_f64()
    }

    /// The pace with the reserve for the closing evaluation taken off.
    fn pace(&self) -> TimeBudget {
        let left = |limit: Duration| limit.saturating_sub(self.plan.reserve.total().max(limit.mul_f64(RESERVE)));
        TimeBudget { time_limit: self.plan.pace.time_limit.map(left), ..self.plan.pace }
    }

    /// Estimate of the time left when the schedule stands at `progress`, and `share` of the present pass is done.
    fn left(&self, progress: f64, share: f64) -> Duration {
        let per_epoch = self.per_epoch().unwrap_or_default();
        let by_count = self.plan.pace.epochs.map(|epochs| {
            let left = epochs.saturating_sub(self.checkpoint.header.epoch) as f64 - share;
            left.max(0.0) * per_epoch
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
        return refuse(changed_data(&header.data, &plan.data));
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
