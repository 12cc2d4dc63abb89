//! How a fit minimizes its loss.

use serde::Serialize;

use crate::settings::section::Section;
use cormorant_core::Result;

/// `[optimizer]`: orthogonal steps for matrices, Adam for the rest, a rate that falls, averaged weights and clipped gradients.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OptimizerInput {
    /// Frames per step.
    pub batch: usize,
    /// Rate of the first step.
    pub learning_rate: f64,
    /// Rate of the last step, as a share of the first; the square of the part that is left lies between.
    pub final_rate_share: f64,
    /// Shrinking of the weights per step, times the rate.
    pub weight_decay: f64,
    /// Decay of the moving average of the weights that is validated and saved; 0 for none.
    pub average_decay: f64,
    /// Longest gradient, as a multiple of the running mean of its norm.
    pub clip: f64,
}

impl Default for OptimizerInput {
    fn default() -> Self {
        Self {
            batch: 4,
            learning_rate: 0.03,
            final_rate_share: 0.01,
            weight_decay: 0.0,
            average_decay: 0.999,
            clip: 2.0,
        }
    }
}

/// Rate of the first step of a network that has learned before: larger ones lose what it knows (`benches/accuracy.md`).
const STARTED_RATE: f64 = 0.005;

impl OptimizerInput {
    /// The defaults; `started` for a network with the weights of another model.
    pub(super) fn of(started: bool) -> Self {
        let default = Self::default();
        Self { learning_rate: if started { STARTED_RATE } else { default.learning_rate }, ..default }
    }

    pub(super) fn read(section: &Section<'_>, started: bool) -> Result<Self> {
        section.allow(&["batch", "learning_rate", "final_rate_share", "weight_decay", "average_decay", "clip"])?;
        let default = Self::of(started);
        let positive = |key| section.number(key, |value| value > 0.0, "a number above zero");
        let share = |key| section.number(key, |value| (0.0..=1.0).contains(&value), "a number from 0 to 1");
        let average =
            section.number("average_decay", |value| (0.0..1.0).contains(&value), "a number from 0 to below 1")?;
        Ok(Self {
            batch: section.integer("batch", 1, 65536)?.map_or(default.batch, |n| n as usize),
            learning_rate: positive("learning_rate")?.unwrap_or(default.learning_rate),
            final_rate_share: share("final_rate_share")?.unwrap_or(default.final_rate_share),
            weight_decay: share("weight_decay")?.unwrap_or(default.weight_decay),
            average_decay: average.unwrap_or(default.average_decay),
            clip: positive("clip")?.unwrap_or(default.clip),
        })
    }
}
