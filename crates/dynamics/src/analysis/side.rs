//! One side of a bond.

use nalgebra::{Rotation3, Unit, Vector3};

use cormorant_core::system::vector::{difference, plus, times};
use cormorant_core::system::{BondedPair, System};
use cormorant_core::{Error, Result};

/// The atoms on one side of a bond, which can be turned or moved as a rigid body while all others stay.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Its atoms, each with the shift in Å to the image that hangs together with the pivot.
    pub atoms: Vec<(usize, [f64; 3])>,
    /// Position of the atom of the bond that belongs to it, in Å.
    pub pivot: [f64; 3],
    /// From the other atom of the bond to the pivot, in Å.
    pub axis: [f64; 3],
}

impl Side {
    /// The atoms that hang on the second atom of a bond, without the first. `bonds` are those of `system`
    /// ([`find_bonds`](cormorant_core::system::find_bonds)).
    ///
    /// # Errors
    /// When the atoms are not bonded, or bonded more than once in a small cell; when the bond is part of a ring; when the side goes on
    /// through the cell without end.
    pub fn beyond(system: &System, bonds: &[BondedPair], [from, to]: [usize; 2]) -> Result<Self> {
        let name = |atom: usize| {
            format!("{} ({})", atom + 1, system.elements.get(atom).map_or("?", |element| element.symbol()))
        };
        let refuse = |why: &str| Error::Invalid(format!("the bond of atoms {} and {} {why}", name(from), name(to)));
        let joins =
            |bond: &&BondedPair| [bond.first, bond.second] == [from, to] || [bond.first, bond.second] == [to, from];
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
        Ok(Self { atoms, pivot, axis: difference(pivot, system.positions[from]) })
    }

    /// Whether `atom` belongs to it.
    #[must_use]
    pub fn has(&self, atom: usize) -> bool {
        self.atoms.iter().any(|(own, _)| *own == atom)
    }

    /// Turns it in `system` by `angle` rad about the line through `center` (Å) along `axis`.
    pub fn turn(&self, system: &mut System, center: [f64; 3], axis: [f64; 3], angle: f64) {
        let rotation = Rotation3::from_axis_angle(&Unit::new_normalize(Vector3::from(axis)), angle);
        for (atom, shift) in &self.atoms {
            let arm = difference(plus(system.positions[*atom], 1.0, *shift), center);
            let arm: [f64; 3] = (rotation * Vector3::from(arm)).into();
            system.positions[*atom] = difference(plus(center, 1.0, arm), *shift);
        }
    }

    /// Moves it in `system` by `step` in Å.
    pub fn shift(&self, system: &mut System, step: [f64; 3]) {
        for (atom, _) in &self.atoms {
            system.positions[*atom] = plus(system.positions[*atom], 1.0, step);
        }
    }
}
