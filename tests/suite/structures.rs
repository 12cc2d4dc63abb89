//! Structures as other programs write them: format by name and content, cell, positions, velocities and their units.

use std::fs;
use std::path::{Path, PathBuf};

use cormorant::io::TrajectoryFrame;
use cormorant::io::{Frame, ReadOptions, StructureFormat, TrajectoryReader, extended_xyz, read_frame, velocity_unit};
use cormorant::system::formula;

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

fn read_as(path: &Path, options: &ReadOptions) -> Result<Frame, String> {
    read_frame(path, None, options).map_err(|error| error.to_string())
}

fn read_text(name: &str, content: &str) -> Result<Frame, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    read_as(&path, &ReadOptions::default())
}

fn close(found: [f64; 3], expected: [f64; 3]) {
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() < 1e-9, "{found:?} is not {expected:?}");
    }
}

// Catches: a POSCAR under one of its usual names that is refused, or read with another cell or element.
#[test]
fn poscar_under_its_names() {
    let text = fs::read_to_string(case("11-poscar/POSCAR")).unwrap();
    for name in ["POSCAR", "CONTCAR", "POSCAR.si", "CONTCAR_01", "si.poscar", "si.vasp", "si", "relaxed.txt"] {
        let frame = read_text(name, &text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(formula(&frame.elements), "Si2", "{name}");
        close(frame.cell.unwrap().rows()[1], [1.9335, 3.3489, 0.0]);
        close(frame.positions[1], [0.25 * (3.867 + 2.0 * 1.9335), 0.25 * (3.3489 + 1.1163), 0.25 * 3.1574]);
        assert!(frame.velocities.is_none());
    }
}

// Catches: scale as volume, three scales, selective dynamics, VASP 4, Cartesian positions and velocities read wrongly.
#[test]
fn poscar_in_full() {
    let selective = "NaCl\n-64\n2 0 0\n0 2 0\n0 0 2\nNa_pv Cl/1a2b\n1 1\nSelective dynamics\ndirect\n0 0 0 T T F\n0.5 0.5 0.5 F F F\n\n \
                     0.001 0 0\n 0 0 -0.002\n";
    let frame = read_text("POSCAR", selective).unwrap();
    assert_eq!(formula(&frame.elements), "ClNa");
    assert!((frame.cell.unwrap().volume().unwrap() - 64.0).abs() < 1e-9);
    close(frame.positions[1], [2.0, 2.0, 2.0]);
    // Å/fs in the file, Å/ps here.
    close(frame.velocities.as_ref().unwrap()[1], [0.0, 0.0, -2.0]);
    let old = "Si O\n1.0 2.0 3.0\n2 0 0\n0 2 0\n0 0 2\n1 2\nCartesian\n0 0 0\n1 1 1\n0.5 0 0\n";
    let frame = read_text("CONTCAR", old).unwrap();
    assert_eq!(formula(&frame.elements), "O2Si");
    close(frame.cell.unwrap().lengths(), [2.0, 4.0, 6.0]);
    close(frame.positions[1], [1.0, 2.0, 3.0]);
    // Without symbols anywhere the elements are asked for.
    let unnamed = old.replace("Si O", "a comment of mine");
    let message = read_text("POSCAR", &unnamed).unwrap_err();
    assert!(message.contains("elements = [\"C\", \"C\"]") && message.contains("--elements"), "{message}");
    let zeros = selective.replace("0.001", "0.0").replace("-0.002", "0.0");
    assert!(read_text("POSCAR", &zeros).unwrap().velocities.is_none());
    let direct = selective.replace("\n\n ", "\nDirect\n ");
    assert!(read_text("POSCAR", &direct).unwrap().unused_velocities.unwrap().contains("not used"));
}

// Catches: a LAMMPS data file that is refused under a usual name, a tilt in the wrong place, elements other than the masses say.
#[test]
fn lammps_data_under_its_names() {
    let text = fs::read_to_string(case("21-lammps-data/data.si")).unwrap();
    for name in ["data.si", "si.data", "si.lmp", "lammps.dat"] {
        let frame = read_text(name, &text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(formula(&frame.elements), "Si2", "{name}");
        close(frame.cell.unwrap().rows()[2], [1.9335, 1.1163, 3.1574]);
        close(frame.positions[1], [1.9335, 1.1163, 0.7893]);
        assert!(frame.notes[0].contains("unit style"), "{:?}", frame.notes);
    }
}

fn lammps(title: &str, masses: &str, atoms: &str) -> String {
    let (types, count) = (masses.lines().count(), atoms.lines().count());
    let header = format!("{title}\n\n{count} atoms\n{types} atom types\n0 10 xlo xhi\n0 10 ylo yhi\n0 10 zlo zhi\n\n");
    let masses = if masses.contains('.') { format!("Masses\n\n{masses}\n\n") } else { String::new() };
    format!("{header}{masses}Atoms\n\n{atoms}\n\nVelocities\n\n2 0 0 2\n1 1 0 0\n")
}

// Catches: atom styles mistaken for one another, atoms out of order, velocities in the unit of another style.
#[test]
fn lammps_data_in_full() {
    let full = "2 1 2 0.4 3 0 0 0 0 1\n1 1 1 -0.8 1 0 0 0 0 0";
    let real = lammps(
        "LAMMPS data file via write_data, version 2 Aug 2023, timestep = 0, units = real",
        "1 15.9994\n2 1.008",
        full,
    );
    let frame = read_text("a.data", &real).unwrap();
    assert_eq!(formula(&frame.elements), "HO");
    close(frame.positions[0], [1.0, 0.0, 0.0]);
    close(frame.velocities.unwrap()[1], [0.0, 0.0, 2000.0]);
    let metal = real.replace("units = real", "units = metal");
    close(read_text("a.data", &metal).unwrap().velocities.unwrap()[1], [0.0, 0.0, 2.0]);
    for atoms in [
        "1 1 1 0 0\n2 2 3 0 0",
        "1 1 -1 1 0 0\n2 2 1.5 3 0 0",
        "1 7 1 1 0 0\n2 7 2 3 0 0",
        "1 7 1 0 1 0 0\n2 7 2 0.5 3 0 0",
    ] {
        let frame = read_text("a.data", &lammps("mine", "1 15.9994\n2 1.008", atoms))
            .unwrap_or_else(|error| panic!("{atoms}: {error}"));
        close(frame.positions[1], [3.0, 0.0, 0.0]);
        assert!(frame.velocities.is_none());
        let unused = frame.unused_velocities.unwrap();
        assert!(unused.contains("Velocities") && unused.contains("velocity_unit"), "{unused}");
    }
    let options = ReadOptions { velocity_unit: Some(velocity_unit("Å/fs").unwrap()), ..ReadOptions::default() };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.data");
    fs::write(&path, lammps("mine", "1 15.9994\n2 1.008", "1 1 1 0 0\n2 2 3 0 0")).unwrap();
    close(read_as(&path, &options).unwrap().velocities.unwrap()[0], [1000.0, 0.0, 0.0]);
    let lj = real.replace("units = real", "units = lj");
    assert!(read_text("a.data", &lj).unwrap_err().contains("unit style lj"));
}

// Catches: elements guessed from masses that two elements share, that groups of atoms have, or of reduced units.
#[test]
fn lammps_masses() {
    let element = |mass: &str| {
        let atoms = "1 1 1 0 0\n2 1 3 0 0";
        read_text("a.data", &lammps("t", mass, atoms)).map(|frame| formula(&frame.elements))
    };
    for (mass, expected) in [
        ("12.011", "C2"),
        ("12.0", "C2"),
        ("1.00794", "H2"),
        ("55.845", "Fe2"),
        ("39.948", "Ar2"),
        ("40.078", "Ca2"),
        ("58.6934", "Ni2"),
    ] {
        assert_eq!(element(&format!("1 {mass}")).unwrap(), expected, "{mass}");
    }
    assert_eq!(element("1 40.0 # Ar").unwrap(), "Ar2");
    assert_eq!(element("1 2.014").unwrap(), "H2");
    for mass in ["40.0", "14.027 # CH2", "15.035", "1.0", "72.0", "56"] {
        let message = element(&format!("1 {mass}")).expect_err(mass);
        assert!(message.contains("elements = [") && message.contains("--elements"), "{mass}: {message}");
    }
    assert!(element("1 12.011 # Ca").unwrap_err().contains("label says Ca"));
}

// Catches: scaled positions, atoms out of order and the bounding box of an oblique cell read wrongly.
#[test]
fn lammps_dump() {
    let text = "ITEM: TIMESTEP\n7\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS xy xz yz pp pp pp\n1.0 13.0 2.0\n0.0 10.0 0.0\n0.0 8.0 \
                0.0\nITEM: ATOMS id element xs ys zs\n2 H 0.5 0.5 0.0\n1 O 0 0 0\n";
    let frame = read_text("a.lammpstrj", &text.repeat(2)).unwrap();
    assert_eq!(formula(&frame.elements), "HO");
    let rows = frame.cell.unwrap().rows();
    close(rows[0], [10.0, 0.0, 0.0]);
    close(rows[1], [2.0, 10.0, 0.0]);
    close(frame.positions[1], [1.0 + 5.0 + 1.0, 5.0, 0.0]);
    assert_eq!(frame.step, Some(7));
    let typed = text.replace("element", "type").replace(" H ", " 2 ").replace(" O ", " 1 ");
    assert!(read_text("dump.lammpstrj", &typed).unwrap_err().contains("elements = ["));
}

// Catches: one CRYST1 that holds for the first model alone, a dummy cell taken for one, asymmetric units without a word.
#[test]
fn cells_of_pdb() {
    let atom = |symbol: &str| {
        format!("HETATM    1 {symbol:>2}   ARG X   1       1.000   2.000   3.000  1.00  0.00          {symbol:>2}\n")
    };
    let models = |crystal: &str| {
        format!("{crystal}\nMODEL        1\n{}ENDMDL\nMODEL        2\n{}ENDMDL\nEND\n", atom("N"), atom("N"))
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdb");
    let cells = |crystal: &str| -> Vec<Frame> {
        fs::write(&path, models(crystal)).unwrap();
        TrajectoryReader::open(&path).unwrap().collect::<cormorant::Result<_>>().unwrap()
    };
    let one = cells("CRYST1   10.000   11.000   12.000  90.00  90.00  90.00 P 1           1");
    assert_eq!(one.len(), 2);
    assert!(one.iter().all(|frame| frame.cell.is_some_and(|cell| cell.lengths() == [10.0, 11.0, 12.0])));
    for dummy in [
        "CRYST1    1.000    1.000    1.000  90.00  90.00  90.00 P 1           1",
        "CRYST1    0.000    0.000    0.000  90.00  90.00  90.00 P 1           1",
    ] {
        assert!(cells(dummy).iter().all(|frame| frame.cell.is_none()), "{dummy}");
    }
    let late = format!("{}{}", models(""), "CRYST1   10.000   11.000   12.000  90.00  90.00  90.00 P 1           1\n");
    assert!(read_text("late.pdb", &late).unwrap().cell.is_some());
    let crystal = cells("CRYST1   10.000   11.000   12.000  90.00  90.00  90.00 P 21 21 21    4");
    assert!(crystal[0].notes[0].contains("P 21 21 21"), "{:?}", crystal[0].notes);
    let twice = "ATOM      1  CA AALA A   1       1.000   2.000   3.000  0.60  0.00           C\n\
                 ATOM      2  CA BALA A   1       1.100   2.000   3.000  0.40  0.00           C\n";
    let frame = read_text("b.pdb", twice).unwrap();
    assert_eq!(frame.positions, [[1.0, 2.0, 3.0]]);
    assert!(frame.notes[0].contains("1 others are skipped"), "{:?}", frame.notes);
}

// Catches: velocities of GRO that are zeros where there are none, widths of columns other than eight, a box of nine numbers.
#[test]
fn gro_columns() {
    let text = "water t= 1.5 step= 3\n2\n    1ARG     N    1   0.10000   0.20000   0.30000\n    1ARG     C    2   0.40000   0.50000   \
                0.60000\n 1.0 2.0 3.0 0 0 0.1 0 0.2 0.3\n";
    let frame = read_text("a.gro", text).unwrap();
    close(frame.positions[1], [4.0, 5.0, 6.0]);
    close(frame.cell.unwrap().rows()[2], [2.0, 3.0, 30.0]);
    assert_eq!((frame.time, frame.step, frame.velocities), (Some(1.5), Some(3), None));
    let moving = "t\n1\n    1ARG     N    1   0.100   0.200   0.300  0.1000 -0.2000  0.3000\n 0 0 0\n";
    let frame = read_text("a.gro", moving).unwrap();
    close(frame.velocities.unwrap()[0], [1.0, -2.0, 3.0]);
    assert!(frame.cell.is_none());
    let huge = moving.replace(" 0 0 0\n", "40000.0000040000.0000040000.00000\n");
    close(read_text("a.gro", &huge).unwrap().cell.unwrap().lengths(), [4.0e5; 3]);
}

// Catches: coordinates of AMBER without their topology, velocities in the unit of AMBER taken for Å/ps.
#[test]
fn amber_restart_and_topology() {
    let folder = tempfile::tempdir().unwrap();
    let (topology, coordinates) = (folder.path().join("a.prmtop"), folder.path().join("a.rst7"));
    let head = "%VERSION  VERSION_STAMP = V0001.000\n%FLAG ATOM_NAME\n%FORMAT(20a4)\nCA  HA  CL  \n";
    fs::write(&topology, format!("{head}%FLAG ATOMIC_NUMBER\n%FORMAT(10I8)\n       6       1      17\n")).unwrap();
    let numbers = |numbers: &[f64]| numbers.iter().map(|x| format!("{x:12.7}")).collect::<Vec<_>>().concat();
    let block = |scale: f64| {
        let all: Vec<f64> = (0..9).map(|k| scale * f64::from(k)).collect();
        format!("{}\n{}\n", numbers(&all[..6]), numbers(&all[6..]))
    };
    let content = format!(
        "title\n    3  0.5000000E+01\n{}{}{}\n",
        block(1.0),
        block(0.1),
        numbers(&[20.0, 21.0, 22.0, 90.0, 90.0, 90.0])
    );
    fs::write(&coordinates, content).unwrap();
    let message = read_as(&coordinates, &ReadOptions::default()).unwrap_err();
    assert!(message.contains("topology = "), "{message}");
    let options = ReadOptions::with_topology(Some(topology.clone()));
    let frame = read_as(&coordinates, &options).unwrap();
    assert_eq!(formula(&frame.elements), "CHCl");
    close(frame.positions[2], [6.0, 7.0, 8.0]);
    close(frame.velocities.unwrap()[1], [0.3 * 20.455, 0.4 * 20.455, 0.5 * 20.455]);
    close(frame.cell.unwrap().lengths(), [20.0, 21.0, 22.0]);
    assert!(read_as(&topology, &ReadOptions::default()).unwrap_err().contains("topology without positions"));
}

// Catches: sites of a crystal that are partially occupied read as whole atoms without a word; symmetry that is not applied.
#[test]
fn occupancies_of_cif() {
    let cif = |occupancy: &str| {
        format!(
            "data_x\n_cell_length_a 4\n_cell_length_b 4\n_cell_length_c 4\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma \
             90\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-x,-y,-z\nloop_\n_atom_site_label\n_atom_site_type_symbol\n\
             _atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\nCA1 Ca 0.1 0.1 0.1 {occupancy}\nO1 O 0 0 0 1\n"
        )
    };
    let whole = read_text("a.cif", &cif("1")).unwrap();
    assert_eq!(formula(&whole.elements), "Ca2O");
    assert_eq!(whole.notes, ["2 symmetry operations make 3 atoms of 2 sites"]);
    let partly = read_text("a.cif", &cif("0.5")).unwrap();
    assert!(partly.notes[0].contains("1 of 2 sites are partially occupied"), "{:?}", partly.notes);
}

// Catches: momenta of ASE that are dropped or taken for velocities; velocities without a unit that are guessed or dropped silently.
#[test]
fn velocities_of_extended_xyz() {
    let path = case("27-momenta-of-ase/mom.xyz");
    let system = read_as(&path, &ReadOptions::default()).unwrap().into_system().unwrap();
    // √(u·eV) is our own unit of momentum.
    close(system.momenta[0], [0.09908120, -0.10410471, 0.50468252]);
    close(system.momenta[8], [0.20625576, 0.02146233, -0.16973554]);
    let argon = case("43-velocities-without-units/ar.xyz");
    let frame = read_as(&argon, &ReadOptions::default()).unwrap();
    assert!(frame.velocities.is_none());
    let unused = frame.unused_velocities.unwrap();
    assert!(unused.contains("column velo") && unused.contains("velocity_unit = \"Å/ps\""), "{unused}");
    for (unit, factor) in [("Å/ps", 1.0), ("Å/fs", 1000.0), ("nm/ps", 10.0), ("m/s", 0.01)] {
        let options = ReadOptions { velocity_unit: Some(velocity_unit(unit).unwrap()), ..ReadOptions::default() };
        let velocities = read_as(&argon, &options).unwrap().velocities.unwrap();
        assert!((velocities[0][0] / (-1.3725221861341257 * factor) - 1.0).abs() < 1e-12, "{unit}");
    }
    assert!(velocity_unit("Å").is_err());
}

// Catches: MDL V3000 read as a molecule of no atoms.
#[test]
fn v3000_is_refused() {
    let text = "\n  x\n\n  0  0  0     0  0            999 V3000\nM  V30 BEGIN CTAB\nM  V30 COUNTS 1 0 0 0 0\nM  V30 BEGIN ATOM\nM  V30 1 C 1.2 -0.3 0 \
                0\nM  V30 END ATOM\nM  V30 END CTAB\nM  END\n$$$$\n";
    let error = read_text("v3.sdf", text).unwrap_err();
    assert!(error.contains("line 4") && error.contains("save the molecule as V2000"), "{error}");
}

// Catches: files of other programs that are refused without the way to one that is read.
#[test]
fn other_formats_name_the_way_out() {
    for (name, content, parts) in [
        ("OUTCAR", " vasp.6.3.0 18Jan22\n", ["OUTCAR of VASP", "ase convert -i vasp-out"]),
        ("vasprun.xml", "<?xml version=\"1.0\"?>\n<modeling>\n", ["vasprun.xml", "ase convert -i vasp-xml"]),
        ("XDATCAR", "Si\n1\n", ["trajectory of VASP", "vasp-xdatcar"]),
        ("pw.in", "&CONTROL\n calculation='scf'\n/\n", ["Quantum ESPRESSO", "espresso-in"]),
        ("a.restart", "&FORCE_EVAL\n&END\n", ["CP2K", "ase convert"]),
        ("a.pdbqt", "ATOM\n", ["PDBQT", "obabel"]),
        ("a.top", "[ defaults ]\n", ["topology of GROMACS", "GRO"]),
        ("in.lammps", "units metal\npair_style sw\n", ["input of LAMMPS", "write_data"]),
        ("some.stuff", "nothing known\n", ["format = \"...\"", "--format"]),
    ] {
        let message = read_text(name, content).expect_err(name);
        for part in parts {
            assert!(message.contains(part), "{name}: {part:?} is missing in: {message}");
        }
    }
    // A format that is set overrules the name.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("structure.in");
    fs::copy(case("11-poscar/POSCAR"), &path).unwrap();
    let options = ReadOptions { format: Some(StructureFormat::from_name("vasp").unwrap()), ..ReadOptions::default() };
    assert_eq!(formula(&read_as(&path, &options).unwrap().elements), "Si2");
    assert!(StructureFormat::from_name("vsap").unwrap_err().to_string().contains("vasp"));
}

/// Reads every file that `tests/readers/structures` lists and writes its frames where that compares them with other programs; here
/// a list of one file, so that this cannot break unnoticed.
#[test]
fn structures_for_readers() {
    let temporary = tempfile::tempdir().unwrap();
    let list = temporary.path().join("list");
    let out = temporary.path().join("out.xyz");
    fs::write(&list, format!("{}\t\t{}\n", case("11-poscar/POSCAR").display(), out.display())).unwrap();
    let list = std::env::var_os("CORMORANT_STRUCTURES").map_or(list, PathBuf::from);
    for line in fs::read_to_string(list).unwrap().lines() {
        let [file, topology, out] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let options = ReadOptions::with_topology((!topology.is_empty()).then(|| topology.into()));
        match read_as(Path::new(file), &options) {
            Ok(frame) => {
                let mut text = Vec::new();
                let notes = frame.notes.clone();
                let (elements, velocities) = (frame.elements.clone(), frame.velocities.clone());
                let mut written = TrajectoryFrame::new(&frame.into_system().unwrap());
                written.velocities = velocities;
                extended_xyz::write_frame(&mut text, &elements, &written).unwrap();
                fs::write(out, text).unwrap();
                fs::write(format!("{out}.notes"), notes.join("\n")).unwrap();
            }
            Err(message) => fs::write(format!("{out}.error"), message).unwrap(),
        }
    }
}

/// A crystal of one site with this line of its group and this line of its cell.
fn one_site(group: &str, angles: &str) -> String {
    format!(
        "data_x\n_cell_length_a 3.567\n_cell_length_b 3.567\n_cell_length_c 3.567\n{angles}{group}\nloop_\n_atom_site_label\n\
         _atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nC1 C 0.0 0.0 0.0\n"
    )
}

// Catches: a space group that nobody knows by its name, so that the sites of the asymmetric unit are taken for the whole crystal; one that is
// known and refused; an angle that is 90 degrees because another one was left out.
#[test]
fn crystals_are_whole_or_refused() {
    let right = "_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n";
    let known = read_text("a.cif", &one_site("_symmetry_space_group_name_H-M 'F d -3 m'", right)).unwrap();
    assert_eq!(known.elements.len(), 8);
    // One atom of the cell, and all of them.
    let simple = read_text("a.cif", &one_site("_symmetry_space_group_name_H-M 'P m -3 m'", right)).unwrap();
    assert_eq!(simple.elements.len(), 1);
    for group in ["_symmetry_Int_Tables_number 227", "_symmetry_space_group_name_H-M 'F M 3 M X'"] {
        match read_text("a.cif", &one_site(group, right)) {
            Ok(frame) => assert!(frame.elements.len() > 1, "{group}: {} atom", frame.elements.len()),
            Err(refused) => assert!(
                refused.contains("without its symmetry operations") && refused.contains("ase convert"),
                "{refused}"
            ),
        }
    }
    let hexagonal = read_text("a.cif", &one_site("", "_cell_angle_gamma 120\n")).unwrap();
    let [.., gamma] = hexagonal.cell.unwrap().angles();
    assert!((gamma - 120.0).abs() < 1e-9, "{gamma}");
    let wrong = read_text("a.cif", &one_site("", "_cell_angle_gamma right\n")).unwrap_err();
    assert!(wrong.contains("`_cell_angle_gamma`"), "{wrong}");
}

// Catches: compressed structures that another reader reads, which knows neither units nor masses nor charges.
#[test]
fn compressed_structures_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xyz.gz");
    fs::write(&path, [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]).unwrap();
    let refused = read_as(&path, &ReadOptions::default()).unwrap_err();
    assert!(refused.contains("is compressed; unpack it first: gunzip"), "{refused}");
}
