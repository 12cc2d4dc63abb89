//! Frames that are worth a label: the rules on numbers whose answer is known, and the command.

use std::fs;
use std::path::Path;

use cormorant::io::TrajectoryReader;
use cormorant::learn::select::{Surroundings, at_random, evenly, farthest, largest_of_blocks};
use cormorant::noise::Noise;
use cormorant::system::{Element, System};

use crate::cli::{cormorant, sample_frames, text};

/// Catches: blocks that overlap, leave frames out or are of very different length; the first frame of a block for the middle.
#[test]
fn blocks_share_all_frames_evenly() {
    assert_eq!(evenly(10, 3), [1, 4, 7]);
    assert_eq!(evenly(4, 4), [0, 1, 2, 3]);
    assert_eq!(evenly(2, 5), [0, 1], "no more than there are");
    assert!(evenly(0, 3).is_empty());
    // With growing scores the last frame of each block is chosen: these are the ends of the blocks.
    let growing: Vec<f64> = (0..10).map(f64::from).collect();
    assert_eq!(largest_of_blocks(&growing, 3), [2, 5, 9]);
}

/// Catches: the largest of all frames instead of those of blocks, so that neighbors are chosen; the last of equal ones; a score that is not a
/// number and is overlooked.
#[test]
fn the_largest_of_each_block_is_chosen() {
    assert_eq!(largest_of_blocks(&[0.9, 0.8, 0.7, 0.1, 0.2, 0.1], 2), [0, 4]);
    assert_eq!(largest_of_blocks(&[0.5, 0.5, 0.1, 0.1], 2), [0, 2]);
    assert_eq!(largest_of_blocks(&[1.0, f64::NAN, 2.0, f64::NAN], 1), [1]);
    assert_eq!(largest_of_blocks(&[f64::NEG_INFINITY, 1.0], 1), [1]);
}

/// Catches: frames that are drawn twice or in disorder, a seed without effect, frames that are favored.
#[test]
fn a_random_choice_is_even_and_keyed() {
    let mut times = [0_u32; 12];
    for seed in 0..3000 {
        let found = at_random(12, 4, &Noise::new(seed));
        assert!(found.len() == 4 && found.windows(2).all(|two| two[0] < two[1]), "{found:?}");
        for frame in found {
            times[frame] += 1;
        }
    }
    assert_eq!(at_random(12, 4, &Noise::new(5)), at_random(12, 4, &Noise::new(5)));
    // Each is in a third of the choices: 1000 ± √(3000 · 1/3 · 2/3).
    let error = (3000.0_f64 * 2.0 / 9.0).sqrt();
    assert!(times.iter().all(|count| (f64::from(*count) - 1000.0).abs() < 4.5 * error), "{times:?}");
}

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).unwrap()
}

/// Two atoms at a distance.
fn pair(symbols: [&str; 2], distance: f64) -> System {
    System::new(symbols.map(element).to_vec(), vec![[0.0; 3], [distance, 0.0, 0.0]], None).unwrap()
}

fn chosen(pool: &[System], known: &[System], number: usize) -> Vec<usize> {
    let elements = ["H", "C", "O"].map(element);
    let [pool, known] = [pool, known].map(|systems| Surroundings::of(systems, &elements).unwrap());
    farthest(&pool, &known, number).into_iter().map(|one| one.frame).collect()
}

/// Catches: distances that are measured from the last frame alone or from the pool, a known frame that is chosen again before all
/// others, a nearest frame in place of the farthest, elements that are compared with others.
#[test]
fn frames_far_from_what_is_known_come_first() {
    let oxygen = |distance: f64| pair(["O", "O"], distance);
    let pool = [1.2, 1.21, 1.6, 1.61, 1.22].map(oxygen);
    let known = [oxygen(1.2)];
    let order = chosen(&pool, &known, 5);
    assert!([2, 3].contains(&order[0]), "farthest from 1.2 Å: {order:?}");
    // Its neighbor is not next, and what is known comes last.
    assert_eq!(order[1], 4, "{order:?}");
    assert_eq!(*order.last().unwrap(), 0, "{order:?}");
    // Without known frames the first begins.
    assert_eq!(chosen(&pool, &[], 2)[0], 0);
    // An element that nothing known has is farther than all.
    let mixed = [oxygen(1.21), pair(["C", "O"], 1.2), oxygen(1.6)];
    assert_eq!(chosen(&mixed, &known, 1), [1]);
}

/// Catches: a descriptor that turns with the frame or counts atoms in their order, so that the same frame is chosen twice.
#[test]
fn turned_and_renumbered_frames_are_the_same() {
    let symbols = ["O", "H", "H"];
    let water = |points: [[f64; 3]; 3]| System::new(symbols.map(element).to_vec(), points.to_vec(), None).unwrap();
    let flat = water([[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]]);
    let turned = water([[1.0, 1.0, 1.0], [1.0, 0.76, 1.93], [1.0, 1.0 + 0.96, 1.0]]);
    let other = water([[0.0, 0.0, 0.0], [0.97, 0.0, 0.0], [-0.24, 0.93, 0.0]]);
    assert_eq!(chosen(&[turned.clone(), other.clone()], &[flat], 2), [1, 0]);
}

fn run(here: &Path, arguments: &[&str]) -> String {
    let output = cormorant(here, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn refused(here: &Path, arguments: &[&str], expected: &str) {
    let output = cormorant(here, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
    assert!(text(&output.stderr).contains(expected), "should say {expected:?}: {}", text(&output.stderr));
}

/// Frames of the file `name` with their keys: reason, source file, source frame.
fn read(here: &Path, name: &str) -> Vec<[String; 3]> {
    let frames = TrajectoryReader::open(&here.join(name)).unwrap();
    let text = |value: Option<&cormorant::io::Value>| match value {
        Some(cormorant::io::Value::Text(text)) => text.clone(),
        Some(cormorant::io::Value::Integers(numbers)) => numbers[0].to_string(),
        other => format!("{other:?}"),
    };
    frames
        .map(|frame| {
            let frame = frame.unwrap();
            ["reason", "source_file", "source_frame"].map(|key| text(frame.property(key)))
        })
        .collect()
}

/// Catches: frames that are written beside their sources, a second file whose frames are counted on, a choice that depends on threads; rules
/// that do without what they need.
#[test]
fn the_command_says_what_was_chosen_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    sample_frames(here, 30);
    let all = fs::read_to_string(here.join("frames.xyz")).unwrap();
    let lines: Vec<&str> = all.lines().collect();
    fs::write(here.join("first.xyz"), lines[..20 * 11].join("\n") + "\n").unwrap();
    fs::write(here.join("second.xyz"), lines[20 * 11..].join("\n") + "\n").unwrap();
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let [ethanol, organic] = ["ethanol", "organic"].map(|name| models.join(name).to_string_lossy().into_owned());
    let select = |rest: &[&str]| {
        let mut arguments = vec!["select", "first.xyz", "second.xyz", "--number", "3", "--out", "out.xyz", "--force"];
        arguments.extend(rest);
        run(here, &arguments)
    };
    select(&["--by", "time"]);
    let found = read(here, "out.xyz");
    let places: Vec<(&str, &str)> = found.iter().map(|one| (one[1].as_str(), one[2].as_str())).collect();
    assert_eq!(places, [("first.xyz", "4"), ("first.xyz", "14"), ("second.xyz", "4")]);
    // What is written is what stands there.
    let frame =
        |name: &str, number: usize| TrajectoryReader::open(&here.join(name)).unwrap().nth(number).unwrap().unwrap();
    assert_eq!(frame("out.xyz", 2).positions, frame("second.xyz", 4).positions);
    select(&["--by", "random", "--seed", "8"]);
    let first = read(here, "out.xyz");
    select(&["--by", "random", "--seed", "9"]);
    assert!(first != read(here, "out.xyz") && first[0][0].contains("seed 8"));

    // The rule of the largest spread, from what evaluate gives for each frame.
    let committee = ["--model", &ethanol, "--model", &organic];
    let out = select(&[&["--by", "spread", "--threads", "2"], &committee[..]].concat());
    assert!(out.contains("largest spread of its block") && out.contains("3 of 30 frames, by spread"), "{out}");
    let found = read(here, "out.xyz");
    run(here, &[&["evaluate", "--data", "frames.xyz", "--out", "all.xyz", "--threads", "1"], &committee[..]].concat());
    let table = fs::read_to_string(here.join("all.csv")).unwrap();
    let column =
        table.lines().next().unwrap().split(',').position(|head| head.starts_with("largest_force_spread")).unwrap();
    let spreads: Vec<f64> =
        table.lines().skip(1).map(|line| line.split(',').nth(column).unwrap().parse().unwrap()).collect();
    for (block, one) in found.iter().enumerate() {
        let number = one[2].parse::<usize>().unwrap() + if one[1] == "second.xyz" { 20 } else { 0 };
        let largest = spreads[10 * block..10 * block + 10].iter().copied().fold(0.0, f64::max);
        assert_eq!(spreads[number], largest, "block {block}");
        assert!(one[0].contains(&format!("{largest:.3} eV/Å")), "{one:?}");
    }
    assert!(select(&["--by", "grade", "--model", &ethanol]).contains("largest grade of extrapolation of its block"));
    let far = select(&["--by", "distance", "--known", "first.xyz"]);
    assert!(read(here, "out.xyz").iter().all(|one| one[1] == "second.xyz"), "known frames are chosen again: {far}");

    // Known frames are out of the question for every rule.
    select(&["--by", "grade", "--model", &ethanol, "--known", "first.xyz"]);
    assert!(read(here, "out.xyz").iter().all(|one| one[1] == "second.xyz"));
    // Nothing that is read is ever replaced, and nothing else without being told to.
    let own = ["select", "first.xyz", "--number", "2", "--by", "time", "--out", "first.xyz", "--force"];
    refused(here, &own, "is what this command reads");
    let known = [
        "select",
        "first.xyz",
        "--number",
        "2",
        "--by",
        "time",
        "--known",
        "second.xyz",
        "--out",
        "second.xyz",
        "--force",
    ];
    refused(here, &known, "is what this command reads");
    let page = ["evaluate", "--model", &ethanol, "--model", &organic, "--data", "first.xyz", "--report"];
    refused(here, &[&page[..], &["first.xyz", "--force"]].concat(), "is what this command reads");
    refused(here, &[&page[..], &["out.csv"]].concat(), "already exists; --force");

    refused(here, &["select", "first.xyz", "--number", "21", "--by", "time", "--out", "no.xyz"], "there are only 20");
    let rule = |by: &'static str| ["select", "first.xyz", "--number", "2", "--out", "no.xyz", "--by", by];
    refused(here, &[&rule("spread")[..], &["--model", &ethanol]].concat(), "needs a committee");
    refused(here, &rule("grade"), "needs a model");
    refused(here, &["select", "first.xyz", "--number", "2", "--by", "time", "--out", "out.xyz"], "already exists");
    assert!(!here.join("no.xyz").exists());
}
