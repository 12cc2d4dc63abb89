//! Which atoms are bonded, by their distances.

use super::vector::norm;
use super::{Bond, NeighborList, System};
use crate::Result;

/// Atoms nearer than this times the sum of their covalent radii are taken for bonded.
const BONDED: f64 = 1.2;

/// Atoms farther apart than this times the sum of their radii are not bonded by any measure; between the two a bond is stretched.
const APART: f64 = 1.6;

/// Length of the bond of H2, Å.
const HYDROGEN: f64 = 0.74;

/// Two atoms that are taken for bonded; the vector from the first to the second is r₂ − r₁ + S·H.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BondedPair {
    /// One atom, counted from 0; never more than the other.
    pub first: usize,
    /// The other one.
    pub second: usize,
    /// Shift S of the second in whole cells.
    pub shift: [i32; 3],
}

/// Who is bonded to whom, for groups; the distance is left open.
impl From<&BondedPair> for Bond {
    fn from(pair: &BondedPair) -> Self {
        Self { atoms: [pair.first, pair.second], shift: pair.shift, length: 0.0 }
    }
}

/// Every pair of atoms nearer than 1.2 times the sum of their covalent radii
/// ([`Element::covalent_radius`](super::Element::covalent_radius)), two hydrogen atoms nearer than 1.2 times the length of H2, once, in order;
/// across the faces of the cell too.
///
/// # Errors
/// As for [`NeighborList::update`]: two atoms overlap, or a position is not finite.
pub fn find_bonds(system: &System) -> Result<Vec<BondedPair>> {
    let largest = system.elements.iter().map(|element| element.covalent_radius()).fold(0.5 * HYDROGEN, f64::max);
    let mut list = NeighborList::new(2.0 * BONDED * largest, 0.0);
    let neighbors = list.update(system)?;
    let mut bonds = Vec::new();
    for first in 0..system.atom_count() {
        for edge in neighbors.offsets[first]..neighbors.offsets[first + 1] {
            let (second, shift) = (neighbors.senders[edge] as usize, neighbors.shifts[edge]);
            // Each pair is in the list in both directions.
            let once = second > first || (second == first && shift > [0; 3]);
            if once && norm(neighbors.vectors[edge]) < BONDED * radii(system, first, second) {
                bonds.push(BondedPair { first, second, shift });
            }
        }
    }
    Ok(bonds)
}

/// Whether `after` holds other molecules than `before`, which has the same atoms: a bond is broken, or atoms are bonded that were apart. A bond
/// that was stretched before is no change.
///
/// # Errors
/// As for [`find_bonds`].
pub fn bonds_changed(before: &System, after: &System) -> Result<bool> {
    let (old, new) = (find_bonds(before)?, find_bonds(after)?);
    let broken = old.iter().any(|bond| new.binary_search(bond).is_err());
    let made = |bond: &BondedPair| {
        let BondedPair { first, second, shift } = *bond;
        let distance = norm(before.bond_vector(&Bond { atoms: [first, second], shift, length: 0.0 }));
        distance > APART * radii(before, first, second)
    };
    Ok(broken || new.iter().any(made))
}

/// Sum of the covalent radii of two atoms, Å; for two hydrogen atoms the length of H2, which 1.2 times the sum of their radii just misses.
fn radii(system: &System, first: usize, second: usize) -> f64 {
    let elements = [first, second].map(|atom| system.elements[atom]);
    if elements.iter().all(|element| element.number() == 1) {
        return HYDROGEN;
    }
    elements.iter().map(|element| element.covalent_radius()).sum()
}
