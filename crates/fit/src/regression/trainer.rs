//! Fitting numbers of molecules: the mean penalty of errors of standardized targets, the same bits for any number of threads.

use rayon::prelude::*;

use super::amsgrad::AmsGrad;
use super::descent::{Descent, numbers};
use super::regressor::Regressor;
use super::sample::Sample;
use super::standard::Standard;
use crate::penalty::penalty;
use crate::{Array, AskStop, EpochReport, Errors, Learner, Metrics, Optimizer, Part, State, Values};
use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::parallel::pool;
use cormorant_core::{Error, Result};

/// Groups of a batch whose gradients are summed in a fixed order, whatever the number of threads.
const GROUPS: usize = 4;
/// Molecules that networks may look at before their first weights.
const FIRST: usize = 10;
/// Thousandths, for tables that call them meV.
const MILLI: f64 = 1000.0;

/// How a regression goes.
#[derive(Debug, Clone, PartialEq)]
pub struct RegressionConfig {
    /// Molecules per step.
    pub batch: usize,
    /// Rate of the first step after the warm-up.
    pub learning_rate: f64,
    /// Rate of the last step; a cosine lies between.
    pub final_learning_rate: f64,
    /// Error, in deviations of the targets, beyond which the loss grows linearly; 0 for squares throughout.
    pub huber_delta: f64,
    /// Steps over which the rate rises at the start.
    pub warm_up: u64,
    /// Decay of averaged weights and clipping of the production network's optimizer; AMSGrad without.
    pub averaged: Option<(f64, f64)>,
    /// Threads.
    pub threads: usize,
    /// Seed of first weights and order.
    pub seed: u64,
}

struct Worker<R: Regressor> {
    space: R::Space,
    gradient: R::Gradient,
    /// Outputs of the molecule in work, then the seeds of its gradient.
    numbers: Vec<f64>,
    sums: [f64; 2],
}

/// Fits one regressor.
pub struct RegressionTrainer<R: Regressor> {
    regressor: R,
    config: RegressionConfig,
    standard: Standard,
    noise: Noise,
    pool: Option<rayon::ThreadPool>,
    parts: [(Vec<R::Molecule>, Vec<Sample>); 3],
    descent: Descent,
    slots: Vec<Worker<R>>,
}

impl<R: Regressor> RegressionTrainer<R> {
    /// A trainer with fresh weights. Of bare configurations the target is the `energy`, references taken off.
    ///
    /// # Errors
    /// When there is nothing to train on or a molecule does not fit the network.
    pub fn new(
        regressor: R,
        config: RegressionConfig,
        standard: Standard,
        parts: [Vec<impl Into<Sample>>; 3],
    ) -> Result<Self> {
        if parts[0].is_empty() {
            return Err(Error::Invalid("there are no molecules to train on".into()));
        }
        let outputs = regressor.outputs();
        let prepare = |samples: Vec<Sample>| -> Result<(Vec<R::Molecule>, Vec<Sample>)> {
            if let Some(one) = samples.iter().find(|one| one.target.len() != outputs) {
                let found = one.target.len();
                return Err(Error::Invalid(format!("a molecule has {found} labels, the network gives {outputs}")));
            }
            Ok((samples.iter().map(|one| regressor.molecule(&one.configuration)).collect::<Result<_>>()?, samples))
        };
        let [train, validation, test] = parts.map(|part| part.into_iter().map(Into::into).collect());
        let parts = [prepare(train)?, prepare(validation)?, prepare(test)?];
        let noise = Noise::new(config.seed);
        let packed = regressor.initial(noise, &parts[0].0[..parts[0].0.len().min(FIRST)]);
        let weights = regressor.weights(&packed);
        let slots = (0..config.batch.min(GROUPS))
            .map(|_| Worker {
                space: regressor.space(),
                gradient: regressor.gradient(&weights),
                numbers: vec![0.0; outputs],
                sums: [0.0; 2],
            })
            .collect();
        let descent = match config.averaged {
            None => Descent::AmsGrad(AmsGrad::new(packed)),
            Some((decay, clip)) => {
                let (scales, matrices) = (regressor.scales(), regressor.matrices());
                Descent::Averaged(Box::new(Optimizer::new(packed, scales, &matrices, 0.0, decay, clip)))
            }
        };
        let pool = pool(config.threads)?;
        Ok(Self { regressor, config, standard, noise, pool, parts, descent, slots })
    }

    /// The weights that would be saved now.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        self.descent.kept()
    }

    /// Mean and deviation of the training targets.
    #[must_use]
    pub fn standard(&self) -> Standard {
        self.standard
    }

    /// Learning rate at `progress` (0 to 1) after `steps` steps.
    fn rate(&self, progress: f64, steps: u64) -> f64 {
        let RegressionConfig { learning_rate, final_learning_rate, warm_up, .. } = self.config;
        let cosine = 0.5 * (1.0 + (std::f64::consts::PI * progress.clamp(0.0, 1.0)).cos());
        let warm = ((steps + 1) as f64 / warm_up.max(1) as f64).min(1.0);
        warm * (final_learning_rate + (learning_rate - final_learning_rate) * cosine)
    }

    /// One step; sums of squared and absolute errors in units of the deviation, and whether the gradient was finite.
    fn step(&mut self, batch: &[u32], progress: f64) -> ([f64; 2], bool) {
        let Self { regressor, slots, parts, pool, descent, standard, .. } = self;
        let (molecules, samples) = &parts[0];
        let mut weights = regressor.weights(descent.weights());
        // The error of a molecule is the mean over its numbers, so that a turned molecule has the same.
        let width = regressor.outputs() as f64;
        let (share, delta) = (1.0 / (batch.len() as f64 * width), self.config.huber_delta);
        let count = slots.len();
        let regressor = &*regressor;
        let shared = &weights;
        let work = |(index, slot): (usize, &mut Worker<R>)| {
            regressor.clear(&mut slot.gradient);
            slot.sums = [0.0; 2];
            for &number in batch.iter().skip(index).step_by(count) {
                let molecule = &molecules[number as usize];
                regressor.predict(shared, molecule, &mut slot.space, &mut slot.numbers);
                let (mut squares, mut absolute) = (0.0, 0.0);
                for (found, label) in slot.numbers.iter_mut().zip(&samples[number as usize].target) {
                    *found -= (label - standard.mean) / standard.deviation;
                    squares += *found * *found;
                    absolute += found.abs();
                }
                let (value, slope) = penalty(squares / width, delta);
                slot.sums[0] += value;
                slot.sums[1] += absolute / width;
                slot.numbers.iter_mut().for_each(|error| *error *= share * slope);
                regressor.backward(shared, molecule, &mut slot.space, &slot.numbers, &mut slot.gradient);
            }
        };
        match pool {
            Some(pool) => pool.install(|| slots.par_iter_mut().enumerate().for_each(work)),
            None => slots.iter_mut().enumerate().for_each(work),
        }
        let (first, rest) = slots.split_at_mut(1);
        let mut sums = first[0].sums;
        for slot in rest {
            sums[0] += slot.sums[0];
            sums[1] += slot.sums[1];
            regressor.add(&mut first[0].gradient, &mut slot.gradient);
        }
        let gradient = regressor.packed(&mut weights, &mut first[0].gradient);
        let rate = self.rate(progress, self.descent.steps());
        let finite = sums[0].is_finite() && self.descent.step(&gradient, rate);
        (sums, finite)
    }

    /// Reference and prediction of every number of every molecule of `part`, with the weights that would be saved now, references
    /// of atoms taken off.
    #[must_use]
    pub fn pairs(&self, part: Part) -> Vec<[f64; 2]> {
        let index = index_of(part);
        let references = self.parts[index].1.iter().flat_map(|sample| &sample.target);
        references.zip(self.predictions(index).into_iter().flatten()).map(|(label, found)| [*label, found]).collect()
    }

    fn predictions(&self, part: usize) -> Vec<Vec<f64>> {
        let (regressor, standard) = (&self.regressor, self.standard);
        let weights = regressor.weights(self.descent.kept());
        let numbers = |space: &mut R::Space, molecule: &R::Molecule| {
            let mut numbers = vec![0.0; regressor.outputs()];
            regressor.predict(&weights, molecule, space, &mut numbers);
            standard.restore(&mut numbers);
            numbers
        };
        let molecules = &self.parts[part].0;
        match &self.pool {
            Some(pool) => pool.install(|| molecules.par_iter().map_init(|| regressor.space(), numbers).collect()),
            None => {
                let mut space = regressor.space();
                molecules.iter().map(|molecule| numbers(&mut space, molecule)).collect()
            }
        }
    }
}

impl<R: Regressor> Learner for RegressionTrainer<R> {
    fn epoch(&mut self, number: u64, from: f64, to: f64, stop: AskStop<'_>) -> Result<Option<EpochReport>> {
        let count = self.parts[0].0.len();
        let mut order: Vec<u32> = (0..count as u32).collect();
        self.noise.stream(Consumer::Shuffle, number, 0).shuffle(&mut order);
        let batches = count.div_ceil(self.config.batch);
        let (mut sums, mut skipped) = ([0.0; 2], 0);
        for (index, batch) in order.chunks(self.config.batch).enumerate() {
            if stop() {
                return Ok(None);
            }
            let (more, finite) = self.step(batch, from + (to - from) * index as f64 / batches as f64);
            skipped += usize::from(!finite);
            sums = [sums[0] + more[0], sums[1] + more[1]];
        }
        if skipped > batches / 10 {
            return Err(Error::Invalid(format!(
                "{skipped} of {batches} steps had no finite gradient; lower `learning_rate`, or choose another seed"
            )));
        }
        Ok(Some(EpochReport {
            loss: sums[0] / count as f64,
            energy_mae: sums[1] / count as f64 * self.standard.deviation * MILLI,
            force_mae: f64::NAN,
            learning_rate: self.rate(to, self.descent.steps()),
        }))
    }

    fn evaluate(&mut self, part: Part) -> Result<Errors> {
        let index = index_of(part);
        let mut metrics = Metrics::default();
        for (sample, numbers) in self.parts[index].1.iter().zip(self.predictions(index)) {
            metrics.add_numbers(sample.configuration.atom_count(), &sample.target, &numbers);
        }
        Ok(metrics.errors())
    }

    fn parameters(&self) -> State {
        let values = Values::F64(self.descent.kept().to_vec());
        State::from([("weights".to_string(), Array { shape: vec![self.regressor.parameters()], values })])
    }

    fn set_parameters(&mut self, parameters: &State) -> Result<()> {
        self.descent.keep(numbers(parameters, "weights", self.regressor.parameters())?);
        Ok(())
    }

    fn state(&self) -> State {
        self.descent.state()
    }

    fn restore(&mut self, state: &State) -> Result<()> {
        self.descent.restore(state)
    }

    fn recipe(&self) -> u32 {
        self.descent.recipe()
    }
}

/// Where `part` stands among the parts of the data.
fn index_of(part: Part) -> usize {
    match part {
        Part::Train => 0,
        Part::Validation => 1,
        Part::Test => 2,
    }
}
