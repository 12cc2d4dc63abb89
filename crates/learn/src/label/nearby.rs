//! A structure beside another one, for a comparison of energies with forces.

use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::system::System;

/// Displacement of every coordinate in Å. At 0.01 Å the terms of third order, which [`work_check`](super::work_check) leaves out, were 7 % of
/// the change of the energy where the terms of lower order happened to cancel; they fall with the third power.
const AMPLITUDE: f64 = 0.003;

/// `system` with every coordinate moved by a normal number of 0.003 Å: near enough for [`work_check`](super::work_check).
#[must_use]
pub fn nearby(system: &System, noise: Noise) -> System {
    let mut moved = system.clone();
    for (atom, position) in moved.positions.iter_mut().enumerate() {
        let shift = noise.stream(Consumer::ActiveLearning, 0, atom as u64).normal_vector();
        *position = [0, 1, 2].map(|axis| position[axis] + AMPLITUDE * shift[axis]);
    }
    moved
}
