//! No bath at all.

use crate::Result;
use crate::dynamics::{Thermostat, take_state};
use crate::noise::Noise;
use crate::system::System;

/// No bath: with it an integrator conserves energy (NVE).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoBath;

impl Thermostat for NoBath {
    fn name(&self) -> &'static str {
        "none"
    }

    fn temperature(&self) -> Option<f64> {
        None
    }

    fn set_temperature(&mut self, _temperature: f64) {}

    fn keeps_momentum(&self) -> bool {
        true
    }

    fn canonical(&self) -> bool {
        false
    }

    fn apply(&mut self, _system: &mut System, _interval: f64, _noise: &Noise) -> Result<()> {
        Ok(())
    }

    fn bath_energy(&self) -> f64 {
        0.0
    }

    fn state(&self) -> Vec<f64> {
        Vec::new()
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        take_state::<0>(self.name(), state).map(|_| ())
    }
}
