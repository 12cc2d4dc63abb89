//! Velocity Verlet, with a bath around it if there is one.

use super::propagate::{drift, kick};
use super::{ForceEvaluator, Integrator, Thermostat, half_kick_correction, positive};
use cormorant_core::Result;
use cormorant_core::noise::Noise;
use cormorant_core::system::System;

/// Velocity Verlet: bath ½, kick ½, drift, kick ½, bath ½.
///
///   p ← p + F Δt/2      r ← r + p Δt/m      F ← −∇U(r)      p ← p + F Δt/2
///
/// | symbol | here                | unit    | shape        |
/// |--------|---------------------|---------|--------------|
/// | r      | system.positions    | Å       | `[atoms][3]` |
/// | p      | system.momenta      | √(u·eV) | `[atoms][3]` |
/// | F      | field.last().forces | eV/Å    | `[atoms][3]` |
/// | Δt     | `time_step`         | t       | scalar       |
///
/// Symplectic, time-reversible, second order. Source: Swope et al. 1982, doi:10.1063/1.442716.
///
/// Momenta at full steps, where the bath acts, have the temperature of the bath exactly in a harmonic motion of angular frequency
/// ω: a step conserves p²/m + m ω² (1 − (ωΔt)²/4) r². They are the ones that the temperature is read from. The same
/// quantity shows that r² is too large by 1/(1 − (ωΔt)²/4), and so is p² in the middle of steps; for the pressure the two cancel
/// ([`Integrator::kinetic_tensor_correction`]).
/// Checked by `suite::dynamics::{velocity_verlet_is_second_order, time_can_be_reversed, harmonic_period_is_exact}`.
#[derive(Debug, Clone, PartialEq)]
pub struct VelocityVerlet {
    time_step: f64,
}

impl VelocityVerlet {
    /// With the time step Δt, in t = Å·√(u/eV).
    ///
    /// # Errors
    /// When the time step is not positive.
    pub fn new(time_step: f64) -> Result<Self> {
        Ok(Self { time_step: positive("the time step", time_step)? })
    }
}

impl Integrator for VelocityVerlet {
    fn name(&self) -> &'static str {
        "velocity-verlet"
    }

    fn time_step(&self) -> f64 {
        self.time_step
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
        bath.apply(system, half, noise)?;
        kick(system, &field.last().forces, half)?;
        drift(system, self.time_step)?;
        field.refresh_next(system)?;
        kick(system, &field.last().forces, half)?;
        bath.apply(system, half, noise)?;
        system.step += 1;
        system.time += self.time_step;
        Ok(())
    }
}
