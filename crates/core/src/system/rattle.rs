//! Keeping constraints: RATTLE.

use super::System;
use super::observables::{momentum, total_mass};
use super::vector::{difference, dot, plus};
use crate::{Error, Result};

/// Relative error of a squared distance, and of a relative velocity along a bond, that is left.
const TOLERANCE: f64 = 1.0e-13;
/// The same in units of how far rounding of the coordinates moves a squared distance: positions are never wrapped, and may be large.
const ROUNDINGS: f64 = 8.0;
/// Sweeps over all bonds before giving up.
const MOST_SWEEPS: usize = 1000;

/// Note the vectors of all constrained bonds, for [`constrain_positions`] after the atoms have moved.
pub fn remember_bonds(system: &mut System) {
    // Taken out and put back, so that nothing is allocated once it has its size.
    let mut before = std::mem::take(&mut system.constraints.before.0);
    before.clear();
    before.extend(system.constraints.bonds().iter().map(|bond| system.bond_vector(bond)));
    system.constraints.before.0 = before;
}

/// Put the atoms back to their distances after a drift of `interval`, along the bonds as [`remember_bonds`] noted them.
///
///   r_i ← r_i + λ·b/m_i    p_i ← p_i + λ·b/h    r_j ← r_j − λ·b/m_j    p_j ← p_j − λ·b/h
///
///   λ = (s² − d²)/(2·(1/m_i + 1/m_j)·s·b), repeated over all bonds
///
/// | symbol | here                             | unit | shape  |
/// |--------|----------------------------------|------|--------|
/// | b, s   | bond vector before the drift, now | Å   | `[3]`  |
/// | d      | bond.length                      | Å    | scalar |
/// | h      | `interval`                       | t    | scalar |
///
/// Source: Andersen 1983, doi:10.1016/0021-9991(83)90014-1. Checked by `suite::constraints`.
///
/// # Errors
/// When the distances cannot be kept.
pub fn constrain_positions(system: &mut System, interval: f64) -> Result<()> {
    if system.constraints.bonds().is_empty() {
        return Ok(());
    }
    let bonds = std::mem::take(&mut system.constraints);
    let mut result = Ok(());
    for sweep in 0.. {
        let mut worst: f64 = 0.0;
        for (bond, old) in bonds.bonds().iter().zip(&bonds.before.0) {
            let now = system.bond_vector(bond);
            let excess = dot(now, now) - bond.length * bond.length;
            let [i, j] = bond.atoms;
            let far = system.positions[i].iter().chain(&system.positions[j]).fold(0.0_f64, |far, x| far.max(x.abs()));
            let allowed = TOLERANCE.max(ROUNDINGS * f64::EPSILON * far / bond.length);
            worst = worst.max(excess.abs() / (bond.length * bond.length) * (TOLERANCE / allowed));
            let inverse = |atom: usize| if bonds.is_fixed(atom) { 0.0 } else { 1.0 / system.masses[atom] };
            let (left, right) = (inverse(i), inverse(j));
            let push = excess / (2.0 * (left + right) * dot(now, *old));
            system.positions[i] = plus(system.positions[i], push * left, *old);
            system.positions[j] = plus(system.positions[j], -push * right, *old);
            for (atom, sign, mobile) in [(i, 1.0, left), (j, -1.0, right)] {
                if mobile > 0.0 {
                    system.momenta[atom] = plus(system.momenta[atom], sign * push / interval, *old);
                }
            }
        }
        if worst <= TOLERANCE {
            break;
        }
        if worst.is_nan() || sweep >= MOST_SWEEPS {
            result = Err(Error::Numerical {
                step: system.step,
                quantity: "constrained distances cannot be kept (the time step is too long, or they contradict each \
                           other); relative error of a squared distance"
                    .into(),
                value: worst,
            });
            break;
        }
    }
    system.constraints = bonds;
    result
}

/// Take out of the momenta what the constraints do not allow: motion of fixed atoms, of the center of mass, and along bonds.
///
///   p_i ← p_i + μ·s    p_j ← p_j − μ·s    μ = (v_j − v_i)·s/((1/m_i + 1/m_j)·s²), repeated over all bonds
///
/// Symbols as in [`constrain_positions`].
///
/// # Errors
/// When the constraints contradict each other.
pub fn constrain_momenta(system: &mut System) -> Result<()> {
    if system.constraints.is_empty() {
        return Ok(());
    }
    let constraints = std::mem::take(&mut system.constraints);
    for atom in constraints.fixed() {
        system.momenta[*atom] = [0.0; 3];
    }
    if constraints.center_of_mass() {
        // What follows along the bonds changes no total momentum.
        remove_translation(system);
    }
    let mut result = Ok(());
    for sweep in 0.. {
        let mut worst: f64 = 0.0;
        for bond in constraints.bonds() {
            let vector = system.bond_vector(bond);
            let [i, j] = bond.atoms;
            let inverse = |atom: usize| if constraints.is_fixed(atom) { 0.0 } else { 1.0 / system.masses[atom] };
            let (left, right) = (inverse(i), inverse(j));
            let (first, second) = (system.velocity(i), system.velocity(j));
            let along = dot(difference(second, first), vector);
            let scale = (dot(first, first).sqrt() + dot(second, second).sqrt()) * bond.length;
            if scale > 0.0 {
                worst = worst.max(along.abs() / scale);
            }
            let push = along / ((left + right) * dot(vector, vector));
            for (atom, sign, mobile) in [(i, 1.0, left), (j, -1.0, right)] {
                if mobile > 0.0 {
                    system.momenta[atom] = plus(system.momenta[atom], sign * push, vector);
                }
            }
        }
        if worst <= TOLERANCE {
            break;
        }
        if worst.is_nan() || sweep >= MOST_SWEEPS {
            result = Err(Error::Numerical {
                step: system.step,
                quantity: "constrained distances contradict each other; relative velocity along a bond".into(),
                value: worst,
            });
            break;
        }
    }
    system.constraints = constraints;
    result
}

/// p ← p − m P / M, with P the total momentum and M the total mass.
pub(super) fn remove_translation(system: &mut System) {
    let velocity = momentum(system).map(|x| x / total_mass(system));
    for (momentum, mass) in system.momenta.iter_mut().zip(&system.masses) {
        *momentum = plus(*momentum, -mass, velocity);
    }
}
