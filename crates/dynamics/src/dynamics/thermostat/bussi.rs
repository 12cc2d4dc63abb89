//! Stochastic velocity rescaling.

use super::streams::Streams;
use crate::dynamics::propagate::scale_momenta;
use crate::dynamics::{Bath, Thermostat, positive};
use cormorant_core::Result;
use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::system::System;
use cormorant_core::system::observables::kinetic_energy;
use cormorant_core::units::BOLTZMANN;

/// Bussi's bath: all momenta are scaled by one factor α, so that the kinetic energy follows its canonical distribution.
///
///   α² = c + (1 − c)·q·(R₁² + S) + 2·R₁·√(c·(1 − c)·q),   q = K₀/(N·K),   c = exp(−h/τ)
///
///   sign α = sign(R₁ + √(c/((1 − c)·q)))
///
/// | symbol | here                 | unit | shape  |
/// |--------|----------------------|------|--------|
/// | K      | kinetic energy       | eV   | scalar |
/// | K₀     | N·k·T/2              | eV   | scalar |
/// | N      | `degrees_of_freedom` | 1    | scalar |
/// | τ      | `relaxation_time`    | t    | scalar |
/// | T      | `temperature`        | K    | scalar |
/// | R₁     | a normal number of variance 1 | 1 | scalar |
/// | S      | sum of N − 1 squares of such numbers, 2·Γ((N − 1)/2) | 1 | scalar |
///
/// Exact for any interval; total momentum stays zero. Source: Bussi, Donadio and Parrinello 2007, doi:10.1063/1.2408420,
/// equation A7; the sign from Bussi and Parrinello 2008, doi:10.1016/j.cpc.2008.01.006, equation 16.
/// Checked by `suite::ensembles::bussi_is_canonical`.
#[derive(Debug, Clone, PartialEq)]
pub struct Bussi {
    bath: Bath,
    relaxation_time: f64,
    degrees_of_freedom: usize,
    streams: Streams,
}

impl Bussi {
    /// At `temperature` (K) with `relaxation_time` (t).
    ///
    /// # Errors
    /// When the temperature is negative or the relaxation time is not positive.
    pub fn new(temperature: f64, relaxation_time: f64) -> Result<Self> {
        Ok(Self {
            bath: Bath::at(temperature)?,
            relaxation_time: positive("the relaxation time of the bath", relaxation_time)?,
            degrees_of_freedom: 0,
            streams: Streams::new(Consumer::VelocityRescaling),
        })
    }
}

impl Thermostat for Bussi {
    fn name(&self) -> &'static str {
        "bussi"
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

    fn prepare(&mut self, degrees_of_freedom: usize) {
        self.degrees_of_freedom = degrees_of_freedom;
    }

    fn apply(&mut self, system: &mut System, interval: f64, noise: &Noise) -> Result<()> {
        let mut stream = self.streams.next(system, *noise);
        let kinetic = kinetic_energy(system);
        if kinetic <= 0.0 {
            // Nothing to scale before the forces have set the atoms in motion; a stage in which they cannot is refused.
            return Ok(());
        }
        let keep = (-interval / self.relaxation_time).exp();
        // (1 − c)·K₀/(N·K), with K₀/N = kT/2.
        let mix = (1.0 - keep) * 0.5 * BOLTZMANN * self.bath.temperature / kinetic;
        let first = stream.normal();
        let rest = if self.degrees_of_freedom > 1 {
            2.0 * stream.gamma(0.5 * (self.degrees_of_freedom - 1) as f64)
        } else {
            0.0
        };
        let square = keep + mix * (first * first + rest) + 2.0 * first * (keep * mix).sqrt();
        let factor = square.max(0.0).sqrt();
        let turned = first * mix.sqrt() + keep.sqrt() < 0.0;
        scale_momenta(system, if turned { -factor } else { factor });
        self.bath.heat -= kinetic_energy(system) - kinetic;
        Ok(())
    }

    fn forget_application(&mut self) {
        self.streams.reset();
    }
}
