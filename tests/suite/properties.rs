//! Models of a property: fitted, and asked for other molecules.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use cormorant::fit::{Configuration, DataSet};
use cormorant::io::TrajectoryReader;
use cormorant::model::PropertyModel;
use serde_json::Value;

use crate::cli::{cormorant, text};

const SMALL: &str = "max_degree = 1\nlayers = 1\nproducts = 1\nradial_hidden = 16\n";
const SMALL_2019: &str = "kind = \"cormorant-2019\"\nchannels = 4\nlevels = 2\nmax_degree = 1\nmax_edge_degree = 1\n";

fn ethanol(count: usize) -> Vec<Configuration> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2.xyz");
    let mut frames = DataSet::read(&path, None).unwrap().configurations;
    frames.truncate(count);
    frames
}

/// Frames without labels.
fn write_bare(path: &Path, frames: &[Configuration]) {
    let mut lines = String::new();
    for frame in frames {
        let _ = writeln!(lines, "{}\nno labels", frame.elements.len());
        for (element, [x, y, z]) in frame.elements.iter().zip(&frame.positions) {
            let _ = writeln!(lines, "{element} {x:?} {y:?} {z:?}");
        }
    }
    fs::write(path, lines).unwrap();
}

/// A table like those of QM9 whose molecules are frames of ethanol with invented dipole moments and their own energies.
fn write_table(path: &Path, frames: &[Configuration]) {
    let mut lines = "Index,Elements,XYZ_Ang,Dipole_debye,Polarizability_bohr3,HOMO_au,LUMO_au,HOMO_LUMO_gap_au,R2_bohr2,ZPVE_au,\
                     InternalEnergy_0K_au,InternalEnergy_298K_au,Enthalphy_298K_au,GibbsFreeEnergy_298K_au,Heatcapacity_Cv_cal_mol_K\n"
        .to_string();
    for (index, frame) in frames.iter().enumerate() {
        let symbols: Vec<String> = frame.elements.iter().map(|element| format!("'{element}'")).collect();
        let places: Vec<String> = frame.positions.iter().map(|[x, y, z]| format!("[{x},{y},{z}]")).collect();
        let [a, b] = [0, 2].map(|atom: usize| frame.positions[atom]);
        let mu = (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>().sqrt();
        let energy = frame.energy.unwrap() / 27.2114;
        let _ = writeln!(
            lines,
            "{},\"[{}]\",\"[{}]\",{mu},30,-0.2,0.1,0.3,100,0.05,{energy},{energy},{energy},{energy},20",
            index + 1,
            symbols.join(","),
            places.join(",")
        );
    }
    fs::write(path, lines).unwrap();
}

fn fit(folder: &Path, name: &str, data: &str, model: &str) -> String {
    let input = format!(
        "version = 1\nname = \"{name}\"\n[output]\nfolder = \"{name}\"\n[data]\n{data}\n[model]\n{model}\n\
         [run]\nepochs = 3\nprecision = \"f64\"\nthreads = 1\n"
    );
    fs::write(folder.join("fit.toml"), input).unwrap();
    let output = cormorant(folder, &["fit", "fit.toml"]);
    assert!(output.status.success(), "{name}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// What the model gives for every frame of the file, as JSON.
fn ask(folder: &Path, model: &str, data: &str) -> Value {
    let output = cormorant(folder, &["evaluate", "--model", model, "--data", data, "--json", "--precision", "f64"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn numbers(values: &Value) -> Vec<f64> {
    let of = |value: &Value| match value {
        Value::Array(several) => several.iter().map(|one| one.as_f64().unwrap()).collect(),
        one => vec![one.as_f64().unwrap()],
    };
    values["values"].as_array().unwrap().iter().flat_map(of).collect()
}

/// The second column of the predictions that a fit leaves for its test molecules.
fn left_by_the_fit(folder: &Path, model: &str) -> Vec<f64> {
    let table = fs::read_to_string(folder.join(model).join("predictions-test.csv")).unwrap();
    table.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().parse().unwrap()).collect()
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

#[test]
fn a_fitted_property_is_predicted_for_other_files() {
    // Catches: mean, deviation or references left out or taken twice, molecules in another order, a number that depends on how
    // a molecule lies or is written down.
    let here = tempfile::tempdir().unwrap();
    let here = here.path();
    let frames = ethanol(40);
    write_table(&here.join("qm9.csv"), &frames);
    let tests = cormorant::fit::qm9_split(40)[2].clone();
    let chosen: Vec<Configuration> = tests.iter().map(|&index| frames[index].clone()).collect();
    write_bare(&here.join("test.xyz"), &chosen);
    let moved = chosen.iter().cloned().map(|mut frame| {
        // A turn about z and x, a shift, and the hydrogens in another order.
        let ([s, c], [t, d]) = ([0.6, 0.8], [0.28, 0.96]);
        frame.positions.iter_mut().for_each(|[x, y, z]| {
            (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
            (*y, *z) = (d * *y - t * *z + 1.0, t * *y + d * *z - 2.0);
        });
        frame.positions[3..].reverse();
        frame.elements[3..].reverse();
        frame
    });
    write_bare(&here.join("moved.xyz"), &moved.collect::<Vec<_>>());
    for (name, property, unit, model) in
        [("mu", "mu", "D", SMALL), ("u0", "U0", "eV", SMALL), ("mu-2019", "mu", "D", SMALL_2019)]
    {
        fit(here, name, &format!("file = \"qm9.csv\"\nproperty = \"{property}\""), model);
        let found = ask(here, name, "test.xyz");
        assert_eq!((found["property"].as_str(), found["unit"].as_str()), (Some(property), Some(unit)));
        let mut expected = left_by_the_fit(here, name);
        if property == "U0" {
            let header = PropertyModel::load(&here.join(name)).unwrap().header;
            let of = |symbol: &str| header.references[header.elements.iter().position(|one| one == symbol).unwrap()];
            let references: f64 = chosen[0].elements.iter().map(|element| of(element.symbol())).sum();
            for energy in &mut expected {
                *energy += references;
            }
            let published = chosen.iter().map(|frame| frame.energy.unwrap());
            assert!(expected.iter().zip(published).all(|(found, label)| (found - label).abs() < 3.0), "{expected:?}");
        }
        let found = numbers(&found);
        let difference = largest_difference(&found, &expected);
        assert!(difference < 1e-8, "{name}: the fit and evaluate differ by {difference:e} {unit}");
        assert!(found.iter().any(|x| (x - found[0]).abs() > 1e-6), "{name}: the same for every molecule");
        let difference = largest_difference(&numbers(&ask(here, name, "moved.xyz")), &found);
        assert!(difference < 1e-7, "{name}: moving changes it by {difference:e} {unit}");
    }

    let output = cormorant(here, &["evaluate", "--model", "mu", "--data", "test.xyz", "--out", "out.xyz"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let written: Vec<f64> = TrajectoryReader::open(&here.join("out.xyz"))
        .unwrap()
        .map(|frame| frame.unwrap().number("mu").unwrap())
        .collect();
    assert!(largest_difference(&written, &left_by_the_fit(here, "mu")) < 1e-4);
    assert!(fs::read_to_string(here.join("out.xyz")).unwrap().contains("mu_unit=\"D\""));
    assert!(fs::read_to_string(here.join("out.csv")).unwrap().starts_with("frame,atoms,mu/D\n0,9,"));
    let table = text(&cormorant(here, &["evaluate", "--model", "mu", "--data", "test.xyz"]).stdout);
    assert!(table.contains("mu/D") && table.contains(&format!("{:.6}", written[0])), "{table}");

    let refused = |arguments: &[&str], expected: &str| {
        let output = cormorant(here, arguments);
        let message = text(&output.stderr);
        assert!(!output.status.success() && message.contains(expected), "{arguments:?}: {message}");
    };
    refused(&["evaluate", "--model", "mu", "--model", "u0", "--data", "test.xyz"], "cannot form a committee");
    for model in ["mu", "mu-2019"] {
        let rest = ["--structures", "test.xyz", "--out", "minima.xyz"];
        refused(&[&["minimize", "--model", model], rest.as_slice()].concat(), "provides no forces");
    }
    fs::write(here.join("gold.xyz"), "1\n\nAu 0 0 0\n").unwrap();
    refused(&["evaluate", "--model", "mu", "--data", "gold.xyz"], "Au");
}

fn dipoles(count: usize) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2-dipoles.xyz");
    let lines = fs::read_to_string(path).unwrap();
    lines.lines().take(11 * count).flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn vectors_and_tensors_are_fitted_and_predicted() {
    // Catches labels of other frames, numbers written in another order than they are read, references added to what turns, and
    // a closing table in another unit or over other molecules than it says.
    let here = tempfile::tempdir().unwrap();
    let here = here.path();
    fs::write(here.join("data.xyz"), dipoles(60)).unwrap();
    let model = SMALL.replace("max_degree = 1", "max_degree = 2");
    for (name, unit, outputs) in [("dipole", "D", 3), ("polarizability", "bohr³", 9)] {
        let data = format!("file = \"data.xyz\"\nproperty = \"{name}\"\nunit = \"{unit}\"\ntest = 20");
        let out = fit(here, name, &data, &model);
        let PropertyModel { header, .. } = PropertyModel::load(&here.join(name)).unwrap();
        assert_eq!((header.target.as_str(), header.unit.as_str(), header.data.test.len()), (name, unit, 20));
        let frames: Vec<_> = cormorant::io::ExtendedXyzReader::open(&here.join("data.xyz")).unwrap().collect();
        let labels: Vec<Vec<f64>> =
            frames.iter().map(|frame| frame.as_ref().unwrap().property(name).unwrap().reals().unwrap()).collect();
        let found: Vec<Vec<f64>> = numbers(&ask(here, name, "data.xyz")).chunks(outputs).map(<[f64]>::to_vec).collect();
        assert_eq!(found.len(), 60);
        let errors: Vec<f64> = header
            .data
            .test
            .iter()
            .flat_map(|&frame| labels[frame].iter().zip(&found[frame]).map(|(label, number)| (label - number).abs()))
            .collect();
        let mae = errors.iter().sum::<f64>() / errors.len() as f64;
        let stated = header.errors["test"].properties[0].mae;
        assert!((mae - stated).abs() < 1e-6 * stated, "{name}: {mae} {unit}, but the model says {stated}");
        assert!(out.contains(&format!("{name} MAE/{unit}")) && out.contains(&format!("{stated:.6}")), "{out}");
        // A network that learned nothing is off by the mean size of the labels, less their mean diagonal.
        let diagonal =
            if outputs == 9 { labels.iter().map(|one| one[0] + one[4] + one[8]).sum::<f64>() / 180.0 } else { 0.0 };
        let bare = |one: &Vec<f64>| -> f64 {
            one.iter()
                .enumerate()
                .map(|(k, x)| if outputs == 9 && k % 4 == 0 { (x - diagonal).abs() } else { x.abs() })
                .sum()
        };
        let untaught = labels.iter().map(bare).sum::<f64>() / (60 * outputs) as f64;
        assert!(mae < 2.0 * untaught, "{name}: {mae} against {untaught}");
        let output =
            cormorant(here, &["evaluate", "--model", name, "--data", "data.xyz", "--out", "out.xyz", "--force"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let first = TrajectoryReader::open(&here.join("out.xyz")).unwrap().next().unwrap().unwrap();
        let written = first.property(name).unwrap().reals().unwrap();
        assert!(largest_difference(&written, &found[0]) < 1e-3, "{written:?} {:?}", found[0]);
        // What was written can be fitted, and in no other unit.
        fs::copy(here.join("out.xyz"), here.join("again.xyz")).unwrap();
        let data = data.replace("data.xyz", "again.xyz");
        fit(here, &format!("{name}-again"), &data, &model);
        if outputs == 3 {
            fs::write(
                here.join("cell.xyz"),
                "1\nLattice=\"9 0 0 0 9 0 0 0 9\" Properties=species:S:1:pos:R:3\nC 0 0 0\n",
            )
            .unwrap();
            let message = text(&cormorant(here, &["evaluate", "--model", name, "--data", "cell.xyz"]).stderr);
            assert!(message.contains("frame 0: a periodic structure has no dipole moment"), "{message}");
        }
        let other = if outputs == 3 { "eÅ" } else { "Å³" };
        let input = fs::read_to_string(here.join("fit.toml")).unwrap();
        fs::write(here.join("other.toml"), input.replace(unit, other).replace("-again", "-other")).unwrap();
        let message = text(&cormorant(here, &["fit", "other.toml"]).stderr);
        assert!(message.contains(&format!("`{name}_unit` is \"{unit}\"")), "{message}");
    }
}

#[test]
fn labels_that_make_no_sense_are_refused() {
    // Catches a bad label that is fitted, or whose message does not say which file, frame, key and remedy.
    let here = tempfile::tempdir().unwrap();
    let path = here.path().join("bad.xyz");
    let good = dipoles(3);
    let second = good.lines().nth(12).unwrap().to_string();
    let dipole = second.split("dipole=\"").nth(1).unwrap().split('"').next().unwrap().to_string();
    let tensor = second.split("polarizability=\"").nth(1).unwrap().split('"').next().unwrap().to_string();
    use cormorant::fit::labeled_moments;
    use cormorant::fit::regression::TensorProperty;
    for (moment, from, to, expected) in [
        (
            TensorProperty::Dipole,
            second.as_str(),
            "pbc=\"F F F\"",
            "there is no `dipole` in its comment, only nothing; add dipole=",
        ),
        (
            TensorProperty::Dipole,
            dipole.as_str(),
            "1.0 2.0",
            "`dipole` is not three numbers; write dipole=\"x y z\" in D",
        ),
        (TensorProperty::Dipole, dipole.as_str(), "1.0 nan 2.0", "leave the frame out"),
        (TensorProperty::Polarizability, tensor.as_str(), "1 2 3 4 5 6 7", "`polarizability` is not nine numbers"),
        (TensorProperty::Polarizability, tensor.as_str(), "1 2 3 4 5 6 7 8 9", "`polarizability` is not symmetric"),
        (TensorProperty::Dipole, "pbc=\"F F F\"", "Lattice=\"9 0 0 0 9 0 0 0 9\" pbc=\"T T T\"", "no dipole moment"),
    ] {
        let changed = second.replace(from, to);
        fs::write(&path, good.replace(&second, &changed)).unwrap();
        let message = labeled_moments(&path, moment, moment.units()[0].1, &[]).unwrap_err().to_string();
        assert!(message.contains("bad.xyz") && message.contains("frame 1 (counted from 0)"), "{message}");
        assert!(message.contains(expected), "{expected:?} is not in {message:?}");
    }
}

#[test]
fn models_of_energies_are_written_as_before() {
    // Catches a header or a layout that older programs refuse although nothing is new in it.
    let config = cormorant::model::CormorantConfig::default();
    assert!(!serde_json::to_string(&config).unwrap().contains("multipole"));
    let names = |config: &cormorant::model::CormorantConfig| -> Vec<String> {
        cormorant::kernels::network::Layout::new(&config.shape(3, 8.0)).blocks.into_iter().map(|one| one.name).collect()
    };
    assert!(!names(&config).iter().any(|name| name.contains("multipole")));
    let more = names(&cormorant::model::CormorantConfig { multipole: 1, ..config });
    assert_eq!(more.iter().filter(|name| name.ends_with("readout.multipole.1")).count(), 2, "{more:?}");
    assert!(more.contains(&"layers.1.products.1.1".to_string()), "{more:?}");
}
