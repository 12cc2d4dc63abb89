//! Averages over streams, and frames of trajectories.

use cormorant::analysis::{Blocks, FrameSelection, FrameStream, StateReader};
use cormorant::io::{TrajectoryFormat, TrajectoryFrame, TrajectoryWriter};
use cormorant::noise::{Consumer, Noise};
use cormorant::system::Cell;

use super::system;

#[test]
fn blocks_see_correlation() {
    // Catches: errors as if every frame were independent, which are too small by the root of the correlation time.
    let mut stream = Noise::new(1).stream(Consumer::Test, 0, 0);
    let memory: f64 = 0.95;
    let (mut value, mut blocks) = (0.0, Blocks::new(2));
    let count = 40_000;
    for _ in 0..count {
        value = memory * value + stream.normal();
        blocks.add(&[value, 3.0]);
    }
    assert_eq!(blocks.count(), count);
    // Mean of a first-order process of unit noise: variance 1 / (n (1 − memory)²).
    let exact = 1.0 / ((count as f64).sqrt() * (1.0 - memory));
    let error = blocks.error().unwrap();
    assert!((0.5..1.6).contains(&(error[0] / exact)), "{} instead of {exact}", error[0]);
    assert!(blocks.mean()[0].abs() < 5.0 * exact);
    assert!((blocks.mean()[1] - 3.0).abs() < 1e-12 && error[1] < 1e-12);
    let blocks_now = blocks.full_blocks().count();
    assert!((8..16).contains(&blocks_now), "{blocks_now}");
    let state = blocks.state();
    assert_eq!(Blocks::read(&mut StateReader::new(&state)).unwrap(), blocks);
    assert!(Blocks::new(1).error().is_none());
}

/// Catches: a trajectory of ours that another program wrapped, or any file with a key `units`, whose jumps count as motion; and one
/// of ours that is led back although an atom really went half a cell far.
#[test]
fn wrapping_of_others_is_seen_in_files_with_units() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xyz");
    let cell = Cell::cubic(6.0).unwrap();
    let ours = "Angstrom eV eV/Angstrom Angstrom/ps ps";
    // What is told of, whether it is wrapped, the step of a frame, and the way between frames that is right.
    for (units, wrap, step, right) in [(ours, true, 0.5, 0.5), (ours, false, 3.5, 3.5), ("metal", true, 0.5, 0.5)] {
        let mut text = String::new();
        for frame in 0..30 {
            let position = [step * f64::from(frame), 1.0, 1.0];
            // Files that nobody wrapped have atoms outside of the cell.
            let other = if wrap { 4.5 } else { -1.5 };
            let [x, y, z] = if wrap { cell.wrap(position) } else { position };
            text += &format!(
                "2\nLattice=\"6 0 0 0 6 0 0 0 6\" Properties=species:S:1:pos:R:3 units=\"{units}\" time={frame} pbc=\"T T T\"\n\
                 Ar {x} {y} {z}\nAr 3 4.5 {other}\n"
            );
        }
        std::fs::write(&path, text).unwrap();
        let mut stream = FrameStream::open(&path, FrameSelection::default()).unwrap();
        let mut places = Vec::new();
        while let Some(sample) = stream.next_sample().unwrap() {
            places.push(sample.system.positions[0][0]);
        }
        for two in places.windows(2) {
            assert!((two[1] - two[0] - right).abs() < 1e-9, "{units} {wrap}: {places:?}");
        }
    }
}

/// Catches: a frame that is looked at in the cell of the next, in which its atoms stand outside when the cell shrinks, so that a file that
/// another program wrapped is taken for one that nobody did.
#[test]
fn wrapping_in_a_cell_that_shrinks_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xyz");
    let mut text = String::new();
    for frame in 0..20 {
        let edge = 6.0 - 0.02 * f64::from(frame);
        let cell = Cell::cubic(edge).unwrap();
        let [x, y, z] = cell.wrap([5.9 + 0.03 * f64::from(frame), 1.0, 1.0]);
        // The second atom stays just within the upper face.
        text += &format!(
            "2\nLattice=\"{edge} 0 0 0 {edge} 0 0 0 {edge}\" Properties=species:S:1:pos:R:3 units=\"Angstrom eV eV/Angstrom \
             Angstrom/ps ps\" time={frame} pbc=\"T T T\"\nAr {x} {y} {z}\nAr 3 3 {}\n",
            0.999 * edge
        );
    }
    std::fs::write(&path, text).unwrap();
    let mut stream = FrameStream::open(&path, FrameSelection::default()).unwrap();
    let mut places = Vec::new();
    while let Some(sample) = stream.next_sample().unwrap() {
        places.push(sample.system.positions[0][0]);
    }
    assert!(places.windows(2).all(|two| (two[1] - two[0]).abs() < 0.1), "{places:?}");
}

#[test]
fn wrapped_positions_are_made_continuous() {
    // Catches: an atom that crosses a face of a slanted cell and seems to jump back.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wrapped.pdb");
    let cell = Cell::new([[6.0, 0.0, 0.0], [2.0, 5.0, 0.0], [1.0, -1.0, 7.0]]).unwrap();
    let wrapped = |frame: u64| {
        let position = [0.5, -0.4, 0.3].map(|step| step * frame as f64);
        system(&["Ar"], vec![cell.wrap(position)], Some(cell))
    };
    let mut writer = TrajectoryWriter::create(&path, TrajectoryFormat::Pdb, &wrapped(0)).unwrap();
    for frame in 0..60 {
        writer.write(TrajectoryFrame::new(&wrapped(frame))).unwrap();
    }
    writer.finish().unwrap();
    let mut stream = FrameStream::open(&path, FrameSelection { first: 3, stride: 2, ..Default::default() }).unwrap();
    let mut before: Option<[f64; 3]> = None;
    let mut frames = Vec::new();
    while let Some(sample) = stream.next_sample().unwrap() {
        let now = sample.system.positions[0];
        if let Some(before) = before {
            for (axis, step) in [1.0, -0.8, 0.6].into_iter().enumerate() {
                // PDB keeps three decimals of positions and of the cell.
                assert!((now[axis] - before[axis] - step).abs() < 0.005, "{before:?} to {now:?}");
            }
        }
        before = Some(now);
        frames.push(sample.frame);
    }
    assert_eq!(frames, (3..60).step_by(2).collect::<Vec<_>>());
}
