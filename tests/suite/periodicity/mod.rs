//! Slabs and wires: cells that repeat in some of their directions.

mod cells;
mod ensembles;
mod files;
mod program;

use std::path::Path;

use cormorant::io::read_structure;
use cormorant::model::Model;
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{
    Evaluation, LearnedPotential, LennardJones, Potential, Precision, RequestedProperties, StillingerWeber,
};
use cormorant::system::vector::{norm, plus, times};
use cormorant::system::{Cell, Element, System};

const SLAB: [bool; 3] = [true, true, false];
const WIRE: [bool; 3] = [false, true, false];
const UNIT: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).unwrap()
}

fn evaluate(potential: &mut dyn Potential, system: &System) -> Evaluation {
    let mut evaluation = Evaluation::default();
    potential.evaluate(system, RequestedProperties { virial: true, atom_energies: true }, &mut evaluation).unwrap();
    evaluation
}

/// Eight silicon atoms of the diamond lattice, shaken; `scale` stretches the lattice. The cell is thinner than every cutoff.
fn silicon(periodic: [bool; 3], scale: f64) -> System {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/structures/silicon.xyz");
    let mut system = read_structure(&file, None).unwrap();
    let mut stream = Noise::new(71).stream(Consumer::Test, 0, 0);
    for position in &mut system.positions {
        *position = plus(position.map(|x| x * scale), 0.08, stream.normal_vector());
    }
    let rows = system.cell.unwrap().rows().map(|row| row.map(|x| x * scale));
    system.cell = Some(Cell::with_periodicity(rows, periodic).unwrap());
    system
}

/// Every kind of potential, with a structure that suits it.
fn cases(periodic: [bool; 3]) -> Vec<(&'static str, Box<dyn Potential>, System)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let model = Model::load(&root.join("models/silicon")).unwrap();
    let learned = |precision| Box::new(LearnedPotential::new(&model, precision, 1).unwrap());
    let mut argon = silicon(periodic, 1.25);
    argon.elements.fill(element("Ar"));
    vec![
        ("Lennard-Jones", Box::new(LennardJones::argon(8.5).unwrap()), argon),
        ("Stillinger-Weber", Box::new(StillingerWeber::silicon().unwrap()), silicon(periodic, 1.0)),
        ("models/silicon", learned(Precision::F64), silicon(periodic, 1.0)),
    ]
}

fn largest(values: &[[f64; 3]]) -> f64 {
    values.as_flattened().iter().fold(0.0, |largest, x| x.abs().max(largest))
}

fn assert_near(what: &str, found: &[[f64; 3]], expected: &[[f64; 3]], tolerance: f64) {
    let apart = found.iter().zip(expected).map(|(a, b)| norm(plus(*a, -1.0, *b))).fold(0.0, f64::max);
    assert!(apart < tolerance * largest(expected).max(1.0), "{what}: {found:?}\n{expected:?}");
}

// Catches: images counted along open directions or left out along the others; a vector of an open direction (zero, shorter than the
// atoms reach, oblique, left-handed) that has a part in energies, forces or virial.
#[test]
fn slabs_and_wires_equal_boxes_with_vacuum() {
    for periodic in [SLAB, WIRE, [true, false, true]] {
        for (name, mut potential, mut system) in cases(periodic) {
            let stated = system.cell.unwrap();
            let mut boxed = system.clone();
            boxed.cell = Some(stated.closed(60.0).unwrap());
            let expected = evaluate(potential.as_mut(), &boxed);
            assert!(
                largest(&expected.forces) > 0.1 * 0.01 && expected.energy.abs() > 0.01,
                "{name}: nothing to compare"
            );
            for other in [[0.0; 3], [0.3, -0.2, 0.1], [4.0, 3.0, -2.0], [0.0, 0.0, 60.0]] {
                let rows = [0, 1, 2].map(|k| if periodic[k] { stated.rows()[k] } else { other });
                system.cell = Some(Cell::with_periodicity(rows, periodic).unwrap());
                let found = evaluate(potential.as_mut(), &system);
                let what = format!("{name}, {periodic:?}, {other:?}");
                assert!((found.energy - expected.energy).abs() < 1.0e-11 * expected.energy.abs(), "{what}");
                assert_near(&what, &found.forces, &expected.forces, 1.0e-11);
                assert_near(&what, &found.virial.unwrap(), &expected.virial.unwrap(), 1.0e-11);
            }
            // The full cell and no cell at all are something else.
            for cell in [Some(Cell::new(stated.rows()).unwrap()), None] {
                system.cell = cell;
                let other = evaluate(potential.as_mut(), &system).energy;
                assert!((other - expected.energy).abs() > 1.0e-3, "{name}: {cell:?} makes no difference");
            }
        }
    }
}

// Catches: positions wrapped along open directions, or pairs lost because atoms are many cells away along the others.
#[test]
fn whole_cells_along_repeating_directions_change_nothing() {
    for periodic in [SLAB, WIRE] {
        for (name, mut potential, system) in cases(periodic) {
            let cell = system.cell.unwrap();
            let expected = evaluate(potential.as_mut(), &system);
            let mut moved = system.clone();
            for (atom, position) in moved.positions.iter_mut().enumerate() {
                let cells = [3 - atom as i32, 2 * atom as i32 - 9, 5].map(f64::from);
                let cells = [0, 1, 2].map(|k| if periodic[k] { cells[k] } else { 0.0 });
                *position = plus(*position, 1.0, cell.cartesian(cells));
            }
            let found = evaluate(potential.as_mut(), &moved);
            assert!((found.energy - expected.energy).abs() < 1.0e-9, "{name}");
            assert_near(name, &found.forces, &expected.forces, 1.0e-8);
            for position in &mut moved.positions {
                let wrapped = cell.wrap(*position);
                let open = (0..3).find(|&k| !periodic[k]).unwrap();
                assert!((wrapped[open] - position[open]).abs() < 1.0e-12, "{name}: wrapped along an open direction");
                *position = wrapped;
            }
            assert!((evaluate(potential.as_mut(), &moved).energy - expected.energy).abs() < 1.0e-9, "{name}");
        }
    }
}

// Catches: forces or a virial that are not those of the energy where a direction is open. The virial along repeating directions is
// compared with strains of cell and atoms, as far as the cell has anything to strain there.
#[test]
fn forces_and_virial_are_slopes_of_the_energy() {
    for periodic in [SLAB, WIRE] {
        for (name, mut potential, system) in cases(periodic) {
            let found = evaluate(potential.as_mut(), &system);
            let step = 1.0e-4;
            for (atom, axis) in [(0, 0), (3, 1), (6, 2)] {
                let mut at = |change: f64| {
                    let mut moved = system.clone();
                    moved.positions[atom][axis] += change;
                    evaluate(potential.as_mut(), &moved).energy
                };
                let slope = (at(step) - at(-step)) / (2.0 * step);
                assert!((slope + found.forces[atom][axis]).abs() < 2.0e-5 * largest(&found.forces).max(0.1), "{name}");
            }
            let virial = found.virial.unwrap();
            for (row, column) in (0..3).flat_map(|row| (0..3).map(move |column| (row, column))) {
                if !(periodic[row] && periodic[column]) {
                    continue;
                }
                let mut at = |strain: f64| {
                    let mut gradient = UNIT;
                    gradient[row][column] += strain;
                    let mut strained = system.clone();
                    strained.cell = system.cell.map(|cell| cell.deformed(&gradient).unwrap());
                    strained.positions.iter_mut().for_each(|position| *position = times(*position, &gradient));
                    evaluate(potential.as_mut(), &strained).energy
                };
                let slope = (at(step) - at(-step)) / (2.0 * step);
                let difference = (slope + virial[row][column]).abs();
                assert!(difference < 2.0e-5 * largest(&virial).max(0.1), "{name}: {slope} for {virial:?}");
            }
        }
    }
}
