//! Collisions with the particles of a bath.

use super::streams::Streams;
use crate::dynamics::{Bath, Thermostat, not_negative};
use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::system::System;
use cormorant_core::system::observables::kinetic_energy;
use cormorant_core::system::rattle::constrain_momenta;
use cormorant_core::units::BOLTZMANN;
use cormorant_core::{Error, Result};

/// Andersen bath: within an interval h each atom collides with probability 1 − exp(−ν·h) and then takes new momenta
/// from the Maxwell-Boltzmann distribution,
///
///   p ← √(m·k·T)·ξ
///
/// | symbol | here           | unit    | shape        |
/// |--------|----------------|---------|--------------|
/// | p      | system.momenta | √(u·eV) | `[atoms][3]` |
/// | ν      | `rate`, collisions per atom and time | 1/t | scalar |
/// | T      | `temperature`  | K       | scalar       |
/// | ξ      | normal numbers of variance 1 | 1 | `[3]`  |
///
/// Canonical, but it breaks the dynamics: no transport coefficient may be taken from such a run.
/// Source: Andersen 1980, doi:10.1063/1.439486. Checked by `suite::ensembles::andersen_is_canonical`.
#[derive(Debug, Clone, PartialEq)]
pub struct Andersen {
    bath: Bath,
    rate: f64,
    streams: Streams,
}

impl Andersen {
    /// At `temperature` (K) with `rate` collisions per atom and time (1/t).
    ///
    /// # Errors
    /// When one of them is negative or not finite.
    pub fn new(temperature: f64, rate: f64) -> Result<Self> {
        Ok(Self {
            bath: Bath::at(temperature)?,
            rate: not_negative("the collision rate", rate)?,
            streams: Streams::new(Consumer::Andersen),
        })
    }
}

impl Thermostat for Andersen {
    fn name(&self) -> &'static str {
        "andersen"
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
        if !system.constraints.bonds().is_empty() || system.constraints.center_of_mass() {
            // New momenta for one atom, projected onto what a constraint allows, are not those of the canonical ensemble.
            let reason = "collisions of single atoms do not sample rigid molecules, nor motion about a fixed center of \
                          mass: use the Langevin thermostat";
            return Err(Error::Invalid(reason.into()));
        }
        let mut stream = self.streams.next(system, *noise);
        let before = kinetic_energy(system);
        let probability = -(-self.rate * interval).exp_m1();
        for (momentum, mass) in system.momenta.iter_mut().zip(&system.masses) {
            if stream.uniform() < probability {
                let width = (mass * BOLTZMANN * self.bath.temperature).sqrt();
                for component in momentum {
                    *component = width * stream.normal();
                }
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
