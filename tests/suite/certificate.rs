//! Certificates: made at the end of a fit, shown, and warned of when a run leaves them.

use std::path::Path;

use cormorant::certify::{Plan, certify, leaves};
use cormorant::model::{BondTrial, Model};
use cormorant::system::Element;
use cormorant::units::FEMTOSECOND;

use crate::cli::{cormorant, text};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn shipped() -> Model {
    Model::load(&root().join("models/ethanol")).unwrap()
}

/// Catches: trials that measure something else than they say, seen on a model known to be good; trials that repeat other
/// numbers; a certificate in the file that is not the one of its weights.
#[test]
fn the_shipped_model_passes_and_its_certificate_is_its_own() {
    let model = shipped();
    let found = certify(&model, &|| false).unwrap();
    assert!(found.force_error < 1e-5 && found.force_error > 0.0, "{found:?}");
    assert!(found.rotation_error < 1e-9 && found.permutation_error < 1e-9, "{found:?}");
    assert!(found.precision_error < 1e-3 && found.precision_error > 1e-9, "{found:?}");
    assert!(found.cutoff_force < 1e-3, "{found:?}");
    assert!(found.drift.abs() < 0.05 && found.time_step >= 0.5 && found.time_step <= 3.0, "{found:?}");
    assert!(found.highest_temperature() >= 500.0, "{found:?}");
    assert_eq!(found.pairs.len(), 6);
    let stored = model.header.certificate.expect("the shipped model has a certificate");
    assert_eq!(stored.pairs.keys().collect::<Vec<_>>(), found.pairs.keys().collect::<Vec<_>>());
    // Another instruction set rounds otherwise, and trajectories differ after a while: only what does not move must agree.
    assert!((stored.pairs["H-C"].lowest_at - found.pairs["H-C"].lowest_at).abs() < 0.051);
    // The order of sums has changed since the file was written: only hot trajectories part.
    if stored.instruction_set == found.instruction_set {
        assert_eq!(stored.heat.len(), found.heat.len());
        for (then, now) in stored.heat.iter().zip(&found.heat) {
            assert_eq!((then.temperature, then.failure.is_some()), (now.temperature, now.failure.is_some()));
            let same = (then.grade / now.grade - 1.0).abs();
            assert!(then.temperature > 750.0 || same < 1e-4, "{then:?} {now:?}");
        }
    }
}

/// Catches: trials that a bad model passes.
#[test]
fn a_model_of_nonsense_does_not_pass() {
    let mut model = shipped();
    // Weights far too large: forces of hundreds of eV/Å.
    model.weights.iter_mut().for_each(|weight| *weight = f64::from((*weight * 1.6) as f32));
    let found = certify(&model, &|| false).unwrap();
    let failed = found.heat.iter().any(|trial| trial.failure.is_some());
    assert!(failed && found.highest_temperature() < 2000.0, "{found:?}");
}

/// Catches: a signal that is not looked at while a model is tried.
#[test]
fn trials_can_be_stopped() {
    let asked = std::cell::Cell::new(0);
    let stop = || {
        asked.set(asked.get() + 1);
        asked.get() > 40
    };
    assert!(certify(&shipped(), &stop).unwrap_err().to_string().contains("certify it again"));
    assert_eq!(asked.get(), 41);
}

/// Catches: a run that leaves the certificate in silence, and warnings about one that does not.
#[test]
fn leaving_the_certificate_is_noticed() {
    let header = shipped().header;
    let element = |symbol| Element::from_symbol(symbol).unwrap();
    let ethanol: Vec<Element> = ["C", "C", "O", "H", "H", "H", "H", "H", "H"].map(element).to_vec();
    let plan = Plan {
        temperature: 300.0,
        time_step: 0.5 * FEMTOSECOND,
        elements: ethanol.clone(),
        dimensions: 0,
        volume: None,
        changes_volume: false,
    };
    assert_eq!(leaves(&header.record(), &plan), Vec::<String>::new());
    let only = |plan: Plan, expected: &str| {
        let warnings = leaves(&header.record(), &plan);
        assert!(warnings.len() == 1 && warnings[0].contains(expected), "{warnings:?}");
    };
    only(Plan { temperature: 1.0e4, ..plan.clone() }, "the run goes to 10000 K");
    only(Plan { time_step: 9.0 * FEMTOSECOND, ..plan.clone() }, "the time step of 9.000 fs is longer");
    only(Plan { dimensions: 3, ..plan.clone() }, "the run has a cell");
    let two = leaves(&header.record(), &Plan { elements: [ethanol.clone(), ethanol].concat(), ..plan.clone() });
    assert!(two.iter().any(|text| text.contains("no pair of atoms O-O")), "{two:?}");
    assert!(two.iter().any(|text| text.contains("18 atoms without a cell")), "{two:?}");
    let mut none = header.clone();
    none.certificate = None;
    assert!(leaves(&none.record(), &plan)[0].contains("no certificate"));
}

/// Catches: a pressure or a density of a model that knows one volume alone, believed because nobody said so.
#[test]
fn other_volumes_are_noticed() {
    let header = Model::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models/water")).unwrap().header;
    let elements = ["O", "H", "H"].map(|symbol| Element::from_symbol(symbol).unwrap()).to_vec();
    let (time_step, volume) = (0.5 * FEMTOSECOND, Some(10.04));
    let plan = Plan { temperature: 300.0, time_step, elements, dimensions: 3, volume, changes_volume: false };
    let said = |plan: Plan| leaves(&header.record(), &plan).join("; ");
    assert!(
        !said(plan.clone()).contains("volume") && !said(plan.clone()).contains("per atom"),
        "{}",
        said(plan.clone())
    );
    assert!(said(Plan { changes_volume: true, ..plan.clone() }).contains("10.04 Å³ per atom and no stresses"));
    assert!(said(Plan { volume: Some(11.0), ..plan }).contains("the system has 11.00 Å³ per atom"));
}

/// Catches: a describe or README that hides the certificate; a run that does not warn; a certify that changes the weights.
#[test]
fn the_program_shows_and_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::create_dir(here.join("ethanol")).unwrap();
    std::fs::copy(root().join("models/ethanol/model.safetensors"), here.join("ethanol/model.safetensors")).unwrap();
    let before = Model::load(&here.join("ethanol")).unwrap();
    let output = cormorant(here, &["certify", "ethanol"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let after = Model::load(&here.join("ethanol")).unwrap();
    assert_eq!((before.weights, &before.header.envelope), (after.weights, &after.header.envelope));
    let described = text(&cormorant(here, &["describe", "ethanol"]).stdout);
    for expected in
        ["certificate, from 9 atoms", "largest stable time step", "300 K", "H-O", "training frames: 9 to 9 atoms"]
    {
        assert!(described.contains(expected), "{expected:?} is missing in\n{described}");
    }
    assert!(std::fs::read_to_string(here.join("ethanol/README.md")).unwrap().contains("Certificate"));
    std::fs::copy(root().join("inputs/structures/ethanol.xyz"), here.join("ethanol.xyz")).unwrap();
    let input = "version = 1\nname = \"hot\"\nstructure = { file = \"ethanol.xyz\" }\npotential = { model = \"ethanol\" }\n\
        [[stage]]\nduration = \"1 fs\"\ntime_step = \"0.5 fs\"\nintegrator = \"baoab\"\n\
        thermostat = { kind = \"langevin\", temperature = \"9000 K\", friction = \"1 / ps\" }\n";
    std::fs::write(here.join("hot.toml"), input).unwrap();
    let output = cormorant(here, &["run", "hot.toml"]);
    let out = text(&output.stdout);
    assert!(out.contains("warning: the run goes to 9000 K"), "{out}\n{}", text(&output.stderr));
    assert!(out.contains("instruction set: "), "{out}");
    let other = cormorant(here, &["certify", "ethanol", "--data", "ethanol.xyz"]);
    assert!(!other.status.success());
}

/// Catches: a bond that is not tried; a scan that a cliff below the training frames passes, or that a sound bond does not.
#[test]
fn bonds_are_squeezed() {
    let mut model = shipped();
    let bonds = |model: &Model| certify(model, &|| false).unwrap().bonds;
    let found = bonds(&model);
    assert_eq!(
        found.iter().map(|(pair, trial)| (pair.as_str(), trial.bonds)).collect::<Vec<_>>(),
        [("C-C", 1), ("C-O", 1), ("H-C", 5), ("H-O", 1)]
    );
    for (pair, trial) in &found {
        let (nearest, own) = (model.header.data.shortest_distances[pair], shortest_of(&model, trial));
        assert!(trial.sound() && trial.tried_to < 0.951 * own && trial.shortest == own, "{pair}: {trial:?}");
        let wall = 0.95 * nearest;
        assert!((trial.repels_to.unwrap() - wall).abs() < 1e-9 && own >= nearest, "{pair}: {trial:?}, wall {wall}");
    }
    // A network knows nothing far below its shortest distances: with the record of them changed, the wall goes down with it.
    *model.header.data.shortest_distances.get_mut("H-C").unwrap() = 0.5;
    let far = bonds(&model);
    let trial = &far["H-C"];
    // The bonds are judged by the shortest of their own as before; but down to the wall they no longer repel.
    assert!(trial.sound() && trial.repels_to.unwrap() > 0.48, "{trial:?}");
    model.header.example.as_mut().unwrap().bonds.clear();
    let trial = &bonds(&model)["H-C"];
    assert!(!trial.sound() && trial.sound_to > trial.tried_to && trial.shortest == 0.5, "{trial:?}");
}

fn shortest_of(model: &Model, trial: &BondTrial) -> f64 {
    model.header.example.as_ref().unwrap().shortest_bond(trial.atoms.unwrap()).unwrap()
}
