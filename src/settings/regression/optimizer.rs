//! How the loss of a regression is minimized.

use serde::Serialize;

use super::RegressionModel;
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_fit::regression::RegressionConfig;

/// `[optimizer]`: AMSGrad for the network of 2019, the production network's optimizer for that.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RegressionOptimizer {
    /// Molecules per step.
    pub batch: usize,
    /// Rate of the first step.
    pub learning_rate: f64,
    /// Rate of the last step; a cosine lies between.
    pub final_learning_rate: f64,
    /// Error, in standard deviations of the labels, beyond which the loss grows linearly; zero for squares throughout.
    pub huber_delta: f64,
    /// Decay of the moving average of the weights (production network).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average_decay: Option<f64>,
    /// Longest gradient, as a multiple of the running mean of its norm (production network).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip: Option<f64>,
}

/// Takes 7 % off the error of U0 with 1000 molecules of QM9 against squares (`inputs/qm9/README.md`).
const HUBER_DELTA: f64 = 0.02;

/// Steps over which the rate of the production network rises.
const WARM_UP: u64 = 200;

impl RegressionOptimizer {
    pub(super) fn read(section: &Section<'_>, model: &RegressionModel) -> Result<Self> {
        let default = match model {
            RegressionModel::Original(_) => {
                let (learning_rate, final_learning_rate) = (1e-3, 1e-5);
                Self {
                    batch: 25,
                    learning_rate,
                    final_learning_rate,
                    huber_delta: 0.0,
                    average_decay: None,
                    clip: None,
                }
            }
            RegressionModel::Production { .. } => Self {
                batch: 10,
                learning_rate: 0.01,
                final_learning_rate: 1e-4,
                huber_delta: HUBER_DELTA,
                average_decay: Some(0.999),
                clip: Some(2.0),
            },
        };
        let keys = ["batch", "learning_rate", "final_learning_rate", "huber_delta", "average_decay", "clip"];
        section.allow(if default.clip.is_some() { &keys } else { &keys[..4] })?;
        let delta = section.number("huber_delta", |value| value >= 0.0, "a number of zero or more")?;
        let positive = |key| section.number(key, |value| value > 0.0, "a number above zero");
        let decay =
            section.number("average_decay", |value| (0.0..1.0).contains(&value), "a number from 0 to below 1")?;
        Ok(Self {
            batch: section.integer("batch", 1, 65536)?.map_or(default.batch, |n| n as usize),
            learning_rate: positive("learning_rate")?.unwrap_or(default.learning_rate),
            final_learning_rate: positive("final_learning_rate")?.unwrap_or(default.final_learning_rate),
            huber_delta: delta.unwrap_or(default.huber_delta),
            average_decay: decay.or(default.average_decay),
            clip: positive("clip")?.or(default.clip),
        })
    }

    /// The same for the trainer.
    pub(crate) fn config(&self, threads: usize, seed: u64) -> RegressionConfig {
        let averaged = self.average_decay.zip(self.clip);
        RegressionConfig {
            batch: self.batch,
            learning_rate: self.learning_rate,
            final_learning_rate: self.final_learning_rate,
            huber_delta: self.huber_delta,
            warm_up: if averaged.is_some() { WARM_UP } else { 0 },
            averaged,
            threads,
            seed,
        }
    }
}
