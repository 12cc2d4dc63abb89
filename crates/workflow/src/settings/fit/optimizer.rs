//! How a fit minimizes its loss.

use serde::Serialize;

use crate::settings::declare::{Bounds, integer, number, settings};
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_fit::MANY;

settings! {
    /// `[optimizer]`: orthogonal steps for matrices, Adam for the rest, a rate that falls, averaged weights and clipped gradients.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct OptimizerInput {
        /// Frames per step at the beginning; 4 by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub batch: Option<usize> = integer(1, 65536),
        /// Frames per step at the end; from `batch` they go there by equal factors, epoch by epoch. As `batch` by default; 64 where that is left out too
        /// and the training frames hold 50 formulas, or values of `molecule`, or more.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub final_batch: Option<usize> = integer(1, 65536),
        /// Rate of the first step; 0.03 by default, 0.015 where the training frames hold 50 formulas, or values of `molecule`, or more, 0.005 for a network that starts from another model.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub learning_rate: Option<f64> = number(Bounds::AboveZero),
        /// Rate of the last step, as a share of the first.
        pub final_rate_share: f64 = number(Bounds::Share).or("0.01"),
        /// Power of the part of the fit that is left by which the rate falls from the first to the last; 2 by default, 1 where they hold so many.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub rate_power: Option<f64> = number(Bounds::AboveZero),
        /// Shrinking of the weights per step, times the rate.
        pub weight_decay: f64 = number(Bounds::Share).or("0.0"),
        /// Decay of the moving average of the weights that is validated and saved; 0 for none.
        pub average_decay: f64 = number(Bounds::BelowOne).or("0.999"),
        /// Longest gradient, as a multiple of the running mean of its norm.
        pub clip: f64 = number(Bounds::AboveZero).or("2.0"),
    }
}

impl Default for OptimizerInput {
    fn default() -> Self {
        Self {
            batch: None,
            final_batch: None,
            learning_rate: None,
            final_rate_share: 0.01,
            rate_power: None,
            weight_decay: 0.0,
            average_decay: 0.999,
            clip: 2.0,
        }
    }
}

/// Rate of the first step where the training frames are of a few molecules.
const RATE: f64 = 0.03;
/// The same where they are of many: of 16 channels 0.02 is better still, but one of 32 with charges went astray at it (`benches/accuracy.md`).
const RATE_OF_MANY: f64 = 0.015;
/// Rate of the first step of a network that has learned before: larger ones lose what it knows (`benches/accuracy.md`).
const STARTED_RATE: f64 = 0.005;

/// Power by which the rate falls where the training frames are of a few molecules, of which most is learned at small rates.
const POWER: f64 = 2.0;
/// The same where they are of many, of which most is learned before (`benches/accuracy.md`).
const POWER_OF_MANY: f64 = 1.0;

/// Frames per step.
const BATCH: usize = 4;
/// Frames of the last steps where the training frames are of many molecules. Each frame pulls another way then: few of them in a step learn most at
/// first, and later only more of them take the noise away (`benches/accuracy.md`).
const LAST_BATCH_OF_MANY: usize = 64;

impl OptimizerInput {
    /// Settles what depends on how many molecules the training frames hold.
    pub(crate) fn settle(&mut self, compositions: usize) {
        let (rate, power, last) =
            if compositions >= MANY { (RATE_OF_MANY, POWER_OF_MANY, LAST_BATCH_OF_MANY) } else { (RATE, POWER, BATCH) };
        let last = self.batch.unwrap_or(last);
        self.final_batch.get_or_insert(last);
        self.batch.get_or_insert(BATCH);
        self.rate_power.get_or_insert(power);
        self.learning_rate.get_or_insert(rate);
    }

    /// Rate of the first step.
    pub(crate) fn first_rate(&self) -> f64 {
        self.learning_rate.unwrap_or(RATE)
    }

    /// Power by which the rate falls.
    pub(crate) fn power(&self) -> f64 {
        self.rate_power.unwrap_or(POWER)
    }

    /// Frames per step.
    pub(crate) fn frames_per_step(&self) -> usize {
        self.batch.unwrap_or(BATCH)
    }

    /// Frames per step at the end.
    pub(crate) fn frames_per_last_step(&self) -> usize {
        self.final_batch.unwrap_or(self.frames_per_step())
    }

    /// The defaults; `started` for a network with the weights of another model.
    pub(super) fn of(started: bool) -> Self {
        Self { learning_rate: started.then_some(STARTED_RATE), ..Self::default() }
    }

    pub(super) fn read(section: &Section<'_>, started: bool) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        Ok(Self {
            batch: section.get(&Self::batch)?,
            final_batch: section.get(&Self::final_batch)?,
            learning_rate: section.given(&Self::learning_rate)?.or(Self::of(started).learning_rate),
            final_rate_share: section.get(&Self::final_rate_share)?,
            rate_power: section.given(&Self::rate_power)?,
            weight_decay: section.get(&Self::weight_decay)?,
            average_decay: section.get(&Self::average_decay)?,
            clip: section.get(&Self::clip)?,
        })
    }
}
