//! Stress against differences of the energy with strain, and the virial theorem, for a pair potential and networks.

use std::path::Path;

use cormorant::dynamics::{ForceEvaluator, Integrator, NoBath, VelocityVerlet};
use cormorant::io::read_structure;
use cormorant::model::{CormorantConfig, Model};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{
    Evaluation, LearnedPotential, LennardJones, Potential, Precision, RequestedProperties, Truncation,
};
use cormorant::system::observables::{Removed, kinetic_energy};
use cormorant::system::vector::{dot, times};
use cormorant::system::{Cell, Element, System, velocities};
use cormorant::units::FEMTOSECOND;

use crate::ensembles::{mean_and_error, show};
use crate::learned::random_model;

fn evaluate(potential: &mut dyn Potential, system: &System) -> Evaluation {
    let mut evaluation = Evaluation::default();
    potential.evaluate(system, RequestedProperties { virial: true, atom_energies: false }, &mut evaluation).unwrap();
    evaluation
}

/// A molecule in a box, a small cell and an oblique one, the last two smaller than the cutoff of 5 Å.
fn cells() -> [(&'static str, Option<Cell>); 3] {
    let oblique = Cell::new([[4.4, 0.0, 0.0], [1.3, 4.2, 0.0], [-0.8, 0.9, 4.7]]).unwrap();
    [
        ("a molecule in a box", Some(Cell::cubic(14.0).unwrap())),
        ("a small cell", Some(Cell::cubic(4.3).unwrap())),
        ("an oblique cell", Some(oblique)),
    ]
}

fn potentials() -> Vec<(&'static str, Box<dyn Potential>)> {
    let element = |symbol: &str| Element::from_symbol(symbol).unwrap();
    let mut pairs = LennardJones::new(5.0, Truncation::Switched { from: 4.0 }).unwrap();
    for (first, second) in [("H", "H"), ("H", "C"), ("H", "O"), ("C", "C"), ("C", "O"), ("O", "O")] {
        pairs = pairs.with(element(first), element(second), 0.01, 1.3).unwrap();
    }
    let small = CormorantConfig { max_edge_degree: 6, radial_hidden: 16, ..CormorantConfig::default() };
    let shipped = Model::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ethanol")).unwrap();
    let network = |model: &Model| Box::new(LearnedPotential::new(model, Precision::F64, 1).unwrap());
    vec![
        ("Lennard-Jones", Box::new(pairs)),
        ("random network", network(&random_model(small, 81))),
        ("models/ethanol", network(&shipped)),
    ]
}

fn ethanol() -> System {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/structures/ethanol.xyz");
    let mut system = read_structure(&file, None).unwrap();
    // Off every symmetry.
    let mut stream = Noise::new(82).stream(Consumer::Test, 0, 0);
    for position in &mut system.positions {
        let shake = stream.normal_vector();
        *position = [0, 1, 2].map(|axis| position[axis] + 0.04 * shake[axis]);
    }
    system
}

// Catches: a virial of wrong sign, order or factor, images that are counted once or left out, a network whose gradient with
// respect to edges is not that of its energy. To 1e-7 of the largest component.
#[test]
fn stress_is_the_slope_against_strain() {
    for (name, mut potential) in potentials() {
        for (place, cell) in cells() {
            let mut system = ethanol();
            system.cell = cell;
            let virial = evaluate(potential.as_mut(), &system).virial.unwrap();
            let largest = virial.iter().flatten().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
            for row in 0..3 {
                for column in 0..3 {
                    let mut at = |strain: f64| {
                        let mut gradient = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
                        gradient[row][column] += strain;
                        let mut strained = system.clone();
                        strained.cell = system.cell.map(|cell| cell.deformed(&gradient).unwrap());
                        strained.positions.iter_mut().for_each(|position| *position = times(*position, &gradient));
                        evaluate(potential.as_mut(), &strained).energy
                    };
                    let h = 5.0e-5;
                    let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
                    let error = (virial[row][column] + slope).abs() / largest;
                    let found = virial[row][column];
                    assert!(error < 1e-7, "{name}, {place}, {row}{column}: {found} and {}, {error:e}", -slope);
                }
            }
        }
    }
}

// Catches: a virial with another zero or factor than forces give: of a free molecule it is Σ r ⊗ F.
#[test]
fn the_virial_of_a_free_molecule_is_that_of_its_forces() {
    for (name, mut potential) in potentials() {
        let system = ethanol();
        let found = evaluate(potential.as_mut(), &system);
        let virial = found.virial.unwrap();
        let largest = virial.iter().flatten().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
        for row in 0..3 {
            for column in 0..3 {
                let pairs = system.positions.iter().zip(&found.forces);
                let sum: f64 = pairs.map(|(position, force)| position[row] * force[column]).sum();
                assert!((virial[row][column] - sum).abs() < 1e-10 * largest, "{name} {row}{column}");
            }
        }
    }
}

// Catches: kinetic and potential parts of the pressure with different factors. In a bound cluster 2⟨K⟩ + ⟨Σ r·F⟩ = 0, which is
// to say that its pressure is none.
#[test]
fn a_bound_cluster_has_no_pressure() {
    let argon = Element::from_symbol("Ar").unwrap();
    let golden = f64::midpoint(1.0, 5.0_f64.sqrt());
    let mut positions = vec![[0.0; 3]];
    for (a, b) in [(1.0, golden), (1.0, -golden), (-1.0, golden), (-1.0, -golden)] {
        positions.extend([[0.0, a, b], [a, b, 0.0], [b, 0.0, a]].map(|r: [f64; 3]| r.map(|x| 1.93 * x)));
    }
    let mut system = System::new(vec![argon; 13], positions, None).unwrap();
    let noise = Noise::new(83);
    velocities::draw(&mut system, 25.0, Removed { translation: true, rotation: true }, &noise).unwrap();
    let potential = LennardJones::new(30.0, Truncation::Plain).unwrap().with(argon, argon, 0.0103, 3.4).unwrap();
    let mut field = ForceEvaluator::new(Box::new(potential), &system).unwrap();
    field.set_want(RequestedProperties { virial: true, ..RequestedProperties::default() });
    let mut integrator = VelocityVerlet::new(4.0 * FEMTOSECOND).unwrap();
    let (mut sums, mut kinetic) = (Vec::new(), Vec::new());
    for step in 0..100_000 {
        integrator.step(&mut system, &mut field, &mut NoBath, &noise).unwrap();
        if step > 2000 {
            let virial = field.last().virial.unwrap();
            let force: f64 = system.positions.iter().zip(&field.last().forces).map(|(r, f)| dot(*r, *f)).sum();
            let trace = virial[0][0] + virial[1][1] + virial[2][2];
            assert!((trace - force).abs() < 1e-9, "{trace} and {force}");
            sums.push(2.0 * kinetic_energy(&system) + trace);
            kinetic.push(2.0 * kinetic_energy(&system));
        }
    }
    let ((mean, error), (scale, _)) = (mean_and_error(&sums), mean_and_error(&kinetic));
    show(&format!("2K + virial: {mean} ± {error} eV beside 2K = {scale} eV"));
    assert!(error < 0.04 * scale, "an error of {error} on {scale} decides nothing");
    assert!(mean.abs() < 4.5 * error, "2K + virial: {mean} ± {error} eV");
}
