//! Nosé-Hoover chains.

use crate::dynamics::chain::Chain;
use crate::dynamics::propagate::scale_momenta;
use crate::dynamics::{Thermostat, positive};
use cormorant_core::noise::Noise;
use cormorant_core::system::System;
use cormorant_core::system::observables::kinetic_energy;
use cormorant_core::{Error, Result};

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
/// | v      | velocities of the chain | 1/t | `[chain]` |
/// | Q      | its masses           | eV·t²  | `[chain]` |
///
/// Conserved: K + U + Σ Q_j·v_j²/2 + ∫(N·k·T·v₁ + Σ_{j>1} k·T·v_j)dt; the integral is kept as a sum, so that it also
/// holds while the temperature changes. Source: Martyna, Tuckerman, Tobias and Klein 1996, doi:10.1080/00268979600100761.
/// Checked by `suite::dynamics::nose_hoover_is_second_order` and `suite::ensembles::nose_hoover_is_canonical`.
#[derive(Debug, Clone, PartialEq)]
pub struct NoseHoover {
    relaxation_time: f64,
    chain: Chain,
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
        let temperature = positive("the temperature of the bath", temperature)?;
        let relaxation_time = positive("the relaxation time of the bath", relaxation_time)?;
        Ok(Self { relaxation_time, chain: Chain::new(temperature, chain) })
    }
}

impl Thermostat for NoseHoover {
    fn name(&self) -> &'static str {
        "nose-hoover"
    }

    fn temperature(&self) -> Option<f64> {
        Some(self.chain.temperature)
    }

    fn set_temperature(&mut self, temperature: f64) {
        // The masses stay as they are: they set the pace only, and changing them would change the stored energy.
        self.chain.temperature = temperature;
    }

    fn keeps_momentum(&self) -> bool {
        true
    }

    fn prepare(&mut self, degrees_of_freedom: usize) {
        self.chain.couple(degrees_of_freedom, self.relaxation_time);
    }

    fn apply(&mut self, system: &mut System, interval: f64, _noise: &Noise) -> Result<()> {
        let factor = self.chain.propagate(kinetic_energy(system), interval);
        scale_momenta(system, factor);
        Ok(())
    }

    fn bath_energy(&self) -> f64 {
        self.chain.energy()
    }

    fn state(&self) -> Vec<f64> {
        self.chain.state()
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        self.chain.restore(state)
    }
}
