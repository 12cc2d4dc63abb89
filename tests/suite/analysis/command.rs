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

/// Catches: an analysis that the command line has only under flags of its own, or a mistaken key that is ignored.
#[test]
fn every_kind_of_an_input_is_known() {
    let folder = tempfile::tempdir().unwrap();
    trajectories(folder.path(), &["t.xyz"]);
    let of = |out: &str, kind: &[&str]| {
        let output = cormorant(folder.path(), &[&["analyze", "t.xyz", "--out", out], kind].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::read_to_string(folder.path().join(out).join("rdf.csv")).unwrap()
    };
    let short = of("short", &["rdf", "--reach", "1.9 Å", "--bin", "0.125 Å"]);
    assert_eq!(of("long", &["radial-distribution", "reach=1.9 Å", "bin=0.125 Å"]), short);
    let wrong = cormorant(folder.path(), &["analyze", "t.xyz", "--out", "wrong", "radial-distribution", "bins=0.1 Å"]);
    let text = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(wrong.status.code() == Some(1) && text.contains("`bin`"), "{text}");
}

#[test]
fn two_trajectories_in_one_picture() {
    // Catches: a picture that leaves out one of the two, or draws the same one twice.
    let folder = tempfile::tempdir().unwrap();
    trajectories(folder.path(), &["t.xyz"]);
    let frames = fs::read_to_string(folder.path().join("t.xyz")).unwrap();
    let first: Vec<&str> = frames.lines().take(5).collect();
    fs::write(folder.path().join("data.xyz"), first.join("\n") + "\n").unwrap();
    let output = cormorant(folder.path(), &["analyze", "t.xyz", "--beside", "data.xyz", "--out", "both", "rdf"]);
    assert!(output.status.success(), "{output:?}");
    let read = |name: &str| fs::read_to_string(folder.path().join("both").join(name)).unwrap();
    let picture = read("rdf.svg");
    for name in ["H-O", "H-O, data", "Distance / Å"] {
        assert!(picture.contains(&format!(">\n{name}\n<")), "{name}: {picture}");
    }
    assert_ne!(read("rdf.csv"), read("rdf-data.csv"));
}

#[test]
fn tables_of_the_file_beside_are_kept_too() {
    // Catches: a table of the other file that is replaced without --force, and one of the two written over the other's.
    let folder = tempfile::tempdir().unwrap();
    trajectories(folder.path(), &["t.xyz"]);
    fs::create_dir(folder.path().join("out")).unwrap();
    fs::write(folder.path().join("out/rdf-data.csv"), "mine").unwrap();
    for (name, expected) in [("data.xyz", "--force"), ("coordination.xyz", "another name than coordination")] {
        fs::copy(folder.path().join("t.xyz"), folder.path().join(name)).unwrap();
        let output = cormorant(folder.path(), &["analyze", "t.xyz", "--beside", name, "--out", "out", "rdf"]);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert!(errors.contains(expected), "{errors}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("out/rdf-data.csv")).unwrap(), "mine");
}

#[test]
fn mistakes_on_the_command_line_are_explained() {
    // Catches: a panic or a silent nothing where an argument or a file is wrong.
    let folder = tempfile::tempdir().unwrap();
    trajectories(folder.path(), &["t.xyz"]);
    fs::write(folder.path().join("empty.xyz"), "").unwrap();
    let frame = |more: &str| format!("2\nProperties=species:S:1:pos:R:3{more} pbc=\"F F F\"\nH 0 0 0\nH 0 0 0.74\n");
    fs::write(folder.path().join("unitless.xyz"), frame(" time=1.0") + &frame(" time=2.0")).unwrap();
    fs::write(folder.path().join("timeless.xyz"), frame("").repeat(2)).unwrap();
    for (arguments, expected) in [
        (vec!["analyze", "t.xyz", "rdf", "--reach", "5"], "the unit is missing"),
        (vec!["analyze", "t.xyz", "rdf", "--reach=-5 Å"], "above zero"),
        (vec!["analyze", "t.xyz", "rdf", "--bin", "5 fs"], "is not a length"),
        (vec!["analyze", "t.xyz", "rdf", "--reach", "1 Å", "--bin", "1e-9 Å"], "there must be 1 to"),
        (vec!["analyze", "none.xyz", "rdf"], "none.xyz"),
        (vec!["analyze", "empty.xyz", "rdf"], "empty"),
        (vec!["analyze", "t.xyz", "rdf", "--first", "99"], "no frame 99"),
        (vec!["analyze", "t.xyz", "rdf", "--first", "5", "--end", "5"], "no frames are selected"),
        (vec!["analyze", "t.xyz", "rdff"], "did you mean `rdf`"),
        (vec!["analyze", "t.xyz", "msd", "--fit-from=-1 fs", "--fit-to", "9 fs"], "zero or more"),
        // A time without its unit is no time, but it is there.
        (vec!["analyze", "unitless.xyz", "msd"], "`time` without a unit"),
        (vec!["analyze", "timeless.xyz", "msd"], "does not state its time"),
    ] {
        let output = cormorant(folder.path(), &arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {errors}");
        assert!(errors.contains(expected), "{arguments:?}: {errors}");
    }
}

#[test]
fn every_kind_of_analysis_writes_its_table() {
    // Catches: a kind that takes its arguments wrongly, a file under another name, heads without units.
    let folder = tempfile::tempdir().unwrap();
    trajectories(folder.path(), &["t.xyz"]);
    for (arguments, file, head) in [
        (vec!["msd", "--fit-from", "2 fs", "--fit-to", "9 fs"], "msd.csv", "lag/ps,MSD(H)/Å^2"),
        (vec!["msd", "--fit-from", "0 fs", "--fit-to", "9 fs", "--force"], "msd.csv", "lag/ps,MSD(H)/Å^2"),
        (vec!["vacf", "--longest", "6 fs"], "vacf.csv", "lag/ps,C(H)/(Å^2/ps^2)"),
        (vec!["vdos", "--longest", "6 fs", "--velocities", "positions"], "vdos.csv", "wavenumber/(1/cm),D(all)/cm"),
        (vec!["bonds"], "bonds.csv", "r/Å,p(H-O)/(1/Å)"),
        (vec!["angles", "2-1-3"], "angles.csv", "angle/deg,p(H2-O1-H3)/(1/deg)"),
        (vec!["rmsd", "--reference", "topology.pdb"], "rmsd.csv", "time/ps,RMSD/Å"),
    ] {
        let output = cormorant(folder.path(), &[&["analyze", "t.xyz"], &arguments[..]].concat());
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {errors}");
        let table = fs::read_to_string(folder.path().join("analysis").join(file)).unwrap();
        assert!(table.starts_with(head), "{arguments:?}: {}", table.lines().next().unwrap());
        assert!(table.lines().count() > 2, "{arguments:?}");
    }
    for (arguments, expected) in [
        (vec!["dihedrals"], "has no dihedral angles"),
        (vec!["map", "1-2-3-4", "4-3-2-1"], "no atom 4"),
        (vec!["vacf", "--velocities", "file"], "--velocities positions"),
        (vec!["angles", "1-2"], "needs 3 atoms"),
    ] {
        let output = cormorant(folder.path(), &[&["analyze", "t.xyz"], &arguments[..]].concat());
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && errors.contains(expected), "{arguments:?}: {errors}");
    }
}

#[test]
fn the_examples_of_the_help_are_understood() {
    // Catches: an example with an argument that does not exist (any more).
    let folder = tempfile::tempdir().unwrap();
    let help = cormorant(folder.path(), &["analyze", "--help"]);
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let examples: Vec<&str> = help.lines().filter_map(|line| line.trim().strip_prefix("cormorant analyze ")).collect();
    assert!(examples.len() >= 9, "{help}");
    for example in examples {
        // Every second piece stands between quotes.
        let mut words = vec!["analyze"];
        for (number, piece) in example.split('"').enumerate() {
            if number % 2 == 1 { words.push(piece) } else { words.extend(piece.split_whitespace()) }
        }
        let output = cormorant(folder.path(), &words);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(errors.contains(words[1]) && !errors.contains("Usage"), "{example}: {errors}");
    }
}
