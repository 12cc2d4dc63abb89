//! Molecules put together that a cell divides.

use super::{System, find_bonds};
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
    let atoms = system.atom_count();
    let mut bonded: Vec<Vec<(usize, [i32; 3])>> = vec![Vec::new(); atoms];
    for bond in find_bonds(system)? {
        bonded[bond.first].push((bond.second, bond.shift));
        bonded[bond.second].push((bond.first, bond.shift.map(|x| -x)));
    }
    let mut images: Vec<Option<[i32; 3]>> = vec![None; atoms];
    let mut positions = system.positions.clone();
    for start in 0..atoms {
        if images[start].is_some() {
            continue;
        }
        images[start] = Some([0; 3]);
        let (mut molecule, mut next, mut finite) = (vec![start], 0, true);
        while let Some(&atom) = molecule.get(next) {
            next += 1;
            let here = images[atom].unwrap_or_default();
            for &(other, shift) in &bonded[atom] {
                let there = [0, 1, 2].map(|k: usize| here[k] + shift[k]);
                match images[other] {
                    None => {
                        images[other] = Some(there);
                        molecule.push(other);
                    }
                    Some(known) => finite &= known == there,
                }
            }
        }
        for &atom in molecule.iter().filter(|_| finite) {
            let image = images[atom].unwrap_or_default();
            for (count, row) in image.iter().zip(cell.rows()) {
                (0..3).for_each(|k| positions[atom][k] += f64::from(*count) * row[k]);
            }
        }
    }
    Ok(positions)
}
