//! Bonds, angles and dihedral angles that distances suggest.

use super::Internal;
use cormorant_core::system::{System, find_bonds};
use cormorant_core::{Error, Result};

/// Which internal coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InternalKind {
    /// Lengths of bonds.
    Bonds,
    /// Angles between bonds at one atom.
    Angles,
    /// Dihedral angles about bonds.
    Dihedrals,
}

/// Every internal coordinate of this kind along the bonds of `system` ([`find_bonds`]), in order.
///
/// # Errors
/// As for [`find_bonds`], and when the cell is so small that an atom may be bonded to two images of another.
pub fn find_internals(system: &System, kind: InternalKind) -> Result<Vec<Internal>> {
    let bonds = find_bonds(system)?;
    let mut partners = vec![Vec::new(); system.atom_count()];
    for bond in &bonds {
        if bond.first == bond.second || partners[bond.first].contains(&bond.second) {
            return Err(Error::Invalid(format!(
                "the cell is so small that atom {} is bonded to several images of atom {}; repeat the cell",
                bond.first + 1,
                bond.second + 1
            )));
        }
        partners[bond.first].push(bond.second);
        partners[bond.second].push(bond.first);
    }
    for list in &mut partners {
        list.sort_unstable();
    }
    Ok(match kind {
        InternalKind::Bonds => bonds.iter().map(|bond| Internal::Distance([bond.first, bond.second])).collect(),
        InternalKind::Angles => angles(&partners),
        InternalKind::Dihedrals => {
            bonds.iter().flat_map(|bond| dihedrals(&partners, bond.first, bond.second)).collect()
        }
    })
}

/// i-j-k for every atom j and pair i < k of its partners.
fn angles(partners: &[Vec<usize>]) -> Vec<Internal> {
    let mut angles = Vec::new();
    for (middle, list) in partners.iter().enumerate() {
        for (at, first) in list.iter().enumerate() {
            angles.extend(list[at + 1..].iter().map(|last| Internal::Angle([*first, middle, *last])));
        }
    }
    angles
}

/// i-j-k-l for a bond j-k, every other partner i of j and l of k; not around a ring of three.
fn dihedrals(partners: &[Vec<usize>], second: usize, third: usize) -> Vec<Internal> {
    let mut dihedrals = Vec::new();
    for first in partners[second].iter().filter(|atom| **atom != third) {
        for last in partners[third].iter().filter(|atom| **atom != second && *atom != first) {
            dihedrals.push(Internal::Dihedral([*first, second, third, *last]));
        }
    }
    dihedrals
}
