//! The bath of ring polymers.

use super::NormalModes;
use crate::dynamics::thermostat::Streams;
use crate::dynamics::{Bath, Thermostat, positive};
use cormorant_core::Result;
use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::system::System;
use cormorant_core::system::observables::kinetic_energy;
use cormorant_core::units::BOLTZMANN;

/// PILE, the path integral Langevin equation: a Langevin bath on every normal mode, critically damped.
///
///   p̃_k ← c_k p̃_k + √((1 − c_k²) m′ k T) ξ,   c_k = exp(−γ_k h),   γ_0 = 1/τ,   γ_k = 2 ω_k
///
/// | symbol | here              | unit    |
/// | p̃_k    | momenta of mode k | √(u·eV) |
/// | τ      | `relaxation_time` of the centroid | t |
/// | h      | `interval`        | t       |
/// | ξ      | normal numbers of variance 1 |  |
///
/// Source: Ceriotti, Parrinello, Markland and Manolopoulos 2010, doi:10.1063/1.3489925, eqs. 28 and 36 (PILE-L).
/// Checked by `suite::path_integrals`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pile {
    modes: NormalModes,
    bath: Bath,
    relaxation_time: f64,
    streams: Streams,
    room: Vec<[f64; 3]>,
}

impl Pile {
    /// At `temperature` (K), which has to be that of the springs, with `relaxation_time` (t) of the centroid.
    ///
    /// # Errors
    /// When the temperature is negative or the time not positive.
    pub fn new(modes: NormalModes, temperature: f64, relaxation_time: f64) -> Result<Self> {
        Ok(Self {
            modes,
            bath: Bath::at(temperature)?,
            relaxation_time: positive("the relaxation time", relaxation_time)?,
            streams: Streams::new(Consumer::PathIntegralLangevin),
            room: Vec::new(),
        })
    }
}

impl Thermostat for Pile {
    fn name(&self) -> &'static str {
        "pile"
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
        self.modes.to_modes(&mut system.momenta, &mut self.room);
        let atoms = system.momenta.len() / self.modes.beads();
        for (k, &frequency) in self.modes.frequencies().iter().enumerate() {
            let friction = if k == 0 { 1.0 / self.relaxation_time } else { 2.0 * frequency };
            let decay = (-friction * interval).exp();
            // 1 − c² by expm1, which keeps its digits when the friction is weak.
            let spread = -(-2.0 * friction * interval).exp_m1() * BOLTZMANN * self.bath.temperature;
            for atom in k * atoms..(k + 1) * atoms {
                let width = (spread * system.masses[atom]).sqrt();
                for component in &mut system.momenta[atom] {
                    *component = decay * *component + width * stream.normal();
                }
            }
        }
        self.modes.to_beads(&mut system.momenta, &mut self.room);
        self.bath.heat -= kinetic_energy(system) - before;
        Ok(())
    }

    fn forget_application(&mut self) {
        self.streams.reset();
    }
}
