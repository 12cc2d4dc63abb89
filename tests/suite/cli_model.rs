//! The road of a user's own model through the built program: fit, describe, evaluate, bench, run; and what is refused.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use cormorant::model::Model;
use cormorant::workflow::{RunMode, fit_input, train};

use crate::archive::{floats, npy, zip};
use crate::cli::{cormorant, sample_frames, text};

/// A fit that takes a second: 36 frames of the sample data, one layer.
const FIT: &str = r#"version = 1
name = "tiny"
seed = 3
output = { folder = "tiny" }
data = { file = "frames.xyz", train = 30, validation = 4, test = 2 }
model = { channels = 16, max_degree = 1, layers = 1, products = 1, radial_hidden = 16, radial_functions = 6 }
run = { epochs = 3, threads = 2 }
"#;

pub(crate) const RUN: &str = r#"version = 1
name = "ethanol"
structure = { file = "ethanol.xyz" }
potential = { model = "tiny" }
velocities = { temperature = "100 K" }
guards = { largest_displacement = "none" }

[[stage]]
duration = "5 fs"
time_step = "0.25 fs"
write = [{ kind = "trajectory", file = "trajectory.dcd", every = "1 fs" }, { kind = "energies", every = "1 fs" }]
"#;

/// A folder with data, inputs and the model that was fitted from them.
pub(crate) fn folder() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let here = folder.path();
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            sample_frames(here, 36);
            fs::copy(root.join("inputs/structures/ethanol.xyz"), here.join("ethanol.xyz")).unwrap();
            fs::write(here.join("fit.toml"), FIT).unwrap();
            fs::write(here.join("run.toml"), RUN).unwrap();
            let output = cormorant(here, &["fit", "fit.toml"]);
            assert!(output.status.success(), "{}", text(&output.stderr));
            let out = text(&output.stdout);
            for expected in
                ["30 training, 4 validation and 2 test frames", "energies in eV", "force MAE", "model: tiny"]
            {
                assert!(out.contains(expected), "{expected:?} is missing in\n{out}");
            }
            folder
        })
        .path()
}

/// The program in `here` must fail with status 1 and one message that contains `expected`.
fn refused(here: &Path, arguments: &[&str], expected: &str) {
    let output = cormorant(here, arguments);
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}\n{err}", text(&output.stdout));
    assert!(err.contains(expected), "{arguments:?} should say {expected:?}, but says\n{err}");
    assert_eq!(err.matches("error:").count(), 1, "one message, not\n{err}");
}

#[test]
fn a_fit_leaves_a_model_that_can_be_used() {
    let here = folder();
    for name in ["model.safetensors", "README.md", "fit.toml", "learning-curve.csv"] {
        assert!(here.join("tiny").join(name).exists(), "{name} is missing");
    }
    assert!(!here.join("tiny/checkpoint.safetensors").exists(), "the checkpoint of a finished fit is left");
    let described = text(&cormorant(here, &["describe", "tiny"]).stdout);
    for expected in ["elements: H C O", "1 layers", "cutoff: 5 Å", "SHA-256", "validation", "H-C"] {
        assert!(described.contains(expected), "{expected:?} is missing in\n{described}");
    }
    let output = cormorant(here, &["run", "run.toml"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("ns/day"));
}

/// Catches: errors that depend on the number of threads, or are in another unit than the text says.
#[test]
fn evaluate_prints_one_json_object() {
    let here = folder();
    let mut objects = Vec::new();
    for threads in ["1", "3"] {
        let arguments = ["evaluate", "--model", "tiny", "--data", "frames.xyz", "--json", "--threads", threads];
        let output = cormorant(here, &arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        objects.push(serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap());
    }
    assert_eq!(objects[0], objects[1]);
    for key in ["energy_mae", "energy_rmse", "force_mae", "force_rmse"] {
        let value = objects[0][key].as_f64().unwrap();
        assert!(value > 0.01 && value < 1.0e5, "{key} = {value}");
    }
    assert_eq!(objects[0]["frames"], 36);
    assert_eq!(objects[0]["atoms"], 36 * 9);
    let table = text(&cormorant(here, &["evaluate", "--model", "tiny", "--data", "frames.xyz"]).stdout);
    assert!(table.contains("force / (meV/Å)") && table.contains("RMSE"), "{table}");
    let printed = format!("{:.3}", objects[0]["force_mae"].as_f64().unwrap());
    assert!(table.contains(&printed), "{printed} is not in\n{table}");
}

/// Catches: names of labels that do not reach the reader, or reach it in the wrong place.
#[test]
fn labels_under_other_names_are_read_when_they_are_named() {
    let here = folder();
    let renamed = fs::read_to_string(here.join("frames.xyz")).unwrap();
    let renamed = renamed.replace(":forces:R:3", ":REF_forces:R:3").replace(" energy=", " REF_energy=");
    fs::write(here.join("renamed.xyz"), renamed).unwrap();
    let plain = cormorant(here, &["evaluate", "--model", "tiny", "--data", "frames.xyz", "--json"]);
    let evaluate = ["evaluate", "--model", "tiny", "--data", "renamed.xyz", "--json"];
    refused(here, &evaluate, "--energy-key REF_energy");
    let keys = ["--energy-key", "REF_energy", "--forces-key", "REF_forces"];
    let named = cormorant(here, &[&evaluate[..], &keys].concat());
    assert!(named.status.success(), "{}", text(&named.stderr));
    assert_eq!(text(&named.stdout), text(&plain.stdout));
    let described = text(&cormorant(here, &["describe", "renamed.xyz"]).stdout);
    assert!(
        described.contains("36 frames, the first: ") && described.contains("REF_forces (3 for each atom)"),
        "{described}"
    );
    let input = fs::read_to_string(here.join("fit.toml")).unwrap();
    let keys = "keys = { energy = \"REF_energy\", forces = \"REF_forces\" }";
    let input = input.replace("file = \"frames.xyz\"", &format!("file = \"renamed.xyz\", {keys}"));
    fs::write(here.join("renamed.toml"), input.replace("tiny", "renamed")).unwrap();
    let checked = cormorant(here, &["check", "renamed.toml"]);
    assert!(text(&checked.stdout).contains("REF_forces"), "{}{}", text(&checked.stdout), text(&checked.stderr));
}

/// Catches: a file for validation that is accepted and not used, or of which the model does not say that it was.
#[test]
fn parts_may_be_files_of_their_own() {
    let here = folder();
    let few: Vec<_> =
        fs::read_to_string(here.join("frames.xyz")).unwrap().lines().take(5 * 11).map(String::from).collect();
    fs::write(here.join("few.xyz"), few.join("\n") + "\n").unwrap();
    let files = "data = { file = \"frames.xyz\", validation_file = \"few.xyz\", test_file = \"few.xyz\" }";
    let parts = "train = 30, validation = 4, test = 2";
    let input = FIT.replace("tiny", "files").replace(&format!("data = {{ file = \"frames.xyz\", {parts} }}"), files);
    fs::write(here.join("files.toml"), input).unwrap();
    let output = cormorant(here, &["fit", "files.toml"]);
    let out = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for expected in [
        "36 training, 5 validation and 5 test frames",
        "5 validation frames are also training frames",
        "5 test frames are also validation frames",
    ] {
        assert!(out.contains(expected), "{expected:?} is missing in\n{out}");
    }
    let arguments = ["fit", "--data", "frames.xyz", "--validation-data", "few.xyz", "--test-data", "few.xyz"];
    let limited = ["--out", "files", "--force", "--time-limit", "1 s"];
    let output = cormorant(here, &[&arguments[..], &limited].concat());
    assert!(text(&output.stdout).contains("36 training, 5 validation and 5 test frames"), "{}", text(&output.stderr));
    let described = text(&cormorant(here, &["describe", "files"]).stdout);
    for expected in
        ["36 frames for training, 5 for the choice", "choice of the best epoch: few.xyz, SHA-256", "test: few.xyz"]
    {
        assert!(described.contains(expected), "{expected:?} is missing in\n{described}");
    }
}

#[test]
fn bench_prints_one_json_object() {
    let here = folder();
    let output = cormorant(here, &["bench", "--model", "tiny", "--structure", "ethanol.xyz", "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let number = |key: &str| object[key].as_f64().unwrap_or_else(|| panic!("{key} is missing in {object}"));
    let product = number("milliseconds_per_step") * number("steps_per_second");
    assert!((product - 1000.0).abs() < 1.0e-6);
    assert_eq!((number("atoms"), number("edges"), number("threads")), (9.0, 72.0, 1.0));
    assert_eq!(object["precision"], "f32");
    assert!(number("nanoseconds_per_day_at_half_femtosecond") > 0.0);
}

/// Catches: a model of hours silently replaced by one of seconds.
#[test]
fn a_model_is_not_overwritten_without_force() {
    let here = folder();
    let before = fs::read(here.join("tiny/model.safetensors")).unwrap();
    refused(here, &["fit", "fit.toml"], "tiny: contains a model already");
    assert_eq!(fs::read(here.join("tiny/model.safetensors")).unwrap(), before);
}

#[test]
fn models_that_are_damaged_or_too_new_are_refused() {
    let here = folder();
    let whole = fs::read(here.join("tiny/model.safetensors")).unwrap();
    let broken = tempfile::tempdir_in(here).unwrap();
    let name = broken.path().file_name().unwrap().to_str().unwrap();
    let file = broken.path().join("model.safetensors");
    let evaluate = ["evaluate", "--model", name, "--data", "frames.xyz"];
    refused(here, &evaluate, "model.safetensors: No such file");
    for (what, bytes) in [
        ("empty", Vec::new()),
        ("cut", whole[..whole.len() - 100].to_vec()),
        ("only a beginning", whole[..20].to_vec()),
        ("text", b"these are not weights".to_vec()),
    ] {
        fs::write(&file, bytes).unwrap();
        let output = cormorant(here, &evaluate);
        assert_eq!(output.status.code(), Some(1), "{what}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains("model.safetensors"), "{what}: {}", text(&output.stderr));
    }
    // The version stands as text in the header; same length, so the rest stays valid.
    let position = whole.windows(13).position(|bytes| bytes == br#"\"version\":1,"#.get(..13).unwrap()).unwrap();
    let mut newer = whole.clone();
    newer[position + 12] = b'7';
    fs::write(&file, newer).unwrap();
    refused(here, &evaluate, "version 7");
    // The last tensor is overwritten with a NaN.
    let mut nan = whole.clone();
    let end = nan.len();
    nan[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(&file, nan).unwrap();
    refused(here, &evaluate, "not finite");
}

#[test]
fn structures_that_the_model_cannot_compute_are_refused() {
    let here = folder();
    let write = |name: &str, text: &str| fs::write(here.join(name), text).unwrap();
    write("silane.xyz", "2\nProperties=species:S:1:pos:R:3\nSi 0 0 0\nH 0 0 1.5\n");
    write("silane.toml", &RUN.replace("ethanol.xyz", "silane.xyz").replace("\"ethanol\"", "\"silane\""));
    refused(here, &["run", "silane.toml"], "but the structure contains Si");
    refused(here, &["bench", "--model", "tiny", "--structure", "silane.xyz"], "but the structure contains Si");
    write("same.xyz", "2\nProperties=species:S:1:pos:R:3\nC 1 2 3\nH 1 2 3\n");
    write("same.toml", &RUN.replace("ethanol.xyz", "same.xyz").replace("\"ethanol\"", "\"same\""));
    refused(here, &["run", "same.toml"], "atoms 1 (C) and 2 (H)");
    write("no-model.toml", &RUN.replace("\"tiny\"", "\"missing\""));
    refused(here, &["run", "no-model.toml"], "missing");
    assert!(!here.join("outputs/silane").exists() && !here.join("outputs/same").exists());
}

/// Catches: data that are half there, fitted without a word.
#[test]
fn data_that_cannot_be_used_are_refused_and_leave_no_model() {
    let here = folder();
    let charges = || npy("|u1", "(2,)", &[6, 8]);
    let archive = |coordinates: Vec<f64>, energies: Vec<f64>| {
        let frames = energies.len();
        zip(&[
            ("nuclear_charges.npy", charges()),
            ("coords.npy", floats(&format!("({}, 2, 3)", coordinates.len() / 6), &coordinates)),
            ("energies.npy", floats(&format!("({frames},)"), &energies)),
            ("forces.npy", floats(&format!("({}, 2, 3)", coordinates.len() / 6), &vec![0.0; coordinates.len()])),
        ])
    };
    let positions = |frames: usize| (0..6 * frames).map(|x| 0.37 * x as f64).collect::<Vec<f64>>();
    let good = archive(positions(4), vec![-1.0; 4]);
    let mut nan = positions(4);
    nan[7] = f64::NAN;
    for (name, bytes, expected) in [
        ("empty.npz", Vec::new(), "is empty"),
        ("cut.npz", good[..good.len() / 2].to_vec(), "cut.npz"),
        ("lengths.npz", archive(positions(4), vec![-1.0; 3]), "lengths.npz"),
        ("nan.npz", archive(nan, vec![-1.0; 4]), "nan.npz"),
        ("infinite.npz", archive(positions(4), vec![f64::INFINITY; 4]), "infinite.npz"),
    ] {
        fs::write(here.join(name), bytes).unwrap();
        refused(here, &["fit", "--data", name, "--out", "never"], expected);
        refused(here, &["evaluate", "--model", "tiny", "--data", name], expected);
        refused(here, &["describe", name], expected);
    }
    refused(here, &["fit", "--data", "missing.npz", "--out", "never"], "missing.npz: No such file");
    refused(here, &["fit", "--data", "ethanol.xyz", "--out", "never"], "ethanol.xyz");
    let many = FIT.replace("train = 30", "train = 3000").replace("\"tiny\"", "\"never\"");
    fs::write(here.join("many.toml"), many).unwrap();
    refused(here, &["fit", "many.toml"], "3000");
    let other = FIT
        .replace("frames.xyz\"", &format!("frames.xyz\", sha256 = \"{}\"", "0".repeat(64)))
        .replace("\"tiny\"", "\"never\"");
    fs::write(here.join("other.toml"), other).unwrap();
    refused(here, &["fit", "other.toml"], "it is another file");
    assert!(!here.join("never").exists(), "a refused fit left a folder behind");
}

/// Catches: the short form of the command line doing something else than the long one.
#[test]
fn defaults_alone_make_a_model_within_the_time_limit() {
    let here = folder();
    let start = std::time::Instant::now();
    let output = cormorant(here, &["fit", "--data", "frames.xyz", "--out", "short", "--time-limit", "3 s", "--quiet"]);
    assert!(output.status.success() && output.stdout.is_empty(), "{}", text(&output.stderr));
    assert!(start.elapsed().as_secs_f64() < 60.0, "a limit of 3 s took {:?}", start.elapsed());
    let described = text(&cormorant(here, &["describe", "short"]).stdout);
    assert!(described.contains("2 layers"), "{described}");
    let again = cormorant(here, &["check", "short/fit.toml"]);
    assert!(text(&again.stdout).contains("time_limit = \"3 s\""), "{}", text(&again.stderr));
}

/// Catches: weights or scale of the model to start from that do not arrive, reference energies that stay at the old zero, a rate
/// that loses at once what was known; another model taken for it, and a network that cannot compute the data.
#[test]
fn a_fit_starts_from_another_model() {
    let here = folder();
    let shift = |line: &str| match line.split_once("energy=") {
        None => line.to_string(),
        Some((before, rest)) => {
            let (energy, after) = rest.split_once(' ').unwrap();
            format!("{before}energy={} {after}", energy.parse::<f64>().unwrap() + 1000.0)
        }
    };
    let frames = fs::read_to_string(here.join("frames.xyz")).unwrap();
    fs::write(here.join("shifted.xyz"), frames.lines().map(|line| shift(line) + "\n").collect::<String>()).unwrap();
    let model =
        "model = { channels = 16, max_degree = 1, layers = 1, products = 1, radial_hidden = 16, radial_functions = 6 }";
    let started = |name: &str, more: &str, rate: f64, epochs: u32| {
        let input = FIT.replace("\"tiny\"", &format!("\"{name}\"")).replace("frames.xyz", "shifted.xyz");
        let input = input.replace(
            model,
            &format!("model = {{ start_from = \"tiny\"{more} }}\noptimizer = {{ learning_rate = {rate} }}"),
        );
        assert!(input.contains("start_from"));
        fs::write(here.join(name.to_string() + ".toml"), input.replace("epochs = 3", &format!("epochs = {epochs}")))
            .unwrap();
        name.to_string() + ".toml"
    };
    let output = cormorant(here, &["fit", &started("still", "", 1.0e-9, 2)]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("starts from tiny"), "{}", text(&output.stdout));
    let header = |name: &str| Model::load(&here.join(name)).unwrap().header;
    let (tiny, still) = (header("tiny"), header("still"));
    for part in ["train", "validation", "test"] {
        let (then, now) = (&tiny.errors[part], &still.errors[part]);
        assert!((then.force_mae - now.force_mae).abs() < 1.0e-3 * then.force_mae, "{part}: {then:?} {now:?}");
        assert!((then.energy_mae - now.energy_mae).abs() < 1.0e-2 * then.energy_mae, "{part}: {then:?} {now:?}");
    }
    assert_eq!(
        (tiny.scale_ev, tiny.mean_neighbors, &tiny.config),
        (still.scale_ev, still.mean_neighbors, &still.config)
    );
    let moved: f64 = still.references_ev.iter().zip(&tiny.references_ev).map(|(now, then)| now - then).sum();
    assert!((moved - 3.0 * 1000.0 / 9.0).abs() < 0.01, "three references of nine atoms moved by {moved} eV in all");
    let sha256 = still.fit.started_from.unwrap();
    assert!(fs::read_to_string(here.join("still/fit.toml")).unwrap().contains(&sha256));
    assert!(text(&cormorant(here, &["describe", "still"]).stdout).contains(&sha256));
    let output = cormorant(here, &["fit", &started("further", "", 0.03, 20)]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(header("further").errors["train"].force_mae < 0.9 * tiny.errors["train"].force_mae, "nothing was learned");
    refused(
        here,
        &["fit", &started("other", &format!(", start_sha256 = \"{}\"", "0".repeat(64)), 0.01, 2)],
        "name that file",
    );
    let silanes =
        frames.lines().map(|line| line.strip_prefix("C ").map_or(line.into(), |rest| format!("Si {rest}")) + "\n");
    fs::write(here.join("silanes.xyz"), silanes.collect::<String>()).unwrap();
    let args = ["fit", "--data", "silanes.xyz", "--out", "silane", "--start-from", "tiny", "--time-limit", "2 s"];
    let output = cormorant(here, &args);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("its weights for H O Si"), "{}", text(&output.stdout));
    assert_eq!(header("silane").elements, ["H", "O", "Si"]);
    refused(here, &["fit", "--data", "frames.xyz", "--out", "never", "--start-from", "missing"], "missing");
    assert!(!here.join("other").exists() && !here.join("never").exists(), "a refused fit left a folder behind");
}

/// Catches: a fit that reads the model it started from again when it is done, and fails after hours because that was moved.
#[test]
fn a_fit_needs_the_model_it_started_from_only_once() {
    let here = folder();
    let lent = here.join("lent");
    fs::create_dir(&lent).unwrap();
    for file in ["model.safetensors", "README.md"] {
        fs::copy(here.join("tiny").join(file), lent.join(file)).unwrap();
    }
    let model = FIT.lines().find(|line| line.starts_with("model = ")).unwrap();
    let input = FIT.replace("\"tiny\"", "\"borrowed\"").replace(model, "model = { start_from = \"lent\" }");
    fs::write(here.join("borrowed.toml"), input).unwrap();
    let input = fit_input(&here.join("borrowed.toml"), false).unwrap();
    let data = input.data_plan().read().unwrap();
    let manner = RunMode { force: false, resume: false };
    let mut begun = |_| fs::remove_dir_all(&lent).unwrap();
    train(&input, &data, manner, &|| false, &mut begun, &mut |_| ()).unwrap();
    assert!(!lent.exists());
    let header = |name: &str| Model::load(&here.join(name)).unwrap().header;
    let (tiny, borrowed) = (header("tiny"), header("borrowed"));
    assert_eq!((tiny.mean_neighbors, &tiny.config), (borrowed.mean_neighbors, &borrowed.config));
}
