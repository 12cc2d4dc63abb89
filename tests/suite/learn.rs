//! From one structure and a label source to a potential. The program of the tests is `cormorant stream` with a model of the program.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cormorant::io::ExtendedXyzReader;
use cormorant::learn::{ErrorInterval, Forecast};
use cormorant::noise::{Consumer, Noise};

use crate::cli::{cormorant, text};

const BINARY: &str = env!("CARGO_BIN_EXE_cormorant");

/// Catches: a standard deviation in place of a standard error, the normal distribution in place of Student's, an interval of one side:
/// with five frames each of them holds too often or too rarely.
#[test]
fn nine_of_ten_intervals_hold_the_error() {
    let noise = Noise::new(5);
    for count in [5, 20] {
        let trials = 2000_u64;
        let mut held = [0.0; 2];
        for trial in 0..trials {
            let mut stream = noise.stream(Consumer::Test, trial, count);
            // Mean square errors of frames of 66 components: nearly normal, of mean 4.
            let squares: Vec<f64> =
                (0..count).map(|_| (0..66).map(|_| (2.0 * stream.normal()).powi(2)).sum::<f64>() / 66.0).collect();
            held[0] += f64::from(ErrorInterval::of_squares(&squares).holds(2.0));
            held[1] += f64::from(ErrorInterval::of_mean(&squares).holds(4.0));
        }
        // Standard error of a share of 0.9 in 2000 trials: 0.0067.
        for share in held.map(|held| held / trials as f64) {
            assert!((share - 0.9).abs() < 4.0 * 0.0067, "{share} of the intervals from {count} frames hold the error");
        }
    }
    let one = ErrorInterval::of_squares(&[4.0]);
    assert!(one.value == 2.0 && one.upper.is_infinite(), "one frame has no interval");
    let written = serde_json::to_string(&one).unwrap();
    assert_eq!(serde_json::from_str::<ErrorInterval>(&written).unwrap(), one, "{written}");
}

/// Catches: a power of the wrong sign; a forecast where nothing falls.
#[test]
fn a_forecast_follows_a_power_law() {
    let points: Vec<(f64, f64)> = [25.0, 50.0, 100.0].map(|n: f64| (n, 400.0 * n.powf(-0.6))).to_vec();
    let law = Forecast::through(&points).unwrap();
    assert!((law.at(200.0) - 400.0 * 200.0_f64.powf(-0.6)).abs() < 1e-9, "{law:?}");
    assert_eq!(Forecast::through(&points[..2]), None);
    assert_eq!(Forecast::through(&[(25.0, 1.0), (50.0, 2.0), (100.0, 3.0)]), None);
}

/// A folder with water, a program, and an input.
fn place(program: &str, more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    fs::write(place.join("water.xyz"), "3\n\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n").unwrap();
    let script = place.join("label.sh");
    fs::write(&script, format!("#!/bin/sh\n{program}\n")).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let input = format!(
        "version = 1\nname = \"water\"\nseed = 4\n[output]\nfolder = \"water\"\n[structure]\nfile = \"water.xyz\"\n\
         [labels]\ncommand = \"./label.sh\"\ntheory = \"organic\"\n[start]\nframes = 10\n[committee]\nmembers = 2\n\
         epochs_at_950_frames = 1\nfinal_epochs_at_950_frames = 1\n[explore]\ntemperatures = [\"300 K\", \"400 K\"]\nreplicas = 2\n\
         duration = \"0.1 ps\"\ntime_step = \"0.5 fs\"\nevery = \"5 fs\"\n[select]\nframes = 6\nblind_share = 0.34\n{more}\n"
    );
    fs::write(place.join("learn.toml"), input).unwrap();
    folder
}

fn answer() -> String {
    format!("'{BINARY}' stream --model organic")
}

/// Every file of the potential whose bits must not depend on interruptions.
fn bits(place: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for name in [
        "labels/labels.xyz",
        "labels/checks.jsonl",
        "train.xyz",
        "rounds/00/round.json",
        "rounds/01/selected.xyz",
        "rounds/01/round.json",
    ] {
        found.push((name.to_string(), fs::read(place.join("water").join(name)).unwrap()));
    }
    for member in ["rounds/00/member-1", "rounds/00/member-2", "member-1", "member-2"] {
        let model = cormorant::model::load(&place.join("water").join(member)).unwrap();
        let weights = model.weights().unwrap();
        found.push((member.to_string(), weights.iter().flat_map(|weight| weight.to_bits().to_le_bytes()).collect()));
    }
    found
}

/// Catches: blind frames that are fitted to; a budget that is overrun; checks that are not counted; a round that is not recorded.
#[test]
fn a_loop_keeps_its_promises() {
    let folder = place(&answer(), "[stop]\nlabels = 24\n");
    let place = folder.path();
    let out = cormorant(place, &["learn", "learn.toml"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let spoken = text(&out.stdout);
    assert!(spoken.contains("the labels of [stop] are used up") && spoken.contains("blind frames"), "{spoken}");
    let frames = |file: &str| {
        let mut reader = ExtendedXyzReader::open(&place.join("water").join(file)).unwrap();
        let mut found = Vec::new();
        while let Some(frame) = reader.next_frame().unwrap() {
            let reason = frame.property("reason").map(|value| format!("{value:?}")).unwrap_or_default();
            found.push((frame.positions.clone(), reason));
        }
        found
    };
    let (all, train) = (frames("labels/labels.xyz"), frames("train.xyz"));
    let blind: Vec<_> = all.iter().filter(|(_, reason)| reason.contains("blind")).collect();
    assert!(blind.len() >= 3, "{} blind frames", blind.len());
    assert_eq!(train.len() + blind.len(), all.len());
    assert!(
        blind.iter().all(|(positions, _)| train.iter().all(|(other, _)| other != positions)),
        "a blind frame is fitted to"
    );
    let checks = fs::read_to_string(place.join("water/labels/checks.jsonl")).unwrap().lines().count();
    assert!(all.len() + checks <= 24 && all.len() + checks >= 20, "{} labels and {checks} checks", all.len());
    let page = fs::read_to_string(place.join("water/report.html")).unwrap();
    for part in ["Slices of the energy", "soft mode 1", "Spread and error: Force on an atom"] {
        assert!(page.contains(part), "the page has no {part}");
    }
    // More labels: the loop goes on, and the final members are those of all labels.
    let input = fs::read_to_string(place.join("learn.toml")).unwrap();
    fs::write(place.join("learn.toml"), input.replace("labels = 24", "labels = 30")).unwrap();
    let more = cormorant(place, &["learn", "learn.toml", "--resume"]);
    assert!(more.status.success(), "{}", text(&more.stderr));
    assert!(frames("labels/labels.xyz").len() > all.len() && frames("train.xyz").len() > train.len());
    // Another input is another potential.
    let changed = input.replace("seed = 4", "seed = 5");
    fs::write(place.join("learn.toml"), changed).unwrap();
    let refused = cormorant(place, &["learn", "learn.toml", "--resume"]);
    assert!(
        !refused.status.success() && text(&refused.stderr).contains("only [stop] may change"),
        "{}",
        text(&refused.stderr)
    );
}

/// Catches: anything of the loop that lives in memory alone: labels that are made twice, frames or weights that depend on when it was
/// killed.
#[test]
fn a_loop_that_is_killed_ends_with_the_same_bits() {
    let plain = place(&format!("tee -a seen.xyz | {}", answer()), "[stop]\nlabels = 18\n");
    assert!(cormorant(plain.path(), &["learn", "learn.toml"]).status.success());
    let killed = place(&format!("tee -a seen.xyz | {}", answer()), "[stop]\nlabels = 18\n");
    let here = killed.path();
    let mut kills = 0;
    for number in 0..50_u64 {
        let resume: &[&str] = if here.join("water/learn.toml").exists() { &["--resume"] } else { &[] };
        let mut child = Command::new(BINARY)
            .args(["learn", "learn.toml"])
            .args(resume)
            .current_dir(here)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(20 + (number * 53) % 400));
        kills += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(kills > 5, "{kills} kills met it at work");
    let out = cormorant(here, &["learn", "learn.toml", "--resume"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    for ((name, one), (_, two)) in bits(plain.path()).into_iter().zip(bits(here)) {
        assert!(one == two, "{name} depends on interruptions");
    }
}

/// Catches: labels of another theory that come in behind the back of the loop; a wrong unit that nobody notices.
#[test]
fn a_source_that_changes_or_contradicts_itself_is_noticed() {
    // The second round meets another program: energies 0.05 eV higher.
    let other = format!(
        "n=$(ls water/rounds | wc -l)\nif [ $n -gt 1 ]; then {0} | awk '/energy=/ {{ match($0, /energy=[^ ]*/); e = substr($0, RSTART + 7, RLENGTH - 7); sub(/energy=[^ ]*/, \"energy=\" (e + 0.05)) }} {{ print }}'; else {0}; fi",
        answer()
    );
    let folder = place(&other, "[stop]\nlabels = 24\n");
    let out = cormorant(folder.path(), &["learn", "learn.toml"]);
    assert!(text(&out.stderr).contains("another label for the first structure"), "{}", text(&out.stderr));
    let labels = fs::read_to_string(folder.path().join("water/labels/labels.xyz")).unwrap();
    assert_eq!(labels.matches("label_key").count(), 10, "labels of the other theory were taken");
    // Forces with the wrong sign.
    let wrong = format!(
        "{} | awk 'NF == 7 && $1 != \"\" {{ print $1, $2, $3, $4, -$5, -$6, -$7; next }} {{ print }}'",
        answer()
    );
    let folder = place(&wrong, "[stop]\nlabels = 24\n");
    let out = cormorant(folder.path(), &["learn", "learn.toml"]);
    assert!(text(&out.stderr).contains("contradicts itself"), "{}", text(&out.stderr));
}

/// Catches: a tutorial whose input ends with an error, or whose commands do not follow from each other.
#[test]
fn the_tutorial_learns_ethanol() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let mut input = fs::read_to_string(root.join("inputs/learn/ethanol.toml")).unwrap();
    let structure = root.join("inputs/structures/ethanol.xyz").display().to_string();
    for (from, to) in [
        ("../structures/ethanol.xyz", structure.as_str()),
        ("epochs_at_950_frames = 20", "epochs_at_950_frames = 4"),
        ("epochs_at_950_frames = 50", "epochs_at_950_frames = 8"),
        ("frames = 20", "frames = 8"),
        ("\"1 ps\"", "\"0.1 ps\""),
        ("\"4 ps\"", "\"0.1 ps\""),
        ("labels = 80", "labels = 16"),
    ] {
        assert!(input.contains(from), "{from}");
        input = input.replace(from, to);
    }
    // The folder of the model is beside that of the input.
    fs::create_dir(here.join("inputs")).unwrap();
    fs::write(here.join("inputs/ethanol.toml"), input + "\n[select]\nframes = 6\n").unwrap();
    let stream = format!("'{BINARY}' stream --model organic");
    let model = ["--model", "models/ethanol-learned"];
    let run = ["--structure", &structure, "--temperature", "300 K", "--duration", "0.3 ps", "--force"];
    for arguments in [
        &["learn", "inputs/ethanol.toml"][..],
        &[&["run"], &model[..], &run].concat(),
        &["label", "outputs/ethanol-300K/trajectory.xyz", "--out", "test", "--command", &stream],
        &[&["evaluate"], &model[..], &["--data", "test/labels.xyz"]].concat(),
    ] {
        let output = cormorant(here, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    }
    assert!(here.join("models/ethanol-learned/report/learning.svg").is_file());
}
