//! The runs of a round, and the frames of them that are labeled.

use std::fs;
use std::path::Path;

use super::frames::{is_open, read_requests, write_requests, write_system};
use super::members::committee;
use super::round::BLIND;
use super::{LearnEvent, Learner, Round};
use crate::settings::SelectionRule;
use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::parallel::{cores, share};
use cormorant_core::system::System;
use cormorant_core::units::PICOSECOND;
use cormorant_core::{Error, Result, atomic};
use cormorant_dynamics::simulation::whole_steps;
use cormorant_learn::label::Request;
use cormorant_learn::select::{evenly, largest_of_blocks};
use cormorant_learn::{Candidate, Exploration, explore};
use cormorant_network::Network;
use cormorant_potential::{Evaluation, RequestedProperties};

/// Frames from which the usual spread is taken.
const USUAL: usize = 40;
/// A run is never stopped for a smaller spread of a force, in eV/Å: forces of molecules and crystals at some hundred kelvin are of this size.
const LEAST_SPREAD: f64 = 1.0;
/// The frames that could be selected, in the folder of a round.
const POOL: &str = "pool.xyz";
/// The frames that were selected.
pub(super) const SELECTED: &str = "selected.xyz";

/// What the runs of a round gave.
pub(super) struct Runs {
    candidates: Vec<Candidate>,
    /// Why runs were stopped.
    stops: Vec<String>,
    largest_spread: f64,
}

impl Learner<'_> {
    /// The frames that are labeled in a round: those of the file, if it is there, else those that are selected from runs of `members`, which
    /// were fitted in the round before to those of the first `known` labels that are not blind.
    pub(super) fn select(
        &mut self,
        round: &mut Round,
        members: &[Box<dyn Network>],
        known: usize,
    ) -> Result<Vec<Request>> {
        let folder = Round::folder(&self.folder, round.number);
        let (path, notes) = (folder.join(SELECTED), folder.join("runs.json"));
        if path.is_file() && notes.is_file() {
            let text = fs::read_to_string(&notes).map_err(|source| Error::io(&notes, source))?;
            let wrong = |error: serde_json::Error| Error::restart(&notes, format!("is damaged: {error}"));
            *round = serde_json::from_str(&text).map_err(wrong)?;
            return read_requests(&path);
        }
        fs::create_dir_all(&folder).map_err(|source| Error::io(&folder, source))?;
        let runs = self.explore(round, members, known)?;
        round.stopped = runs.stops.len();
        round.first_stop = runs.stops.first().cloned();
        round.largest_spread = runs.largest_spread;
        round.candidates = runs.candidates.len();
        write_pool(&folder.join(POOL), &runs.candidates)?;
        let left = self.input.stop.labels.saturating_sub(self.spent()).saturating_sub(1);
        let mut requests = self.choose(round.number, &runs.candidates, left);
        let missing = self.input.select.frames.min(left).saturating_sub(requests.len());
        if missing > 0 {
            // Runs that end at once teach nothing: the committee needs frames of the first kind.
            requests.extend(self.more_samples(round.number, missing)?);
        }
        let text = serde_json::to_string_pretty(round).map_err(|error| Error::Internal(error.to_string()))?;
        atomic::write(&notes, text.as_bytes())?;
        write_requests(&path, &requests)?;
        Ok(requests)
    }

    fn explore(&mut self, round: &Round, members: &[Box<dyn Network>], known: usize) -> Result<Runs> {
        (self.report)(LearnEvent::Busy { round: round.number, what: "runs", share: None });
        let input = &self.input.explore;
        let time_step = input.time_step.value();
        let steps = whole_steps(round.run_length * PICOSECOND, time_step)?;
        let every = whole_steps(input.every.value(), time_step)?;
        let largest_spread = self.largest_spread(members, known)?;
        let starts: Vec<&System> = self.fitted(known).map(|entry| &entry.request.system).collect();
        let noise = Noise::new(self.input.seed);
        let number = round.number as u64;
        let mut workers = vec![(); cores().min(input.replicas)];
        let (stop, replicas) = (&self.stop, input.replicas);
        let found = share(&mut workers, replicas, |(), replica| {
            let mut stream = noise.stream(Consumer::ActiveLearning, number, replica as u64);
            let start = starts[stream.below(starts.len() as u64) as usize];
            let how = Exploration {
                temperature: input.temperatures[replica % input.temperatures.len()].value(),
                time_step,
                steps,
                every,
                largest_spread,
                seed: stream.bits() >> 1,
            };
            explore(start, committee(members)?, &how, stop)
        })?;
        let (mut candidates, mut stops) = (Vec::new(), Vec::new());
        for one in found {
            candidates.extend(one.candidates);
            stops.extend(one.stopped);
        }
        Ok(Runs { candidates, stops, largest_spread })
    }

    /// The spread of a force at which runs are stopped: a multiple of the usual one, of blind frames or where there are few of those fitted
    /// to.
    fn largest_spread(&self, members: &[Box<dyn Network>], known: usize) -> Result<f64> {
        let blind: Vec<&System> = self.blind_entries().map(|entry| &entry.request.system).collect();
        let fitted = || self.fitted(known).map(|entry| &entry.request.system).collect();
        let frames: Vec<&System> = if blind.len() >= 5 { blind } else { fitted() };
        let step = frames.len().div_ceil(USUAL).max(1);
        let mut potential = committee(members)?;
        let mut found = Evaluation::default();
        let mut spreads = Vec::new();
        for system in frames.into_iter().step_by(step) {
            potential.evaluate(system, RequestedProperties::default(), &mut found)?;
            spreads.extend(found.spread.as_ref().map(|spread| spread.largest().1));
        }
        spreads.sort_by(f64::total_cmp);
        let median = spreads.get(spreads.len() / 2).copied().unwrap_or(0.0);
        Ok((self.input.explore.stop_at_spread * median).max(LEAST_SPREAD))
    }

    /// Which of `candidates` are labeled, `most` at most: some blindly, the others by the rule of the input.
    fn choose(&self, round: usize, candidates: &[Candidate], most: usize) -> Vec<Request> {
        let select = &self.input.select;
        let count = select.frames.min(most).min(candidates.len());
        let share = (select.blind_share * count as f64).round() as usize;
        let usable = |index: &usize| candidates[*index].spread.is_finite() && is_open(&candidates[*index].system);
        let mut open: Vec<usize> = (0..candidates.len()).filter(usable).collect();
        let mut stream = Noise::new(self.input.seed).stream(Consumer::ActiveLearning, round as u64, u64::MAX);
        let mut draw = |open: &mut Vec<usize>| open.remove(stream.below(open.len() as u64) as usize);
        let mut blind: Vec<usize> = (0..share.min(open.len())).map(|_| draw(&mut open)).collect();
        blind.sort_unstable();
        let wanted = (count - share.min(count)).min(open.len());
        let chosen: Vec<usize> = match select.by {
            SelectionRule::Random => {
                let mut drawn: Vec<usize> = (0..wanted).map(|_| draw(&mut open)).collect();
                drawn.sort_unstable();
                drawn
            }
            SelectionRule::Time => evenly(open.len(), wanted).into_iter().map(|place| open[place]).collect(),
            SelectionRule::Spread => {
                let spreads: Vec<f64> = open.iter().map(|index| candidates[*index].spread).collect();
                largest_of_blocks(&spreads, wanted).into_iter().map(|place| open[place]).collect()
            }
        };
        let request = |index: usize, reason: String| self.request_of(candidates[index].system.clone(), &reason);
        let of_rule = chosen.into_iter().map(|index| request(index, format!("{} of round {round}", select.by)));
        let blindly = blind.into_iter().map(|index| request(index, BLIND.to_string()));
        of_rule.chain(blindly).collect()
    }
}

fn write_pool(path: &Path, candidates: &[Candidate]) -> Result<()> {
    atomic::write_with(path, |out| candidates.iter().try_for_each(|candidate| write_system(out, &candidate.system)))
}
