//! Molecules put together that a cell divides.

use super::vector::plus;
use super::{Bond, RigidGroups, System, find_bonds};
use crate::Result;

/// Positions in Å with every molecule in one piece: its first atom stays, the others come as the images that are bonded to it.
///
/// What is bonded to images of itself, as a crystal or a polymer across the cell is, stays as it is. So does everything where
/// there is no cell.
///
/// # Errors
/// As for [`find_bonds`].
pub fn whole_molecules(system: &System) -> Result<Vec<[f64; 3]>> {
    let Some(cell) = &system.cell else { return Ok(system.positions.clone()) };
    let bonds: Vec<Bond> = find_bonds(system)?.iter().map(Bond::from).collect();
    let groups = RigidGroups::new(system.atom_count(), &bonds);
    let finite = groups.closed(&bonds);
    let whole = |(atom, position): (usize, &[f64; 3])| {
        let image = groups.shifts[atom];
        if image == [0; 3] || !finite[groups.group_of(atom)] {
            return *position;
        }
        plus(*position, 1.0, cell.cartesian(image.map(f64::from)))
    };
    Ok(system.positions.iter().enumerate().map(whole).collect())
}
