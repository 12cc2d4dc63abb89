//! Committees that are fitted in one command: their folders, their bits, and where they are taken for a model.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use cormorant::model::load;
use cormorant::report::plot::short;
use cormorant::workflow::{Closing, FitCall, Models, RunMode, fit_input, train_committee};

use crate::cli::{cormorant, sample_frames, text};

/// A fit of three that takes a second.
const FIT: &str = r#"version = 1
name = "three"
seed = 4
members = 3
output = { folder = "three" }
data = { file = "frames.xyz", train = 20, validation = 4, test = 6 }
model = { channels = 16, max_degree = 1, layers = 1, products = 1, radial_hidden = 16, radial_functions = 6 }
run = { epochs = 12, threads = 3, checkpoint_every = "0.02 s" }
"#;

const MEMBERS: [&str; 3] = ["member-1", "member-2", "member-3"];

/// Data, a structure and inputs in a folder of their own.
fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    sample_frames(here, 30);
    let ethanol = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/structures/ethanol.xyz");
    fs::copy(ethanol, here.join("ethanol.xyz")).unwrap();
    fs::write(here.join("fit.toml"), FIT).unwrap();
    folder
}

/// The same with the committee that was fitted side by side.
fn fitted() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            let folder = prepared();
            let output = cormorant(folder.path(), &["fit", "fit.toml"]);
            assert!(output.status.success(), "{}", text(&output.stderr));
            let out = text(&output.stdout);
            for expected in ["member-2: seed 5", "committee: three", "member-3    test"] {
                assert!(out.contains(expected), "{expected:?} is missing in\n{out}");
            }
            folder
        })
        .path()
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

/// The weights of a model, without the header, which holds the wall time.
fn weights(folder: &Path) -> Vec<u8> {
    let bytes = fs::read(folder.join("model.safetensors")).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    bytes[8 + length..].to_vec()
}

fn all_weights(committee: &Path) -> [Vec<u8>; 3] {
    MEMBERS.map(|name| weights(&committee.join(name)))
}

/// Catches: members with the same weights; a split that differs between them, so that the mean is tested on frames that some have seen;
/// member 1 that is not the model of a fit of one; members that are not models of their own.
#[test]
fn members_differ_in_weights_and_share_their_frames() {
    let here = fitted();
    let all = all_weights(&here.join("three"));
    assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
    let records = MEMBERS.map(|name| load(&here.join("three").join(name)).unwrap());
    let splits = records.each_ref().map(|one| {
        let data = one.record().data;
        [data.train.clone(), data.validation.clone(), data.test.clone()]
    });
    assert!(splits[0] == splits[1] && splits[1] == splits[2]);
    assert_eq!(records.each_ref().map(|one| one.record().fit.seed), [4, 5, 6]);
    let alone = FIT.replace("members = 3\n", "").replace("\"three\"", "\"alone\"");
    fs::write(here.join("alone.toml"), alone).unwrap();
    run(here, &["fit", "alone.toml", "--quiet"]);
    assert!(weights(&here.join("alone")) == all[0], "member 1 is not the fit of one with this seed");
    for name in MEMBERS {
        for file in ["report.html", "fit.toml", "learning-curve.csv", "README.md"] {
            assert!(here.join("three").join(name).join(file).exists(), "{name} has no {file}");
        }
        // A member is a fit that can be repeated alone.
        run(here, &["check", &format!("three/{name}/fit.toml")]);
    }
    let again = fs::read_to_string(here.join("three/member-2/fit.toml")).unwrap();
    assert!(again.contains("seed = 5") && again.contains("split_seed = 4"), "{again}");
}

/// Catches: bits that depend on whether members are fitted side by side or in turn, or on flags instead of keys.
#[test]
fn members_in_turn_have_the_same_bits() {
    let folder = prepared();
    let here = folder.path();
    let one = FIT.replace("members = 3\n", "").replace("seed = 4\n", "").replace("threads = 3", "threads = 1");
    fs::write(here.join("fit.toml"), one).unwrap();
    run(here, &["fit", "fit.toml", "--members", "3", "--seed", "4", "--quiet"]);
    assert!(all_weights(&here.join("three")) == all_weights(&fitted().join("three")));
    run(here, &["fit", "fit.toml", "--members", "3", "--seed", "4", "--resume"]);
    refused(here, &["fit", "fit.toml", "--members", "3", "--seed", "4"], "contains a committee already");
    refused(here, &["fit", "fit.toml", "--force"], "contains a committee");
    refused(here, &["fit", "fit.toml", "--members", "2", "--seed", "4", "--resume"], "has 3 members");
}

/// Catches: a command that knows committees by their members only, or that takes the first member for the committee.
#[test]
fn the_folder_stands_for_its_members() {
    let here = fitted();
    let described = run(here, &["describe", "three"]);
    assert!(described.contains("committee of 3 models") && described.contains("with seed 6"), "{described}");
    let listed: Vec<String> =
        MEMBERS.iter().flat_map(|name| ["--model".to_string(), format!("three/{name}")]).collect();
    let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
    for verb in [&["evaluate", "--data", "frames.xyz", "--json"][..], &["evaluate", "--data", "ethanol.xyz", "--out"]] {
        let (mut whole, mut members) = (verb.to_vec(), verb.to_vec());
        if verb.last() == Some(&"--out") {
            whole.push("whole.xyz");
            members.push("members.xyz");
        }
        whole.extend(["--model", "three"]);
        members.extend(&listed);
        let (a, b) = (run(here, &whole), run(here, &members));
        assert!(a == b || verb.last() == Some(&"--out"), "{a}\n{b}");
    }
    let spread = fs::read_to_string(here.join("whole.csv")).unwrap();
    assert!(spread.contains("energy_spread") && spread == fs::read_to_string(here.join("members.csv")).unwrap());
    refused(
        here,
        &["evaluate", "--model", "three", "--model", "three/member-2", "--data", "frames.xyz"],
        "named twice",
    );
    run(here, &["rank", "--model", "three", "ethanol.xyz", "--out", "ranked.xyz", "--most-evaluations", "2"]);
    let minimize = ["minimize", "--model", "three", "--structures", "ethanol.xyz", "--out", "low.xyz"];
    run(here, &minimize);
    let speed = run(here, &["bench", "--model", "three", "--structure", "ethanol.xyz"]);
    assert!(speed.contains("committee of cormorant three/member-1"), "{speed}");
    refused(here, &["certify", "three"], "is a committee, and one model is needed here");
}

/// Catches: a guard on the spread that a committee folder does not satisfy; a run of one member.
#[test]
fn a_run_of_the_folder_is_that_of_its_members() {
    let here = fitted();
    let input = |name: &str, potential: &str| {
        format!(
            "version = 1\nname = \"{name}\"\nstructure = {{ file = \"ethanol.xyz\" }}\npotential = {{ {potential} }}\n\
             velocities = {{ temperature = \"10 K\" }}\nguards = {{ committee_force_spread = \"1000 eV/Å\", extrapolation = \"ignore\", \
             largest_displacement = \"none\" }}\n\n\
             [[stage]]\nduration = \"1 fs\"\ntime_step = \"0.25 fs\"\nwrite = [{{ kind = \"energies\", every = \"0.25 fs\" }}]\n"
        )
    };
    fs::write(here.join("whole.toml"), input("whole", "model = \"three\"")).unwrap();
    let list = "models = [\"three/member-1\", \"three/member-2\", \"three/member-3\"]";
    fs::write(here.join("members.toml"), input("members", list)).unwrap();
    run(here, &["run", "whole.toml", "--quiet"]);
    run(here, &["run", "members.toml", "--quiet"]);
    let table = |name: &str| fs::read_to_string(here.join("outputs").join(name).join("energies.csv")).unwrap();
    assert!(table("whole").contains("energy_spread"));
    assert_eq!(table("whole"), table("members"));
    fs::write(here.join("one.toml"), input("one", "model = \"three/member-1\"")).unwrap();
    refused(here, &["run", "one.toml"], "but there is none");
}

/// Catches: members that are lost, doubled or begun anew by a kill; a list that names members which are not whole.
#[test]
fn a_committee_killed_again_and_again_ends_with_the_same_bits() {
    let folder = prepared();
    let here = folder.path();
    let committee = here.join("three");
    let kills = std::env::var("CORMORANT_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(25);
    for number in 1..=kills {
        let threads = if number % 2 == 0 { "threads = 1" } else { "threads = 3" };
        fs::write(here.join("fit.toml"), FIT.replace("threads = 3", threads)).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_cormorant"))
            .args(["fit", "fit.toml", "--quiet", "--resume"])
            .current_dir(here)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let share = (f64::from(number) * 0.618_033_988_75).fract();
        std::thread::sleep(Duration::from_secs_f64(0.6 * share));
        child.kill().unwrap();
        child.wait().unwrap();
        let listed = committee.join("committee.json").exists();
        let whole = MEMBERS.iter().all(|name| committee.join(name).join("model.safetensors").exists());
        assert!(whole || !listed, "a committee is listed before its members are there");
    }
    run(here, &["fit", "fit.toml", "--quiet", "--resume"]);
    assert!(all_weights(&committee) == all_weights(&fitted().join("three")));
}

/// Catches: a committee over an old one, killed early, whose old members `--resume` takes for new; settings or data that changed while
/// some members were finished.
#[test]
fn members_of_another_fit_are_not_taken_over() {
    let folder = prepared();
    let here = folder.path();
    run(here, &["fit", "fit.toml", "--quiet"]);
    let member = here.join("three/member-3/model.safetensors");
    let made = || fs::metadata(&member).unwrap().modified().unwrap();
    fs::remove_file(here.join("three/committee.json")).unwrap();
    // Nothing is missing but the list.
    let before = made();
    let out = run(here, &["fit", "fit.toml", "--resume"]);
    assert!(out.contains("member-3: was finished before") && made() == before, "{out}");
    // Other settings, other data.
    fs::remove_file(here.join("three/committee.json")).unwrap();
    fs::write(here.join("other.toml"), FIT.replace("epochs = 12", "epochs = 13")).unwrap();
    refused(here, &["fit", "other.toml", "--resume"], "its settings were others");
    let frames = fs::read_to_string(here.join("frames.xyz")).unwrap();
    fs::write(here.join("frames.xyz"), format!("{}\n", frames.trim_end()).replacen("9\n", "9 \n", 1)).unwrap();
    refused(here, &["fit", "fit.toml", "--resume"], "was fitted to data with SHA-256");
    fs::write(here.join("frames.xyz"), frames).unwrap();
    // As a kill leaves it while old models step aside.
    fs::write(here.join("three/committee-former"), "").unwrap();
    run(here, &["fit", "fit.toml", "--resume", "--quiet"]);
    assert!(made() > before, "an old model was taken for a new one");
    assert!(!here.join("three/committee-former").exists());
    // Two of three: what is not of the new committee goes.
    run(here, &["fit", "fit.toml", "--members", "2", "--force", "--quiet"]);
    assert!(!here.join("three/member-3").exists());
    // And more are added to those that are there.
    run(here, &["fit", "fit.toml", "--resume", "--quiet"]);
    assert!(all_weights(&here.join("three")) == all_weights(&fitted().join("three")));
}

/// Catches: members that all start from the first member of a committee, or a committee of another size that is taken in part.
#[test]
fn members_start_from_the_member_of_their_number() {
    let folder = prepared();
    let here = folder.path();
    let earlier = fitted().join("three");
    let start = format!("model = {{ start_from = \"{}\" }}", earlier.display());
    let again: Vec<&str> = FIT.lines().map(|line| if line.starts_with("model") { &start } else { line }).collect();
    fs::write(here.join("fit.toml"), again.join("\n").replace("epochs = 12", "epochs = 1")).unwrap();
    run(here, &["fit", "fit.toml", "--quiet"]);
    for name in MEMBERS {
        let sha = cormorant::model::ModelFile::read(&earlier.join(name)).unwrap().sha256();
        let model = load(&here.join("three").join(name)).unwrap();
        assert_eq!(model.record().fit.started_from.as_deref(), Some(sha.as_str()));
    }
    refused(here, &["fit", "fit.toml", "--members", "2", "--force"], "is a committee of 3");
    let out = ["fit", "--data", "frames.xyz", "--out", "one", "--start-from", earlier.to_str().unwrap()];
    refused(here, &out, "is a committee, and one model is needed here");
}

/// Catches: trials and pages of members that are soon replaced, which cost more than their fits; a stop that ends one member only.
#[test]
fn a_caller_can_do_without_certificate_and_report() {
    let folder = prepared();
    let here = folder.path();
    let mut input = fit_input(&here.join("fit.toml"), false).unwrap();
    input.output.folder = here.join("bare");
    let data = input.data_plan().read().unwrap();
    let (networks, closing) = (Models::default(), Closing { certificate: false, report: false });
    let call =
        FitCall { input: &input, data: &data, networks: &networks, mode: RunMode::default(), closing, stop: &|| false };
    let done = train_committee(&call, &|_, _| {}).unwrap();
    assert_eq!(done.len(), 3);
    for (member, name) in done.iter().zip(MEMBERS) {
        let trained = member.trained.as_ref().unwrap();
        assert!(trained.model.record().certificate.is_none() && trained.report.as_ref().unwrap().is_none());
        assert!(!member.folder.join("report.html").exists());
        assert!(weights(&member.folder) == weights(&fitted().join("three").join(name)), "the weights are others");
    }
    let mut other = input.clone();
    other.output.folder = here.join("stopped");
    let stopped = train_committee(&FitCall { input: &other, stop: &|| true, ..call }, &|_, _| {});
    assert!(matches!(stopped.err(), Some(cormorant::Error::Interrupted(_))));
    assert!(!here.join("stopped/committee.json").exists());
}

/// Catches: reports that know a committee by its members only, a mean that is that of one member, a scatter that is left out.
#[test]
fn a_committee_is_reported_and_compared() {
    let folder = prepared();
    let here = folder.path();
    copy(&fitted().join("three"), &here.join("three"));
    let said = run(here, &["report", "three"]);
    assert!(said.contains("three/report.html"), "{said}");
    let page = fs::read_to_string(here.join("three/report.html")).unwrap().replace("&#x2f;", "/");
    let errors = |name: &str| load(&here.join("three").join(name)).unwrap().record().errors["test"].force_mae;
    let all = MEMBERS.map(errors);
    let mean = all.iter().sum::<f64>() / 3.0;
    let scatter = (all.iter().map(|error| (error - mean).powi(2)).sum::<f64>() / 2.0).sqrt();
    let expected = format!("{} ± {}", short(mean, 3), short(scatter, 2));
    for part in ["three/member-3", "three: mean over 3 members", &expected] {
        assert!(page.contains(part), "{part:?} is missing");
    }
    assert!(here.join("three/member-2/report.html").is_file(), "members have reports of their own");
    run(here, &["compare", "three", "three/member-1", "--out", "both.html"]);
    let page = fs::read_to_string(here.join("both.html")).unwrap().replace("&#x2f;", "/");
    assert_eq!(page.matches(">three: mean over 3 members<").count(), 1);
    assert_eq!(page.matches(">three/member-1</th><td>6 test<").count(), 2, "once in the committee, once alone");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}
