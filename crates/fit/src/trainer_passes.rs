//! What the loop of fitting asks of a trainer: passes over the frames, errors, states.

use std::collections::BTreeMap;

use super::batches::Batches;
use super::learner::{AskStop, EpochReport, Learner, Part, State, UnderWay};
use super::metrics::{Errors, Metrics};
use super::objective::{FrameLoss, Objective};
use super::pass::Pass;
use super::relative_energies::in_fours;
use super::state_arrays::{array, doubles, numbers};
use super::trainer::{Trainer, within};
use cormorant_core::noise::Consumer;
use cormorant_core::{Error, Result};
use cormorant_kernels::Real;

/// Frames whose predictions are in memory at the same time when errors are added up.
const AT_ONCE: usize = 4096;
/// Numbers of the lists that are shuffled for one round of one theory: more than it has scans.
const LISTS: u64 = 1 << 40;

/// Frames of one theory: those of no scan, and those of each scan whose energies count within it.
type FramesAndScans<'s> = (Vec<u32>, BTreeMap<&'s str, Vec<u32>>);

impl<P: Real, O: Objective> Trainer<P, O> {
    /// [`Learner::epoch`] on the threads of the current rayon pool if `parallel`.
    fn pass(
        &mut self,
        number: u64,
        from: f64,
        to: f64,
        stop: AskStop<'_>,
        parallel: bool,
    ) -> Result<Option<EpochReport>> {
        let mut pass = match self.under_way.take().filter(|pass| pass.number == number) {
            Some(mut pass) => {
                pass.aim(from, to);
                pass
            }
            None => {
                let size = self.settings.batch.at(from);
                Pass::new(number, (self.order(number, size), size), from, to)
            }
        };
        while let Some(batch) = pass.batch() {
            if stop() {
                self.under_way = Some(pass);
                return Ok(None);
            }
            let label = |frame: &u32| &self.parts[0].labels[*frame as usize];
            let tells = batch.first().is_none_or(|frame| self.objective.tells(self.objective.theory(label(frame))));
            let (loss, finite) = self.step(batch, pass.progress(), parallel)?;
            pass.add(loss, tells.then(|| self.objective.steady_loss(&loss)), finite);
        }
        let (frames, batches, skipped, sum) = (pass.frames(), pass.batches(), pass.skipped, pass.sum);
        let failed = skipped > batches / 10;
        match &mut self.recovery {
            Some(recovery) => {
                let [loss, forces] = pass.typical.values();
                recovery.judge(&mut self.descent, failed, loss, forces, self.objective.forces_tell())?;
            }
            None if failed => {
                return Err(Error::Invalid(format!(
                    "{skipped} of {batches} steps had no finite gradient; lower `learning_rate`, or choose another seed"
                )));
            }
            None => {}
        }
        Ok(Some(self.report(&sum, frames, to)))
    }

    /// The training frames of a pass in batches of `size`, each of one theory.
    fn order(&self, number: u64, size: usize) -> Batches {
        let mut theories: Vec<FramesAndScans<'_>> = Vec::new();
        theories.resize_with(self.objective.theories(), Default::default);
        for (frame, label) in self.parts[0].labels.iter().enumerate() {
            let (others, scans) = &mut theories[self.objective.theory(label)];
            let list = self.objective.compared_within(label).map_or(others, |scan| scans.entry(scan).or_default());
            list.push(frame as u32);
        }
        let shuffle =
            |list: u64, frames: &mut [u32]| self.noise.stream(Consumer::Shuffle, number, list).shuffle(frames);
        let repeated = theories
            .into_iter()
            .enumerate()
            .flat_map(|(theory, frames)| std::iter::repeat_n(frames, self.objective.repeats(theory)));
        let batches = repeated.enumerate().map(|(number, (others, scans))| {
            let first = number as u64 * LISTS;
            let frames = in_fours(others, scans, &|list, frames| shuffle(first + list, frames));
            Batches::of(frames, size)
        });
        Batches::together(batches.collect(), |batches| shuffle(u64::MAX, batches))
    }

    /// What so many frames came to, with the learning rate at `progress`.
    fn report(&self, sum: &FrameLoss, frames: usize, progress: f64) -> EpochReport {
        let rate = self.learning_rate_factor() * self.settings.rate.at(progress, self.descent.steps());
        EpochReport { learning_rate: rate, ..self.objective.report(sum, frames) }
    }

    /// Name of the weights that are kept, in checkpoints from the first day on.
    fn kept_name(&self) -> &'static str {
        if self.settings.recovers { "average" } else { "weights" }
    }
}

impl<P: Real, O: Objective> Learner for Trainer<P, O> {
    fn epoch(&mut self, number: u64, from: f64, to: f64, stop: AskStop<'_>) -> Result<Option<EpochReport>> {
        // One change of threads for the whole epoch: each costs as much as a tenth of a step of ethanol.
        let pool = self.pool.take();
        let report = within(pool.as_ref(), |parallel| self.pass(number, from, to, stop, parallel));
        self.pool = pool;
        report
    }

    fn pauses(&self) -> bool {
        true
    }

    fn under_way(&self) -> Option<UnderWay> {
        let pass = self.under_way.as_ref()?;
        let ((from, to), progress) = (pass.stretch(), pass.progress());
        let report = self.report(&pass.sum, pass.frames(), progress);
        Some(UnderWay { number: pass.number, share: pass.share(), from, to, progress, report })
    }

    fn evaluate(&mut self, part: Part) -> Result<Errors> {
        let mut metrics = Metrics::default();
        let frames = self.parts[part.index()].labels.len();
        for start in (0..frames).step_by(AT_ONCE) {
            let some = start..frames.min(start + AT_ONCE);
            let found = self.predict_some(part, some.clone())?;
            for (label, prediction) in self.parts[part.index()].labels[some].iter().zip(&found) {
                self.objective.compare(label, prediction, &mut metrics);
            }
        }
        Ok(metrics.errors())
    }

    fn score(&self, errors: &Errors) -> f64 {
        self.objective.score(errors)
    }

    fn property(&self) -> Option<(&str, &str)> {
        self.objective.property()
    }

    fn center_energies(&mut self) -> Result<()> {
        let found = self.predict(Part::Train)?;
        self.objective.center(&self.parts[0].labels, &found)
    }

    fn parameters(&self) -> State {
        State::from([(self.kept_name().to_string(), array(self.descent.kept()))])
    }

    fn set_parameters(&mut self, parameters: &State) -> Result<()> {
        self.descent.keep(numbers(parameters, self.kept_name(), self.descent.weights().len())?);
        Ok(())
    }

    fn state(&self) -> State {
        let mut state = self.descent.state();
        match &self.recovery {
            Some(recovery) => recovery.state(self.descent.norm(), &mut state),
            None => {
                state.insert("norm".into(), doubles(vec![self.descent.norm()]));
            }
        }
        if let Some(pass) = &self.under_way {
            pass.state(&mut state);
        }
        state
    }

    fn restore(&mut self, state: &State) -> Result<()> {
        self.descent.restore(state)?;
        self.under_way = Pass::restore(state, self.settings.batch.first, |number, size| self.order(number, size))?;
        let norm = match &mut self.recovery {
            Some(recovery) => recovery.restore(self.descent.weights().len(), state)?,
            None => numbers::<f64>(state, "norm", 1)?[0],
        };
        self.descent.set_norm(norm);
        Ok(())
    }

    fn recipe(&self) -> u32 {
        self.descent.recipe()
    }
}
