//! Structures on the command line: what is said of them, and the options that settle what a file does not say.

use std::fs;
use std::path::Path;

use crate::cli::{cormorant, text};

fn case(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).display().to_string()
}

/// Standard output and standard error of a command.
fn said(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = cormorant(folder, arguments);
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

// Catches: a description without formula, without the notes of reading, or without the options that settle a refusal.
#[test]
fn describe_says_what_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for (file, expected) in [
        ("08-alpha-carbon/gly.gro", vec!["C2NO (4 atoms)", "velocities: no"]),
        ("11-poscar/POSCAR", vec!["Si2 (2 atoms)"]),
        ("21-lammps-data/data.si", vec!["Si2 (2 atoms)", "note:", "unit style"]),
        ("27-momenta-of-ase/mom.xyz", vec!["C2H6O (9 atoms)", "velocities: yes"]),
        ("43-velocities-without-units/ar.xyz", vec!["velocities: not used", "velocity_unit = \"Å/ps\""]),
    ] {
        let (good, found) = said(here, &["describe", &case(file)]);
        assert!(good, "{file}: {found}");
        for part in expected {
            assert!(found.contains(part), "{file}: {part:?} is missing in\n{found}");
        }
    }
    fs::write(here.join("chain.xyz"), "4\n\nN 0 0 0\nCA 1.5 0 0\nC 2 1.4 0\nO 1.2 2.4 0\n").unwrap();
    let (good, found) = said(here, &["describe", "chain.xyz"]);
    assert!(!good && found.contains("--elements CA=C"), "{found}");
    let (good, found) = said(here, &["describe", "chain.xyz", "--elements", "CA=C"]);
    assert!(good && found.contains("C2NO"), "{found}");
    fs::copy(case("11-poscar/POSCAR"), here.join("si.in")).unwrap();
    let (good, found) = said(here, &["describe", "si.in", "--format", "vasp"]);
    assert!(good && found.contains("Si2"), "{found}");
}

fn run(here: &Path, name: &str, structure: &str, more: &str) -> String {
    let input = format!(
        "version = 1\nname = \"{name}\"\n[structure]\nfile = '{}'\n{structure}\n[potential]\nkind = \"lennard-jones\"\nepsilon = \"0.01 \
         eV\"\nsigma = \"3.4 Å\"\ncutoff = \"8.5 Å\"\n{more}\n[[stage]]\nduration = \"4 fs\"\ntime_step = \"4 fs\"\n[[stage.write]]\nkind = \
         \"energies\"\nevery = \"4 fs\"\n",
        case("43-velocities-without-units/ar.xyz")
    );
    fs::write(here.join("input.toml"), input).unwrap();
    let (good, found) = said(here, &["run", "input.toml"]);
    assert!(good, "{found}");
    found
}

// Catches: a run that starts at rest without a word although the file has velocities, or one that warns without need.
#[test]
fn unused_velocities_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let rest = run(here, "rest", "", "");
    assert!(rest.contains("column velo") && rest.contains("the run starts at rest"), "{rest}");
    let moving = run(here, "moving", "velocity_unit = \"Å/ps\"", "");
    assert!(!moving.contains("at rest"), "{moving}");
    let drawn = run(here, "drawn", "", "[velocities]\ntemperature = \"30 K\"");
    assert!(!drawn.contains("at rest"), "{drawn}");
    let temperature = |name: &str| -> f64 {
        let table = fs::read_to_string(here.join("outputs").join(name).join("energies.csv")).unwrap();
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
        let column = lines[0].iter().position(|head| head.starts_with("temperature")).unwrap();
        lines[1][column].parse().unwrap()
    };
    assert!(temperature("rest") < 1e-3, "{}", temperature("rest"));
    assert!(temperature("moving") > 50.0, "{}", temperature("moving"));
}

/// Catches: a minimization that reached nothing and ends as if it had; one that is stopped early and warns of nothing.
#[test]
fn minimizations_that_reach_nothing_fail() {
    let folder = tempfile::tempdir().unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let ethanol = std::fs::read_to_string(root.join("inputs/structures/ethanol.xyz")).unwrap();
    let bent = ethanol.replace("H   -1.9237   0.3850   0.0000", "H -2.1 0.7 0.1");
    assert_ne!(bent, ethanol);
    std::fs::write(folder.path().join("bent.xyz"), &bent).unwrap();
    let minimize = |out: &str, most: &str| {
        let arguments =
            ["minimize", "--model", "organic", "--structures", "bent.xyz", "--out", out, "--most-evaluations", most];
        said(folder.path(), &arguments)
    };
    let (good, text) = minimize("missed.xyz", "3");
    assert!(!good && text.contains("no structure") && text.contains("--most-evaluations"), "{text}");
    assert!(folder.path().join("missed.xyz").is_file(), "what was reached is not written");
    let (good, text) = minimize("reached.xyz", "2000");
    assert!(good && !text.contains("warning"), "{text}");
}

/// Catches: output that is asked for less often than a stage is long, without a word.
#[test]
fn what_is_written_too_seldom_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let input = format!(
        "version = 1\nname = \"a\"\n[structure]\nfile = {:?}\n[potential]\nmodel = {:?}\n[velocities]\ntemperature = \"300 K\"\n[[stage]]\n\
         name = \"b\"\nduration = \"5 fs\"\ntime_step = \"0.5 fs\"\n[[stage.write]]\nkind = \"trajectory\"\nfile = \"a.xyz\"\n\
         every = \"10 fs\"\n",
        root.join("inputs/structures/ethanol.xyz"),
        root.join("models/ethanol")
    );
    std::fs::write(folder.path().join("a.toml"), input).unwrap();
    let (good, text) = said(folder.path(), &["run", "a.toml"]);
    assert!(good && text.contains("a.xyz is written every 10 fs, but stage \"b\" lasts 5 fs"), "{text}");
}

/// Catches: a density in u/Å³, of the number instead of the mass, or in another column than its head.
#[test]
fn a_cell_has_a_density() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), "dense", "", "[velocities]\ntemperature = \"80 K\"");
    let table = std::fs::read_to_string(folder.path().join("outputs/dense/energies.csv")).unwrap();
    let mut lines = table.lines();
    let heads: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row: Vec<f64> = lines.next().unwrap().split(',').map(|word| word.parse().unwrap()).collect();
    let value = |head: &str| row[heads.iter().position(|one| *one == head).unwrap_or_else(|| panic!("{heads:?}"))];
    let xyz = std::fs::read_to_string(case("43-velocities-without-units/ar.xyz")).unwrap();
    let atoms: f64 = xyz.lines().next().unwrap().trim().parse().unwrap();
    // The mass of argon in g, and 1 Å³ in cm³.
    let expected = atoms * 39.948 / 6.022_140_76e23 / (value("volume/Å^3") * 1.0e-24);
    assert!((value("density/(g/cm^3)") / expected - 1.0).abs() < 1.0e-4, "{} {expected}", value("density/(g/cm^3)"));
}
