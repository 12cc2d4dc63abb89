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

use cormorant_kernels::Real;

const MOMENTUM: f64 = 0.9;
const SQUARES: f64 = 0.999;
const FLOOR: f64 = 1.0e-8;

/// Weights and what the optimizer remembers about them.
#[derive(Debug, Clone)]
pub struct AmsGrad<P = f64> {
    /// The weights.
    pub weights: Vec<P>,
    /// First moments.
    pub momentum: Vec<P>,
    /// Second moments.
    pub squares: Vec<P>,
    /// Largest second moments so far.
    pub largest: Vec<P>,
    /// Steps done.
    pub steps: u64,
}

impl<P: Real> AmsGrad<P> {
    /// Starts from `weights`.
    #[must_use]
    pub fn new(weights: Vec<P>) -> Self {
        let zeros = vec![P::ZERO; weights.len()];
        Self { momentum: zeros.clone(), squares: zeros.clone(), largest: zeros, weights, steps: 0 }
    }

    /// One step. A gradient that is not finite is skipped; the answer tells whether it was.
    pub fn step(&mut self, gradient: &[P], rate: f64) -> bool {
        if !gradient.iter().all(|g| g.to_f64().is_finite()) {
            return false;
        }
        self.steps += 1;
        let t = self.steps.min(1_000_000) as i32;
        let (first, second) = (1.0 - MOMENTUM.powi(t), (1.0 - SQUARES.powi(t)).sqrt());
        let moments = self.momentum.iter_mut().zip(&mut self.squares).zip(&mut self.largest);
        for ((weight, g), ((momentum, square), largest)) in self.weights.iter_mut().zip(gradient).zip(moments) {
            let g = g.to_f64();
            let m = MOMENTUM * momentum.to_f64() + (1.0 - MOMENTUM) * g;
            let v = SQUARES * square.to_f64() + (1.0 - SQUARES) * g * g;
            let most = largest.to_f64().max(v);
            (*momentum, *square, *largest) = (P::from_f64(m), P::from_f64(v), P::from_f64(most));
            *weight = P::from_f64(weight.to_f64() - rate * m / first / (most.sqrt() / second + FLOOR));
        }
        true
    }

    /// Forgets the moments, after the weights were put back.
    pub fn forget(&mut self) {
        for moments in [&mut self.momentum, &mut self.squares, &mut self.largest] {
            moments.fill(P::ZERO);
        }
        self.steps = 0;
    }
}
