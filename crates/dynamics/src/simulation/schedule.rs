//! When something happens.

use std::num::NonZeroU64;

use cormorant_core::{Error, Result};

/// The steps at which an observer is called. Steps are counted from the start of the run or stage it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// At step 0 and at every multiple of the number.
    Every(NonZeroU64),
    /// At the last step only.
    End,
    /// At every step.
    Always,
}

impl Schedule {
    /// Every `steps` steps.
    ///
    /// # Errors
    /// When `steps` is zero.
    pub fn every(steps: u64) -> Result<Self> {
        NonZeroU64::new(steps)
            .map(Self::Every)
            .ok_or_else(|| Error::Invalid("an interval must be at least one step".into()))
    }

    /// Every `interval`, which has to be a whole number of steps of `time_step` (both in t).
    ///
    /// # Errors
    /// When it is not, or is not positive.
    pub fn every_interval(interval: f64, time_step: f64) -> Result<Self> {
        Self::every(whole_steps(interval, time_step)?)
    }

    /// Whether it is the turn of `step` out of `steps`.
    #[must_use]
    pub fn due(self, step: u64, steps: u64) -> bool {
        match self {
            Self::Every(interval) => step.is_multiple_of(interval.get()),
            Self::End => step == steps,
            Self::Always => true,
        }
    }
}

/// `duration` as a whole number of `time_step`s (both in t).
///
/// # Errors
/// When it is not one, to within one part in 10⁶ of a step, or is not positive.
pub fn whole_steps(duration: f64, time_step: f64) -> Result<u64> {
    let exact = duration / time_step;
    let steps = exact.round();
    if !(1.0..=1.0e15).contains(&steps) {
        return Err(Error::Invalid(format!("{exact} is not a valid number of time steps")));
    }
    // Decimal inputs divided by each other miss a whole number by a few units of rounding, never by this much.
    if (exact - steps).abs() > 1.0e-6_f64.max(1.0e-12 * steps) {
        return Err(Error::Invalid(format!("{exact} is not a whole number of time steps")));
    }
    Ok(steps as u64)
}
