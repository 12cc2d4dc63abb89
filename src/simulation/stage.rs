//! A part of a run with its own step, integrator and bath.

use std::path::PathBuf;

use super::{Observer, Schedule, Statistics};
use crate::dynamics::{Integrator, NoBath, Thermostat};
use crate::{Error, Result};

/// A number of steps under one integrator and one thermostat. All stages of a run share one state.
pub struct Stage {
    /// Name for logs, e.g. `warm-up`.
    pub name: String,
    /// Number of steps.
    pub steps: u64,
    /// How to step.
    pub integrator: Box<dyn Integrator>,
    /// The heat bath.
    pub thermostat: Box<dyn Thermostat>,
    /// Observers of this stage only; their steps count from its start.
    pub observers: Vec<Box<dyn Observer>>,
    /// Where and when the full state is saved.
    pub restart: Option<(PathBuf, Schedule)>,
    /// First and last temperature of the bath in K, if it changes linearly over the stage.
    pub(super) ramp: Option<(f64, f64)>,
    pub(super) statistics: Statistics,
}

impl Stage {
    /// A stage of constant energy; add a bath with [`Stage::with_thermostat`].
    #[must_use]
    pub fn new(name: impl Into<String>, steps: u64, integrator: impl Integrator + 'static) -> Self {
        Self {
            name: name.into(),
            steps,
            integrator: Box::new(integrator),
            thermostat: Box::new(NoBath),
            observers: Vec::new(),
            restart: None,
            ramp: None,
            statistics: Statistics::default(),
        }
    }

    /// With a heat bath.
    #[must_use]
    pub fn with_thermostat(mut self, thermostat: impl Into<Box<dyn Thermostat>>) -> Self {
        self.thermostat = thermostat.into();
        self
    }

    /// With an observer of this stage only.
    #[must_use]
    pub fn with_observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observers.push(Box::new(observer));
        self
    }

    /// With the full state saved in `path` now and then.
    #[must_use]
    pub fn with_restart(mut self, path: impl Into<PathBuf>, schedule: Schedule) -> Self {
        self.restart = Some((path.into(), schedule));
        self
    }

    /// With a bath whose temperature goes linearly to `temperature` (K) at the last step.
    ///
    /// # Errors
    /// When there is no bath, or the temperature is negative.
    pub fn with_final_temperature(mut self, temperature: f64) -> Result<Self> {
        let start = self.thermostat.temperature().ok_or_else(|| {
            Error::Invalid(format!("stage {:?} has no thermostat whose temperature could change", self.name))
        })?;
        if !(temperature.is_finite() && temperature >= 0.0) {
            return Err(Error::Invalid(format!("the final temperature must not be negative, but is {temperature}")));
        }
        self.ramp = Some((start, temperature));
        Ok(self)
    }

    /// Averages gathered so far.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Set the bath to its temperature in the middle of the step after `step`.
    pub(super) fn ramp_bath(&mut self, step: u64) {
        if let Some((first, last)) = self.ramp {
            let done = (step as f64 + 0.5) / self.steps as f64;
            self.thermostat.set_temperature(first + (last - first) * done);
        }
    }

    /// Energy given away by the system within this stage, in eV.
    pub(super) fn given_away(&self) -> f64 {
        self.thermostat.bath_energy() + self.integrator.reservoir_energy()
    }
}
