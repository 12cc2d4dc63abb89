//! Multipoles in a uniform electric field.
//!
//!   E = −F·M,        M = Σ_i q_i r_i + μ_i
//!
//! | symbol | here                        | unit | shape        |
//! |--------|-----------------------------|------|--------------|
//! | F      | `field`                     | V/Å  | `[3]`        |
//! | q      | `sites.charges`             | e    | `[sites]`    |
//! | r      | `sites.positions`           | Å    | `[sites][3]` |
//! | μ      | `sites.dipoles`, if any     | e·Å  | `[sites][3]` |
//!
//! The potential −F·r is zero at the origin, which only matters for a total charge. A uniform field has no gradient, so that quadrupoles
//! do not feel it. Source: Jackson, Classical Electrodynamics (1998), equation 4.24. Checked by: `suite::electric_field`.

use super::sites::{Interaction, Sites};
use cormorant_core::system::vector::{dot, plus};

impl Interaction {
    /// Adds the energy of `sites` in `field`, and its derivatives.
    pub(crate) fn add_field(&mut self, sites: &Sites<'_>, field: [f64; 3]) {
        self.energy += field_energies(sites, field).sum::<f64>();
        for (site, (charge, position)) in sites.charges.iter().zip(sites.positions).enumerate() {
            self.by_charge[site] -= dot(field, *position);
            self.gradient[site] = plus(self.gradient[site], -charge, field);
            for (row, along) in self.by_strain.iter_mut().zip(field) {
                *row = plus(*row, -charge * along, *position);
            }
        }
        self.by_dipole.iter_mut().for_each(|by| *by = plus(*by, -1.0, field));
    }
}

/// The energy of each site in `field`, eV.
pub(crate) fn field_energies<'a>(sites: &Sites<'a>, field: [f64; 3]) -> impl Iterator<Item = f64> + 'a {
    let Sites { positions, charges, dipoles, .. } = *sites;
    positions.iter().zip(charges).enumerate().map(move |(site, (position, charge))| {
        let dipole = dipoles.get(site).copied().unwrap_or_default();
        -dot(field, plus(dipole, *charge, *position))
    })
}

/// Why a cell cannot be in a field along which it repeats.
pub(crate) const NO_CELL: &str = "an electric field is not periodic: its potential would step from one image of the cell to the next, and the \
    energy would depend on which image of an atom is meant; for a molecule leave the cell out, for a slab let the field lie straight across it \
    (`pbc=\"T T F\"` and a field along z), else leave `electric_field` out";
