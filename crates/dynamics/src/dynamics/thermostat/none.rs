//! No bath at all.

use crate::dynamics::Thermostat;
use cormorant_core::Result;
use cormorant_core::noise::Noise;
use cormorant_core::system::System;

/// No bath: with it an integrator conserves energy (NVE).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoBath;

impl Thermostat for NoBath {
    fn name(&self) -> &'static str {
        "none"
    }

    fn keeps_momentum(&self) -> bool {
        true
    }

    fn canonical(&self) -> bool {
        false
    }

    fn apply(&mut self, _system: &mut System, _interval: f64, _noise: &Noise) -> Result<()> {
        Ok(())
    }
}
