//! The rule of replica exchange.

use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::units::BOLTZMANN;

/// Replica exchange between neighbors on a ladder of temperatures.
///
///   w = min(1, e^Δ)      Δ = (1/kT_i − 1/kT_j)·(U_i − U_j)
///
/// | symbol | here               | unit |
/// |--------|--------------------|------|
/// | T      | temperature of the bath | K |
/// | U      | potential energy   | eV   |
/// | w      | probability that the two swap | |
///
/// Even pairs (0-1, 2-3, …) and odd ones take turns. The random number is keyed by step and pair, so that it depends on neither
/// threads nor restarts. Source: Sugita and Okamoto 1999, doi:10.1016/S0009-2614(99)01123-9, eqs. 14 and 15.
/// Checked by `suite::exchange`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    /// Steps between two attempts.
    pub every: u64,
}

impl Exchange {
    /// The lower rungs of the pairs that try at `step`, a multiple of [`Exchange::every`], on a ladder of `rungs`.
    pub fn pairs(self, step: u64, rungs: usize) -> impl Iterator<Item = usize> {
        let first = usize::from((step / self.every).is_multiple_of(2));
        (first..rungs.saturating_sub(1)).step_by(2)
    }

    /// The first step after `step` at which to try.
    #[must_use]
    pub fn next(self, step: u64) -> u64 {
        (step / self.every + 1) * self.every
    }
}

/// Whether rungs of these temperatures (K) with these potential energies (eV) swap at `step`; `lower` is the number of the pair.
#[must_use]
pub fn accepts(noise: &Noise, step: u64, lower: usize, temperatures: [f64; 2], energies: [f64; 2]) -> bool {
    let [beta, other] = temperatures.map(|temperature| 1.0 / (BOLTZMANN * temperature));
    let exponent = (beta - other) * (energies[0] - energies[1]);
    // Drawn in any case, so that the stream does not depend on the energies.
    let number = noise.stream(Consumer::ReplicaExchange, step, lower as u64).uniform();
    exponent >= 0.0 || number < exponent.exp()
}
