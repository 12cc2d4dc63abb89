//! Constant pressure by an extended system.

use super::barostat::{Extent, stretch_cell};
use super::chain::Chain;
use super::{ForceEvaluator, Integrator, NoseHoover, Scaling, Thermostat, half_kick_correction, positive};
use cormorant_core::noise::Noise;
use cormorant_core::system::System;
use cormorant_core::system::observables::{center_of_mass, kinetic_tensor};
use cormorant_core::units::BOLTZMANN;
use cormorant_core::{Error, Result};
use cormorant_potential::RequestedProperties;

/// Martyna-Tobias-Klein: the lengths of the cell move like particles, driven by the difference of pressures.
///
///   ṙ_a = p_a/m + v_a·r_a      ṗ_a = F_a − (v_a + Σ_b v_b/N)·p_a      ḣ_a = v_a·h_a
///
///   W·v̇_a = V·(P_aa − P₀) + 2K/N      W = (N + d)·k·T·τ²/d
///
/// The isotropic form has one v for all axes, the sum of the d forces and d times the mass. The v are coupled to a
/// Nosé-Hoover chain of their own; the thermostat of the stage takes care of the particles. v is zero along open directions, so
/// that a slab moves within its plane and a wire along its axis; V and P are then as in [`super::StochasticCellRescaling`].
///
/// | symbol | here                 | unit   | shape     |
/// |--------|----------------------|--------|-----------|
/// | d      | number of directions that repeat | 1 | scalar |
/// | V      | volume of the cell; area of a slab, length of a wire | Å^d | scalar |
/// | v      | `velocities`         | 1/t    | `[3]`     |
/// | h      | extent of the cell along the axes | Å | `[3]` |
/// | W      | `mass`               | eV·t²  | scalar    |
/// | P      | (Σ p⊗p/m + virial)/V | eV/Å^d | `[3][3]`  |
/// | P₀     | `pressure`           | eV/Å^d | scalar    |
/// | N      | `degrees_of_freedom` | 1      | scalar    |
/// | τ      | `relaxation_time`    | t      | scalar    |
///
/// The cell is pushed by positions at full steps and by momenta in the middle of steps, so that it feels an unbiased pressure
/// ([`Integrator::kinetic_tensor_correction`]); each push is the exact flow of its part, and the whole stays reversible.
///
/// Conserved: K + U + P₀·V + Σ W·v²/2 + energies of the chains. Source: Martyna, Tobias and Klein 1994,
/// doi:10.1063/1.467468; the splitting after Tuckerman et al. 2006, doi:10.1088/0305-4470/39/19/S18.
/// Checked by `suite::pressure::{constant_pressure_is_second_order, ideal_gas_has_the_exact_volume}`,
/// `suite::periodicity::a_flat_ideal_gas_has_the_exact_area` and `suite::mid_step`.
#[derive(Debug, Clone, PartialEq)]
pub struct MartynaTobiasKlein {
    time_step: f64,
    scaling: Scaling,
    pressure: f64,
    relaxation_time: f64,
    degrees_of_freedom: f64,
    mass: f64,
    velocities: [f64; 3],
    chain: Chain,
    volume: f64,
    ramped: f64,
}

impl MartynaTobiasKlein {
    /// At `pressure` (eV/Å³), with barostat masses for `temperature` (K) and `relaxation_time` (t).
    ///
    /// # Errors
    /// When the pressure is not finite or one of the others is not positive.
    pub fn new(
        time_step: f64,
        scaling: Scaling,
        pressure: f64,
        temperature: f64,
        relaxation_time: f64,
    ) -> Result<Self> {
        if !pressure.is_finite() {
            return Err(Error::Invalid(format!("the pressure must be finite, but is {pressure}")));
        }
        let temperature = positive("the temperature of the barostat", temperature)?;
        Ok(Self {
            time_step: positive("the time step", time_step)?,
            scaling,
            pressure,
            relaxation_time: positive("the relaxation time of the barostat", relaxation_time)?,
            degrees_of_freedom: 1.0,
            mass: 1.0,
            velocities: [0.0; 3],
            chain: Chain::new(temperature, NoseHoover::CHAIN),
            volume: 0.0,
            ramped: 0.0,
        })
    }

    /// Kinetic energy of the cell: Σ W·v²/2, in eV.
    fn cell_energy(&self) -> f64 {
        let squares: f64 = self.velocities.iter().map(|v| v * v).sum();
        0.5 * self.mass * squares
    }

    /// Couple the velocities of the cell to their chain.
    fn bath_cell(&mut self, interval: f64) {
        let factor = self.chain.propagate(self.cell_energy(), interval);
        self.velocities = self.velocities.map(|v| v * factor);
    }

    /// The part of positions: v ← v + h·(virial_aa − V·P₀)/W.
    fn push_by_virial(&mut self, system: &System, virial: &[[f64; 3]; 3], interval: f64) -> Result<()> {
        let extent = Extent::of(system)?;
        let work = self.pressure * extent.measure;
        self.push_cell(extent, [0, 1, 2].map(|axis| virial[axis][axis] - work), interval);
        Ok(())
    }

    /// The part of momenta: v ← v + h·(Σ p_a²/m + 2K/N)/W.
    fn push_by_momenta(&mut self, system: &System, interval: f64) -> Result<()> {
        let kinetic = kinetic_tensor(system);
        let twice: f64 = (0..3).map(|axis| kinetic[axis][axis]).sum();
        let forces = [0, 1, 2].map(|axis| kinetic[axis][axis] + twice / self.degrees_of_freedom);
        self.push_cell(Extent::of(system)?, forces, interval);
        Ok(())
    }

    fn push_cell(&mut self, extent: Extent, forces: [f64; 3], interval: f64) {
        let mut forces = extent.along(forces);
        if self.scaling == Scaling::Isotropic {
            forces = extent.along([forces.iter().sum::<f64>() / extent.dimensions; 3]);
        }
        for axis in 0..3 {
            self.velocities[axis] += interval * forces[axis] / self.mass;
        }
    }

    /// p ← p·exp(−κh) + F·h·exp(−κh/2)·sinhc(κh/2) with κ_a = v_a + Σ v/N.
    fn kick(&self, system: &mut System, forces: &[[f64; 3]], interval: f64) {
        let common = self.velocities.iter().sum::<f64>() / self.degrees_of_freedom;
        let decay = self.velocities.map(|v| (-(v + common) * interval).exp());
        let push = self.velocities.map(|v| average_growth(-(v + common) * interval) * interval);
        for (momentum, force) in system.momenta.iter_mut().zip(forces) {
            for axis in 0..3 {
                momentum[axis] = momentum[axis] * decay[axis] + force[axis] * push[axis];
            }
        }
    }

    /// r ← R + (r − R)·exp(vh) + p/m·h·exp(vh/2)·sinhc(vh/2) about the center of mass R, and the cell with it: about the origin the atoms would
    /// wander as a whole, the more the farther away they are.
    fn drift(&mut self, system: &mut System, interval: f64) -> Result<()> {
        let growth = self.velocities.map(|v| (v * interval).exp());
        let push = self.velocities.map(|v| average_growth(v * interval) * interval);
        let center = center_of_mass(system);
        let atoms = system.positions.iter_mut().zip(&system.momenta).zip(&system.masses);
        for ((position, momentum), mass) in atoms {
            for axis in 0..3 {
                let arm = position[axis] - center[axis];
                position[axis] = center[axis] + arm * growth[axis] + momentum[axis] / mass * push[axis];
            }
        }
        stretch_cell(system, growth)?;
        self.volume = Extent::of(system)?.measure;
        Ok(())
    }
}

/// (exp(x) − 1)/x, the mean of exp over the interval from 0 to x.
fn average_growth(x: f64) -> f64 {
    if x.abs() < 1.0e-8 { 1.0 + 0.5 * x } else { x.exp_m1() / x }
}

impl Integrator for MartynaTobiasKlein {
    fn name(&self) -> &'static str {
        "martyna-tobias-klein"
    }

    fn time_step(&self) -> f64 {
        self.time_step
    }

    fn prepare(&mut self, system: &System, degrees_of_freedom: usize) -> Result<()> {
        let extent = Extent::of(system)?;
        self.volume = extent.measure;
        self.degrees_of_freedom = degrees_of_freedom.max(1) as f64;
        let thermal = BOLTZMANN * self.chain.temperature;
        self.mass =
            (self.degrees_of_freedom + extent.dimensions) * thermal * self.relaxation_time * self.relaxation_time
                / extent.dimensions;
        // The isotropic cell is one degree of freedom: d equal velocities with one d-th of its mass each.
        let moving = extent.axes.iter().filter(|&&axis| axis).count();
        self.chain.couple(if self.scaling == Scaling::Isotropic { 1 } else { moving }, self.relaxation_time);
        Ok(())
    }

    fn want(&self) -> RequestedProperties {
        RequestedProperties { virial: true, ..RequestedProperties::default() }
    }

    fn kinetic_tensor_correction(&self, system: &System, field: &ForceEvaluator) -> [[f64; 3]; 3] {
        half_kick_correction(system, field, self.time_step)
    }

    fn scaling(&self) -> Option<Scaling> {
        Some(self.scaling)
    }

    fn pressure(&self) -> Option<f64> {
        Some(self.pressure)
    }

    fn set_pressure(&mut self, pressure: f64) {
        self.ramped -= (pressure - self.pressure) * self.volume;
        self.pressure = pressure;
    }

    fn step(
        &mut self,
        system: &mut System,
        field: &mut ForceEvaluator,
        bath: &mut dyn Thermostat,
        noise: &Noise,
    ) -> Result<()> {
        let half = 0.5 * self.time_step;
        self.bath_cell(half);
        bath.apply(system, half, noise)?;
        self.push_by_virial(system, &field.virial(system)?, half)?;
        self.kick(system, &field.last().forces, half);
        self.push_by_momenta(system, half)?;
        self.drift(system, self.time_step)?;
        self.push_by_momenta(system, half)?;
        field.refresh_next(system)?;
        self.kick(system, &field.last().forces, half);
        self.push_by_virial(system, &field.virial(system)?, half)?;
        bath.apply(system, half, noise)?;
        self.bath_cell(half);
        system.step += 1;
        system.time += self.time_step;
        Ok(())
    }

    fn reservoir_energy(&self) -> f64 {
        self.pressure * self.volume + self.ramped + self.cell_energy() + self.chain.energy()
    }

    fn state(&self) -> Vec<f64> {
        let mut state = vec![self.pressure, self.ramped, self.volume, self.mass, self.degrees_of_freedom];
        state.extend(self.velocities);
        state.extend(self.chain.state());
        state
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let Some((own, chain)) = state.split_first_chunk::<8>() else {
            return Err(Error::Restart(format!("the saved barostat has only {} numbers", state.len())));
        };
        [self.pressure, self.ramped, self.volume, self.mass, self.degrees_of_freedom, ..] = *own;
        self.velocities = [own[5], own[6], own[7]];
        self.chain.restore(chain)
    }
}
