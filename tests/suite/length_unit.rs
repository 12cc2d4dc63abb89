//! The unit of coordinates that the comment of a structure states.

use std::fs;

use cormorant::io::{Frame, ReadOptions, read_frame};
use cormorant::units::BOHR;

use crate::cli::{cormorant, text};

fn read(content: &str) -> Result<Frame, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xyz");
    fs::write(&path, content).unwrap();
    read_frame(&path, None, &ReadOptions::default()).map_err(|error| error.to_string())
}

/// Water with positions in units of `unit` Å.
fn water(keys: &str, unit: f64) -> String {
    let row = |symbol: &str, [x, y, z]: [f64; 3]| format!("{symbol} {} {} {}\n", x / unit, y / unit, z / unit);
    let atoms = [("O", [0.0, 0.0, 0.119]), ("H", [0.0, 0.763, -0.477]), ("H", [0.0, -0.763, -0.477])];
    let lines: String = atoms.into_iter().map(|(symbol, position)| row(symbol, position)).collect();
    format!("3\nProperties=species:S:1:pos:R:3 {keys} pbc=\"F F F\"\n{lines}")
}

// Catches: coordinates in bohr taken for Å in any of the commands; a cell that stays behind; a unit that is not known and passed over.
#[test]
fn coordinates_are_converted() {
    for (keys, unit) in [
        ("length_unit=bohr", BOHR),
        ("Position-Units=nm", 10.0),
        ("units=\"Hartree, bohr\"", BOHR),
        ("units=\"eV, A\"", 1.0),
        ("units=au", 1.0),
        ("length_unit=Angstrom", 1.0),
    ] {
        let frame = read(&water(keys, unit)).unwrap();
        assert!((frame.positions[1][1] - 0.763).abs() < 1e-9, "{keys}: {:?}", frame.positions);
        assert_eq!(frame.notes.iter().any(|note| note.contains("are converted to Å")), unit != 1.0, "{keys}");
        assert!(frame.unused().is_empty(), "{keys}: {}", frame.unused());
    }
    let crystal = water("length_unit=bohr Lattice=\"10 0 0 0 10 0 0 0 10\"", BOHR).replace(" pbc=\"F F F\"", "");
    assert!((read(&crystal).unwrap().cell.unwrap().lengths()[0] - 10.0 * BOHR).abs() < 1e-9);
    let refused = read(&water("length_unit=furlong", 1.0)).unwrap_err();
    assert!(refused.contains("`length_unit`") && refused.contains("bohr"), "{refused}");
}

// Catches: one command that reads another geometry than the others.
#[test]
fn commands_agree() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("bohr.xyz"), water("length_unit=bohr", BOHR)).unwrap();
    fs::write(here.join("angstrom.xyz"), water("", 1.0)).unwrap();
    let energy = |name: &str| -> f64 {
        let output =
            cormorant(here, &["evaluate", "--model", "organic", "--data", name, "--out", "out.xyz", "--force"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        read(&fs::read_to_string(here.join("out.xyz")).unwrap()).unwrap().number("energy").unwrap()
    };
    assert!((energy("bohr.xyz") - energy("angstrom.xyz")).abs() < 1e-5);
}
