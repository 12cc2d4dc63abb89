//! Version 1 of every format: files written by the first version of the program, which every later one must read.
//!
//! Never write these files anew. `tests/fixtures/README.md` says how they came to be.

use std::fs;
use std::path::{Path, PathBuf};

use cormorant::fit::{Checkpoint, SplitList};
use cormorant::io::read_structure;
use cormorant::model::Model;
use cormorant::potential::extrapolation::Domain;
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};
use cormorant::settings::{Input, NetworkInput};
use cormorant::simulation::Restart;

use crate::cli::{cormorant, text};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/version-1")
}

/// A copy of the fixtures that may be written to.
fn copy() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let mut folders = vec![PathBuf::new()];
    while let Some(inner) = folders.pop() {
        fs::create_dir_all(copy.path().join(&inner)).unwrap();
        for entry in fs::read_dir(fixtures().join(&inner)).unwrap() {
            let entry = entry.unwrap();
            let name = inner.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                folders.push(name);
            } else {
                fs::copy(entry.path(), copy.path().join(name)).unwrap();
            }
        }
    }
    copy
}

/// Catches: a model of version 1 that is refused, or computed otherwise than on the day it was written.
#[test]
fn a_model_of_version_1() {
    let model = Model::load(&fixtures().join("model")).unwrap();
    assert_eq!(model.header.elements, ["H", "C", "O"]);
    assert_eq!((model.header.fit.epochs, model.header.data.train.len()), (5, 12));
    assert!(model.header.certificate.is_none() && model.header.envelope.is_none());
    // Written with its restart file: the energy and forces of the network at those positions, in f64.
    let restart = Restart::read(&fixtures().join("run/restart.safetensors")).unwrap();
    let mut potential = LearnedPotential::new(&model, Precision::F64, 1).unwrap();
    let mut found = Evaluation::default();
    potential.evaluate(&restart.system, RequestedProperties::default(), &mut found).unwrap();
    assert!((found.energy - restart.energy).abs() < 1e-9, "{} instead of {}", found.energy, restart.energy);
    for (found, written) in found.forces.as_flattened().iter().zip(restart.forces.as_flattened()) {
        assert!((found - written).abs() < 1e-9, "{found} instead of {written}");
    }
    let structure = read_structure(&fixtures().join("ethanol.xyz"), None).unwrap();
    assert!(Domain::of(&model).unwrap().unwrap().look(&structure).unwrap().grade.is_none());
}

/// Catches: a restart file of version 1 that is refused or misread, or one that can be read but not gone on with.
#[test]
fn a_restart_file_of_version_1() {
    let restart = Restart::read(&fixtures().join("run/restart.safetensors")).unwrap();
    assert_eq!((restart.system.step, restart.seed, restart.system.atom_count()), (200, 11, 9));
    assert_eq!((restart.guards.len(), restart.instruction_set), (0, None));
    let copy = copy();
    let output = cormorant(copy.path(), &["run", "run.toml", "--resume"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let table = fs::read_to_string(copy.path().join("run/energies.csv")).unwrap();
    let columns: Vec<usize> = table.lines().map(|line| line.split(',').count()).collect();
    assert!(
        columns.iter().all(|count| *count == columns[0]),
        "columns that the table of an older program does not have"
    );
    assert_eq!((table.lines().count(), table.lines().last().unwrap().split(',').next()), (1 + 1001, Some("2000")));
}

/// Catches: a checkpoint of version 1 that is refused or misread, or that no fit can go on with; one that goes on with other steps than
/// it began with and says nothing.
#[test]
fn a_checkpoint_of_version_1() {
    let checkpoint = Checkpoint::read_file(&fixtures().join("unfinished/checkpoint.safetensors")).unwrap();
    assert!((20..60).contains(&checkpoint.header.epoch), "{}", checkpoint.header.epoch);
    assert!(checkpoint.learner.contains_key("momentum") && checkpoint.best.contains_key("average"));
    let copy = copy();
    let output = cormorant(copy.path(), &["fit", "unfinished.toml", "--resume"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let expected = format!("resuming after epoch {}", checkpoint.header.epoch);
    assert!(text(&output.stderr).contains(&expected), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("(recipe 0, now "), "{}", text(&output.stderr));
    assert_eq!(Model::load(&copy.path().join("unfinished")).unwrap().header.fit.epochs, 60);
}

/// Catches: lists of frames and inputs of version 1 that are refused or mean something else.
#[test]
fn inputs_and_lists_of_version_1() {
    let list = SplitList::read(&fixtures().join("split.json")).unwrap();
    assert_eq!((list.train.len(), list.validation, list.test), (12, vec![1, 5, 9], vec![3, 7]));
    let Input::Run(run) = Input::read(&fixtures().join("run.toml")).unwrap() else { panic!("a simulation") };
    assert_eq!((run.seed, run.stages.len(), run.stages[0].steps()), (11, 1, 2000));
    let Input::Fit(fit) = Input::read(&fixtures().join("fit.toml")).unwrap() else { panic!("a fit") };
    let NetworkInput::New(network) = &fit.model else { panic!("a new network") };
    assert_eq!((fit.seed, fit.run.epochs, network.layers), (4, Some(5), 1));
    // What the first version printed as a resolved input.
    for resolved in ["run/input.toml", "model/fit.toml", "unfinished/fit.toml"] {
        Input::read(&fixtures().join(resolved)).unwrap_or_else(|error| panic!("{resolved}: {error}"));
    }
}
