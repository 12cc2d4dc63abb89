//! Restraints and walls.

use cormorant::dynamics::{ForceEvaluator, Integrator, NoBath, VelocityVerlet};
use cormorant::noise::Noise;
use cormorant::potential::{
    Anchor, Dihedral, Evaluation, Harmonic, Potential, RequestedProperties, Sum, Wall, WallShape, Walls,
};
use cormorant::simulation::{Simulation, Stage};
use cormorant::system::observables::{Removed, kinetic_energy};
use cormorant::system::vector::times;
use cormorant::system::{Cell, Element, System, velocities};
use cormorant::units::{FEMTOSECOND, GIGAPASCAL};

use crate::wells::crowd;

const EVERYTHING: RequestedProperties = RequestedProperties { virial: true, atom_energies: true };

fn evaluate(potential: &mut dyn Potential, system: &System) -> Evaluation {
    let mut evaluation = Evaluation::default();
    potential.evaluate(system, EVERYTHING, &mut evaluation).unwrap();
    evaluation
}

/// Minus the slope of the energy, by four points.
fn slope(mut energy: impl FnMut(f64) -> f64) -> f64 {
    let h = 1.0e-4;
    -(8.0 * (energy(h) - energy(-h)) - (energy(2.0 * h) - energy(-2.0 * h))) / (12.0 * h)
}

fn hydrogen_peroxide(twist: f64) -> System {
    let elements = ["H", "O", "O", "H"].map(|symbol| Element::from_symbol(symbol).unwrap()).to_vec();
    let positions = vec![[1.0, 0.0, -0.2], [0.0; 3], [0.0, 0.0, 1.4], [twist.cos(), twist.sin(), 1.6]];
    System::new(elements, positions, None).unwrap()
}

fn twisted(rest: f64) -> Harmonic {
    let dihedrals = vec![Dihedral { atoms: [0, 1, 2, 3], force_constant: 3.0, angle: rest }];
    Harmonic { dihedrals, ..Harmonic::default() }
}

fn walls() -> Walls {
    let wall = |shape, atoms| Wall { shape, force_constant: 2.0, atoms };
    let center = [0.05, 0.0, 0.0];
    Walls::new(vec![
        wall(WallShape::Plane { point: [0.0, 0.0, 0.1], normal: [0.0, 2.0, 2.0] }, vec![]),
        wall(WallShape::Sphere { center, radius: 0.15, inside: true }, vec![0, 2, 3]),
        wall(WallShape::Sphere { center, radius: 0.1, inside: false }, vec![]),
    ])
    .unwrap()
}

// Catches: the opposite sign of the angle (counter-clockwise), radians for degrees, the long way round at ±180°.
#[test]
fn dihedrals_have_the_angle_of_the_convention() {
    // Looking from the second to the third atom (along z) the last is clockwise by `twist`, which IUPAC calls positive.
    for degrees in [-179.0_f64, -60.0, 0.0, 35.0, 120.0, 179.0] {
        let system = hydrogen_peroxide(degrees.to_radians());
        let energy = |rest: f64| evaluate(&mut twisted(rest.to_radians()), &system).energy;
        assert!(energy(degrees).abs() < 1e-20, "{degrees}: {}", energy(degrees));
        let two = 1.5 * 2.0_f64.to_radians().powi(2);
        for rest in [degrees + 2.0, degrees - 2.0, degrees + 362.0] {
            assert!((energy(rest) - two).abs() < 1e-12, "{degrees} against {rest}: {} for {two}", energy(rest));
        }
    }
}

// Catches: errors in the derivative of the dihedral angle, also through the wall of an oblique cell; walls that pull.
#[test]
fn forces_of_restraints_are_slopes() {
    let mut far = hydrogen_peroxide(1.1);
    far.cell = Some(Cell::new([[6.0, 0.0, 0.0], [1.0, 5.5, 0.0], [-0.7, 0.4, 5.0]]).unwrap());
    let rows = far.cell.unwrap().rows();
    far.positions[3] = [0, 1, 2].map(|axis| far.positions[3][axis] + rows[1][axis] - rows[2][axis]);
    let anchors = vec![Anchor { atom: 1, force_constant: 4.0, position: [0.1, -0.2, 0.3] }];
    let held = Harmonic { anchors, ..twisted(-0.4) };
    let cases: Vec<(Box<dyn Potential>, System)> = vec![
        (Box::new(twisted(2.9)), hydrogen_peroxide(-1.9)),
        (Box::new(twisted(0.3)), far),
        (Box::new(held), hydrogen_peroxide(0.7)),
        (Box::new(walls()), crowd(6, 0.0, 61)),
    ];
    for (mut potential, system) in cases {
        let name = potential.name();
        let found = evaluate(potential.as_mut(), &system);
        let sum: f64 = found.atom_energies.iter().sum();
        assert!(found.energy > 1e-3 && (sum - found.energy).abs() < 1e-12, "{name}: {sum} of {}", found.energy);
        let largest = found.forces.iter().flatten().fold(0.0_f64, |largest, force| largest.max(force.abs()));
        for atom in 0..system.atom_count() {
            for axis in 0..3 {
                let force = slope(|step| {
                    let mut moved = system.clone();
                    moved.positions[atom][axis] += step;
                    evaluate(potential.as_mut(), &moved).energy
                });
                let error = (found.forces[atom][axis] - force).abs() / largest;
                assert!(error < 1e-8, "{name}, atom {atom}, axis {axis}: {} for {force}", found.forces[atom][axis]);
            }
        }
        let virial = found.virial.unwrap();
        if potential.is_external() {
            continue;
        }
        for row in 0..3 {
            for column in 0..3 {
                let entry = slope(|strain| {
                    let mut gradient = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
                    gradient[row][column] += strain;
                    let mut strained = system.clone();
                    strained.cell = system.cell.map(|cell| cell.deformed(&gradient).unwrap());
                    strained.positions.iter_mut().for_each(|position| *position = times(*position, &gradient));
                    evaluate(potential.as_mut(), &strained).energy
                });
                assert!((virial[row][column] - entry).abs() < 1e-8 * largest, "{name} {row}{column}");
            }
        }
    }
}

// Catches: walls of the wrong side, walls that act where atoms are free, or on atoms that they are not for.
#[test]
fn walls_act_on_one_side_only() {
    let helium = Element::from_symbol("He").unwrap();
    let at = |x: f64| System::new(vec![helium; 2], vec![[x, 0.0, 0.0], [x, 0.0, 9.0]], None).unwrap();
    let energy = |shape, x: f64| {
        let mut walls = Walls::new(vec![Wall { shape, force_constant: 2.0, atoms: vec![0] }]).unwrap();
        evaluate(&mut walls, &at(x)).energy
    };
    let plane = WallShape::Plane { point: [1.0, 5.0, 5.0], normal: [3.0, 0.0, 0.0] };
    assert_eq!((energy(plane, 1.5), energy(plane, 0.5)), (0.0, 0.25));
    let sphere = |inside| WallShape::Sphere { center: [1.0, 0.0, 0.0], radius: 2.0, inside };
    assert_eq!((energy(sphere(true), 2.5), energy(sphere(true), 3.5)), (0.0, 0.25));
    assert_eq!((energy(sphere(false), 2.5), energy(sphere(false), 3.5)), (0.25, 0.0));
    for shape in [
        WallShape::Plane { point: [0.0; 3], normal: [0.0; 3] },
        WallShape::Sphere { center: [0.0; 3], radius: 0.0, inside: true },
    ] {
        assert!(Walls::new(vec![Wall { shape, force_constant: 1.0, atoms: vec![] }]).is_err());
    }
}

// Catches: energy of a restraint that is left out of the conserved quantity, which must be second order in the step.
#[test]
fn restraints_are_in_the_conserved_quantity() {
    let error = |step: f64| {
        let mut system = hydrogen_peroxide(1.0);
        velocities::draw(&mut system, 300.0, Removed::default(), &Noise::new(62)).unwrap();
        let anchor = |atom: usize| Anchor { atom, force_constant: 4.0, position: system.positions[atom] };
        let held = Harmonic { anchors: (0..4).map(anchor).collect(), ..Harmonic::default() };
        let mut field =
            ForceEvaluator::new(Box::new(Sum::new(vec![Box::new(held), Box::new(twisted(-0.5))])), &system).unwrap();
        let mut integrator = VelocityVerlet::new(step).unwrap();
        let total = |system: &System, field: &ForceEvaluator| kinetic_energy(system) + field.last().energy;
        let first = total(&system, &field);
        let mut worst = 0.0_f64;
        for _ in 0..(200.0 * FEMTOSECOND / step).round() as u64 {
            integrator.step(&mut system, &mut field, &mut NoBath, &Noise::new(1)).unwrap();
            worst = worst.max((total(&system, &field) - first).abs());
        }
        worst
    };
    let ratio = error(0.5 * FEMTOSECOND) / error(0.25 * FEMTOSECOND);
    assert!((ratio - 4.0).abs() < 0.3, "error fell {ratio} times when the step was halved");
}

// Catches: degrees of freedom taken away for a momentum that walls do not conserve; pressure of what has none.
#[test]
fn what_acts_from_outside_is_known_to_the_run() {
    let mut system = crowd(6, 0.0, 63);
    velocities::draw(&mut system, 300.0, Removed { translation: true, rotation: true }, &Noise::new(64)).unwrap();
    let step = || VelocityVerlet::new(FEMTOSECOND).unwrap();
    for (external, freedom) in [(true, 18.0), (false, 12.0)] {
        let potential: Box<dyn Potential> = if external { Box::new(walls()) } else { Box::new(Harmonic::default()) };
        let mut simulation = Simulation::new(system.clone(), potential, 1).unwrap();
        simulation.removed = Removed { translation: true, rotation: true };
        simulation.stages.push(Stage::new("all", 1, step()));
        let expected = 300.0 * 12.0 / freedom;
        let found = simulation.run().unwrap().stages[0].temperature;
        assert!((found / expected - 1.0).abs() < 0.2, "{found} K for {expected} K");
    }
    system.cell = Some(Cell::cubic(20.0).unwrap());
    let mut simulation = Simulation::new(system, Box::new(walls()), 1).unwrap();
    let bath = cormorant::dynamics::Bussi::new(300.0, 10.0).unwrap();
    let scaling = cormorant::dynamics::Scaling::Isotropic;
    let barostat = cormorant::dynamics::StochasticCellRescaling::new(scaling, 0.0, 300.0, 1.0 / GIGAPASCAL, 1e3);
    let stage = Stage::new("all", 1, step()).with_thermostat(bath).with_barostat(barostat.unwrap(), 1).unwrap();
    simulation.stages.push(stage);
    let refused = simulation.run().unwrap_err().to_string();
    assert!(refused.contains("cannot be combined with a barostat"), "{refused}");
}
