//! How a set of atoms can turn as a whole.

use nalgebra::{Matrix3, SymmetricEigen, Vector3};

use super::System;
use super::mass::{center_of_mass, inertia_of};
use super::vector::{cross, difference, dot, norm, plus};

/// Atoms nearer to a line than this (Å), and than [`THIN`] of their distance, are on it.
const NARROW: f64 = 0.4;
/// See [`NARROW`].
const THIN: f64 = 0.25;
/// Distances below this (Å) are none.
const SPOT: f64 = 1.0e-6;

/// The rotations of atoms as a whole about a point, one for each axis about which turning moves them.
///
///   K = ½ Σ_a (e_a·L)²/I_a,   L = Σ_i (r_i − c) × p_i
///
/// | symbol | here      | unit       | shape     |
/// |--------|-----------|------------|-----------|
/// | c      | `pivot`   | Å          | `[3]`     |
/// | e_a    | `axes`, the principal axes | 1 | `[axes][3]` |
/// | I_a    | `axes`, the moments of inertia about them | u·Å² | `[axes]` |
/// | L      | angular momentum about c | Å·√(u·eV) | `[3]` |
///
/// A molecule has three axes, a single atom none. A linear one has two, also while its bending takes the atoms a little off the
/// line: motion about that line is a vibration, whose angular momentum is part of it (Wilson, Decius and Cross 1955, *Molecular
/// Vibrations*, section 11-1). Fixed atoms leave rotations about a single one, or about the line through all of them; a wire turns
/// about its axis alone.
/// Checked by `suite::temperature_counts`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotations {
    pivot: [f64; 3],
    /// Direction and moment of inertia.
    axes: Vec<([f64; 3], f64)>,
}

impl Rotations {
    /// Of a whole system, which is taken for a molecule unless its cell is that of a wire.
    #[must_use]
    pub fn of(system: &System) -> Self {
        let fixed = system.constraints.fixed();
        if let Some(axis) = system.cell.and_then(|cell| cell.wire_axis()) {
            let pivot = fixed.first().map_or_else(|| center_of_mass(system), |atom| system.positions[*atom]);
            let arms = || fixed.iter().map(|atom| difference(system.positions[*atom], pivot));
            return Self::about_line(system, pivot, axis, arms().all(|arm| norm(cross(arm, axis)) <= SPOT));
        }
        let Some(first) = fixed.first() else {
            return Self::about(center_of_mass(system), &system.positions, &system.masses);
        };
        let pivot = system.positions[*first];
        let mut arms = fixed[1..].iter().map(|atom| difference(system.positions[*atom], pivot));
        let Some(line) = arms.clone().find(|arm| norm(*arm) > SPOT) else {
            return Self::about(pivot, &system.positions, &system.masses);
        };
        let line = line.map(|x| x / norm(line));
        let straight = arms.all(|arm| norm(cross(arm, line)) <= SPOT);
        Self::about_line(system, pivot, line, straight)
    }

    /// About `line`, a unit vector through `pivot`, if that is `free` and moves anything.
    fn about_line(system: &System, pivot: [f64; 3], line: [f64; 3], free: bool) -> Self {
        let away = |position: &[f64; 3]| {
            let arm = difference(*position, pivot);
            plus(arm, -dot(arm, line), line)
        };
        // Along a wire any image of an atom will do: only distances from the line count.
        let arms: Vec<_> = system.positions.iter().map(|position| difference(*position, pivot)).collect();
        let wide = if system.cell.is_some() {
            system.positions.iter().any(|position| norm(away(position)) >= NARROW)
        } else {
            !on_a_line(&arms, line)
        };
        let axes = if free && wide { vec![(line, inertia_about(&arms, &system.masses, line))] } else { Vec::new() };
        Self { pivot, axes }
    }

    /// Of atoms at `positions` (Å) with `masses` (u), about `pivot`.
    #[must_use]
    pub fn about(pivot: [f64; 3], positions: &[[f64; 3]], masses: &[f64]) -> Self {
        let arms: Vec<_> = positions.iter().map(|position| plus(*position, -1.0, pivot)).collect();
        let longest = arms.iter().copied().max_by(|a, b| norm(*a).total_cmp(&norm(*b))).unwrap_or_default();
        let length = norm(longest);
        if length < SPOT {
            return Self { pivot, axes: Vec::new() };
        }
        let linear = on_a_line(&arms, longest.map(|x| x / length));
        let decomposition = SymmetricEigen::new(Matrix3::from(inertia_of(&arms, masses))); // symmetric
        let smallest = decomposition.eigenvalues.imin();
        let all = decomposition.eigenvalues.iter().zip(decomposition.eigenvectors.column_iter()).enumerate();
        let axes = all
            .filter(|(number, _)| !(linear && *number == smallest))
            .map(|(_, (value, axis))| ([axis[0], axis[1], axis[2]], *value))
            .collect();
        Self { pivot, axes }
    }

    /// Number of rotations.
    #[must_use]
    pub fn count(&self) -> usize {
        self.axes.len()
    }

    /// Kinetic energy in eV of the rotation that atoms at `positions` with `momenta` have.
    #[must_use]
    pub fn kinetic_energy(&self, positions: &[[f64; 3]], momenta: &[[f64; 3]]) -> f64 {
        let total = self.angular_momentum(positions, momenta);
        self.axes.iter().map(|(axis, inertia)| 0.5 * dot(*axis, total).powi(2) / inertia).sum()
    }

    /// The part of each rotation's kinetic energy that atoms with `mark` have, summed over the rotations.
    pub(super) fn share(&self, positions: &[[f64; 3]], masses: &[f64], mark: impl Fn(usize) -> bool) -> f64 {
        let marked = || positions.iter().zip(masses).enumerate().filter(|(atom, _)| mark(*atom));
        let part = |axis: &[f64; 3]| -> f64 {
            marked().map(|(_, (r, mass))| mass * norm(cross(difference(*r, self.pivot), *axis)).powi(2)).sum()
        };
        self.axes.iter().map(|(axis, inertia)| part(axis) / inertia).sum()
    }

    /// p ← p − m ω × (r − c), with ω = Σ_a e_a (e_a·L)/I_a.
    pub(super) fn remove_from(&self, system: &mut System) {
        let total = Vector3::from(self.angular_momentum(&system.positions, &system.momenta));
        let mut turning = Vector3::zeros();
        for (axis, inertia) in &self.axes {
            let axis = Vector3::from(*axis);
            turning += axis * (axis.dot(&total) / inertia);
        }
        let turning: [f64; 3] = turning.into();
        for ((momentum, position), mass) in system.momenta.iter_mut().zip(&system.positions).zip(&system.masses) {
            *momentum = plus(*momentum, -mass, cross(turning, difference(*position, self.pivot)));
        }
    }

    /// L in Å·√(u·eV).
    fn angular_momentum(&self, positions: &[[f64; 3]], momenta: &[[f64; 3]]) -> [f64; 3] {
        positions.iter().zip(momenta).fold([0.0; 3], |sum, (position, momentum)| {
            plus(sum, 1.0, cross(plus(*position, -1.0, self.pivot), *momentum))
        })
    }
}

/// Whether all `arms` lie along `direction`, which has length 1.
fn on_a_line(arms: &[[f64; 3]], direction: [f64; 3]) -> bool {
    let width = arms.iter().map(|arm| norm(cross(*arm, direction))).fold(0.0, f64::max);
    let length = arms.iter().map(|arm| norm(*arm)).fold(0.0, f64::max);
    width < NARROW && width < THIN * length
}

/// Moment of inertia about `axis` in u·Å².
fn inertia_about(arms: &[[f64; 3]], masses: &[f64], axis: [f64; 3]) -> f64 {
    arms.iter().zip(masses).map(|(arm, mass)| mass * norm(cross(*arm, axis)).powi(2)).sum()
}
