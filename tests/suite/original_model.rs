//! Models of the network of 2019: file, potential, and the road through the program.

use std::fs;

use cormorant::model::{ModelKind, OriginalConfig, OriginalHeader, OriginalModel, original_initial_weights};
use cormorant::noise::Noise;
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};
use cormorant::system::{Cell, Element, System};

use crate::cli::{cormorant, sample_frames, text};

pub fn model(folder: &std::path::Path) -> OriginalModel {
    let elements = [1, 6, 8].map(|number| Element::from_number(number).unwrap());
    let config = OriginalConfig { channels: 3, levels: 2, ..Default::default() };
    let header = OriginalHeader::new(config, &elements, -4209.0, 0.3);
    let layout = cormorant::kernels::original::Layout::new(&header.shape().unwrap());
    OriginalModel { path: folder.into(), header, weights: original_initial_weights(&layout, Noise::new(5)) }
}

pub fn molecule() -> System {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2.xyz");
    let frame = cormorant::fit::DataSet::read(&path, None).unwrap().configurations.remove(0);
    System::new(frame.elements, frame.positions, None).unwrap()
}

#[test]
fn forces_are_finite_and_those_of_the_energy() {
    // Catches the original's forces, which are not numbers, and scaling that energy and forces do not share.
    let folder = tempfile::tempdir().unwrap();
    let mut potential = LearnedPotential::new(&model(folder.path()), Precision::F64, 1).unwrap();
    let system = molecule();
    let mut found = Evaluation::default();
    potential.evaluate(&system, RequestedProperties { virial: true, atom_energies: false }, &mut found).unwrap();
    let mut energy = |system: &System| {
        let mut found = Evaluation::default();
        potential.evaluate(system, RequestedProperties::default(), &mut found).unwrap();
        found.energy
    };
    let h = 1e-4;
    for (atom, axis) in [(0, 0), (3, 1), (8, 2)] {
        let mut at = |shift: f64| {
            let mut moved = system.clone();
            moved.positions[atom][axis] += shift;
            energy(&moved)
        };
        let force = -(at(h) - at(-h)) / (2.0 * h);
        assert!((found.forces[atom][axis] - force).abs() < 1e-6, "{} {force}", found.forces[atom][axis]);
    }
    let virial = found.virial.unwrap();
    for (a, b) in [(0, 0), (0, 1), (2, 1)] {
        let mut strained = |amount: f64| {
            let mut moved = system.clone();
            moved.positions.iter_mut().for_each(|x| x[a] += amount * x[b]);
            energy(&moved)
        };
        let slope = -(strained(h) - strained(-h)) / (2.0 * h);
        assert!((virial[a][b] - slope).abs() < 1e-5, "{} {slope}", virial[a][b]);
    }
    let mut periodic = system.clone();
    periodic.cell = Some(Cell::cubic(20.0).unwrap());
    let message = potential.evaluate(&periodic, RequestedProperties::default(), &mut found).unwrap_err().to_string();
    assert!(message.contains("does not support cells"), "{message}");
}

#[test]
fn files_say_what_they_are() {
    // Catches weights that change on disk, and a model of another kind that is taken for one of ours.
    let folder = tempfile::tempdir().unwrap();
    let written = model(folder.path());
    written.save(folder.path()).unwrap();
    assert_eq!(ModelKind::of(folder.path()).unwrap(), ModelKind::Original);
    assert_eq!(OriginalModel::load(folder.path()).unwrap(), written);
    let file = folder.path().join("model.safetensors");
    let bytes = fs::read(&file).unwrap();
    let place = bytes.windows(14).position(|window| window == b"cormorant-2019").unwrap();
    let mut other = bytes.clone();
    other[place + 13] = b'8';
    fs::write(&file, other).unwrap();
    let message = ModelKind::of(folder.path()).unwrap_err().to_string();
    assert!(message.contains("cormorant-2018") && message.contains("this program knows"), "{message}");
    fs::write(&file, &bytes[..bytes.len() - 9]).unwrap();
    assert!(OriginalModel::load(folder.path()).unwrap_err().to_string().contains("not a whole"));
}

const FIT: &str = r#"version = 1
name = "old"
output = { folder = "old" }
data = { file = "frames.xyz", train = 24, validation = 4, test = 2 }
model = { kind = "cormorant-2019", channels = 2, levels = 1, max_degree = 1, max_edge_degree = 1 }
run = { epochs = 2, threads = 1 }
"#;
const RUN: &str = r#"version = 1
name = "with-old"
structure = { file = "ethanol.xyz" }
potential = { model = "old" }
stage = [{ duration = "1 fs", time_step = "0.25 fs" }]
"#;

#[test]
fn the_road_through_the_program() {
    // Catches a kind that can be fitted but not used: fit, check, describe, evaluate and run.
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    sample_frames(here, 30);
    fs::copy(root.join("inputs/structures/ethanol.xyz"), here.join("ethanol.xyz")).unwrap();
    fs::write(here.join("fit.toml"), FIT).unwrap();
    fs::write(here.join("run.toml"), RUN).unwrap();
    let production = FIT.replace("\"old\"", "\"new\"").replace("test = 2", "test = 2, labels = \"energies\"");
    let kind = "model = { kind = \"cormorant\", layers = 1, max_degree = 1, products = 1 }";
    let lines = production.lines().map(|line| if line.starts_with("model") { kind } else { line });
    fs::write(here.join("new.toml"), lines.collect::<Vec<_>>().join("\n")).unwrap();
    let good = |arguments: &[&str], expected: &str| {
        let output = cormorant(here, arguments);
        let out = text(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        assert!(out.contains(expected), "{arguments:?} should say {expected:?}, but says\n{out}");
    };
    good(&["fit", "fit.toml"], "energy MAE/eV");
    good(&["fit", "fit.toml", "--resume"], "nothing is left to do");
    good(&["check", "old/fit.toml"], "cormorant-2019");
    good(&["describe", "old"], "model of kind cormorant-2019");
    // Its report: errors in eV, of which the header and the table of the curve hold thousandths.
    good(&["report", "old"], "report: old/report.html");
    let page = fs::read_to_string(here.join("old/report.html")).unwrap();
    for part in ["id=\"figure-learning\"", "id=\"figure-parity\"", "id=\"figure-short-range\"", "cormorant-2019"] {
        assert!(page.contains(part), "{part} is missing");
    }
    good(&["evaluate", "--model", "old", "--data", "frames.xyz"], "force / (meV/Å)");
    good(&["run", "run.toml"], "");
    good(&["fit", "new.toml"], "energy MAE/eV");
    good(&["evaluate", "--model", "new", "--data", "frames.xyz"], "force / (meV/Å)");
    let page = fs::read_to_string(here.join("new/report.html")).unwrap();
    assert!(page.contains("id=\"figure-parity\"") && !page.contains("id=\"figure-learning-force\""));
}
