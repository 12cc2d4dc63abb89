//! `cormorant elastic`.

use std::path::Path;

use serde::Serialize;

use cormorant_core::units::GIGAPASCAL;
use cormorant_core::{Error, Result};
use cormorant_dynamics::elastic::ElasticConstants;
use cormorant_workflow::settings::Input;
use cormorant_workflow::workflow::{self, ElasticFound};

/// What was found, in the units that it is printed in.
#[derive(Debug, Serialize)]
struct Found {
    atoms: usize,
    lengths_angstrom: [f64; 3],
    angles_degrees: [f64; 3],
    volume_angstrom3: f64,
    energy_per_atom_ev: f64,
    /// Voigt's order: xx, yy, zz, yz, xz, xy.
    stiffness_gpa: [[f64; 6]; 6],
    asymmetry_gpa: f64,
    c11_gpa: f64,
    c12_gpa: f64,
    c44_gpa: f64,
    bulk_modulus_gpa: f64,
    shear_modulus_gpa: f64,
}

/// Relax and strain the crystal of the input at `path`.
pub(super) fn elastic(path: &Path, json: bool) -> Result<()> {
    let input = match Input::read_for(path, "elastic")? {
        Input::Elastic(input) => input,
        other => return Err(Error::Invalid(format!("{}: {}", path.display(), other.purpose()))),
    };
    let ElasticFound { system, constants } = workflow::elastic(&input, &mut super::structure::notes)?;
    let found = Found::new(&constants, system.atom_count());
    if json {
        let object = cormorant_core::json::text(&found).map_err(Error::Internal)?;
        println!("{object}");
        return Ok(());
    }
    println!("{}: {} ({} atoms)", input.name, cormorant_core::system::formula(&system.elements), found.atoms);
    let three = |numbers: [f64; 3], digits: usize| numbers.map(|x| format!("{x:.digits$}")).join(", ");
    println!("cell without stress: {} Å, {} degrees", three(found.lengths_angstrom, 5), three(found.angles_degrees, 3));
    println!("volume {:.4} Å³, energy {:.6} eV per atom", found.volume_angstrom3, found.energy_per_atom_ev);
    println!("elastic constants / GPa (xx, yy, zz, yz, xz, xy), known to about {:.2}:", found.asymmetry_gpa);
    for row in found.stiffness_gpa {
        println!("{}", row.map(|entry| format!("{entry:10.2}")).concat());
    }
    if constants.is_cubic() {
        println!("for a cubic crystal along x, y, z:");
        for (name, value) in [("C11", found.c11_gpa), ("C12", found.c12_gpa), ("C44", found.c44_gpa)] {
            println!("  {name} {value:.2} GPa");
        }
    }
    println!(
        "bulk modulus {:.2} GPa, shear modulus (Voigt) {:.2} GPa",
        found.bulk_modulus_gpa, found.shear_modulus_gpa
    );
    Ok(())
}

impl Found {
    fn new(constants: &ElasticConstants, atoms: usize) -> Self {
        let gpa = |value: f64| value / GIGAPASCAL;
        Self {
            atoms,
            lengths_angstrom: constants.cell.lengths(),
            angles_degrees: constants.cell.angles(),
            volume_angstrom3: constants.cell.measure(),
            energy_per_atom_ev: constants.energy / atoms as f64,
            stiffness_gpa: constants.stiffness.map(|row| row.map(gpa)),
            asymmetry_gpa: gpa(constants.asymmetry),
            c11_gpa: gpa(constants.c11()),
            c12_gpa: gpa(constants.c12()),
            c44_gpa: gpa(constants.c44()),
            bulk_modulus_gpa: gpa(constants.bulk_modulus()),
            shear_modulus_gpa: gpa(constants.shear_modulus()),
        }
    }
}
