//! Constant pressure: exact volumes of an ideal gas, ratios at two pressures, conserved quantities.

use cormorant::dynamics::{
    Barostat, ForceEvaluator, Integrator, Langevin, MartynaTobiasKlein, NoBath, NoseHoover, Scaling,
    StochasticCellRescaling, Thermostat, VelocityVerlet,
};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{LennardJones, Potential};
use cormorant::simulation::{Schedule, Simulation, Stage};
use cormorant::system::observables::{Removed, center_of_mass, kinetic_energy, pressure_tensor};
use cormorant::system::vector::norm;
use cormorant::system::{Cell, Element, System, velocities};
use cormorant::units::{BOLTZMANN, FEMTOSECOND, GIGAPASCAL, PICOSECOND};

use crate::ensembles::{assert_mean, ratio_slope, show};
use crate::wells::IdealGas;

const TEMPERATURE: f64 = 300.0;
const THERMAL: f64 = BOLTZMANN * TEMPERATURE;
const SCALINGS: [Scaling; 2] = [Scaling::Isotropic, Scaling::Anisotropic];

/// 4·`cells`³ argon atoms on a slightly disturbed fcc lattice with this edge in Å.
fn argon(cells: usize, edge: f64) -> System {
    let mut stream = Noise::new(31).stream(Consumer::Test, 0, 0);
    let mut positions = Vec::new();
    for index in 0..cells * cells * cells {
        let corner = [index % cells, index / cells % cells, index / cells / cells];
        for site in [[0.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [0.0, 0.5, 0.5]] {
            let place = |axis: usize| edge * (corner[axis] as f64 + site[axis]);
            let shake = stream.normal_vector();
            positions.push([0, 1, 2].map(|axis| place(axis) + 0.05 * shake[axis]));
        }
    }
    let element = Element::from_symbol("Ar").expect("an element");
    let cell = Cell::cubic(edge * cells as f64).expect("a cell");
    let mut system = System::new(vec![element; positions.len()], positions, Some(cell)).expect("a system");
    velocities::draw(&mut system, TEMPERATURE, Removed::default(), &Noise::new(32)).expect("velocities");
    system
}

fn volume(system: &System) -> f64 {
    system.cell.as_ref().map_or(0.0, Cell::measure)
}

/// Volumes every `every` steps; the barostat is either the integrator or acts after every step.
fn volumes(
    mut system: System,
    potential: Box<dyn Potential>,
    integrator: &mut dyn Integrator,
    mut barostat: Option<&mut dyn Barostat>,
    [steps, every]: [usize; 2],
) -> Vec<f64> {
    let noise = Noise::new(33);
    let freedom = 3 * system.atom_count();
    let mut bath = Langevin::new(TEMPERATURE, 0.01 / FEMTOSECOND).expect("a bath");
    bath.prepare(freedom);
    integrator.prepare(&system, freedom).expect("a cell");
    let mut field = ForceEvaluator::new(potential, &system).expect("a field");
    field.set_want(cormorant::potential::RequestedProperties { virial: true, ..Default::default() });
    let mut volumes = Vec::new();
    for step in 0..steps {
        integrator.step(&mut system, &mut field, &mut bath, &noise).expect("a step");
        if let Some(barostat) = &mut barostat {
            let correction = integrator.kinetic_tensor_correction(&system, &field);
            barostat.apply(&mut system, &mut field, &correction, integrator.time_step(), &noise).expect("a new cell");
        }
        if step > steps / 20 && step % every == 0 {
            volumes.push(volume(&system));
        }
    }
    volumes
}

/// Assert that `volumes` are those of `particles` that do not feel each other: mean (N + 1)·kT/P, and its variance.
fn assert_ideal(what: &str, volumes: &[f64], particles: f64, pressure: f64, resolutions: [f64; 2]) {
    let exact = (particles + 1.0) * THERMAL / pressure;
    let squares: Vec<f64> = volumes.iter().map(|volume| (volume - exact).powi(2)).collect();
    assert_mean(&format!("{what}: volume"), volumes, exact, resolutions[0]);
    assert_mean(&format!("{what}: its variance"), &squares, exact * exact / (particles + 1.0), resolutions[1]);
}

// Catches: a lost kT in the force on the cell, noise of the wrong width, momenta that are not scaled, N for N + 1.
#[test]
fn ideal_gas_has_the_exact_volume() {
    let atoms = 32.0;
    let pressure = 0.02 * GIGAPASCAL;
    let step = 20.0 * FEMTOSECOND;
    for scaling in SCALINGS {
        let edge = (1.2 * (atoms + 1.0) * THERMAL / pressure).cbrt() / 2.0;
        let compressibility = 1.0 / pressure;
        let mut rescaling = StochasticCellRescaling::new(scaling, pressure, TEMPERATURE, compressibility, 500.0 * step)
            .expect("a barostat");
        let mut verlet = VelocityVerlet::new(step).expect("a step");
        let mut extended = MartynaTobiasKlein::new(step, scaling, pressure, TEMPERATURE, 40.0 * step).expect("a step");
        let gas = || (argon(2, edge), Box::new(IdealGas { shape: 30.0 * THERMAL }));
        let (system, potential) = gas();
        let runs = [
            volumes(system, potential, &mut verlet, Some(&mut rescaling), [600_000, 20]),
            volumes(gas().0, gas().1, &mut extended, None, [400_000, 20]),
        ];
        for (run, name) in runs.iter().zip(["rescaling", "extended system"]) {
            assert_ideal(&format!("{name}, {scaling:?}"), run, atoms, pressure, [0.015, 0.12]);
        }
    }
}

/// Argon in rigid pairs, some of them across the border of the cell.
fn dimers(edge: f64) -> System {
    let mut system = argon(2, edge);
    for first in 0..16 {
        system.fix_distance(first, first + 16).expect("a distance");
    }
    velocities::draw(&mut system, TEMPERATURE, Removed::default(), &Noise::new(35)).expect("velocities");
    system
}

// Catches: atoms of a rigid molecule that are pulled apart with the cell, a pressure of atoms where that of molecules is due
// (both give twice the volume), molecules across the border that are torn or left behind.
#[test]
fn a_gas_of_rigid_molecules_has_the_exact_volume() {
    let molecules = 16.0;
    let pressure = 0.02 * GIGAPASCAL;
    let step = 10.0 * FEMTOSECOND;
    for scaling in SCALINGS {
        let edge = (1.2 * (molecules + 1.0) * THERMAL / pressure).cbrt() / 2.0;
        let mut rescaling = StochasticCellRescaling::new(scaling, pressure, TEMPERATURE, 1.0 / pressure, 1500.0 * step)
            .expect("a barostat");
        let mut verlet = VelocityVerlet::new(step).expect("a step");
        let potential = Box::new(IdealGas { shape: 30.0 * THERMAL });
        let run = volumes(dimers(edge), potential, &mut verlet, Some(&mut rescaling), [600_000, 20]);
        assert_ideal(&format!("rigid molecules, {scaling:?}"), &run, molecules, pressure, [0.02, 0.2]);
    }
}

// Catches: arms from the wrong image or center, a sign, a scaling that changes distances or the energy of inner motion.
#[test]
fn pressure_of_groups_is_the_slope_of_the_energy() {
    let system = dimers(5.6);
    let potential = || Box::new(LennardJones::argon(5.0).expect("a potential"));
    let mut field = ForceEvaluator::new(potential(), &system).expect("a field");
    let groups = system.rigid_groups().expect("groups");
    let virial = field.virial(&system).expect("a virial");
    let found = pressure_tensor(&system, &field.last().forces, &virial).expect("a cell");
    let found = found.map(|row| row.map(|entry| entry * volume(&system)));
    let lengths = |system: &System| -> Vec<f64> {
        system.constraints.bonds().iter().map(|bond| norm(system.bond_vector(bond))).collect()
    };
    for axis in 0..3 {
        let total = |change: f64| {
            let mut scaled = system.clone();
            let mut factors = [1.0; 3];
            factors[axis] += change;
            let stretch = |system: &mut System| {
                let mut gradient = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
                gradient[axis][axis] = factors[axis];
                system.cell = Some(system.cell.as_ref().expect("a cell").deformed(&gradient)?);
                Ok(())
            };
            groups.scale(&mut scaled, [0.7, -0.3, 1.1], factors, stretch).expect("a new cell");
            for (length, before) in lengths(&scaled).iter().zip(lengths(&system)) {
                assert!((length - before).abs() < 1e-12, "{length} Å was {before} Å");
            }
            kinetic_energy(&scaled) + ForceEvaluator::new(potential(), &scaled).expect("a field").last().energy
        };
        let slope = (total(1e-5) - total(-1e-5)) / 2e-5;
        assert!((found[axis][axis] + slope).abs() < 1e-6 * slope.abs().max(1.0), "{} {slope}", found[axis][axis]);
    }
}

// Catches: a virial with the wrong sign or factor. The ratio of the distributions of V at two pressures is exponential
// with (P₂ − P₁)/kT, whatever the potential.
#[test]
fn two_pressures_have_the_right_ratio() {
    let step = 4.0 * FEMTOSECOND;
    let [low, high] = [0.28 * GIGAPASCAL, 0.36 * GIGAPASCAL];
    let potential = || Box::new(LennardJones::argon(6.0).expect("a potential"));
    let rescaled = |pressure: f64| {
        let mut barostat =
            StochasticCellRescaling::new(Scaling::Isotropic, pressure, TEMPERATURE, 0.5 / GIGAPASCAL, 300.0 * step)
                .expect("a barostat");
        let mut verlet = VelocityVerlet::new(step).expect("a step");
        volumes(argon(2, 5.9), potential(), &mut verlet, Some(&mut barostat), [40_000, 100])
    };
    let extended = |pressure: f64| {
        let mut extended =
            MartynaTobiasKlein::new(step, Scaling::Isotropic, pressure, TEMPERATURE, 100.0 * step).expect("a step");
        volumes(argon(2, 5.9), potential(), &mut extended, None, [40_000, 100])
    };
    let exact = (high - low) / THERMAL;
    for (name, [dense, thin]) in
        [("rescaling", [rescaled(high), rescaled(low)]), ("extended system", [extended(high), extended(low)])]
    {
        let (slope, error) = ratio_slope(&dense, &thin);
        show(&format!("{name}: slope {slope} ± {error}, exactly {exact}, in {} samples", dense.len()));
        assert!(error < 0.15 * exact, "{name}: an error of {error} on {exact} decides nothing");
        // Samples 400 fs apart are still a little correlated, so the error is somewhat too small.
        assert!((slope - exact).abs() < 6.0 * error, "{name}: slope {slope} ± {error}, exactly {exact}");
    }
}

/// Worst error of the conserved quantity over 2 ps, in eV.
fn worst_error(step: f64, scaling: Scaling, bath: &mut dyn Thermostat) -> f64 {
    let noise = Noise::new(34);
    let mut system = argon(2, 5.5);
    let freedom = 3 * system.atom_count();
    let mut field =
        ForceEvaluator::new(Box::new(LennardJones::argon(6.0).expect("a potential")), &system).expect("a field");
    let mut integrator =
        MartynaTobiasKlein::new(step, scaling, 0.2 * GIGAPASCAL, TEMPERATURE, 400.0 * FEMTOSECOND).expect("a step");
    field.set_want(integrator.want());
    bath.prepare(freedom);
    integrator.prepare(&system, freedom).expect("a cell");
    let mut first = None;
    let mut worst: f64 = 0.0;
    for _ in 0..(2.0 * PICOSECOND / step).round() as u64 {
        let total = kinetic_energy(&system) + field.last().energy + bath.bath_energy() + integrator.reservoir_energy();
        worst = worst.max((total - *first.get_or_insert(total)).abs());
        integrator.step(&mut system, &mut field, bath, &noise).expect("a step");
    }
    worst
}

// Catches: equations of motion that do not belong to the conserved quantity; a virial of the wrong sign or factor.
#[test]
fn constant_pressure_is_second_order() {
    for scaling in SCALINGS {
        let error = |step: f64| worst_error(step, scaling, &mut NoBath);
        let ratio = error(4.0 * FEMTOSECOND) / error(2.0 * FEMTOSECOND);
        assert!((ratio - 4.0).abs() < 0.6, "{scaling:?} without a bath: {ratio}");
        let with_chain = |step: f64| {
            let mut bath = NoseHoover::new(TEMPERATURE, 100.0 * FEMTOSECOND, 3).expect("a bath");
            worst_error(step, scaling, &mut bath)
        };
        let ratio = with_chain(4.0 * FEMTOSECOND) / with_chain(2.0 * FEMTOSECOND);
        assert!((ratio - 4.0).abs() < 0.6, "{scaling:?} with a chain: {ratio}");
    }
}

/// A run under pressure in two stages, saved in `folder`.
fn simulation(folder: &std::path::Path) -> Simulation {
    let potential = Box::new(LennardJones::argon(6.0).expect("a potential"));
    let mut simulation = Simulation::new(argon(2, 5.6), potential, 3).expect("a simulation");
    let path = folder.join("restart.safetensors");
    simulation.restart = Some(path.clone());
    let step = 2.0 * FEMTOSECOND;
    let bath = || Langevin::new(TEMPERATURE, 0.001 / FEMTOSECOND).expect("a bath");
    let barostat =
        StochasticCellRescaling::new(Scaling::Anisotropic, 0.1 * GIGAPASCAL, TEMPERATURE, 0.5 / GIGAPASCAL, PICOSECOND);
    simulation.stages.push(
        Stage::new("rescaled", 100, VelocityVerlet::new(step).expect("a step"))
            .with_thermostat(bath())
            .with_barostat(barostat.expect("a barostat"), 5)
            .expect("a barostat")
            .with_final_pressure(0.3 * GIGAPASCAL)
            .expect("a ramp")
            .with_restart(path.clone(), Schedule::every(30).expect("a schedule")),
    );
    let extended = MartynaTobiasKlein::new(step, Scaling::Isotropic, 0.3 * GIGAPASCAL, TEMPERATURE, PICOSECOND);
    simulation.stages.push(
        Stage::new("extended", 100, extended.expect("a step"))
            .with_thermostat(bath())
            .with_final_pressure(0.2 * GIGAPASCAL)
            .expect("a ramp")
            .with_restart(path, Schedule::every(30).expect("a schedule")),
    );
    simulation
}

// Catches: barostats whose state is not saved, books that break at a ramp or between stages.
#[test]
fn runs_under_pressure_resume_and_conserve() {
    let whole = tempfile::tempdir().expect("a folder");
    let outcome = simulation(whole.path()).run().expect("a run");
    for stage in &outcome.stages {
        assert!(stage.largest_deviation < 0.05, "{}: {} meV/atom", stage.name, stage.largest_deviation);
    }
    let bytes = |folder: &std::path::Path| std::fs::read(folder.join("restart.safetensors")).expect("the file");
    for part in [37, 100, 155] {
        let parted = tempfile::tempdir().expect("a folder");
        let mut first = simulation(parted.path());
        first.observers.push(Box::new(crate::restart::StopAt(part, first.stop.clone())));
        assert!(first.run().is_err());
        let mut second = simulation(parted.path());
        second.resume(&parted.path().join("restart.safetensors")).expect("to go on");
        second.run().expect("the rest");
        assert!(bytes(whole.path()) == bytes(parted.path()), "stopped at {part}");
    }
}

// Catches: pressure asked of a molecule without a cell, which has none.
#[test]
fn pressure_needs_a_cell() {
    let mut system = argon(1, 5.6);
    system.cell = None;
    let mut simulation = Simulation::new(system, Box::new(IdealGas { shape: 0.0 }), 3).expect("a simulation");
    let extended = MartynaTobiasKlein::new(1.0, Scaling::Isotropic, 0.0, TEMPERATURE, 100.0).expect("a step");
    simulation.stages.push(Stage::new("extended", 10, extended));
    assert!(simulation.run().expect_err("no cell").to_string().contains("without a cell"));
}

// Catches: work of the barostat that is booked at the wrong moment: the conserved quantity would be of first order. The mean
// square over many runs tells, since each step sees other random numbers.
#[test]
fn the_books_of_rescaling_are_second_order() {
    let root_mean_square = |step: f64| {
        let squares = (0..60).map(|seed| {
            let noise = Noise::new(100 + seed);
            let mut system = argon(2, 5.5);
            let mut field = ForceEvaluator::new(Box::new(LennardJones::argon(6.0).expect("a potential")), &system)
                .expect("a field");
            let mut barostat = StochasticCellRescaling::new(
                Scaling::Isotropic,
                0.2 * GIGAPASCAL,
                TEMPERATURE,
                0.5 / GIGAPASCAL,
                PICOSECOND,
            )
            .expect("a barostat");
            let mut verlet = VelocityVerlet::new(step).expect("a step");
            let total = |system: &System, field: &ForceEvaluator, barostat: &StochasticCellRescaling| {
                kinetic_energy(system) + field.last().energy + barostat.given_away()
            };
            let first = total(&system, &field, &barostat);
            let mut worst: f64 = 0.0;
            for _ in 0..(0.5 * PICOSECOND / step).round() as u64 {
                verlet.step(&mut system, &mut field, &mut NoBath, &noise).expect("a step");
                let correction = verlet.kinetic_tensor_correction(&system, &field);
                barostat.apply(&mut system, &mut field, &correction, step, &noise).expect("a new cell");
                worst = worst.max((total(&system, &field, &barostat) - first).abs());
            }
            worst * worst
        });
        (squares.sum::<f64>() / 60.0).sqrt()
    };
    let ratio = root_mean_square(4.0 * FEMTOSECOND) / root_mean_square(2.0 * FEMTOSECOND);
    assert!((ratio - 4.0).abs() < 0.8, "error fell {ratio} times when the step was halved");
}

// Catches: positions that are scaled about the origin, so that all atoms wander with the cell, the more the farther away they are, and the
// displacement of a crystal depends on where its coordinates begin.
#[test]
fn the_origin_does_not_matter() {
    let wandered = |shift: f64| {
        let mut system = argon(2, 5.5);
        velocities::remove(&mut system, Removed { translation: true, rotation: false }).expect("momenta");
        system.positions.iter_mut().flatten().for_each(|x| *x += shift);
        let before = center_of_mass(&system);
        let freedom = 3 * system.atom_count() - 3;
        let potential = Box::new(LennardJones::argon(6.0).expect("a potential"));
        let mut field = ForceEvaluator::new(potential, &system).expect("a field");
        let mut integrator = MartynaTobiasKlein::new(
            4.0 * FEMTOSECOND,
            Scaling::Isotropic,
            0.5 * GIGAPASCAL,
            TEMPERATURE,
            100.0 * FEMTOSECOND,
        )
        .expect("a step");
        field.set_want(integrator.want());
        integrator.prepare(&system, freedom).expect("a cell");
        for _ in 0..200 {
            integrator.step(&mut system, &mut field, &mut NoBath, &Noise::new(3)).expect("a step");
        }
        let after = center_of_mass(&system);
        (0..3).map(|axis| (after[axis] - before[axis]).abs()).fold(0.0, f64::max)
    };
    for shift in [0.0, 500.0] {
        let distance = wandered(shift);
        assert!(distance < 1e-6, "moved by {shift} Å at the start, the center of mass wanders {distance} Å");
    }
}
