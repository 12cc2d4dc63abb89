//! What is counted as degrees of freedom when a stage begins, and what is taken out of the motion.

use cormorant::dynamics::{Bussi, Langevin, NoseHoover, Respa, VelocityVerlet};
use cormorant::noise::Noise;
use cormorant::potential::{Anchor, Harmonic, Potential};
use cormorant::report::Summary;
use cormorant::simulation::{Restart, Simulation, Stage};
use cormorant::system::observables::{Removed, angular_momentum, degrees_of_freedom, momentum};
use cormorant::system::vector::norm;
use cormorant::system::{Cell, Element, System, velocities};
use cormorant::units::FEMTOSECOND;

use crate::temperature::{Case, cases};

const BOTH: Removed = Removed { translation: true, rotation: true };

fn of_kind(name: &str) -> Case {
    cases().into_iter().find(|case| case.name == name).unwrap()
}

fn verlet(name: &str, steps: u64) -> Stage {
    Stage::new(name, steps, VelocityVerlet::new(0.5 * FEMTOSECOND).unwrap())
}

fn langevin(steps: u64) -> Stage {
    verlet("warm-up", steps).with_thermostat(Langevin::new(300.0, 0.1).unwrap())
}

fn bussi(steps: u64) -> Stage {
    verlet("production", steps).with_thermostat(Bussi::new(300.0, 1.0).unwrap())
}

/// A molecule with all kinds of motion.
fn moving(seed: u64) -> System {
    let mut system = of_kind("molecule").system;
    velocities::draw(&mut system, 300.0, Removed::default(), &Noise::new(seed)).unwrap();
    system
}

fn simulation(system: System, stages: Vec<Stage>) -> Simulation {
    let potential = (of_kind("molecule").potential)(&system);
    let mut simulation = Simulation::new(system, potential, 7).unwrap();
    simulation.stages = stages;
    simulation
}

// Catches: a rotation about the line of a molecule that bends a little, none about that of one that is bent; rotations that fixed
// atoms do not allow, or allow and are forgotten.
#[test]
fn rotations_are_those_that_are_free() {
    let bent = |degrees: f64| {
        let (x, y) = (1.16 * (0.5 * degrees.to_radians()).cos(), 1.16 * (0.5 * degrees.to_radians()).sin());
        let elements = ["O", "C", "O"].map(|symbol| Element::from_symbol(symbol).unwrap()).to_vec();
        System::new(elements, vec![[x, y, 3.0], [0.0, 0.0, 3.0], [-x, y, 3.0]], None).unwrap()
    };
    for (degrees, freedom) in [(0.0, 4), (1e-3, 4), (6.0, 4), (20.0, 4), (75.0, 3), (100.0, 3)] {
        assert_eq!(degrees_of_freedom(&bent(degrees), BOTH), freedom, "bent by {degrees} degrees");
        let mut drawn = bent(degrees);
        velocities::draw(&mut drawn, 300.0, BOTH, &Noise::new(2)).unwrap();
        let (whole, [x, y, z]) = (norm(momentum(&drawn)), angular_momentum(&drawn));
        // The line lies along x; what turns about it there is a vibration.
        assert!(whole < 1e-12 && y.abs() < 1e-9 && z.abs() < 1e-9, "{whole} {y} {z}");
        assert!(freedom == 4 || x.abs() < 1e-9, "{x}");
    }
    for (name, freedom) in [("one fixed atom", 9), ("two fixed atoms", 8), ("three fixed atoms", 6)] {
        let rotation = Removed { translation: false, rotation: true };
        assert_eq!(degrees_of_freedom(&of_kind(name).system, rotation), freedom, "{name}");
    }
}

// Catches: drift and rotation that stay after a change of bath, are not counted again, make the conserved quantity jump, or go
// without a word.
#[test]
fn what_a_bath_left_is_removed_by_the_next_and_said() {
    let mut run = simulation(moving(3), vec![langevin(100), bussi(200), langevin(100), verlet("no bath", 100)]);
    run.run_to(250).unwrap();
    assert!(norm(momentum(&run.system)) < 1e-10 && norm(angular_momentum(&run.system)) < 1e-9);
    assert_eq!(run.removed, BOTH);
    let outcome = run.run().unwrap();
    let counts: Vec<usize> = outcome.stages.iter().map(|stage| stage.degrees_of_freedom).collect();
    assert_eq!(counts, [15, 9, 15, 15]);
    for stage in &outcome.stages {
        assert!(stage.largest_deviation < 1.0, "{}: {} meV/atom", stage.name, stage.largest_deviation);
    }
    let text = Summary(&outcome).to_string();
    for words in [
        "9 degrees of freedom (15 in the stage before); total momentum and angular momentum are zero and conserved",
        "removed at the start, because this bath would keep it: the drift of the center of mass (",
        " eV) and the rotation of the whole (",
        "15 degrees of freedom (9 in the stage before)\n",
    ] {
        assert!(text.contains(words), "{text}");
    }
    assert!(norm(momentum(&run.system)) > 1e-3, "without a bath, what Langevin left goes on");
}

// Catches: a drift that the user gave destroyed without a bath; a count from what was asked for and not from what there is; one
// state with two temperatures, at the end of a run and at the start of its continuation.
#[test]
fn a_state_has_one_temperature() {
    let still = {
        let mut system = of_kind("molecule").system;
        velocities::draw(&mut system, 300.0, BOTH, &Noise::new(4)).unwrap();
        system
    };
    let translation = Removed { translation: true, rotation: false };
    let mut turning = of_kind("molecule").system;
    velocities::draw(&mut turning, 300.0, translation, &Noise::new(4)).unwrap();
    for (system, freedom) in [(still, 9), (turning, 12), (moving(4), 15)] {
        let mut run = simulation(system.clone(), vec![verlet("first", 50)]);
        let first = run.run().unwrap();
        assert_eq!(first.stages[0].degrees_of_freedom, freedom);
        assert!(norm(momentum(&run.system).map(|p| p - 0.0)) < 1e-9 || freedom == 15);
        let (end, drift) = (run.system.clone(), momentum(&run.system));
        assert!((0..3).all(|axis| (drift[axis] - momentum(&system)[axis]).abs() < 1e-9), "momentum is kept");
        let mut on = simulation(end.clone(), vec![verlet("second", 0)]);
        assert_eq!(on.run().unwrap().stages[0].degrees_of_freedom, freedom);
        // Files round velocities off.
        let mut rounded = end;
        rounded.momenta.iter_mut().flatten().for_each(|p| *p = (*p * 1e4).round() / 1e4);
        let mut on = simulation(rounded, vec![verlet("third", 0)]);
        assert_eq!(on.run().unwrap().stages[0].degrees_of_freedom, freedom, "with four decimals");
    }
}

// Catches: degrees of freedom taken away where a field, an inner potential of RESPA or a fixed place breaks the conservation.
#[test]
fn forces_from_outside_leave_all_degrees_of_freedom() {
    let system = moving(5);
    let held = || Harmonic {
        anchors: vec![Anchor { atom: 0, force_constant: 1.0, position: [0.1, 0.0, 0.0] }],
        ..Harmonic::default()
    };
    let mut run = Simulation::new(system.clone(), Box::new(held()), 1).unwrap();
    run.stages = vec![bussi(5)];
    assert_eq!(run.run().unwrap().stages[0].degrees_of_freedom, 15);
    let inner: Box<dyn Potential> = Box::new(held());
    let respa = Stage::new("respa", 5, Respa::new(0.5 * FEMTOSECOND, inner, 2).unwrap());
    let mut run = simulation(system, vec![respa.with_thermostat(Bussi::new(300.0, 1.0).unwrap())]);
    assert_eq!(run.run().unwrap().stages[0].degrees_of_freedom, 15);
    // A potential that does not say that it acts from outside is found out by its forces.
    let crowd = crate::wells::crowd(5, 300.0, 9);
    let mut run = Simulation::new(crowd, Box::new(crate::wells::Well::CHAOTIC), 1).unwrap();
    run.stages = vec![bussi(5)];
    assert_eq!(run.run().unwrap().stages[0].degrees_of_freedom, 15);
}

// Catches: a wire that keeps turning about its axis under a bath, a slab that is taken for a molecule.
#[test]
fn wires_turn_about_their_axis_alone() {
    let edges = [[30.0, 0.0, 0.0], [0.0, 30.0, 0.0], [0.0, 0.0, 30.0]];
    for (periodic, freedom) in [([false, false, true], 11), ([true, false, true], 12), ([true; 3], 12)] {
        let mut system = moving(8);
        system.cell = Some(Cell::with_periodicity(edges, periodic).unwrap());
        let mut run = simulation(system, vec![bussi(50)]);
        assert_eq!(run.run().unwrap().stages[0].degrees_of_freedom, freedom, "{periodic:?}");
        let [x, _, z] = angular_momentum(&run.system);
        assert!((z.abs() < 1e-9) == (freedom == 11) && x.abs() > 1e-3, "{x} {z}");
    }
}

// Catches: a deterministic bath that stays at 0 K for ever and says nothing.
#[test]
fn a_bath_that_scales_needs_motion_or_a_force() {
    for name in ["one atom", "one rigid water"] {
        let case = of_kind(name);
        let mut run = Simulation::new(case.system.clone(), (case.potential)(&case.system), 1).unwrap();
        run.stages = vec![verlet("all", 5).with_thermostat(NoseHoover::new(300.0, 1.0, 3).unwrap())];
        let refused = run.run().unwrap_err().to_string();
        assert!(refused.contains("cannot start from rest") && refused.contains("[velocities]"), "{refused}");
    }
}

// Catches: a resumed run that forgets what was removed or counts anew; a restart file of an older version that is refused, counted
// otherwise in the middle of a stage, or wrong without a word.
#[test]
fn counts_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let stages = || vec![langevin(100), bussi(3000)];
    let mut whole = simulation(moving(6), stages());
    let expected = whole.run().unwrap();
    let path = folder.path().join("restart.safetensors");
    let mut first = simulation(moving(6), stages());
    first.run_to(1500).unwrap();
    first.save_in(&path).unwrap();
    let mut second = simulation(moving(6), stages());
    second.resume(&path).unwrap();
    let found = second.run().unwrap();
    assert_eq!(second.system, whole.system);
    assert_eq!(found.stages, expected.stages);
    assert!(found.stages[1].parts.iter().all(|part| part.error.is_some()), "{:?}", found.stages[1].parts);

    // As older versions wrote it, with 3N under a bath that keeps momentum.
    let mut restart = Restart::read(&path).unwrap();
    assert_eq!(restart.degrees_of_freedom, 9);
    restart.motion.clear();
    restart.write(&path).unwrap();
    let mut on = simulation(moving(6), stages());
    on.resume(&path).unwrap();
    assert_eq!((on.run().unwrap().warnings, &on.system), (Vec::new(), &whole.system));
    restart.degrees_of_freedom = 15;
    restart.write(&path).unwrap();
    let mut on = simulation(moving(6), stages());
    on.resume(&path).unwrap();
    let outcome = on.run().unwrap();
    assert_eq!(outcome.stages[1].degrees_of_freedom, 15);
    assert!(
        outcome.warnings.iter().any(|text| text.contains("15 degrees of freedom where 9 are right")),
        "{outcome:?}"
    );
}

// Catches: a molecule that starts on a line under a bath that scales, where bending in one plane alone takes the heat of two, without a
// word; a word where it bends, is made of two atoms or has another bath.
#[test]
fn an_exactly_linear_molecule_is_told_of() {
    let case = of_kind("linear molecule");
    let elements = ["O", "C", "O"].map(|symbol| Element::from_symbol(symbol).unwrap()).to_vec();
    let said = |off: f64, stage: Stage| {
        let positions = vec![[1.16, 0.0, 0.0], [0.0, off, 0.0], [-1.16, 0.0, 0.0]];
        let mut system = System::new(elements.clone(), positions, None).unwrap();
        velocities::draw(&mut system, 300.0, BOTH, &Noise::new(2)).unwrap();
        let mut run = Simulation::new(system, (case.potential)(&case.system), 1).unwrap();
        run.stages = vec![stage];
        run.run().unwrap().warnings.iter().any(|warning| warning.contains("exactly linear"))
    };
    assert!(said(0.0, bussi(1)));
    assert!(!said(0.01, bussi(1)) && !said(0.0, langevin(1)) && !said(0.0, verlet("no bath", 1)));
}
