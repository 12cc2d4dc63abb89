//! Nosé-Hoover chains.

use crate::dynamics::propagate::scale_momenta;
use crate::dynamics::{Thermostat, positive};
use crate::noise::Noise;
use crate::system::System;
use crate::system::observables::kinetic_energy;
use crate::units::BOLTZMANN;
use crate::{Error, Result};

/// Weights of the fourth-order Suzuki-Yoshida splitting with three parts, 1/(2 − 2^⅓) outside.
const SUZUKI_YOSHIDA: [f64; 3] = [1.351_207_191_959_657_6, -1.702_414_383_919_315_3, 1.351_207_191_959_657_6];

/// Times the splitting is repeated within one application.
const REPETITIONS: usize = 2;

/// Nosé-Hoover chain: a deterministic bath of M coupled thermostat variables with velocities v₁ … v_M.
///
///   ṗ = F − v₁·p        Q₁·v̇₁ = 2K − N·k·T − Q₁·v₁·v₂
///
///   Q_j·v̇_j = Q_{j−1}·v_{j−1}² − k·T − Q_j·v_j·v_{j+1}        Q₁ = N·k·T·τ²,  Q_j = k·T·τ²
///
/// | symbol | here                 | unit   | shape     |
/// |--------|----------------------|--------|-----------|
/// | K      | kinetic energy       | eV     | scalar    |
/// | N      | `degrees_of_freedom` | 1      | scalar    |
/// | τ      | `relaxation_time`    | t      | scalar    |
/// | T      | `temperature`        | K      | scalar    |
/// | v      | `velocities`         | 1/t    | `[chain]` |
/// | Q      | `masses`             | eV·t²  | `[chain]` |
///
/// Conserved: K + U + Σ Q_j·v_j²/2 + ∫(N·k·T·v₁ + Σ_{j>1} k·T·v_j)dt; the integral is kept as a sum, so that it also
/// holds while the temperature changes. Source: Martyna, Tuckerman, Tobias and Klein 1996, doi:10.1080/00268979600100761.
/// Checked by `suite::dynamics::nose_hoover_is_second_order` and `suite::ensembles::nose_hoover_is_canonical`.
#[derive(Debug, Clone, PartialEq)]
pub struct NoseHoover {
    temperature: f64,
    relaxation_time: f64,
    degrees_of_freedom: f64,
    masses: Vec<f64>,
    velocities: Vec<f64>,
    work: f64,
}

impl NoseHoover {
    /// Chain length that suits nearly everything.
    pub const CHAIN: usize = 3;

    /// At `temperature` (K) with `relaxation_time` (t) and `chain` variables ([`NoseHoover::CHAIN`] is usual).
    ///
    /// # Errors
    /// When the temperature or the relaxation time is not positive, or the chain is empty.
    pub fn new(temperature: f64, relaxation_time: f64, chain: usize) -> Result<Self> {
        if chain == 0 {
            return Err(Error::Invalid("a Nosé-Hoover chain needs at least one variable".into()));
        }
        Ok(Self {
            temperature: positive("the temperature of the bath", temperature)?,
            relaxation_time: positive("the relaxation time of the bath", relaxation_time)?,
            degrees_of_freedom: 0.0,
            masses: vec![1.0; chain],
            velocities: vec![0.0; chain],
            work: 0.0,
        })
    }

    /// Force on chain variable `index` over its mass, in 1/t²; `kinetic` in eV.
    fn acceleration(&self, index: usize, kinetic: f64) -> f64 {
        let thermal = BOLTZMANN * self.temperature;
        let force = if index == 0 {
            2.0 * kinetic - self.degrees_of_freedom * thermal
        } else {
            self.masses[index - 1] * self.velocities[index - 1] * self.velocities[index - 1] - thermal
        };
        force / self.masses[index]
    }

    /// Advance the velocity of variable `index` by `half` (half of the interval).
    fn push(&mut self, index: usize, kinetic: f64, half: f64) {
        let drag = self.velocities.get(index + 1).map_or(1.0, |next| (-0.5 * half * next).exp());
        let acceleration = self.acceleration(index, kinetic);
        self.velocities[index] = (self.velocities[index] * drag + acceleration * half) * drag;
    }

    /// One symmetric sweep along the chain and back; returns the factor for the momenta.
    fn sweep(&mut self, kinetic: f64, interval: f64) -> f64 {
        let half = 0.5 * interval;
        let chain = self.velocities.len();
        for index in (0..chain).rev() {
            self.push(index, kinetic, half);
        }
        let factor = (-self.velocities[0] * interval).exp();
        let thermal = BOLTZMANN * self.temperature;
        let others: f64 = self.velocities[1..].iter().sum();
        self.work += thermal * (self.degrees_of_freedom * self.velocities[0] + others) * interval;
        let kinetic = kinetic * factor * factor;
        for index in 0..chain {
            self.push(index, kinetic, half);
        }
        factor
    }
}

impl Thermostat for NoseHoover {
    fn name(&self) -> &'static str {
        "nose-hoover"
    }

    fn temperature(&self) -> Option<f64> {
        Some(self.temperature)
    }

    fn set_temperature(&mut self, temperature: f64) {
        // The masses stay as they are: they set the pace only, and changing them would change the stored energy.
        self.temperature = temperature;
    }

    fn keeps_momentum(&self) -> bool {
        true
    }

    fn prepare(&mut self, degrees_of_freedom: usize) {
        self.degrees_of_freedom = degrees_of_freedom as f64;
        let mass = BOLTZMANN * self.temperature * self.relaxation_time * self.relaxation_time;
        self.masses.fill(mass);
        self.masses[0] = mass * self.degrees_of_freedom;
    }

    fn apply(&mut self, system: &mut System, interval: f64, _noise: &Noise) -> Result<()> {
        let mut kinetic = kinetic_energy(system);
        let mut total = 1.0;
        for _ in 0..REPETITIONS {
            for weight in SUZUKI_YOSHIDA {
                let factor = self.sweep(kinetic, weight * interval / REPETITIONS as f64);
                kinetic *= factor * factor;
                total *= factor;
            }
        }
        scale_momenta(system, total);
        Ok(())
    }

    fn bath_energy(&self) -> f64 {
        let stored: f64 = self.masses.iter().zip(&self.velocities).map(|(mass, v)| 0.5 * mass * v * v).sum();
        stored + self.work
    }

    fn state(&self) -> Vec<f64> {
        let mut state = vec![self.temperature, self.work];
        state.extend_from_slice(&self.masses);
        state.extend_from_slice(&self.velocities);
        state
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let chain = self.masses.len();
        if state.len() != 2 + 2 * chain {
            return Err(Error::Invalid(format!(
                "the saved Nosé-Hoover chain has {} numbers where {} are needed",
                state.len(),
                2 + 2 * chain
            )));
        }
        (self.temperature, self.work) = (state[0], state[1]);
        self.masses.copy_from_slice(&state[2..2 + chain]);
        self.velocities.copy_from_slice(&state[2 + chain..]);
        Ok(())
    }
}
