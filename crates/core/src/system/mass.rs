//! Mass and its distribution.

use super::System;
use super::vector::plus;

/// Total mass in u.
#[must_use]
pub fn total_mass(system: &System) -> f64 {
    system.masses.iter().sum()
}

/// Center of mass in Å.
#[must_use]
pub fn center_of_mass(system: &System) -> [f64; 3] {
    let mut sum = [0.0; 3];
    for (position, mass) in system.positions.iter().zip(&system.masses) {
        sum = plus(sum, *mass, *position);
    }
    sum.map(|x| x / total_mass(system))
}

/// Tensor of inertia about the center of mass, in u·Å².
#[must_use]
pub fn inertia(system: &System) -> [[f64; 3]; 3] {
    let center = center_of_mass(system);
    let arms: Vec<_> = system.positions.iter().map(|position| plus(*position, -1.0, center)).collect();
    inertia_of(&arms, &system.masses)
}

/// Tensor of inertia in u·Å² of masses at `arms` (Å) from the point that it is about.
pub(super) fn inertia_of(arms: &[[f64; 3]], masses: &[f64]) -> [[f64; 3]; 3] {
    let mut tensor = [[0.0; 3]; 3];
    for (r, mass) in arms.iter().zip(masses) {
        let square = r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
        for i in 0..3 {
            for j in 0..3 {
                tensor[i][j] += mass * (if i == j { square } else { 0.0 } - r[i] * r[j]);
            }
        }
    }
    tensor
}
