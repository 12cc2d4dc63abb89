//! What atoms may not do: move at all, change a distance, move as a whole.

use std::sync::{Arc, OnceLock};

use super::{Bond, RigidGroups};

/// Fixed atoms, fixed distances, a fixed center of mass. An angle is fixed by the distance between its outer atoms.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Constraints {
    pub(super) fixed: Vec<usize>,
    pub(super) bonds: Vec<Bond>,
    pub(super) center_of_mass: bool,
    /// Vectors of the fixed distances before a drift, in Å; kept so that a step allocates nothing.
    pub(super) before: Aside<Vec<[f64; 3]>>,
    /// Atoms that the distances hold together, found when first asked for.
    pub(super) groups: Aside<OnceLock<Arc<RigidGroups>>>,
}

/// What follows from the rest, kept to save time: no part of the state.
#[derive(Debug, Clone, Default)]
pub(super) struct Aside<T>(pub(super) T);

impl<T> PartialEq for Aside<T> {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Constraints {
    /// Whether nothing is constrained.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fixed.is_empty() && self.bonds.is_empty() && !self.center_of_mass
    }

    /// Atoms that do not move, counted from 0, in ascending order.
    #[must_use]
    pub fn fixed(&self) -> &[usize] {
        &self.fixed
    }

    /// Distances that are kept.
    #[must_use]
    pub fn bonds(&self) -> &[Bond] {
        &self.bonds
    }

    /// Number of degrees of freedom that are taken away, if the distances are independent of each other.
    #[must_use]
    pub fn count(&self) -> usize {
        3 * self.fixed.len() + self.bonds.len() + if self.center_of_mass { 3 } else { 0 }
    }

    /// Whether the center of mass stays where it is.
    #[must_use]
    pub fn center_of_mass(&self) -> bool {
        self.center_of_mass
    }

    /// Whether `atom` does not move.
    #[must_use]
    pub fn is_fixed(&self, atom: usize) -> bool {
        self.fixed.binary_search(&atom).is_ok()
    }
}
