//! Writes that fail: a limit on the size of files, a full file system, a folder that cannot be written.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use cormorant::noise::{Consumer, Noise};

use crate::cli::{ARGON, argon, cormorant, sample_frames, text};

/// The program with files limited to `kibibytes`: a write beyond fails, as on a full disk.
fn limited(here: &Path, kibibytes: u64, arguments: &str) -> Output {
    Command::new("bash")
        .args(["-c", &format!("ulimit -f {kibibytes}; exec \"$0\" {arguments}"), env!("CARGO_BIN_EXE_cormorant")])
        .current_dir(here)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// The run failed, said so in one message that names a file in `folder`, and left nothing half-written behind.
fn check_failure(output: &Output, folder: &Path, what: &str) {
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{what}: {:?} {err}", output.status);
    assert_eq!(err.matches("error:").count(), 1, "{what}: one message, not\n{err}");
    let names_a_file =
        err.contains("File too large") || err.contains("is the disk full?") || err.contains("No space left");
    assert!(names_a_file, "{what}: {err}");
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(!name.starts_with(".unfinished"), "{what}: {name} is left behind");
    }
}

const RESULTS: [&str; 5] = ["energies.csv", "trajectory.dcd", "trajectory.xyz", "topology.pdb", "restart.safetensors"];

/// Catches: a write error that is swallowed, a signal that ends the program without a word, a file cut in the middle of a
/// frame, and a continuation that ends with other bits.
#[test]
fn a_run_on_a_full_disk_goes_on_with_the_same_bits() {
    let folder = argon();
    let here = folder.path();
    fs::write(here.join("argon.toml"), ARGON.replace("0.4 ps", "8 ps")).unwrap();
    assert!(cormorant(here, &["run", "argon.toml", "--quiet"]).status.success());
    let outputs = here.join("outputs/argon");
    let expected = RESULTS.map(|name| fs::read(outputs.join(name)).unwrap());
    let largest = expected.iter().map(Vec::len).max().unwrap() as u64 / 1024;
    fs::remove_dir_all(&outputs).unwrap();
    let mut random = Noise::new(2).stream(Consumer::Test, 1, 0);
    let mut failures = 0;
    let mut limit = 0;
    for _ in 0..12 {
        limit += 1 + random.below(largest / 6);
        let manner = if outputs.join("restart.safetensors").exists() { "--resume" } else { "--force" };
        let output = limited(here, limit, &format!("run argon.toml --quiet {manner}"));
        if output.status.success() {
            break;
        }
        failures += 1;
        check_failure(&output, &outputs, &format!("limit {limit} KiB"));
        // What is there is whole: every line of the table, every frame of the text.
        for name in ["energies.csv", "trajectory.xyz"] {
            if let Ok(text) = fs::read_to_string(outputs.join(name)) {
                assert!(text.is_empty() || text.ends_with('\n'), "{name} is cut within a line at {limit} KiB");
            }
        }
    }
    assert!(failures >= 3, "only {failures} writes failed");
    let manner = if outputs.join("restart.safetensors").exists() { "--resume" } else { "--force" };
    let last = cormorant(here, &["run", "argon.toml", "--quiet", manner]);
    assert!(last.status.success(), "{}", text(&last.stderr));
    for (name, expected) in RESULTS.iter().zip(&expected) {
        assert!(&fs::read(outputs.join(name)).unwrap() == expected, "{name} differs from that of an undisturbed run");
    }
}

const FIT: &str = r#"version = 1
name = "full"
seed = 4
output = { folder = "full" }
data = { file = "frames.xyz", train = 20, validation = 4 }
model = { channels = 16, max_degree = 1, layers = 1, products = 1, radial_hidden = 16, radial_functions = 6 }
run = { epochs = 40, threads = 2, checkpoint_every = "0.001 s" }
"#;

/// The weights of a model, without the header, which holds the wall time.
fn weights(folder: &Path) -> Vec<f64> {
    cormorant::model::Model::load(folder).unwrap().weights
}

/// Catches: a checkpoint that is half there, a fit that cannot be gone on with after the disk was full.
#[test]
fn a_fit_on_a_full_disk_goes_on_with_the_same_weights() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    sample_frames(here, 24);
    fs::write(here.join("fit.toml"), FIT).unwrap();
    assert!(cormorant(here, &["fit", "fit.toml", "--quiet"]).status.success());
    let model = here.join("full");
    let expected = (weights(&model), fs::read(model.join("learning-curve.csv")).unwrap());
    let size = fs::metadata(model.join("model.safetensors")).unwrap().len() / 1024;
    fs::remove_dir_all(&model).unwrap();
    let mut failures = 0;
    // From nothing fits, over the table, at random, to all but the last bytes of the model.
    let mut random = Noise::new(2).stream(Consumer::Test, 2, 0);
    let mut limits = [0, 1, 3].to_vec();
    limits.extend((0..8).map(|_| random.below(size)));
    limits.extend([size - 1, size]);
    limits.sort_unstable();
    for limit in limits {
        let output = limited(here, limit, "fit fit.toml --quiet --resume");
        if output.status.success() {
            break;
        }
        failures += 1;
        check_failure(&output, &model, &format!("limit {limit} KiB"));
        assert!(!model.join("model.safetensors").exists(), "half a model at {limit} KiB");
    }
    assert!(failures >= 3, "only {failures} writes failed");
    let last = cormorant(here, &["fit", "fit.toml", "--quiet", "--resume"]);
    assert!(last.status.success(), "{}", text(&last.stderr));
    assert!(weights(&model) == expected.0, "the weights differ from an undisturbed fit's");
    assert!(fs::read(model.join("learning-curve.csv")).unwrap() == expected.1, "the learning curve differs");
}

/// Catches: a crash, or a message without the folder, where nothing can be written.
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = argon();
    let here = folder.path();
    // Not even the superuser can make a folder there.
    let text_of = ARGON.replace("name = \"argon\"", "name = \"argon\"\noutput = { folder = \"/proc/cormorant\" }");
    fs::write(here.join("argon.toml"), text_of).unwrap();
    let output = cormorant(here, &["run", "argon.toml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("/proc/cormorant"), "{}", text(&output.stderr));
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2.xyz");
    let output = cormorant(here, &["fit", "--data", data.to_str().unwrap(), "--out", "/proc/cormorant"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("/proc/cormorant"), "{}", text(&output.stderr));
}
