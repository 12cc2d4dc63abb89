//! Degrees of freedom.

use super::{Rotations, System};

/// Which overall motion is taken out of a system and conserved from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// The total momentum is zero and stays so.
    pub translation: bool,
    /// The total angular momentum about the center of mass (or about fixed atoms, see [`Rotations`]) is zero and stays so; for
    /// systems without a cell.
    pub rotation: bool,
}

/// Number of degrees of freedom that kinetic energy is spread over: three for each atom, less those removed and constrained.
///
/// This is the one place that counts them. A linear molecule has two rotations, a single atom none ([`Rotations`]); removing
/// translation and rotation of a single atom leaves 0. Where atoms are fixed, nothing moves as a whole: of the two together neither is
/// counted off, of rotation alone that about the fixed atoms.
#[must_use]
pub fn degrees_of_freedom(system: &System, removed: Removed) -> usize {
    let mut count = 3 * system.atom_count();
    // Momentum cannot be conserved where atoms are held in place; a fixed center of mass is counted once.
    if removed.translation && system.constraints.fixed().is_empty() && !system.constraints.center_of_mass() {
        count -= 3;
    }
    if removed.rotation && (system.constraints.fixed().is_empty() || !removed.translation) {
        count -= Rotations::of(system).count();
    }
    count.saturating_sub(system.constraints.count())
}
