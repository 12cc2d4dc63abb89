//! What each atom is bonded to.

use super::{Element, System, find_bonds};
use crate::Result;

/// Elements of the bonded neighbors of each atom, by symbol; bonds as of [`find_bonds`].
///
/// # Errors
/// As for [`find_bonds`].
pub fn bonded_elements(system: &System) -> Result<Vec<Vec<Element>>> {
    let mut bonded = vec![Vec::new(); system.atom_count()];
    for bond in find_bonds(system)? {
        bonded[bond.first].push(system.elements[bond.second]);
        bonded[bond.second].push(system.elements[bond.first]);
    }
    for list in &mut bonded {
        list.sort_unstable_by_key(|element: &Element| element.symbol());
    }
    Ok(bonded)
}
