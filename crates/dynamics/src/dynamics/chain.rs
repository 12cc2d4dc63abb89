//! The chain of variables behind Nosé-Hoover thermostats and barostats.

use cormorant_core::units::BOLTZMANN;
use cormorant_core::{Error, Result};

/// Weights of the fourth-order Suzuki-Yoshida splitting with three parts, 1/(2 − 2^⅓) outside.
const SUZUKI_YOSHIDA: [f64; 3] = [1.351_207_191_959_657_6, -1.702_414_383_919_315_3, 1.351_207_191_959_657_6];

/// Times the splitting is repeated within one application.
const REPETITIONS: usize = 2;

/// A chain of M thermostat variables with velocities v₁ … v_M, coupled to a kinetic energy K of N degrees of freedom.
///
/// Equations and symbols: [`super::NoseHoover`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chain {
    pub(super) temperature: f64,
    degrees_of_freedom: f64,
    masses: Vec<f64>,
    velocities: Vec<f64>,
    work: f64,
}

impl Chain {
    /// A chain at rest that is not coupled to anything yet.
    pub(super) fn new(temperature: f64, length: usize) -> Self {
        Self {
            temperature,
            degrees_of_freedom: 0.0,
            masses: vec![1.0; length],
            velocities: vec![0.0; length],
            work: 0.0,
        }
    }

    /// Couple to this many degrees of freedom, with masses N·k·T·τ² and k·T·τ².
    pub(super) fn couple(&mut self, degrees_of_freedom: usize, relaxation_time: f64) {
        self.degrees_of_freedom = degrees_of_freedom as f64;
        let mass = BOLTZMANN * self.temperature * relaxation_time * relaxation_time;
        self.masses.fill(mass);
        self.masses[0] = mass * self.degrees_of_freedom.max(1.0);
    }

    /// Advance by `interval`; `kinetic` in eV. Returns the factor for the momenta that make it up.
    pub(super) fn propagate(&mut self, mut kinetic: f64, interval: f64) -> f64 {
        let mut total = 1.0;
        for _ in 0..REPETITIONS {
            for weight in SUZUKI_YOSHIDA {
                let factor = self.sweep(kinetic, weight * interval / REPETITIONS as f64);
                kinetic *= factor * factor;
                total *= factor;
            }
        }
        total
    }

    /// One symmetric sweep along the chain and back; returns the factor for the momenta.
    fn sweep(&mut self, kinetic: f64, interval: f64) -> f64 {
        let half = 0.5 * interval;
        let length = self.velocities.len();
        for index in (0..length).rev() {
            self.push(index, kinetic, half);
        }
        let factor = (-self.velocities[0] * interval).exp();
        let thermal = BOLTZMANN * self.temperature;
        let others: f64 = self.velocities[1..].iter().sum();
        self.work += thermal * (self.degrees_of_freedom * self.velocities[0] + others) * interval;
        let kinetic = kinetic * factor * factor;
        for index in 0..length {
            self.push(index, kinetic, half);
        }
        factor
    }

    /// Advance the velocity of variable `index` by `half` (half of the interval).
    fn push(&mut self, index: usize, kinetic: f64, half: f64) {
        let drag = self.velocities.get(index + 1).map_or(1.0, |next| (-0.5 * half * next).exp());
        let acceleration = self.acceleration(index, kinetic);
        self.velocities[index] = (self.velocities[index] * drag + acceleration * half) * drag;
    }

    /// Force on variable `index` over its mass, in 1/t²; `kinetic` in eV.
    fn acceleration(&self, index: usize, kinetic: f64) -> f64 {
        let thermal = BOLTZMANN * self.temperature;
        let force = if index == 0 {
            2.0 * kinetic - self.degrees_of_freedom * thermal
        } else {
            self.masses[index - 1] * self.velocities[index - 1] * self.velocities[index - 1] - thermal
        };
        force / self.masses[index]
    }

    /// Σ Q_j·v_j²/2 + ∫(N·k·T·v₁ + Σ_{j>1} k·T·v_j)dt, in eV.
    pub(super) fn energy(&self) -> f64 {
        let stored: f64 = self.masses.iter().zip(&self.velocities).map(|(mass, v)| 0.5 * mass * v * v).sum();
        stored + self.work
    }

    /// Everything that [`Chain::restore`] needs.
    pub(super) fn state(&self) -> Vec<f64> {
        let mut state = vec![self.temperature, self.work];
        state.extend_from_slice(&self.masses);
        state.extend_from_slice(&self.velocities);
        state
    }

    /// Take up a state.
    pub(super) fn restore(&mut self, state: &[f64]) -> Result<()> {
        let length = self.masses.len();
        let needed = 2 + 2 * length;
        if state.len() != needed {
            let found = state.len();
            return Err(Error::Restart(format!("a saved chain has {found} numbers where {needed} are needed")));
        }
        (self.temperature, self.work) = (state[0], state[1]);
        self.masses.copy_from_slice(&state[2..2 + length]);
        self.velocities.copy_from_slice(&state[2 + length..]);
        Ok(())
    }
}
