//! How many rotations bring a molecule to itself.

use nalgebra::{Matrix3, Vector3};

use super::normal_modes::principal_axes;
use cormorant_core::system::System;
use cormorant_core::system::observables::center_of_mass;

/// Two places in Å that are the same: minima are converged to less, and what is bent by less rotates as if it were not.
const SAME_PLACE: f64 = 0.05;

/// Number σ of proper rotations about the center of mass that bring `system` to itself to 0.05 Å, the identity included: 2 for
/// water, 12 for methane, 2 for a linear molecule with a center. 1 for a periodic system.
///
/// Atoms are alike when element and mass agree, so that CH₃D has 3. Internal rotations, as of a methyl group, do not count.
/// Checked by: `suite::vibrations`.
#[must_use]
pub fn symmetry_number(system: &System) -> u32 {
    if system.cell.is_some() || system.atom_count() < 2 {
        return 1;
    }
    let center = center_of_mass(system);
    let places: Vec<Vector3<f64>> =
        system.positions.iter().map(|x| Vector3::from(*x) - Vector3::from(center)).collect();
    let same = |i: usize, j: usize| system.elements[i] == system.elements[j] && system.masses[i] == system.masses[j];
    let maps = |rotation: &Matrix3<f64>| {
        let lands = |i: usize| {
            let turned = rotation * places[i];
            (0..places.len()).any(|j| same(i, j) && (places[j] - turned).norm() < SAME_PLACE)
        };
        (0..places.len()).all(lands)
    };
    if principal_axes(system).len() < 3 {
        // A half turn about an axis across the line is the only rotation that changes anything.
        return if maps(&-Matrix3::identity()) { 2 } else { 1 };
    }
    let Some((a, b)) = frame_atoms(&places) else { return 1 };
    let start = frame(&places[a], &places[b]);
    let mut count = 0;
    for i in (0..places.len()).filter(|i| same(a, *i)) {
        for j in (0..places.len()).filter(|j| same(b, *j) && *j != i) {
            let alike = |x: f64, y: f64| (x - y).abs() < 2.0 * SAME_PLACE;
            let lengths = alike(places[i].norm(), places[a].norm()) && alike(places[j].norm(), places[b].norm());
            if lengths && alike((places[i] - places[j]).norm(), (places[a] - places[b]).norm()) {
                count += u32::from(maps(&(frame(&places[i], &places[j]) * start.transpose())));
            }
        }
    }
    // The identity at least, even where rounding would lose it.
    count.max(1)
}

/// Two atoms that span the largest triangle with the center.
fn frame_atoms(places: &[Vector3<f64>]) -> Option<(usize, usize)> {
    let pairs = (0..places.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let area = |&(i, j): &(usize, usize)| places[i].cross(&places[j]).norm();
    pairs.max_by(|one, other| area(one).total_cmp(&area(other))).filter(|pair| area(pair) > SAME_PLACE)
}

/// Right-handed axes: along a, in the plane of a and b, and across it.
fn frame(a: &Vector3<f64>, b: &Vector3<f64>) -> Matrix3<f64> {
    let first = a.normalize();
    let third = a.cross(b).normalize();
    Matrix3::from_columns(&[first, third.cross(&first), third])
}
