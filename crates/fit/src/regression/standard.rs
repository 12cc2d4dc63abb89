//! Standardized targets.

use super::sample::Sample;

/// y = mean + deviation · output, after the references of the atoms were taken off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standard {
    /// Mean over the training molecules.
    pub mean: f64,
    /// Standard deviation over the training molecules, with n − 1 in the denominator, as in the original.
    pub deviation: f64,
}

impl Standard {
    /// Mean and deviation of the first numbers of the training molecules.
    #[must_use]
    pub fn of(training: &[Sample]) -> Self {
        let count = training.len() as f64;
        let mean = training.iter().map(|one| one.target[0]).sum::<f64>() / count;
        let squares: f64 = training.iter().map(|one| (one.target[0] - mean).powi(2)).sum();
        let deviation = (squares / (count - 1.0).max(1.0)).sqrt();
        Self { mean, deviation: if deviation > 0.0 { deviation } else { 1.0 } }
    }

    /// Turns outputs of a network into numbers of a molecule.
    pub fn restore(self, outputs: &mut [f64]) {
        for output in outputs {
            *output = *output * self.deviation + self.mean;
        }
    }

    /// One scale for all numbers, their root mean square, and no shift: what a turned vector or tensor keeps.
    #[must_use]
    pub fn about_zero(training: &[Sample]) -> Self {
        let numbers = || training.iter().flat_map(|one| &one.target);
        let square = numbers().map(|x| x * x).sum::<f64>() / numbers().count().max(1) as f64;
        Self { mean: 0.0, deviation: if square > 0.0 { square.sqrt() } else { 1.0 } }
    }
}
