//! Data from a file to the parts of a fit.

use std::path::{Path, PathBuf};

use cormorant::fit::{DataPlan, FitData, LabelKeys, SplitPlan};
use cormorant::settings::Input;

/// `frames` waters in slightly different places, then the isolated atoms named.
fn water(frames: usize, isolated: &[&str]) -> String {
    let mut text = String::new();
    for frame in 0..frames {
        let shift = 0.001 * frame as f64;
        let energy = -470.0 + shift;
        text += &format!(
            "3\nProperties=species:S:1:pos:R:3:forces:R:3 energy={energy}\nO 0 0 0 0 0 0\nH 0.96 {shift} 0 0 0 0\nH -0.3 0.9 0 0 0 0\n"
        );
    }
    for (place, symbol) in isolated.iter().enumerate() {
        text += &format!("1\nProperties=species:S:1:pos:R:3 energy={}\n{symbol} 0 0 0\n", -13.0 - place as f64);
    }
    text
}

/// Catches: frames whose energies have no weight, and which still move the reference energies or the errors.
#[test]
fn labels_of_weight_zero_are_no_labels() {
    let good = water(40, &[]);
    let reference = |data: &FitData| *data.references.energies.values().next().unwrap();
    let alone = reference(&read(&good, |_, _| ()).unwrap());
    for (key, weights) in [("energy_weight=0", None), ("config_type=junk", Some(("junk".to_string(), 0.0)))] {
        let junk = water(20, &[]).replace("energy=-4", &format!("{key} energy=-9"));
        let data = read(&(good.clone() + &junk), |plan, _| plan.weights.extend(weights)).unwrap();
        // Other frames are drawn for training, whose energies differ in the third digit behind the point.
        assert!((reference(&data) - alone).abs() < 0.01, "{key}: {} and {alone}", reference(&data));
        let all = data.train.iter().chain(data.validation.iter()).chain(data.test.iter());
        assert!(all.filter_map(|one| one.energy).all(|energy| energy > -500.0), "{key}");
    }
}

/// A plan with nothing but a file and its division.
pub fn plan(file: &Path, split: SplitPlan) -> DataPlan {
    DataPlan {
        file: file.to_path_buf(),
        sha256: None,
        units: None,
        keys: LabelKeys::default(),
        weights: std::collections::BTreeMap::new(),
        theory: None,
        split,
        validation_file: None,
        test_file: None,
        seed: 3,
        electrostatics: false,
        cutoff: 5.0,
    }
}

fn read(text: &str, change: impl FnOnce(&mut DataPlan, &Path)) -> Result<FitData, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.xyz");
    std::fs::write(&file, text).unwrap();
    let mut plan = plan(&file, SplitPlan::Counted { train: None, validation: None, test: 5 });
    change(&mut plan, folder.path());
    plan.read().map_err(|error| error.to_string())
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn isolated_atoms_are_references_and_not_frames() {
    // Catches a split that trains on isolated atoms, or references that ignore them.
    let data = read(&water(40, &["H", "O"]), |_, _| ()).unwrap();
    assert_eq!((data.train.len(), data.validation.len(), data.test.len()), (31, 4, 5));
    assert!(data.split.train.iter().chain(&data.split.validation).chain(&data.split.test).all(|&index| index < 40));
    assert_eq!(data.references.sum(&data.train[0].elements), -40.0);
    let text = data.to_string();
    assert!(text.contains("31 training") && text.contains("isolated atoms") && text.contains("eV"), "{text}");
    // Without oxygen the isolated atoms are of no use, which is said.
    let data = read(&water(40, &["H"]), |_, _| ()).unwrap();
    assert!((data.references.sum(&data.train[0].elements) + 470.0).abs() < 0.1);
    assert!(data.notes[0].contains("no reference energy for O"), "{:?}", data.notes);
}

fn listed(file: PathBuf) -> SplitPlan {
    SplitPlan::Listed { file, train: None }
}

#[test]
fn fewer_of_the_listed_frames_are_among_the_more() {
    // Catches a learning curve whose points are the first frames of a list, or have nothing in common.
    let of = |train| {
        let plan = |plan: &mut DataPlan, folder: &Path| {
            let list: Vec<String> = (0..30).map(|frame| frame.to_string()).collect();
            let text = format!(r#"{{"train": [{}], "validation": [30, 31]}}"#, list.join(", "));
            plan.split = SplitPlan::Listed { file: write(folder, "split.json", &text), train };
        };
        read(&water(40, &[]), plan).map(|data| (data.split.train, data.split.validation))
    };
    let (few, more, all) = (of(Some(5)).unwrap(), of(Some(12)).unwrap(), of(None).unwrap());
    assert_eq!((few.0.len(), more.0.len(), all.0.len()), (5, 12, 30));
    assert!(few.0.iter().all(|frame| more.0.contains(frame)), "{few:?} {more:?}");
    assert!(few.0 != [0, 1, 2, 3, 4] && few.0.is_sorted(), "{few:?}");
    assert_eq!((&few.1, &more.1), (&all.1, &all.1));
    let message = of(Some(31)).unwrap_err();
    assert!(message.contains("split.json") && message.contains("it lists 30"), "{message}");
}

#[test]
fn listed_frames_and_other_files_are_used() {
    // Catches a list that is read off by one, and a test file that is mixed up with the split.
    let data = read(&water(10, &[]), |plan, folder| {
        let list = write(folder, "split.json", r#"{"train": [3, 1, 2], "validation": [0]}"#);
        plan.split = listed(list);
        plan.test_file = Some(write(folder, "test.xyz", &water(2, &[])));
    })
    .unwrap();
    assert_eq!((data.split.train.as_slice(), data.test.len()), ([1, 2, 3].as_slice(), 2));
    assert_eq!(data.train[0].energy, Some(-470.0 + 0.001));
    assert!(data.notes[0].contains("1 test frames are also training frames"), "{:?}", data.notes);
    assert!(data.test_hash.is_some());
}

#[test]
fn frames_of_a_validation_file_choose_the_best_epoch() {
    // Catches a program that still takes a tenth of the training frames away, validates on isolated atoms, or says nothing of frames
    // that are in both files.
    let of = |frames: usize, isolated: &[&str]| {
        let text = water(frames, isolated);
        read(&water(10, &["H", "O"]), move |plan, folder| {
            plan.split = SplitPlan::Counted { train: None, validation: Some(0), test: 0 };
            plan.validation_file = Some(write(folder, "validation.xyz", &text));
        })
    };
    let data = of(12, &["H"]).unwrap();
    assert_eq!((data.train.len(), data.validation.len(), data.split.validation.len()), (10, 12, 0));
    assert!(data.notes[0].contains("10 validation frames are also training frames"), "{:?}", data.notes);
    assert!(data.identity().starts_with(&data.hash) && data.identity() != of(11, &[]).unwrap().identity());
    let message = of(0, &["H"]).unwrap_err();
    assert!(message.contains("validation.xyz") && message.contains("contains only isolated atoms"), "{message}");
}

#[test]
fn few_frames_get_more_passes() {
    // Catches a default of epochs that leaves a fit of few frames half done, and one that overrides what was asked for.
    let data = read(&water(132, &[]), |plan, _| {
        plan.split = SplitPlan::Counted { train: Some(119), validation: None, test: 0 };
    })
    .unwrap();
    let epochs = |run: &str| {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("version = 1\nname = \"few\"\n[data]\nfile = \"data.xyz\"\n{run}");
        match Input::read(&write(folder.path(), "fit.toml", &text)).unwrap() {
            Input::Fit(input) => input.settled(&data).unwrap().run.epochs,
            _ => panic!("not a fit"),
        }
    };
    // An eighth of 950 frames, but for a quarter of a frame: four times as many passes, but for 0.1 %.
    assert_eq!(epochs("[run]\nepochs_at_950_frames = 1000"), Some(3994));
    assert_eq!(epochs(""), Some(399));
    assert_eq!(epochs("[run]\nepochs = 7"), Some(7));
    assert_eq!(epochs("[run]\ntime_limit = \"5 min\""), None);
}

#[test]
fn what_cannot_be_used_is_named() {
    // Catches a fit on another file than the one stated, and a test on elements that the model cannot know.
    let text = water(10, &[]);
    let message = read(&text, |plan, _| plan.sha256 = Some("0".repeat(64))).unwrap_err();
    assert!(message.contains("data.xyz") && message.contains("another file"), "{message}");
    let message = read(&text, |plan, folder| {
        let other = water(1, &[]).replace("O 0 0 0", "S 0 0 0");
        plan.test_file = Some(write(folder, "test.xyz", &other));
    })
    .unwrap_err();
    assert!(message.contains("test.xyz") && message.contains("test frame 0 holds S"), "{message}");
    let many = SplitPlan::Counted { train: Some(9), validation: None, test: 1 };
    let message = read(&text, |plan, _| plan.split = many).unwrap_err();
    assert!(message.contains("data.xyz") && message.contains("the data have 10"), "{message}");
    let message = read(&text, |plan, folder| {
        plan.split = listed(write(folder, "split.json", r#"{"train": [10]}"#));
    })
    .unwrap_err();
    assert!(message.contains("split.json") && message.contains("training frame 10 is outside"), "{message}");
    let message = read(&text, |plan, folder| {
        plan.split = listed(write(folder, "split.json", r#"{"training": [1]}"#));
    })
    .unwrap_err();
    assert!(message.contains("split.json") && message.contains("training"), "{message}");
}

/// Springs between two atoms at many lengths, with forces of this sign.
fn springs(sign: f64) -> String {
    let frame = |index: usize| {
        let stretch = 0.01 * (index as f64 - 20.0);
        let (energy, force) = (10.0 * stretch * stretch, sign * 20.0 * stretch);
        let place = 1.0 + stretch;
        format!(
            "2\nProperties=species:S:1:pos:R:3:forces:R:3 energy={energy}\nH 0 0 0 {force} 0 0\nF {place} 0 0 {} 0 0\n",
            -force
        )
    };
    (0..40).map(frame).collect()
}

#[test]
fn files_for_validation_and_test_are_checked_too() {
    // Catches gradients in place of forces in a validation file, which silently choose a wrong epoch, or in a test file.
    for (validation, sign) in [(true, 1.0), (true, -1.0), (false, -1.0)] {
        let found = read(&springs(1.0), |plan, folder| {
            let other = Some(write(folder, "other.xyz", &springs(sign)));
            if validation {
                plan.validation_file = other;
            } else {
                plan.test_file = other;
            }
            plan.split = SplitPlan::Counted { train: None, validation: Some(4), test: 0 };
        });
        match found {
            Ok(_) => assert_eq!(sign, 1.0, "gradients were taken"),
            Err(refused) => {
                assert!(sign < 0.0 && refused.contains("other.xyz") && refused.contains("opposite sign"), "{refused}");
            }
        }
    }
}
