//! Names of atoms are not symbols: elements by the rules of each format, or a refusal that says how to settle it.

use std::fs;
use std::path::Path;

use cormorant::io::{Frame, ReadOptions, Species, read_frame};
use cormorant::system::formula;

fn case(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

fn read(path: &Path, types: &[(&str, &str)]) -> Result<Frame, String> {
    let types =
        types.iter().map(|(name, symbol)| ((*name).to_owned(), Species::from_symbol(symbol).unwrap())).collect();
    read_frame(path, None, &ReadOptions { types, ..ReadOptions::default() }).map_err(|error| error.to_string())
}

/// The formula of a file with this name and content, or the message.
fn outcome(name: &str, content: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    read(&path, &[]).map(|frame| formula(&frame.elements))
}

/// A PDB record: name in four columns, residue, element column.
fn atom(name: &str, residue: &str, symbol: &str, x: f64) -> String {
    format!("ATOM      1 {name:<4} {residue:<4}A   1    {x:8.3}   0.000   0.000  1.00  0.00          {symbol:>2}\n")
}

fn pdb(atoms: &[(&str, &str, &str)]) -> Result<String, String> {
    let text: String = atoms.iter().enumerate().map(|(k, (n, r, s))| atom(n, r, s, 2.0 * k as f64)).collect();
    outcome("a.pdb", &text)
}

fn gro(atoms: &[(&str, &str)]) -> Result<String, String> {
    let mut text = format!("t\n{}\n", atoms.len());
    for (k, (residue, name)) in atoms.iter().enumerate() {
        text += &format!("{:5}{residue:<5}{name:>5}{:5}{:8.3}{:8.3}{:8.3}\n", 1, k + 1, 0.2 * k as f64, 0.0, 0.0);
    }
    outcome("a.gro", &(text + "   3.0 3.0 3.0\n"))
}

fn mol2(atoms: &[(&str, &str)]) -> Result<String, String> {
    let mut text = format!("@<TRIPOS>MOLECULE\nm\n {} 0\nSMALL\nNO_CHARGES\n\n@<TRIPOS>ATOM\n", atoms.len());
    for (k, (name, kind)) in atoms.iter().enumerate() {
        text += &format!("{} {name} {}.0 0.0 0.0 {kind} 1 LIG\n", k + 1, 2 * k);
    }
    outcome("a.mol2", &text)
}

fn refused(found: Result<String, String>, parts: &[&str]) {
    let message = found.expect_err("accepted");
    for part in parts {
        assert!(message.contains(part), "{part:?} is missing in: {message}");
    }
}

// Catches: the alpha carbon of a residue read as calcium, HG as mercury, CE as cerium, NB and ND of a heme as metals.
#[test]
fn alpha_carbon_is_not_calcium() {
    let folder = case("08-alpha-carbon");
    for (file, expected) in
        [("gly.gro", "C2NO"), ("gly.pdb", "C2NO"), ("sidechains.pdb", "C4HN3"), ("with-elements.pdb", "C8")]
    {
        let frame = read(&folder.join(file), &[]).unwrap();
        assert_eq!(formula(&frame.elements), expected, "{file}");
        assert!(frame.velocities.is_none(), "{file} has no velocities");
    }
}

// Catches: GAFF types taken for symbols (ca is calcium), SYBYL types cut wrongly, AMBER types in upper case read as metals.
#[test]
fn types_of_mol2() {
    let folder = case("20-mol2-gaff-types");
    for file in ["benzene.mol2", "benzene-sybyl.mol2"] {
        assert_eq!(formula(&read(&folder.join(file), &[]).unwrap().elements), "C6H6", "{file}");
    }
    let amber = [("C1", "CA"), ("C2", "CD"), ("N1", "NB"), ("O1", "OS"), ("H1", "HO"), ("CL1", "CL"), ("BR1", "BR")];
    assert_eq!(mol2(&amber).unwrap(), "C2HBrClNO");
    let gaff = [
        ("C1", "cd"),
        ("C2", "cc"),
        ("H1", "ho"),
        ("N1", "nb"),
        ("Cl1", "cl"),
        ("S1", "ss"),
        ("P1", "pb"),
        ("I1", "i"),
    ];
    assert_eq!(mol2(&gaff).unwrap(), "C2HClINPS");
    assert_eq!(mol2(&[("CA", "Ca"), ("O1", "O.3"), ("C1", "C.cat"), ("CO", "Co.oh")]).unwrap(), "CCaCoO");
    assert_eq!(mol2(&[("C1", "opls_145"), ("H1", "opls_146")]).unwrap(), "CH");
    assert_eq!(mol2(&[("D1", "D"), ("C1", "C.3")]).unwrap(), "CH");
    refused(mol2(&[("C1", "C.3"), ("LP1", "LP")]), &["atom 2", "virtual site"]);
    refused(mol2(&[("X1", "zz"), ("C1", "c3")]), &["atom 1", "type zz", "types = { \"zz\" = \"C\" }", "--elements"]);
}

// Catches: an ion that is read as carbon or nitrogen because its name begins so, or a residue's atom that is read as an ion.
#[test]
fn ions_have_the_name_of_their_residue() {
    assert_eq!(gro(&[("CA", "CA"), ("NA", "NA"), ("CL", "CL"), ("K", "K"), ("ZN", "ZN")]).unwrap(), "CaClKNaZn");
    assert_eq!(
        gro(&[("NA+", "NA+"), ("CL-", "CL-"), ("SOD", "SOD"), ("CLA", "CLA"), ("CAL", "CAL")]).unwrap(),
        "CaCl2Na2"
    );
    assert_eq!(gro(&[("HEM", "NA"), ("HEM", "FE"), ("HEM", "CHA"), ("HEM", "HHA")]).unwrap(), "CHFeN");
    assert_eq!(gro(&[("LIG", "CA"), ("LIG", "HG1"), ("LIG", "CL1"), ("LIG", "N1")]).unwrap(), "CHClN");
    assert_eq!(gro(&[("SOL", "OW"), ("SOL", "HW1"), ("SOL", "HW2")]).unwrap(), "H2O");
    assert_eq!(gro(&[("MSE", "SE"), ("MET", "SD")]).unwrap(), "SSe");
    refused(
        gro(&[("SOL", "OW"), ("SOL", "HW1"), ("SOL", "HW2"), ("SOL", "MW")]),
        &["atom 4", "MW of SOL", "virtual site"],
    );
    refused(gro(&[("LIG", "C1"), ("LIG", "NI1")]), &["atom 2", "N or Ni", "types = { \"NI1\" ="]);
    // Beads of Martini are not atoms of anything.
    refused(gro(&[("W", "W")]), &["does not state which element"]);
    refused(gro(&[("DPPC", "PO4"), ("DPPC", "GL1"), ("DPPC", "C1A")]), &["GL1 of DPPC", "does not state", "PO4"]);
    refused(gro(&[("TEST", "T1")]), &["T1 of TEST"]);
}

// Catches: columns 13 and 14 of PDB, or its element column, that are not honored; segment names taken for elements.
#[test]
fn columns_of_pdb() {
    // By alignment: calcium in column 13, carbon in column 14.
    assert_eq!(
        pdb(&[("CA", "CA", ""), (" CA", "LIG", ""), (" C1", "LIG", ""), ("CL1", "LIG", ""), ("ZN", "ZN", "")]).unwrap(),
        "C2CaClZn"
    );
    assert_eq!(pdb(&[("1HB", "ALA", ""), ("HG11", "VAL", ""), ("HO5'", "DA", ""), ("HN11", "LIG", "")]).unwrap(), "H4");
    // The element column decides, in either case and with a charge behind.
    assert_eq!(pdb(&[(" XY", "LIG", "FE"), ("CA", "LIG", "C"), (" C1", "LIG", "Cl")]).unwrap(), "CClFe");
    assert_eq!(pdb(&[(" D1", "LIG", "D"), (" O1", "LIG", "O")]).unwrap(), "HO");
    // Names from column 13 on, as many programs write them: no alignment to go by.
    assert_eq!(pdb(&[("C1", "LIG", ""), ("CA", "LIG", ""), ("HG", "LIG", ""), ("H12", "LIG", "")]).unwrap(), "C2H2");
    refused(pdb(&[(" CA", "ALA", "CA")]), &["atom 1", "element column says Ca", "ALA has C there"]);
    refused(pdb(&[(" C1", "LIG", ""), ("CO", "LIG", "X")]), &["atom 2", "virtual site"]);
    // Columns 73 to 80 of old files hold a name and a line number.
    let old = format!("{}1ABC  27\n", &atom(" CA", "GLY", "", 0.0)[..72]);
    assert_eq!(outcome("old.pdb", &old).unwrap(), "C");
}

// Catches: names of a peptide in an XYZ file read as metals; right symbols that are refused.
#[test]
fn symbols_of_xyz() {
    let xyz = |atoms: &[&str]| {
        let lines: Vec<_> = atoms.iter().enumerate().map(|(k, name)| format!("{name} {k}.0 0 0\n")).collect();
        let lines = lines.concat();
        outcome("a.xyz", &format!("{}\n\n{lines}", atoms.len()))
    };
    refused(xyz(&["N", "CA", "C", "O"]), &["atom 2", "CA", "C or Ca", "--elements CA=C"]);
    refused(
        xyz(&["C", "ha", "H"]).or_else(|message| if message.contains("ha") { Err(message) } else { Ok(message) }),
        &["ha"],
    );
    refused(xyz(&["C", "HG11", "H"]), &["HG11", "H or Hg"]);
    assert_eq!(xyz(&["Ca", "C", "O", "O", "O"]).unwrap(), "CCaO3");
    assert_eq!(xyz(&["CL", "BR", "H", "C"]).unwrap(), "CHBrCl");
    assert_eq!(xyz(&["SI", "SI", "Si"]).unwrap(), "Si3");
    assert_eq!(xyz(&["O", "D", "H"]).unwrap(), "H2O");
}

// Catches: deuterium that is refused, or that has the mass of hydrogen.
#[test]
fn deuterium_keeps_its_mass() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("heavy.xyz");
    fs::write(&path, "3\n\nO 0 0 0\nD 0.96 0 0\nH -0.24 0.93 0\n").unwrap();
    let frame = read(&path, &[]).unwrap();
    assert!(frame.notes.iter().any(|note| note.contains("1 H of 2.0141 u")), "{:?}", frame.notes);
    let system = frame.into_system().unwrap();
    assert_eq!(system.masses[1], 2.0141);
    assert_eq!(system.masses[2], system.elements[2].mass());
}

// Catches: elements that the user gives and that are ignored, or that name nothing in the file.
#[test]
fn the_user_settles_it() {
    let folder = case("08-alpha-carbon");
    let frame = read(&folder.join("gly.gro"), &[("CA", "Si")]).unwrap();
    assert_eq!(formula(&frame.elements), "CNOSi");
    let message = read(&folder.join("gly.gro"), &[("CX", "C")]).unwrap_err();
    assert!(message.contains("`types` names CX"), "{message}");
}
