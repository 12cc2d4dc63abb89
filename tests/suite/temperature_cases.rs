//! Warm-ups, continuations and starts from rest as users write them, with the shipped model of ethanol.

use std::fs;
use std::path::Path;

use cormorant::report::run::{Columns, RunRecord};
use cormorant::system::System;
use cormorant::system::observables::{Removed, angular_momentum, degrees_of_freedom, kinetic_energy, momentum};
use cormorant::system::vector::norm;
use cormorant::units::BOLTZMANN;

use crate::cli::{cormorant, text};
use crate::ensembles::{mean_and_error, show};

/// Runs an input of `case` in `folder`; what it printed, and the record of the run.
fn run(case: &str, input: &str, folder: &Path) -> (String, RunRecord) {
    let root = env!("CARGO_MANIFEST_DIR");
    let written = fs::read_to_string(format!("{root}/tests/cases/{case}/{input}.toml")).unwrap();
    let mut written = written.replace("../../../", &format!("{root}/"));
    if let Some(times) = std::env::var("CORMORANT_TEMPERATURE").ok().and_then(|times| times.parse::<f64>().ok()) {
        for duration in [0.2, 0.3, 1.0] {
            let old = format!("duration = \"{duration} ps\"");
            written = written.replace(&old, &format!("duration = \"{:.1} ps\" ", duration * times));
        }
    }
    fs::write(folder.join(format!("{input}.toml")), &written).unwrap();
    let output = cormorant(folder, &["run", &format!("{input}.toml")]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let name = written.lines().find_map(|line| line.strip_prefix("name = ")).unwrap().trim_matches('"').to_string();
    (text(&output.stdout), RunRecord::read(&folder.join("outputs").join(name)).unwrap().unwrap())
}

/// The eleventh frame of a trajectory with its velocities.
fn frame(path: &Path) -> System {
    cormorant::io::read_structure(path, Some(10)).unwrap()
}

// Catches: 27 degrees of freedom for ethanol under baths that keep its momentum, in whatever way it comes to them.
#[test]
fn ethanol_has_21_degrees_of_freedom_from_every_start() {
    let folder = tempfile::tempdir().unwrap();
    let case = "25-continued-temperature";
    let runs = [
        ("first", 21),
        ("second", 21),
        ("second-nose", 21),
        ("second-langevin", 27),
        ("from-rest", 21),
        ("two-stages", 21),
    ];
    for (input, freedom) in runs {
        let (said, record) = run(case, input, folder.path());
        let motion = record.motion.last().unwrap();
        assert_eq!(motion.degrees_of_freedom, freedom, "{input}: {said}");
        assert!(said.contains(&format!("{freedom} degrees of freedom")), "{input}: {said}");
        let name = fs::read_to_string(folder.path().join(format!("{input}.toml"))).unwrap();
        let name = name.lines().find_map(|line| line.strip_prefix("name = ")).unwrap().trim_matches('"').to_string();
        let table = Columns::read(&folder.path().join("outputs").join(name).join("energies.csv")).unwrap();
        let (kinetic, kelvin) = (table.get("kinetic/eV").unwrap(), table.get("temperature/K").unwrap());
        for (kinetic, kelvin) in kinetic.iter().zip(kelvin) {
            let energy = 0.5 * freedom as f64 * BOLTZMANN * kelvin;
            assert!((energy - kinetic).abs() < 1e-6, "{input}: {kinetic} eV at {kelvin} K");
        }
        if std::env::var_os("CORMORANT_TEMPERATURE").is_some() {
            let skipped = kinetic.len() / 10;
            let (mean, error) = mean_and_error(&kinetic[skipped..]);
            let exact = 0.5 * freedom as f64 * BOLTZMANN * 300.0;
            show(&format!("{input}: kinetic energy {mean} ± {error}, exactly {exact}"));
            assert!((mean - exact).abs() < 5.0 * error + 0.01 * exact, "{input}: {mean} ± {error}, exactly {exact}");
            let (mean, error) = mean_and_error(&table.get("potential/eV").unwrap()[skipped..]);
            show(&format!("{input}: potential energy {mean} ± {error}"));
        }
    }
}

// Catches: a molecule whose internal motion is cold or hot because a bath heats its drift and rotation too.
#[test]
fn nothing_is_left_of_langevin_but_internal_motion() {
    let folder = tempfile::tempdir().unwrap();
    for input in ["nh1", "bu1"] {
        let (said, record) = run("40-langevin-then-nose-hoover", input, folder.path());
        let counts: Vec<usize> = record.motion.iter().map(|motion| motion.degrees_of_freedom).collect();
        assert_eq!(counts, [27, 21], "{said}");
        assert!(said.contains("21 degrees of freedom (27 in the stage before)"), "{said}");
        assert!(said.contains("removed at the start, because this bath would keep it"), "{said}");
        assert!(said.contains("temperature of molecules: internal ") && !said.contains("equipartition"), "{said}");
        let end = frame(&folder.path().join("outputs").join(input).join("trajectory.xyz"));
        assert_eq!(degrees_of_freedom(&end, Removed { translation: true, rotation: true }), 21);
        assert!(kinetic_energy(&end) > 0.05, "frames have velocities");
        let (whole, turning) = (norm(momentum(&end)), norm(angular_momentum(&end)));
        assert!(whole < 1e-3 && turning < 1e-3, "momentum {whole}, angular momentum {turning}");
    }
}
