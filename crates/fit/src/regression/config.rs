//! Settings of a fit to a property of molecules.

use crate::descent::DescentSettings;
use crate::schedule::{LearningRate, MOST_GRAPHS, TrainerSettings};

/// How a regression goes.
#[derive(Debug, Clone, PartialEq)]
pub struct RegressionConfig {
    /// Molecules per step.
    pub batch: usize,
    /// Rate of the first step after the warm-up.
    pub learning_rate: f64,
    /// Rate of the last step; a cosine is between.
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

impl From<&RegressionConfig> for TrainerSettings {
    fn from(config: &RegressionConfig) -> Self {
        let &RegressionConfig { learning_rate, final_learning_rate, warm_up, .. } = config;
        Self {
            batch: config.batch.into(),
            side_by_side: 4,
            most_graphs: MOST_GRAPHS,
            rate: LearningRate::Cosine { first: learning_rate, last: final_learning_rate, warm_up },
            descent: match config.averaged {
                None => DescentSettings::AmsGrad,
                Some((average_decay, clip)) => DescentSettings::Averaged { weight_decay: 0.0, average_decay, clip },
            },
            recovers: false,
            elements_alike: false,
            by_batch: false,
            threads: config.threads,
            seed: config.seed,
        }
    }
}
