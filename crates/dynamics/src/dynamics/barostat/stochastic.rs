//! Stochastic cell rescaling.

use super::{Barostat, Extent, Scaling, stretch_cell};
use crate::dynamics::{ForceEvaluator, positive, take_state};
use cormorant_core::noise::{Consumer, Noise, Stream};
use cormorant_core::system::System;
use cormorant_core::system::observables::{center_of_mass, kinetic_energy, pressure_tensor};
use cormorant_core::units::BOLTZMANN;
use cormorant_core::{Error, Result};

/// The largest relative change of a cell length within one application that is taken for sound.
const LARGEST_CHANGE: f64 = 0.05;

/// Stochastic cell rescaling: first-order relaxation of the volume with the noise that makes it sample the
/// isothermal-isobaric ensemble.
///
/// Isotropic, with λ = √V, whose noise does not depend on V:
///
///   dλ = −(β·λ/2τ)·(P₀ − P − k·T/2V)·dt + √(k·T·β/2τ)·dW
///
/// Anisotropic, with ε_a = ln of the length along axis a:
///
///   dε_a = −(β/dτ)·(P₀ − P_aa)·dt + √(2·k·T·β/(d·V·τ))·dW_a
///
/// where the cell repeats along a. A slab (d = 2) is stretched within its plane at a constant force per length, a wire (d = 1)
/// along its axis at a constant force; nothing is scaled along open directions.
///
/// Positions are scaled about the center of mass by exp(ε_a), momenta by exp(−ε_a); where distances are fixed, those of the
/// groups that they hold together, whose pressure then is the one meant ([`cormorant_core::system::RigidGroups`]).
///
/// | symbol | here               | unit   | shape  |
/// |--------|--------------------|--------|--------|
/// | d      | number of directions that repeat | 1 | scalar |
/// | V      | volume of the cell; area of a slab, length of a wire | Å^d | scalar |
/// | P      | (Σ p⊗p/m + virial)/V with momenta of mid-step, its trace over d | eV/Å^d | `[3][3]` |
/// | P₀     | `pressure`         | eV/Å^d | scalar |
/// | β      | `compressibility`, isothermal; a rough value sets the pace only | Å^d/eV | scalar |
/// | τ      | `relaxation_time`  | t      | scalar |
/// | T      | `temperature`, the thermostat's | K | scalar |
///
/// It needs a thermostat beside it. What the scaling changes of the energy is booked as given away, by one more evaluation
/// of the potential. The step in time is of first order: τ has to be much longer than the interval between applications.
/// Source: Bernetti and Bussi 2020, doi:10.1063/5.0020514 (isotropic); the anisotropic form is the same Langevin equation
/// for three lengths. Checked by
/// `suite::pressure::{ideal_gas_has_the_exact_volume, the_books_of_rescaling_are_second_order}`, `suite::argon` and
/// `suite::periodicity::a_flat_ideal_gas_has_the_exact_area`.
#[derive(Debug, Clone, PartialEq)]
pub struct StochasticCellRescaling {
    scaling: Scaling,
    pressure: f64,
    temperature: f64,
    compressibility: f64,
    relaxation_time: f64,
    given_away: f64,
}

impl StochasticCellRescaling {
    /// At `pressure` (eV/Å³) and `temperature` (K), for a substance of about this `compressibility` (Å³/eV); eV/Å² and Å²/eV for
    /// a slab, eV/Å and Å/eV for a wire.
    ///
    /// # Errors
    /// When the pressure is not finite or one of the others is not positive.
    pub fn new(
        scaling: Scaling,
        pressure: f64,
        temperature: f64,
        compressibility: f64,
        relaxation_time: f64,
    ) -> Result<Self> {
        if !pressure.is_finite() {
            return Err(Error::Invalid(format!("the pressure must be finite, but is {pressure}")));
        }
        Ok(Self {
            scaling,
            pressure,
            temperature: positive("the temperature of the barostat", temperature)?,
            compressibility: positive("the compressibility", compressibility)?,
            relaxation_time: positive("the relaxation time of the barostat", relaxation_time)?,
            given_away: 0.0,
        })
    }

    /// Changes of the logarithms of the three lengths within `interval`.
    fn strains(&self, pressures: [f64; 3], extent: Extent, interval: f64, stream: &mut Stream) -> Result<[f64; 3]> {
        let Extent { measure: volume, axes, dimensions } = extent;
        let thermal = BOLTZMANN * self.temperature;
        let rate = self.compressibility / self.relaxation_time;
        let strains = match self.scaling {
            Scaling::Isotropic => {
                let root = volume.sqrt();
                let lack = self.pressure - pressures.iter().sum::<f64>() / dimensions - thermal / (2.0 * volume);
                let drift = -0.5 * rate * root * lack * interval;
                let change = drift + (0.5 * thermal * rate * interval).sqrt() * stream.normal();
                // ln λ′/λ is half of ln V′/V, which is d times the strain of a length.
                extent.along([2.0 / dimensions * (change / root).ln_1p(); 3])
            }
            Scaling::Anisotropic => {
                let width = (2.0 * thermal * rate / dimensions / volume * interval).sqrt();
                let drift = |pressure: f64| -rate / dimensions * (self.pressure - pressure) * interval;
                let mut strain = |axis: usize| drift(pressures[axis]) + width * stream.normal();
                [0, 1, 2].map(|axis| if axes[axis] { strain(axis) } else { 0.0 })
            }
        };
        match strains.iter().find(|strain| strain.is_nan() || strain.abs() > LARGEST_CHANGE) {
            None => Ok(strains),
            Some(strain) => Err(Error::Invalid(format!(
                "the barostat would change a length of the cell by {:.1} % in one step: the pressure is far from its target, or the relaxation time is too short",
                100.0 * strain
            ))),
        }
    }
}

impl Barostat for StochasticCellRescaling {
    fn name(&self) -> &'static str {
        "stochastic-cell-rescaling"
    }

    fn pressure(&self) -> f64 {
        self.pressure
    }

    fn set_pressure(&mut self, pressure: f64) {
        self.pressure = pressure;
    }

    fn set_temperature(&mut self, temperature: f64) {
        self.temperature = temperature;
    }

    fn scaling(&self) -> Scaling {
        self.scaling
    }

    fn apply(
        &mut self,
        system: &mut System,
        field: &mut ForceEvaluator,
        correction: &[[f64; 3]; 3],
        interval: f64,
        noise: &Noise,
    ) -> Result<()> {
        let extent = Extent::of(system)?;
        let virial = field.virial(system)?;
        let before = kinetic_energy(system) + field.last().energy;
        let tensor = pressure_tensor(system, &field.last().forces, &virial).unwrap_or_default();
        let mut stream = noise.stream(Consumer::Barostat, system.step, 0);
        let mid_step = extent.along([0, 1, 2].map(|axis| correction[axis][axis] / extent.measure));
        let diagonal = [0, 1, 2].map(|axis| tensor[axis][axis] + mid_step[axis]);
        let factors = self.strains(diagonal, extent, interval, &mut stream)?.map(f64::exp);
        let center = center_of_mass(system);
        if let Some(groups) = system.rigid_groups() {
            groups.scale(system, center, factors, |system| stretch_cell(system, factors))?;
        } else {
            stretch_cell(system, factors)?;
            for (position, momentum) in system.positions.iter_mut().zip(&mut system.momenta) {
                for axis in 0..3 {
                    position[axis] = center[axis] + (position[axis] - center[axis]) * factors[axis];
                    momentum[axis] /= factors[axis];
                }
            }
        }
        field.refresh(system)?;
        self.given_away -= kinetic_energy(system) + field.last().energy - before;
        Ok(())
    }

    fn given_away(&self) -> f64 {
        self.given_away
    }

    fn state(&self) -> Vec<f64> {
        vec![self.pressure, self.temperature, self.given_away]
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        [self.pressure, self.temperature, self.given_away] = take_state(self.name(), state)?;
        Ok(())
    }
}
