//! The wall at short distances under a learned potential.

use std::path::Path;

use cormorant::io::read_structure;
use cormorant::model::Model;
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};
use cormorant::system::vector::{difference, norm, plus, times};
use cormorant::system::{Cell, Element, System};

const EVERYTHING: RequestedProperties = RequestedProperties { virial: true, atom_energies: true };

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn model() -> Model {
    Model::load(&root().join("models/ethanol")).unwrap()
}

fn potential(precision: Precision) -> LearnedPotential {
    LearnedPotential::new(&model(), precision, 1).unwrap()
}

fn ethanol() -> System {
    read_structure(&root().join("inputs/structures/ethanol.xyz"), None).unwrap()
}

fn evaluate(potential: &mut LearnedPotential, system: &System) -> Evaluation {
    let mut evaluation = Evaluation::default();
    potential.evaluate(system, EVERYTHING, &mut evaluation).unwrap();
    evaluation
}

/// Distances from 1.00 to 0.30 Å.
fn approach() -> impl Iterator<Item = f64> {
    (0..=70).map(|step| 1.0 - 0.01 * f64::from(step))
}

/// Assert that the energy rises on the way from 1.0 to 0.3 Å, everywhere below `share` of the shortest distance of the
/// training frames: above that it may fall on its way to the length of a bond (O-H), as it does in nature.
fn assert_repulsion(model: &Model, pair: [Element; 2], share: f64, mut energy: impl FnMut(f64) -> f64) {
    let [first, second] = pair;
    let known = share * model.header.data.shortest_distance(first, second).unwrap_or(f64::INFINITY);
    let mut before = f64::NEG_INFINITY;
    for distance in approach() {
        let now = energy(distance);
        let falls = now <= before && distance < known;
        assert!(!falls, "{first}-{second} gains by coming to {distance:.2} Å: {before} eV, then {now} eV");
        before = now;
    }
    assert!(energy(0.3) > energy(1.0) + 100.0, "{first}-{second}: {} eV, then {} eV", energy(1.0), energy(0.3));
}

// Catches: a network that pulls atoms into each other, as a bare one may.
#[test]
fn every_two_atoms_repel_from_1_to_03_angstrom() {
    let elements = ["H", "C", "O"].map(|symbol| Element::from_symbol(symbol).unwrap());
    for precision in [Precision::F32, Precision::F64] {
        let mut potential = potential(precision);
        for first in elements {
            for second in elements {
                let pair = |distance: f64| {
                    let positions = vec![[0.0; 3], [0.0, 0.6 * distance, 0.8 * distance]];
                    System::new(vec![first, second], positions, None).unwrap()
                };
                assert_repulsion(&model(), [first, second], 0.95, |d| evaluate(&mut potential, &pair(d)).energy);
            }
        }
    }
}

// Catches: a wall that holds alone, but not where the neighbors of both atoms are seen too. Where an atom comes to a
// partner that is not its own, the network may pull until the wall is steep enough.
#[test]
fn every_two_atoms_of_the_molecule_repel() {
    let (mut potential, molecule) = (potential(Precision::F64), ethanol());
    let model = model();
    let mut checked = 0;
    for first in 0..9 {
        for second in 0..first {
            let apart = difference(molecule.positions[second], molecule.positions[first]);
            let length = norm(apart);
            let middle = plus(molecule.positions[first], 0.5, apart);
            let at = |distance: f64| {
                let mut system = molecule.clone();
                system.positions[first] = plus(middle, -0.5 * distance / length, apart);
                system.positions[second] = plus(middle, 0.5 * distance / length, apart);
                system
            };
            // A way that leads through a third atom (0.8 of the shortest distance) says nothing about these two.
            let clear = |system: &System| {
                [first, second].iter().all(|&own| {
                    (0..9).filter(|other| ![first, second].contains(other)).all(|other| {
                        let distance = norm(difference(system.positions[own], system.positions[other]));
                        model.header.data.shortest_distance(system.elements[own], system.elements[other]).unwrap() * 0.8
                            < distance
                    })
                })
            };
            if !approach().all(|distance| clear(&at(distance))) {
                continue;
            }
            checked += 1;
            let elements = [first, second].map(|atom| molecule.elements[atom]);
            assert_repulsion(&model, elements, 0.7, |d| evaluate(&mut potential, &at(d)).energy);
        }
    }
    assert!(checked >= 10, "only {checked} pairs have a clear way");
}

// Catches: a wall that reaches into what the model was trained on, if only by a bit.
#[test]
fn nothing_changes_where_there_was_data() {
    for precision in [Precision::F32, Precision::F64] {
        let (mut with, mut without) = (potential(precision), potential(precision).without_wall());
        for scale in [0.995, 1.0, 1.02] {
            let mut system = ethanol();
            system.positions.iter_mut().for_each(|position| *position = position.map(|x| scale * x));
            assert_eq!(evaluate(&mut with, &system), evaluate(&mut without, &system), "scaled by {scale}");
        }
    }
}

/// A deformed ethanol with many short distances, alone and in a triclinic cell.
fn squeezed() -> Vec<System> {
    let mut system = ethanol();
    system.positions.iter_mut().for_each(|[x, y, z]| (*x, *y, *z) = (0.8 * *x, 0.85 * *y + 0.05 * *z, 0.8 * *z));
    let mut crystal = system.clone();
    crystal.cell = Some(Cell::new([[4.0, 0.0, 0.0], [0.7, 3.6, 0.0], [-0.4, 0.6, 3.8]]).unwrap());
    vec![system, crystal]
}

// Catches: a gradient of what the network is shown taken for that of what there is; a wall without force or virial.
#[test]
fn forces_and_virial_of_the_wall_are_slopes() {
    let mut potential = potential(Precision::F64);
    let richardson =
        |at: &mut dyn FnMut(f64) -> f64, h: f64| (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
    for system in squeezed() {
        let found = evaluate(&mut potential, &system);
        let sum: f64 = found.atom_energies.iter().sum();
        assert!((sum - found.energy).abs() < 1e-9 * found.energy.abs(), "{sum} and {}", found.energy);
        let largest = found.forces.iter().flatten().fold(0.0_f64, |largest, force| largest.max(force.abs()));
        for atom in 0..9 {
            for axis in 0..3 {
                let mut at = |step: f64| {
                    let mut moved = system.clone();
                    moved.positions[atom][axis] += step;
                    evaluate(&mut potential, &moved).energy
                };
                let slope = richardson(&mut at, 1.0e-4);
                let error = (found.forces[atom][axis] + slope).abs() / largest;
                assert!(error < 1e-7, "atom {atom}, axis {axis}: {} and {}", found.forces[atom][axis], -slope);
            }
        }
        let virial = found.virial.unwrap();
        let largest = virial.iter().flatten().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
        for row in 0..3 {
            for column in 0..3 {
                let mut at = |strain: f64| {
                    let mut gradient = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
                    gradient[row][column] += strain;
                    let mut strained = system.clone();
                    strained.cell = system.cell.map(|cell| cell.deformed(&gradient).unwrap());
                    strained.positions.iter_mut().for_each(|position| *position = times(*position, &gradient));
                    evaluate(&mut potential, &strained).energy
                };
                let slope = richardson(&mut at, 3.0e-5);
                let error = (virial[row][column] + slope).abs() / largest;
                assert!(error < 1e-7, "{row}{column}: {} and {}", virial[row][column], -slope);
            }
        }
    }
}

// Catches: a wall with an edge. Just within its start s the energy leaves the network's with the third power.
#[test]
fn the_wall_begins_smoothly() {
    let (mut with, mut without) = (potential(Precision::F64), potential(Precision::F64).without_wall());
    let [o, h] = ["O", "H"].map(|symbol| Element::from_symbol(symbol).unwrap());
    let start = 0.95 * model().header.data.shortest_distance(o, h).unwrap();
    let mut excess = |within: f64| {
        let system = System::new(vec![o, h], vec![[0.0; 3], [start - within, 0.0, 0.0]], None).unwrap();
        evaluate(&mut with, &system).energy - evaluate(&mut without, &system).energy
    };
    assert_eq!(excess(0.0), 0.0);
    let ratio = excess(0.004) / excess(0.002);
    assert!((ratio - 8.0).abs() < 0.5, "the excess grows {ratio} times when the distance is doubled");
}

// Catches: an input that cannot have the bare network, or that gets it without asking.
#[test]
fn an_input_can_do_without() {
    let folder = tempfile::tempdir().unwrap();
    let energy = |key: &str| {
        std::fs::write(folder.path().join("pair.xyz"), "2\n\nO 0 0 0\nH 0 0 0.6\n").unwrap();
        let model = root().join("models/ethanol");
        let text = format!(
            "version = 1\nname = \"pair\"\n[structure]\nfile = \"pair.xyz\"\n[potential]\nmodel = {model:?}\n{key}\n\
             [[stage]]\nduration = \"1 fs\"\ntime_step = \"1 fs\"\n"
        );
        let path = folder.path().join("pair.toml");
        std::fs::write(&path, text).unwrap();
        let cormorant::settings::Input::Run(run) = cormorant::settings::Input::read(&path).unwrap() else {
            panic!("a run")
        };
        run.build().unwrap().field().last().energy
    };
    assert_eq!(energy(""), energy("short_range = \"wall\""));
    let pair = read_structure(&folder.path().join("pair.xyz"), None).unwrap();
    let mut bare = potential(Precision::F32).without_wall();
    assert_eq!(energy("short_range = \"none\""), evaluate(&mut bare, &pair).energy);
    assert_eq!(energy(""), evaluate(&mut potential(Precision::F32), &pair).energy);
    assert_ne!(energy(""), energy("short_range = \"none\""));
}
