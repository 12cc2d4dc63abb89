//! Quantities read off a system.

use super::System;
use super::vector::{cross, norm, plus};
use crate::units::BOLTZMANN;

/// Which overall motion is taken out of a system and conserved from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// The total momentum is zero and stays so.
    pub translation: bool,
    /// The total angular momentum about the centre of mass is zero and stays so; for systems without a cell.
    pub rotation: bool,
}

/// Kinetic energy Σ p²/2m in eV.
#[must_use]
pub fn kinetic_energy(system: &System) -> f64 {
    let pairs = system.momenta.iter().zip(&system.masses);
    pairs.map(|(p, mass)| (p[0] * p[0] + p[1] * p[1] + p[2] * p[2]) / (2.0 * mass)).sum()
}

/// Number of degrees of freedom that kinetic energy is spread over: three for each atom, less those removed and constrained.
///
/// This is the one place that counts them. A linear molecule has two rotations, a single atom none; removing translation
/// and rotation of a single atom leaves 0.
#[must_use]
pub fn degrees_of_freedom(system: &System, removed: Removed) -> usize {
    let mut count = 3 * system.atom_count();
    // Overall motion cannot be conserved where atoms are held in place; a fixed centre of mass is counted once.
    if removed.translation && system.constraints.fixed().is_empty() && !system.constraints.center_of_mass() {
        count -= 3;
    }
    if removed.rotation && system.constraints.fixed().is_empty() {
        count -= rotations(system);
    }
    count.saturating_sub(system.constraints.count())
}

/// Temperature 2 K / (kB · degrees of freedom) in K; 0 if nothing is free to move.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no system has 2⁵³ degrees of freedom")]
pub fn temperature(system: &System, degrees_of_freedom: usize) -> f64 {
    if degrees_of_freedom == 0 {
        return 0.0;
    }
    2.0 * kinetic_energy(system) / (BOLTZMANN * degrees_of_freedom as f64)
}

/// Total mass in u.
#[must_use]
pub fn total_mass(system: &System) -> f64 {
    system.masses.iter().sum()
}

/// Centre of mass in Å.
#[must_use]
pub fn center_of_mass(system: &System) -> [f64; 3] {
    let mut sum = [0.0; 3];
    for (position, mass) in system.positions.iter().zip(&system.masses) {
        sum = plus(sum, *mass, *position);
    }
    sum.map(|x| x / total_mass(system))
}

/// Total momentum in √(u·eV).
#[must_use]
pub fn momentum(system: &System) -> [f64; 3] {
    system.momenta.iter().fold([0.0; 3], |sum, momentum| plus(sum, 1.0, *momentum))
}

/// Total angular momentum about the centre of mass, in Å·√(u·eV).
#[must_use]
pub fn angular_momentum(system: &System) -> [f64; 3] {
    let center = center_of_mass(system);
    let mut sum = [0.0; 3];
    for (position, momentum) in system.positions.iter().zip(&system.momenta) {
        sum = plus(sum, 1.0, cross(plus(*position, -1.0, center), *momentum));
    }
    sum
}

/// Tensor of inertia about the centre of mass, in u·Å².
#[must_use]
pub fn inertia(system: &System) -> [[f64; 3]; 3] {
    let center = center_of_mass(system);
    let mut tensor = [[0.0; 3]; 3];
    for (position, mass) in system.positions.iter().zip(&system.masses) {
        let r = plus(*position, -1.0, center);
        let square = r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
        for i in 0..3 {
            for j in 0..3 {
                tensor[i][j] += mass * (if i == j { square } else { 0.0 } - r[i] * r[j]);
            }
        }
    }
    tensor
}

/// Kinetic part of the pressure tensor times the volume, Σ p ⊗ p / m in eV.
#[must_use]
pub fn kinetic_tensor(system: &System) -> [[f64; 3]; 3] {
    kinetic_tensor_of(&system.momenta, &system.masses)
}

/// Σ p ⊗ p / m in eV of anything that has momenta and masses.
pub(super) fn kinetic_tensor_of(momenta: &[[f64; 3]], masses: &[f64]) -> [[f64; 3]; 3] {
    let mut tensor = [[0.0; 3]; 3];
    for (p, mass) in momenta.iter().zip(masses) {
        for i in 0..3 {
            for j in 0..3 {
                tensor[i][j] += p[i] * p[j] / mass;
            }
        }
    }
    tensor
}

/// Σ ½ (a ⊗ b + b ⊗ a) / m in u⁻¹·(eV/Å)² of two sets of forces (eV/Å), over the atoms that can move; where distances are fixed,
/// of the total forces on the groups which they hold together, see [`super::RigidGroups`].
///
/// With a factor of a squared time it is what momenta at full steps lack of those in the middle of steps, see
/// [`crate::dynamics::Integrator::kinetic_tensor_correction`].
#[must_use]
pub fn force_tensor(system: &System, first: &[[f64; 3]], second: &[[f64; 3]]) -> [[f64; 3]; 3] {
    let mut tensor = [[0.0; 3]; 3];
    let mut add = |a: [f64; 3], b: [f64; 3], mass: f64| {
        for i in 0..3 {
            for j in 0..3 {
                tensor[i][j] += 0.5 * (a[i] * b[j] + b[i] * a[j]) / mass;
            }
        }
    };
    if let Some(groups) = system.rigid_groups() {
        let (first, second) = (groups.totals(first), groups.totals(second));
        for ((a, b), mass) in first.iter().zip(&second).zip(groups.masses(system)) {
            add(*a, *b, mass);
        }
    } else {
        for (atom, (a, b)) in first.iter().zip(second).enumerate() {
            if !system.constraints.is_fixed(atom) {
                add(*a, *b, system.masses[atom]);
            }
        }
    }
    tensor
}

/// Pressure tensor (Σ p ⊗ p / m + virial) / volume in eV/Å³; `None` without a cell. Where distances are fixed, that of the
/// groups which they hold together, see [`super::RigidGroups`].
///
/// `virial` is −∂E/∂strain in eV, `forces` are in eV/Å; the scalar pressure is a third of the trace.
#[must_use]
pub fn pressure_tensor(system: &System, forces: &[[f64; 3]], virial: &[[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let volume = system.cell.as_ref()?.volume();
    let mut tensor = match system.rigid_groups() {
        None => kinetic_tensor(system),
        Some(groups) => groups.tensor_without_virial(system, forces),
    };
    for (row, virial_row) in tensor.iter_mut().zip(virial) {
        for (entry, virial_entry) in row.iter_mut().zip(virial_row) {
            *entry = (*entry + virial_entry) / volume;
        }
    }
    Some(tensor)
}

/// Number of axes about which turning moves anything: 3, or 2 for atoms on a line, or 0 for a single atom.
pub(super) fn rotations(system: &System) -> usize {
    let center = center_of_mass(system);
    let arms = || system.positions.iter().map(|position| plus(*position, -1.0, center));
    let Some(longest) = arms().max_by(|a, b| norm(*a).total_cmp(&norm(*b))) else { return 0 };
    let length = norm(longest);
    if length < 1.0e-6 {
        return 0;
    }
    // Distance of the atom farthest from the line through the centre and the farthest atom, relative to its length.
    let width = arms().map(|arm| norm(cross(arm, longest)) / length).fold(0.0, f64::max);
    if width < 1.0e-6 * length { 2 } else { 3 }
}
