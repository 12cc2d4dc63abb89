//! The pair of atoms that is closest for its elements.

use cormorant_core::Result;
use cormorant_core::system::vector::norm;
use cormorant_core::system::{NeighborList, System};

/// Pairs farther apart than this times the sum of the largest covalent radii are not looked at.
const FARTHEST: f64 = 1.5;

/// Two atoms and how close they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contact {
    /// The atoms, counted from 0.
    pub atoms: [usize; 2],
    /// Their distance in Å, also across a face of the cell.
    pub distance: f64,
    /// The distance over the sum of their covalent radii.
    pub ratio: f64,
}

/// The contact of the smallest ratio in `system`; none where no two atoms are near each other.
///
/// # Errors
/// When two atoms overlap or a position is not finite.
pub fn closest_contact(system: &System) -> Result<Option<Contact>> {
    let radius = |atom: usize| system.elements[atom].covalent_radius();
    let largest = (0..system.atom_count()).map(radius).fold(0.0, f64::max);
    let mut list = NeighborList::new(2.0 * FARTHEST * largest, 0.0);
    let neighbors = list.update(system)?;
    let mut closest: Option<Contact> = None;
    for first in 0..system.atom_count() {
        for edge in neighbors.offsets[first]..neighbors.offsets[first + 1] {
            let second = neighbors.senders[edge] as usize;
            let distance = norm(neighbors.vectors[edge]);
            let ratio = distance / (radius(first) + radius(second));
            if second >= first && closest.is_none_or(|contact| ratio < contact.ratio) {
                closest = Some(Contact { atoms: [first, second], distance, ratio });
            }
        }
    }
    Ok(closest)
}
