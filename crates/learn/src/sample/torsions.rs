//! Turns about bonds.

use std::f64::consts::TAU;

use nalgebra::{Rotation3, Unit, Vector3};

use super::redraw::{is_apart, require_apart};
use cormorant_core::system::vector::{cross, difference, norm, plus, times};
use cormorant_core::system::{BondedPair, System, find_bonds};
use cormorant_core::{Error, Result};

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
        let part = part_beyond(system, &bonds, *bond)?;
        for step in 1..steps {
            let angle = settings.step * step as f64;
            let turned = turned(system, &part, angle);
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
            (part_beyond(system, &bonds, pair), part_beyond(system, &bonds, [pair[1], pair[0]]))
        else {
            return false;
        };
        let radii = system.elements[bond.first].covalent_radius() + system.elements[bond.second].covalent_radius();
        norm(there.axis) >= SINGLE * radii && there.is_wide(system) && here.is_wide(system)
    };
    Ok(bonds.iter().filter(turns).map(|bond| [bond.first, bond.second]).collect())
}

/// One end of a structure.
struct Part {
    /// Its atoms, with Å to the images that hang together with the pivot.
    atoms: Vec<(usize, [f64; 3])>,
    /// A point on the axis and its direction, in Å.
    pivot: [f64; 3],
    axis: [f64; 3],
}

impl Part {
    fn is_wide(&self, system: &System) -> bool {
        let length = norm(self.axis);
        self.atoms.iter().any(|(atom, shift)| {
            let arm = difference(plus(system.positions[*atom], 1.0, *shift), self.pivot);
            norm(cross(arm, self.axis)) > ON_AXIS * length
        })
    }
}

/// The atoms that hang on the second atom of a bond, without the first.
fn part_beyond(system: &System, bonds: &[BondedPair], [from, to]: [usize; 2]) -> Result<Part> {
    let name =
        |atom: usize| format!("{} ({})", atom + 1, system.elements.get(atom).map_or("?", |element| element.symbol()));
    let refuse = |why: &str| Error::Invalid(format!("the bond of atoms {} and {} {why}", name(from), name(to)));
    let joins = |bond: &&BondedPair| [bond.first, bond.second] == [from, to] || [bond.first, bond.second] == [to, from];
    let found: Vec<&BondedPair> = bonds.iter().filter(joins).collect();
    let [bond] = found[..] else {
        return Err(refuse(
            "is not there, or is there more than once in this cell: name two bonded atoms, counted from 1",
        ));
    };
    let rows = system.cell.map_or([[0.0; 3]; 3], |cell| cell.rows());
    let shift_of = |cells: [i32; 3]| times(cells.map(f64::from), &rows);
    let sign = if bond.first == from { 1 } else { -1 };
    let start = bond.shift.map(|cells| sign * cells);
    let mut seen: Vec<Option<[i32; 3]>> = vec![None; system.atom_count()];
    seen[to] = Some(start);
    let mut waiting = vec![(to, start)];
    let mut atoms = Vec::new();
    while let Some((atom, cells)) = waiting.pop() {
        atoms.push((atom, shift_of(cells)));
        for next in bonds.iter().filter(|other| *other != bond) {
            let (other, step) = if next.first == atom {
                (next.second, next.shift)
            } else if next.second == atom {
                (next.first, next.shift.map(|cells| -cells))
            } else {
                continue;
            };
            let there = [0, 1, 2].map(|k| cells[k] + step[k]);
            match seen[other] {
                _ if other == from => return Err(refuse("is part of a ring, which cannot be turned")),
                Some(known) if known != there => {
                    return Err(refuse("holds a part that goes on through the cell without end"));
                }
                Some(_) => {}
                None => {
                    seen[other] = Some(there);
                    waiting.push((other, there));
                }
            }
        }
    }
    atoms.sort_by_key(|(atom, _)| *atom);
    let pivot = plus(system.positions[to], 1.0, shift_of(start));
    Ok(Part { atoms, pivot, axis: difference(pivot, system.positions[from]) })
}

fn turned(system: &System, part: &Part, angle: f64) -> System {
    let rotation = Rotation3::from_axis_angle(&Unit::new_normalize(Vector3::from(part.axis)), angle);
    let mut system = system.clone();
    for (atom, shift) in &part.atoms {
        let arm = difference(plus(system.positions[*atom], 1.0, *shift), part.pivot);
        let arm: [f64; 3] = (rotation * Vector3::from(arm)).into();
        system.positions[*atom] = difference(plus(part.pivot, 1.0, arm), *shift);
    }
    system
}
