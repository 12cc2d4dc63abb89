//! Adam for numbers and orthogonal steps (Muon) for matrices, those that mix channels and those of the radial networks; averaged
//! weights, clipped gradients.
//!
//!   numbers:   m ← β₁ m + (1 − β₁) q      v ← β₂ v + (1 − β₂) q²      w ← w (1 − η λ) − η s m̂ / (√v̂ + ε)      q = s g
//!   matrices:  M ← β M + (1 − β) Q      W ← W (1 − η (λ + μ)) − η s κ √k · orth(β M + (1 − β) Q)
//!
//! | symbol   | here            | meaning                                            |
//! |----------|-----------------|----------------------------------------------------|
//! | g        | gradient        | shortened to `clip` times its running mean norm    |
//! | s        | `scales`        | size of a typical entry of the weight's block      |
//! | η        | rate            |                                                    |
//! | λ        | `weight_decay`  |                                                    |
//! | β₁ β₂ ε  | 0.9, 0.999, 1e-8 |                                                   |
//! | β        | 0.99            |                                                    |
//! | orth     | [`Orthogonal`]  | all directions of the momentum, equally long       |
//! | κ        | 0.15, 0.0375    | typical entry of the step beside one of Adam's; in radial networks |
//! | μ        | 0.04 / √columns, 0.002 | shrinking of matrices; of those of radial networks |
//! | k        | rows or columns | whichever are more                                 |
//!
//! An orthogonal matrix has entries of 1/√k, so that κ is the size of a typical entry of the
//! step in units of η s. Against Adam alone this takes a third off the error at the same number of epochs (`benches/accuracy.md`).
//! Steps are as long in directions of which the data say nothing; without μ the matrices grow there without bound, and the
//! energy falls off a cliff a few hundredths of an Å beyond the training data.
//!
//! Source: Kingma, Ba 2015 (arXiv:1412.6980); Loshchilov, Hutter 2019 (arXiv:1711.05101); Jordan et al. 2024, Muon; the scale
//! of its steps after Liu et al. 2025 (arXiv:2502.16982). Scaling by s is Adam on weights of unit size. The average
//! ŵ ← d ŵ + (1 − d) w starts with a short memory, d = min(decay, (1+k)/(10+k)) at step k.
//! Checked by: `suite::trainer::{optimizer_minimizes, orthogonal_steps}`.

use std::ops::Range;

use rayon::prelude::*;

use cormorant_kernels::network::Matrix;
use cormorant_kernels::{Orthogonal, Real};

/// Number of the way in which weights move. A change after which the same input gives another model raises it, so that a fit that
/// was started before the change says so when it continues.
pub const RECIPE: u32 = 2;

/// Numbers that one thread moves at a time; sums over them meet in their order, whatever the number of threads.
const PIECE: usize = 4096;

const MOMENTUM: f64 = 0.9;
const SQUARES: f64 = 0.999;
const FLOOR: f64 = 1.0e-8;
const MATRIX_MOMENTUM: f64 = 0.99;
const MATRIX_STEP: f64 = 0.15;
/// Times the root of the channels: with 16 channels 0.01 is best, with 64 half of it (`benches/accuracy.md`).
const MATRIX_DECAY: f64 = 0.04;
/// A quarter of the step of the others (`benches/accuracy.md`).
const RADIAL_STEP: f64 = 0.0375;
/// With 0.01, benzene has a quarter more error; flexible molecules do not mind (`benches/accuracy.md`).
const RADIAL_DECAY: f64 = 0.002;

/// Weights and what the optimizer remembers about them.
#[derive(Debug, Clone)]
pub struct Optimizer<T> {
    /// The weights.
    pub weights: Vec<T>,
    /// Their moving average: what is validated and saved.
    pub average: Vec<T>,
    /// First moments.
    pub momentum: Vec<T>,
    /// Second moments; zero for matrices.
    pub squares: Vec<T>,
    /// Running mean of the gradient's norm.
    pub norm: f64,
    /// Steps done.
    pub steps: u64,
    scales: Vec<T>,
    pieces: Vec<Piece>,
    weight_decay: f64,
    average_decay: f64,
    clip: f64,
}

/// A run of weights that one thread moves: a matrix, or some numbers.
#[derive(Debug, Clone)]
struct Piece {
    range: Range<usize>,
    matrix: Option<Matrix>,
}

/// Memory of one piece.
struct Moving<'a, T> {
    weights: &'a mut [T],
    average: &'a mut [T],
    momentum: &'a mut [T],
    squares: &'a mut [T],
}

/// What all pieces share in one step.
struct Step<T> {
    shortened: T,
    keep: T,
    rate: f64,
    /// Corrections of the first and second moments, which start at zero.
    first: f64,
    second: f64,
    average: f64,
}

impl<T: Real> Optimizer<T> {
    /// Starts from `weights`; `matrices` among them, in their order, move by orthogonal steps.
    #[must_use]
    pub fn new(
        weights: Vec<T>,
        scales: Vec<T>,
        matrices: &[Matrix],
        weight_decay: f64,
        average_decay: f64,
        clip: f64,
    ) -> Self {
        let zeros = vec![T::ZERO; weights.len()];
        Self {
            pieces: pieces(weights.len(), matrices),
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
        // One gradient that is far too long must not let the next ones through: no more of it counts than is used.
        let counted = norm.min(self.clip.max(2.0) * self.norm);
        self.norm = if self.steps == 0 || self.norm == 0.0 { norm } else { 0.99 * self.norm + 0.01 * counted };
        let shortened = if norm > self.clip * self.norm { self.clip * self.norm / norm } else { 1.0 };
        self.steps += 1;
        let k = self.steps.min(1_000_000) as i32;
        let step = Step {
            shortened: T::from_f64(shortened),
            keep: T::from_f64(1.0 - rate * self.weight_decay),
            rate,
            first: 1.0 - MOMENTUM.powi(k),
            second: 1.0 - SQUARES.powi(k),
            average: self.average_decay.min((1 + self.steps) as f64 / (10 + self.steps) as f64),
        };
        let scales = &self.scales;
        let mut rest = Moving {
            weights: &mut self.weights,
            average: &mut self.average,
            momentum: &mut self.momentum,
            squares: &mut self.squares,
        };
        let parts = self.pieces.iter().map(|piece| (piece, rest.split(piece.range.len())));
        let work = |orthogonal: &mut Orthogonal<T>, (piece, moving): (&Piece, Moving<'_, T>)| {
            let (gradient, scales) = (&gradient[piece.range.clone()], &scales[piece.range.clone()]);
            match piece.matrix {
                None => step.numbers(gradient, scales, moving),
                Some(matrix) => step.matrix(gradient, scales, matrix, moving, orthogonal),
            }
        };
        if parallel {
            parts.collect::<Vec<_>>().into_par_iter().for_each_init(Orthogonal::default, work);
        } else {
            let mut orthogonal = Orthogonal::default();
            parts.for_each(|part| work(&mut orthogonal, part));
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

impl<T: Real> Step<T> {
    fn numbers(&self, gradient: &[T], scales: &[T], moving: Moving<'_, T>) {
        let number = T::from_f64;
        let (b1, c1, b2, c2) = (number(MOMENTUM), number(1.0 - MOMENTUM), number(SQUARES), number(1.0 - SQUARES));
        let (rate, root) = (number(self.rate / self.first), number(1.0 / self.second.sqrt()));
        let (floor, d, e) = (number(FLOOR), number(self.average), number(1.0 - self.average));
        // Iterators side by side instead of indices, here and below: what needs no check of a bound becomes vector instructions.
        let moments = moving.momentum.iter_mut().zip(moving.squares);
        let moving = moments.zip(moving.weights.iter_mut().zip(moving.average));
        for ((&g, &s), ((momentum, square), (weight, average))) in gradient.iter().zip(scales).zip(moving) {
            let q = g * s * self.shortened;
            let m = b1 * *momentum + c1 * q;
            let v = b2 * *square + c2 * q * q;
            let w = *weight * self.keep - rate * s * m / (v.sqrt() * root + floor);
            *momentum = m;
            *square = v;
            *weight = w;
            *average = d * *average + e * w;
        }
    }

    fn matrix(
        &self,
        gradient: &[T],
        scales: &[T],
        matrix: Matrix,
        moving: Moving<'_, T>,
        orthogonal: &mut Orthogonal<T>,
    ) {
        let number = T::from_f64;
        let (b, c) = (number(MATRIX_MOMENTUM), number(1.0 - MATRIX_MOMENTUM));
        let (d, e) = (number(self.average), number(1.0 - self.average));
        let mut direction = vec![T::ZERO; gradient.len()];
        let gradient = gradient.iter().zip(scales);
        for ((&g, &s), (momentum, direction)) in gradient.zip(moving.momentum.iter_mut().zip(&mut direction)) {
            let q = g * s * self.shortened;
            let m = b * *momentum + c * q;
            *momentum = m;
            *direction = b * m + c * q;
        }
        orthogonal.apply(&mut direction, matrix.rows, matrix.columns);
        let (size, decay) = if matrix.radial {
            (RADIAL_STEP, RADIAL_DECAY)
        } else {
            (MATRIX_STEP, MATRIX_DECAY / (matrix.columns as f64).sqrt())
        };
        let keep = self.keep - number(self.rate * decay);
        let rate = number(self.rate * size * (matrix.rows.max(matrix.columns) as f64).sqrt());
        let moving = moving.weights.iter_mut().zip(moving.average);
        for ((weight, average), (&s, &direction)) in moving.zip(scales.iter().zip(&direction)) {
            let w = *weight * keep - rate * s * direction;
            *weight = w;
            *average = d * *average + e * w;
        }
    }
}

impl<T> Moving<'_, T> {
    /// The memory of the next `length` weights.
    fn split(&mut self, length: usize) -> Self {
        Self {
            weights: self.weights.split_off_mut(..length).unwrap_or_default(),
            average: self.average.split_off_mut(..length).unwrap_or_default(),
            momentum: self.momentum.split_off_mut(..length).unwrap_or_default(),
            squares: self.squares.split_off_mut(..length).unwrap_or_default(),
        }
    }
}

/// Covers `length` weights: each of `matrices` by a piece of its own, what is between by pieces of numbers.
fn pieces(length: usize, matrices: &[Matrix]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let numbers = |pieces: &mut Vec<Piece>, range: Range<usize>| {
        for from in range.clone().step_by(PIECE) {
            pieces.push(Piece { range: from..(from + PIECE).min(range.end), matrix: None });
        }
    };
    for &matrix in matrices {
        numbers(&mut pieces, start..matrix.offset);
        let end = matrix.offset + matrix.rows * matrix.columns;
        pieces.push(Piece { range: matrix.offset..end, matrix: Some(matrix) });
        start = end;
    }
    numbers(&mut pieces, start..length);
    pieces
}
