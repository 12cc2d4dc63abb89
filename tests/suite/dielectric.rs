//! The dielectric constant of a bulk, against dipoles of a known spread.

use std::fmt::Write;
use std::fs;

use cormorant::analysis::{Analysis, DielectricConstant, Sample};
use cormorant::noise::{Consumer, Noise};
use cormorant::system::{Cell, ElectronicState, Element, System};

use crate::cli::{cormorant, text};

/// SI 2019 and CODATA 2022.
const E: f64 = 1.602176634e-19;
const VACUUM: f64 = 8.8541878188e-12;
const KELVIN: f64 = 1.380649e-23;

const EDGE: f64 = 15.0;

fn system(cell: Option<Cell>) -> System {
    System::new(vec![Element::from_symbol("O").unwrap()], vec![[0.0; 3]], cell).unwrap()
}

/// Dipoles about a mean, each component with this deviation in e·Å.
fn dipoles(count: usize, deviation: f64) -> Vec<[f64; 3]> {
    let mut random = Noise::new(2).stream(Consumer::Test, 0, 0);
    (0..count).map(|_| [1.5, -0.5, 0.0].map(|mean| mean + deviation * random.normal())).collect()
}

fn analyzed(list: &[[f64; 3]], system: &System) -> DielectricConstant {
    let mut found = DielectricConstant::new(300.0).unwrap();
    for (frame, dipole) in list.iter().enumerate() {
        let dipole = Some(*dipole);
        found
            .add(&Sample { system, timed: false, unitless: false, moving: false, dipole, frame: frame as u64 })
            .unwrap();
    }
    found
}

/// Catches: a wrong factor (4π, 3, volume, units), a mean dipole that is not taken off, an error that is not that of independent frames.
#[test]
fn independent_dipoles_give_their_variance() {
    let system = system(Some(Cell::cubic(EDGE).unwrap()));
    let (count, deviation) = (20_000, 2.0);
    let found = analyzed(&dipoles(count, deviation), &system).findings().unwrap();
    let (meter, volume) = (1e-10, (EDGE * 1e-10_f64).powi(3));
    let variance = 3.0 * (deviation * E * meter).powi(2);
    let expected = 1.0 + variance / (3.0 * VACUUM * volume * KELVIN * 300.0);
    let number = &found.numbers[0];
    let error = number.error.unwrap();
    // The variance of 3N independent numbers is known to √(2/3N).
    let known = (expected - 1.0) * (2.0 / (3.0 * count as f64)).sqrt();
    assert!((error / known - 1.0).abs() < 0.35, "{error} is not {known}");
    assert!((number.value - expected).abs() < 4.0 * known, "{} is not {expected}", number.value);
    let last = found.curves[0].curves[0].values.last().unwrap();
    assert!((last - number.value).abs() < 0.02 * expected, "{last} {}", number.value);
}

/// Catches: a state that loses sums, blocks or times.
#[test]
fn it_resumes() {
    let system = system(Some(Cell::cubic(EDGE).unwrap()));
    let list = dipoles(300, 1.0);
    let whole = analyzed(&list, &system);
    let mut resumed = DielectricConstant::new(300.0).unwrap();
    resumed.restore(&analyzed(&list[..170], &system).state()).unwrap();
    for (frame, dipole) in list.iter().enumerate().skip(170) {
        let dipole = Some(*dipole);
        resumed
            .add(&Sample { system: &system, timed: false, unitless: false, moving: false, dipole, frame: frame as u64 })
            .unwrap();
    }
    assert_eq!(resumed.state(), whole.state());
    assert_eq!(resumed.findings().unwrap(), whole.findings().unwrap());
}

/// Catches: a constant of a molecule, of a charged cell, or of frames without dipoles.
#[test]
fn what_has_none_is_refused() {
    let refused = |system: &System, dipole: Option<[f64; 3]>| {
        let sample = Sample { system, timed: false, unitless: false, moving: false, dipole, frame: 0 };
        DielectricConstant::new(300.0).unwrap().add(&sample).unwrap_err().to_string()
    };
    let mut bulk = system(Some(Cell::cubic(EDGE).unwrap()));
    assert!(refused(&bulk, None).contains("there is no dipole"));
    assert!(refused(&system(None), Some([0.0; 3])).contains("needs a cell"));
    bulk.state = ElectronicState::stated(1, 1);
    assert!(refused(&bulk, Some([0.0; 3])).contains("total charge"));
}

/// Catches: a command that is not there, or writes another number than it prints.
#[test]
fn the_command_writes_what_it_prints() {
    let folder = tempfile::tempdir().unwrap();
    let mut frames = String::new();
    for [x, y, z] in dipoles(40, 2.0) {
        let lattice = format!("{EDGE} 0 0 0 {EDGE} 0 0 0 {EDGE}");
        // Writing to a text cannot fail.
        let _ =
            writeln!(frames, "1\nLattice=\"{lattice}\" Properties=species:S:1:pos:R:3 dipole=\"{x} {y} {z}\"\nO 0 0 0");
    }
    fs::write(folder.path().join("water.xyz"), frames).unwrap();
    let output = cormorant(folder.path(), &["analyze", "water.xyz", "dielectric", "--temperature", "300 K"]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let line = said.lines().find(|line| line.contains("dielectric constant: ")).expect(&said);
    let numbers = fs::read_to_string(folder.path().join("analysis/dielectric-numbers.csv")).unwrap();
    let row: Vec<&str> = numbers.lines().nth(1).unwrap().split(',').collect();
    let printed: f64 =
        line.split("dielectric constant: ").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    let written: f64 = row[1].parse().unwrap();
    assert!((printed - written).abs() < 0.01 * written, "{line}\n{numbers}");
}
