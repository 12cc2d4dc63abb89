//! Masses that files state, read and written.

use std::fs;
use std::path::Path;

use cormorant::io::{Frame, ReadOptions, TrajectoryFrame, extended_xyz, read_frame};

use crate::cli::{cormorant, text};

fn read(name: &str, content: &str) -> Result<Frame, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    read_frame(&path, None, &ReadOptions::default()).map_err(|error| error.to_string())
}

fn noted(frame: &Frame, part: &str) {
    assert!(frame.notes.iter().any(|note| note.contains(part)), "{part:?} is not in {:?}", frame.notes);
}

/// Heavy water as ASE writes it, with further columns and their numbers for each atom.
fn heavy_water(columns: &str, more: &str) -> String {
    format!(
        "3\nProperties=species:S:1:pos:R:3:masses:R:1{columns} pbc=\"F F F\"\nO 0 0 0.119262 18.0{more}\nH 0 0.763239 -0.477047 2.014{more}\nH \
         0 -0.763239 -0.477047 2.014{more}\n"
    )
}

// Catches: masses of ASE that are whitelisted as used and ignored; velocities that use them while the kinetic energy does not.
#[test]
fn a_column_of_masses_counts() {
    let frame = read("d2o.xyz", &heavy_water(":momenta:R:3", " 0 0 2.014")).unwrap();
    noted(&frame, "1 O of 18 u, 2 H of 2.014 u");
    let system = frame.into_system().unwrap();
    assert_eq!(system.masses, [18.0, 2.014, 2.014]);
    // Momenta of ASE are in √(u·eV), as ours are: they must come through whatever the masses are.
    assert!((system.momenta[1][2] - 2.014).abs() < 1e-12, "{:?}", system.momenta);
    let kinetic: f64 = (0..3).map(|k| system.momenta[k][2].powi(2) / (2.0 * system.masses[k])).sum();
    assert!((kinetic - 2.014_f64.powi(2) * (0.5 / 18.0 + 1.0 / 2.014)).abs() < 1e-9, "{kinetic}");
    let refused = read("zero.xyz", &heavy_water("", "").replace(" 18.0", " 0.0")).unwrap_err();
    assert!(
        refused.contains("atom 1") && refused.contains("`masses`") && refused.contains("remove the column"),
        "{refused}"
    );
}

// Catches: output that loses isotopes, so that the next program takes D for H; a column in files of ordinary masses.
#[test]
fn written_frames_keep_isotopes_and_nothing_else_changes() {
    let written = |content: &str| {
        let system = read("a.xyz", content).unwrap().into_system().unwrap();
        let mut out = Vec::new();
        extended_xyz::write_frame(&mut out, &system.elements, &TrajectoryFrame::new(&system)).unwrap();
        (text(&out), system.masses)
    };
    let (heavy, masses) = written("3\n\nO 0 0 0\nD 0.96 0 0\nH -0.24 0.93 0\n");
    assert!(heavy.contains(":masses:R:1"), "{heavy}");
    assert_eq!(read("b.xyz", &heavy).unwrap().into_system().unwrap().masses, masses);
    let (light, _) = written("3\n\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n");
    assert!(!light.contains("masses"), "{light}");
}

/// Methanol; `column` is that of the mass difference of the hydrogens of the methyl group, `more` what stands before the end.
fn methanol(column: &str, more: &str) -> String {
    let atoms = [
        ("-0.2888    1.0533   -0.3265 H", column),
        ("-0.3750   -0.0012   -0.0163 C", " 0"),
        ("-0.7718   -0.0174    1.0075 H", column),
    ];
    let rest = [
        ("-1.0311   -0.5925   -0.6684 H", column),
        (" 0.8991   -0.5781    0.0260 O", " 0"),
        (" 1.5676    0.1359   -0.0224 H", " 0"),
    ];
    let line = |(atom, difference): &(&str, &str)| format!("   {atom}  {difference}  0  0  0  0\n");
    let lines = atoms.iter().chain(&rest).map(line).collect::<Vec<_>>().concat();
    let bonds = "  1  2  1  0\n  2  3  1  0\n  2  4  1  0\n  2  5  1  0\n  5  6  1  0\n";
    format!("\n     program         3D\n\n  6  5  0  0  0  0  0  0  0  0999 V2000\n{lines}{bonds}{more}M  END\n$$$$\n")
}

// Catches: CD3OH of a file of MDL read as CH3OH, by its lines `M  ISO` or by the old column; carbon 13 that weighs 12.011 u.
#[test]
fn isotopes_of_mdl() {
    let masses = |content: &str| read("a.sdf", content).unwrap().into_system().unwrap().masses;
    let heavy = [2.0141, 12.011, 2.0141, 2.0141, 15.999, 1.008];
    assert_eq!(masses(&methanol(" 0", "M  ISO  3   1   2   3   2   4   2\n")), heavy);
    assert_eq!(masses(&methanol(" 1", "")), heavy);
    // The lines replace the whole column.
    assert_eq!(masses(&methanol(" 1", "M  ISO  1   2  13\n")), [1.008, 13.003_35, 1.008, 1.008, 15.999, 1.008]);
    let rough = read("a.sdf", &methanol(" 0", "M  ISO  1   2  11\n")).unwrap();
    noted(&rough, "the mass number is taken for the mass in u of 11C");
    let refused = read("a.sdf", &methanol(" 0", "M  ISO  1   2   2\n")).unwrap_err();
    assert!(refused.contains("atom 2") && refused.contains("correct `M  ISO`"), "{refused}");
    let refused = read("a.sdf", &methanol(" 0", "M  ISO  1   9   2\n")).unwrap_err();
    assert!(refused.contains("atom 9, which is not there"), "{refused}");
}

// Catches: tritium of PDB that is refused or weighs as hydrogen; `T` taken for it where it is a site of a zeolite.
#[test]
fn tritium_of_pdb() {
    let pdb = "HETATM    1  O   HOH A   1       0.000   0.000   0.119  1.00  0.00           O\n\
               HETATM    2  D1  HOH A   1       0.000   0.763  -0.477  1.00  0.00           D\n\
               HETATM    3  T2  HOH A   1       0.000  -0.763  -0.477  1.00  0.00           T\nEND\n";
    assert_eq!(read("dt.pdb", pdb).unwrap().into_system().unwrap().masses, [15.999, 2.0141, 3.016_05]);
    assert!(read("t.xyz", "2\n\nT 0 0 0\nO 0 0 1.6\n").is_err());
}

/// What a command says, and that it succeeds.
fn said(here: &Path, arguments: &[&str]) -> String {
    let output = cormorant(here, arguments);
    let found = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{found}");
    found
}

// Catches: a minimization that writes D2O as H2O; masses of the input that replace those of the file without a word.
#[test]
fn isotopes_go_through_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("d2o.xyz"), heavy_water(":move_mask:L:1", " F")).unwrap();
    let found = said(here, &["minimize", "--model", "organic", "--structures", "d2o.xyz", "--out", "out.xyz"]);
    assert!(found.contains("2 H of 2.014 u") && found.contains("`move_mask` holds 3 of 3 atoms"), "{found}");
    let masses =
        read("out.xyz", &fs::read_to_string(here.join("out.xyz")).unwrap()).unwrap().into_system().unwrap().masses;
    assert_eq!(masses, [18.0, 2.014, 2.014]);
    let input = "version = 1\nname = \"d2o\"\n[structure]\nfile = \"d2o.xyz\"\nmasses = { H = \"1.5 u\" }\n[potential]\nmodel = \
                 \"organic\"\n[[stage]]\nduration = \"1 fs\"\ntime_step = \"0.5 fs\"\n[[stage.write]]\nkind = \"trajectory\"\nfile = \
                 \"t.xyz\"\nevery = \"0.5 fs\"\n";
    fs::write(here.join("input.toml"), input).unwrap();
    let found = said(here, &["run", "input.toml"]);
    assert!(found.contains("replaces the masses that the file states of H"), "{found}");
    let trajectory = fs::read_to_string(here.join("outputs/d2o/t.xyz")).unwrap();
    assert!(trajectory.contains(":masses:R:1") && trajectory.contains(" 1.5"), "{trajectory}");
}

/// Catches: beads of a ring polymer that are taken for isotopes whose masses a format loses, and isotopes that are not.
#[test]
fn lost_masses_are_those_of_isotopes() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::copy(root.join("inputs/structures/ethanol.xyz"), here.join("ethanol.xyz")).unwrap();
    let ring = "path_integral = { beads = 2, temperature = \"300 K\" }\n";
    let bath = "thermostat = { kind = \"pile\", temperature = \"300 K\", relaxation_time = \"50 fs\" }\n";
    for (name, structure, ring, bath, lost) in [
        ("beads", "", ring, bath, false),
        ("plain", "", "", "", false),
        ("isotopes", ", masses = { H = \"2.014 u\" }", "", "", true),
    ] {
        let text = format!(
            "version = 1\nname = \"{name}\"\n{ring}structure = {{ file = \"ethanol.xyz\"{structure} }}\npotential = {{ model = \"organic\" }}\n\
             [[stage]]\nduration = \"1 fs\"\ntime_step = \"0.5 fs\"\n{bath}write = [{{ kind = \"trajectory\", file = \"t.dcd\", every = \"0.5 fs\" }}]\n"
        );
        std::fs::write(here.join(format!("{name}.toml")), text).unwrap();
        let output = crate::cli::cormorant(here, &["run", &format!("{name}.toml")]);
        let said = crate::cli::text(&output.stdout) + &crate::cli::text(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert_eq!(said.contains("does not keep masses"), lost, "{name}: {said}");
    }
}
