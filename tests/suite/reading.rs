//! How often a command opens the files that it reads, counted by the kernel where there is a tool that counts.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cli::{cormorant, sample_frames, text};

/// How often `cormorant` with `arguments` opens files whose path contains `name`; `None` where nothing counts.
pub(crate) fn openings(folder: &Path, arguments: &[&str], name: &str) -> Option<usize> {
    let log = folder.join("trace");
    let mut traced = Command::new("strace");
    traced.args(["-f", "-e", "trace=open,openat", "-o"]).arg(&log).arg(env!("CARGO_BIN_EXE_cormorant"));
    let output = traced.args(arguments).current_dir(folder).output().ok()?;
    let log = fs::read_to_string(&log).unwrap_or_default();
    if log.is_empty() || log.contains("ptrace") {
        return None;
    }
    assert!(output.status.success(), "{}", text(&output.stderr));
    Some(log.lines().filter(|line| line.contains(name) && !line.contains("ENOENT")).count())
}

/// Catches: replicas that each read the structure which all of them start from, and again for their reports.
#[test]
fn replicas_read_their_structure_as_often_as_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(root.join("inputs/structures/ethanol.xyz"), here.join("start.xyz")).unwrap();
    let model = root.join("models/ethanol");
    let input = |name: &str, replicas: &str| {
        let text = format!(
            "version = 1\nname = \"{name}\"\nstructure = {{ file = \"start.xyz\" }}\npotential = {{ model = \"{}\" }}\n{replicas}\
             output = {{ folder = \"{name}\" }}\nvelocities = {{ temperature = \"100 K\" }}\n\
             stage = [{{ duration = \"2 fs\", time_step = \"0.5 fs\" }}]\n",
            model.display()
        );
        fs::write(here.join(format!("{name}.toml")), text).unwrap();
    };
    input("one", "");
    input("three", "replicas = { count = 3 }\n");
    let of = |file: &str| openings(here, &["run", file, "--quiet"], "start.xyz");
    let (Some(one), Some(three)) = (of("one.toml"), of("three.toml")) else { return };
    assert!(one > 0, "the structure was not opened at all");
    assert_eq!(three, one);
}

/// Catches: a fit that opens the model it starts from for its cutoff, for its SHA-256, for its record and for its weights.
#[test]
fn a_fit_opens_the_model_it_starts_from_once() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    sample_frames(here, 12);
    let fit = |name: &str, model: &str| {
        let text = format!(
            "version = 1\nname = \"{name}\"\noutput = {{ folder = \"{name}\" }}\n\
             data = {{ file = \"frames.xyz\", train = 8, validation = 2, test = 2 }}\nmodel = {{ {model} }}\n\
             run = {{ epochs = 1, threads = 1 }}\n"
        );
        fs::write(here.join(format!("{name}.toml")), text).unwrap();
    };
    let sizes = "channels = 16, max_degree = 1, layers = 1, products = 1, radial_hidden = 16, radial_functions = 6";
    fit("first", sizes);
    fit("second", "start_from = \"first\"");
    let output = cormorant(here, &["fit", "first.toml"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let count = openings(here, &["fit", "second.toml", "--quiet"], "/first/model.safetensors");
    assert!(count.is_none_or(|count| count == 1), "opened {count:?} times");
}
