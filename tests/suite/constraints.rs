//! Fixed atoms and fixed distances.

use cormorant::dynamics::{
    Andersen, Baoab, Bussi, ForceEvaluator, Integrator, Langevin, NoBath, Thermostat, VelocityVerlet,
};
use cormorant::noise::Noise;
use cormorant::system::observables::{Removed, degrees_of_freedom, kinetic_energy};
use cormorant::system::vector::norm;
use cormorant::system::{Cell, Element, System, velocities};
use cormorant::units::{BOLTZMANN, FEMTOSECOND};

use crate::ensembles::assert_mean;
use crate::wells::{Well, crowd};

// Catches: collisions of single atoms of a rigid molecule, which give 8 % too little kinetic energy.
#[test]
fn collisions_of_rigid_molecules_are_refused() {
    let mut bath = Andersen::new(300.0, 0.02).expect("a bath");
    let error = bath.apply(&mut waters(300.0), 1.0, &Noise::new(1)).expect_err("a refusal");
    assert!(error.to_string().contains("rigid"), "{error}");
}

/// Two rigid waters and a free atom, in one well each.
fn waters(temperature: f64) -> System {
    let [o, h] = ["O", "H"].map(|symbol| Element::from_symbol(symbol).expect("an element"));
    let water = [[0.0, 0.0, 0.06], [0.76, 0.0, -0.5], [-0.76, 0.0, -0.5]];
    let mut positions = water.to_vec();
    positions.extend(water.map(|[x, y, z]| [z + 0.3, x, y - 0.2]));
    positions.push([0.1, 0.2, 0.3]);
    let mut system = System::new(vec![o, h, h, o, h, h, o], positions, None).expect("a system");
    for first in [0, 3] {
        for [i, j] in [[0, 1], [0, 2], [1, 2]] {
            system.fix_distance(first + i, first + j).expect("a distance");
        }
    }
    velocities::draw(&mut system, temperature, Removed::default(), &Noise::new(51)).expect("velocities");
    system
}

const WELL: Well = Well { stiffness: [0.4, 0.7, 1.1], quartic: 0.3, coupling: 0.5 };

fn largest_violation(system: &System) -> f64 {
    let bonds = system.constraints.bonds().iter();
    bonds.map(|bond| (norm(system.bond_vector(bond)) / bond.length - 1.0).abs()).fold(0.0, f64::max)
}

// Catches: distances that wander, momenta left along the bonds (first order), multipliers with the wrong mass.
#[test]
fn rigid_molecules_are_second_order() {
    let error = |step: f64, baoab: bool| {
        let mut integrator: Box<dyn Integrator> = if baoab {
            Box::new(Baoab::new(step).expect("a step"))
        } else {
            Box::new(VelocityVerlet::new(step).expect("a step"))
        };
        let mut system = waters(300.0);
        let mut field = ForceEvaluator::new(Box::new(WELL), &system).expect("a field");
        let first = kinetic_energy(&system) + field.last().energy;
        let mut worst: f64 = 0.0;
        for _ in 0..(400.0 * FEMTOSECOND / step).round() as u64 {
            integrator.step(&mut system, &mut field, &mut NoBath, &Noise::new(1)).expect("a step");
            worst = worst.max((kinetic_energy(&system) + field.last().energy - first).abs());
            assert!(largest_violation(&system) < 1e-12, "{}", largest_violation(&system));
        }
        worst
    };
    for baoab in [false, true] {
        let ratio = error(1.0 * FEMTOSECOND, baoab) / error(0.5 * FEMTOSECOND, baoab);
        assert!((ratio - 4.0).abs() < 0.3, "BAOAB {baoab}: error fell {ratio} times when the step was halved");
    }
}

// Catches: noise or collisions along the bonds, degrees of freedom that are counted too often or too rarely.
#[test]
fn rigid_molecules_have_the_right_temperature() {
    let freedom = degrees_of_freedom(&waters(0.0), Removed::default());
    assert_eq!(freedom, 21 - 6);
    let baths: [Box<dyn Thermostat>; 2] = [
        Box::new(Langevin::new(300.0, 0.02 / FEMTOSECOND).expect("a bath")),
        Box::new(Bussi::new(300.0, 40.0 * FEMTOSECOND).expect("a bath")),
    ];
    for mut bath in baths {
        let mut system = waters(300.0);
        let mut field = ForceEvaluator::new(Box::new(WELL), &system).expect("a field");
        let mut integrator = VelocityVerlet::new(0.5 * FEMTOSECOND).expect("a step");
        bath.prepare(freedom);
        let total = |system: &System, field: &ForceEvaluator, bath: &dyn Thermostat| {
            kinetic_energy(system) + field.last().energy + bath.bath_energy()
        };
        let first = total(&system, &field, bath.as_ref());
        let mut series = Vec::new();
        let noise = Noise::new(52);
        for _ in 0..100_000 {
            integrator.step(&mut system, &mut field, bath.as_mut(), &noise).expect("a step");
            series.push(kinetic_energy(&system));
        }
        let exact = 0.5 * freedom as f64 * BOLTZMANN * 300.0;
        assert_mean(&format!("{}: kinetic energy of rigid waters", bath.name()), &series, exact, 0.02);
        let drift = (total(&system, &field, bath.as_ref()) - first).abs();
        assert!(drift < 0.01 * exact, "{}: the books are {drift} eV off", bath.name());
    }
}

// Catches: fixed atoms that are kicked by a force, a bath or the first draw of velocities.
#[test]
fn fixed_atoms_stay() {
    let baths: [Box<dyn Thermostat>; 3] = [
        Box::new(NoBath),
        Box::new(Langevin::new(300.0, 0.02 / FEMTOSECOND).expect("a bath")),
        Box::new(Andersen::new(300.0, 0.02 / FEMTOSECOND).expect("a bath")),
    ];
    for mut bath in baths {
        let mut system = crowd(6, 300.0, 53);
        system.fix_atoms(&[4, 1, 4]).expect("fixed atoms");
        assert_eq!(degrees_of_freedom(&system, Removed { translation: true, rotation: true }), 12);
        velocities::draw(&mut system, 300.0, Removed::default(), &Noise::new(54)).expect("velocities");
        let first = system.clone();
        let mut field = ForceEvaluator::new(Box::new(Well::CHAOTIC), &system).expect("a field");
        let mut integrator = Baoab::new(0.5 * FEMTOSECOND).expect("a step");
        for _ in 0..100 {
            integrator.step(&mut system, &mut field, bath.as_mut(), &Noise::new(1)).expect("a step");
        }
        for atom in 0..6 {
            let moved = system.positions[atom] != first.positions[atom];
            assert_eq!(moved, atom != 1 && atom != 4, "{}: atom {atom}", bath.name());
        }
    }
}

// Catches: constraints that make no sense taken for good; a bond through the wall of a cell measured the long way.
#[test]
fn constraints_are_checked() {
    let mut system = crowd(3, 0.0, 55);
    assert!(system.fix_atoms(&[3]).is_err());
    assert!(system.fix_atoms(&[0, 1, 2]).is_err());
    assert!(system.fix_distance(0, 0).is_err() && system.fix_distance(0, 3).is_err());
    system.fix_distance(0, 1).expect("a distance");
    assert!(system.fix_distance(1, 0).is_err());
    system.fix_atoms(&[1, 2]).expect("fixed atoms");
    assert!(system.fix_distance(1, 2).is_err());
    assert!(
        velocities::draw(&mut system, 1.0, Removed { translation: true, rotation: false }, &Noise::new(1)).is_err()
    );

    let element = Element::from_symbol("O").expect("an element");
    let cell = Cell::cubic(10.0).expect("a cell");
    let positions = vec![[0.2, 5.0, 5.0], [9.0, 5.0, 5.0]];
    let mut system = System::new(vec![element; 2], positions, Some(cell)).expect("a system");
    system.fix_distance(0, 1).expect("a distance");
    assert!((system.constraints.bonds()[0].length - 1.2).abs() < 1e-12);
    velocities::draw(&mut system, 300.0, Removed::default(), &Noise::new(1)).expect("velocities");
    let mut field = ForceEvaluator::new(Box::new(Well::FLAT), &system).expect("a field");
    let mut integrator = VelocityVerlet::new(FEMTOSECOND).expect("a step");
    for _ in 0..1000 {
        integrator.step(&mut system, &mut field, &mut NoBath, &Noise::new(1)).expect("a step");
    }
    assert!(largest_violation(&system) < 1e-12);
}

// Catches: rigid molecules that cannot be kept far from the origin, where rounding alone moves a distance by more than 1e-13 of itself.
#[test]
fn rigid_molecules_far_from_the_origin_are_kept() {
    let mut system = waters(300.0);
    system.positions.iter_mut().flatten().for_each(|x| *x += 3000.0);
    let mut field = ForceEvaluator::new(Box::new(Well::harmonic(0.0)), &system).expect("a field");
    let mut integrator = VelocityVerlet::new(FEMTOSECOND).expect("a step");
    for _ in 0..200 {
        integrator.step(&mut system, &mut field, &mut NoBath, &Noise::new(1)).expect("distances that are kept");
    }
    assert!(largest_violation(&system) < 1e-11, "{}", largest_violation(&system));
}
