//! How a fit goes: sizes of steps and weights of the loss over its course.

/// Settings of a [`super::Trainer`].
#[derive(Debug, Clone, PartialEq)]
pub struct TrainerConfig {
    /// Frames per step.
    pub batch: usize,
    /// Rate of the first step after the warm-up.
    pub learning_rate: f64,
    /// Rate of the last step, as a share of the first; the square of the part that is left lies between.
    pub final_rate_share: f64,
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
    /// Error in eV/Å beyond which the loss grows linearly; 0 for squares throughout.
    pub huber_delta: f64,
    /// Threads; the result does not depend on their number.
    pub threads: usize,
    /// Seed of weights and order of frames.
    pub seed: u64,
    /// Distance of two knots of the radial functions in Å.
    pub knot_spacing: f64,
}

/// Steps over which the rate rises at the start.
const WARM_UP: f64 = 200.0;

impl TrainerConfig {
    /// η = η₀ [f + (1 − f)(1 − p)²]: learning rate at `progress` p (0 to 1) after `steps` steps since the moments were last
    /// empty, with η₀ = `learning_rate` and f = `final_rate_share`; over the first 200 of these steps it rises to that.
    ///
    /// Against a cosine this leaves more of a fit for small rates, which is where most is learned (`benches/accuracy.md`).
    #[must_use]
    pub fn rate(&self, progress: f64, steps: u64) -> f64 {
        let warm = ((steps + 1) as f64 / WARM_UP).min(1.0);
        let left = 1.0 - progress.clamp(0.0, 1.0);
        warm * self.learning_rate * (self.final_rate_share + (1.0 - self.final_rate_share) * left * left)
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
