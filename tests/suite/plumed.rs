//! PLUMED, where its library is: set PLUMED_KERNEL to libplumedKernel.so.

use cormorant::dynamics::VelocityVerlet;
use cormorant::potential::{Evaluation, Plumed, PlumedOptions, Potential, RequestedProperties, Sum};
use cormorant::simulation::{Simulation, Stage};
use cormorant::system::{Cell, Element, System};
use cormorant::units::{FEMTOSECOND, KILOJOULE_PER_MOLE};

use crate::wells::Well;

fn options(folder: &std::path::Path, input: &str) -> PlumedOptions {
    let path = folder.join("plumed.dat");
    std::fs::write(&path, input).unwrap();
    PlumedOptions {
        input: path,
        kernel: None,
        log: folder.join("plumed.log"),
        time_step: 0.5 * FEMTOSECOND,
        temperature: Some(300.0),
        resumed: false,
    }
}

fn pair(cell: Option<Cell>) -> System {
    let carbon = Element::from_symbol("C").unwrap();
    System::new(vec![carbon; 2], vec![[0.1, 0.2, 0.3], [1.3, 1.1, 0.9]], cell).unwrap()
}

/// Whether the library is there; says so if not.
fn available() -> bool {
    let there = std::env::var_os("PLUMED_KERNEL").is_some();
    if !there {
        eprintln!("skipped: PLUMED_KERNEL does not name libplumedKernel.so");
    }
    there
}

const RESTRAINT: &str = "d: DISTANCE ATOMS=1,2\nRESTRAINT ARG=d AT=0.15 KAPPA=2000.0\n";

// Catches: a crash, or a message without a remedy, where PLUMED is not installed.
#[test]
fn a_missing_library_is_an_error_that_says_where_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let options =
        PlumedOptions { kernel: Some("/nowhere/libplumedKernel.so".into()), ..options(folder.path(), RESTRAINT) };
    let message = Plumed::new(&pair(None), &options).err().unwrap().to_string();
    assert!(message.contains("/nowhere/libplumedKernel.so") && message.contains("PLUMED_KERNEL"), "{message}");
}

// Catches: wrong units of length or energy, forces or virial with the wrong sign, a bias added twice.
#[test]
fn a_restraint_has_its_exact_energy_forces_and_virial() {
    if !available() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cell = Cell::new([[9.0, 0.0, 0.0], [1.0, 8.0, 0.0], [0.5, -0.5, 10.0]]).unwrap();
    let system = pair(Some(cell));
    let mut bias = Plumed::new(&system, &options(folder.path(), RESTRAINT)).unwrap();
    let mut found = Evaluation::default();
    let want = RequestedProperties { virial: true, atom_energies: false };
    for _ in 0..2 {
        bias.evaluate(&system, want, &mut found).unwrap();
    }
    // 2000 kJ/mol/nm² and 0.15 nm in eV and Å.
    let (stiffness, rest) = (2000.0 * KILOJOULE_PER_MOLE / 100.0, 1.5);
    let r = [0, 1, 2].map(|k| system.positions[1][k] - system.positions[0][k]);
    let length = r.iter().map(|x| x * x).sum::<f64>().sqrt();
    let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * (1.0 + b.abs());
    assert!(close(found.energy, 0.5 * stiffness * (length - rest).powi(2)), "{}", found.energy);
    for k in 0..3 {
        let force = -stiffness * (length - rest) * r[k] / length;
        assert!(close(found.forces[1][k], force) && close(found.forces[0][k], -force), "{:?}", found.forces);
        for l in 0..3 {
            // −∂E/∂strain of a pair: r ⊗ F.
            assert!(close(found.virial.unwrap()[k][l], r[k] * -stiffness * (length - rest) * r[l] / length));
        }
    }
}

// Catches: a bias that is left out of the conserved quantity, or computed at the positions of the step before.
#[test]
fn energy_is_conserved_with_a_bias() {
    if !available() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let input = format!("{RESTRAINT}PRINT ARG=d STRIDE=10 FILE={}\n", folder.path().join("COLVAR").display());
    let system = pair(None);
    let bias = Plumed::new(&system, &options(folder.path(), &input)).unwrap();
    let potential = Sum::new(vec![Box::new(Well::harmonic(1.0)), Box::new(bias)]);
    let mut simulation = Simulation::new(system, Box::new(potential), 1).unwrap();
    simulation.stages.push(Stage::new("all", 400, VelocityVerlet::new(0.5 * FEMTOSECOND).unwrap()));
    let outcome = simulation.run().unwrap();
    // The bias changes by more than 100 meV as the atoms pass each other; what is left is the error of the step.
    assert!(outcome.stages[0].largest_deviation < 10.0, "{:?}", outcome.stages[0]);
    drop(simulation);
    let table = std::fs::read_to_string(folder.path().join("COLVAR")).unwrap();
    let rows: Vec<&str> = table.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(rows.len(), 41, "{table}");
    for (number, row) in rows.iter().enumerate() {
        let time: f64 = row.split_whitespace().next().unwrap().parse().unwrap();
        assert!((time - 0.005 * number as f64).abs() < 1e-6, "{row}");
    }
    let bias = |row: &&str| {
        let distance = 10.0 * row.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap();
        0.5 * 2000.0 * KILOJOULE_PER_MOLE / 100.0 * (distance - 1.5).powi(2)
    };
    assert!(rows.iter().map(bias).fold(0.0, f64::max) > 0.1, "the bias hardly acts:\n{table}");
}

/// A run of `steps` steps with a bias that prints the x coordinate of an atom at every step to `COLVAR`.
fn printing(folder: &std::path::Path, steps: u64, resumed: bool) -> Simulation {
    let file = folder.join("COLVAR");
    let input = format!("p: POSITION ATOM=1\nPRINT ARG=p.x STRIDE=1 FILE={} FMT=%14.9f\n", file.display());
    let system = pair(None);
    let bias = Plumed::new(&system, &PlumedOptions { resumed, ..options(folder, &input) }).unwrap();
    let potential = Sum::new(vec![Box::new(Well::harmonic(1.0)), Box::new(bias)]);
    let mut simulation = Simulation::new(system, Box::new(potential), 1).unwrap();
    simulation.restart = Some(folder.join("restart.safetensors"));
    simulation.stages.push(Stage::new("all", steps, VelocityVerlet::new(0.5 * FEMTOSECOND).unwrap()));
    simulation
}

// Catches: a clock that is a step behind, the last step left out, a resumed run that prints the start again or a step twice.
#[test]
fn plumed_prints_each_step_once() {
    if !available() {
        return;
    }
    let rows = |folder: &std::path::Path| -> Vec<String> {
        let table = std::fs::read_to_string(folder.join("COLVAR")).unwrap();
        table.lines().filter(|line| !line.starts_with('#')).map(str::to_string).collect()
    };
    let whole = tempfile::tempdir().unwrap();
    let mut run = printing(whole.path(), 20, false);
    run.run().unwrap();
    let last = run.system.positions[0][0] / 10.0;
    drop(run);
    let all = rows(whole.path());
    assert_eq!(all.len(), 21, "{all:?}");
    let number = |row: &str, at: usize| row.split_whitespace().nth(at).unwrap().parse::<f64>().unwrap();
    assert!((number(&all[20], 0) - 0.01).abs() < 1e-6 && (number(&all[20], 1) - last).abs() < 1e-8, "{all:?} {last}");
    assert!((number(&all[0], 1) - 0.01).abs() < 1e-8, "step 0 is the start: {all:?}");
    let parted = tempfile::tempdir().unwrap();
    let mut first = printing(parted.path(), 20, false);
    first.observers.push(Box::new(crate::restart::StopAt(8, first.stop.clone())));
    assert!(first.run().is_err());
    drop(first);
    assert_eq!(rows(parted.path()).len(), 9);
    let mut second = printing(parted.path(), 20, true);
    second.resume(&parted.path().join("restart.safetensors")).unwrap();
    second.run().unwrap();
    drop(second);
    assert_eq!(rows(parted.path()), all);
}

// Catches: an exception of C++ that ends the program instead of becoming an error.
#[test]
fn a_mistake_in_the_input_of_plumed_is_passed_on() {
    if !available() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let message =
        Plumed::new(&pair(None), &options(folder.path(), "d: DISTANSE ATOMS=1,2\n")).err().unwrap().to_string();
    assert!(message.starts_with("PLUMED: "), "{message}");
}
