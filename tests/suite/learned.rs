//! The learned potential as physics, on a network with random weights: what holds for any weights must hold here.

use cormorant::kernels::network::Layout;
use cormorant::model::{CormorantConfig, Header, Model, Scaling};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};
use cormorant::so3::{rotation_about_x, rotation_about_z};
use cormorant::system::{Cell, Element, System};

const ALL: RequestedProperties = RequestedProperties { virial: true, atom_energies: true };

/// A model with random weights for H, C and O.
pub fn random_model(config: CormorantConfig, seed: u64) -> Model {
    let elements = ["H", "C", "O"].map(|symbol| Element::from_symbol(symbol).unwrap()).to_vec();
    let scaling = Scaling { elements, references: vec![-13.0, -1030.0, -2040.0], scale: 0.8 };
    let header = Header::new(config, &scaling, 8.0, 0.04);
    let mut random = Noise::new(seed).stream(Consumer::Test, 0, 0);
    let scales = Layout::new(&header.shape()).blocks.into_iter().flat_map(|block| vec![block.scale; block.len()]);
    // Rounded to f32, so that a saved model is the same model.
    let weights = scales.map(|scale| f64::from((0.6 * scale * random.normal()) as f32)).collect();
    Model { path: "random".into(), header, weights }
}

fn config() -> CormorantConfig {
    CormorantConfig { max_edge_degree: 6, radial_hidden: 16, ..CormorantConfig::default() }
}

/// Ethanol, bent out of every symmetry.
pub fn ethanol() -> System {
    let symbols = ["C", "C", "O", "H", "H", "H", "H", "H", "H"];
    let positions = [
        [0.0072, -0.5687, 0.0131],
        [-1.2854, 0.2499, -0.0207],
        [1.1304, 0.3147, 0.1210],
        [0.0392, -1.1972, 0.8900],
        [0.1092, -1.1511, -0.9411],
        [-1.3175, 0.8784, 0.8901],
        [-1.3421, 0.8982, -0.8900],
        [-2.1422, -0.4239, 0.0830],
        [1.9857, -0.1365, -0.0410],
    ];
    let elements = symbols.iter().map(|symbol| Element::from_symbol(symbol).unwrap()).collect();
    System::new(elements, positions.to_vec(), None).unwrap()
}

fn evaluate(model: &Model, precision: Precision, system: &System) -> Evaluation {
    let mut result = Evaluation::default();
    LearnedPotential::new(model, precision, 1).unwrap().evaluate(system, ALL, &mut result).unwrap();
    result
}

fn moved(system: &System, map: impl Fn([f64; 3]) -> [f64; 3]) -> System {
    System::new(system.elements.clone(), system.positions.iter().map(|&p| map(p)).collect(), system.cell).unwrap()
}

fn largest_difference(a: &[[f64; 3]], b: &[[f64; 3]]) -> f64 {
    let scale = b.iter().flatten().fold(0.0f64, |max, x| max.max(x.abs()));
    a.iter().flatten().zip(b.iter().flatten()).fold(0.0f64, |max, (x, y)| max.max((x - y).abs())) / scale
}

/// Catches: a network that sees the orientation, the handedness or the place of a molecule.
#[test]
fn energy_is_invariant_and_forces_turn() {
    let (model, system) = (random_model(config(), 1), ethanol());
    let before = evaluate(&model, Precision::F64, &system);
    let learned = before.energy - before.atom_energies.len() as f64; // any number of the size of the energy
    let rotation = rotation_about_z(0.7) * rotation_about_x(-1.9);
    let maps: [(&str, nalgebra::Matrix3<f64>, f64); 3] = [
        ("rotation", rotation, 0.0),
        ("inversion", -nalgebra::Matrix3::identity(), 0.0),
        ("translation", nalgebra::Matrix3::identity(), 3.3),
    ];
    for (name, matrix, shift) in maps {
        let apply = |p: [f64; 3]| (matrix * nalgebra::Vector3::from(p)).into();
        let after = evaluate(
            &model,
            Precision::F64,
            &moved(&system, |p| {
                let turned: [f64; 3] = apply(p);
                turned.map(|x| x + shift)
            }),
        );
        assert!((after.energy - before.energy).abs() < 1e-10 * learned.abs(), "{name}: energy");
        let expected: Vec<[f64; 3]> = before.forces.iter().map(|&f| apply(f)).collect();
        let difference = largest_difference(&after.forces, &expected);
        assert!(difference < 1e-10, "{name}: forces differ by {difference:e}");
    }
}

/// Catches: a result that depends on the order of the atoms.
#[test]
fn permutation() {
    let (model, system) = (random_model(config(), 2), ethanol());
    let before = evaluate(&model, Precision::F64, &system);
    let order = [8, 3, 0, 6, 1, 7, 2, 5, 4];
    let permuted = System::new(
        order.iter().map(|&k| system.elements[k]).collect(),
        order.iter().map(|&k| system.positions[k]).collect(),
        None,
    )
    .unwrap();
    let after = evaluate(&model, Precision::F64, &permuted);
    assert!((after.energy - before.energy).abs() < 1e-10 * before.energy.abs());
    let expected: Vec<[f64; 3]> = order.iter().map(|&k| before.forces[k]).collect();
    assert!(largest_difference(&after.forces, &expected) < 1e-10);
}

/// Catches: forces that are not −∂E/∂r, e.g. a term of the gradient missing or of wrong sign.
#[test]
fn forces_are_energy_differences() {
    let (model, system) = (random_model(config(), 3), ethanol());
    let forces = evaluate(&model, Precision::F64, &system).forces;
    let largest = forces.iter().flatten().fold(0.0f64, |max, x| max.max(x.abs()));
    let mut potential = LearnedPotential::new(&model, Precision::F64, 1).unwrap();
    let mut energy = |atom: usize, axis: usize, step: f64| {
        let mut displaced = system.clone();
        displaced.positions[atom][axis] += step;
        let mut result = Evaluation::default();
        potential.evaluate(&displaced, RequestedProperties::default(), &mut result).unwrap();
        result.energy
    };
    for atom in 0..9 {
        for axis in 0..3 {
            // Richardson: the error falls as the fourth power of the step.
            let slope = |h: f64, energy: &mut dyn FnMut(usize, usize, f64) -> f64| {
                (energy(atom, axis, h) - energy(atom, axis, -h)) / (2.0 * h)
            };
            let (coarse, fine) = (slope(2e-4, &mut energy), slope(1e-4, &mut energy));
            let derivative = (4.0 * fine - coarse) / 3.0;
            let error = (forces[atom][axis] + derivative).abs() / largest;
            assert!(error < 1e-6, "atom {atom} axis {axis}: {} against {}", forces[atom][axis], -derivative);
        }
    }
}

/// Catches: single precision that loses more than rounding.
#[test]
fn single_precision_is_close() {
    let (model, system) = (random_model(config(), 4), ethanol());
    let (single, double) = (evaluate(&model, Precision::F32, &system), evaluate(&model, Precision::F64, &system));
    let difference = largest_difference(&single.forces, &double.forces);
    assert!(difference < 2e-5, "forces differ by {difference:e} of the largest");
}

/// Catches: a cutoff with a jump in energy or force, or an interaction beyond the reach of the layers.
#[test]
fn smooth_at_the_cutoff() {
    let model = random_model(config(), 5);
    let elements = vec![Element::from_symbol("C").unwrap(), Element::from_symbol("O").unwrap()];
    let at = |distance: f64| {
        let system =
            System::new(elements.clone(), vec![[0.0; 3], [0.0, 0.6 * distance, 0.8 * distance]], None).unwrap();
        let result = evaluate(&model, Precision::F64, &system);
        (result.energy, result.forces[1][1])
    };
    let (beyond, inside) = (at(5.1), at(4.0));
    assert_eq!(beyond.1, 0.0, "no force beyond the cutoff");
    assert_eq!(at(30.0).0, beyond.0, "no energy beyond the cutoff");
    // The envelope falls as the third power: 1e-2 Å inside, energy and force are tiny; one spline interval spoils the power.
    let near = at(5.0 - 1e-2);
    assert!((near.0 - beyond.0).abs() < 1e-4 * (inside.0 - beyond.0).abs(), "energy {near:?} {beyond:?} {inside:?}");
    assert!(near.1.abs() < 1e-2 * inside.1.abs(), "force {near:?} {inside:?}");
}

/// Catches: molecules that feel each other at 40 Å, or a batch whose frames leak into each other.
#[test]
fn distant_molecules_add() {
    let (model, system) = (random_model(config(), 6), ethanol());
    let one = evaluate(&model, Precision::F64, &system);
    let mut elements = system.elements.clone();
    elements.extend(&system.elements);
    let mut positions = system.positions.clone();
    positions.extend(system.positions.iter().map(|p| [p[0] + 40.0, p[1], p[2]]));
    let two = evaluate(&model, Precision::F64, &System::new(elements, positions, None).unwrap());
    assert!((two.energy - 2.0 * one.energy).abs() < 1e-12 * two.energy.abs());
    assert!(largest_difference(&two.forces[..9], &one.forces) < 1e-12);
    assert!(largest_difference(&two.forces[9..], &one.forces) < 1e-10);
}

/// Catches: net force or torque from nothing, which would set a molecule in motion.
#[test]
fn no_net_force_or_torque() {
    let (model, system) = (random_model(config(), 7), ethanol());
    let result = evaluate(&model, Precision::F64, &system);
    let largest = result.forces.iter().flatten().fold(0.0f64, |max, x| max.max(x.abs()));
    let (mut force, mut torque) = (nalgebra::Vector3::zeros(), nalgebra::Vector3::zeros());
    for (&position, &f) in system.positions.iter().zip(&result.forces) {
        force += nalgebra::Vector3::from(f);
        torque += nalgebra::Vector3::from(position).cross(&nalgebra::Vector3::from(f));
    }
    assert!(force.amax() < 1e-11 * largest, "net force {force:?}");
    assert!(torque.amax() < 1e-10 * largest, "net torque {torque:?}");
}

fn crystal() -> System {
    let mut random = Noise::new(9).stream(Consumer::Test, 0, 0);
    let cell = Cell::new([[4.1, 0.0, 0.0], [0.9, 4.4, 0.0], [-0.5, 0.7, 4.8]]).unwrap();
    let symbols = ["C", "O", "H", "C", "H"];
    let elements = symbols.iter().map(|symbol| Element::from_symbol(symbol).unwrap()).collect();
    let positions =
        (0..5).map(|k| [0, 1, 2].map(|axis| 2.1 * f64::from((k >> axis) & 1) + 0.5 * random.uniform())).collect();
    System::new(elements, positions, Some(cell)).unwrap()
}

/// Catches: a virial of wrong sign, order or factor, in a triclinic cell smaller than the cutoff.
#[test]
fn virial_is_the_strain_derivative() {
    let (model, system) = (random_model(config(), 8), crystal());
    let virial = evaluate(&model, Precision::F64, &system).virial.unwrap();
    let largest = virial.iter().flatten().fold(0.0f64, |max, x| max.max(x.abs()));
    let strained = |a: usize, b: usize, step: f64| {
        let apply = |v: [f64; 3]| {
            let mut out = v;
            out[a] += step * v[b];
            out
        };
        let rows = system.cell.unwrap().rows().map(apply);
        let positions = system.positions.iter().map(|&p| apply(p)).collect();
        let strained = System::new(system.elements.clone(), positions, Some(Cell::new(rows).unwrap())).unwrap();
        evaluate(&model, Precision::F64, &strained).energy
    };
    for a in 0..3 {
        for b in 0..3 {
            let slope = |h: f64| (strained(a, b, h) - strained(a, b, -h)) / (2.0 * h);
            let derivative = (4.0 * slope(1e-4) - slope(2e-4)) / 3.0;
            let error = (virial[a][b] + derivative).abs() / largest;
            assert!(error < 1e-6, "{a} {b}: {} against {}", virial[a][b], -derivative);
        }
    }
}

/// Catches: a box whose result depends on how it is repeated, or on the number of threads.
#[test]
fn boxes_repeat_and_threads_agree() {
    let (model, system) = (random_model(config(), 10), crystal());
    let one = evaluate(&model, Precision::F64, &system);
    let rows = system.cell.unwrap().rows();
    let (mut elements, mut positions) = (Vec::new(), Vec::new());
    for image in 0..27 {
        for (element, position) in system.elements.iter().zip(&system.positions) {
            elements.push(*element);
            let shift = [image % 3, image / 3 % 3, image / 9].map(f64::from);
            positions
                .push([0, 1, 2].map(|axis| position[axis] + (0..3).map(|k| shift[k] * rows[k][axis]).sum::<f64>()));
        }
    }
    let cell = Cell::new(rows.map(|row| row.map(|x| 3.0 * x))).unwrap();
    let large = System::new(elements, positions, Some(cell)).unwrap();
    let many = evaluate(&model, Precision::F64, &large);
    assert!((many.energy - 27.0 * one.energy).abs() < 1e-10 * many.energy.abs());
    assert!(largest_difference(&many.forces[..5], &one.forces) < 1e-9);
    for precision in [Precision::F32, Precision::F64] {
        let single = evaluate(&model, precision, &large);
        for threads in [2, 3, 4] {
            let mut result = Evaluation::default();
            LearnedPotential::new(&model, precision, threads).unwrap().evaluate(&large, ALL, &mut result).unwrap();
            assert_eq!(result, single, "{threads} threads give other bits than one");
        }
    }
}

/// Catches: caches that change the result: neighbor lists or workspaces left over from other frames.
#[test]
fn history_leaves_no_trace() {
    let model = random_model(config(), 11);
    let mut potential = LearnedPotential::new(&model, Precision::F32, 1).unwrap();
    let (molecule, crystal) = (ethanol(), crystal());
    let mut result = Evaluation::default();
    for system in [&crystal, &molecule, &crystal, &molecule] {
        potential.evaluate(system, ALL, &mut result).unwrap();
        assert_eq!(result, evaluate(&model, Precision::F32, system));
    }
}

/// Catches: a model that changes when it is written and read.
#[test]
fn models_survive_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let model = random_model(config(), 12);
    model.save(folder.path()).unwrap();
    let read = Model::load(folder.path()).unwrap();
    assert_eq!(read.weights, model.weights);
    assert_eq!(read.header, model.header);
    assert_eq!(evaluate(&read, Precision::F64, &ethanol()), evaluate(&model, Precision::F64, &ethanol()));
}

/// Catches: results that depend on the order in which atoms lie in memory, and so on when neighbors were searched last.
#[test]
fn order_changes_no_bit() {
    let narrow = CormorantConfig { channels: 8, max_degree: 1, max_edge_degree: 2, ..config() };
    // The last two are evaluated tile by tile.
    for (config, side) in [
        (config(), 7),
        (CormorantConfig { layers: 1, products: 3, ..narrow.clone() }, 7),
        (CormorantConfig { layers: 1, products: 3, ..narrow.clone() }, 9),
        (narrow, 17),
    ] {
        order_changes_no_bit_of(&random_model(config, 5), side);
    }
}

/// A box of nearly `side`³ atoms.
fn order_changes_no_bit_of(model: &Model, side: u32) {
    let mut random = Noise::new(8).stream(Consumer::Test, 0, 0);
    let edge = 16.0 / 7.0 * f64::from(side);
    let all = side.pow(3);
    let count = all as usize - 23;
    // A jittered lattice in the random order of a shuffled list, so that the order in memory is another one.
    let mut sites: Vec<u32> = (0..all).collect();
    random.shuffle(&mut sites);
    let position = |site: u32| [site % side, site / side % side, site / side / side].map(|n| f64::from(n) * 16.0 / 7.0);
    let elements = (0..count).map(|n| model.header.scaling().unwrap().elements[n % 3]).collect();
    let start: Vec<[f64; 3]> =
        sites[..count].iter().map(|&site| position(site).map(|x| x + 0.4 * random.uniform())).collect();
    let mut system = System::new(elements, start, Some(Cell::cubic(edge).unwrap())).unwrap();
    let mut potential = LearnedPotential::new(model, Precision::F32, 2).unwrap();
    let mut with_history = Evaluation::default();
    for step in 0..4 {
        potential.evaluate(&system, ALL, &mut with_history).unwrap();
        let fresh = evaluate(model, Precision::F32, &system);
        assert_eq!(fresh, with_history, "step {step}");
        for r in &mut system.positions {
            *r = r.map(|x| x + 0.3 * (random.uniform() - 0.5));
        }
    }
    // The same atoms in another order: the same physics to rounding, atom by atom.
    let backwards = |n: usize| count - 1 - n;
    let reversed = System::new(
        (0..count).map(|n| system.elements[backwards(n)]).collect(),
        (0..count).map(|n| system.positions[backwards(n)]).collect(),
        system.cell,
    )
    .unwrap();
    let [first, second] = [&system, &reversed].map(|system| evaluate(model, Precision::F64, system));
    let back: Vec<[f64; 3]> = (0..count).map(|n| second.forces[backwards(n)]).collect();
    assert!(largest_difference(&back, &first.forces) < 1e-11);
    for n in 0..count {
        assert!((first.atom_energies[n] - second.atom_energies[backwards(n)]).abs() < 1e-9);
    }
}
