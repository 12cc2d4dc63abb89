//! Commands over a file of structures.

use std::fs;

use cormorant::io::TrajectoryReader;

use crate::cli::{cormorant, text};

fn root() -> String {
    env!("CARGO_MANIFEST_DIR").to_string()
}

// Catches: frames in another order than in the file, energies of the wrong frame, results that depend on the threads.
#[test]
fn energies_of_every_frame_are_written_with_and_without_labels() {
    let folder = tempfile::tempdir().unwrap();
    let model = format!("{}/models/ethanol", root());
    let data = format!("{}/inputs/data/ethanol-gfn2.xyz", root());
    let bare = folder.path().join("bare.xyz");
    // Seven frames without labels.
    let mut lines = String::new();
    let labeled = fs::read_to_string(&data).unwrap();
    for frame in labeled.lines().collect::<Vec<_>>().chunks(11).take(7) {
        lines += "9\nno labels\n";
        for atom in &frame[2..] {
            lines += &atom.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
            lines.push('\n');
        }
    }
    fs::write(&bare, lines).unwrap();
    let run = |arguments: &[&str]| cormorant(folder.path(), &[&["evaluate", "--model", &model], arguments].concat());
    for (threads, out) in [("1", "one.xyz"), ("3", "three.xyz")] {
        let output = run(&["--data", "bare.xyz", "--out", out, "--threads", threads]);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("one.xyz"), read("three.xyz"));
    assert_eq!(read("one.csv"), read("three.csv"));
    let output = run(&["--data", &data, "--out", "all.xyz", "--precision", "f64"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let frames = |name: &str| TrajectoryReader::open(&folder.path().join(name)).unwrap().map(Result::unwrap).collect();
    let (some, all): (Vec<cormorant::io::Frame>, Vec<cormorant::io::Frame>) = (frames("one.xyz"), frames("all.xyz"));
    assert_eq!((some.len(), all.len()), (7, 300));
    for (single, double) in some.iter().zip(&all) {
        assert_eq!(single.positions, double.positions);
        let difference = single.number("energy").unwrap() - double.number("energy").unwrap();
        assert!(difference.abs() < 1e-2, "f32 and f64 are {difference} eV apart");
        assert_eq!(single.vectors("forces").unwrap().len(), 9);
    }
    assert!((1..7).any(|frame| some[frame].number("energy") != some[0].number("energy")));
    let again = run(&["--data", "bare.xyz", "--out", "one.xyz"]);
    assert!(text(&again.stderr).contains("already exists"), "{}", text(&again.stderr));
    let other = run(&["--data", "bare.xyz", "--out", "one.dcd"]);
    assert!(text(&other.stderr).contains("ends in .xyz"), "{}", text(&other.stderr));
}

// Catches: a table that does not belong to the structures, structures that were not moved, a limit that is not kept.
#[test]
fn every_structure_of_a_file_is_minimized() {
    let folder = tempfile::tempdir().unwrap();
    let model = format!("{}/models/ethanol", root());
    let data = fs::read_to_string(format!("{}/inputs/data/ethanol-gfn2.xyz", root())).unwrap();
    let few: Vec<&str> = data.lines().take(4 * 11).collect();
    fs::write(folder.path().join("few.xyz"), few.join("\n") + "\n").unwrap();
    let run = |arguments: &[&str]| {
        let fixed = ["minimize", "--model", &model, "--structures", "few.xyz", "--precision", "f64"];
        cormorant(folder.path(), &[&fixed, arguments].concat())
    };
    let output = run(&["--out", "minima.xyz", "--largest-force", "2 meV/Å", "--threads", "2"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("4 structures, of which 4 reached 2 meV/Å"), "{}", text(&output.stdout));
    let table = fs::read_to_string(folder.path().join("minima.csv")).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let frames: Vec<_> =
        TrajectoryReader::open(&folder.path().join("minima.xyz")).unwrap().map(Result::unwrap).collect();
    assert_eq!((rows.len(), frames.len()), (4, 4));
    for (row, frame) in rows.iter().zip(&frames) {
        let number = |column: usize| row[column].parse::<f64>().unwrap();
        assert!(number(3) < number(2) - 0.01, "the energy did not fall: {row:?}");
        assert!((frame.number("energy").unwrap() - number(3)).abs() < 1e-8);
        let forces = frame.vectors("forces").unwrap();
        let largest = forces.iter().map(|f| f.iter().map(|x| x * x).sum::<f64>().sqrt()).fold(0.0, f64::max);
        assert!(largest < 2e-3 && (largest / number(4) - 1.0).abs() < 1e-2, "{largest} and {row:?}");
    }
    let output = run(&["--out", "hasty.xyz", "--most-evaluations", "3"]);
    assert!(!output.status.success(), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("no structure of few.xyz converged"), "{}", text(&output.stderr));
    let output = run(&["--out", "x.xyz", "--largest-force", "2"]);
    assert!(text(&output.stderr).contains("is not a force"), "{}", text(&output.stderr));
}
