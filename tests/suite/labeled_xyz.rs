//! Labeled extended XYZ.

use cormorant::fit::{DataSet, ForceUnit, LabelKeys, LabelUnits};

use crate::dataset::real_data;

fn read(text: &str, units: Option<LabelUnits>) -> Result<DataSet, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.xyz");
    std::fs::write(&path, text).unwrap();
    DataSet::read(&path, units).map_err(|error| error.to_string())
}

/// The configurations of `text` with the labels under `keys`.
fn named(text: &str, keys: &LabelKeys) -> Result<DataSet, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.xyz");
    std::fs::write(&path, text).unwrap();
    DataSet::read_labels(&path, None, keys).map_err(|error| error.to_string())
}

fn refused(text: &str, expected: &str) {
    let message = read(text, None).expect_err(expected);
    assert!(message.contains(expected) && message.contains("data.xyz"), "expected {expected:?} in {message:?}");
}

/// Two atoms in a box of 4 x 5 x 6 Å with the given further keys.
fn periodic(keys: &str) -> String {
    format!(
        "2\nProperties=species:S:1:pos:R:3:forces:R:3 Lattice=\"4 0 0 0 5 0 0 0 6\" energy=-8.5 {keys}\n\
         Si 0 0 0 0.1 0.2 0.3\nSi 2 2 2 -0.1 -0.2 -0.3\n"
    )
}

const MOLECULE: &str = "2\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-31.5 pbc=\"F F F\"\n\
                        H 0 0 0 0.5 0 0\nH 0.8 0 0 -0.5 0 0\n";

#[test]
fn labels_come_in_electronvolt_and_angstrom() {
    // Catches a conversion where none is due, and one that forgets the forces.
    let data = read(MOLECULE, None).unwrap();
    let one = &data.configurations[0];
    assert_eq!((one.energy, one.forces[1], one.positions[1]), (Some(-31.5), [-0.5, 0.0, 0.0], [0.8, 0.0, 0.0]));
    assert!(one.cell.is_none() && one.virial.is_none());
    assert!(data.units.contains("documented for extended XYZ"), "{}", data.units);
    let hartree = read(MOLECULE, Some(LabelUnits::parse("Hartree", "Å").unwrap())).unwrap();
    assert!((hartree.configurations[0].forces[0][0] / (0.5 * 27.211_386_245_981) - 1.0).abs() < 1e-12);
}

#[test]
fn forces_have_a_unit_of_their_own_where_one_is_given() {
    // Catches: forces that stay in energy / length; a unit in the comments that is overruled without a word.
    let force = Some(ForceUnit::parse("Hartree/bohr").unwrap());
    let units = Some(LabelUnits { force, ..LabelUnits::EV_ANGSTROM });
    let data = read(MOLECULE, units).unwrap();
    let one = &data.configurations[0];
    assert_eq!((one.energy, one.positions[1]), (Some(-31.5), [0.8, 0.0, 0.0]));
    // 1 Hartree/bohr = 51.422 067 eV/Å (CODATA 2018).
    assert!((one.forces[0][0] / (0.5 * 51.422_067_476) - 1.0).abs() < 1e-9, "{:?}", one.forces);
    assert!(data.units.contains("forces in Hartree/bohr"), "{}", data.units);
    let stated = MOLECULE.replace("energy=", "force_unit=kcal/mol/Å energy=");
    let refusal = read(&stated, units).unwrap_err();
    assert!(refusal.contains("contradicts"), "{refusal}");
    assert!(ForceUnit::parse("Hartree").is_err() && ForceUnit::parse("eV/s").is_err());
}

#[test]
fn stress_becomes_virial_with_the_sign_of_tension() {
    // Catches the wrong sign of the virial: a stretched crystal has positive stress and negative virial.
    let stress = "stress=\"0.01 0.001 0 0.001 0.02 0 0 0 0.03\"";
    let one = read(&periodic(stress), None).unwrap().configurations.remove(0);
    let virial = one.virial.unwrap();
    assert!((virial[0][0] / -1.2 - 1.0).abs() < 1e-12 && (virial[0][1] / -0.12 - 1.0).abs() < 1e-12, "{virial:?}");
    let both = format!("{stress} virial=\"-1.2 -0.12 0 -0.12 -2.4 0 0 0 -3.6\"");
    assert!(read(&periodic(&both), None).is_ok());
    let opposite = format!("{stress} virial=\"1.2 0.12 0 0.12 2.4 0 0 0 3.6\"");
    refused(&periodic(&opposite), "virial = -stress");
    refused(&periodic("stress=\"0.01 0.5 0 0.001 0.02 0 0 0 0.03\""), "not symmetric");
    refused(&periodic("stress=0.1"), "not nine numbers");
    // Lengths in bohr stretch the cell too; a virial is an energy and does not change.
    let bohr = read(&periodic(stress), Some(LabelUnits::parse("eV", "bohr").unwrap())).unwrap();
    assert!(
        (bohr.configurations[0].cell.unwrap().measure() / (120.0 * 0.529_177_210_544_f64.powi(3)) - 1.0).abs() < 1e-12
    );
    assert!((bohr.configurations[0].virial.unwrap()[0][0] / -1.2 - 1.0).abs() < 1e-12);
}

#[test]
fn missing_and_broken_labels_are_named() {
    // Catches a program that takes a missing label for zero.
    refused(&MOLECULE.replace("energy=", "free_energy="), "no number `energy` in its comment, only free_energy");
    let second = format!("{MOLECULE}{}", MOLECULE.replace("-0.5 0 0", "nan 0 0"));
    refused(&second, "frame 1 (counted from 0): the force on atom 2 (H)");
    refused(&MOLECULE.replace("-31.5", "nan"), "the energy is NaN");
    refused(&MOLECULE.replace("-0.5 0 0", "-0.5 0"), "data.xyz");
    refused("this is no data\n", "data.xyz");
}

#[test]
fn labels_may_have_other_names() {
    // Catches a program that reads the labels of another calculation beside those that were named, or skips a name that is not there.
    let text = "2\nProperties=species:S:1:pos:R:3:forces:R:3:REF_forces:R:3 Lattice=\"4 0 0 0 5 0 0 0 6\" energy=-8.5 REF_energy=-7.5 \
                stress=\"0.1 0 0 0 0.1 0 0 0 0.1\" REF_stress=\"0.2 0 0 0 0.2 0 0 0 0.2\"\n\
                Si 0 0 0 1 0 0 2 0 0\nSi 2 2 2 -1 0 0 -2 0 0\n";
    let name = |name: &str| Some(name.to_string());
    let reference = LabelKeys {
        energy: name("REF_energy"),
        forces: name("REF_forces"),
        stress: name("REF_stress"),
        virial: None,
        ..LabelKeys::default()
    };
    let data = named(text, &reference).unwrap();
    let one = &data.configurations[0];
    assert_eq!((one.energy, one.forces[0][0], one.virial.unwrap()[0][0]), (Some(-7.5), 2.0, -24.0));
    assert!(data.units.contains("labels: REF_energy, REF_forces, REF_stress"), "{}", data.units);
    let plain = named(text, &LabelKeys::default()).unwrap();
    let one = &plain.configurations[0];
    assert_eq!((one.energy, one.forces[0][0], one.virial.unwrap()[0][0]), (Some(-8.5), 1.0, -12.0));
    let note = plain.notes.join("");
    for name in
        ["key `REF_energy` (another energy", "key `REF_stress` (another stress", "column `REF_forces` (other forces"]
    {
        assert!(note.contains(name), "{note}");
    }
    let missing = LabelKeys { virial: name("REF_virial"), ..reference.clone() };
    assert!(named(text, &missing).unwrap_err().contains("there is no `REF_virial` in its comment"));
    let mistyped = LabelKeys { forces: name("REF_force"), ..reference.clone() };
    let message = named(text, &mistyped).unwrap_err();
    assert!(message.contains("no columns `REF_force:R:3`") && message.contains("--forces-key forces"), "{message}");
    let without = text.replace(" energy=-8.5", "");
    let message = named(&without, &LabelKeys::default()).unwrap_err();
    assert!(message.contains("keys = { energy = \"REF_energy\" } in [data], or --energy-key REF_energy"), "{message}");
    // A molecule has no stress, whatever the others have.
    let molecule = MOLECULE.replace("energy=", "REF_energy=").replace("forces", "REF_forces");
    assert!(named(&molecule, &reference).unwrap().configurations[0].virial.is_none());
    // The names in an archive are fixed.
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("data.npz");
    std::fs::write(&archive, b"PK\x03\x04").unwrap();
    let error = DataSet::read_labels(&archive, None, &reference).unwrap_err().to_string();
    assert!(error.contains("leave out the keys"), "{error}");
}

#[test]
fn an_isolated_atom_needs_no_forces() {
    // Catches a reader that refuses the files that references come from.
    let data = read("1\nProperties=species:S:1:pos:R:3 energy=-13.6 pbc=\"F F F\"\nH 0 0 0\n", None).unwrap();
    assert_eq!(data.configurations[0].forces, [[0.0; 3]]);
}

#[test]
fn the_shipped_data_are_whole() {
    // Catches a damaged or replaced file in inputs/data: 300 frames, labels that belong together.
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2.xyz");
    let data = DataSet::read(&path, None).unwrap();
    assert_eq!(data.configurations.len(), 300);
    let report = cormorant::fit::checks::check(&data.configurations);
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert!(std::fs::metadata(&path).unwrap().len() < 200 * 1024);
}

#[test]
fn published_data_are_read() {
    // Catches a dialect that the reader does not know.
    let files = [
        ("3bpa/train_300K.xyz", 500),
        ("3bpa/isolated_atoms.xyz", 4),
        ("acac/train_300K.xyz", 500),
        ("solids/Si_train.xyz", 214),
        ("lips20/Li2S.xyz", 200),
        ("small_molecules/train.xyz", 1000),
    ];
    for (file, frames) in files {
        let Some(path) = real_data(file) else { continue };
        let data = DataSet::read(&path, None).unwrap();
        assert_eq!(data.configurations.len(), frames, "{file}");
        let periodic = data.configurations[0].cell.is_some();
        assert_eq!(data.configurations[0].virial.is_some(), periodic, "{file}");
    }
}
