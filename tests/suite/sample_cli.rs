//! `cormorant sample` from outside, and its frames judged by a model.

use std::fs;
use std::path::Path;

use cormorant::dynamics::ForceEvaluator;
use cormorant::io::{TrajectoryReader, read_structure};
use cormorant::learn::sample::{ThermalSettings, modes, thermal};
use cormorant::minimize::{Goal, LimitedMemory, Minimizer};
use cormorant::model::load;
use cormorant::noise::Noise;
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};
use cormorant::system::System;
use cormorant::system::vector::{difference, norm};
use cormorant::units::BOLTZMANN;
use cormorant::vibrations::{Hessian, NormalModes};

use crate::cli::{cormorant, text};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn potential(name: &str) -> LearnedPotential {
    LearnedPotential::new(load(&root().join("models").join(name)).unwrap().as_ref(), Precision::F64, 1).unwrap()
}

/// A molecule at the minimum of its model, with the energy there in eV.
fn minimum(name: &str) -> (System, f64) {
    let mut system = read_structure(&root().join("inputs/structures").join(format!("{name}.xyz")), None).unwrap();
    let mut field = ForceEvaluator::new(Box::new(potential(name)), &system).unwrap();
    let goal = Goal { force_tolerance: 1e-4, ..Goal::default() };
    let found = LimitedMemory::default().minimize(&mut system, &mut field, &goal, &mut |_, _, _| Ok(())).unwrap();
    assert!(found.converged);
    (system, found.energy)
}

/// Mean energy in the model `name` of `frames` above `lowest` (eV) over kT/2 for each mode, and its standard error.
fn share(name: &str, frames: &[System], lowest: f64, temperature: f64) -> (f64, f64) {
    let (mut potential, mut into) = (potential(name), Evaluation::default());
    let modes = 3.0 * frames[0].atom_count() as f64 - 6.0;
    let mut energy = |frame: &System| {
        potential.evaluate(frame, RequestedProperties::default(), &mut into).unwrap();
        (into.energy - lowest) / (modes * 0.5 * BOLTZMANN * temperature)
    };
    let all: Vec<f64> = frames.iter().map(&mut energy).collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let squares: f64 = all.iter().map(|one| (one - mean).powi(2)).sum();
    (mean, squares.sqrt() / all.len() as f64)
}

/// Catches: a model Hessian in wrong units, displacements along Cartesian lines, and the constants of the paper (0.74 for ethanol, 0.95 for toluene,
/// 0.77 for uracil), planes of aldehydes that nothing holds (1.40 for malonaldehyde): frames that are too hot or too cold.
#[test]
fn thermal_frames_have_about_the_energy_of_their_temperature() {
    for name in ["ethanol", "benzene", "toluene", "uracil", "malonaldehyde"] {
        let (system, lowest) = minimum(name);
        let frames = thermal(&system, &ThermalSettings::at(300.0), 200, &Noise::new(1)).unwrap().systems;
        let (ratio, error) = share(name, &frames, lowest, 300.0);
        println!("{name} at 300 K: {ratio:.3} ± {error:.3} of (3N − 6) kT/2");
        assert!((0.85..1.2).contains(&ratio), "{name}: {ratio} ± {error}");
    }
}

/// Catches: the constants of the paper, by which bonds have half to three quarters of the variance that they have in reality.
#[test]
fn bonds_are_as_wide_as_those_of_a_potential() {
    let (system, _) = minimum("ethanol");
    let settings = ThermalSettings::at(300.0);
    let from_model = thermal(&system, &settings, 300, &Noise::new(1)).unwrap().systems;
    let mut potentials: Vec<Box<dyn Potential>> = vec![Box::new(potential("ethanol"))];
    let hessian = Hessian::by_differences(&mut potentials, &system, 0.005).unwrap();
    let found = NormalModes::new(&system, &hessian).unwrap();
    let from_modes = modes(&system, found, &settings, 300, &Noise::new(2)).unwrap().systems;
    for pair in [[0, 1], [1, 2], [2, 3], [0, 4], [1, 7]] {
        let [one, other] = [&from_model, &from_modes].map(|frames| {
            let length = |frame: &System| norm(difference(frame.positions[pair[0]], frame.positions[pair[1]]));
            let mean = frames.iter().map(length).sum::<f64>() / frames.len() as f64;
            frames.iter().map(|frame| (length(frame) - mean).powi(2)).sum::<f64>() / frames.len() as f64
        });
        println!("{pair:?}: variance {:.2} of that of the potential", one / other);
        // Each variance is known to 8 %.
        assert!((0.7..1.35).contains(&(one / other)), "{pair:?}: {}", one / other);
    }
}

/// Catches: modes of a potential whose amplitudes are not thermal.
#[test]
fn frames_along_modes_have_the_energy_of_their_temperature() {
    let (system, lowest) = minimum("ethanol");
    let mut potentials: Vec<Box<dyn Potential>> = vec![Box::new(potential("ethanol"))];
    let hessian = Hessian::by_differences(&mut potentials, &system, 0.005).unwrap();
    let found = NormalModes::new(&system, &hessian).unwrap();
    let frames = modes(&system, found, &ThermalSettings::at(50.0), 300, &Noise::new(1)).unwrap().systems;
    let (ratio, error) = share("ethanol", &frames, lowest, 50.0);
    assert!((ratio - 1.0).abs() < 4.0 * error + 0.03, "{ratio} ± {error}");
}

/// Catches: a file that is not the same twice, a first frame that is not the structure, frames without their origin, a file that is
/// overwritten, flags that are passed over.
#[test]
fn frames_are_written_with_their_origin() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let ethanol = fs::read_to_string(root().join("inputs/structures/ethanol.xyz")).unwrap();
    fs::write(here.join("two.xyz"), ethanol.clone() + &ethanol).unwrap();
    let sample = |more: &[&str]| cormorant(here, &[&["sample", "two.xyz", "--out", "frames.xyz"], more].concat());
    let output = sample(&["--number", "4", "--temperature", "300 K"]);
    let out = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(out.contains("8 frames: 2 structures, 6 thermal") && out.contains("bonds C-H: spread"), "{out}");
    assert!(out.contains("kT/2 for each") && out.contains("closest contact"), "{out}");
    let written = fs::read_to_string(here.join("frames.xyz")).unwrap();
    assert_eq!(written.matches("config_type=\"thermal\"").count(), 6);
    assert_eq!(written.matches("config_type=\"structure\"").count(), 2);
    assert_eq!(written.matches("source_frame=\"1\"").count(), 4);
    let frames: Vec<System> = TrajectoryReader::open(&here.join("frames.xyz"))
        .unwrap()
        .map(|frame| frame.unwrap().into_system().unwrap())
        .collect();
    let source = read_structure(&root().join("inputs/structures/ethanol.xyz"), None).unwrap();
    assert!(frames[0].positions == source.positions && frames[4].positions == source.positions);
    assert!(frames[1].positions != frames[5].positions, "both structures got the same displacements");
    let again = sample(&["--number", "4"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("--force replaces it"), "{}", text(&again.stderr));
    assert!(sample(&["--number", "4", "--temperature", "300 K", "--force"]).status.success());
    assert_eq!(fs::read_to_string(here.join("frames.xyz")).unwrap(), written);
    let refusals: [(&[&str], &str); 7] = [
        (&["--step", "30 deg"], "--step has no meaning for --method thermal"),
        (&["--method", "modes"], "add --model FOLDER"),
        (&["--method", "strain"], "has no cell"),
        (&["--method", "torsions", "--bond", "1,4"], "name two bonded atoms"),
        (&["--method", "torsions", "--number", "5"], "--number has no meaning"),
        (&["--number", "0"], "number of frames is 0"),
        (&["--shortest", "1.2"], "must be between 0 and 1"),
    ];
    for (more, expected) in refusals {
        let output = sample(&[more, &["--force"]].concat());
        assert_eq!(output.status.code(), Some(1), "{more:?}");
        assert!(text(&output.stderr).contains(expected), "{more:?}: {}", text(&output.stderr));
    }
    assert_eq!(fs::read_to_string(here.join("frames.xyz")).unwrap(), written, "a refusal changed the file");
}

/// Catches: a method that the command line does not reach, a default that is not for cells, frames that are not evenly in time.
#[test]
fn every_method_writes_frames() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let input = |name: &str| root().join("inputs/structures").join(name).display().to_string();
    let (ethanol, silicon) = (input("ethanol.xyz"), input("silicon.xyz"));
    let model = root().join("models/ethanol").display().to_string();
    let cases: [(&str, &[&str], &str, usize); 5] = [
        (&ethanol, &["--method", "rattle", "--amplitude", "0.03 Å", "--number", "5"], "rattle", 4),
        (&ethanol, &["--method", "torsions", "--bond", "1,2", "--step", "60 deg"], "torsions", 5),
        (&silicon, &["--volumes", "0.9..1.1", "--number", "5"], "strain", 4),
        (&ethanol, &["--method", "modes", "--model", &model, "--number", "5"], "modes", 4),
        (
            &ethanol,
            &["--method", "trajectory", "--model", &model, "--duration", "40 fs", "--number", "5"],
            "trajectory",
            4,
        ),
    ];
    for (structure, more, word, count) in cases {
        let output = cormorant(here, &[&["sample", structure, "--out", "frames.xyz", "--force"], more].concat());
        assert!(output.status.success(), "{word}: {}", text(&output.stderr));
        let written = fs::read_to_string(here.join("frames.xyz")).unwrap();
        assert_eq!(written.matches(&format!("config_type=\"{word}\"")).count(), count, "{word}");
        if word == "trajectory" {
            let frames: Vec<_> =
                TrajectoryReader::open(&here.join("frames.xyz")).unwrap().map(Result::unwrap).collect();
            let times: Vec<f64> = frames.iter().map(|frame| frame.time.unwrap()).collect();
            for (place, time) in times.iter().enumerate() {
                assert!((time - 0.01 * place as f64).abs() < 1e-6, "{times:?}");
            }
        }
    }
}

/// Catches: an error of a mean that was taken from a handful of frames.
#[test]
fn a_handful_of_frames_has_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let ethanol = root().join("inputs/structures/ethanol.xyz").display().to_string();
    for (number, error) in [("5", false), ("12", true)] {
        let arguments = ["sample", &ethanol, "--out", "frames.xyz", "--force", "--number", number];
        let output = cormorant(folder.path(), &arguments);
        let said = text(&output.stdout);
        let line = said.lines().find(|line| line.starts_with("energy above")).unwrap_or_else(|| panic!("{said}"));
        assert_eq!((line.contains(" ± "), line.contains("too few frames")), (error, !error), "{line}");
    }
}
