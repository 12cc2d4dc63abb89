//! Temperatures of the motions of molecules and of elements.

use cormorant::dynamics::{Bussi, Langevin, VelocityVerlet};
use cormorant::noise::Noise;
use cormorant::potential::Harmonic;
use cormorant::report::{Summary, Table};
use cormorant::simulation::{Schedule, Simulation, Stage};
use cormorant::system::observables::{Removed, degrees_of_freedom, kinetic_energy, temperature};
use cormorant::system::{Cell, Element, Parts, System, molecules, velocities};
use cormorant::units::{BOLTZMANN, FEMTOSECOND};

use crate::temperature::cases;

// Catches: parts whose degrees of freedom do not add up, an element that is given what a fixed distance or the removed motion of
// the whole takes from it: then drawn velocities have another temperature in that part.
#[test]
fn parts_of_drawn_velocities_have_the_temperature() {
    for case in cases() {
        let loose = case.system.constraints.fixed().is_empty();
        let cell = case.system.cell.is_some();
        let whole = Removed { translation: loose, rotation: loose && !cell };
        for removed in [Removed::default(), whole] {
            let count = degrees_of_freedom(&case.system, removed) as f64;
            if count == 0.0 {
                continue;
            }
            let parts = Parts::new(&case.system, molecules(&case.system), removed);
            let named = parts.named();
            let is_motion = |name: &str| name.starts_with(char::is_lowercase);
            for motions in [true, false] {
                let own = named.iter().filter(|(name, _)| is_motion(name) == motions);
                let (number, sum) = own.fold((0, 0.0), |(number, sum), (_, freedom)| (number + 1, sum + freedom));
                assert!(number == 0 || (sum - count).abs() < 0.5, "{}: {named:?} for {count}", case.name);
            }
            let mut sums = vec![0.0; named.len()];
            const DRAWS: u64 = 1000;
            for seed in 0..DRAWS {
                let mut system = case.system.clone();
                velocities::draw(&mut system, 300.0, removed, &Noise::new(seed)).unwrap();
                // All momenta were scaled to exactly 300 K.
                let found = parts.temperatures(&system, &system.momenta, kinetic_energy(&system));
                assert!((temperature(&system, count as usize) - 300.0).abs() < 1e-9);
                sums.iter_mut().zip(found).for_each(|(sum, found)| *sum += found / DRAWS as f64);
            }
            for ((name, freedom), mean) in named.iter().zip(sums) {
                let error = 300.0 * (2.0 / freedom / DRAWS as f64).sqrt();
                assert!((mean - 300.0).abs() < 5.0 * error, "{}, {name}: {mean} ± {error} of {freedom}", case.name);
            }
        }
    }
}

/// Atoms of two elements that do not interact, in a cell.
fn mixture() -> System {
    let elements = ["C", "Ar"].repeat(10).iter().map(|symbol| Element::from_symbol(symbol).unwrap()).collect();
    let positions = (0..20).map(|at| [f64::from(at) * 4.0, 0.0, 0.0]).collect();
    let mut system = System::new(elements, positions, Some(Cell::cubic(80.0).unwrap())).unwrap();
    let removed = Removed { translation: true, rotation: false };
    velocities::draw(&mut system, 300.0, removed, &Noise::new(8)).unwrap();
    for (momentum, element) in system.momenta.iter_mut().zip(&system.elements) {
        let factor = if element.symbol() == "C" { 1.5 } else { 0.5 };
        *momentum = momentum.map(|p| p * factor);
    }
    velocities::remove(&mut system, removed).unwrap();
    system
}

// Catches: a hot solute in a cold solvent that no one is told of; an alarm over the chance of a short run, or without a bath.
#[test]
fn uneven_temperatures_are_warned_of_and_chance_is_not() {
    let step = 10.0 * FEMTOSECOND;
    let run = |stage: Stage, system: System| {
        let mut simulation = Simulation::new(system, Box::new(Harmonic::default()), 9).unwrap();
        simulation.stages.push(stage);
        simulation.run().unwrap()
    };
    let stage = |steps: u64| Stage::new("all", steps, VelocityVerlet::new(step).unwrap());
    let frozen = run(stage(5000).with_thermostat(Bussi::new(300.0, 5.0).unwrap()), mixture());
    let alarm = |text: &&String| text.contains("equipartition fails") && text.contains("the atoms of C ");
    assert!(frozen.warnings.iter().any(|text| alarm(&text)), "{:?}", frozen.warnings);
    let text = Summary(&frozen).to_string();
    assert!(
        text.contains("temperature by element: C ") && text.contains("warning: stage \"all\": equipartition"),
        "{text}"
    );
    assert_eq!(run(stage(5000), mixture()).warnings, Vec::<String>::new(), "nothing brings them together");
    // Slow friction: the parts come together after the run, after some of it, long before its end.
    for (friction, steps) in [(1e-4, 200), (1e-4, 5000), (1e-2, 300), (1e-2, 5000), (0.3, 100), (0.3, 5000)] {
        for seed in 0..5 {
            let mut system = mixture();
            velocities::draw(&mut system, 300.0, Removed::default(), &Noise::new(seed)).unwrap();
            let outcome = run(stage(steps).with_thermostat(Langevin::new(300.0, friction).unwrap()), system);
            assert_eq!(outcome.warnings, Vec::<String>::new(), "friction {friction}, {steps} steps");
        }
    }
}

// Catches: columns of a table that are not the kinetic energy shared out, or stand under another head.
#[test]
fn columns_add_up_to_the_kinetic_energy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("energies.csv");
    let case = cases().into_iter().find(|case| case.name == "several molecules").unwrap();
    let mut system = case.system.clone();
    let removed = Removed { translation: true, rotation: false };
    velocities::draw(&mut system, 300.0, removed, &Noise::new(1)).unwrap();
    let mut simulation = Simulation::new(system, (case.potential)(&case.system), 1).unwrap();
    let table = Table::new(&path, Schedule::every(1).unwrap()).with_parts();
    simulation.stages.push(Stage::new("all", 3, VelocityVerlet::new(FEMTOSECOND).unwrap()).with_observer(table));
    simulation.run().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    let head = lines.next().unwrap();
    let own =
        ",temperature_internal/K,temperature_rotation/K,temperature_center_of_mass/K,temperature_C/K,temperature_Ar/K";
    assert!(head.ends_with(own), "{head}");
    for line in lines {
        let values: Vec<f64> = line.split(',').map(|value| value.parse().unwrap()).collect();
        // Eight bonds, sixteen rotations, eight centers of mass without their drift.
        let sum = [8.0, 16.0, 21.0].iter().zip(&values[7..10]).map(|(f, t)| 0.5 * f * BOLTZMANN * t).sum::<f64>();
        assert!((sum - values[3]).abs() < 1e-6, "{line}");
    }
}
