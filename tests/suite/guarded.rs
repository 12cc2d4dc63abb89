//! Guards that compare a run with what its model was trained on.
//!
//! `CORMORANT_PICOSECONDS` sets the length of the run that must not be stopped (10 ps if unset; the claim is made for 100).

use std::fs;
use std::path::Path;

use cormorant::io::{TrajectoryReader, read_structure};
use cormorant::model::Model;

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
    assert!(here.join("outputs/run/stopped.xyz").exists(), "the frame that the message names is not there");
    let ignored = run("guards = { close_contact = \"ignore\", extrapolation = \"ignore\" }");
    assert!(ignored.status.success() && !text(&ignored.stdout).contains("warning"), "{}", text(&ignored.stdout));
    let stopped = run("guards = { extrapolation = { limit = 0.01 } }");
    assert!(text(&stopped.stderr).contains("the surroundings of atom"), "{}", text(&stopped.stderr));
}

/// Two models that differ a little, as `first` and `second` in `here`.
fn two_models(here: &Path) {
    let mut model = Model::load(&root().join("models/ethanol")).unwrap();
    for (name, factor) in [("first", 1.0), ("second", 1.01)] {
        model.weights.iter_mut().for_each(|weight| *weight = f64::from((*weight * factor) as f32));
        model.save(&here.join(name)).unwrap();
    }
}

/// The input of a run with this potential and these guards.
fn committee(potential: &str, guards: &str) -> String {
    let whole = input("first", 300, "20 fs", guards);
    let rest = whole.split_once("potential = ").unwrap().1.split_once('\n').unwrap().1;
    format!("version = 1\nname = \"run\"\nseed = 3\nstructure = {{ file = \"ethanol.xyz\" }}\n{rest}{potential}")
}

/// Catches: a committee that disagrees in silence, alone or inside a sum; a guard that does not name atom and step, or saves no
/// frame; a warning that stops the run.
#[test]
fn a_committee_that_disagrees_is_noticed() {
    let folder = folder();
    let here = folder.path();
    two_models(here);
    let alone = "[potential]\nmodels = [\"first\", \"second\"]\n";
    let sum = "[[potential]]\nkind = \"harmonic\"\nbonds = [{ atoms = [1, 2], stiffness = \"1 eV/Å^2\", rest = \"1.5 Å\" }]\n\
        [[potential]]\nmodels = [\"first\", \"second\"]\n";
    let run = |potential: &str, guards: &str| {
        fs::write(here.join("run.toml"), committee(potential, guards)).unwrap();
        cormorant(here, &["run", "run.toml", "--force"])
    };
    for potential in [alone, sum] {
        let stopped = run(potential, "guards = { committee_force_spread = \"0.02 eV/Å\" }");
        let err = text(&stopped.stderr);
        assert_eq!(stopped.status.code(), Some(1), "{err}");
        for expected in ["step 0: ", "differ by more than 0.02 eV/Å in the force on atom ", "stopped.xyz"] {
            assert!(err.contains(expected), "{expected:?} is missing in {err}");
        }
        let frame =
            TrajectoryReader::open(&here.join("outputs/run/stopped.xyz")).unwrap().next_frame().unwrap().unwrap();
        let spread = frame.numbers("force_spread").unwrap();
        let worst = (0..9).max_by(|a, b| spread[*a].total_cmp(&spread[*b])).unwrap();
        assert!(spread[worst] > 0.02 && err.contains(&format!("on atom {} (", worst + 1)), "{spread:?} {err}");
        let warned =
            run(potential, "guards = { committee_force_spread = { limit = \"0.02 eV/Å\", action = \"warn\" } }");
        let out = text(&warned.stdout);
        assert!(warned.status.success() && out.contains("warning: 41 times, first at step 0"), "{out}");
        assert!(here.join("outputs/run/warned-spread.xyz").exists());
        let free = run(potential, "guards = { committee_force_spread = \"20 eV/Å\" }");
        assert!(free.status.success() && !text(&free.stdout).contains("differ by"), "{}", text(&free.stderr));
    }
}

/// Catches: guards that look at plain models alone, and messages that do not say which bead of which atom.
#[test]
fn committees_sums_and_rings_are_compared_with_their_training_frames() {
    let folder = folder();
    let here = folder.path();
    two_models(here);
    let guards = "guards = { extrapolation = { limit = 0.01 } }";
    let ring = guards.to_string() + "\npath_integral = { beads = 4, temperature = \"300 K\" }";
    let potentials = [
        "[potential]\nmodels = [\"first\", \"second\"]\n",
        "[[potential]]\nkind = \"zbl\"\nswitch_from = \"0.4 Å\"\n\
        cutoff = \"0.7 Å\"\n[[potential]]\nmodel = \"first\"\n",
        "[potential]\nmodel = \"first\"\n",
    ];
    for (potential, guards) in potentials.into_iter().zip([guards, guards, &ring]) {
        let text_of = committee(potential, guards);
        let text_of = if guards == ring {
            let bath = "thermostat = { kind = \"pile\", temperature = \"300 K\", relaxation_time = \"50 fs\" }\n";
            let (before, after) = text_of.split_once("integrator = ").unwrap();
            let after = after.split_once("write = ").unwrap().1;
            format!("{before}{bath}write = {after}")
        } else {
            text_of
        };
        fs::write(here.join("run.toml"), text_of).unwrap();
        let stopped = cormorant(here, &["run", "run.toml", "--force"]);
        let err = text(&stopped.stderr);
        assert!(err.contains("step 0: ") && err.contains("the surroundings of atom "), "{err}");
        assert_eq!(err.contains(" in bead "), guards == ring, "{err}");
    }
}

/// Catches: warnings of replicas that nobody sees.
#[test]
fn replicas_say_what_was_warned_of() {
    let folder = folder();
    let model = root().join("models/ethanol");
    let more = "guards = { extrapolation = { limit = 0.01, action = \"warn\" } }\nreplicas = { count = 2 }";
    let text_of = input(model.to_str().unwrap(), 9000, "1 fs", more);
    fs::write(folder.path().join("run.toml"), text_of.replace("velocities = { temperature = \"9000 K\" }\n", ""))
        .unwrap();
    let output = cormorant(folder.path(), &["run", "run.toml"]);
    let out = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(out.contains("warning: the run goes to 9000 K"), "{out}");
    assert!(out.contains("warning (replica-01): ") && out.contains("the surroundings of atom"), "{out}");
}
