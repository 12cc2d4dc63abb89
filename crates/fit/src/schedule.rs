//! How a fit goes: sizes of steps and weights of the loss over its course.

use super::batch_sizes::BatchSizes;
use super::descent::DescentSettings;

/// Settings of a [`super::Trainer`].
#[derive(Debug, Clone, PartialEq)]
pub struct TrainerConfig {
    /// Frames per step at the beginning.
    pub batch: usize,
    /// Frames per step at the end.
    pub final_batch: usize,
    /// Rate of the first step after the warm-up.
    pub learning_rate: f64,
    /// Rate of the last step, as a share of the first.
    pub final_rate_share: f64,
    /// Power of the part of the fit that is left by which the rate falls from the one to the other.
    pub rate_power: f64,
    /// Shrinking of the weights per step, times the rate.
    pub weight_decay: f64,
    /// Decay of the moving average of the weights.
    pub average_decay: f64,
    /// Longest gradient, as a multiple of the running mean of its norm.
    pub clip: f64,
    /// Weight of the mean squared error of a force component.
    pub force_weight: f64,
    /// Weight of the squared error of the energy per atom, first half.
    pub energy_weight: f64,
    /// The same at the end.
    pub final_energy_weight: f64,
    /// Weight of the mean squared error of a component of the virial per root of the number of atoms.
    pub virial_weight: f64,
    /// Weight of the squared error of a component of the dipole moment in e·Å per root of the number of atoms.
    pub dipole_weight: f64,
    /// Error in eV/Å beyond which the loss grows linearly; 0 for squares throughout.
    pub huber_delta: f64,
    /// Threads; the result does not depend on their number.
    pub threads: usize,
    /// Seed of weights and order of frames.
    pub seed: u64,
    /// Whether the matrices of all elements begin with the same numbers, which suits data of many molecules.
    pub elements_alike: bool,
    /// Distance of two knots of the radial functions in Å.
    pub knot_spacing: f64,
}

/// Steps over which the rate rises at the start.
const WARM_UP: f64 = 200.0;

impl TrainerConfig {
    /// η = η₀ [f + (1 − f)(1 − p)ᵏ]: learning rate at `progress` p (0 to 1) after `steps` steps since the moments were last
    /// empty, with η₀ = `learning_rate`, f = `final_rate_share` and k = `rate_power`; over the first 200 of these steps it rises to that.
    ///
    /// With k = 2 more of a fit is left for small rates than with a cosine, which is where most is learned of few molecules; of many
    /// molecules more is learned with k = 1 (`benches/accuracy.md`).
    #[must_use]
    pub fn rate(&self, progress: f64, steps: u64) -> f64 {
        let warm = ((steps + 1) as f64 / WARM_UP).min(1.0);
        let left = 1.0 - progress.clamp(0.0, 1.0);
        warm * self.learning_rate * (self.final_rate_share + (1.0 - self.final_rate_share) * left.powf(self.rate_power))
    }

    /// Weight of the energy at `progress`: constant in the first half, geometric to the final weight in the second.
    #[must_use]
    pub fn energy_weight(&self, progress: f64) -> f64 {
        let late = ((progress - 0.5) * 2.0).clamp(0.0, 1.0);
        if self.energy_weight > 0.0 && self.final_energy_weight > 0.0 {
            self.energy_weight * (self.final_energy_weight / self.energy_weight).powf(late)
        } else {
            self.energy_weight + (self.final_energy_weight - self.energy_weight) * late
        }
    }
}

/// Learning rate over the course of a fit.
#[derive(Debug, Clone, PartialEq)]
pub enum LearningRate {
    /// That of [`TrainerConfig::rate`].
    Power(TrainerConfig),
    /// A cosine from the first to the last rate, with a rise over so many steps at the start, as in 2019.
    Cosine {
        /// Rate of the first step after the rise.
        first: f64,
        /// Rate of the last step.
        last: f64,
        /// Steps over which the rate rises.
        warm_up: u64,
    },
}

impl LearningRate {
    /// Learning rate at `progress` (0 to 1) after `steps` steps since the moments were last empty.
    #[must_use]
    pub fn at(&self, progress: f64, steps: u64) -> f64 {
        match self {
            Self::Power(config) => config.rate(progress, steps),
            Self::Cosine { first, last, warm_up } => {
                let cosine = 0.5 * (1.0 + (std::f64::consts::PI * progress.clamp(0.0, 1.0)).cos());
                let warm = ((steps + 1) as f64 / (*warm_up).max(1) as f64).min(1.0);
                warm * (last + (first - last) * cosine)
            }
        }
    }
}

/// Bytes that the graphs of a part may usually take.
pub const MOST_GRAPHS: usize = 1 << 29;

/// How a trainer works, whatever it fits.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainerSettings {
    /// Frames per step, at the beginning and at the end.
    pub batch: BatchSizes,
    /// Most frames of a batch that are worked on side by side, each with a gradient of its own. The gradients are summed in the
    /// order of the frames, so that nothing depends on the number of threads; larger batches go round.
    pub side_by_side: usize,
    /// Bytes that the graphs of a part may take; where they take more, each is made whenever its frame has its turn, with the same bits.
    pub most_graphs: usize,
    /// Learning rate.
    pub rate: LearningRate,
    /// Optimizer.
    pub descent: DescentSettings,
    /// Whether an epoch that diverged is taken back and the rate lowered; else such a fit ends.
    pub recovers: bool,
    /// Whether the matrices of all elements begin with the same numbers.
    pub elements_alike: bool,
    /// Whether the network is made ready for the edges of a batch alone, which pays where batches are small.
    pub by_batch: bool,
    /// Threads; the result does not depend on their number.
    pub threads: usize,
    /// Seed of weights and order of frames.
    pub seed: u64,
}

/// Frames that are worked on side by side in a batch of so many: half of them, since each needs a gradient of its own, which has to be
/// zeroed and summed; 8 at least, so that small batches have a thread for each frame, and 32 at most.
fn side_by_side(batch: usize) -> usize {
    (batch / 2).clamp(8, 32)
}

impl From<&TrainerConfig> for TrainerSettings {
    fn from(config: &TrainerConfig) -> Self {
        let &TrainerConfig { weight_decay, average_decay, clip, .. } = config;
        let batch = BatchSizes { first: config.batch, last: config.final_batch };
        Self {
            batch,
            side_by_side: side_by_side(batch.largest()),
            most_graphs: MOST_GRAPHS,
            rate: LearningRate::Power(config.clone()),
            descent: DescentSettings::Averaged { weight_decay, average_decay, clip },
            recovers: true,
            elements_alike: config.elements_alike,
            by_batch: true,
            threads: config.threads,
            seed: config.seed,
        }
    }
}
