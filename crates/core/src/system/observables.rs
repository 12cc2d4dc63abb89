//! Quantities read off a system.

use super::vector::{cross, plus};
use super::{Cell, System};
use crate::units::BOLTZMANN;

pub use super::freedom::{Removed, degrees_of_freedom};
pub use super::mass::{center_of_mass, inertia, total_mass};

/// Kinetic energy Σ p²/2m in eV.
#[must_use]
pub fn kinetic_energy(system: &System) -> f64 {
    let pairs = system.momenta.iter().zip(&system.masses);
    pairs.map(|(p, mass)| (p[0] * p[0] + p[1] * p[1] + p[2] * p[2]) / (2.0 * mass)).sum()
}

/// Temperature 2 K / (kB · degrees of freedom) in K; 0 if nothing is free to move.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no system has 2⁵³ degrees of freedom")]
pub fn temperature(system: &System, degrees_of_freedom: usize) -> f64 {
    temperature_of(kinetic_energy(system), degrees_of_freedom as f64)
}

/// Temperature in K of a kinetic energy (eV) that so many degrees of freedom share: the one place where it is defined.
#[must_use]
pub fn temperature_of(kinetic_energy: f64, degrees_of_freedom: f64) -> f64 {
    if degrees_of_freedom > 0.0 { 2.0 * kinetic_energy / (BOLTZMANN * degrees_of_freedom) } else { 0.0 }
}

/// Total momentum in √(u·eV).
#[must_use]
pub fn momentum(system: &System) -> [f64; 3] {
    system.momenta.iter().fold([0.0; 3], |sum, momentum| plus(sum, 1.0, *momentum))
}

/// Total angular momentum about the center of mass, in Å·√(u·eV).
#[must_use]
pub fn angular_momentum(system: &System) -> [f64; 3] {
    let center = center_of_mass(system);
    let mut sum = [0.0; 3];
    for (position, momentum) in system.positions.iter().zip(&system.momenta) {
        sum = plus(sum, 1.0, cross(plus(*position, -1.0, center), *momentum));
    }
    sum
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
/// `cormorant_dynamics::dynamics::Integrator::kinetic_tensor_correction`.
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
/// `virial` is −∂E/∂strain in eV, `forces` are in eV/Å; the scalar pressure is a third of the trace. A slab has no volume: its
/// tensor is divided by its area (eV/Å²), that of a wire by its length (eV/Å), and what does not lie along repeating directions
/// is zero, because nothing outside holds the system there. The scalar pressure is the trace over the number of repeating
/// directions, see [`pressure`].
#[must_use]
pub fn pressure_tensor(system: &System, forces: &[[f64; 3]], virial: &[[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let cell = system.cell.as_ref()?;
    let measure = cell.measure();
    let mut tensor = match system.rigid_groups() {
        None => kinetic_tensor(system),
        Some(groups) => groups.tensor_without_virial(system, forces),
    };
    for (row, virial_row) in tensor.iter_mut().zip(virial) {
        for (entry, virial_entry) in row.iter_mut().zip(virial_row) {
            *entry = (*entry + virial_entry) / measure;
        }
    }
    Some(cell.along_repeating(&tensor))
}

/// Scalar pressure that belongs to a pressure tensor of [`pressure_tensor`]: its trace over the number of repeating directions
/// of `cell`. In eV/Å³ for a bulk, eV/Å² for a slab, eV/Å for a wire.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "1, 2 or 3")]
pub fn pressure(cell: &Cell, tensor: &[[f64; 3]; 3]) -> f64 {
    (tensor[0][0] + tensor[1][1] + tensor[2][2]) / cell.dimensions() as f64
}
