//! `cormorant analyze`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use cormorant::io::{TrajectoryFormat, TrajectoryFrame, TrajectoryWriter, pdb};

use super::system;

fn cormorant(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cormorant")).current_dir(folder).args(arguments).output().unwrap()
}

/// A water molecule over ten frames, 2 fs apart, in every kind of file that keeps positions.
fn trajectories(folder: &Path, names: &[&str]) {
    let at = |frame: u64| {
        let stretch = 0.95 + 0.01 * (frame % 3) as f64;
        let positions = vec![[0.0; 3], [stretch, 0.0, 0.0], [-0.24, 0.93, 0.0]];
        let mut water = system(&["O", "H", "H"], positions, None);
        water.time = 2.0 * frame as f64 * cormorant::units::FEMTOSECOND;
        water.step = frame;
        water
    };
    pdb::write_topology(&folder.join("topology.pdb"), &at(0)).unwrap();
    for name in names {
        let path = folder.join(name);
        let format = TrajectoryFormat::from_path(&path).unwrap();
        let mut writer = TrajectoryWriter::create(&path, format, &at(0)).unwrap();
        for frame in 0..10 {
            writer.write(TrajectoryFrame::new(&at(frame))).unwrap();
        }
        writer.finish().unwrap();
    }
}

#[test]
fn every_format_gives_the_same_distances() {
    // Catches: a format whose frames or topology are read wrongly, results written over earlier ones.
    let folder = tempfile::tempdir().unwrap();
    let names = ["t.xyz", "t.dcd", "t.xtc", "t.trr", "t.nc", "t.pdb"];
    trajectories(folder.path(), &names);
    let mut tables = Vec::new();
    for name in names {
        let out = name.split('.').nth(1).unwrap();
        let mut arguments = vec!["analyze", name, "--out", out, "rdf", "--reach", "1.9 Å", "--bin", "0.125 Å"];
        if matches!(out, "trr" | "nc") {
            arguments.push("--no-cell"); // these cannot be without one
        }
        let output = cormorant(folder.path(), &arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{name}: {errors}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("from 10 frames"));
        tables.push(fs::read_to_string(folder.path().join(out).join("rdf.csv")).unwrap());
    }
    let head = tables[0].lines().next().unwrap();
    assert!(head.starts_with("r/Å,p(H-H)/(1/Å),error of p(H-H)/(1/Å),p(H-O)"), "{head}");
    for (name, table) in names.iter().zip(&tables) {
        assert_eq!(table, &tables[0], "{name}");
    }
    let again = cormorant(folder.path(), &["analyze", "t.xyz", "--out", "xyz", "rdf"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("--force"), "{again:?}");
    assert!(cormorant(folder.path(), &["analyze", "t.xyz", "--out", "xyz", "--force", "rdf"]).status.success());
    let beside = cormorant(folder.path(), &["analyze", "t.dcd", "rdf", "--first", "4", "--end", "8", "--stride", "2"]);
    assert!(String::from_utf8_lossy(&beside.stdout).contains("from 2 frames"), "{beside:?}");
    assert!(folder.path().join("analysis/rdf-coordination.csv").exists());
}

#[test]
fn mistakes_on_the_command_line_are_explained() {
    // Catches: a panic or a silent nothing where an argument or a file is wrong.
    let folder = tempfile::tempdir().unwrap();
    trajectories(folder.path(), &["t.xyz"]);
    fs::write(folder.path().join("empty.xyz"), "").unwrap();
    for (arguments, expected) in [
        (vec!["analyze", "t.xyz", "rdf", "--reach", "5"], "the unit is missing"),
        (vec!["analyze", "t.xyz", "rdf", "--reach=-5 Å"], "above zero"),
        (vec!["analyze", "t.xyz", "rdf", "--bin", "5 fs"], "is not a length"),
        (vec!["analyze", "t.xyz", "rdf", "--reach", "1 Å", "--bin", "1e-9 Å"], "there must be 1 to"),
        (vec!["analyze", "none.xyz", "rdf"], "none.xyz"),
        (vec!["analyze", "empty.xyz", "rdf"], "empty"),
        (vec!["analyze", "t.xyz", "rdf", "--first", "99"], "no frame 99"),
        (vec!["analyze", "t.xyz", "rdf", "--first", "5", "--end", "5"], "none at all"),
        (vec!["analyze", "t.xyz", "rdff"], "unrecognized subcommand"),
    ] {
        let output = cormorant(folder.path(), &arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {errors}");
        assert!(errors.contains(expected), "{arguments:?}: {errors}");
    }
}
