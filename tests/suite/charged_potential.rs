//! Potentials with charges, dipoles and quadrupoles from the network, on random weights: what holds for any weights must hold here.

use super::learned::{ethanol, random_model};
use cormorant::fit::{Configuration, FrameEvaluation, Graph, ObjectiveWeights, Sides};
use cormorant::kernels::network::Layout;
use cormorant::model::{CormorantConfig, DifferentiableCormorant, Model, Moments, PreparedNetwork, Trainable};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};
use cormorant::so3::{rotation_about_x, rotation_about_z};
use cormorant::system::{Cell, ElectronicState, System};

const ALL: RequestedProperties = RequestedProperties { virial: true, atom_energies: true };

/// A model whose moments count: random weights of the size of the others.
pub(crate) fn model(moments: Moments) -> Model {
    with_dispersion(moments, false)
}

/// The same with dispersion or without.
pub(crate) fn with_dispersion(moments: Moments, dispersion: bool) -> Model {
    let config = CormorantConfig {
        moments,
        dispersion,
        max_degree: 2,
        max_edge_degree: 4,
        radial_hidden: 16,
        smearing: (dispersion || moments != Moments::None).then_some(1.2),
        ..CormorantConfig::default()
    };
    random_model(config, 4)
}

fn evaluate(model: &Model, system: &System, threads: usize) -> Evaluation {
    let mut result = Evaluation::default();
    LearnedPotential::new(model, Precision::F64, threads).unwrap().evaluate(system, ALL, &mut result).unwrap();
    result
}

/// Ethanol with a charge, in an oblique cell or without one.
fn charged(cell: bool) -> System {
    let cell = cell.then(|| Cell::new([[8.0, 0.0, 0.0], [1.0, 9.0, 0.5], [-0.7, 0.9, 8.5]]).unwrap());
    let plain = ethanol();
    let mut system = System::new(plain.elements, plain.positions, cell).unwrap();
    system.state = ElectronicState::stated(-1, 2);
    system
}

/// Catches: charges whose way into the energy the forces leave out, in part or as a whole; a virial that forgets the cell or the moments;
/// energies of atoms that do not add up.
#[test]
fn forces_and_virial_are_differences() {
    let plain = [Moments::Charges, Moments::Dipoles, Moments::Quadrupoles].map(|moments| (moments, false));
    for (moments, dispersion) in plain.into_iter().chain([(Moments::None, true), (Moments::Dipoles, true)]) {
        let model = with_dispersion(moments, dispersion);
        for cell in [false, true] {
            let system = charged(cell);
            let found = evaluate(&model, &system, 1);
            assert!((found.atom_energies.iter().sum::<f64>() - found.energy).abs() < 1e-9 * found.energy.abs());
            let charge: f64 = found.charges.iter().sum();
            assert!(moments == Moments::None || (charge + 1.0).abs() < 1e-12, "{:?}", found.charges);
            let h = 1e-4;
            let scale = found.forces.iter().flatten().fold(0.0f64, |most, x| most.max(x.abs()));
            for (atom, axis) in [(0, 0), (1, 2), (2, 1), (8, 0)] {
                let at = |step: f64| {
                    let mut one = system.clone();
                    one.positions[atom][axis] += step;
                    evaluate(&model, &one, 1).energy
                };
                let slope = (at(h) - at(-h)) / (2.0 * h);
                let force = found.forces[atom][axis];
                assert!((force + slope).abs() < 2e-5 * scale, "{moments:?}, {cell}: {force} against {slope}");
            }
            let virial = found.virial.unwrap();
            for (a, b) in [(0, 0), (2, 2), (0, 1), (1, 0), (2, 1)] {
                let at = |step: f64| {
                    let strained = |mut vector: [f64; 3]| {
                        vector[a] += step * vector[b];
                        vector
                    };
                    let mut one = system.clone();
                    one.positions.iter_mut().for_each(|position| *position = strained(*position));
                    one.cell = one.cell.map(|cell| cell.with_rows(cell.rows().map(strained)).unwrap());
                    evaluate(&model, &one, 1).energy
                };
                let slope = (at(h) - at(-h)) / (2.0 * h);
                let size = virial.iter().flatten().fold(0.0f64, |most, x| most.max(x.abs()));
                assert!((virial[a][b] + slope).abs() < 2e-5 * size, "{moments:?}, {cell}: {virial:?}, {slope}");
                // No torque: what a turn would do to the energy.
                assert!((virial[a][b] - virial[b][a]).abs() < 1e-9 * size, "{virial:?}");
            }
        }
    }
}

/// Catches: moments that do not turn with the molecule, and a dependence on the order of the atoms.
#[test]
fn energy_is_invariant() {
    let (model, system) = (model(Moments::Quadrupoles), charged(false));
    let before = evaluate(&model, &system, 1);
    let rotation = rotation_about_z(0.7) * rotation_about_x(-1.9);
    for matrix in [rotation, -rotation] {
        let turn = |p: [f64; 3]| -> [f64; 3] { (matrix * nalgebra::Vector3::from(p)).into() };
        let mut turned = system.clone();
        turned.positions.iter_mut().for_each(|p| *p = turn(*p).map(|x| x + 2.0));
        let after = evaluate(&model, &turned, 1);
        assert!((after.energy - before.energy).abs() < 1e-11 * before.energy.abs());
        for (after, before) in after.forces.iter().zip(&before.forces).chain(after.dipoles.iter().zip(&before.dipoles))
        {
            for (x, y) in after.iter().zip(turn(*before)) {
                assert!((x - y).abs() < 1e-8, "{x} {y}");
            }
        }
    }
    let order = [8, 3, 0, 6, 1, 7, 2, 5, 4];
    let mut permuted = system.clone();
    permuted.elements = order.iter().map(|&k| system.elements[k]).collect();
    permuted.positions = order.iter().map(|&k| system.positions[k]).collect();
    let after = evaluate(&model, &permuted, 1);
    assert!((after.energy - before.energy).abs() < 1e-11 * before.energy.abs());
    for (place, &atom) in order.iter().enumerate() {
        assert!((after.charges[place] - before.charges[atom]).abs() < 1e-10);
    }
}

/// Catches: one energy for two total charges or two spins.
#[test]
fn states_have_energies_of_their_own() {
    let (model, mut system) = (model(Moments::Charges), charged(false));
    let mut energies = Vec::new();
    for (charge, multiplicity) in [(0, 1), (1, 2), (-1, 2), (0, 3)] {
        system.state = ElectronicState::stated(charge, multiplicity);
        energies.push(evaluate(&model, &system, 1).energy);
    }
    for (place, one) in energies.iter().enumerate() {
        assert!(energies[..place].iter().all(|other| (other - one).abs() > 1e-3), "{energies:?}");
    }
}

/// Catches: a box whose bits depend on the number of threads or on how its atoms are ordered inside.
#[test]
fn threads_give_the_same_bits() {
    let model = model(Moments::Dipoles);
    let molecule = ethanol();
    let (mut elements, mut positions) = (Vec::new(), Vec::new());
    for place in 0..27 {
        let shift = [place % 3, place / 3 % 3, place / 9].map(|n| 6.0 * f64::from(n));
        elements.extend_from_slice(&molecule.elements);
        positions.extend(molecule.positions.iter().map(|p| [0, 1, 2].map(|axis| p[axis] + shift[axis])));
    }
    let system = System::new(elements, positions, Some(Cell::cubic(18.0).unwrap())).unwrap();
    let one = evaluate(&model, &system, 1);
    for threads in [2, 3] {
        assert_eq!(evaluate(&model, &system, threads), one);
    }
}

/// Catches: a loss whose gradient forgets that charges and coefficients of dispersion follow from the weights, or that the places of atoms are
/// displaced too.
#[test]
fn loss_gradient_with_charges() {
    for (cell, dispersion) in [(false, false), (true, false), (true, true)] {
        let model = with_dispersion(Moments::Quadrupoles, dispersion);
        let (shape, scaling) = (model.header.shape(), model.header.scaling().unwrap());
        let long_range = model.header.config.long_range();
        let mut system = charged(cell);
        if !cell {
            // A dipole moment counts where it does not depend on the origin.
            system.state = ElectronicState::default();
        }
        let found = evaluate(&model, &system, 1);
        let mut random = Noise::new(3).stream(Consumer::Test, 0, 0);
        let frame = Configuration {
            elements: system.elements.clone(),
            positions: system.positions.clone(),
            cell: system.cell,
            state: system.state,
            energy: Some(found.energy + 0.7),
            forces: found.forces.iter().map(|force| force.map(|x| x + 0.3 * random.normal())).collect(),
            dipole: (!cell).then_some([0.3, -0.2, 0.1]),
            virial: cell.then_some([[0.4, 0.1, -0.3], [0.1, -0.2, 0.05], [-0.3, 0.05, 0.6]]),
            ..Configuration::default()
        };
        let graph =
            Graph::new(&frame, &scaling, shape.cutoff).unwrap().with_sites(&frame, long_range.unwrap()).unwrap();
        let parts = ObjectiveWeights { force: 1.0, energy: 0.3, virial: 0.5, dipole: 0.7, huber_delta: 0.0 };
        let learn = |packed: &[f64]| {
            let network = DifferentiableCormorant::<f64>::new(&shape, 0.04);
            let mut network = PreparedNetwork::new(network, packed);
            let mut workers = network.workers(1);
            workers[0].clear();
            let mut evaluation = FrameEvaluation::new(Some(shape.cutoff)).with_long_range(long_range, scaling.scale);
            let loss = evaluation.accumulate(workers[0].as_mut(), (&graph, graph.energy), parts, (1.0, Sides::Both));
            drop(workers);
            (loss.loss, network.gradient(1, false).to_vec())
        };
        let (_, gradient) = learn(&model.weights);
        for block in &Layout::new(&shape).blocks {
            let direction: Vec<f64> = (0..block.len()).map(|_| random.normal() * block.scale).collect();
            let moved = |step: f64| {
                let mut copy = model.weights.clone();
                copy[block.offset..].iter_mut().zip(&direction).for_each(|(x, d)| *x += step * d);
                learn(&copy).0
            };
            let h = 1e-4;
            let numeric = (moved(h) - moved(-h)) / (2.0 * h);
            let products = || direction.iter().zip(&gradient[block.offset..]).map(|(d, g)| d * g);
            let (analytic, scale) = (products().sum::<f64>(), products().map(f64::abs).sum::<f64>());
            // The displacement of 4e-3 Å leaves an error of second order.
            assert!(
                (numeric - analytic).abs() < 1e-2 * scale + 1e-9,
                "{}, {cell}: {numeric} against {analytic}",
                block.name
            );
        }
    }
}

/// Catches: charges that end with the reach of the messages: two molecules far apart must act on each other as two multipoles do.
#[test]
fn molecules_far_apart_feel_each_other() {
    let model = model(Moments::Charges);
    let alone = charged(false);
    let apart = |distance: f64| {
        let mut positions = alone.positions.clone();
        positions.extend(alone.positions.iter().map(|p| [p[0] + distance, p[1], p[2]]));
        let mut both = System::new([alone.elements.clone(), alone.elements.clone()].concat(), positions, None).unwrap();
        both.state = ElectronicState::stated(-2, 1);
        let found = evaluate(&model, &both, 1);
        found.forces[alone.atom_count()..].iter().map(|force| force[0]).sum::<f64>()
    };
    let (near, far) = (apart(60.0), apart(120.0));
    // Two charges of −1 each: 14.4 eV Å / r².
    assert!((near * 60.0f64.powi(2) / 14.399645 - 1.0).abs() < 0.05, "{near}");
    assert!((far / near - 0.25).abs() < 0.01, "{near} {far}");
}

/// Catches: dispersion that ends with the reach of the messages, or that falls by another power: two molecules far apart attract each other as
/// the coefficients of their atoms say.
#[test]
fn molecules_far_apart_attract_each_other() {
    let model = with_dispersion(Moments::None, true);
    let alone = ethanol();
    let apart = |distance: f64| {
        let shifted = alone.positions.iter().map(|p| [p[0] + distance, p[1], p[2]]);
        let positions = alone.positions.iter().copied().chain(shifted).collect();
        let both = System::new([alone.elements.clone(), alone.elements.clone()].concat(), positions, None).unwrap();
        let found = evaluate(&model, &both, 1);
        found.forces[alone.atom_count()..].iter().map(|force| force[0]).sum::<f64>()
    };
    let (near, far) = (apart(60.0), apart(120.0));
    assert!(near < -1e-10, "{near} does not attract");
    assert!((near / far - 128.0).abs() < 6.0, "{near} {far}");
}
