//! From one structure and a label source to a potential: label, fit, explore, select, and again.
//!
//! Everything that the loop knows is in files: the ledger of labels, and for each round a folder with the frames that were selected, the
//! members, and the record that ends the round. A file that is there is not made again, so that a loop which was killed goes on where it
//! was, to the same bits.

mod event;
mod explore;
mod frames;
mod judge;
mod labels;
mod members;
mod page;
mod round;
mod slices;
mod start;

pub use event::LearnEvent;
pub use round::Round;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::folder::shown_path;
use super::{Closing, RunMode};
use crate::settings::{Input, LearnInput, Quantity, WallTime};
use cormorant_core::units::PICOSECOND;
use cormorant_core::{Error, Result, atomic};
use cormorant_dynamics::simulation::Stop;
use cormorant_io::FolderLock;
use cormorant_learn::label::{Entry, LabelSource, Ledger};
use cormorant_learn::{ErrorInterval, Forecast};
use cormorant_network::Network;

/// The resolved input in the folder of the potential.
const INPUT: &str = "learn.toml";
/// Rounds whose blind frames count.
const JUDGED_ROUNDS: usize = 3;
/// The folder of the labels.
const LABELS: &str = "labels";

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The error is small enough.
    Reached,
    /// The labels are used up.
    Labels,
    /// The rounds are used up.
    Rounds,
    /// The time is used up.
    Time,
}

/// A potential that was learned.
#[derive(Debug, Clone)]
pub struct Learned {
    /// The rounds.
    pub rounds: Vec<Round>,
    /// Why it ended; `None` while structures wait for somebody.
    pub ending: Option<Ending>,
    /// Structures that wait for somebody.
    pub waiting: usize,
    /// The root mean square error of the forces of the final members on the blind frames of the last rounds, in meV/Å.
    pub force_rmse: Option<ErrorInterval>,
    /// The mean absolute error of the same, in meV/Å.
    pub force_mae: Option<ErrorInterval>,
    /// Labels that were spent.
    pub spent: usize,
    /// How the error would fall with more labels.
    pub forecast: Option<Forecast>,
    /// The folder.
    pub folder: PathBuf,
    /// The members.
    pub members: Vec<PathBuf>,
    /// The page that shows it.
    pub page: Option<PathBuf>,
}

/// The loop.
pub(super) struct Learner<'l> {
    input: &'l LearnInput,
    folder: PathBuf,
    ledger: Ledger,
    source: Box<dyn LabelSource>,
    stop: Stop,
    report: &'l mut (dyn FnMut(LearnEvent<'_>) + Send),
    started: Instant,
}

/// Learns the potential that `input` asks for.
///
/// # Errors
/// When the folder is not available, the label source cannot be believed, a fit fails, or `stop` says so; what was done is kept.
pub fn learn(
    input: &LearnInput,
    mode: RunMode,
    stop: &Stop,
    report: &mut (dyn FnMut(LearnEvent<'_>) + Send),
) -> Result<Learned> {
    let folder = input.output.folder.clone();
    take(&folder, mode, &Input::Learn(Box::new(input.clone())).to_toml(Some(&folder))?)?;
    let labels = folder.join(LABELS);
    let ledger = Ledger::open(&labels, &input.labels.named_theory()?)?;
    let source = input.labels.label_source(&labels)?;
    let (stop, started) = (stop.clone(), Instant::now());
    Learner { input, folder, ledger, source, stop, report, started }.run()
}

impl Learner<'_> {
    fn run(&mut self) -> Result<Learned> {
        let mut rounds: Vec<Round> = Vec::new();
        let mut members: Vec<Box<dyn Network>> = Vec::new();
        let ending = loop {
            let number = rounds.len();
            let folder = Round::folder(&self.folder, number);
            if Round::read(&folder)?.is_none() {
                let waiting = self.round(number, rounds.last(), &members)?;
                if waiting > 0 {
                    return self.learned(rounds, None, waiting, &[]);
                }
            }
            let record = Round::read(&folder)?.ok_or_else(|| Error::Internal("a round has no record".into()))?;
            (self.report)(LearnEvent::Round(&record));
            rounds.push(record);
            if let Some(ending) = self.ending(&rounds) {
                break ending;
            }
            let known = rounds.last().map_or(0, |round| round.labels);
            members = self.members(number, known)?;
        };
        let folder = self.folder.clone();
        let number = rounds.len();
        let epochs = self.input.committee.final_epochs_at_950_frames;
        let finals =
            self.fit(number, &folder, self.ledger.entries().len(), (epochs, Closing::default(), "final fits"))?;
        self.learned(rounds, Some(ending), 0, &finals)
    }

    /// A round; how many structures wait for somebody. Its record is there when none do.
    fn round(&mut self, number: usize, last: Option<&Round>, members: &[Box<dyn Network>]) -> Result<usize> {
        let mut round = Round { number, run_length: self.run_length(last), ..Round::empty() };
        let requests = match last {
            None => self.first_frames()?,
            Some(last) => {
                round.training = self.fitted(last.labels).count();
                let requests = self.select(&mut round, members, last.labels)?;
                self.check_theory(number)?;
                requests
            }
        };
        let waiting = self.label(number, &requests)?;
        if waiting > 0 {
            return Ok(waiting);
        }
        if last.is_none() {
            self.check_work(&requests)?;
        } else if let Some(verdict) = self.judge(members)? {
            round.force_rmse = Some(verdict.force_rmse);
            round.force_mae = Some(verdict.force_mae);
            round.energy_mae = Some(verdict.energy_mae);
            round.calibration = Some(verdict.calibration);
        }
        round.blind = self.blind_entries().count();
        round.spent = self.spent();
        round.labels = self.ledger.entries().len();
        round.write(&Round::folder(&self.folder, number))?;
        Ok(0)
    }

    /// Length of the runs of the next round in ps: twice that of the last one if none of its runs was stopped.
    fn run_length(&self, last: Option<&Round>) -> f64 {
        let explore = &self.input.explore;
        let [first, longest] = [&explore.duration, &explore.longest].map(|time| time.value() / PICOSECOND);
        match last {
            None => 0.0,
            Some(last) if last.number == 0 => first,
            Some(last) if last.stopped > 0 => last.run_length,
            Some(last) => (2.0 * last.run_length).min(longest.max(first)),
        }
    }

    /// Why no further round begins, if none does.
    fn ending(&self, rounds: &[Round]) -> Option<Ending> {
        let stop = &self.input.stop;
        let last = rounds.last()?;
        let goal = stop.force_error.as_ref().map(|error| 1000.0 * Quantity::value(error));
        let reached = goal.zip(last.force_rmse).is_some_and(|(goal, found)| found.upper <= goal);
        // A round needs a check and two frames.
        let used_up = last.spent + 3 > stop.labels;
        let late = stop.time.as_ref().map(WallTime::duration).is_some_and(|limit| self.started.elapsed() > limit);
        match (reached, used_up, rounds.len() > stop.rounds, late) {
            (true, ..) => Some(Ending::Reached),
            (_, true, ..) => Some(Ending::Labels),
            (_, _, true, _) => Some(Ending::Rounds),
            (.., true) => Some(Ending::Time),
            _ => None,
        }
    }

    fn learned(
        &self,
        rounds: Vec<Round>,
        ending: Option<Ending>,
        waiting: usize,
        finals: &[Box<dyn Network>],
    ) -> Result<Learned> {
        let verdict = if finals.is_empty() { None } else { self.judge(finals)? };
        let points: Vec<(f64, f64)> =
            rounds.iter().filter_map(|round| Some((round.training as f64, round.force_rmse?.value))).collect();
        let mut learned = Learned {
            forecast: Forecast::through(&points),
            rounds,
            ending,
            waiting,
            force_rmse: verdict.as_ref().map(|verdict| verdict.force_rmse),
            force_mae: verdict.as_ref().map(|verdict| verdict.force_mae),
            spent: self.spent(),
            members: (0..finals.len()).map(|member| Round::member_folder(&self.folder, member)).collect(),
            folder: self.folder.clone(),
            page: None,
        };
        if ending.is_some() {
            learned.page = Some(self.write_page(&learned, finals, verdict.map(|verdict| verdict.spreads))?);
        }
        Ok(learned)
    }

    /// Those of the first `known` labels that are fitted to: labels of a round that a kill has cut short are not known yet.
    fn fitted(&self, known: usize) -> impl Iterator<Item = &Entry> {
        self.ledger.entries().iter().take(known).filter(|entry| entry.request.reason != round::BLIND)
    }

    /// The blind frames of the last rounds. Those of earlier ones come from runs of worse committees, and some are structures that nothing
    /// else would visit.
    fn blind_entries(&self) -> impl Iterator<Item = &Entry> {
        let select = &self.input.select;
        let most = JUDGED_ROUNDS * (select.blind_share * select.frames as f64).round() as usize;
        let blind = || self.ledger.entries().iter().filter(|entry| entry.request.reason == round::BLIND);
        blind().skip(blind().count().saturating_sub(most))
    }
}

/// The input without what may change when the loop is continued.
fn without_stop(text: &str) -> Option<toml::Table> {
    let mut table: toml::Table = text.parse().ok()?;
    table.remove("stop");
    Some(table)
}

/// Takes the folder over as `mode` says, with the resolved `input` in it.
///
/// Afterwards the lock of the labels keeps others out: that of the folder belongs to the fits of its committee.
fn take(folder: &Path, mode: RunMode, input: &str) -> Result<()> {
    let path = folder.join(INPUT);
    let refuse = |reason: &str| Err(Error::Occupied(reason.into()).in_file(shown_path(folder)));
    let there = fs::read_to_string(&path).ok();
    let empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    match (&there, mode.resume, mode.force) {
        (None, ..) if !empty => {
            return refuse("exists and is not the folder of a potential that was learned; name another one");
        }
        (Some(_), false, false) => {
            return refuse("contains a potential already; --resume continues it, --force begins anew");
        }
        (Some(then), true, _) if without_stop(then) != without_stop(input) => {
            return Err(Error::restart(
                &path,
                "the input is not the one that this potential was begun with; set it back (only [stop] may change), or begin anew with \
                 --force, which keeps labels of the same theory",
            ));
        }
        _ => {}
    }
    fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
    let _lock = FolderLock::of(folder)?;
    let labels = folder.join(LABELS);
    if labels.is_dir() {
        // Another loop at work has it.
        drop(FolderLock::of(&labels)?);
    }
    if mode.force && there.is_some() {
        // Labels cost most and stay; a ledger of another theory is refused by itself.
        for entry in fs::read_dir(folder).map_err(|source| Error::io(folder, source))?.flatten() {
            let name = entry.file_name();
            if name.to_string_lossy().starts_with("member-") || name == "rounds" {
                fs::remove_dir_all(entry.path()).map_err(|source| Error::io(entry.path(), source))?;
            }
        }
        let _ = fs::remove_file(folder.join("train.xyz"));
    }
    atomic::sweep(folder);
    atomic::write(&path, input.as_bytes())
}
