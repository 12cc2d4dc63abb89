//! The two mechanical propagators of which every integrator is made.

use cormorant_core::Result;
use cormorant_core::system::System;
use cormorant_core::system::rattle::{constrain_momenta, constrain_positions, remember_bonds};

/// Kick: momenta advance under constant forces.
///
///   p ← p + F·h
///
/// | symbol | here           | unit | shape        |
/// |--------|----------------|------|--------------|
/// | p      | system.momenta | √(u·eV) | `[atoms][3]` |
/// | F      | `forces`       | eV/Å | `[atoms][3]` |
/// | h      | `interval`     | t    | scalar       |
///
/// What constraints do not allow is taken out. Checked by `suite::dynamics::velocity_verlet_is_second_order`.
///
/// # Errors
/// When constraints cannot be kept.
pub fn kick(system: &mut System, forces: &[[f64; 3]], interval: f64) -> Result<()> {
    for (momentum, force) in system.momenta.iter_mut().zip(forces) {
        for axis in 0..3 {
            momentum[axis] += force[axis] * interval;
        }
    }
    constrain_momenta(system)
}

/// Drift: positions advance at constant momenta.
///
///   r ← r + p·h/m
///
/// | symbol | here             | unit | shape        |
/// |--------|------------------|------|--------------|
/// | r      | system.positions | Å    | `[atoms][3]` |
/// | p      | system.momenta   | √(u·eV) | `[atoms][3]` |
/// | m      | system.masses    | u    | `[atoms]`    |
/// | h      | `interval`       | t    | scalar       |
///
/// Constrained distances are kept. Checked by `suite::dynamics::velocity_verlet_is_second_order`.
///
/// # Errors
/// When constraints cannot be kept.
pub fn drift(system: &mut System, interval: f64) -> Result<()> {
    let rigid = !system.constraints.bonds().is_empty();
    if rigid {
        remember_bonds(system);
    }
    let atoms = system.positions.iter_mut().zip(&system.momenta).zip(&system.masses);
    for ((position, momentum), mass) in atoms {
        let scale = interval / mass;
        for axis in 0..3 {
            position[axis] += momentum[axis] * scale;
        }
    }
    if !rigid {
        return Ok(());
    }
    constrain_positions(system, interval)?;
    constrain_momenta(system)
}

/// Multiply every momentum by `factor`.
pub fn scale_momenta(system: &mut System, factor: f64) {
    for momentum in &mut system.momenta {
        for component in momentum {
            *component *= factor;
        }
    }
}
