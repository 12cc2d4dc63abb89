//! Guards that compare a run with what its model was trained on.
//!
//! `CORMORANT_PICOSECONDS` sets the length of the run that must not be stopped (10 ps if unset; the claim is made for 100).

use std::fs;
use std::path::Path;

use cormorant::io::read_structure;

use crate::cli::{cormorant, text};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with ethanol in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join("inputs/structures/ethanol.xyz"), folder.path().join("ethanol.xyz")).unwrap();
    folder
}

/// An input that runs `model` at `temperature` (K) for `duration`, with `more` lines.
fn input(model: &str, temperature: u32, duration: &str, more: &str) -> String {
    format!(
        "version = 1\nname = \"run\"\nseed = 3\nstructure = {{ file = \"ethanol.xyz\" }}\npotential = {{ model = {model:?} }}\n\
         velocities = {{ temperature = \"{temperature} K\" }}\n{more}\n[[stage]]\nduration = \"{duration}\"\n\
         time_step = \"0.5 fs\"\nintegrator = \"baoab\"\n\
         thermostat = {{ kind = \"langevin\", temperature = \"{temperature} K\", friction = \"10 / ps\" }}\n\
         write = [{{ kind = \"energies\", every = \"1 fs\" }}, {{ kind = \"restart\", every = \"20 fs\" }}]\n"
    )
}

/// A model of ethanol fitted to 50 frames, as anybody might who tries the program.
const SMALL: &str = r#"version = 1
name = "small"
seed = 1
output = { folder = "small" }
data = { file = "frames.xyz", train = 50, validation = 10 }
model = { channels = 16, max_degree = 1, layers = 1, products = 1, radial_hidden = 16 }
run = { epochs = 60, threads = 2 }
"#;

/// Catches: guards that let a run turn to nonsense, or that stop it without a frame, an atom and a step.
#[test]
fn a_model_of_50_frames_is_stopped_at_1000_kelvin() {
    let folder = folder();
    let here = folder.path();
    fs::copy(root().join("inputs/data/ethanol-gfn2.xyz"), here.join("frames.xyz")).unwrap();
    fs::write(here.join("fit.toml"), SMALL).unwrap();
    let output = cormorant(here, &["fit", "fit.toml", "--quiet"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    fs::write(here.join("run.toml"), input("small", 1000, "100 ps", "")).unwrap();
    let output = cormorant(here, &["run", "run.toml", "--quiet"]);
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}\n{}", text(&output.stdout));
    println!("{err}");
    for expected in ["step ", "the surroundings of atom ", "its grade is", "stopped.xyz"] {
        assert!(err.contains(expected), "{expected:?} is missing in {err}");
    }
    // The saved frame is still a molecule: no two atoms on top of each other, none far from all others.
    let frame = read_structure(&here.join("outputs/run/stopped.xyz"), None).unwrap();
    for (index, a) in frame.positions.iter().enumerate() {
        let others = frame.positions.iter().enumerate().filter(|(other, _)| *other != index);
        let nearest = others.map(|(_, b)| cormorant::system::vector::norm([0, 1, 2].map(|k| a[k] - b[k])));
        let nearest = nearest.fold(f64::INFINITY, f64::min);
        assert!((0.6..2.2).contains(&nearest), "atom {} is {nearest} Å from the next", index + 1);
    }
    // The temperature of the table never left what a bath of 1000 K gives nine atoms.
    let table = fs::read_to_string(here.join("outputs/run/energies.csv")).unwrap();
    let hottest = table.lines().skip(1).map(|line| line.split(',').nth(6).unwrap().parse::<f64>().unwrap());
    let hottest = hottest.fold(0.0, f64::max);
    assert!(hottest < 3000.0, "the run had reached {hottest} K");
}

/// Catches: guards that stop, or cry about, what the shipped model knows well.
#[test]
fn the_shipped_model_is_left_alone_at_300_kelvin() {
    let length = std::env::var("CORMORANT_PICOSECONDS").unwrap_or_else(|_| "10".into());
    let folder = folder();
    let model = root().join("models/ethanol");
    fs::write(folder.path().join("run.toml"), input(model.to_str().unwrap(), 300, &format!("{length} ps"), ""))
        .unwrap();
    let output = cormorant(folder.path(), &["run", "run.toml"]);
    let out = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(!out.contains("warning"), "{out}");
}

const WARNING: &str = "guards = { extrapolation = { limit = 0.3, action = \"warn\" }, close_contact = { limit = 1.2, action = \"warn\" }, \
    highest_temperature = { limit = \"290 K\", action = \"warn\" }, every_steps = 3 }";

/// Catches: warnings without number, step, atom or frame; counts that are lost or doubled when a run goes on.
#[test]
fn warnings_are_counted_through_interruptions() {
    let folder = folder();
    let here = folder.path();
    let model = root().join("models/ethanol");
    fs::write(here.join("run.toml"), input(model.to_str().unwrap(), 300, "0.4 ps", WARNING)).unwrap();
    let whole = cormorant(here, &["run", "run.toml"]);
    assert!(whole.status.success(), "{}", text(&whole.stderr));
    let lines = |out: &str| -> Vec<String> {
        out.lines()
            .filter(|line| line.starts_with("warning: ") && line.contains("times, first"))
            .map(String::from)
            .collect()
    };
    let expected = lines(&text(&whole.stdout));
    assert_eq!(expected.len(), 3, "{}", text(&whole.stdout));
    let outputs = here.join("outputs/run");
    for name in ["warned-extrapolation.xyz", "warned-contact.xyz", "warned-temperature.xyz"] {
        assert!(outputs.join(name).exists(), "{name} is missing");
    }
    let restart = fs::read(outputs.join("restart.safetensors")).unwrap();
    let table = fs::read(outputs.join("energies.csv")).unwrap();
    // A stop half way: the folder as it is when the process is killed.
    fs::remove_dir_all(&outputs).unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_cormorant"))
        .args(["run", "run.toml", "--quiet"])
        .current_dir(here)
        .spawn()
        .unwrap();
    while fs::read(outputs.join("energies.csv")).map_or(0, |bytes| bytes.len()) < table.len() / 3 {
        std::thread::sleep(std::time::Duration::from_millis(2));
        if child.try_wait().unwrap().is_some() {
            break;
        }
    }
    let _ = child.kill();
    child.wait().unwrap();
    let rest = cormorant(here, &["run", "run.toml", "--resume"]);
    assert!(rest.status.success(), "{}", text(&rest.stderr));
    assert_eq!(lines(&text(&rest.stdout)), expected);
    assert!(fs::read(outputs.join("restart.safetensors")).unwrap() == restart, "the restart files differ");
}

/// Catches: an action that is read but not obeyed.
#[test]
fn actions_are_obeyed() {
    let folder = folder();
    let here = folder.path();
    let model = root().join("models/ethanol");
    let run = |guards: &str| {
        fs::write(here.join("run.toml"), input(model.to_str().unwrap(), 300, "10 fs", guards)).unwrap();
        cormorant(here, &["run", "run.toml", "--force"])
    };
    let stopped = run("guards = { close_contact = { limit = 3.0, action = \"stop\" } }");
    let err = text(&stopped.stderr);
    assert!(err.contains("step 0: ") && err.contains("closer than any such pair"), "{err}");
    let ignored = run("guards = { close_contact = \"ignore\", extrapolation = \"ignore\" }");
    assert!(ignored.status.success() && !text(&ignored.stdout).contains("warning"), "{}", text(&ignored.stdout));
    let stopped = run("guards = { extrapolation = { limit = 0.01 } }");
    assert!(text(&stopped.stderr).contains("the surroundings of atom"), "{}", text(&stopped.stderr));
}
