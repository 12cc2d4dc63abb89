//! Extended XYZ and archives as other programs write them: the same frames in many dialects.

use std::path::{Path, PathBuf};

use cormorant::fit::{Configuration, DataSet, LabelUnits};
use cormorant::system::ElectronicState;

use crate::archive::{floats, npy, zip};

/// A file of the case folders.
pub fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

fn plain() -> String {
    std::fs::read_to_string(case("15-extxyz-dialects/plain.xyz")).unwrap()
}

fn read_bytes(name: &str, bytes: &[u8], units: Option<LabelUnits>) -> Result<DataSet, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    DataSet::read(&path, units).map_err(|error| error.to_string())
}

fn read(text: &str) -> Result<DataSet, String> {
    read_bytes("data.xyz", text.as_bytes(), None)
}

/// Whether both hold the same atoms and labels, numbers within 1e-6.
fn same(found: &[Configuration], right: &[Configuration]) -> bool {
    let close = |a: &[[f64; 3]], b: &[[f64; 3]]| {
        a.len() == b.len() && a.as_flattened().iter().zip(b.as_flattened()).all(|(a, b)| (a - b).abs() < 2.0e-5)
    };
    found.len() == right.len()
        && found.iter().zip(right).all(|(a, b)| {
            a.elements == b.elements
                && close(&a.positions, &b.positions)
                && close(&a.forces, &b.forces)
                && (a.energy.unwrap() - b.energy.unwrap()).abs() < 2.0e-6
        })
}

/// `text` with the comments changed.
fn comments(text: &str, change: impl Fn(&str) -> String) -> String {
    lines(text, |line| if line.contains("Properties=") { change(line) } else { line.to_string() })
}

/// `text` with the lines of atoms changed.
fn atoms(text: &str, change: impl Fn(&str) -> String) -> String {
    lines(text, |line| if line.split(' ').count() == 7 { change(line) } else { line.to_string() })
}

fn lines(text: &str, change: impl Fn(&str) -> String) -> String {
    text.lines().map(change).map(|line| line + "\n").collect()
}

#[test]
fn the_same_frames_in_every_dialect() {
    // Catches a dialect that is refused, or read to other numbers.
    let text = plain();
    let right = read(&text).unwrap().configurations;
    let replaced = |from: &str, to: &str| text.replace(from, to);
    let dialects: Vec<(&str, String)> = vec![
        ("carriage returns", replaced("\n", "\r\n")),
        ("byte order mark", format!("\u{feff}{text}")),
        ("tabs", replaced(" ", "\t")),
        ("mixed blanks", atoms(&text, |line| format!("  {}  ", line.replacen(' ', "\t  ", 3)))),
        ("no final newline", text.trim_end().to_string()),
        ("blank lines", format!("\n{text}\n\n")),
        ("quotes", replaced("\"", "'")),
        ("brackets", comments(&text, |line| line.replace("energy=", "energy=[").replace(" pbc", "] pbc"))),
        ("spaced keys", comments(&text, |line| line.replace('=', " = "))),
        ("blank behind =", comments(&text, |line| line.replace("energy=", "energy= "))),
        ("capital key", replaced("energy=", "Energy=")),
        ("small properties", replaced("Properties=", "properties=")),
        ("symbols", replaced("species:S:1", "symbols:S:1")),
        ("positions", replaced("pos:R:3", "positions:R:3")),
        ("force", replaced("forces:R:3", "force:R:3")),
        ("key twice", comments(&text, |line| line.replace("energy=", "energy=0.0 energy="))),
        ("None", comments(&text, |line| format!("{line} magmom=None stress=None"))),
        ("dictionary", comments(&text, |line| format!("{line} meta={{\"a\": {{\"b\": 1}}}} after=1"))),
        ("escaped quotes", comments(&text, |line| format!("{line} name=\"a \\\"b\\\" energy=7\""))),
        ("empty value", comments(&text, |line| line.replace("energy=", "name= energy="))),
        ("truth values as numbers", {
            let marked = atoms(&text, |line| format!("{line} 1"));
            comments(&marked, |line| line.replace("forces:R:3", "forces:R:3:move_mask:L:1"))
        }),
        ("flat cell that nobody uses", comments(&text, |line| format!("Lattice=\"10 0 0 0 10 0 0 0 0\" {line}"))),
        ("upright cell", comments(&text, |line| format!("LATTICE=\"9,0,0,0,9,0,0,0,9\" {line}"))),
        ("deuterium", atoms(&text, |line| line.replace("H ", "D "))),
        ("JSON", comments(&text, |line| format!("Lattice=\"_JSON [[9,0,0],[0,9,0],[0,0,9]]\" {line}"))),
        ("D exponents", atoms(&text, |line| line.replace(' ', "D+00 ").replacen("D+00", "", 1))),
        ("exponents without letter", atoms(&text, |line| line.replace(' ', "-000 ").replacen("-000", "", 1))),
        ("small symbols", atoms(&text, str::to_lowercase)),
        ("no charge", comments(&text, |line| format!("{line} charge=0 total_charge=0.0 spin=1"))),
        ("energy in Hartree", {
            comments(&text, |line| {
                let energy = line.split("energy=").nth(1).unwrap().split(' ').next().unwrap();
                let hartree = energy.parse::<f64>().unwrap() / 27.211_386_245_981;
                line.replace(energy, &format!("{hartree:.12} energy-unit=au force_unit=eV/A"))
            })
        }),
    ];
    for (name, dialect) in dialects {
        let found = read(&dialect).unwrap_or_else(|message| panic!("{name}: {message}"));
        assert!(same(&found.configurations, &right), "{name}");
    }
    // Windows-1252 and Latin-1 in a comment, which are not UTF-8.
    let latin: Vec<u8> = comments(&text, |line| format!("{line} unit=\u{1}"))
        .bytes()
        .map(|byte| if byte == 1 { 0xe9 } else { byte })
        .collect();
    assert!(same(&read_bytes("data.xyz", &latin, None).unwrap().configurations, &right));
}

#[test]
fn energy_as_comment_and_forces_behind_positions() {
    // Catches the dialect of sGDML refused, or read without a word on its units.
    let text = plain();
    let right = read(&text).unwrap().configurations;
    let bare = comments(&text, |line| line.split("energy=").nth(1).unwrap().split(' ').next().unwrap().to_string());
    let found = read(&bare).unwrap();
    assert!(same(&found.configurations, &right));
    assert!(found.units.contains("assumed: plain XYZ does not say"), "{}", found.units);
    let kcal = read_bytes("data.xyz", bare.as_bytes(), Some(LabelUnits::KCAL_ANGSTROM)).unwrap();
    let ratio = kcal.configurations[0].energy.unwrap() / right[0].energy.unwrap();
    assert!((ratio - 0.043_364_1).abs() < 1.0e-6, "{ratio}");
}

#[test]
fn units_in_comments_count() {
    // Catches units that are stated and not read: energies in Hartree as eV, forces in Hartree/bohr as Hartree/Å.
    let frame = |keys: &str| {
        format!("2\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-1 {keys}\nH 0 0 0 1 0 0\nH 0.8 0 0 -1 0 0\n")
    };
    let one = |keys: &str| {
        let set = read(&frame(keys)).unwrap_or_else(|message| panic!("{keys}: {message}"));
        let one = &set.configurations[0];
        [one.energy.unwrap(), one.forces[0][0], one.positions[1][0]]
    };
    let (hartree, bohr, kcal) = (27.211_386_245_981, 0.529_177_210_544, 4184.0 / 96_485.332_12);
    for (keys, right) in [
        ("energy_unit=Hartree", [-hartree, hartree, 0.8]),
        ("energy-unit=au force-unit=au", [-hartree, hartree / bohr, 0.8]),
        ("energy_unit=Ha length_unit=bohr", [-hartree, hartree / bohr, 0.8 * bohr]),
        ("units=\"kcal/mol, kcal/mol/A\"", [-kcal, kcal, 0.8]),
        ("units=metal", [-1.0, 1.0, 0.8]),
        ("force_unit=Hartree/Bohr", [-1.0, hartree / bohr, 0.8]),
    ] {
        let found = one(keys);
        assert!(found.iter().zip(right).all(|(a, b)| (a / b - 1.0).abs() < 1e-8), "{keys}: {found:?}, not {right:?}");
    }
    let message = read(&frame("energy_unit=furlong")).unwrap_err();
    assert!(message.contains("frame 0") && message.contains("furlong"), "{message}");
    let given = read_bytes("data.xyz", frame("energy_unit=eV").as_bytes(), Some(LabelUnits::KCAL_ANGSTROM));
    assert!(given.unwrap_err().contains("contradicts the units given"));
    // Pressures in GPa; 1 GPa is 0.00624151 eV/Å³.
    let cell = "Lattice=\"4 0 0 0 5 0 0 0 6\" stress=\"1 0 0 0 1 0 0 0 1\" stress_unit=GPa";
    let virial = read(&frame(cell)).unwrap().configurations[0].virial.unwrap();
    assert!((virial[0][0] / (-120.0 * 0.006_241_509_074) - 1.0).abs() < 1e-8, "{virial:?}");
}

#[test]
fn what_is_wrong_is_refused_where_it_is() {
    // Catches messages that name another line, and files that are guessed at.
    let text = plain();
    let refused = |text: &str, expected: &[&str]| {
        let message = read(text).expect_err(expected[0]);
        assert!(expected.iter().all(|part| message.contains(part)), "{message}\nlacks one of {expected:?}");
    };
    refused(&text.replace("species:S:1", "kind:S:1"), &["line 2", "kind", "add the elements"]);
    refused(&text.replace("forces:R:3", "gradient:R:3"), &["gradient", "sign is opposite", "multiply it by -1"]);
    refused(&text.replace("energy=", "E0="), &["only E0", "--energy-key E0"]);
    refused(&text.replace("energy=", "TotEnergy="), &["only TotEnergy", "--energy-key TotEnergy"]);
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let message = read_bytes("data.xyz", &utf16, None).unwrap_err();
    assert!(message.contains("UTF-16") && message.contains("iconv"), "{message}");
}

/// An archive of two frames of carbon monoxide with arrays replaced or added; z, R, E, F.
fn archive(change: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let numbers: Vec<f64> = (0..12).map(f64::from).collect();
    let text = |text: &str| npy("<U2", "()", &text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect::<Vec<_>>());
    let mut entries = vec![
        ("z.npy", npy("|u1", "(2,)", &[6, 8])),
        ("R.npy", floats("(2, 2, 3)", &numbers)),
        ("E.npy", floats("(2,)", &[-1.0, -2.0])),
        ("F.npy", floats("(2, 2, 3)", &numbers)),
        ("e_unit.npy", text("eV")),
        ("r_unit.npy", npy("<U3", "()", &"Ang".chars().flat_map(|c| (c as u32).to_le_bytes()).collect::<Vec<_>>())),
    ];
    for (name, bytes) in change {
        entries.retain(|(known, _)| known != name);
        if !bytes.is_empty() {
            entries.push((name, bytes.clone()));
        }
    }
    zip(&entries)
}

#[test]
fn archives_in_every_order_and_type() {
    // Catches Fortran order read as C order, bytes in the other order, and single precision read as double.
    let read = |change: &[(&str, Vec<u8>)]| read_bytes("data.npz", &archive(change), None).unwrap().configurations;
    let right = read(&[]);
    let numbers: Vec<f64> = (0..12).map(f64::from).collect();
    let big: Vec<u8> = numbers.iter().flat_map(|x| x.to_be_bytes()).collect();
    let single: Vec<u8> = numbers.iter().flat_map(|x| (*x as f32).to_le_bytes()).collect();
    // Element (i, j, k) of the right array is 6i + 3j + k; in Fortran order i runs fastest.
    let mut turned = Vec::new();
    for k in 0..3 {
        for j in 0..2 {
            turned.extend((0..2).map(|i| f64::from(6 * i + 3 * j + k)));
        }
    }
    let bytes = floats("(2, 2, 3)", &turned);
    let at = bytes.windows(5).position(|window| window == b"False").unwrap();
    let fortran = [&bytes[..at], b"True ", &bytes[at + 5..]].concat();
    for change in [
        ("R.npy", fortran),
        ("R.npy", npy(">f8", "(2, 2, 3)", &big)),
        ("F.npy", npy("<f4", "(2, 2, 3)", &single)),
        ("E.npy", floats("(2, 1)", &[-1.0, -2.0])),
        ("z.npy", npy(">i4", "(2, 2)", &[0, 0, 0, 6, 0, 0, 0, 8, 0, 0, 0, 6, 0, 0, 0, 8])),
    ] {
        assert_eq!(read(std::slice::from_ref(&change)), right, "{}", change.0);
    }
    let other_names = [
        ("z.npy", Vec::new()),
        ("R.npy", Vec::new()),
        ("atomic_numbers.npy", npy("|u1", "(2,)", &[6, 8])),
        ("positions.npy", floats("(2, 2, 3)", &numbers)),
    ];
    assert_eq!(read(&other_names), right);
    let energies_alone = read(&[("F.npy", Vec::new())]);
    assert!(energies_alone[1].energy == Some(-2.0) && !energies_alone[1].has_forces());
    let forces_alone = read(&[("E.npy", Vec::new())]);
    assert!(forces_alone[1].energy.is_none() && forces_alone[1].has_forces());
}

#[test]
fn arrays_that_are_not_used_are_named() {
    // Catches an archive whose cell, charge or stress is ignored without a word.
    let read = |change: &[(&str, Vec<u8>)]| read_bytes("data.npz", &archive(change), None);
    let hirshfeld = floats("(2, 2)", &[0.0; 4]);
    let named = read(&[("hirshfeld.npy", hirshfeld.clone()), ("dipole.npy", hirshfeld)]).unwrap();
    let note = named.notes.join("\n");
    assert!(note.contains("array `hirshfeld`") && note.contains("array `dipole` (a dipole moment"), "{note}");
    assert!(read(&[]).unwrap().notes.is_empty(), "nothing to say of what is used");
    // Columns of sGDML: a = (4, 1, 0).
    let lattice = [("lattice.npy", floats("(3, 3)", &[4.0, 0.0, 0.0, 1.0, 5.0, 0.0, 0.0, 0.0, 6.0]))];
    let cell = read(&lattice).unwrap().configurations[0].cell.unwrap();
    assert_eq!(cell.rows(), [[4.0, 1.0, 0.0], [0.0, 5.0, 0.0], [0.0, 0.0, 6.0]]);
    let rows = [("cell.npy", floats("(3, 3)", &[4.0, 0.0, 0.0, 1.0, 5.0, 0.0, 0.0, 0.0, 6.0]))];
    let cell = read(&rows).unwrap().configurations[1].cell.unwrap();
    assert_eq!(cell.rows()[1], [1.0, 5.0, 0.0]);
    let slab = [rows[0].clone(), ("pbc.npy", npy("|b1", "(3,)", &[1, 1, 0]))];
    assert_eq!(read(&slab).unwrap().configurations[0].cell.unwrap().periodic(), [true, true, false]);
    let charged = read(&[("charge.npy", npy("|i1", "(2,)", &[0, 255])), ("uhf.npy", npy("|i1", "()", &[1]))]).unwrap();
    let states: Vec<_> = charged.configurations.iter().map(|one| one.state).collect();
    assert_eq!(states, [ElectronicState::stated(0, 2), ElectronicState::stated(-1, 2)]);
    let broken = read(&[("charge.npy", floats("(2,)", &[0.0, 0.5]))]).unwrap_err();
    assert!(broken.contains("frame 1") && broken.contains("`charge` states a total charge of 0.5"), "{broken}");
    let stress = [rows[0].clone(), ("stress.npy", floats("(2, 6)", &[0.1; 12]))];
    let virial = read(&stress).unwrap().configurations[0].virial.unwrap();
    assert!((virial[0][0] / -12.0 - 1.0).abs() < 1e-12, "{virial:?}");
}

#[test]
fn the_lattice_of_an_archive_is_used() {
    // Catches a cell that is dropped: the model's own labels of silicon were off by 847 meV/Å.
    let set = DataSet::read(&case("13-npz-lattice/si.npz"), None).unwrap();
    assert!(set.configurations.iter().all(|one| one.cell.is_some_and(|cell| cell.dimensions() == 3)));
}
