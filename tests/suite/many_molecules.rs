//! Data of many molecules: how they are divided, defaults that suit them, what is said of each.

use std::collections::BTreeSet;
use std::fs;

use cormorant::fit::{DataPlan, FORMULA, FitData, SplitPlan, Wanted, index_digest};
use cormorant::model::DataRecord;
use cormorant::settings::Input;

use crate::cli::{cormorant, text};
use crate::prepare::plan;

/// One frame of a chain of `carbons` atoms C, each with a hydrogen; `words` stand in its comment.
fn frame(carbons: usize, shift: f64, words: &str) -> String {
    let mut out = format!("{}\nProperties=species:S:1:pos:R:3:forces:R:3 energy={shift} {words}\n", 2 * carbons);
    for atom in 0..carbons {
        let x = 1.4 * atom as f64 + shift;
        out += &format!("C {x} 0 0 0.1 0 0\nH {x} 1.1 0 -0.1 0 0\n");
    }
    out
}

/// `molecules` chains of growing length, of which chain m has 1 + m mod 5 frames.
fn chains(molecules: usize, words: impl Fn(usize) -> String) -> String {
    let of = |molecule: usize| (0..=molecule % 5).map(move |number| (molecule, number));
    let frames = (0..molecules).flat_map(of);
    frames.map(|(molecule, number)| frame(molecule + 1, 0.01 * number as f64, &words(molecule))).collect()
}

fn read(text: &str, split: SplitPlan) -> Result<FitData, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.xyz");
    fs::write(&file, text).unwrap();
    plan(&file, split).read().map_err(|error| error.to_string())
}

fn by(key: &str, train: Option<usize>, validation: Option<usize>, test: usize) -> SplitPlan {
    SplitPlan::Grouped { by: key.into(), wanted: Wanted { train, validation, test } }
}

/// Numbers of atoms, which tell the chains apart.
fn sizes(frames: &[cormorant::fit::Configuration]) -> BTreeSet<usize> {
    frames.iter().map(cormorant::fit::Configuration::atom_count).collect()
}

#[test]
fn frames_of_a_molecule_stay_together() {
    // Catches a split that puts frames of one molecule into two parts, and one whose parts are far from what was asked for.
    let named = chains(40, |molecule| format!("molecule=chain-{molecule}"));
    for (key, text) in [("molecule", named.clone()), (FORMULA, chains(40, |_| String::new()))] {
        let data = read(&text, by(key, None, Some(13), 21)).unwrap();
        let [train, validation, test] = [&data.train, &data.validation, &data.test].map(|part| sizes(part));
        assert!(train.is_disjoint(&validation) && train.is_disjoint(&test) && validation.is_disjoint(&test));
        assert_eq!((data.validation.len(), data.test.len(), data.train.len()), (13, 21, 120 - 13 - 21), "{key}");
        assert!(data.notes[0].contains("whole groups") && data.notes[0].contains("(13 frames)"), "{:?}", data.notes);
        assert_eq!(data.compositions, train.len());
    }
    // Fewer training molecules of one seed are among the more, and as near to the number as whole molecules allow.
    let few = read(&named, by("molecule", Some(20), Some(13), 0)).unwrap();
    let more = read(&named, by("molecule", Some(60), Some(13), 0)).unwrap();
    assert!(few.split.train.iter().all(|frame| more.split.train.contains(frame)));
    assert!(few.train.len().abs_diff(20) <= 2 && more.train.len().abs_diff(60) <= 2);
    assert_eq!(few.split.validation, more.split.validation);
}

#[test]
fn elements_and_small_sets_keep_their_rights() {
    // Catches a split by molecules that leaves an element without training frames, and one that makes an empty part silently.
    let mut text = chains(12, |molecule| format!("molecule=m{molecule}"));
    text += &frame(3, 0.0, "molecule=rare").replace("C 0 0 0", "S 0 0 0");
    for _ in 0..3 {
        let data = read(&text, by("molecule", None, Some(5), 5)).unwrap();
        assert!(data.elements.len() == 3 && data.split.train.contains(&(text.matches("Properties").count() - 1)));
    }
    let one = chains(1, |_| "molecule=alone".into()).repeat(9);
    let message = read(&one, by("molecule", None, None, 0)).unwrap_err();
    assert!(message.contains("the same `molecule`"), "{message}");
    let message = read(&chains(9, |_| String::new()), by("molecule", None, None, 0)).unwrap_err();
    assert!(message.contains("frame 0 (counted from 0) has no `molecule`") && message.contains(FORMULA), "{message}");
    let message = read(&text, by("molecule", Some(100), Some(5), 5)).unwrap_err();
    assert!(message.contains("100 training"), "{message}");
}

#[test]
fn comments_may_state_the_split() {
    // Catches a program that deals frames at random which the file has divided, deals test frames into training, or takes an unknown
    // word for training.
    let part = |molecule: usize| if molecule % 4 == 3 { "test" } else { "train" };
    let words = |molecule| format!("molecule=m{molecule} split={}", part(molecule));
    let text = chains(40, words);
    let stated = |validation, by: Option<&str>| SplitPlan::Stated {
        key: "split".into(),
        by: by.map(str::to_owned),
        train: None,
        validation,
    };
    let data = read(&text, stated(Some(12), Some("molecule"))).unwrap();
    assert!(sizes(&data.test).iter().all(|atoms| (atoms / 2 - 1) % 4 == 3) && sizes(&data.test).len() == 10);
    assert!(sizes(&data.train).is_disjoint(&sizes(&data.validation)));
    assert_eq!(data.train.len() + data.validation.len() + data.test.len(), 120);
    assert!((11..=13).contains(&data.validation.len()), "{}", data.validation.len());
    assert!(data.train[0].groups.iter().all(|(key, _)| key != "split"));
    // Marked validation frames are taken as they are.
    let marked = text.replace("molecule=m5 split=train", "molecule=m5 split=valid");
    assert_eq!(sizes(&read(&marked, stated(None, None)).unwrap().validation), BTreeSet::from([12]));
    let message = read(&marked, stated(Some(3), None)).unwrap_err();
    assert!(message.contains("leave `validation` out"), "{message}");
    let message = read(&text.replace("split=test", "split=spare"), stated(None, None)).unwrap_err();
    assert!(message.contains("\"spare\"") && message.contains("train, validation or test"), "{message}");
    // Who does not ask for it is told, and told of test frames that call themselves otherwise.
    let counted = SplitPlan::Counted { train: None, validation: None, test: 0 };
    let data = read(&text, counted.clone()).unwrap();
    assert!(
        data.notes.iter().any(|note| note.contains("test 30, train 90") && note.contains("split_key")),
        "{:?}",
        data.notes
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.xyz");
    fs::write(&file, &text).unwrap();
    let data = DataPlan { test_file: Some(file.clone()), ..plan(&file, counted) }.read().unwrap();
    assert!(data.notes.iter().any(|note| note.contains("90 frames are used as test frames")), "{:?}", data.notes);
}

#[test]
fn defaults_follow_the_number_of_molecules() {
    // Catches batches that stay small for many molecules, or grow for one, a rate that leads many astray, and a default that overrides the input.
    let settled = |molecules: usize, optimizer: &str| {
        let counted = SplitPlan::Counted { train: None, validation: Some(1), test: 0 };
        let data = read(&chains(molecules, |_| String::new()), counted).unwrap();
        let hint = data.notes.iter().any(|note| note.contains("split_by = \"formula\""));
        assert_eq!(hint, molecules >= 50, "{:?}", data.notes);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fit.toml");
        fs::write(&file, format!("version = 1\nname = \"m\"\n[data]\nfile = \"data.xyz\"\n{optimizer}")).unwrap();
        match Input::read(&file).unwrap() {
            Input::Fit(input) => {
                let optimizer = input.settled(&data).unwrap().optimizer;
                ([optimizer.batch, optimizer.final_batch].map(Option::unwrap), optimizer.learning_rate.unwrap())
            }
            _ => panic!("not a fit"),
        }
    };
    assert_eq!(settled(8, ""), ([4, 4], 0.03));
    assert_eq!(settled(60, ""), ([4, 64], 0.015));
    assert_eq!(settled(60, "[optimizer]\nbatch = 5"), ([5, 5], 0.015));
    assert_eq!(settled(8, "[optimizer]\nfinal_batch = 9"), ([4, 9], 0.03));
    assert_eq!(settled(60, "[optimizer]\nlearning_rate = 0.02"), ([4, 64], 0.02));
}

#[test]
fn a_fit_of_before_goes_on_with_its_batches() {
    // Catches a fit whose batches begin to grow when it goes on with a later version, and one that is refused.
    let counted = SplitPlan::Counted { train: None, validation: Some(1), test: 0 };
    let data = read(&chains(60, |_| String::new()), counted).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fit.toml");
    let resolved = |optimizer: &str| {
        fs::write(&file, format!("version = 1\nname = \"m\"\n[data]\nfile = \"data.xyz\"\n[optimizer]\n{optimizer}"))
            .unwrap();
        let Input::Fit(input) = Input::read(&file).unwrap() else { panic!("not a fit") };
        Input::Fit(Box::new(input.settled(&data).unwrap())).to_toml(Some(folder.path())).unwrap()
    };
    let (now, growing) = (resolved("batch = 16"), resolved("batch = 16\nfinal_batch = 64"));
    let lines: Vec<&str> = now.lines().filter(|line| !line.starts_with("final_batch")).collect();
    let before = lines.join("\n");
    assert_ne!(before, now);
    assert!(Input::means(&before, &now, folder.path()), "{before}\n{now}");
    assert!(!Input::means(&before, &growing, folder.path()));
}

#[test]
fn long_lists_are_counted_in_headers() {
    // Catches a header that lists every frame of a large set, one that loses the lists of small ones, and a count that is zero then.
    let all: Vec<usize> = (0..30_000).collect();
    let record = DataRecord::default().with_parts([&all[..25_000], &all[25_000..26_000], &[]], index_digest);
    assert!(record.train.is_empty() && record.validation.len() == 1000 && record.train_count() == 25_000);
    let other = DataRecord::default().with_parts([&all[1..25_001], &[], &[]], index_digest);
    assert_ne!(record.unlisted["train"].sha256, other.unlisted["train"].sha256);
    let json = serde_json::to_string(&record).unwrap();
    assert!(json.len() < 10_000 && serde_json::from_str::<DataRecord>(&json).unwrap() == record);
    let small = DataRecord::default().with_parts([&all[..20_000], &[], &[]], index_digest);
    assert!(
        small.train_count() == 20_000
            && small.train.len() == 20_000
            && !serde_json::to_string(&small).unwrap().contains("unlisted")
    );
}

#[test]
fn errors_of_molecules_are_in_a_table() {
    // Catches a closing table of thousands of lines, and one without errors by group, element and relative energy.
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    crate::cli::sample_frames(here, 80);
    let frames = fs::read_to_string(here.join("frames.xyz")).unwrap();
    let mut number = 0;
    let named: Vec<String> = frames
        .lines()
        .map(|line| {
            if !line.contains("Properties") {
                return line.to_string();
            }
            number += 1;
            format!("{line} config_type=kind{} molecule=\"C[{}],O\"", number % 2, number / 2)
        })
        .collect();
    fs::write(here.join("frames.xyz"), named.join("\n") + "\n").unwrap();
    let input = "version = 1\nname = \"many\"\n[output]\nfolder = \"model\"\n[data]\nfile = \"frames.xyz\"\nsplit_by = \"molecule\"\n\
                 validation = 6\n[model]\nchannels = 16\nlayers = 1\n[run]\nepochs = 1\n";
    fs::write(here.join("fit.toml"), input).unwrap();
    let output = cormorant(here, &["fit", "fit.toml"]);
    let out = text(&output.stdout);
    assert!(output.status.success(), "{out}\n{}", text(&output.stderr));
    assert!(out.contains("validation frames by element and group") && out.contains("force on C"), "{out}");
    assert!(out.contains("energy relative to the mean of each `molecule`") && out.lines().count() < 70, "{out}");
    let table = fs::read_to_string(here.join("model/group-errors.csv")).unwrap();
    let lines = |start: &str| table.lines().filter(|line| line.starts_with(start)).count();
    assert!(lines("train,molecule,\"C[") >= 36 && lines("train,molecule,(all)") == 1, "{table}");
    assert!(
        lines("validation,config_type,kind") == 2 && table.starts_with("part,key,name,frames,energy_mae/meV"),
        "{table}"
    );
    let width = |line: &str| line.replace("\"C[", "").split("\",").last().unwrap().split(',').count();
    assert!(table.lines().filter(|line| line.contains('"')).all(|line| width(line) == 8 - 1), "{table}");
    // The folder is a model, and says by what its frames were divided.
    let header = cormorant::model::load(&here.join("model")).unwrap();
    assert_eq!(header.record().data.split_by.as_deref(), Some("molecule"));
}
