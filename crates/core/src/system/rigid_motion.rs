//! Atoms that fixed distances hold together: they move as one when the cell changes.
//!
//! Where distances are fixed, pressure is that of whole groups, so that the forces which keep the distances cancel:
//!
//!   P·V = Σ_g P_g ⊗ P_g / M_g + W − Σ_i (r_i − R_g(i)) ⊗ F_i
//!
//! | symbol | here                              | unit    | shape    |
//! |--------|-----------------------------------|---------|----------|
//! | P_g    | total momentum of a group         | √(u·eV) | `[3]`    |
//! | M_g R_g | mass and center of mass of a group | u, Å   |          |
//! | W      | `virial`, −∂E/∂strain             | eV      | `[3][3]` |
//! | F_i    | `forces`, without those of constraints | eV/Å | `[atoms][3]` |
//!
//! An atom without constraints is a group of its own, and adds what it adds to the pressure of atoms. The mean is the same as
//! that of atoms with the constraint forces included. Source: Ciccotti and Ryckaert 1986, doi:10.1016/0167-7977(86)90022-5.
//! Checked by `suite::pressure::{a_gas_of_rigid_molecules_has_the_exact_volume, pressure_of_groups_is_the_slope_of_the_energy}`.

use super::observables::kinetic_tensor_of;
use super::vector::{difference, dot, plus, times};
use super::{RigidGroups, Rotations, System};
use crate::{Error, Result};

/// The atoms of one group.
pub(super) struct Group {
    /// Their numbers.
    pub atoms: Vec<usize>,
    /// Their mass in u.
    pub mass: f64,
    /// Where they are, side by side, in Å.
    pub positions: Vec<[f64; 3]>,
    /// How they can turn as a whole.
    pub rotations: Rotations,
}

impl RigidGroups {
    /// P·V − W in eV, see the head of this file; the part of the forces is made symmetric.
    pub(super) fn tensor_without_virial(&self, system: &System, forces: &[[f64; 3]]) -> [[f64; 3]; 3] {
        let masses = self.masses(system);
        let mut tensor = kinetic_tensor_of(&self.momenta(system), &masses);
        let centers = self.centers(system, &masses);
        for (atom, force) in forces.iter().enumerate() {
            let arm = difference(self.image(system, atom), centers[self.group[atom]]);
            for a in 0..3 {
                for b in 0..3 {
                    tensor[a][b] -= 0.5 * (arm[a] * force[b] + arm[b] * force[a]);
                }
            }
        }
        tensor
    }

    /// Scales the cell by `stretch` and the centers of the groups along with it about `center`, by `factors` along x, y and
    /// z; distances within groups stay. Momenta of groups are divided by the factors.
    ///
    /// # Errors
    /// Those of `stretch`.
    pub fn scale(
        &self,
        system: &mut System,
        center: [f64; 3],
        factors: [f64; 3],
        stretch: impl FnOnce(&mut System) -> Result<()>,
    ) -> Result<()> {
        let masses = self.masses(system);
        let (centers, momenta) = (self.centers(system, &masses), self.momenta(system));
        let images: Vec<_> = (0..system.atom_count()).map(|atom| self.image(system, atom)).collect();
        stretch(system)?;
        for atom in 0..system.atom_count() {
            let group = self.group[atom];
            let share = system.masses[atom] / masses[group];
            let mut position = images[atom];
            for axis in 0..3 {
                position[axis] += (factors[axis] - 1.0) * (centers[group][axis] - center[axis]);
                system.momenta[atom][axis] += share * momenta[group][axis] * (factors[axis].recip() - 1.0);
            }
            system.positions[atom] = difference(position, self.offset(system, atom));
        }
        Ok(())
    }

    /// Changes the cell by `gradient` (r → r·F) and moves the center of mass of each group along with it; distances within groups stay.
    ///
    /// # Errors
    /// When there is no cell, or it collapses.
    pub fn deform(&self, system: &mut System, gradient: &[[f64; 3]; 3]) -> Result<()> {
        let Some(cell) = system.cell else { return Err(Error::Structure("has no cell that could be deformed".into())) };
        let centers = self.centers_of_mass(system);
        let images: Vec<_> = (0..system.atom_count()).map(|atom| self.image(system, atom)).collect();
        system.cell = Some(cell.deformed(gradient)?);
        for (atom, image) in images.into_iter().enumerate() {
            let center = centers[self.group[atom]];
            let moved = plus(image, 1.0, difference(times(center, gradient), center));
            system.positions[atom] = difference(moved, self.offset(system, atom));
        }
        Ok(())
    }

    /// Kinetic energies in eV of the translation and of the rotation of each group, of atoms with `momenta` (√(u·eV)).
    #[must_use]
    pub fn kinetic_energies(&self, system: &System, momenta: &[[f64; 3]]) -> Vec<[f64; 2]> {
        self.each(system, |group| {
            let own: Vec<_> = group.atoms.iter().map(|atom| momenta[*atom]).collect();
            let total = own.iter().fold([0.0; 3], |sum, momentum| plus(sum, 1.0, *momentum));
            let rotation = group.rotations.kinetic_energy(&group.positions, &own);
            [dot(total, total) / (2.0 * group.mass), rotation]
        })
    }

    /// What `look` finds in each group.
    pub(super) fn each<T>(&self, system: &System, look: impl Fn(&Group) -> T) -> Vec<T> {
        let mut members = vec![Vec::new(); self.count];
        for (atom, &group) in self.group.iter().enumerate() {
            members[group].push(atom);
        }
        let (masses, centers) = (self.masses(system), self.centers_of_mass(system));
        let groups = members.into_iter().zip(masses).zip(centers);
        groups
            .map(|((atoms, mass), center)| {
                let positions: Vec<_> = atoms.iter().map(|atom| self.image(system, *atom)).collect();
                let weights: Vec<_> = atoms.iter().map(|atom| system.masses[*atom]).collect();
                look(&Group { rotations: Rotations::about(center, &positions, &weights), atoms, mass, positions })
            })
            .collect()
    }

    /// Center of mass of each group in Å.
    pub(super) fn centers_of_mass(&self, system: &System) -> Vec<[f64; 3]> {
        self.centers(system, &self.masses(system))
    }

    /// From an atom to the image of it beside the first atom of its group, in Å.
    fn offset(&self, system: &System, atom: usize) -> [f64; 3] {
        match &system.cell {
            Some(cell) if self.shifts[atom] != [0; 3] => cell.cartesian(self.shifts[atom].map(f64::from)),
            _ => [0.0; 3],
        }
    }

    fn image(&self, system: &System, atom: usize) -> [f64; 3] {
        plus(system.positions[atom], 1.0, self.offset(system, atom))
    }

    /// Mass of each group in u.
    pub(super) fn masses(&self, system: &System) -> Vec<f64> {
        let mut masses = vec![0.0; self.count];
        for (mass, &group) in system.masses.iter().zip(&self.group) {
            masses[group] += mass;
        }
        masses
    }

    fn centers(&self, system: &System, masses: &[f64]) -> Vec<[f64; 3]> {
        let mut centers = vec![[0.0; 3]; self.count];
        for (atom, &group) in self.group.iter().enumerate() {
            centers[group] = plus(centers[group], system.masses[atom] / masses[group], self.image(system, atom));
        }
        centers
    }

    fn momenta(&self, system: &System) -> Vec<[f64; 3]> {
        self.totals(&system.momenta)
    }
}
