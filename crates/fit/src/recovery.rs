//! What to do when a fit diverges.

use super::descent::Descent;
use super::learner::State;
use super::state_arrays::{array, doubles, numbers};
use cormorant_core::{Error, Result};
use cormorant_kernels::Real;

/// An epoch whose typical loss and force error are both this many times the best so far has diverged.
const DIVERGED: f64 = 4.0;
/// So has one whose loss alone is this many times the best: of frames whose forces are zero by symmetry, energies tell.
const FAR_DIVERGED: f64 = 100.0;
/// Share of the learning rate kept when it has.
const SLOWER: f64 = 0.6;
/// A factor on the learning rate below which nothing is hoped for.
const SLOWEST: f64 = 1e-3;

/// Where a fit returns to after a divergence.
pub(super) struct Recovery<P> {
    weights: Vec<P>,
    kept: Vec<P>,
    /// Smallest typical force error of an epoch so far.
    force_error: f64,
    /// Smallest typical loss so far, with the weight of the energy that does not change along the way.
    loss: f64,
    /// Factor on the learning rate after divergences.
    pub slower: f64,
}

impl<P: Real> Recovery<P> {
    /// At the start, with these weights.
    pub(super) fn new(weights: &[P]) -> Self {
        let (weights, kept) = (weights.to_vec(), weights.to_vec());
        Self { weights, kept, force_error: f64::INFINITY, loss: f64::INFINITY, slower: 1.0 }
    }

    /// Keeps the present weights as the last good ones.
    pub(super) fn remember(&mut self, descent: &Descent<P>) {
        self.weights.copy_from_slice(descent.weights());
        self.kept.copy_from_slice(descent.kept());
    }

    /// After an epoch with this typical loss and force error: keeps its weights, or puts the last good ones back and slows down, which it
    /// also does when `failed`.
    pub(super) fn judge(
        &mut self,
        descent: &mut Descent<P>,
        failed: bool,
        loss: f64,
        force_error: f64,
        forces_tell: bool,
    ) -> Result<()> {
        if failed || self.has_diverged(loss, force_error, forces_tell) {
            if self.slower < SLOWEST {
                return Err(Error::Invalid(
                    "the fit diverges at any learning rate; check the data, or lower `learning_rate`".into(),
                ));
            }
            descent.put(&self.weights, &self.kept);
            descent.forget();
            self.slower *= SLOWER;
        } else {
            self.force_error = self.force_error.min(force_error);
            self.loss = self.loss.min(loss);
            self.remember(descent);
        }
        Ok(())
    }

    fn has_diverged(&self, loss: f64, force_error: f64, forces_tell: bool) -> bool {
        !loss.is_finite()
            || !force_error.is_finite()
            || (forces_tell && loss > DIVERGED * self.loss && force_error > DIVERGED * self.force_error)
            || loss > FAR_DIVERGED * self.loss
    }

    /// Adds what it remembers to a state; the names are those of the first checkpoints.
    pub(super) fn state(&self, norm: f64, state: &mut State) {
        state.insert("refuge.weights".into(), array(&self.weights));
        state.insert("refuge.average".into(), array(&self.kept));
        state.insert("numbers".into(), doubles(vec![norm, self.slower, self.force_error, self.loss]));
    }

    /// Takes it back from a state of a network with `count` parameters; gives the running mean of the norm.
    pub(super) fn restore(&mut self, count: usize, state: &State) -> Result<f64> {
        self.weights = numbers(state, "refuge.weights", count)?;
        self.kept = numbers(state, "refuge.average", count)?;
        // Older checkpoints have no loss: the next epoch sets it.
        let doubles: Vec<f64> = numbers(state, "numbers", 4).or_else(|_| numbers(state, "numbers", 3))?;
        (self.slower, self.force_error) = (doubles[1], doubles[2]);
        self.loss = doubles.get(3).copied().unwrap_or(f64::INFINITY);
        Ok(doubles[0])
    }
}
