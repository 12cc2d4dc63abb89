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

/// Catches: fits of values of atoms and of dipole moments that read bohr as Å, or fit ions as if they were neutral.
#[test]
fn fits_of_properties_convert_lengths_and_refuse_ions() {
    use cormorant::fit::regression::{AtomColumns, TensorProperty};
    use cormorant::fit::{labeled_atoms, labeled_moments};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.xyz");
    let frame = |keys: &str, unit: f64| {
        let place = 1.2 / unit;
        format!("2\nProperties=species:S:1:pos:R:3:q:R:1 dipole=\"1 0 0\" {keys}\nH 0 0 0 0.1\nF 0 0 {place} -0.1\n")
    };
    let columns = AtomColumns { names: vec!["q".into()], ..AtomColumns::default() };
    let moment = TensorProperty::Dipole;
    for (keys, unit) in [("length_unit=bohr", BOHR), ("", 1.0)] {
        fs::write(&file, frame(keys, unit)).unwrap();
        let atoms = labeled_atoms(&file, &columns, &[]).unwrap().samples[0].configuration.positions[1][2];
        let (_, molecules) = labeled_moments(&file, moment, moment.units()[0].1, &[]).unwrap();
        let molecule = molecules[0].configuration.positions[1][2];
        assert!((atoms - 1.2).abs() < 1e-12 && (molecule - 1.2).abs() < 1e-12, "{keys}: {atoms} {molecule}");
    }
    fs::write(&file, frame("charge=1", 1.0)).unwrap();
    let refused = labeled_atoms(&file, &columns, &[]).unwrap_err().to_string();
    assert!(refused.contains("its total charge is 1"), "{refused}");
    let refused = labeled_moments(&file, moment, moment.units()[0].1, &[]).unwrap_err().to_string();
    assert!(refused.contains("its total charge is 1"), "{refused}");
}

/// Catches: atomic units that are read as eV and Å because they leave the unit of length open; a charge that is no number and counts as zero.
#[test]
fn vague_units_and_charges_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.xyz");
    let frame = |keys: &str| format!("2\nProperties=species:S:1:pos:R:3 energy=-1.1 {keys}\nH 0 0 0\nH 0 0 0.74\n");
    for (keys, expected) in [("units=au", "atomic units"), ("charge=one", "`charge` is \"one\"")] {
        fs::write(&file, frame(keys)).unwrap();
        let refused = cormorant::fit::DataSet::read(&file, None).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
    fs::write(&file, frame("units=au energy_unit=Hartree length_unit=Angstrom")).unwrap();
    let read = cormorant::fit::DataSet::read(&file, None).unwrap();
    assert!((read.configurations[0].energy.unwrap() + 1.1 * 27.211_386).abs() < 1e-4);
}
