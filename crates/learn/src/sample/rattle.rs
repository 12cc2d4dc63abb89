//! Random displacements.

use super::Redrawn;
use super::redraw::redraw;
use cormorant_core::Result;
use cormorant_core::noise::{Noise, Stream};
use cormorant_core::system::System;
use cormorant_core::system::vector::plus;
use cormorant_dynamics::dynamics::not_negative;

/// How atoms are rattled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RattleSettings {
    /// Standard deviation in Å of each coordinate.
    pub amplitude: f64,
    /// No two atoms come nearer than this times the sum of their covalent radii.
    pub shortest: f64,
}

/// `count` copies of `system` with an independent normal displacement of every coordinate.
///
/// # Errors
/// When the amplitude is negative, two atoms of the system are too close, or no frame can be drawn in which they are not.
pub fn rattle(system: &System, settings: &RattleSettings, count: usize, noise: &Noise) -> Result<Redrawn> {
    not_negative("the amplitude", settings.amplitude)?;
    redraw(system, settings.shortest, count, *noise, &mut |_, stream| {
        let mut system = system.clone();
        shake(&mut system, settings.amplitude, stream);
        Ok(Some(system))
    })
}

/// Moves every coordinate by a normal number times `amplitude` (Å).
pub(super) fn shake(system: &mut System, amplitude: f64, stream: &mut Stream) {
    for position in &mut system.positions {
        *position = plus(*position, amplitude, stream.normal_vector());
    }
}
