//! Taking freedom from the atoms of a system.

use std::sync::Arc;

use super::constraints::Aside;
use super::vector::{difference, norm, plus};
use super::{Bond, Constraints, RigidGroups, System};
use crate::{Error, Result};

impl System {
    /// Keep atoms where they are; their momenta become zero.
    ///
    /// # Errors
    /// When there is no such atom, or all atoms would be fixed.
    pub fn fix_atoms(&mut self, atoms: &[usize]) -> Result<()> {
        if self.constraints.center_of_mass && !atoms.is_empty() {
            return Err(both());
        }
        let mut fixed = self.constraints.fixed.clone();
        for atom in atoms {
            if *atom >= self.atom_count() {
                return Err(no_such_atom(*atom, self.atom_count()));
            }
            fixed.push(*atom);
        }
        fixed.sort_unstable();
        fixed.dedup();
        if fixed.len() == self.atom_count() {
            return Err(Error::Invalid("all atoms are fixed: nothing is left to move".into()));
        }
        for atom in &fixed {
            self.momenta[*atom] = [0.0; 3];
        }
        self.constraints.fixed = fixed;
        Ok(())
    }

    /// Keep the center of mass where it is: the total momentum becomes zero and stays so under any force or bath.
    ///
    /// # Errors
    /// When atoms are fixed, or there is only one.
    pub fn fix_center_of_mass(&mut self) -> Result<()> {
        if !self.constraints.fixed.is_empty() {
            return Err(both());
        }
        if self.atom_count() < 2 {
            return Err(Error::Invalid("a single atom cannot move with its center of mass fixed".into()));
        }
        self.constraints.center_of_mass = true;
        Ok(())
    }

    /// Keep the distance between two atoms (their nearest images) as it is.
    ///
    /// # Errors
    /// When there is no such pair, it is constrained already, or both atoms are fixed.
    pub fn fix_distance(&mut self, first: usize, second: usize) -> Result<()> {
        let count = self.atom_count();
        for atom in [first, second] {
            if atom >= count {
                return Err(no_such_atom(atom, count));
            }
        }
        let name = format!("the distance between atoms {} and {}", first + 1, second + 1);
        if first == second {
            return Err(Error::Invalid(format!("{name} is none")));
        }
        let same = |bond: &Bond| bond.atoms == [first, second] || bond.atoms == [second, first];
        if self.constraints.bonds.iter().any(same) {
            return Err(Error::Invalid(format!("{name} is fixed twice")));
        }
        if self.constraints.is_fixed(first) && self.constraints.is_fixed(second) {
            return Err(Error::Invalid(format!("{name} cannot change: both atoms are fixed")));
        }
        let direct = difference(self.positions[second], self.positions[first]);
        let (vector, shift) = match &self.cell {
            Some(cell) => {
                let nearest = cell.nearest_image(direct);
                let cells = cell.fractional(difference(nearest, direct));
                (nearest, cells.map(|cells| cells.round() as i32))
            }
            None => (direct, [0; 3]),
        };
        self.constraints.groups = Aside::default();
        self.constraints.bonds.push(Bond { atoms: [first, second], shift, length: norm(vector) });
        Ok(())
    }

    /// The atoms that fixed distances hold together; none where no distance is fixed.
    #[must_use]
    pub fn rigid_groups(&self) -> Option<Arc<RigidGroups>> {
        let Constraints { bonds, groups, .. } = &self.constraints;
        let found = || Arc::new(RigidGroups::new(self.atom_count(), bonds));
        (!bonds.is_empty()).then(|| groups.0.get_or_init(found).clone())
    }

    /// The vector from the first to the second atom of `bond`, in Å.
    #[must_use]
    pub fn bond_vector(&self, bond: &Bond) -> [f64; 3] {
        self.vector_between(bond.atoms[0], bond.atoms[1], bond.shift)
    }

    /// The vector r₂ − r₁ + S·H from atom `first` to the image of `second` that lies `shift` whole cells away, in Å.
    #[must_use]
    pub fn vector_between(&self, first: usize, second: usize, shift: [i32; 3]) -> [f64; 3] {
        let direct = difference(self.positions[second], self.positions[first]);
        match &self.cell {
            Some(cell) if shift != [0; 3] => plus(direct, 1.0, cell.cartesian(shift.map(f64::from))),
            _ => direct,
        }
    }
}

fn no_such_atom(atom: usize, count: usize) -> Error {
    Error::Invalid(format!("there is no atom {} among {count}", atom + 1))
}

fn both() -> Error {
    Error::Invalid("where atoms are fixed, the center of mass cannot be fixed too: choose one of them".into())
}
