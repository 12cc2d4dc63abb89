//! Integrators and thermostats: how a system moves under its forces and a bath.
//!
//! A thermostat is a propagator for an interval; where it stands within the step is the integrator's choice. One method
//! therefore serves every thermostat in every splitting, and each reports the heat it moved, so that every ensemble has
//! a conserved quantity:
//!
//! kinetic energy + potential energy + [`Thermostat::bath_energy`] + [`Integrator::reservoir_energy`]

mod baoab;
pub mod barostat;
mod chain;
mod check;
mod force_evaluator;
mod martyna_tobias_klein;
pub mod propagate;
mod respa;
pub mod ring_polymer;
pub mod thermostat;
mod velocity_verlet;

pub use baoab::Baoab;
pub use barostat::{Barostat, Scaling, StochasticCellRescaling};
pub use check::{not_negative, positive, take_state};
pub use force_evaluator::ForceEvaluator;
pub use martyna_tobias_klein::MartynaTobiasKlein;
pub use respa::Respa;
pub use ring_polymer::{NormalModes, Pile, RingPolymer};
pub use thermostat::*;
pub use velocity_verlet::VelocityVerlet;

use cormorant_core::Result;
use cormorant_core::noise::Noise;
use cormorant_core::system::System;
use cormorant_core::system::observables::force_tensor;
use cormorant_potential::RequestedProperties;

/// A coupling to a heat bath. Only momenta change.
pub trait Thermostat: Send {
    /// Name for logs and restart files, e.g. `langevin`.
    fn name(&self) -> &'static str;

    /// The books of the bath; `None` for those that keep others, or none.
    fn bath(&self) -> Option<&Bath> {
        None
    }

    /// The same, to be written in.
    fn bath_mut(&mut self) -> Option<&mut Bath> {
        None
    }

    /// Temperature of the bath in K; `None` without a bath.
    fn temperature(&self) -> Option<f64> {
        self.bath().map(|bath| bath.temperature)
    }

    /// Set the temperature of the bath in K (for ramps). Heat already moved stays in the books.
    fn set_temperature(&mut self, temperature: f64) {
        if let Some(bath) = self.bath_mut() {
            bath.temperature = temperature;
        }
    }

    /// Whether total momentum, and for a free molecule angular momentum, stay zero once they are zero.
    fn keeps_momentum(&self) -> bool;

    /// Whether the bath samples the canonical ensemble.
    fn canonical(&self) -> bool {
        true
    }

    /// Told once before the first step of a stage: the number of degrees of freedom, from [`cormorant_core::system::observables`].
    fn prepare(&mut self, degrees_of_freedom: usize) {
        let _ = degrees_of_freedom;
    }

    /// Propagate the coupling for `interval` (in t = Å·√(u/eV)).
    ///
    /// # Errors
    /// When the state cannot be coupled, e.g. all momenta are zero under a thermostat that rescales.
    fn apply(&mut self, system: &mut System, interval: f64, noise: &Noise) -> Result<()>;

    /// Heat given to the bath so far, in eV; kinetic + potential + this is conserved.
    fn bath_energy(&self) -> f64 {
        self.bath().map_or(0.0, |bath| bath.heat)
    }

    /// Everything that [`Thermostat::restore`] needs to continue bit for bit.
    fn state(&self) -> Vec<f64> {
        self.bath().map_or(Vec::new(), |bath| vec![bath.temperature, bath.heat])
    }

    /// Take up a state that [`Thermostat::state`] gave.
    ///
    /// # Errors
    /// When the state has the wrong length.
    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let owner = self.name();
        match self.bath_mut() {
            Some(bath) => [bath.temperature, bath.heat] = take_state(owner, state)?,
            None => take_state::<0>(owner, state).map(|_| ())?,
        }
        self.forget_application();
        Ok(())
    }

    /// Told after a restore: baths that number their applications within a step begin to count again.
    fn forget_application(&mut self) {}
}

/// A way to advance the system by one time step.
pub trait Integrator: Send {
    /// Name for logs and restart files, e.g. `velocity-verlet`.
    fn name(&self) -> &'static str;

    /// The time step Δt, in t = Å·√(u/eV).
    fn time_step(&self) -> f64;

    /// Told once before the first step: the number of degrees of freedom, from [`cormorant_core::system::observables`].
    ///
    /// # Errors
    /// When the system is not of the kind that it integrates, e.g. has no cell.
    fn prepare(&mut self, system: &System, degrees_of_freedom: usize) -> Result<()> {
        let _ = (system, degrees_of_freedom);
        Ok(())
    }

    /// Whether total momentum, and for a free molecule angular momentum, stay zero under forces that conserve them.
    fn keeps_momentum(&self) -> bool {
        true
    }

    /// What it needs of every evaluation beyond energy and forces.
    fn want(&self) -> RequestedProperties {
        RequestedProperties::default()
    }

    /// Kinetic energy in eV, within the last step, of the momenta on which the bath acted, where these are not the momenta at
    /// full steps. Of all momenta within a step they are the ones that have the temperature of the bath.
    fn kinetic_energy(&self) -> Option<f64> {
        None
    }

    /// These momenta in √(u·eV), `[atoms][3]`, where there is such a kinetic energy.
    fn bath_momenta(&self) -> Option<&[[f64; 3]]> {
        None
    }

    /// What Σ p ⊗ p / m (eV) at full steps lacks to make the pressure unbiased at a finite time step; zero where nothing is known.
    ///
    /// Positions move by the momenta in the middle of steps, and only with these does the virial theorem hold for the steps
    /// themselves. For velocity Verlet and BAOAB, summation by parts over the steps n gives exactly
    ///
    ///   ⟨p⊗p/m⟩ in the middle of steps = −⟨r⊗F⟩,   p(n ± ½) = p_n ± F_n Δt/2,
    ///   ½ [p⊗p(n + ½) + p⊗p(n − ½)] = p_n⊗p_n + F_n⊗F_n Δt²/4
    ///
    /// for every bound motion in every potential. So the pressure of molecules does not see their vibrations, as it should. With
    /// momenta at full steps each vibration of angular frequency ω lowers P·V by k·T·(ωΔt)²/12.
    ///
    /// | symbol | here                       | unit    | shape        |
    /// |--------|----------------------------|---------|--------------|
    /// | p, m   | system.momenta, .masses    | √(u·eV), u | `[atoms][3]`, `[atoms]` |
    /// | F      | field.last().forces        | eV/Å    | `[atoms][3]` |
    /// | Δt     | [`Integrator::time_step`]  | t       | scalar       |
    ///
    /// Source: Eastwood et al. 2010, doi:10.1021/ct9002916 (kinetic energies at half steps and full steps); the summation by
    /// parts is that of the virial theorem. Checked by `suite::mid_step`.
    fn kinetic_tensor_correction(&self, system: &System, field: &ForceEvaluator) -> [[f64; 3]; 3] {
        let _ = (system, field);
        [[0.0; 3]; 3]
    }

    /// The pressure in eV/Å³ that it keeps, if it keeps one.
    fn pressure(&self) -> Option<f64> {
        None
    }

    /// Which changes of the cell it makes, if it makes any.
    fn scaling(&self) -> Option<Scaling> {
        None
    }

    /// Set the pressure in eV/Å³ (for ramps). Work already done stays in the books.
    fn set_pressure(&mut self, pressure: f64) {
        let _ = pressure;
    }

    /// Advance by one time step; on return `field` belongs to the new positions and `system.step` has grown by one.
    ///
    /// # Errors
    /// When the forces cannot be computed or the bath cannot be applied.
    fn step(
        &mut self,
        system: &mut System,
        field: &mut ForceEvaluator,
        bath: &mut dyn Thermostat,
        noise: &Noise,
    ) -> Result<()>;

    /// Energy stored by the integrator itself, in eV (a barostat's; zero for the others).
    fn reservoir_energy(&self) -> f64 {
        0.0
    }

    /// Everything that [`Integrator::restore`] needs to continue bit for bit.
    fn state(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Take up a state that [`Integrator::state`] gave.
    ///
    /// # Errors
    /// When the state has the wrong length.
    fn restore(&mut self, state: &[f64]) -> Result<()> {
        take_state::<0>(self.name(), state).map(|_| ())
    }
}

impl<T: Thermostat + 'static> From<T> for Box<dyn Thermostat> {
    fn from(thermostat: T) -> Self {
        Box::new(thermostat)
    }
}

/// [`Integrator::kinetic_tensor_correction`] of steps of `time_step` (t) whose halves are kicks by the forces of `field`.
pub fn half_kick_correction(system: &System, field: &ForceEvaluator, time_step: f64) -> [[f64; 3]; 3] {
    let forces = &field.last().forces;
    let scale = 0.25 * time_step * time_step;
    force_tensor(system, forces, forces).map(|row| row.map(|entry| scale * entry))
}
