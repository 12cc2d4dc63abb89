//! A pass over the training frames under way: which batches are done, and what they came to.

use super::batches::Batches;
use super::learner::{Array, State, Values};
use super::objective::FrameLoss;
use super::state_arrays::{doubles, foreign, numbers};
use super::typical_loss::TypicalLoss;
use cormorant_core::Result;

/// Names of the arrays of a state.
const PLACES: &str = "pass.places";
const NUMBERS: &str = "pass.numbers";

/// A pass, and the stretch of it over which the schedule runs evenly.
///
///   p = p₀ + (p₁ − p₀) (k − k₀) / (K − k₀)
///
/// | symbol | here | meaning |
/// |---|---|---|
/// | k, K | `next`, `batches` | batches done, and of the pass |
/// | k₀ | `start` | batches done when the stretch began; 0 unless the schedule was changed on the way |
/// | p₀, p₁ | `from`, `to` | share of the schedule at the begin of the stretch and at the end of the pass |
///
/// Checked by: `suite::training`.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    /// Number of the epoch.
    pub(super) number: u64,
    batches: Batches,
    /// Frames of a batch, but of the last one of a theory.
    size: usize,
    next: usize,
    start: usize,
    from: f64,
    to: f64,
    /// Sums over the frames done.
    pub(super) sum: FrameLoss,
    /// Steps without a finite gradient.
    pub(super) skipped: usize,
    /// What tells a divergence.
    pub(super) typical: TypicalLoss,
}

impl Pass {
    /// The beginning of pass `number` over these batches of `size` frames.
    pub(super) fn new(number: u64, (batches, size): (Batches, usize), from: f64, to: f64) -> Self {
        let (next, start, skipped) = (0, 0, 0);
        let (sum, typical) = (FrameLoss::default(), TypicalLoss::default());
        Self { number, batches, size, next, start, from, to, sum, skipped, typical }
    }

    /// Lets the schedule run to `to` over the batches that are left, from `from` on, unless that is what it does already.
    pub(super) fn aim(&mut self, from: f64, to: f64) {
        if (from.to_bits(), to.to_bits()) != (self.from.to_bits(), self.to.to_bits()) {
            (self.start, self.from, self.to) = (self.next, from, to);
        }
    }

    /// The frames of the next batch; none at the end of the pass, or of the schedule.
    pub(super) fn batch(&self) -> Option<&[u32]> {
        let over = self.next > 0 && self.progress() >= 1.0;
        self.batches.get(self.next).filter(|_| !over)
    }

    /// Adds what the next batch came to, with the part of it whose weights do not change along the fit, if it tells how the fit goes.
    pub(super) fn add(&mut self, loss: FrameLoss, steady: Option<f64>, finite: bool) {
        let frames = self.batches.frames_before(self.next + 1) - self.batches.frames_before(self.next);
        if let Some(steady) = steady {
            self.typical.add(steady, &loss, frames, self.batches.len());
        }
        if loss.loss.is_finite() && loss.force_error.is_finite() {
            self.sum.add(loss);
        }
        self.skipped += usize::from(!finite);
        self.next += 1;
    }

    /// Share of the schedule at the next batch.
    pub(super) fn progress(&self) -> f64 {
        let (done, all) = (self.next - self.start, self.batches.len() - self.start);
        if all == 0 { self.to } else { self.from + (self.to - self.from) * done as f64 / all as f64 }
    }

    /// Where the schedule runs from and to.
    pub(super) fn stretch(&self) -> (f64, f64) {
        (self.from, self.to)
    }

    /// Batches done.
    pub(super) fn batches(&self) -> usize {
        self.next
    }

    /// Frames done.
    pub(super) fn frames(&self) -> usize {
        self.batches.frames_before(self.next)
    }

    /// Share of the frames done.
    pub(super) fn share(&self) -> f64 {
        self.frames() as f64 / self.batches.frames().max(1) as f64
    }

    /// Adds it to a state.
    pub(super) fn state(&self, state: &mut State) {
        let FrameLoss { loss, other_loss, energy_penalty, energy_error, force_error, property_error, .. } = self.sum;
        let counts = [self.next, self.start, self.skipped, self.sum.energies, self.sum.forces, self.size];
        let places: Vec<u64> = std::iter::once(self.number).chain(counts.map(|count| count as u64)).collect();
        state.insert(PLACES.into(), Array { shape: vec![places.len()], values: Values::U64(places) });
        let sums = [loss, other_loss, energy_penalty, energy_error, force_error, property_error];
        let TypicalLoss { logarithms, count } = self.typical;
        state.insert(NUMBERS.into(), doubles([&[self.from, self.to][..], &sums, &logarithms, &[count]].concat()));
    }

    /// Takes it back from a state; none if that is one between two passes. `order` gives the batches of a pass by its number and their size,
    /// which is `usual` in checkpoints that do not say.
    ///
    /// # Errors
    /// When the arrays are not those of a pass.
    pub(super) fn restore(
        state: &State,
        usual: usize,
        order: impl FnOnce(u64, usize) -> Batches,
    ) -> Result<Option<Self>> {
        let places = match state.get(PLACES).map(|array| &array.values) {
            None => return Ok(None),
            Some(Values::U64(places)) => places.as_slice(),
            Some(_) => return Err(foreign(PLACES)),
        };
        let (&[number, next, start, skipped, energies, forces], size) = (match places {
            [places @ .., size] if places.len() == 6 => (places, (*size as usize).max(1)),
            _ => (places, usual),
        }) else {
            return Err(foreign(PLACES));
        };
        let [next, start, skipped, energies, forces] = [next, start, skipped, energies, forces].map(|n| n as usize);
        // Older checkpoints have nothing typical: it begins where they stand.
        let mut numbers: Vec<f64> = numbers(state, NUMBERS, 11).or_else(|_| numbers(state, NUMBERS, 8))?;
        numbers.resize(11, 0.0);
        let typical = TypicalLoss { logarithms: [numbers[8], numbers[9]], count: numbers[10] };
        let batches = order(number, size);
        if start > next || next > batches.len() {
            return Err(foreign(PLACES));
        }
        let sum = FrameLoss {
            loss: numbers[2],
            other_loss: numbers[3],
            energy_penalty: numbers[4],
            energy_error: numbers[5],
            force_error: numbers[6],
            property_error: numbers[7],
            energies,
            forces,
        };
        let (from, to) = (numbers[0], numbers[1]);
        Ok(Some(Self { number, batches, size, next, start, from, to, sum, skipped, typical }))
    }
}
