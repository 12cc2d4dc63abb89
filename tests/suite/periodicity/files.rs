//! Slabs and wires in files: what is written comes back, or a note says what does not.

use std::fs;
use std::path::Path;

use cormorant::io::{ExtendedXyzReader, Frame, TrajectoryFormat, TrajectoryFrame, TrajectoryReader, TrajectoryWriter};
use cormorant::settings::Input;
use cormorant::simulation::Simulation;
use cormorant::system::Cell;

use super::{SLAB, WIRE, silicon};
use crate::restart::StopAt;

fn read(text: &'static str) -> cormorant::Result<Frame> {
    let mut reader = ExtendedXyzReader::new(Path::new("a.xyz"), text.as_bytes());
    reader.next_frame().map(|frame| frame.expect("a frame"))
}

// Catches: a flat cell that nobody uses refused, a direction that repeats without a vector taken for open, the periodicity of a file
// lost or taken for all three.
#[test]
fn extended_xyz_states_what_repeats() {
    let flat = read("1\nLattice=\"10 0 0 0 10 0 0 0 0\" pbc=\"F F F\"\nH 0 0 0\n").unwrap();
    assert_eq!((flat.repeating_cell(), flat.into_system().unwrap().cell), (None, None));
    let slab = read("1\nLattice=\"10 0 0 0 10 0 0 0 0\" pbc=\"T T F\"\nH 0 0 0\n").unwrap();
    assert_eq!(slab.into_system().unwrap().cell.unwrap().periodic(), SLAB);
    let wire =
        read("1\nLattice=\"0 0 0 0 9 0 1 1 1\" pbc=[F, T, F] Properties=species:S:1:pos:R:3\nH 0 0 0\n").unwrap();
    assert_eq!(wire.into_system().unwrap().cell.unwrap().measure(), 9.0);
    for text in
        ["1\nLattice=\"10 0 0 0 10 0 0 0 0\"\nH 0 0 0\n", "1\nLattice=\"10 0 0 0 10 0 0 0 0\" pbc=\"T F T\"\nH 0 0 0\n"]
    {
        let message = read(text).unwrap_err().to_string();
        assert!(message.contains("line 2: the third cell vector is zero") && message.contains("pbc"), "{message}");
    }
    let message = read("1\npbc=\"T T F\"\nH 0 0 0\n").unwrap_err().to_string();
    assert!(message.contains("there is no Lattice"), "{message}");
}

/// The cells of silicon slabs and wires: full, flat, and with room.
fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for periodic in [SLAB, WIRE] {
        for open in [0.0, 2.0, 31.0] {
            let edge = |k: usize| if periodic[k] { 5.45 } else { open };
            let rows = [[edge(0), 0.0, 0.0], [0.0, edge(1), 0.0], [0.0, 0.0, edge(2)]];
            cells.push(Cell::with_periodicity(rows, periodic).unwrap());
        }
    }
    cells
}

// Catches: periodicity that does not survive a trajectory, a stress of a system without a volume, formats that silently turn a slab
// into a crystal, or write a cell that its own images overlap in.
#[test]
fn trajectories_keep_or_note_what_repeats() {
    let folder = tempfile::tempdir().unwrap();
    for cell in cells() {
        let mut system = silicon([true; 3], 1.0);
        system.cell = Some(cell);
        let frame = TrajectoryFrame::new(&system).with_virial(&[[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 3.0]]);
        for name in ["t.xyz", "t.dcd", "t.xtc", "t.trr", "t.nc", "t.pdb"] {
            let path = folder.path().join(name);
            let format = TrajectoryFormat::from_path(&path).unwrap();
            let mut writer = TrajectoryWriter::create(&path, format, &system).unwrap();
            writer.write(frame.clone()).unwrap();
            let note = writer.note().map(str::to_string);
            writer.finish().unwrap();
            let topology = folder.path().join("topology.pdb");
            cormorant::io::pdb::write_topology(&topology, &system).unwrap();
            let topology = format.needs_topology().then_some(topology.as_path());
            let mut reader = TrajectoryReader::open_with_topology(&path, topology).unwrap();
            let read = reader.next_frame().unwrap().unwrap();
            let found = read.cell.unwrap();
            if format == TrajectoryFormat::ExtendedXyz {
                assert_eq!((found, note), (cell, None));
                assert_eq!(read.tensor("virial").unwrap()[2][2], 3.0);
                assert!(read.tensor("stress").is_none());
                assert_eq!(read.positions, system.positions);
                continue;
            }
            let note = note.unwrap();
            assert!(note.contains("cannot store which directions are periodic"), "{note}");
            let stated = cell.lengths().iter().all(|&length| length > 5.0);
            assert_eq!(note.contains("as it was stated"), stated, "{name}: {note}");
            for k in 0..3 {
                let length = found.lengths()[k];
                if cell.periodic()[k] || stated {
                    assert!((length - cell.lengths()[k]).abs() < 1.0e-3, "{name}: {length} for {cell:?}");
                } else {
                    assert!(length > 100.0, "{name}: {length} for an open direction");
                }
            }
        }
    }
}

const INPUT: &str = r#"version = 1
name = "slab"
seed = 5
structure = { file = "argon.xyz", cell = ["16 Å", "16 Å", "0 Å"], periodic = [true, true, false] }
velocities = { temperature = "60 K" }

[output]
folder = "out"

[potential]
kind = "lennard-jones"
epsilon = "0.0103 eV"
sigma = "3.405 Å"
cutoff = "7.5 Å"

[[stage]]
duration = "0.12 ps"
time_step = "4 fs"
integrator = "velocity-verlet"
thermostat = { kind = "nose-hoover", temperature = "60 K", relaxation_time = "100 fs" }
barostat = { kind = "martyna-tobias-klein", pressure = "0.01 N/m", relaxation_time = "400 fs" }
write = [
    { kind = "trajectory", file = "t.xyz", every = "12 fs" }, { kind = "trajectory", file = "t.dcd", every = "12 fs" },
    { kind = "energies", every = "4 fs" }, { kind = "radial-distribution", every = "12 fs" },
    { kind = "restart", every = "16 fs" },
]
"#;

fn build(folder: &Path) -> Simulation {
    let argon = crate::cli::argon();
    fs::copy(argon.path().join("argon.xyz"), folder.join("argon.xyz")).unwrap();
    fs::write(folder.join("slab.toml"), INPUT).unwrap();
    fs::create_dir_all(folder.join("out")).unwrap();
    let Input::Run(input) = Input::read(&folder.join("slab.toml")).unwrap() else { panic!("not a run") };
    input.build().unwrap()
}

// Catches: periodicity or the flat vector lost in a restart file, a vacuum of a trajectory that is chosen anew, a pressure of a slab
// in a column of GPa.
#[test]
fn a_slab_stops_and_resumes_to_the_same_bits() {
    let (whole, parted) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let outcome = build(whole.path()).run().unwrap();
    assert_eq!(outcome.stages[0].dimensions, 2);
    let mut first = build(parted.path());
    first.observers.push(Box::new(StopAt(17, first.stop.clone())));
    assert!(first.run().is_err());
    drop(first);
    let mut second = build(parted.path());
    second.resume(&parted.path().join("out/restart.safetensors")).unwrap();
    second.run().unwrap();
    let names: Vec<_> =
        fs::read_dir(whole.path().join("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.len() >= 5, "{names:?}");
    for name in names {
        let bytes = |folder: &Path| fs::read(folder.join("out").join(&name)).unwrap();
        assert!(bytes(whole.path()) == bytes(parted.path()), "{} differs", name.display());
    }
    let table = fs::read_to_string(whole.path().join("out/energies.csv")).unwrap();
    let head = table.lines().next().unwrap();
    assert!(head.ends_with(",surface_pressure/(N/m),area/Å^2"), "{head}");
    let areas: Vec<f64> = table.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().parse().unwrap()).collect();
    assert!((areas[0] - 256.0).abs() < 1.0e-6 && areas.iter().any(|area| (area - 256.0).abs() > 0.01), "{areas:?}");
    let last = fs::read_to_string(whole.path().join("out/t.xyz")).unwrap();
    assert!(last.contains(" 0.0 0.0 0.0\" pbc=\"T T F\""), "the open vector was not kept");
}
