//! Turns about bonds.

use std::f64::consts::TAU;

use super::redraw::{is_apart, require_apart};
use cormorant_core::system::vector::{cross, difference, norm, plus};
use cormorant_core::system::{BondedPair, System, find_bonds};
use cormorant_core::{Error, Result};
use cormorant_dynamics::analysis::Side;

/// Bonds shorter than this times the sum of the covalent radii are double or triple and do not turn by themselves.
const SINGLE: f64 = 0.9;
/// Atoms nearer to the axis than this (Å) do not move.
const ON_AXIS: f64 = 0.1;

/// How bonds are turned.
#[derive(Debug, Clone, PartialEq)]
pub struct TorsionSettings {
    /// Angle between frames in rad.
    pub step: f64,
    /// Pairs of bonded atoms, counted from 0; where there is none, every rotatable bond.
    pub bonds: Vec<[usize; 2]>,
    /// Frames in which two atoms are nearer than this times the sum of their covalent radii are left out.
    pub shortest: f64,
}

/// What a scan gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TorsionScan {
    /// The frames.
    pub systems: Vec<System>,
    /// The bond that was turned in each, and by which angle in rad.
    pub turns: Vec<([usize; 2], f64)>,
    /// Bonds that were turned.
    pub bonds: Vec<[usize; 2]>,
    /// Frames that were left out because atoms came too close or seemed bonded that were not.
    pub clashes: usize,
}

/// Turns one end of the structure about each bond in steps, while everything else stays.
///
/// # Errors
/// When the step is not between 1° and 180°, a bond is none or part of a ring, none can be turned, or two atoms of the structure
/// are too close.
pub fn torsions(system: &System, settings: &TorsionSettings) -> Result<TorsionScan> {
    if !(TAU / 360.0 - 1.0e-9..=TAU / 2.0 + 1.0e-9).contains(&settings.step) {
        return Err(Error::Invalid(format!(
            "steps of {:.3} degrees make no scan; write an angle from 1 to 180 degrees, such as \"30 deg\"",
            settings.step.to_degrees()
        )));
    }
    require_apart(system, settings.shortest)?;
    let bonds = find_bonds(system)?;
    let chosen = if settings.bonds.is_empty() { rotatable_bonds(system)? } else { settings.bonds.clone() };
    if chosen.is_empty() {
        let reason =
            "has no bond that turns: every one is in a ring, at an end, or double; name one, or use another method";
        return Err(Error::Structure(reason.into()));
    }
    let steps = (TAU / settings.step - 1.0e-6).ceil() as usize;
    let mut scan = TorsionScan { bonds: chosen, ..TorsionScan::default() };
    for bond in &scan.bonds {
        let side = Side::beyond(system, &bonds, *bond)?;
        for step in 1..steps {
            let angle = settings.step * step as f64;
            let mut turned = system.clone();
            side.turn(&mut turned, side.pivot, side.axis, angle);
            if is_apart(&turned, settings.shortest) && find_bonds(&turned).is_ok_and(|found| found == bonds) {
                scan.systems.push(turned);
                scan.turns.push((*bond, angle));
            } else {
                scan.clashes += 1;
            }
        }
    }
    Ok(scan)
}

/// The bonds about which an end of the structure can turn: not in a ring, not shorter than 0.9 times the sum of the covalent radii,
/// with atoms off the axis on both sides.
///
/// # Errors
/// When two atoms overlap.
pub fn rotatable_bonds(system: &System) -> Result<Vec<[usize; 2]>> {
    let bonds = find_bonds(system)?;
    let turns = |bond: &&BondedPair| {
        let pair = [bond.first, bond.second];
        let (Ok(there), Ok(here)) =
            (Side::beyond(system, &bonds, pair), Side::beyond(system, &bonds, [pair[1], pair[0]]))
        else {
            return false;
        };
        let radii = system.elements[bond.first].covalent_radius() + system.elements[bond.second].covalent_radius();
        norm(there.axis) >= SINGLE * radii && is_wide(&there, system) && is_wide(&here, system)
    };
    Ok(bonds.iter().filter(turns).map(|bond| [bond.first, bond.second]).collect())
}

/// Whether atoms of `side` are off its axis.
fn is_wide(side: &Side, system: &System) -> bool {
    let length = norm(side.axis);
    side.atoms.iter().any(|(atom, shift)| {
        let arm = difference(plus(system.positions[*atom], 1.0, *shift), side.pivot);
        norm(cross(arm, side.axis)) > ON_AXIS * length
    })
}
