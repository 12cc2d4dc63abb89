//! Models of the program by their names, and the road from a structure to results without an input file.

use std::fs;
use std::path::{Path, PathBuf};

use cormorant::model::{ModelFile, ShippedModel, load};
use cormorant::settings::{Input, MoleculeInput, MoleculeRun};
use cormorant::system::ElectronicState;

use crate::cli::{cormorant, text};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with ethanol, away from the repository.
fn ethanol() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join("inputs/structures/ethanol.xyz"), folder.path().join("ethanol.xyz")).unwrap();
    folder
}

const RUN: [&str; 7] = ["run", "--model", "organic", "--structure", "ethanol.xyz", "--temperature", "300 K"];

fn run(folder: &Path, more: &[&str]) -> std::process::Output {
    cormorant(folder, &[&RUN[..], more].concat())
}

fn refused(folder: &Path, arguments: &[&str], expected: &str) {
    let output = cormorant(folder, arguments);
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}\n{}\n{err}", text(&output.stdout));
    assert!(err.contains(expected), "{arguments:?} should say {expected:?}, but says\n{err}");
    assert!(!folder.join("outputs").exists(), "{arguments:?} left a folder behind");
}

/// Catches: a model that was replaced in the repository and not in the program, or one that is too large to be part of it.
#[test]
fn the_program_has_the_models_of_the_repository() {
    for model in ShippedModel::ALL {
        let file = root().join("models").join(model.name).join("model.safetensors");
        let found = ModelFile::read(Path::new(model.name)).unwrap();
        assert!(found.shipped && *found.bytes == fs::read(&file).unwrap(), "{}", model.name);
        assert!(found.bytes.len() < 2_100_000, "{} is {} bytes long", model.name, found.bytes.len());
        let facts = load(Path::new(model.name)).unwrap().facts().unwrap();
        let mut symbols: Vec<&str> = facts.elements.iter().map(|element| element.symbol()).collect();
        symbols.sort_unstable();
        assert_eq!(symbols, ["C", "Cl", "F", "H", "N", "O", "P", "S"], "{}", model.name);
        assert!(model.about.contains("H C N O F P S Cl"));
        assert!(facts.gives_atom_energies());
    }
}

/// Catches: a program that finds its models in the repository alone; a run that does not say which model it used; an equivalent input that
/// is another one.
#[test]
fn a_run_without_an_input_file_is_one_with_the_file_that_it_writes() {
    let folder = ethanol();
    let here = folder.path();
    let output = run(here, &["--duration", "0.2 ps", "--seed", "7"]);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    let sha256 = ModelFile::read(Path::new("organic")).unwrap().sha256();
    let target = here.join("outputs/ethanol-300K");
    for expected in [
        &format!("model organic: part of the program, SHA-256 {sha256}"),
        "minimized first, until no force is above 0.05 eV/Å",
        "Langevin",
        "as an input file: outputs/ethanol-300K/input.toml",
    ] {
        assert!(out.contains(expected), "{expected:?} is missing in\n{out}");
    }
    let input = fs::read_to_string(target.join("input.toml")).unwrap();
    assert!(input.contains(&sha256) && input.contains("model = \"shipped:organic\""), "{input}");
    let again = here.join("outputs/again");
    fs::create_dir(&again).unwrap();
    fs::copy(target.join("input.toml"), again.join("input.toml")).unwrap();
    let output = cormorant(here, &["run", "outputs/again/input.toml", "--force"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for name in ["energies.csv", "trajectory.xyz", "restart.safetensors"] {
        assert!(fs::read(target.join(name)).unwrap() == fs::read(again.join(name)).unwrap(), "{name}");
    }
    // Atoms at rest at a minimum would be another start.
    let table = fs::read_to_string(target.join("energies.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + 11, "{table}");
}

/// Catches: defaults that depend on the length of the run, so that it cannot become longer; threads that change the result.
#[test]
fn a_run_without_an_input_file_can_become_longer() {
    let folder = ethanol();
    let here = folder.path();
    let length = |duration: &'static str, more: &[&'static str]| {
        let output = run(here, &[&["--duration", duration], more].concat());
        assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    };
    length("0.4 ps", &["--output", "whole", "--threads", "2"]);
    length("0.2 ps", &["--output", "parts"]);
    length("0.4 ps", &["--output", "parts", "--resume"]);
    for name in ["energies.csv", "trajectory.xyz"] {
        let [whole, parts] = ["whole", "parts"].map(|target| fs::read(here.join(target).join(name)).unwrap());
        assert!(whole == parts, "{name}");
    }
}

/// Catches: flags that are ignored beside an input, quantities without units, and structures that the model cannot know.
#[test]
fn what_is_wrong_with_the_flags_is_said() {
    let folder = ethanol();
    let here = folder.path();
    let arguments = |more: &[&'static str]| [&RUN[..], more].concat();
    refused(here, &arguments(&[]), "--duration");
    refused(here, &["run"], "INPUT");
    refused(here, &["run", "--model", "organic"], "--structure");
    refused(here, &["run", "ethanol.toml", "--temperature", "300 K"], "cannot be used with");
    refused(here, &["run", "ethanol.toml", "--seed", "2"], "cannot be used with");
    refused(here, &["vibrations", "ethanol.toml", "--structure", "ethanol.xyz"], "cannot be used with");
    refused(here, &arguments(&["--duration", "100"]), "\"100\" is not a time");
    refused(here, &arguments(&["--duration", "1.3 fs"]), "not a whole number of steps");
    refused(here, &arguments(&["--duration", "1 ps", "--time-step", "0 fs"]), "must be above zero");
    refused(here, &arguments(&["--duration", "1 ps", "--pressure", "1 bar"]), "has no cell");
    refused(here, &arguments(&["--duration", "1 ps", "--frame", "1"]), "frame");
    let other = |name: &str, content: &str| fs::write(here.join(name), content).unwrap();
    let with = |model: &'static str, structure: &'static str| {
        ["run", "--model", model, "--structure", structure, "--temperature", "300 K", "--duration", "1 ps"]
    };
    refused(here, &with("orgnic", "ethanol.xyz"), "name a folder with a model, or a model of the program: organic");
    refused(
        here,
        &with("shipped:orgnic", "ethanol.xyz"),
        "name a folder with a model, or a model of the program: organic",
    );
    refused(here, &with("organic", "missing.xyz"), "missing.xyz: No such file");
    other("silane.xyz", "2\n\nSi 0 0 0\nH 0 0 1.5\n");
    refused(here, &with("organic", "silane.xyz"), "but the structure contains Si");
    other("ammonium.xyz", "2\ncharge=1 Properties=species:S:1:pos:R:3\nN 0 0 0\nH 0 0 1.0\n");
    refused(
        here,
        &with("organic", "ammonium.xyz"),
        "the total charge is 1, which a model without charges does not know; use one that was fitted with `electrostatics = \"charges\"`",
    );
}

/// Catches: a model of the program that hides one of the user's, and a folder of another purpose that hides one of the program.
#[test]
fn what_lies_in_folders_comes_first() {
    let folder = ethanol();
    let here = folder.path();
    let elements = |name: &str| {
        let output = cormorant(here, &["describe", name]);
        let out = text(&output.stdout);
        assert!(output.status.success(), "{}", text(&output.stderr));
        out.lines().find_map(|line| line.strip_prefix("elements: ").map(str::to_string)).unwrap()
    };
    let all = elements("organic");
    fs::create_dir_all(here.join("organic")).unwrap();
    fs::write(here.join("organic/notes.txt"), "of another purpose").unwrap();
    assert_eq!(elements("shipped:organic"), all);
    let resolved = |base: &str| {
        let input = here.join(base).join("run.toml");
        fs::create_dir_all(here.join(base)).unwrap();
        let stage = "stage = [{ duration = \"1 fs\", time_step = \"1 fs\" }]\nstructure = { file = \"a.xyz\" }\n";
        fs::write(&input, format!("version = 1\nname = \"a\"\npotential = {{ model = \"organic\" }}\n{stage}"))
            .unwrap();
        let read = Input::read(&input).unwrap();
        let written = read.to_toml(Some(&here.join("elsewhere"))).unwrap();
        let again = Input::from_text(written.clone(), &here.join("elsewhere/input.toml")).unwrap();
        assert_eq!(again.to_toml(None).unwrap(), read.to_toml(None).unwrap());
        written
    };
    assert!(resolved(".").contains("model = \"shipped:organic\""));
    fs::copy(root().join("models/ethanol/model.safetensors"), here.join("organic/model.safetensors")).unwrap();
    assert_eq!(elements("organic"), "H C O");
    assert_eq!(elements("shipped:organic"), all);
    assert!(resolved(".").contains("model = \"../organic\""));
    assert!(resolved("below").contains("model = \"shipped:organic\""), "a path is relative to the input");
}

/// Catches: a fit or an input of Python that takes the name for a path.
#[test]
fn fits_start_from_a_model_of_the_program() {
    use cormorant::settings::{DataInput, FitInput, Preset};
    let data = DataInput::new(PathBuf::from("frames.xyz"));
    let input = FitInput::with_defaults(data, Path::new("mine"), Preset::Fast, Some(Path::new("organic"))).unwrap();
    assert_eq!(input.model.start().unwrap().start_from, Path::new("shipped:organic"));
}

/// Catches: a fit that takes weights of another model without a word, against `--from-scratch` or a preset, or for elements that this
/// model does not know.
#[test]
fn fits_of_few_frames_start_from_the_general_model_by_themselves() {
    let folder = ethanol();
    let here = folder.path();
    let frames = fs::read_to_string(root().join("inputs/data/ethanol-gfn2.xyz")).unwrap();
    let few: Vec<&str> = frames.lines().take(30 * 11).collect();
    fs::write(here.join("frames.xyz"), few.join("\n") + "\n").unwrap();
    let silanes: Vec<String> = few.iter().map(|line| line.replace("C ", "Si ")).collect();
    fs::write(here.join("silanes.xyz"), silanes.join("\n") + "\n").unwrap();
    let fit = |data: &str, more: &[&str]| {
        let arguments = ["fit", "--data", data, "--out", "mine", "--time-limit", "1 s", "--force"];
        let output = cormorant(here, &[&arguments[..], more].concat());
        assert!(output.status.success(), "{data} {more:?}: {}", text(&output.stderr));
        let header = cormorant::model::Model::load(&here.join("mine")).unwrap().header;
        (text(&output.stdout), header.fit.started_from)
    };
    let (said, start) = fit("frames.xyz", &[]);
    assert!(said.contains("organic") && said.contains("--from-scratch starts from random weights"), "{said}");
    assert!(start.is_some(), "the header does not say where the weights come from");
    for (data, more) in
        [("frames.xyz", &["--from-scratch"][..]), ("frames.xyz", &["--preset", "fast"]), ("silanes.xyz", &[])]
    {
        let (said, start) = fit(data, more);
        assert!(start.is_none() && !said.contains("starts from"), "{data} {more:?}: {said}");
    }
}

/// Catches: intervals that are no whole number of steps for steps other than the default.
#[test]
fn every_time_step_gives_a_good_input() {
    let molecule = MoleculeInput {
        model: "organic".into(),
        structure: "my molecule.xyz".into(),
        frame: 0,
        state: ElectronicState::default(),
        output: None,
    };
    for step in ["0.5 fs", "0.7 fs", "0.3333333 fs", "1e-3 ps", "2 fs", "0.01 ps", "150 fs", "1 atu"] {
        let run = MoleculeRun {
            temperature: "300 K".into(),
            duration: step.into(),
            time_step: step.into(),
            pressure: None,
            seed: 1,
            threads: 1,
        };
        match molecule.run(&run) {
            Ok(input) => assert_eq!((input.name.as_str(), input.stages[0].steps()), ("my-molecule-300K", 1)),
            Err(error) => assert!(step == "1 atu", "{step}: {error}"),
        }
    }
}

/// Catches: a verb that knows paths alone.
#[test]
fn every_verb_takes_a_name() {
    let folder = ethanol();
    let here = folder.path();
    for (arguments, expected) in [
        (&["vibrations", "--model", "organic", "--structure", "ethanol.xyz"][..], "ethanol-vibrations"),
        (&["evaluate", "--model", "organic", "--data", "ethanol.xyz", "--out", "energies.xyz"], "energies.xyz"),
        (&["minimize", "--model", "organic", "--structure", "ethanol.xyz", "--out", "minima.xyz"], "1 reached"),
        (&["rank", "ethanol.xyz", "--model", "organic", "--out", "ranked.xyz"], "1 different minima"),
        (&["bench", "--model", "organic", "--structure", "ethanol.xyz"], "edges"),
        (&["describe", "organic"], "file: part of the program, SHA-256 "),
    ] {
        let output = cormorant(here, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        let out = text(&output.stdout);
        assert!(out.contains(expected), "{arguments:?} should say {expected:?}, but says\n{out}");
    }
    refused_certificate(here);
}

/// The program does not change.
fn refused_certificate(folder: &Path) {
    let output = cormorant(folder, &["certify", "organic"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("is part of the program, which does not change; use --dry-run"));
}
