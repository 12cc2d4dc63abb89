//! How far atoms of a frame are apart.

use crate::Configuration;
use cormorant_core::system::vector::{difference, norm};

/// How far two atoms are from each other, in Å and in sums of their covalent radii.
pub(super) fn apart(one: &Configuration, i: usize, j: usize) -> (f64, f64) {
    let direct = difference(one.positions[i], one.positions[j]);
    let distance = norm(one.cell.map_or(direct, |cell| cell.nearest_image(direct)));
    (distance, distance / (one.elements[j].covalent_radius() + one.elements[i].covalent_radius()))
}
