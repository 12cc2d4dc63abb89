//! The BAOAB splitting.

use super::propagate::{drift, kick};
use super::{ForceEvaluator, Integrator, Thermostat, half_kick_correction, positive};
use cormorant_core::Result;
use cormorant_core::noise::Noise;
use cormorant_core::system::System;
use cormorant_core::system::observables::kinetic_energy;

/// BAOAB: kick ½ (B), drift ½ (A), bath (O), drift ½ (A), kick ½ (B).
///
///   p ← p + F Δt/2   r ← r + p Δt/2m   bath(Δt)   r ← r + p Δt/2m   F ← −∇U(r)   p ← p + F Δt/2
///
/// | symbol | here                | unit    | shape        |
/// |--------|---------------------|---------|--------------|
/// | r      | system.positions    | Å       | `[atoms][3]` |
/// | p      | system.momenta      | √(u·eV) | `[atoms][3]` |
/// | F      | field.last().forces | eV/Å    | `[atoms][3]` |
/// | Δt     | `time_step`         | t       | scalar       |
///
/// With the Langevin bath its averages over positions are exact for harmonic forces at any stable step; without a bath
/// it is velocity Verlet. Momenta at full steps fall short: ⟨p²⟩ = m kT (1 − (ωΔt)²/4) in a vibration of angular frequency ω.
/// Those in the middle of the step, where the bath acts, do not: p(n − ½) = p_n − F_n Δt/2 with ⟨r p⟩ = 0 and ⟨r²⟩ = kT/(m ω²) at
/// full steps adds m kT (ωΔt)²/4. The temperature is read from them as the bath leaves them ([`Integrator::kinetic_energy`]);
/// without a bath from full steps, whose kinetic energy belongs to the energy that is conserved. Source: Leimkuhler and Matthews
/// 2013, doi:10.1063/1.4802990.
/// Checked by `suite::dynamics::baoab_is_second_order`, `suite::ensembles::baoab_positions_are_exact_at_a_large_step` and
/// `suite::mid_step`.
#[derive(Debug, Clone, PartialEq)]
pub struct Baoab {
    time_step: f64,
    kinetic: Option<f64>,
    momenta: Vec<[f64; 3]>,
}

impl Baoab {
    /// With the time step Δt, in t = Å·√(u/eV).
    ///
    /// # Errors
    /// When the time step is not positive.
    pub fn new(time_step: f64) -> Result<Self> {
        Ok(Self { time_step: positive("the time step", time_step)?, kinetic: None, momenta: Vec::new() })
    }
}

impl Integrator for Baoab {
    fn name(&self) -> &'static str {
        "baoab"
    }

    fn time_step(&self) -> f64 {
        self.time_step
    }

    fn kinetic_energy(&self) -> Option<f64> {
        self.kinetic
    }

    fn bath_momenta(&self) -> Option<&[[f64; 3]]> {
        self.kinetic.map(|_| self.momenta.as_slice())
    }

    fn kinetic_tensor_correction(&self, system: &System, field: &ForceEvaluator) -> [[f64; 3]; 3] {
        half_kick_correction(system, field, self.time_step)
    }

    fn step(
        &mut self,
        system: &mut System,
        field: &mut ForceEvaluator,
        bath: &mut dyn Thermostat,
        noise: &Noise,
    ) -> Result<()> {
        let half = 0.5 * self.time_step;
        kick(system, &field.last().forces, half)?;
        drift(system, half)?;
        bath.apply(system, self.time_step, noise)?;
        self.kinetic = bath.temperature().map(|_| kinetic_energy(system));
        self.momenta.clone_from(&system.momenta);
        drift(system, half)?;
        field.refresh_next(system)?;
        kick(system, &field.last().forces, half)?;
        system.step += 1;
        system.time += self.time_step;
        Ok(())
    }
}
