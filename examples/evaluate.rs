//! Energy and forces of a molecule with a shipped model.
//!
//! ```sh
//! cargo run --release --example evaluate
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it computed")]

use std::path::Path;

use cormorant::Result;
use cormorant::io::read_structure;
use cormorant::model::load;
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let molecule = read_structure(&root.join("inputs/structures/ethanol.xyz"), None)?;

    // `load` reads a model of any kind; a potential turns its outputs into energies, forces and virials.
    let network = load(&root.join("models/ethanol"))?;
    let mut potential = LearnedPotential::new(network.as_ref(), Precision::F64, 1)?;

    let want = RequestedProperties { atom_energies: true, ..RequestedProperties::default() };
    let mut result = Evaluation::default();
    potential.evaluate(&molecule, want, &mut result)?;

    println!("energy {:.6} eV", result.energy);
    println!("atom      energy/eV   force/(eV/Å)");
    for (index, element) in molecule.elements.iter().enumerate() {
        let [x, y, z] = result.forces[index];
        println!("{element:<4} {:>14.6} {x:>10.5} {y:>9.5} {z:>9.5}", result.atom_energies[index]);
    }

    // Properties of the result that hold for every molecule.
    let sum: f64 = result.atom_energies.iter().sum();
    assert!((sum - result.energy).abs() < 1e-9 * result.energy.abs());
    for axis in 0..3 {
        let total: f64 = result.forces.iter().map(|force| force[axis]).sum();
        assert!(total.abs() < 1e-9);
    }
    Ok(())
}
