//! Reading of labeled data: keys, units, and refusal of what is damaged.

use std::path::PathBuf;

use cormorant::fit::{DataSet, LabelUnits};

use crate::archive::{floats, npy, zip};

const KCAL: f64 = 0.043_364_104_241_800_934;

/// Where the real data are: `CORMORANT_DATA`, or `../shared/data` beside the repository; `None` says so.
pub(crate) fn real_data(file: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CORMORANT_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = root.join(file);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {file} is not under ../shared/data nor under CORMORANT_DATA");
    None
}

/// Two frames of a hydrogen molecule under rMD17's keys; entries can be replaced.
fn hydrogen(replace: &[(&'static str, Vec<u8>)]) -> Vec<u8> {
    let forces = [1.0, 0.0, 0.0, -1.0, 0.0, 0.0, 2.0, 0.5, 0.0, -2.0, -0.5, 0.0];
    let coordinates = [0.0, 0.0, 0.0, 0.7, 0.0, 0.0, 0.0, 0.0, 0.0, 0.8, 0.1, 0.0];
    let mut entries = vec![
        ("nuclear_charges.npy", npy("|u1", "(2,)", &[1, 1])),
        ("coords.npy", floats("(2, 2, 3)", &coordinates)),
        ("energies.npy", floats("(2,)", &[-10.0, -9.0])),
        ("forces.npy", floats("(2, 2, 3)", &forces)),
        ("old_indices.npy", npy("<i8", "(2,)", &[0; 16])),
    ];
    for (name, content) in replace {
        match entries.iter_mut().find(|entry| entry.0 == *name) {
            Some(entry) if !content.is_empty() => entry.1.clone_from(content),
            Some(_) => entries.retain(|entry| entry.0 != *name),
            None => entries.push((*name, content.clone())),
        }
    }
    zip(&entries)
}

/// Reads `bytes` as a file; an error becomes its message without the path.
fn read(bytes: &[u8], units: Option<LabelUnits>) -> Result<DataSet, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.npz");
    std::fs::write(&path, bytes).unwrap();
    DataSet::read(&path, units).map_err(|error| {
        assert_eq!(error.exit_status(), 1);
        let message = error.to_string();
        assert!(message.contains("data.npz"), "the file is not named: {message}");
        message
    })
}

fn refused(bytes: &[u8], expected: &str) {
    let message = read(bytes, None).expect_err(expected);
    assert!(message.contains(expected), "expected {expected:?} in {message:?}");
}

#[test]
fn rmd17_units_are_those_of_its_documentation() {
    // Catches a program that reads kcal/mol as eV (a factor of 23.06).
    let data = read(&hydrogen(&[]), None).unwrap();
    assert_eq!(data.configurations.len(), 2);
    let second = &data.configurations[1];
    assert!((second.energy.unwrap() / (-9.0 * KCAL) - 1.0).abs() < 1e-12);
    assert!((second.forces[0][1] / (0.5 * KCAL) - 1.0).abs() < 1e-12);
    assert_eq!(second.positions[1], [0.8, 0.1, 0.0]);
    assert_eq!(second.elements[0].symbol(), "H");
    assert!(data.units.contains("kcal/mol") && data.units.contains("documented for rMD17"), "{}", data.units);
    assert_eq!(data.hash.len(), 64);
}

#[test]
fn units_are_demanded_where_nothing_states_them() {
    // Catches a program that guesses: the same keys without old_indices may be anything.
    let bytes = hydrogen(&[("old_indices.npy", vec![])]);
    refused(&bytes, "does not state its units");
    let data = read(&bytes, Some(LabelUnits::parse("Hartree", "bohr").unwrap())).unwrap();
    assert!((data.configurations[0].energy.unwrap() / -272.113_862_459_81 - 1.0).abs() < 1e-12);
    assert!((data.configurations[0].forces[0][0] / 51.422_067_5 - 1.0).abs() < 1e-8, "Hartree/bohr in eV/Å");
    assert!((data.configurations[0].positions[1][0] / (0.7 * 0.529_177_210_544) - 1.0).abs() < 1e-12);
    assert!(data.units.contains("as given"));
}

/// MD-17's own keys with units as unicode, bytes, or pickled strings, which is how numpy saves object scalars.
fn sgdml(e_unit: Vec<u8>, r_unit: Vec<u8>) -> Vec<u8> {
    zip(&[
        ("E.npy", floats("(1, 1)", &[-3.0])),
        ("F.npy", npy("<f4", "(1, 1, 3)", &[0, 0, 128, 63, 0, 0, 0, 0, 0, 0, 0, 64])),
        ("R.npy", floats("(1, 1, 3)", &[1.0, 2.0, 3.0])),
        ("z.npy", npy("<i8", "(1,)", &[8, 0, 0, 0, 0, 0, 0, 0])),
        ("name.npy", npy("|O", "()", b"\x80\x04\x8c\x07ethanol\x94.")),
        ("e_unit.npy", e_unit),
        ("r_unit.npy", r_unit),
    ])
}

#[test]
fn units_stated_in_the_file_are_read_without_executing_pickles() {
    // Catches a program that ignores e_unit, or needs Python for an object scalar.
    let unicode = |text: &str| {
        npy(&format!("<U{}", text.len()), "()", &text.bytes().flat_map(|b| [b, 0, 0, 0]).collect::<Vec<_>>())
    };
    let pickles: [&[u8]; 3] =
        [b"\x80\x04]\x94\x8c\x08kcal/mol\x94at\x94b.", b"\x80\x02X\x08\0\0\0kcal/molq\0.", b"U\x08kcal/molq\0."];
    for energy in pickles
        .map(|pickle| npy("|O", "()", pickle))
        .into_iter()
        .chain([unicode("kcal/mol"), npy("|S8", "()", b"kcal/mol")])
    {
        let data = read(&sgdml(energy, unicode("Ang")), None).unwrap();
        let only = &data.configurations[0];
        assert!((only.energy.unwrap() / (-3.0 * KCAL) - 1.0).abs() < 1e-12);
        assert_eq!(only.forces[0], [KCAL, 0.0, 2.0 * KCAL]);
        assert!(data.units.contains("stated in the file"), "{}", data.units);
    }
    let electronvolt = read(&sgdml(unicode("eV"), unicode("Ang")), None).unwrap();
    assert_eq!(electronvolt.configurations[0].energy, Some(-3.0));
    refused(&sgdml(unicode("furlong"), unicode("Ang")), "furlong");
    let contradiction = read(&sgdml(unicode("eV"), unicode("Ang")), Some(LabelUnits::KCAL_ANGSTROM)).unwrap_err();
    assert!(contradiction.contains("contradicts"), "{contradiction}");
}

#[test]
fn damaged_archives_are_refused_with_the_reason() {
    // Catches a program that crashes, hangs or reads on when a file is not what it says.
    let whole = hydrogen(&[]);
    refused(&[], "is empty");
    refused(&whole[..whole.len() / 2], "truncated");
    refused(&whole[..whole.len() - 5], "truncated");
    refused(&zip(&[]), "has no array `nuclear_charges`");
    refused(&zip(&[("a.npy", floats("(1,)", &[1.0]))]), "has no array `nuclear_charges`, only a");
    let mut flipped = whole.clone();
    let place = whole.windows(8).position(|window| window == (-9.0_f64).to_le_bytes()).unwrap();
    flipped[place + 3] ^= 1;
    refused(&flipped, "the file is damaged");
    refused(&npy("<f8", "(1,)", &[0; 8]), "single numpy array");
}

#[test]
fn headers_are_not_believed() {
    // Catches a program that allocates what a header asks for, or overflows on it.
    let with = |key, content| hydrogen(&[(key, content)]);
    refused(&with("coords.npy", npy("<f8", "(9000000000000, 2, 3)", &[0; 96])), "96 bytes follow");
    refused(&with("coords.npy", npy("<f8", "(18446744073709551615, 2, 3)", &[0; 96])), "96 bytes follow");
    refused(&with("coords.npy", npy("<f8", "(99999999999999999999,)", &[0; 96])), "has the axis");
    refused(&with("coords.npy", npy("<f8", &"(".repeat(20_000), &[0; 96])), "at most 16384");
    refused(&with("coords.npy", npy("<c16", "(2, 2, 3)", &[0; 192])), "type <c16");
    refused(&with("coords.npy", b"\x93NUMPY\x01".to_vec()), "not in numpy's format");
    refused(&with("coords.npy", b"\x93NUMPY\x01\x00\xff\xff{}".to_vec()), "at most 16384");
    refused(&with("coords.npy", b"\x93NUMPY\x01\x00\x20\x00{}".to_vec()), "ends inside its header");
    refused(&with("coords.npy", npy("|O", "(2, 2, 3)", b"\x80\x04.")), "type |O");
}

#[test]
fn arrays_must_agree_and_be_finite() {
    // Catches a program that pairs energies with the wrong forces, or trains on NaN.
    let with = |key, content| hydrogen(&[(key, content)]);
    refused(&with("energies.npy", floats("(3,)", &[0.0; 3])), "`energies` has shape [3]");
    refused(&with("forces.npy", floats("(2, 1, 3)", &[0.0; 6])), "`forces` has shape [2, 1, 3]");
    refused(&with("nuclear_charges.npy", npy("|u1", "(2,)", &[1, 119])), "atom 2 has atomic number 119");
    refused(&with("nuclear_charges.npy", npy("|u1", "(2,)", &[0, 1])), "atom 1 has atomic number 0");
    refused(
        &with("energies.npy", floats("(2,)", &[0.0, f64::NAN])),
        "frame 1 (counted from 0; arrays coords, energies, forces): the energy is NaN",
    );
    let mut forces = [0.0; 12];
    forces[10] = f64::INFINITY;
    refused(&with("forces.npy", floats("(2, 2, 3)", &forces)), "force on atom 2 (H)");
    refused(&with("energies.npy", floats("(0,)", &[])), "nothing to read");
}

#[test]
fn published_ethanol_is_read() {
    // Catches a wrong scale on real data: a PBE total energy of ethanol is -154.7 Hartree, its forces below 20 eV/Å.
    let Some(path) = real_data("rmd17/rmd17_ethanol_train_01.npz") else { return };
    let data = DataSet::read(&path, None).unwrap();
    assert_eq!(data.configurations.len(), 1000);
    let symbols: Vec<_> = data.configurations[0].elements.iter().map(|element| element.symbol()).collect();
    assert_eq!(symbols, ["C", "C", "O", "H", "H", "H", "H", "H", "H"]);
    for one in &data.configurations {
        assert!((one.energy.unwrap() / 27.211_386 + 154.7).abs() < 0.3, "{:?}", one.energy);
        assert!(one.forces.iter().flatten().all(|force| force.abs() < 20.0));
    }
}
