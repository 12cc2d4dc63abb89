//! Molecules from SMILES and files of MDL. Python is played by a script, but for one test that needs RDKit.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cormorant::io::{ReadOptions, read_frame};

use crate::cli::text;

fn build(folder: &Path, python: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cormorant"))
        .arg("build")
        .args(arguments)
        .args(["--out", "molecule.xyz"])
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env("CORMORANT_PYTHON", python)
        .output()
        .unwrap()
}

/// A program that keeps what it is asked in `asked.json` and answers `answer`.
fn interpreter(folder: &Path, answer: &str) -> PathBuf {
    let path = folder.join("python");
    fs::write(folder.join("answer"), answer).unwrap();
    let script =
        "#!/bin/sh\ncd \"$(dirname \"$0\")\"\ncat > asked.json\necho a warning >&2\necho chatter\ncat answer\n";
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

const HYDROXIDE: &str = r#"{"version": "1", "smiles": "[OH-]", "charge": -1, "elements": ["O", "H"], "field": "MMFF94", "conformers":
 [{"energy": 2.0, "positions": [[0, 0, 0], [0, 0, 1]]}, {"energy": 1.0, "positions": [[0, 0, 0], [0, 0, 0.95]]}]}"#;

/// An answer is one line.
fn hydroxide() -> String {
    HYDROXIDE.replace('\n', "")
}

/// Catches: a shell or an argument that changes SMILES; conformers out of order; a charge that is lost, so that a model for neutral
/// molecules takes the ion.
#[test]
fn smiles_arrive_as_they_are_and_charges_stay() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let python = interpreter(here, &hydroxide());
    let smiles = r#"F/C=C\F.$(touch harm)'`"; [NH4+] -x"#;
    let output = build(here, &python, &[smiles, "--conformers", "3", "--seed", "11"]);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{err}");
    assert!(out.contains("HO (2 atoms), 2 conformers, RDKit 1, ETKDG and MMFF94"), "{out}");
    assert!(out.contains("3 conformers were requested"), "{out}");
    assert!(err.contains("the total charge is -1"), "{err}");
    let asked: serde_json::Value = serde_json::from_str(&fs::read_to_string(here.join("asked.json")).unwrap()).unwrap();
    assert_eq!(asked, serde_json::json!({ "smiles": smiles, "conformers": 3, "seed": 11 }));
    assert!(!here.join("harm").exists());
    let written = here.join("molecule.xyz");
    let first = read_frame(&written, Some(0), &ReadOptions::default()).unwrap();
    let second = read_frame(&written, Some(1), &ReadOptions::default()).unwrap();
    assert_eq!((first.positions[1][2], second.positions[1][2]), (0.95, 1.0));
    assert_eq!(first.electronic_state().unwrap().charge, Some(-1));
    let run =
        ["run", "--model", "organic", "--structure", "molecule.xyz", "--temperature", "300 K", "--duration", "1 ps"];
    let output = crate::cli::cormorant(here, &run);
    assert!(
        text(&output.stderr).contains("the total charge is -1, which a model without charges does not know"),
        "{output:?}"
    );
}

/// Catches: backslashes of SMILES that the comment of a file swallows.
#[test]
fn smiles_survive_the_comment_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let smiles = r"F/C=C\F";
    let python = interpreter(folder.path(), &hydroxide().replace("[OH-]", r"F/C=C\\F"));
    assert!(build(folder.path(), &python, &[smiles]).status.success());
    let frame = read_frame(&folder.path().join("molecule.xyz"), None, &ReadOptions::default()).unwrap();
    assert_eq!(frame.property("smiles"), Some(&cormorant::io::Value::Text(smiles.into())));
}

/// Catches: refusals without a way out, and files that are left or replaced although nothing was built.
#[test]
fn what_is_missing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let refused = |python: &Path, arguments: &[&str], expected: &str| {
        let output = build(here, python, arguments);
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{err}");
        assert!(err.contains(expected), "{arguments:?} should say {expected:?}, but says\n{err}");
        assert!(!here.join("molecule.xyz").exists());
    };
    refused(&here.join("no-python"), &["CCO"], "no-python: No such file or directory");
    refused(&here.join("no-python"), &["CCO"], "--python or CORMORANT_PYTHON");
    let python = interpreter(here, r#"{"missing": "No module named 'rdkit'"}"#);
    refused(&python, &["CCO"], &format!("install it with: {} -m pip install rdkit", python.display()));
    let python = interpreter(here, r#"{"refused": "RDKit cannot read it"}"#);
    refused(&python, &["C1CC"], "C1CC: RDKit cannot read it; check the SMILES");
    let python = interpreter(here, "no answer");
    refused(&python, &["CCO"], "did not build the molecule: a warning");
    refused(&python, &[" "], "the molecule is empty");
    refused(&python, &["missing.sdf"], "missing.sdf: No such file");
    fs::write(here.join("a.pdb"), "ATOM").unwrap();
    refused(&python, &["a.pdb"], "files of structures need not be built");
    let python = interpreter(here, &hydroxide());
    fs::write(here.join("molecule.xyz"), "mine").unwrap();
    let output = build(here, &python, &["[OH-]"]);
    assert!(text(&output.stderr).contains("already exists; --force replaces it"));
    assert_eq!(fs::read_to_string(here.join("molecule.xyz")).unwrap(), "mine");
    assert!(build(here, &python, &["[OH-]", "--force"]).status.success());
}

/// A file of MDL with hydroxide, its hydrogen at height z.
fn mdl(z: &str, ending: &str) -> String {
    format!(
        "hydroxide\n  by hand\n\n  2  1  0  0  0  0            999 V2000\n    0.0000    0.0000    0.0000 O   0  {}  0  0  0  0\n    0.5000    \
         0.0000    {z} H   0  0  0  0  0  0\n  1  2  1  0\n{ending}M  END\n",
        if ending.is_empty() { 5 } else { 0 }
    )
}

/// Catches: a geometry that is thrown away, a drawing that is taken for one, formal charges that are lost.
#[test]
fn files_with_a_geometry_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let nothing = here.join("no-python");
    for ending in ["", "M  CHG  1   1  -1\n"] {
        fs::write(here.join("ion.mol"), mdl("0.8000", ending)).unwrap();
        let output = build(here, &nothing, &["ion.mol", "--force"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains("HO (2 atoms), 1 conformer, as in the file"));
        let frame = read_frame(&here.join("molecule.xyz"), None, &ReadOptions::default()).unwrap();
        assert_eq!(frame.positions[1], [0.5, 0.0, 0.8]);
        assert_eq!(frame.electronic_state().unwrap().charge, Some(-1), "{ending:?}");
    }
    let python = interpreter(here, &hydroxide());
    let flat = mdl("0.0000", "");
    fs::write(here.join("flat.sdf"), format!("{flat}$$$$\n")).unwrap();
    assert!(build(here, &python, &["flat.sdf", "--force"]).status.success());
    let asked: serde_json::Value = serde_json::from_str(&fs::read_to_string(here.join("asked.json")).unwrap()).unwrap();
    assert_eq!(asked, serde_json::json!({ "block": flat, "embed": false, "conformers": 1, "seed": 1 }));
    fs::write(here.join("two.sdf"), format!("{flat}$$$$\n{flat}$$$$\n")).unwrap();
    let output = build(here, &python, &["two.sdf", "--force"]);
    assert!(text(&output.stderr).contains("two.sdf: holds 2 molecules; give each a file of its own"));
}

/// Catches: a script that RDKit does not understand; a geometry that is another one each time, or not that of the molecule; conformers of
/// different stereoisomers, whose energies would be compared as if they were one molecule's.
#[test]
fn rdkit_builds_molecules() {
    let python = std::env::var_os("CORMORANT_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let has = Command::new(&python).args(["-c", "import rdkit"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: {} has no RDKit; name a Python that has it with CORMORANT_PYTHON", python.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let mut before = None;
    for _ in 0..2 {
        let output = build(here, &python, &["C[C@H](N)C(=O)O", "--conformers", "4", "--force"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let out = text(&output.stdout);
        assert!(out.contains("C3H7NO2 (13 atoms), 4 conformers, RDKit"), "{out}");
        let now = fs::read_to_string(here.join("molecule.xyz")).unwrap();
        assert!(now.contains("charge=\"0\""), "{now}");
        assert!(before.replace(now.clone()).is_none_or(|before| before == now));
    }
    // Conformers of one stereoisomer, though none is stated: the same hand at every center.
    let output = build(here, &python, &["CC(O)C(F)Cl", "--conformers", "8", "--force"]);
    assert!(text(&output.stderr).contains("the configuration at C2, C4 is not stated"), "{}", text(&output.stderr));
    let mut reader = cormorant::io::ExtendedXyzReader::open(&here.join("molecule.xyz")).unwrap();
    let mut hands = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        let arm = |to: usize, from: usize| {
            std::array::from_fn::<f64, 3, _>(|k| frame.positions[to][k] - frame.positions[from][k])
        };
        // C2 carries C1, O3, C4; C4 carries C2, F5, Cl6.
        let volume = |center: usize, others: [usize; 3]| {
            let [a, b, c] = others.map(|atom| arm(atom, center));
            a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0])
        };
        hands.push([volume(1, [0, 2, 3]) > 0.0, volume(3, [1, 4, 5]) > 0.0]);
    }
    assert!(hands.len() > 3 && hands.iter().all(|hand| *hand == hands[0]), "{hands:?}");
    let output = build(here, &python, &["[NH4+].[Cl-]", "--force"]);
    assert!(output.status.success() && !text(&output.stderr).contains("charge"), "{}", text(&output.stderr));
    let output = build(here, &python, &["C[NH3+]", "--force"]);
    assert!(text(&output.stderr).contains("the total charge is +1"), "{}", text(&output.stderr));
    // Salts: molecules side by side, each with its own bonds and its own hand.
    let output = build(here, &python, &["C[C@@H](C(=O)O)N.Cl", "--conformers", "6", "--force"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut reader = cormorant::io::ExtendedXyzReader::open(&here.join("molecule.xyz")).unwrap();
    let mut hands = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        let system = frame.clone().into_system().unwrap();
        assert_eq!(cormorant::system::find_bonds(&system).unwrap().len(), 13, "bonds of alanine and of HCl");
        let arm = |to: usize| std::array::from_fn::<f64, 3, _>(|k| frame.positions[to][k] - frame.positions[1][k]);
        let [a, b, c] = [0, 2, 5].map(arm);
        hands.push(
            a[0] * (b[1] * c[2] - b[2] * c[1])
                + a[1] * (b[2] * c[0] - b[0] * c[2])
                + a[2] * (b[0] * c[1] - b[1] * c[0])
                > 0.0,
        );
    }
    assert!(hands.len() == 6 && hands.iter().all(|hand| *hand == hands[0]), "{hands:?}");
    // Isotopes keep their masses, radicals say their spin, what cannot be chosen is said.
    build(here, &python, &["[2H]C([2H])([2H])O", "--force"]);
    let frame = read_frame(&here.join("molecule.xyz"), None, &ReadOptions::default()).unwrap();
    assert_eq!(
        frame.into_system().unwrap().masses.iter().filter(|mass| (**mass - 2.014_101_778).abs() < 1e-6).count(),
        3
    );
    let output = build(here, &python, &["[O][O]", "--force"]);
    let frame = read_frame(&here.join("molecule.xyz"), None, &ReadOptions::default()).unwrap();
    assert_eq!(frame.electronic_state().unwrap().multiplicity, Some(3));
    assert!(text(&output.stderr).contains("2 unpaired electrons"), "{}", text(&output.stderr));
    let output = build(here, &python, &["CP(CC)c1ccccc1", "--force"]);
    assert!(text(&output.stderr).contains("conformers may be different stereoisomers"), "{}", text(&output.stderr));
    let output = build(here, &python, &["C1CC", "--force"]);
    assert!(text(&output.stderr).contains("C1CC: RDKit cannot read it"), "{}", text(&output.stderr));
}

/// Catches: a file with hydrogens at nitrogen alone that is written as a whole molecule, and isotopes of a file that become usual atoms.
#[test]
fn files_that_lack_hydrogens_are_not_finished() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let python = interpreter(here, &hydroxide());
    // CH3-NH2 with the hydrogens of nitrogen only, and fluoramine with deuterium.
    let file = |hydrogens: &str| {
        format!(
            "amine\n  by hand\n\n  4  3  0  0  0  0            999 V2000\n    0.0000    0.0000    0.0000 C   0  0\n    1.4700    0.0000    0.0000 N   0  0\n    \
             1.8000    0.9000    0.3000 H   0  0\n    1.8000   -0.9000    0.3000 H   0  0\n  1  2  1  0\n  2  3  1  0\n  2  4  1  0\n{hydrogens}M  END\n"
        )
    };
    fs::write(here.join("amine.mol"), file("")).unwrap();
    let output = build(here, &python, &["amine.mol", "--force"]);
    assert!(!text(&output.stdout).contains("as in the file"), "{}", text(&output.stdout));
    // Fluoramine has no others, and is whole.
    fs::write(here.join("whole.mol"), file("M  ISO  2   3   2   4   2\n").replace(" C   0", " F   0")).unwrap();
    let output = build(here, &python, &["whole.mol", "--force"]);
    assert!(text(&output.stdout).contains("as in the file"), "{}{}", text(&output.stdout), text(&output.stderr));
    let frame = read_frame(&here.join("molecule.xyz"), None, &ReadOptions::default()).unwrap();
    assert_eq!(frame.into_system().unwrap().masses.iter().filter(|mass| (**mass - 2.014).abs() < 1e-2).count(), 2);
}
