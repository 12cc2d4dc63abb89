//! Adam with decoupled weight decay, steps scaled to the size of each weight, averaged weights and clipped gradients.
//!
//!   m ← β₁ m + (1 − β₁) q      v ← β₂ v + (1 − β₂) q²      w ← w (1 − η λ) − η s m̂ / (√v̂ + ε)      q = s g
//!
//! | symbol   | here            | meaning                                            |
//! |----------|-----------------|----------------------------------------------------|
//! | g        | gradient        | shortened to `clip` times its running mean norm    |
//! | s        | `scales`        | size of a typical entry of the weight's block      |
//! | η        | rate            |                                                    |
//! | λ        | `weight_decay`  |                                                    |
//! | β₁ β₂ ε  | 0.9, 0.999, 1e-8 |                                                   |
//!
//! Source: Kingma, Ba 2015 (arXiv:1412.6980); Loshchilov, Hutter 2019 (arXiv:1711.05101). Scaling by s is Adam on weights
//! of unit size. The average ŵ ← d ŵ + (1 − d) w starts with a short memory, d = min(decay, (1+k)/(10+k)) at step k.
//! Checked by: `suite::trainer::optimizer_minimises`.

use rayon::prelude::*;

use crate::kernels::Real;

/// Weights that one thread moves at a time; sums over them meet in their order, whatever the number of threads.
const PIECE: usize = 4096;

const MOMENTUM: f64 = 0.9;
const SQUARES: f64 = 0.999;
const FLOOR: f64 = 1.0e-8;

/// Weights and what the optimiser remembers about them.
#[derive(Debug, Clone)]
pub struct Optimizer<T> {
    /// The weights.
    pub weights: Vec<T>,
    /// Their moving average: what is validated and saved.
    pub average: Vec<T>,
    /// First moments.
    pub momentum: Vec<T>,
    /// Second moments.
    pub squares: Vec<T>,
    /// Running mean of the gradient's norm.
    pub norm: f64,
    /// Steps done.
    pub steps: u64,
    scales: Vec<T>,
    weight_decay: f64,
    average_decay: f64,
    clip: f64,
}

impl<T: Real> Optimizer<T> {
    /// Starts from `weights`.
    #[must_use]
    pub fn new(weights: Vec<T>, scales: Vec<T>, weight_decay: f64, average_decay: f64, clip: f64) -> Self {
        let zeros = vec![T::ZERO; weights.len()];
        Self {
            average: weights.clone(),
            weights,
            momentum: zeros.clone(),
            squares: zeros,
            norm: 0.0,
            steps: 0,
            scales,
            weight_decay,
            average_decay,
            clip,
        }
    }

    /// One step with learning rate `rate`; with `parallel`, on the threads of the current rayon pool. A gradient that is
    /// not finite is skipped; the answer tells whether.
    pub fn step(&mut self, gradient: &[T], rate: f64, parallel: bool) -> bool {
        let square = |(gradient, scales): (&[T], &[T])| -> f64 {
            let terms = gradient.iter().zip(scales).map(|(&g, &s)| (g * s).to_f64());
            terms.map(|q| q * q).sum()
        };
        let squares: Vec<f64> = if parallel {
            gradient.par_chunks(PIECE).zip(self.scales.par_chunks(PIECE)).map(square).collect()
        } else {
            gradient.chunks(PIECE).zip(self.scales.chunks(PIECE)).map(square).collect()
        };
        let norm = squares.iter().sum::<f64>().sqrt();
        if !norm.is_finite() {
            return false;
        }
        self.norm = if self.steps == 0 { norm } else { 0.99 * self.norm + 0.01 * norm };
        let shortened = if norm > self.clip * self.norm { self.clip * self.norm / norm } else { 1.0 };
        self.steps += 1;
        let k = self.steps.min(1_000_000) as i32;
        let first = 1.0 - MOMENTUM.powi(k);
        let second = 1.0 - SQUARES.powi(k);
        let decay = self.average_decay.min((1 + self.steps) as f64 / (10 + self.steps) as f64);
        let number = T::from_f64;
        let (shortened, keep) = (number(shortened), number(1.0 - rate * self.weight_decay));
        let (b1, c1, b2, c2) = (number(MOMENTUM), number(1.0 - MOMENTUM), number(SQUARES), number(1.0 - SQUARES));
        let (rate, root, floor) = (number(rate / first), number(1.0 / second.sqrt()), number(FLOOR));
        let (d, e) = (number(decay), number(1.0 - decay));
        let scales = &self.scales;
        let work = |(piece, (((weights, average), momentum), squares)): (usize, Piece<'_, T>)| {
            let first = piece * PIECE;
            for k in 0..weights.len() {
                let scale = scales[first + k];
                let q = gradient[first + k] * scale * shortened;
                let m = b1 * momentum[k] + c1 * q;
                let v = b2 * squares[k] + c2 * q * q;
                let w = weights[k] * keep - rate * scale * m / (v.sqrt() * root + floor);
                momentum[k] = m;
                squares[k] = v;
                weights[k] = w;
                average[k] = d * average[k] + e * w;
            }
        };
        let pieces = self.weights.chunks_mut(PIECE).zip(self.average.chunks_mut(PIECE));
        let pieces = pieces.zip(self.momentum.chunks_mut(PIECE)).zip(self.squares.chunks_mut(PIECE)).enumerate();
        if parallel {
            pieces.collect::<Vec<_>>().into_par_iter().for_each(work);
        } else {
            pieces.for_each(work);
        }
        true
    }

    /// Forgets the moments, after the weights were put back.
    pub fn forget(&mut self) {
        self.momentum.fill(T::ZERO);
        self.squares.fill(T::ZERO);
        self.steps = 0;
    }
}

/// Weights, average, first and second moments.
type Piece<'a, T> = (((&'a mut [T], &'a mut [T]), &'a mut [T]), &'a mut [T]);
