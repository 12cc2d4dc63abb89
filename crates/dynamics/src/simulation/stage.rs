//! A part of a run with its own step, integrator and bath.

use std::path::PathBuf;

use super::{Motion, Observer, Schedule, Statistics};
use crate::dynamics::{Barostat, Integrator, NoBath, Scaling, Thermostat};
use cormorant_core::{Error, Result};
use cormorant_potential::RequestedProperties;

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
    /// A coupling to a pressure bath that acts after every so many steps.
    pub barostat: Option<(Box<dyn Barostat>, u64)>,
    /// Observers of this stage only; their steps count from its start.
    pub observers: Vec<Box<dyn Observer>>,
    /// Where and when the full state is saved.
    pub restart: Option<(PathBuf, Schedule)>,
    /// First and last temperature of the bath in K, if it changes linearly over the stage.
    pub(super) ramp: Option<(f64, f64)>,
    /// First and last pressure in eV/Å³ (eV/Å² of a slab, eV/Å of a wire), if it changes linearly over the stage.
    pub(super) pressure_ramp: Option<(f64, f64)>,
    pub(super) statistics: Statistics,
    pub(super) motion: Motion,
    /// What its observers said when it ended, if that was before the last restart too.
    pub(super) remarks: Vec<String>,
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
            barostat: None,
            observers: Vec::new(),
            restart: None,
            ramp: None,
            pressure_ramp: None,
            statistics: Statistics::default(),
            motion: Motion::default(),
            remarks: Vec::new(),
        }
    }

    /// With a heat bath.
    #[must_use]
    pub fn with_thermostat(mut self, thermostat: impl Into<Box<dyn Thermostat>>) -> Self {
        self.thermostat = thermostat.into();
        self
    }

    /// With a pressure bath that acts after every `interval` steps.
    ///
    /// # Errors
    /// When `interval` is zero.
    pub fn with_barostat(mut self, barostat: impl Barostat + 'static, interval: u64) -> Result<Self> {
        if interval == 0 {
            return Err(Error::Invalid("a barostat cannot act every 0 steps".into()));
        }
        self.barostat = Some((Box::new(barostat), interval));
        Ok(self)
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

    /// With a pressure that goes linearly to `pressure` (eV/Å³) at the last step.
    ///
    /// # Errors
    /// When nothing keeps a pressure, or it is not finite.
    pub fn with_final_pressure(mut self, pressure: f64) -> Result<Self> {
        let start = self.pressure().ok_or_else(|| {
            Error::Invalid(format!("stage {:?} has no barostat whose pressure could change", self.name))
        })?;
        if !pressure.is_finite() {
            return Err(Error::Invalid(format!("the final pressure must be finite, but is {pressure}")));
        }
        self.pressure_ramp = Some((start, pressure));
        Ok(self)
    }

    /// Pressure that the stage keeps, in eV/Å³ (eV/Å² of a slab, eV/Å of a wire), if it keeps one.
    #[must_use]
    pub fn pressure(&self) -> Option<f64> {
        self.integrator.pressure().or(self.barostat.as_ref().map(|(barostat, _)| barostat.pressure()))
    }

    /// Which changes of the cell the stage makes, if it makes any.
    #[must_use]
    pub fn scaling(&self) -> Option<Scaling> {
        self.integrator.scaling().or(self.barostat.as_ref().map(|(barostat, _)| barostat.scaling()))
    }

    /// Averages gathered so far.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// How its motion is counted and shared; filled when the stage begins.
    #[must_use]
    pub fn motion(&self) -> &Motion {
        &self.motion
    }

    /// What integrator and barostat need of the evaluation after `step` steps.
    pub(super) fn want(&self, step: u64) -> RequestedProperties {
        let mut want = self.integrator.want();
        want.virial |= self.barostat.as_ref().is_some_and(|(_, interval)| step.is_multiple_of(*interval));
        want
    }

    /// Set the baths to their temperature and pressure in the middle of the step after `step`.
    pub(super) fn ramp_baths(&mut self, step: u64) {
        let done = (step as f64 + 0.5) / self.steps as f64;
        if let Some((first, last)) = self.ramp {
            let temperature = first + (last - first) * done;
            self.thermostat.set_temperature(temperature);
            if let Some((barostat, _)) = &mut self.barostat {
                barostat.set_temperature(temperature);
            }
        }
        if let Some((first, last)) = self.pressure_ramp {
            let pressure = first + (last - first) * done;
            self.integrator.set_pressure(pressure);
            if let Some((barostat, _)) = &mut self.barostat {
                barostat.set_pressure(pressure);
            }
        }
    }

    /// Energy given away by the system within this stage, in eV.
    pub(super) fn given_away(&self) -> f64 {
        let barostat = self.barostat.as_ref().map_or(0.0, |(barostat, _)| barostat.given_away());
        self.thermostat.bath_energy() + self.integrator.reservoir_energy() + barostat
    }
}
