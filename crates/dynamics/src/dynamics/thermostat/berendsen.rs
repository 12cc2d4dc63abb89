//! Weak coupling to a bath. Not canonical.

use crate::dynamics::propagate::scale_momenta;
use crate::dynamics::{Bath, Thermostat, positive};
use cormorant_core::Result;
use cormorant_core::noise::Noise;
use cormorant_core::system::System;
use cormorant_core::system::observables::kinetic_energy;
use cormorant_core::units::BOLTZMANN;

/// Berendsen bath: the kinetic energy relaxes to its mean without any fluctuation of its own.
///
///   K ← K₀ + (K − K₀)·exp(−h/τ),   K₀ = N·k·T/2
///
/// | symbol | here                 | unit | shape  |
/// |--------|----------------------|------|--------|
/// | K      | kinetic energy       | eV   | scalar |
/// | N      | `degrees_of_freedom` | 1    | scalar |
/// | τ      | `relaxation_time`    | t    | scalar |
/// | T      | `temperature`        | K    | scalar |
///
/// **Not canonical**: the fluctuations of the kinetic energy are too small. For warming up only.
/// Source: Berendsen et al. 1984, doi:10.1063/1.448118 (its first-order factor replaced by the exact exponential).
/// Checked by `suite::ensembles::berendsen_relaxes_exponentially`.
#[derive(Debug, Clone, PartialEq)]
pub struct Berendsen {
    bath: Bath,
    relaxation_time: f64,
    degrees_of_freedom: f64,
}

impl Berendsen {
    /// At `temperature` (K) with `relaxation_time` (t).
    ///
    /// # Errors
    /// When the temperature is negative or the relaxation time is not positive.
    pub fn new(temperature: f64, relaxation_time: f64) -> Result<Self> {
        Ok(Self {
            bath: Bath::at(temperature)?,
            relaxation_time: positive("the relaxation time of the bath", relaxation_time)?,
            degrees_of_freedom: 0.0,
        })
    }
}

impl Thermostat for Berendsen {
    fn name(&self) -> &'static str {
        "berendsen"
    }

    fn bath(&self) -> Option<&Bath> {
        Some(&self.bath)
    }

    fn bath_mut(&mut self) -> Option<&mut Bath> {
        Some(&mut self.bath)
    }

    fn keeps_momentum(&self) -> bool {
        true
    }

    fn canonical(&self) -> bool {
        false
    }

    fn prepare(&mut self, degrees_of_freedom: usize) {
        self.degrees_of_freedom = degrees_of_freedom as f64;
    }

    fn apply(&mut self, system: &mut System, interval: f64, _noise: &Noise) -> Result<()> {
        let kinetic = kinetic_energy(system);
        if kinetic <= 0.0 {
            // Nothing to scale before the forces have set the atoms in motion; a stage in which they cannot is refused.
            return Ok(());
        }
        let mean = 0.5 * self.degrees_of_freedom * BOLTZMANN * self.bath.temperature;
        let target = mean + (kinetic - mean) * (-interval / self.relaxation_time).exp();
        scale_momenta(system, (target / kinetic).sqrt());
        self.bath.heat -= target - kinetic;
        Ok(())
    }
}
