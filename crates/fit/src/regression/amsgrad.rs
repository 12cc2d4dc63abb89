//! AMSGrad, the optimizer of 2019.
//!
//!   m ← β₁ m + (1 − β₁) g      v ← β₂ v + (1 − β₂) g²      v̂ ← max(v̂, v)
//!   w ← w − η m / (1 − β₁^t) / (√v̂ / √(1 − β₂^t) + ε)
//!
//! | symbol   | here             | meaning          |
//! |----------|------------------|------------------|
//! | g        | `gradient`       |                  |
//! | η        | `rate`           |                  |
//! | t        | `steps`          | from 1           |
//! | β₁ β₂ ε  | 0.9, 0.999, 1e-8 |                  |
//!
//! Source: Reddi, Kale, Kumar 2018 (arXiv:1904.09237); the maximum is taken of the second moment before its correction, as
//! PyTorch does. Checked by: `suite::regression::amsgrad_steps`.

const MOMENTUM: f64 = 0.9;
const SQUARES: f64 = 0.999;
const FLOOR: f64 = 1.0e-8;

/// Weights and what the optimizer remembers about them.
#[derive(Debug, Clone)]
pub struct AmsGrad {
    /// The weights.
    pub weights: Vec<f64>,
    /// First moments.
    pub momentum: Vec<f64>,
    /// Second moments.
    pub squares: Vec<f64>,
    /// Largest second moments so far.
    pub largest: Vec<f64>,
    /// Steps done.
    pub steps: u64,
}

impl AmsGrad {
    /// Starts from `weights`.
    #[must_use]
    pub fn new(weights: Vec<f64>) -> Self {
        let zeros = vec![0.0; weights.len()];
        Self { momentum: zeros.clone(), squares: zeros.clone(), largest: zeros, weights, steps: 0 }
    }

    /// One step. A gradient that is not finite is skipped; the answer tells whether it was.
    pub fn step(&mut self, gradient: &[f64], rate: f64) -> bool {
        if !gradient.iter().all(|g| g.is_finite()) {
            return false;
        }
        self.steps += 1;
        let t = self.steps.min(1_000_000) as i32;
        let (first, second) = (1.0 - MOMENTUM.powi(t), (1.0 - SQUARES.powi(t)).sqrt());
        for (k, &g) in gradient.iter().enumerate() {
            self.momentum[k] = MOMENTUM * self.momentum[k] + (1.0 - MOMENTUM) * g;
            self.squares[k] = SQUARES * self.squares[k] + (1.0 - SQUARES) * g * g;
            self.largest[k] = self.largest[k].max(self.squares[k]);
            self.weights[k] -= rate * self.momentum[k] / first / (self.largest[k].sqrt() / second + FLOOR);
        }
        true
    }
}
