//! Notes on molecules whose hydrogens a file leaves out.

use std::fs;

use cormorant::io::{Frame, ReadOptions, read_frame};

use crate::cli::{cormorant, text};

fn read(name: &str, content: &str) -> Frame {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    read_frame(&path, None, &ReadOptions::default()).unwrap()
}

/// The note on hydrogens, if there is one.
fn note(name: &str, content: &str) -> Option<String> {
    read(name, content).notes.into_iter().find(|note| note.contains("hydrogen"))
}

/// A file of MDL with atoms in a row along a bent line, bonds as `1 2 1` and further lines.
fn mdl(symbols: &str, bonds: &[[usize; 3]], more: &str) -> String {
    let symbols: Vec<&str> = symbols.split_whitespace().collect();
    let atom = |(k, symbol): (usize, &&str)| {
        format!("{:10.4}{:10.4}{:10.4} {symbol:<3} 0  0  0  0\n", 1.4 * k as f64, 0.5 * (k % 2) as f64, 0.1 * k as f64)
    };
    let atoms: String = symbols.iter().enumerate().map(atom).collect();
    let bond = |[a, b, order]: &[usize; 3]| format!("{a:3}{b:3}{order:3}  0\n");
    let lines = bonds.iter().map(bond).collect::<Vec<_>>().concat();
    format!(
        "\n     program         3D\n\n{:3}{:3}  0  0  0  0  0  0  0  0999 V2000\n{atoms}{lines}{more}M  END\n$$$$\n",
        symbols.len(),
        bonds.len()
    )
}

// Catches: a molecule of MDL without hydrogens that is simulated as a radical without a word; complaints about ions, radicals and oxides
// that are complete.
#[test]
fn open_valences_of_mdl() {
    // Ethanol without hydrogens: 3 + 2 + 1 are missing.
    let ethanol = note("a.sdf", &mdl("C C O", &[[1, 2, 1], [2, 3, 1]], "")).unwrap();
    assert!(ethanol.contains("no hydrogen in C2O: 3 of 3 atoms have open valences, 6 in all"), "{ethanol}");
    assert!(ethanol.contains("cormorant build") && ethanol.contains("obabel -h"), "{ethanol}");
    let ring: Vec<[usize; 3]> = (1..=6).map(|k| [k, k % 6 + 1, 4]).collect();
    assert!(
        note("a.sdf", &mdl("C C C C C C", &ring, "")).unwrap().contains("6 of 6 atoms have open valences, 6 in all")
    );
    let hydroxyl = note("a.sdf", &mdl("C C O H", &[[1, 2, 1], [2, 3, 1], [3, 4, 1]], "")).unwrap();
    assert!(hydroxyl.contains("too few hydrogens in C2HO: 2 of 4 atoms"), "{hydroxyl}");
    for (symbols, bonds, more) in [
        ("O C O", vec![[1, 2, 2], [2, 3, 2]], ""),
        ("O C O O", vec![[1, 2, 2], [2, 3, 1], [2, 4, 1]], "M  CHG  2   3  -1   4  -1\n"),
        ("C O", vec![[1, 2, 3]], "M  CHG  2   1  -1   2   1\n"),
        ("N H H H H", vec![[1, 2, 1], [1, 3, 1], [1, 4, 1], [1, 5, 1]], "M  CHG  1   1   1\n"),
        ("C H H H", vec![[1, 2, 1], [1, 3, 1], [1, 4, 1]], "M  RAD  1   1   2\n"),
        ("N O O F", vec![[1, 2, 2], [1, 3, 2], [1, 4, 1]], ""),
    ] {
        assert_eq!(note("a.sdf", &mdl(symbols, &bonds, more)), None, "{symbols}");
    }
}

fn xyz(atoms: &[(&str, [f64; 3])]) -> String {
    let line = |(symbol, [x, y, z]): &(&str, [f64; 3])| format!("{symbol} {x} {y} {z}\n");
    let lines = atoms.iter().map(line).collect::<Vec<_>>().concat();
    format!("{}\n\n{lines}", atoms.len())
}

/// Carbon with four neighbors of one element at a distance.
fn tetrahedron(symbol: &'static str, distance: f64) -> Vec<(&'static str, [f64; 3])> {
    let x = distance / 3.0_f64.sqrt();
    let corners = [[x, x, x], [-x, -x, x], [-x, x, -x], [x, -x, -x]];
    std::iter::once(("C", [0.0; 3])).chain(corners.map(|corner| (symbol, corner))).collect()
}

// Catches: organic molecules without hydrogens in formats without bonds that pass without a word; complaints about molecules that have none.
#[test]
fn open_valences_by_distances() {
    let ethanol = xyz(&[("C", [1.196, -0.265, 0.0]), ("C", [-0.054, 0.571, 0.0]), ("O", [-1.141, -0.305, 0.0])]);
    let found = note("a.xyz", &ethanol).unwrap();
    assert!(found.contains("no hydrogen in C2O: 2 of 2 carbon atoms have open valences by their distances"), "{found}");
    let pdb = "ATOM      1  N   ALA A   1      -3.012  -0.495  -0.207  1.00  0.00           N\n\
               ATOM      2  CA  ALA A   1      -1.759   0.236  -0.477  1.00  0.00           C\n\
               ATOM      3  C   ALA A   1      -0.577  -0.769  -0.468  1.00  0.00           C\n\
               ATOM      4  O   ALA A   1      -0.741  -1.970  -0.692  1.00  0.00           O\n\
               ATOM      5  CB  ALA A   1      -1.641   1.351   0.554  1.00  0.00           C\nEND\n";
    assert!(note("a.pdb", pdb).is_some());
    let linear = |symbols: [&'static str; 3], first: f64, second: f64| {
        vec![(symbols[0], [0.0, 0.0, -first]), (symbols[1], [0.0; 3]), (symbols[2], [0.0, 0.0, second])]
    };
    let tetrafluoroethene = vec![
        ("C", [0.0, 0.0, 0.66]),
        ("C", [0.0, 0.0, -0.66]),
        ("F", [0.0, 1.09, 1.38]),
        ("F", [0.0, -1.09, 1.38]),
        ("F", [0.0, 1.09, -1.38]),
        ("F", [0.0, -1.09, -1.38]),
    ];
    let cyanogen =
        vec![("N", [0.0, 0.0, -1.85]), ("C", [0.0, 0.0, -0.69]), ("C", [0.0, 0.0, 0.69]), ("N", [0.0, 0.0, 1.85])];
    for complete in [
        linear(["O", "C", "O"], 1.16, 1.16),
        linear(["S", "C", "S"], 1.55, 1.55),
        linear(["O", "C", "S"], 1.16, 1.56),
        linear(["C", "C", "C"], 1.28, 1.28),
        tetrahedron("Cl", 1.77),
        tetrahedron("F", 1.32),
        tetrafluoroethene,
        cyanogen,
        vec![("C", [0.0; 3]), ("O", [0.0, 0.0, 1.13])],
    ] {
        assert_eq!(note("a.xyz", &xyz(&complete)), None, "{complete:?}");
    }
    // A crystal, such as a carbide, may have no hydrogen.
    let crystal = ethanol.replacen("\n\n", "\nLattice=\"9 0 0 0 9 0 0 0 9\" Properties=species:S:1:pos:R:3\n", 1);
    assert_eq!(note("a.xyz", &crystal), None);
}

// Catches: a note that readers make and commands do not print.
#[test]
fn commands_say_that_hydrogens_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.sdf"), mdl("C C O", &[[1, 2, 1], [2, 3, 1]], "")).unwrap();
    for arguments in
        [vec!["describe", "a.sdf"], vec!["evaluate", "--model", "organic", "--data", "a.sdf", "--out", "b.xyz"]]
    {
        let output = cormorant(here, &arguments);
        let found = text(&output.stdout) + &text(&output.stderr);
        assert!(found.contains("no hydrogen in C2O"), "{arguments:?}: {found}");
    }
}
