//! How short each bond was.

use crate::Configuration;
use cormorant_core::Result;
use cormorant_core::system::vector::{difference, norm};
use cormorant_core::system::{System, find_bonds};
use cormorant_network::SeenBond;

/// Every bond of `example` with the shortest that it was in `frames`; none unless all of them have the same atoms in the same
/// order. Between the images of atoms that repeat the nearest counts, and no atom is bonded to itself here.
///
/// # Errors
/// As for [`find_bonds`].
pub(super) fn seen(example: &System, frames: &[Configuration]) -> Result<Vec<SeenBond>> {
    if frames.iter().any(|frame| frame.elements != example.elements) {
        return Ok(Vec::new());
    }
    let mut pairs: Vec<[usize; 2]> = find_bonds(example)?.iter().map(|bond| [bond.first, bond.second]).collect();
    pairs.retain(|[first, second]| first != second);
    pairs.dedup();
    let length = |frame: &Configuration, [first, second]: [usize; 2]| {
        let between = difference(frame.positions[second], frame.positions[first]);
        norm(frame.cell.map_or(between, |cell| cell.nearest_image(between)))
    };
    let shortest = |atoms| frames.iter().map(|frame| length(frame, atoms)).fold(f64::INFINITY, f64::min);
    Ok(pairs.into_iter().map(|atoms| SeenBond { atoms, shortest: shortest(atoms) }).collect())
}
