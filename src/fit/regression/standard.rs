//! Standardised targets.

use crate::fit::Configuration;

/// y = mean + deviation · output, after the references of the atoms were taken off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standard {
    /// Mean over the training molecules.
    pub mean: f64,
    /// Standard deviation over the training molecules, with n − 1 in the denominator, as in the original.
    pub deviation: f64,
}

impl Standard {
    /// Mean and deviation of `configuration.energy` over the training molecules.
    #[must_use]
    pub fn of(training: &[Configuration]) -> Self {
        let count = training.len() as f64;
        let mean = training.iter().map(|one| one.energy).sum::<f64>() / count;
        let squares: f64 = training.iter().map(|one| (one.energy - mean).powi(2)).sum();
        let deviation = (squares / (count - 1.0).max(1.0)).sqrt();
        Self { mean, deviation: if deviation > 0.0 { deviation } else { 1.0 } }
    }
}
