//! What potentials and their callers do with evaluations.

use super::{Evaluation, RequestedProperties};
use cormorant_core::system::System;
use cormorant_core::system::observables::center_of_mass;
use cormorant_core::system::vector::{difference, plus};

impl Evaluation {
    /// Forgets the evaluation before: zeros for what is wanted of `atoms` atoms, nothing for all else.
    pub fn reset(&mut self, atoms: usize, want: RequestedProperties) {
        self.energy = 0.0;
        self.forces.clear();
        self.forces.resize(atoms, [0.0; 3]);
        self.virial = want.virial.then_some([[0.0; 3]; 3]);
        self.atom_energies.clear();
        self.atom_energies.resize(if want.atom_energies { atoms } else { 0 }, 0.0);
        self.forget_extras();
    }

    /// Forgets what only some potentials give: charges, dipoles and the spread of a committee.
    pub fn forget_extras(&mut self) {
        self.charges.clear();
        self.dipoles.clear();
        self.spread = None;
    }

    /// Dipole of `system` in e·Å, which has been evaluated; `None` where the potential has no charges.
    ///
    ///   M = Σ_i q_i (r_i − R) + μ_i
    ///
    /// | symbol | code name | meaning | unit | shape |
    /// |--------|-----------|---------|------|-------|
    /// | M | | dipole | e·Å | `[3]` |
    /// | q | `charges` | charges of the atoms | e | `[atoms]` |
    /// | μ | `dipoles` | dipoles of the atoms beside them, if any | e·Å | `[atoms][3]` |
    /// | r | `positions` | positions as they are, not wrapped into a cell | Å | `[atoms][3]` |
    /// | R | `center_of_mass` | which matters for ions only: then the motion of the whole has no part in changes of M | Å | `[3]` |
    ///
    /// In a cell a whole molecule has one dipole, and one that is cut by the boundary another; so M means something
    /// there where molecules are whole at the start of a run. Checked by `suite::infrared`.
    #[must_use]
    pub fn dipole(&self, system: &System) -> Option<[f64; 3]> {
        if self.charges.is_empty() || self.charges.len() != system.atom_count() {
            return None;
        }
        let center = center_of_mass(system);
        let of_charges = self
            .charges
            .iter()
            .zip(&system.positions)
            .fold([0.0; 3], |sum, (charge, position)| plus(sum, *charge, difference(*position, center)));
        Some(self.dipoles.iter().fold(of_charges, |sum, dipole| plus(sum, 1.0, *dipole)))
    }
}
