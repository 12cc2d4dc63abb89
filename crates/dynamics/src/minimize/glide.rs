//! One step of FIRE after the other.

use super::{dot, shorten};
use cormorant_core::{Error, Result};

const FIRST_TIME: f64 = 0.1;
const SMALLEST_TIME: f64 = 0.002;
const FIRST_MIXING: f64 = 0.25;
const PATIENCE: f64 = 5.0;

/// The motion of [`Fire`](super::Fire) between two steps: it moves coordinates along forces, wherever these come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Glide {
    largest_time: f64,
    largest_step: f64,
    velocities: Vec<f64>,
    time: f64,
    mixing: f64,
    downhill: f64,
}

impl Glide {
    /// At rest, for so many coordinates; `largest_time` (t) and `largest_step` (Å) as in [`Fire`](super::Fire).
    #[must_use]
    pub fn new([largest_time, largest_step]: [f64; 2], coordinates: usize) -> Self {
        let velocities = vec![0.0; coordinates];
        Self { largest_time, largest_step, velocities, time: FIRST_TIME, mixing: FIRST_MIXING, downhill: 0.0 }
    }

    /// Stop, as at the beginning.
    pub fn rest(&mut self) {
        *self = Self::new([self.largest_time, self.largest_step], self.velocities.len());
    }

    /// Move `place` (Å) by one step under `forces` (eV/Å), as many of both as there are coordinates.
    pub fn advance(&mut self, place: &mut [f64], forces: &[f64]) {
        let velocities = &mut self.velocities;
        if dot(forces, velocities) > 0.0 {
            self.downhill += 1.0;
            if self.downhill > PATIENCE {
                self.time = (1.1 * self.time).min(self.largest_time);
                self.mixing *= 0.99;
            }
        } else {
            self.downhill = 0.0;
            (self.time, self.mixing) = ((0.5 * self.time).max(SMALLEST_TIME), FIRST_MIXING);
            // Half of the last step back. That was cut to the largest step where forces are huge, as between atoms that meet.
            let mut back: Vec<f64> = velocities.iter().map(|velocity| 0.5 * self.time * velocity).collect();
            shorten(&mut back, 0.5 * self.largest_step);
            place.iter_mut().zip(&back).for_each(|(x, change)| *x -= change);
            velocities.fill(0.0);
        }
        for (velocity, force) in velocities.iter_mut().zip(forces) {
            *velocity += self.time * force;
        }
        let size = dot(forces, forces).sqrt().max(f64::MIN_POSITIVE);
        let turn = self.mixing * dot(velocities, velocities).sqrt() / size;
        for (velocity, force) in velocities.iter_mut().zip(forces) {
            *velocity = (1.0 - self.mixing) * *velocity + turn * force;
        }
        let mut step: Vec<f64> = velocities.iter().map(|velocity| velocity * self.time).collect();
        shorten(&mut step, self.largest_step);
        place.iter_mut().zip(&step).for_each(|(x, change)| *x += change);
    }

    /// All that influences the steps to come.
    #[must_use]
    pub fn state(&self) -> Vec<f64> {
        [&[self.time, self.mixing, self.downhill][..], &self.velocities].concat()
    }

    /// Continue from what [`Glide::state`] gave.
    ///
    /// # Errors
    /// When it is of another number of coordinates.
    pub fn restore(&mut self, state: &[f64]) -> Result<()> {
        match state {
            [time, mixing, downhill, velocities @ ..] if velocities.len() == self.velocities.len() => {
                (self.time, self.mixing, self.downhill) = (*time, *mixing, *downhill);
                self.velocities.copy_from_slice(velocities);
                Ok(())
            }
            _ => Err(Error::Restart("the state of FIRE has another number of coordinates".into())),
        }
    }
}
