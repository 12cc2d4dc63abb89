//! Fits that keep what the model they start from knows.

use std::fs;
use std::path::Path;

use super::cli::{cormorant, text};
use super::theories::{SMALL, input_of};
use crate::prepare::plan;
use cormorant::fit::{Replay, SplitPlan};
use cormorant::model::load;

/// Frames `from` to `to` of ethanol; without labels where these are of no use.
fn ethanol(path: &Path, (from, to): (usize, usize), labeled: bool) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2.xyz");
    let source = fs::read_to_string(source).unwrap();
    let lines: Vec<&str> = source.lines().collect();
    let mut out = String::new();
    for frame in &lines.chunks(11).collect::<Vec<_>>()[from..to] {
        let plain = "Properties=species:S:1:pos:R:3 pbc=\"F F F\"";
        out += &format!("9\n{}\n", if labeled { frame[1] } else { plain });
        for atom in &frame[2..] {
            let words: Vec<&str> = atom.split_whitespace().collect();
            out += &if labeled { format!("{atom}\n") } else { format!("{}\n", words[..4].join(" ")) };
        }
    }
    fs::write(path, out).unwrap();
}

/// Water molecules held by springs.
fn water(path: &Path) {
    let mut out = String::new();
    for frame in super::trainer::frames(12) {
        out += &format!(
            "3\nProperties=species:S:1:pos:R:3:forces:R:3 energy={:.9} pbc=\"F F F\"\n",
            frame.energy.unwrap()
        );
        for ((element, p), f) in frame.elements.iter().zip(frame.positions).zip(frame.forces) {
            out += &format!("{} {} {} {} {} {} {}\n", element.symbol(), p[0], p[1], p[2], f[0], f[1], f[2]);
        }
    }
    fs::write(path, out).unwrap();
}

fn input(name: &str, data: &str, model: &str, epochs: usize) -> String {
    input_of(name, &format!("file = \"{data}\""), model, epochs)
}

fn fit(at: &Path, name: &str, data: &str, model: &str, epochs: usize) -> String {
    fs::write(at.join(format!("{name}.toml")), input(name, data, model, epochs)).unwrap();
    let out = cormorant(at, &["fit", &format!("{name}.toml")]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    text(&out.stdout)
}

/// Force MAE in meV/Å of a model on frames of ethanol.
fn error(at: &Path, model: &str) -> f64 {
    let out = cormorant(at, &["evaluate", "--model", model, "--data", "judge.xyz", "--json"]);
    let said: serde_json::Value =
        serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", text(&out.stderr)));
    said["force_mae"].as_f64().unwrap()
}

/// Catches: frames that are not shown, or not with the labels of the model that the fit starts from; elements that are given up; a record that
/// does not know what was shown; a fit that goes on with other frames than it began with.
#[test]
fn what_a_model_knows_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    ethanol(&at.join("known.xyz"), (0, 60), true);
    ethanol(&at.join("judge.xyz"), (100, 140), true);
    ethanol(&at.join("shown.xyz"), (60, 100), false);
    water(&at.join("water.xyz"));
    fit(at, "base", "known.xyz", SMALL, 60);
    fit(at, "forgets", "water.xyz", "start_from = \"base\"\nkeep_elements = true", 600);
    let said = fit(at, "keeps", "water.xyz", "start_from = \"base\"\nreplay = \"shown.xyz\"", 100);
    let moved = said.split("40 replayed structures: forces moved by ").nth(1).and_then(|rest| rest.split(' ').next());
    let moved: f64 = moved.unwrap_or_else(|| panic!("{said}")).parse().unwrap();
    assert!(moved > 1.0 && moved < 300.0, "{moved} meV/Å");
    let [base, forgets, keeps] = ["base", "forgets", "keeps"].map(|model| error(at, model));
    assert!(
        keeps < 1.3 * base && forgets > 2.0 * keeps,
        "before {base}, {forgets} without and {keeps} meV/Å with old frames"
    );
    let model = load(&at.join("keeps")).unwrap();
    assert_eq!(model.facts().unwrap().elements.len(), 3);
    let record = model.record();
    assert_eq!(record.fit.replayed.as_ref().unwrap().file, "shown.xyz");
    assert!(record.data.shortest_distances.contains_key("C-C"), "{:?}", record.data.shortest_distances);
    assert_eq!(record.data.train_count() + record.data.validation.len(), 12);
}

/// Catches: few structures that drown among many frames, or few frames among many structures.
#[test]
fn half_of_an_epoch_is_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known.xyz");
    ethanol(&file, (0, 12), true);
    let data = plan(&file, SplitPlan::Counted { train: Some(10), validation: Some(2), test: 0 }).read().unwrap();
    let frames = |replayed: usize| {
        let frames = vec![data.train[0].clone(); replayed];
        data.clone().with_replay(Replay::new(&file, b"", frames)).unwrap().frames_of_a_pass()
    };
    assert_eq!(data.frames_of_a_pass(), 10);
    assert_eq!([3, 10, 31].map(frames), [10 + 3 * 3, 20, 10 * 3 + 31]);
    assert!(data.clone().with_replay(Replay::new(&file, b"", Vec::new())).is_err());
}

/// Catches: structures that are passed over because there is no model that could label them, or that it cannot, and two kinds of theories at once.
#[test]
fn what_cannot_be_replayed_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    ethanol(&at.join("known.xyz"), (0, 12), true);
    fit(at, "base", "known.xyz", SMALL, 1);
    fs::write(at.join("silicon.xyz"), "2\nProperties=species:S:1:pos:R:3\nSi 0 0 0\nSi 2.3 0 0\n").unwrap();
    let refused = |model: &str, more: &str| {
        let text_of = input("next", "known.xyz", model, 1).replace("[model]", &format!("{more}\n[model]"));
        fs::write(at.join("next.toml"), text_of).unwrap();
        let out = cormorant(at, &["fit", "next.toml"]);
        assert!(!out.status.success(), "{}", text(&out.stdout));
        text(&out.stderr)
    };
    let unknown = refused("start_from = \"base\"\nreplay = \"silicon.xyz\"", "");
    assert!(unknown.contains("silicon.xyz") && unknown.contains("Si") && unknown.contains('0'), "{unknown}");
    let nowhere = refused("start_from = \"base\"\nreplay = \"none.xyz\"", "");
    assert!(nowhere.contains("none.xyz"), "{nowhere}");
    let alone = refused("replay = \"known.xyz\"", "");
    assert!(alone.contains("replay"), "{alone}");
    fs::write(
        at.join("known.xyz"),
        fs::read_to_string(at.join("known.xyz")).unwrap().replace("energy=", "theory=A energy="),
    )
    .unwrap();
    let both = refused("start_from = \"base\"\nreplay = \"known.xyz\"", "theory_key = \"theory\"");
    assert!(both.contains("does not go with `theory_key`"), "{both}");
    let scratch =
        cormorant(at, &["fit", "--data", "known.xyz", "--out", "x", "--preset", "lean", "--replay", "known.xyz"]);
    assert!(text(&scratch.stderr).contains("--start-from"), "{}", text(&scratch.stderr));
}
