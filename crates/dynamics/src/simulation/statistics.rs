//! Averages of a stage: temperature with its error, drift of the conserved quantity.

use crate::analysis::{Blocking, LineFit, StateReader};
use cormorant_core::Result;

/// Averages of one stage, over every step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statistics {
    /// Temperature in K.
    pub temperature: Blocking,
    /// Conserved quantity in eV, from its first value, over time in t.
    pub conserved: LineFit,
    /// Largest deviation of the conserved quantity from its first value, in eV.
    pub largest_deviation: f64,
    first: Option<f64>,
}

impl Statistics {
    /// Take one more step: time in t, temperature in K, conserved quantity in eV.
    pub fn add(&mut self, time: f64, temperature: f64, conserved: f64) {
        let deviation = conserved - *self.first.get_or_insert(conserved);
        self.temperature.add(temperature);
        self.conserved.add(time, deviation);
        self.largest_deviation = self.largest_deviation.max(deviation.abs());
    }

    /// All numbers, for a restart.
    #[must_use]
    pub fn state(&self) -> Vec<f64> {
        let mut state = vec![self.largest_deviation, self.first.unwrap_or(f64::NAN)];
        state.extend(self.conserved.state());
        state.extend(self.temperature.state());
        state
    }

    /// The statistics that [`Statistics::state`] gave.
    ///
    /// # Errors
    /// When the numbers are not as many as needed.
    pub fn from_state(state: &[f64]) -> Result<Self> {
        let mut state = StateReader::new(state);
        let largest_deviation = state.number()?;
        let first = Some(state.number()?).filter(|first| !first.is_nan());
        let conserved = LineFit::read(&mut state)?;
        let temperature = Blocking::read(&mut state)?;
        state.end()?;
        Ok(Self { temperature, conserved, largest_deviation, first })
    }
}
