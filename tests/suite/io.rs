//! Files: what is written comes back.

use std::path::Path;

use cormorant::atomic;
use cormorant::io::{
    Frame, TrajectoryFormat, TrajectoryFrame, TrajectoryReader, TrajectoryWriter, pdb, read_structure,
};
use cormorant::noise::Noise;
use cormorant::report::write_views;
use cormorant::system::{Cell, Element, Removed, System, velocities};

/// Ethanol, moving, with or without a cell.
fn ethanol(cell: Option<Cell>) -> System {
    let symbols = ["C", "C", "O", "H", "H", "H", "H", "H", "H"];
    let positions = vec![
        [-0.8883, 0.1670, -0.0273],
        [0.4658, -0.5116, -0.0368],
        [1.4311, 0.3229, 0.5867],
        [-0.8487, 1.1175, -0.5695],
        [-1.6471, -0.4704, -0.4896],
        [-1.1964, 0.3978, 0.9977],
        [0.7920, -0.7224, -1.0597],
        [0.4246, -1.4559, 0.5138],
        [1.4671, 1.1550, 0.0848],
    ];
    let elements = symbols.iter().map(|symbol| Element::from_symbol(symbol).unwrap()).collect();
    let mut system = System::new(elements, positions, cell).unwrap();
    velocities::draw(&mut system, 300.0, Removed { translation: true, rotation: false }, &Noise::new(3)).unwrap();
    system
}

/// The frame after `step` steps of free flight.
fn advance(system: &mut System, step: u64) {
    let velocities: Vec<_> = (0..system.atom_count()).map(|atom| system.velocity(atom)).collect();
    for (position, velocity) in system.positions.iter_mut().zip(velocities) {
        *position = cormorant::system::vector::plus(*position, 0.05, velocity);
    }
    system.step = step;
    system.time = step as f64 * 0.5 * cormorant::units::FEMTOSECOND;
}

fn write_frames(path: &Path, format: TrajectoryFormat, system: &System, count: u64) -> Vec<System> {
    let mut writer = TrajectoryWriter::create(path, format, system).unwrap();
    let frames = frames_of(system, 0, count);
    for (number, frame) in frames.iter().enumerate() {
        writer.write(full_frame(frame)).unwrap();
        if number == 2 {
            writer.flush().unwrap();
        }
    }
    assert_eq!(writer.frames(), count);
    writer.finish().unwrap();
    frames
}

fn frames_of(system: &System, first: u64, count: u64) -> Vec<System> {
    let mut moving = system.clone();
    let mut frames = Vec::new();
    for step in 0..first + count {
        if step >= first {
            frames.push(moving.clone());
        }
        advance(&mut moving, 10 * (step + 1));
    }
    frames
}

fn full_frame(system: &System) -> TrajectoryFrame {
    let forces: Vec<[f64; 3]> = system.positions.iter().map(|p| p.map(|x| (1.0e3 * x).sin() / 3.0)).collect();
    TrajectoryFrame::new(system).with_velocities(system).with_energy_and_forces(-4_209.123_456_789_012, &forces)
}

fn read_all(path: &Path, topology: Option<&Path>) -> Vec<Frame> {
    TrajectoryReader::open_with_topology(path, topology).unwrap().collect::<cormorant::Result<_>>().unwrap()
}

fn largest_difference(a: &[[f64; 3]], b: &[[f64; 3]]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.as_flattened().iter().zip(b.as_flattened()).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

fn cells() -> Vec<Option<Cell>> {
    vec![
        None,
        Some(Cell::cubic(12.5).unwrap()),
        Some(Cell::from_lengths_and_angles([11.0, 12.0, 13.0], [80.0, 95.0, 70.0]).unwrap()),
    ]
}

#[test]
fn extended_xyz_keeps_every_bit() {
    // Catches a writer that rounds, a reader that loses a column, energies read as text.
    let folder = tempfile::tempdir().unwrap();
    for cell in cells() {
        let path = folder.path().join("trajectory.xyz");
        let frames = write_frames(&path, TrajectoryFormat::ExtendedXyz, &ethanol(cell), 5);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.lines().nth(1).unwrap().starts_with("Properties="), "viewers need Properties first");
        let read = read_all(&path, None);
        assert_eq!(read.len(), 5);
        for (frame, system) in read.iter().zip(&frames) {
            let written = full_frame(system);
            assert_eq!(frame.elements, system.elements);
            assert_eq!(frame.positions, written.positions);
            assert_eq!(frame.velocities, written.velocities);
            assert_eq!(frame.vectors("forces"), written.forces);
            assert_eq!(frame.number("energy"), written.energy);
            assert_eq!(frame.repeating_cell(), cell);
            assert_eq!(frame.step, Some(system.step));
            assert_eq!(frame.time, Some(written.time));
        }
    }
}

#[test]
fn binary_trajectories_come_back() {
    // Catches transposed cells, nm taken for Å, velocities in the wrong unit, lost frames after a flush.
    let folder = tempfile::tempdir().unwrap();
    for format in [TrajectoryFormat::Dcd, TrajectoryFormat::Xtc, TrajectoryFormat::Trr, TrajectoryFormat::NetCdf] {
        for cell in cells() {
            let system = ethanol(cell);
            let topology = folder.path().join("topology.pdb");
            pdb::write_topology(&topology, &system).unwrap();
            let extension = format.vmd_name().replace("netcdf", "nc");
            let path = folder.path().join(format!("trajectory.{extension}"));
            assert_eq!(TrajectoryFormat::from_path(&path).unwrap(), format);
            let frames = write_frames(&path, format, &system, 5);
            let read = read_all(&path, Some(&topology));
            assert_eq!(read.len(), 5, "{format}");
            let tolerance = if format == TrajectoryFormat::Xtc { 0.0051 } else { 1.0e-5 };
            for (frame, system) in read.iter().zip(&frames) {
                let worst = largest_difference(&frame.positions, &system.positions);
                assert!(worst < tolerance, "{format}: {worst} Å");
                assert_eq!(frame.elements, system.elements);
                if format.keeps_velocities() {
                    let velocities = TrajectoryFrame::new(system).with_velocities(system).velocities.unwrap();
                    let worst = largest_difference(frame.velocities.as_ref().unwrap(), &velocities);
                    assert!(worst < 1.0e-5, "{format}: {worst} Å/ps");
                }
                match (frame.cell, cell) {
                    (Some(found), Some(cell)) => {
                        let worst = largest_difference(&found.rows(), &cell.rows());
                        assert!(worst < 1.0e-4, "{format}: cell {worst} Å");
                    }
                    (None, None) => {}
                    (found, None) => assert!(
                        matches!(format, TrajectoryFormat::Trr | TrajectoryFormat::NetCdf)
                            && found.unwrap().lengths()[0] >= 100.0
                    ),
                    (None, Some(_)) => panic!("{format} lost the cell"),
                }
            }
        }
    }
}

#[test]
fn velocities_survive_as_momenta() {
    // Catches a conversion between Å/ps and internal velocities that is done once too often or the wrong way round.
    let folder = tempfile::tempdir().unwrap();
    let system = ethanol(None);
    let path = folder.path().join("trajectory.xyz");
    write_frames(&path, TrajectoryFormat::ExtendedXyz, &system, 1);
    let read = read_structure(&path, None).unwrap();
    assert!(largest_difference(&read.momenta, &system.momenta) < 1.0e-15);
}

#[test]
fn pdb_trajectories_come_back() {
    // Catches models that readers count twice and a box of zeros.
    let folder = tempfile::tempdir().unwrap();
    for cell in cells() {
        let path = folder.path().join("trajectory.pdb");
        let frames = write_frames(&path, TrajectoryFormat::Pdb, &ethanol(cell), 4);
        assert_eq!(std::fs::read_to_string(&path).unwrap().contains("CRYST1"), cell.is_some());
        let read = read_all(&path, None);
        assert_eq!(read.len(), 4);
        for (frame, system) in read.iter().zip(&frames) {
            assert!(largest_difference(&frame.positions, &system.positions) < 0.000_51);
            assert_eq!(frame.elements, system.elements);
        }
    }
}

#[test]
fn turned_cells_keep_distances() {
    // Catches a DCD whose positions do not belong to its cell: it stores lengths and angles only.
    let folder = tempfile::tempdir().unwrap();
    let cell = Cell::new([[0.0, 6.0, 6.1], [6.2, 0.0, 6.3], [6.4, 6.5, 0.0]]).unwrap();
    let system = ethanol(Some(cell));
    let topology = folder.path().join("topology.pdb");
    pdb::write_topology(&topology, &system).unwrap();
    let path = folder.path().join("trajectory.dcd");
    write_frames(&path, TrajectoryFormat::Dcd, &system, 1);
    let frame = &read_all(&path, Some(&topology))[0];
    let read = frame.cell.unwrap();
    for atom in 1..system.atom_count() {
        let pair = |cell: Cell, positions: &[[f64; 3]]| {
            let apart = cormorant::system::vector::difference(positions[atom], positions[0]);
            let far = cormorant::system::vector::plus(apart, 1.0, cell.rows()[1]);
            cormorant::system::vector::norm(far)
        };
        assert!((pair(cell, &system.positions) - pair(read, &frame.positions)).abs() < 1.0e-4);
    }
    let left = Cell::new([[10.0, 0.0, 0.0], [0.0, 0.0, 10.0], [0.0, 10.0, 0.0]]).unwrap();
    let system = ethanol(Some(left));
    let mut writer = TrajectoryWriter::create(&path, TrajectoryFormat::Dcd, &system).unwrap();
    writer.write(TrajectoryFrame::new(&system)).unwrap();
    assert!(writer.finish().unwrap_err().to_string().contains("left-handed"));
}

#[test]
fn appending_equals_not_stopping() {
    // Catches a resumed run that leaves out frames, doubles them, or keeps half a frame from before the crash.
    let folder = tempfile::tempdir().unwrap();
    for cell in cells() {
        for format in TrajectoryFormat::ALL {
            let system = ethanol(cell);
            let name = format.vmd_name().replace("netcdf", "nc");
            let whole = folder.path().join(format!("whole.{name}"));
            let parts = folder.path().join(format!("parts.{name}"));
            write_frames(&whole, format, &system, 7);
            let memory = TrajectoryWriter::create(&parts, format, &system).unwrap().memory();
            write_frames(&parts, format, &system, 5);
            let mut bytes = std::fs::read(&parts).unwrap();
            bytes.truncate(bytes.len() - 10); // the power failed within the fifth frame
            std::fs::write(&parts, bytes).unwrap();
            let mut writer = TrajectoryWriter::append(&parts, format, &system, 3, memory).unwrap();
            for frame in frames_of(&system, 3, 4) {
                writer.write(full_frame(&frame)).unwrap();
            }
            assert_eq!(writer.frames(), 7);
            writer.finish().unwrap();
            let (whole, parts) = (std::fs::read(&whole).unwrap(), std::fs::read(&parts).unwrap());
            assert_eq!(whole.len(), parts.len(), "{format} {cell:?}");
            assert!(whole == parts, "{format} {cell:?}");
            let mut missing = folder.path().join(format!("short.{name}"));
            write_frames(&missing, format, &system, 2);
            assert!(TrajectoryWriter::append(&missing, format, &system, 3, memory).is_err(), "{format}");
            missing.set_extension("nothing");
            assert!(TrajectoryWriter::append(&missing, format, &system, 3, memory).is_err(), "{format}");
        }
    }
}

#[test]
fn dcd_header_tells_the_times() {
    // Catches chemfiles' time step of zero, which makes MDAnalysis and VMD show wrong times.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trajectory.dcd");
    write_frames(&path, TrajectoryFormat::Dcd, &ethanol(None), 3);
    let bytes = std::fs::read(&path).unwrap();
    let number = |at: usize| i32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!((number(8), number(12), number(16)), (3, 0, 10));
    let step = f64::from(f32::from_le_bytes(bytes[44..48].try_into().unwrap())) * 48.888_21; // AKMA to fs
    assert!((step - 0.5).abs() < 1.0e-6, "{step}");
}

#[test]
fn binary_trajectories_keep_their_times() {
    // Catches times of a DCD file in its own unit, 20.45 times too large, and formats that count frames instead.
    let folder = tempfile::tempdir().unwrap();
    let system = ethanol(Some(Cell::cubic(12.5).unwrap()));
    let topology = folder.path().join("topology.pdb");
    pdb::write_topology(&topology, &system).unwrap();
    for name in ["trajectory.dcd", "trajectory.xtc", "trajectory.trr", "trajectory.nc"] {
        let path = folder.path().join(name);
        let frames = write_frames(&path, TrajectoryFormat::from_path(&path).unwrap(), &system, 5);
        for (frame, system) in read_all(&path, Some(&topology)).iter().zip(&frames) {
            let (found, written) = (frame.time.unwrap(), full_frame(system).time);
            assert!((found - written).abs() < 1.0e-6 * written.max(0.01), "{name}: {found} ps for {written} ps");
        }
    }
}

#[test]
fn failures_are_told() {
    // Catches a writer whose errors vanish in its thread: missing folder, full disk, wrong number of atoms.
    let system = ethanol(None);
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/trajectory.dcd");
    assert!(TrajectoryWriter::create(&missing, TrajectoryFormat::Dcd, &system).is_err());
    if Path::new("/dev/full").exists() {
        let mut writer =
            TrajectoryWriter::create(Path::new("/dev/full"), TrajectoryFormat::ExtendedXyz, &system).unwrap();
        let mut outcome = Ok(());
        for _ in 0..2000 {
            outcome = writer.write(full_frame(&system));
            if outcome.is_err() {
                break;
            }
        }
        assert!(outcome.and_then(|()| writer.finish()).is_err());
    }
    let path = folder.path().join("trajectory.xyz");
    let mut writer = TrajectoryWriter::create(&path, TrajectoryFormat::ExtendedXyz, &system).unwrap();
    let mut frame = full_frame(&system);
    frame.positions.pop();
    assert!(writer.write(frame).is_err());
}

#[test]
fn atomic_files_are_whole_or_absent() {
    // Catches a half-written restart file after a failure, and files that only their owner may read.
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    atomic::write(&path, b"old").unwrap();
    let failing = atomic::write_with(&path, |out| {
        out.write_all(b"new, but")?;
        Err(std::io::Error::other("disk full"))
    });
    assert!(failing.is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o400, 0o400);
    atomic::write(&path, b"new").unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"new");
}

#[test]
fn structures_are_read_by_ending() {
    // Catches reading a frame other than the one asked for, and silence about missing frames or files.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.xyz");
    std::fs::write(&path, "1\n\nH 0 0 0\n1\n\nHe 0 0 1\n").unwrap();
    assert_eq!(read_structure(&path, None).unwrap().elements[0].symbol(), "H");
    assert_eq!(read_structure(&path, Some(1)).unwrap().positions[0], [0.0, 0.0, 1.0]);
    assert!(read_structure(&path, Some(2)).unwrap_err().to_string().contains("no frame 2"));
    for name in ["empty.pdb", "empty.xyz", "empty.gro"] {
        std::fs::write(folder.path().join(name), "").unwrap();
        assert!(read_structure(&folder.path().join(name), None).unwrap_err().to_string().contains("empty"), "{name}");
    }
    assert!(read_structure(&folder.path().join("missing.pdb"), None).is_err());
    assert!(read_structure(folder.path(), None).unwrap_err().to_string().contains("folder"));
    std::fs::write(folder.path().join("noise.dcd"), [7_u8; 300]).unwrap();
    assert!(read_structure(&folder.path().join("noise.dcd"), None).is_err());
    let molecule = folder.path().join("molecule.pdb");
    pdb::write_topology(&molecule, &ethanol(None)).unwrap();
    let placeholder = "CRYST1    1.000    1.000    1.000  90.00  90.00  90.00 P 1           1\n";
    std::fs::write(&molecule, placeholder.to_owned() + &std::fs::read_to_string(&molecule).unwrap()).unwrap();
    assert_eq!(read_structure(&molecule, None).unwrap().cell, None);
    let partly = folder.path().join("slab.xyz");
    std::fs::write(&partly, "1\nLattice=\"9 0 0 0 9 0 0 0 9\" pbc=\"T T F\"\nH 0 0 0\n").unwrap();
    assert_eq!(read_structure(&partly, None).unwrap().cell.unwrap().periodic(), [true, true, false]);
}

#[test]
fn folders_for_readers() {
    // The trajectories that tests/readers opens with other programs: every format, without a cell and with two. They are
    // written here so that this cannot break unnoticed where those programs are not installed.
    let temporary = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("CORMORANT_READERS").map_or_else(|| temporary.path().to_path_buf(), Into::into);
    for (name, cell) in ["molecule", "orthorhombic", "triclinic"].into_iter().zip(cells()) {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let system = ethanol(cell);
        pdb::write_topology(&folder.join("topology.pdb"), &system).unwrap();
        for format in TrajectoryFormat::ALL {
            let extension = format.vmd_name().replace("netcdf", "nc");
            write_frames(&folder.join(format!("trajectory.{extension}")), format, &system, 21);
        }
        // The scripts for viewers, too, which those programs run.
        let dcd = folder.join("trajectory.dcd");
        write_views(&dcd, TrajectoryFormat::Dcd, Some(&folder.join("topology.pdb")), cell.as_ref()).unwrap();
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 10);
    }
}

/// Rows of the table in the guide that says which format holds what: file, positions, velocities, cell, time, atoms.
fn promised() -> Vec<[String; 6]> {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide/src/structures.md")).unwrap();
    let table = text.split("| trajectory |").nth(1).expect("a table of trajectories");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<String> = row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
        let found = cells.len();
        cells.try_into().unwrap_or_else(|_| panic!("{found} cells in {row}"))
    })
    .collect()
}

// Catches: a format that loses what the table in the guide says it holds, or holds more than the table says.
#[test]
fn formats_hold_what_the_table_says() {
    let folder = tempfile::tempdir().unwrap();
    let cell = Cell::from_lengths_and_angles([11.0, 12.0, 13.0], [80.0, 95.0, 70.0]).unwrap();
    let system = ethanol(Some(cell));
    let topology = folder.path().join("topology.pdb");
    pdb::write_topology(&topology, &system).unwrap();
    let rows = promised();
    assert_eq!(rows.len(), TrajectoryFormat::ALL.len());
    for [file, positions, velocities, cell_held, time, atoms] in rows {
        let path = folder.path().join(format!("trajectory{}", file.split(' ').next().unwrap().trim_end_matches(',')));
        let format = TrajectoryFormat::from_path(&path).unwrap();
        let frames = write_frames(&path, format, &system, 4);
        let alone = TrajectoryReader::open(&path).and_then(|mut reader| reader.next_frame());
        let named = alone.is_ok_and(|frame| frame.is_some_and(|frame| frame.elements == system.elements));
        assert_eq!(named, atoms == "yes", "{file}: atoms");
        let read = read_all(&path, (atoms != "yes").then_some(topology.as_path()));
        let tolerance = |text: &str| match text {
            "all bits" => 0.0,
            "f32" => 2.0e-6,
            "0.01 Å" => 0.0051,
            "0.001 Å" => 0.000_51,
            other => panic!("{file}: what is {other}?"),
        };
        for (found, system) in read.iter().zip(&frames) {
            let written = full_frame(system);
            let scale = |values: &[[f64; 3]]| values.as_flattened().iter().fold(1.0_f64, |most, x| most.max(x.abs()));
            let near = largest_difference(&found.positions, &written.positions);
            assert!(near <= tolerance(&positions) * scale(&written.positions).max(1.0), "{file}: positions {near}");
            match (&found.velocities, velocities.as_str()) {
                (None, "no") => {}
                (Some(found), held) => {
                    let written = written.velocities.as_ref().unwrap();
                    assert!(
                        largest_difference(found, written) <= tolerance(held) * scale(written),
                        "{file}: velocities"
                    );
                }
                (None, held) => panic!("{file}: velocities are {held}, but none came back"),
            }
            let lengths = found.cell.map(|cell| cell.lengths());
            match (lengths, cell_held.as_str()) {
                (None, "no") => {}
                (Some(lengths), held) => {
                    let most = (0..3).map(|k| (lengths[k] - cell.lengths()[k]).abs()).fold(0.0, f64::max);
                    assert!(most <= (20.0 * tolerance(held)).max(1.0e-12), "{file}: cell {most}");
                }
                (None, held) => panic!("{file}: the cell is {held}, but none came back"),
            }
            match (found.time, time.as_str()) {
                (None, "no") => {}
                (Some(found), held) if held != "no" => {
                    let error = (found - written.time).abs();
                    assert!(
                        error <= tolerance(held) * written.time.max(1.0e-3),
                        "{file}: {found} ps for {} ps",
                        written.time
                    );
                }
                (found, held) => panic!("{file}: the time is {held}, but {found:?} came back"),
            }
        }
    }
}

/// Catches: beads of a ring polymer, which may stand on each other, that no trajectory without elements can be written of; masses that a format
/// loses without a word.
#[test]
fn beads_have_a_topology_and_lost_masses_are_told_of() {
    use cormorant::io::{TrajectoryFormat, mass_note};
    let folder = tempfile::tempdir().unwrap();
    let one = ethanol(None);
    let twice =
        System::new([&one.elements[..], &one.elements].concat(), [&one.positions[..], &one.positions].concat(), None)
            .unwrap();
    pdb::write_topology(&folder.path().join("topology.pdb"), &twice).unwrap();
    let mut heavy = ethanol(None);
    assert_eq!(mass_note(TrajectoryFormat::Trr, &heavy), None);
    heavy.masses[8] = 2.014;
    assert_eq!(mass_note(TrajectoryFormat::ExtendedXyz, &heavy), None);
    assert!(mass_note(TrajectoryFormat::Trr, &heavy).unwrap().contains("does not keep masses"));
}
