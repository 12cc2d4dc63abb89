//! Friction and noise on every atom.

use super::streams::Streams;
use crate::dynamics::{Bath, Thermostat, not_negative};
use cormorant_core::Result;
use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::system::System;
use cormorant_core::system::observables::kinetic_energy;
use cormorant_core::system::rattle::constrain_momenta;
use cormorant_core::units::BOLTZMANN;

/// Langevin bath: the exact Ornstein-Uhlenbeck step for the momenta.
///
///   p ← c·p + √((1 − c²)·m·k·T)·ξ,   c = exp(−γ·h)
///
/// | symbol | here           | unit    | shape        |
/// |--------|----------------|---------|--------------|
/// | p      | system.momenta | √(u·eV) | `[atoms][3]` |
/// | γ      | `friction`     | 1/t     | scalar       |
/// | h      | `interval`     | t       | scalar       |
/// | T      | `temperature`  | K       | scalar       |
/// | ξ      | normal numbers of variance 1 | 1 | `[atoms][3]` |
///
/// Exact for any interval. Total momentum is not conserved: all 3N degrees of freedom count.
/// Source: Bussi and Parrinello 2007, doi:10.1103/PhysRevE.75.056707.
/// Checked by `suite::ensembles::{free_langevin_is_an_ornstein_uhlenbeck_process, langevin_is_canonical}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Langevin {
    bath: Bath,
    friction: f64,
    streams: Streams,
}

impl Langevin {
    /// At `temperature` (K) with `friction` (1/t).
    ///
    /// # Errors
    /// When one of them is negative or not finite.
    pub fn new(temperature: f64, friction: f64) -> Result<Self> {
        Ok(Self {
            bath: Bath::at(temperature)?,
            friction: not_negative("the friction", friction)?,
            streams: Streams::new(Consumer::Langevin),
        })
    }
}

impl Thermostat for Langevin {
    fn name(&self) -> &'static str {
        "langevin"
    }

    fn bath(&self) -> Option<&Bath> {
        Some(&self.bath)
    }

    fn bath_mut(&mut self) -> Option<&mut Bath> {
        Some(&mut self.bath)
    }

    fn keeps_momentum(&self) -> bool {
        false
    }

    fn apply(&mut self, system: &mut System, interval: f64, noise: &Noise) -> Result<()> {
        let mut stream = self.streams.next(system, *noise);
        let before = kinetic_energy(system);
        let decay = (-self.friction * interval).exp();
        // 1 − c² by expm1, which keeps its digits when the friction is weak.
        let spread = -(-2.0 * self.friction * interval).exp_m1() * BOLTZMANN * self.bath.temperature;
        for (momentum, mass) in system.momenta.iter_mut().zip(&system.masses) {
            let width = (spread * mass).sqrt();
            for component in momentum {
                *component = decay * *component + width * stream.normal();
            }
        }
        constrain_momenta(system)?;
        self.bath.heat -= kinetic_energy(system) - before;
        Ok(())
    }

    fn forget_application(&mut self) {
        self.streams.reset();
    }
}
