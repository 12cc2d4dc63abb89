//! Inputs on which the program was wrong, from `tests/cases`, run from outside.

use std::fs;
use std::path::Path;
use std::process::Output;

use cormorant::io::{TrajectoryReader, TrajectoryWriter};
use tempfile::TempDir;

use crate::cli::{cormorant, text};

/// A copy of a case in a folder of its own.
pub fn copy(case: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(case)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

/// Run an input of a case after `change`.
pub fn run(case: &str, input: &str, change: impl Fn(String) -> String) -> (TempDir, Output) {
    let folder = copy(case);
    let path = folder.path().join(input);
    fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    let output = cormorant(folder.path(), &["run", input]);
    (folder, output)
}

/// Heads and rows of a CSV table.
pub fn table(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| line.split(',').map(str::to_string).collect()).collect()
}

/// The numbers under `head`.
pub fn column(table: &[Vec<String>], head: &str) -> Vec<f64> {
    let at = table[0].iter().position(|one| one == head).unwrap_or_else(|| panic!("no {head} in {:?}", table[0]));
    table[1..].iter().map(|row| row[at].parse().unwrap()).collect()
}

// Catches: NetCDF without times, which our own analysis refuses and other readers take for 1 ps a frame.
#[test]
fn netcdf_holds_times() {
    let (folder, output) = run("24-netcdf-without-time", "short.toml", |input| input);
    assert!(output.status.success(), "{output:?}");
    let path = folder.path().join("outputs/short/trajectory.nc");
    let topology = path.with_file_name("topology.pdb");
    let frames: Vec<_> = TrajectoryReader::open_with_topology(&path, Some(&topology))
        .unwrap()
        .collect::<cormorant::Result<_>>()
        .unwrap();
    let times: Vec<f64> = frames.iter().map(|frame| frame.time.unwrap()).collect();
    assert_eq!(times.len(), 7);
    for (step, time) in times.iter().enumerate() {
        assert!((time - 1.0e-3 * step as f64).abs() < 1.0e-9, "{times:?}");
    }
    // As the convention has it: f32 under this name and unit, which other programs look for.
    let bytes = fs::read(&path).unwrap();
    for word in ["time", "picosecond", "coordinates", "AMBER", "cell_lengths", "velocities"] {
        assert!(bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
    }
    let output = cormorant(folder.path(), &["analyze", "outputs/short/trajectory.nc", "msd"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

// Catches: a file that an older version began, whose frames have no time, spoiled by records of another size.
#[test]
fn netcdf_of_older_versions_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.nc");
    let system = cormorant::io::read_structure(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/24-netcdf-without-time/silicon.xyz"),
        None,
    )
    .unwrap();
    let mut old = chemfiles::Trajectory::open_with_format(&path, 'w', "Amber NetCDF").unwrap();
    let mut frame = chemfiles::Frame::new();
    frame.set_cell(&chemfiles::UnitCell::new(system.cell.unwrap().lengths()));
    for position in &system.positions {
        frame.add_atom(&chemfiles::Atom::new("Si"), *position, Some([1.0, 2.0, 3.0]));
    }
    for _ in 0..3 {
        old.write(&frame).unwrap();
    }
    drop(old);
    let format = cormorant::io::TrajectoryFormat::NetCdf;
    let memory = cormorant::io::TrajectoryMemory::default();
    let mut writer = TrajectoryWriter::append(&path, format, &system, 2, memory).unwrap();
    let mut moved = system.clone();
    moved.positions[3][1] += 0.25;
    writer.write(cormorant::io::TrajectoryFrame::new(&moved).with_velocities(&moved)).unwrap();
    writer.finish().unwrap();
    let mut read = chemfiles::Trajectory::open_with_format(&path, 'r', "Amber NetCDF").unwrap();
    assert_eq!(read.nsteps(), 3);
    read.read_step(2, &mut frame).unwrap();
    let (found, written) = (frame.positions()[3][1], moved.positions[3][1]);
    assert!((found - written).abs() < 1.0e-5, "{found} {written}");
    read.read_step(1, &mut frame).unwrap();
    assert!((frame.positions()[3][1] - system.positions[3][1]).abs() < 1.0e-5);
}

// Catches: path integrals without a report, because the ring is not known to it, and status 0 all the same.
#[test]
fn path_integrals_get_their_report() {
    let more = "\n[[stage.write]]\nkind = \"trajectory\"\nfile = \"trajectory.xyz\"\nevery = \"5 fs\"\n";
    let (folder, output) = run("41-path-integral-report", "har16.toml", |input| input + more);
    let told = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success() && told.contains("report: "), "{told}");
    let target = folder.path().join("outputs/har16");
    let page = fs::read_to_string(target.join("report.html")).unwrap();
    for expected in ["Quantum energies", "Energies of the quantum nuclei", "gyration", "16 beads"] {
        assert!(page.contains(expected), "{expected:?} is missing in the report");
    }
    let again = cormorant(folder.path(), &["report", "outputs/har16"]);
    assert!(again.status.success(), "{}", text(&again.stderr));

    // What was promised and cannot be written is an error, with a word.
    fs::write(target.join("outcome.json"), "{").unwrap();
    for arguments in [vec!["run", "har16.toml", "--resume"], vec!["run", "har16.toml", "--resume", "--quiet"]] {
        let output = cormorant(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(text(&output.stderr).contains("no report could be written"), "{}", text(&output.stderr));
    }
}

// Catches: an analysis without frames enough for anything, status 0, and no file.
#[test]
fn an_analysis_that_cannot_run_is_refused() {
    let (folder, output) = run("24-netcdf-without-time", "short.toml", |input| {
        input.replace(
            "kind = \"trajectory\"\nfile = \"trajectory.nc\"\nevery = \"1 fs\"",
            "kind = \"mean-squared-displacement\"\nevery = \"9 fs\"",
        )
    });
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("needs at least 2 frames") && told.contains("every"), "{told}");
    assert!(!folder.path().join("outputs").exists());
}

// Catches: a liquid whose cell runs away under independent edges without a word, and a guard that cannot stop it.
#[test]
fn a_liquid_flows() {
    let (_folder, output) = run("44-anisotropic-liquid", "liquid.toml", |input| input);
    let told = text(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(told.contains("the substance is a liquid") && told.contains("isotropic"), "{told}");

    let stop = |input: String| {
        input.replace("duration = \"20 ps\"", "duration = \"0.4 ps\"") + "\n[guards]\ncell_change = 1.005\n"
    };
    let (folder, output) = run("44-anisotropic-liquid", "liquid.toml", stop);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = text(&output.stderr);
    assert!(told.contains("an edge of the cell, 17.324 Å at the start"), "{told}");
    assert!(folder.path().join("outputs/ppt-mar-ani-1/stopped.xyz").exists());
}

// Catches: a warning about every crystal that is given independent edges, as it should be.
#[test]
fn a_crystal_does_not_flow() {
    let (_folder, output) = run("24-netcdf-without-time", "short.toml", |input| {
        let barostat = "thermostat = { kind = \"langevin\", temperature = \"300 K\", friction = \"5 / ps\" }\n\
                        barostat = { kind = \"martyna-tobias-klein\", pressure = \"1 bar\", relaxation_time = \"0.5 ps\", scaling = \
                        \"anisotropic\" }\n";
        input
            .replace("time_step = \"1 fs\"", &format!("time_step = \"2 fs\"\n{barostat}"))
            .replace("duration = \"6 fs\"", "duration = \"4 ps\"")
            .replace("every = \"1 fs\"", "every = \"1 ps\"")
    });
    let told = text(&output.stdout);
    assert!(output.status.success() && !told.contains("warning"), "{told}\n{}", text(&output.stderr));
}
