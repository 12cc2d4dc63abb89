//! Atoms that fixed distances hold together.

use super::Bond;
use super::vector::plus;

/// Which atoms are held together.
#[derive(Debug)]
pub struct RigidGroups {
    /// Group of each atom.
    pub(super) group: Vec<usize>,
    /// Cells from each atom to the image of it that is beside the first atom of its group.
    pub(super) shifts: Vec<[i32; 3]>,
    /// Number of groups.
    pub(super) count: usize,
}

impl RigidGroups {
    /// Follows `bonds` between `atoms` atoms.
    pub(super) fn new(atoms: usize, bonds: &[Bond]) -> Self {
        let mut neighbors = vec![Vec::new(); atoms];
        for bond in bonds {
            let [i, j] = bond.atoms;
            neighbors[i].push((j, bond.shift));
            neighbors[j].push((i, bond.shift.map(|cells| -cells)));
        }
        let mut found = Self { group: vec![usize::MAX; atoms], shifts: vec![[0; 3]; atoms], count: 0 };
        let mut waiting = Vec::new();
        for first in 0..atoms {
            if found.group[first] != usize::MAX {
                continue;
            }
            found.group[first] = found.count;
            waiting.push(first);
            while let Some(atom) = waiting.pop() {
                for &(other, shift) in &neighbors[atom] {
                    if found.group[other] == usize::MAX {
                        found.group[other] = found.count;
                        found.shifts[other] = [0, 1, 2].map(|axis| found.shifts[atom][axis] + shift[axis]);
                        waiting.push(other);
                    }
                }
            }
            found.count += 1;
        }
        found
    }

    /// Number of groups.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Group of an atom.
    #[must_use]
    pub fn group_of(&self, atom: usize) -> usize {
        self.group[atom]
    }

    /// Of each group whether `bonds`, of which the groups were made, lead every atom of it to one image only: it does not continue
    /// through the cell.
    pub(super) fn closed(&self, bonds: &[Bond]) -> Vec<bool> {
        let mut closed = vec![true; self.count];
        for bond in bonds {
            let [i, j] = bond.atoms.map(|atom| self.shifts[atom]);
            closed[self.group[bond.atoms[0]]] &= (0..3).all(|axis| i[axis] + bond.shift[axis] == j[axis]);
        }
        closed
    }

    /// Sums of the vectors of the atoms over each group.
    pub(super) fn totals(&self, vectors: &[[f64; 3]]) -> Vec<[f64; 3]> {
        let mut totals = vec![[0.0; 3]; self.count];
        for (vector, &group) in vectors.iter().zip(&self.group) {
            totals[group] = plus(totals[group], 1.0, *vector);
        }
        totals
    }
}
