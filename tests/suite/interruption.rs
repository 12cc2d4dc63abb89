//! Runs and fits that are killed or stopped: what is on disk is whole, and going on ends with the bits of an undisturbed one.
//!
//! `CORMORANT_KILLS` sets the number of kills (50 if unset).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::cli::{ARGON, argon, cormorant, sample_frames, text};

fn kills() -> u32 {
    std::env::var("CORMORANT_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(50)
}

fn start(folder: &Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_cormorant"))
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Delays that differ from one to the next, up to `longest` ms: multiples of the golden ratio, modulo 1.
fn delay(number: u32, longest: f64) -> Duration {
    let share = (f64::from(number) * 0.618_033_988_75).fract();
    Duration::from_secs_f64(share * longest / 1.0e3)
}

fn bytes(folder: &Path, names: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
    names.iter().map(|name| (folder.join(name), fs::read(folder.join(name)).unwrap())).collect()
}

fn longer() -> String {
    ARGON.replace("0.4 ps", "8 ps").replace("\"80 fs\"", "\"160 fs\"").replace("\"40 fs\"", "\"80 fs\"")
}

const RESULTS: [&str; 5] = ["energies.csv", "trajectory.dcd", "trajectory.xyz", "topology.pdb", "restart.safetensors"];

/// Catches: files that are torn by a kill, lines or frames lost or doubled on going on, noise that starts anew.
#[test]
fn a_run_killed_again_and_again_ends_with_the_same_bits() {
    let folder = argon();
    let here = folder.path();
    fs::write(here.join("argon.toml"), longer()).unwrap();
    let clock = std::time::Instant::now();
    assert!(cormorant(here, &["run", "argon.toml", "--quiet"]).status.success());
    let whole = clock.elapsed().as_secs_f64() * 1.0e3;
    let outputs = here.join("outputs/argon");
    let expected = bytes(&outputs, &RESULTS);
    fs::remove_dir_all(&outputs).unwrap();
    for number in 0..kills() {
        let manner = if outputs.join("restart.safetensors").exists() { "--resume" } else { "--force" };
        // A folder that a kill left without an input is not recognized as ours, and is empty.
        let mut child = start(here, &["run", "argon.toml", "--quiet", manner]);
        std::thread::sleep(delay(number + 1, 0.6 * whole));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let manner = if outputs.join("restart.safetensors").exists() { "--resume" } else { "--force" };
    let last = cormorant(here, &["run", "argon.toml", "--quiet", manner]);
    assert!(last.status.success(), "{}", text(&last.stderr));
    for ((path, found), (_, expected)) in bytes(&outputs, &RESULTS).iter().zip(&expected) {
        assert!(found == expected, "{} differs from that of an undisturbed run", path.display());
    }
}

/// Catches: a Ctrl-C that loses the steps since the last restart file, or that looks like success.
#[test]
fn a_signal_saves_the_state_and_ends_with_130() {
    let folder = argon();
    let here = folder.path();
    fs::write(here.join("argon.toml"), longer().replace("8 ps", "4000 ps")).unwrap();
    let child = start(here, &["run", "argon.toml"]);
    let csv = here.join("outputs/argon/energies.csv");
    for _ in 0..500 {
        std::thread::sleep(Duration::from_millis(20));
        if fs::metadata(&csv).is_ok_and(|about| about.len() > 0) {
            break;
        }
    }
    let number = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &number]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let described = cormorant(here, &["describe", "outputs/argon/restart.safetensors"]);
    assert!(text(&described.stdout).contains("state of a run"), "{}", text(&described.stderr));
}

const FIT: &str = r#"version = 1
name = "killed"
seed = 4
output = { folder = "killed" }
data = { file = "frames.xyz", train = 20, validation = 4 }
model = { channels = 16, max_degree = 1, layers = 1, products = 1, radial_hidden = 16, radial_functions = 6 }
run = { epochs = 60, threads = 2, checkpoint_every = "0.02 s" }
"#;

/// The weights of a model, without the header, which holds the wall time.
fn weights(file: &Path) -> Vec<u8> {
    let bytes = fs::read(file).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    bytes[8 + length..].to_vec()
}

/// Catches: a checkpoint that forgets moments, averages or the order of the frames.
#[test]
fn a_fit_killed_again_and_again_ends_with_the_same_weights() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    sample_frames(here, 24);
    fs::write(here.join("fit.toml"), FIT).unwrap();
    let clock = std::time::Instant::now();
    let first = cormorant(here, &["fit", "fit.toml", "--quiet"]);
    assert!(first.status.success(), "{}", text(&first.stderr));
    let whole = clock.elapsed().as_secs_f64() * 1.0e3;
    let model = here.join("killed");
    let expected = (weights(&model.join("model.safetensors")), fs::read(model.join("learning-curve.csv")).unwrap());
    fs::remove_dir_all(&model).unwrap();
    for number in 0..kills() {
        let mut child = start(here, &["fit", "fit.toml", "--quiet", "--resume"]);
        std::thread::sleep(delay(number + 1, 0.6 * whole));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let last = cormorant(here, &["fit", "fit.toml", "--quiet", "--resume"]);
    assert!(last.status.success(), "{}", text(&last.stderr));
    assert!(weights(&model.join("model.safetensors")) == expected.0, "the weights differ from an undisturbed fit's");
    assert!(fs::read(model.join("learning-curve.csv")).unwrap() == expected.1, "the learning curve differs");
}

/// Waits until `ready`, at most 20 s.
fn wait_until(ready: impl Fn() -> bool) {
    for _ in 0..1000 {
        if ready() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("waited in vain");
}

/// Catches: a fit over an old model, killed early, that `--resume` takes for finished because the old model is still there.
#[test]
fn a_fit_over_an_old_model_is_not_taken_for_finished() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    sample_frames(here, 24);
    let endless = FIT.replace("epochs = 60", "epochs = 10000000").replace("0.02 s", "1 h");
    fs::write(here.join("fit.toml"), endless).unwrap();
    let model = here.join("killed");
    fs::create_dir(&model).unwrap();
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ethanol/model.safetensors"),
        model.join("model.safetensors"),
    )
    .unwrap();
    let mut child = start(here, &["fit", "fit.toml", "--quiet", "--force"]);
    wait_until(|| model.join("learning-curve.csv").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!model.join("model.safetensors").exists(), "the old model stands where the new one is to come");
    assert!(model.join("model-former.safetensors").exists(), "the old model is gone before the new one is there");
    let before = fs::metadata(model.join("learning-curve.csv")).unwrap().modified().unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_cormorant"))
        .args(["fit", "fit.toml", "--resume"])
        .current_dir(here)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until(|| fs::metadata(model.join("learning-curve.csv")).is_ok_and(|it| it.modified().unwrap() > before));
    let number = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &number]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("is saved in"), "{}", text(&output.stderr));
}
