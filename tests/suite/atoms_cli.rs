//! Models of values of atoms from outside: fitted, resumed, described, and asked for other files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cormorant::io::{ExtendedXyzReader, Frame};
use cormorant::model::{AtomModel, AtomShape, load};
use serde_json::Value;

use crate::cli::{cormorant, text};

const SMALL: &str = "layers = 1\nproducts = 1\nradial_hidden = 16\n";

fn data(folder: &Path, frames: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2-multipoles.xyz");
    let lines = fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = lines.lines().take(11 * frames).collect();
    fs::write(folder.join("data.xyz"), lines.join("\n") + "\n").unwrap();
}

fn input(folder: &Path, name: &str, data: &str, run: &str) -> String {
    let text = format!(
        "version = 1\nname = \"{name}\"\n[output]\nfolder = \"{name}\"\n[data]\nfile = \"data.xyz\"\ntest = 10\n{data}\n[model]\n{SMALL}\n\
         [run]\n{run}\nprecision = \"f64\"\n"
    );
    let file = format!("{name}.toml");
    fs::write(folder.join(&file), text).unwrap();
    file
}

fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let output = cormorant(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn frames(path: &Path) -> Vec<Frame> {
    ExtendedXyzReader::open(path).unwrap().map(Result::unwrap).collect()
}

/// Mean absolute error and Pearson correlation in two passes.
fn judged(pairs: &[[f64; 2]]) -> (f64, f64) {
    let count = pairs.len() as f64;
    let mae = pairs.iter().map(|[x, y]| (x - y).abs()).sum::<f64>() / count;
    let mean = [0, 1].map(|side| pairs.iter().map(|pair| pair[side]).sum::<f64>() / count);
    let sum = |a: usize, b: usize| pairs.iter().map(|pair| (pair[a] - mean[a]) * (pair[b] - mean[b])).sum::<f64>();
    (mae, sum(0, 1) / (sum(0, 0) * sum(1, 1)).sqrt())
}

/// The entry of a column and an element in the errors of a JSON object.
fn entry<'j>(errors: &'j Value, column: &str, element: Option<&str>) -> &'j Value {
    let of = |one: &&Value| one["column"] == column && one["element"].as_str() == element;
    errors.as_array().unwrap().iter().find(of).unwrap_or_else(|| panic!("no {column} of {element:?} in {errors}"))
}

/// Catches: files for validation and test that are accepted and not used, of which the model does not say that they were, or whose frames
/// are among those for training without a word; a fit that goes on with another test file.
#[test]
fn parts_may_be_files_of_their_own() {
    let here = tempfile::tempdir().unwrap();
    let here = here.path();
    data(here, 60);
    let all = fs::read_to_string(here.join("data.xyz")).unwrap();
    let part = |name: &str, from: usize, count: usize| {
        let lines: Vec<&str> = all.lines().skip(11 * from).take(11 * count).collect();
        fs::write(here.join(name), lines.join("\n") + "\n").unwrap();
    };
    part("few.xyz", 40, 5);
    part("test.xyz", 50, 10);
    part("data.xyz", 0, 44);
    let keys = "target = \"charge\"\ntarget_unit = \"e\"\nvalidation_file = \"few.xyz\"\ntest_file = \"test.xyz\"";
    let file = input(here, "files", keys, "epochs = 2");
    let output = cormorant(here, &["fit", &file]);
    assert!(text(&output.stderr).contains("`test` and `test_file` exclude each other"), "{}", text(&output.stderr));
    let written = fs::read_to_string(here.join(&file)).unwrap().replace("test = 10\n", "");
    fs::write(here.join(&file), &written).unwrap();
    let out = succeed(here, &["fit", &file]);
    for expected in
        ["44 training frames", "5 validation frames", "10 test frames", "4 validation frames are also training"]
    {
        assert!(out.contains(expected), "{expected:?} is missing in\n{out}");
    }
    let AtomModel { header, .. } = AtomModel::load(&here.join("files")).unwrap();
    let named = |record: &Option<cormorant::model::FileRecord>| record.as_ref().unwrap().file.clone();
    assert_eq!(
        (named(&header.data.validation_file), named(&header.data.test_file)),
        ("few.xyz".into(), "test.xyz".into())
    );
    assert!(header.data.validation.is_empty() && header.data.test.is_empty() && header.data.train.len() == 44);
}

/// Catches: fits of values of atoms and of moments that divide frames at random where their comments say otherwise, or put frames of one
/// molecule into two parts.
#[test]
fn comments_divide_frames_with_values() {
    let here = tempfile::tempdir().unwrap();
    let here = here.path();
    data(here, 60);
    let all = fs::read_to_string(here.join("data.xyz")).unwrap();
    let marked: Vec<String> = all
        .lines()
        .enumerate()
        .map(|(line, text)| {
            let frame = line / 11;
            let part = ["train", "train", "train", "validation", "test"][frame % 5];
            let words = format!("split={part} molecule=m{} dipole=\"0.1 0.2 0.{frame}\"", frame / 4);
            if line % 11 == 1 { format!("{text} {words}") } else { text.to_string() }
        })
        .collect();
    fs::write(here.join("data.xyz"), marked.join("\n") + "\n").unwrap();
    let charge = "target = \"charge\"\ntarget_unit = \"e\"";
    let dipole = "property = \"dipole\"\nunit = \"D\"";
    for (name, what) in [("charges", charge), ("dipoles", dipole)] {
        let file = input(here, name, &format!("{what}\nsplit_key = \"split\""), "epochs = 1");
        let refused = text(&cormorant(here, &["fit", &file]).stderr);
        assert!(refused.contains("`test` and `split_key` exclude each other"), "{refused}");
        let written = fs::read_to_string(here.join(&file)).unwrap().replace("test = 10\n", "");
        fs::write(here.join(&file), &written).unwrap();
        succeed(here, &["fit", &file]);
        let record = load(&here.join(name)).unwrap().record().data.clone();
        let of = |remainder: &[usize]| (0..60).filter(|frame| remainder.contains(&(frame % 5))).collect::<Vec<usize>>();
        let sorted = |part: &[usize]| {
            let mut part = part.to_vec();
            part.sort_unstable();
            part
        };
        assert_eq!(sorted(&record.train), of(&[0, 1, 2]), "{name}");
        assert_eq!((sorted(&record.validation), sorted(&record.test)), (of(&[3]), of(&[4])), "{name}");
        let file = input(here, &format!("{name}-by"), &format!("{what}\nsplit_by = \"molecule\""), "epochs = 1");
        succeed(here, &["fit", &file]);
        let record = load(&here.join(format!("{name}-by"))).unwrap().record().data.clone();
        let molecules = |part: &[usize]| part.iter().map(|frame| frame / 4).collect::<BTreeSet<usize>>();
        let (train, test) = (molecules(&record.train), molecules(&record.test));
        assert!(!test.is_empty() && train.is_disjoint(&test), "{name}: {train:?} and {test:?}");
        assert_eq!(record.split_by.as_deref(), Some("molecule"), "{name}");
    }
}

/// Catches: values of other atoms, a mean that is left out or taken twice, errors of other labels than they say, a correlation over all
/// elements where one is named, a table, a page or a header that says something else.
#[test]
fn charges_are_fitted_and_predicted() {
    let here = tempfile::tempdir().unwrap();
    let here = here.path();
    data(here, 60);
    let file = input(here, "charges", "target = \"charge\"\ntarget_unit = \"e\"", "epochs = 30");
    let out = succeed(here, &["fit", &file]);
    assert!(
        out.contains("charge, a number for each atom: 540 of 540 atoms in 60 frames have labels (H 360, C 120, O 60)"),
        "{out}"
    );
    assert!(out.contains("charge: mean taken off in e: H 0.") && out.contains("not used: column `dipole`"), "{out}");
    assert!(!out.contains("column `charge`"), "{out}");

    let AtomModel { header, .. } = AtomModel::load(&here.join("charges")).unwrap();
    assert_eq!(
        (header.target.columns.as_slice(), header.target.shape),
        (["charge".to_string()].as_slice(), AtomShape::Scalar)
    );
    assert_eq!((header.target.unit.as_str(), header.elements.join(" ").as_str()), ("e", "H C O"));

    succeed(here, &["evaluate", "--model", "charges", "--data", "data.xyz", "--out", "out.xyz", "--precision", "f64"]);
    let written = frames(&here.join("out.xyz"));
    let labels = frames(&here.join("data.xyz"));
    let mut pairs = std::collections::BTreeMap::<(bool, String), Vec<[f64; 2]>>::new();
    for (index, (written, label)) in written.iter().zip(&labels).enumerate() {
        assert_eq!(written.numbers("charge"), label.numbers("charge"));
        let found = written.numbers("charge_predicted").unwrap();
        let test = header.data.test.contains(&index);
        for ((element, x), y) in label.elements.iter().zip(label.numbers("charge").unwrap()).zip(found) {
            pairs.entry((test, element.to_string())).or_default().push([x, y]);
            pairs.entry((test, "all".into())).or_default().push([x, y]);
        }
    }
    // The errors that the model states are those of its test frames.
    let stated = serde_json::to_value(&header.errors["test"].atom_targets).unwrap();
    for element in [None, Some("H"), Some("C"), Some("O")] {
        let pairs = &pairs[&(true, element.unwrap_or("all").to_string())];
        let (mae, correlation) = judged(pairs);
        let one = entry(&stated, "charge", element);
        assert_eq!(one["labels"], pairs.len());
        let near = |key: &str, value: f64| (one[key].as_f64().unwrap() - value).abs() < 1e-6 * value.abs();
        assert!(
            near("mae", mae) && near("correlation", correlation),
            "{element:?}: {one}, but {mae} and {correlation}"
        );
        assert!(
            out.contains(&format!("{mae:.6}")) && out.contains(&format!("{correlation:.4}")),
            "{element:?} {mae} {out}"
        );
    }
    // A network that learned nothing gives the mean of each element.
    let (mae, _) = judged(&pairs[&(true, "C".into())]);
    let carbon: Vec<f64> = pairs[&(true, "C".into())].iter().map(|pair| pair[0]).collect();
    let mean = carbon.iter().sum::<f64>() / carbon.len() as f64;
    let untaught = carbon.iter().map(|x| (x - mean).abs()).sum::<f64>() / carbon.len() as f64;
    assert!(mae < 0.2 * untaught, "{mae} against {untaught}");

    let json: Value = serde_json::from_str(&succeed(
        here,
        &["evaluate", "--model", "charges", "--data", "data.xyz", "--json", "--precision", "f64"],
    ))
    .unwrap();
    let all: Vec<[f64; 2]> = [true, false].iter().flat_map(|test| pairs[&(*test, "H".into())].clone()).collect();
    let (mae, correlation) = judged(&all);
    let one = entry(&json["atom_targets"], "charge", Some("H"));
    assert!((one["mae"].as_f64().unwrap() - mae).abs() < 1e-6 * mae, "{one} {mae}");
    assert!((one["correlation"].as_f64().unwrap() - correlation).abs() < 1e-6, "{one} {correlation}");
    assert_eq!(
        (&json["unit"], &json["shape"], &json["columns"]),
        (&"e".into(), &"scalar".into(), &serde_json::json!(["charge"]))
    );
    let table = succeed(here, &["evaluate", "--model", "charges", "--data", "data.xyz"]);
    assert!(table.contains("MAE/e") && table.contains("correlation") && table.contains("540"), "{table}");
    assert!(
        fs::read_to_string(here.join("out.csv"))
            .unwrap()
            .starts_with("frame,atoms,column,labels,mae/e,rmse/e,correlation/1\n0,9,charge,9,")
    );

    let described = succeed(here, &["describe", "charges"]);
    for part in
        ["model of kind cormorant-atoms", "predicts: charge of each atom in e", "a number", "labels in training: H C O"]
    {
        assert!(described.contains(part), "{part:?} is not in {described}");
    }
    let page = fs::read_to_string(here.join("charges/report.html")).unwrap();
    for part in ["correlation (Pearson)", "Reference / e", "parity-0", "charge of each atom in e"] {
        assert!(page.contains(part), "{part:?} is not in the page");
    }
    let curve = fs::read_to_string(here.join("charges/learning-curve.csv")).unwrap();
    assert!(curve.contains("train_charge_mae/e,validation_charge_mae/e,validation_charge_rmse/e"), "{curve}");

    is_refused_elsewhere(here);
}

/// The model `charges` drives nothing, and forms no committee.
fn is_refused_elsewhere(here: &Path) {
    fs::create_dir(here.join("second")).unwrap();
    fs::copy(here.join("charges/model.safetensors"), here.join("second/model.safetensors")).unwrap();
    for (arguments, expected) in [
        (
            &["run", "--model", "charges", "--temperature", "300 K", "--structure", "data.xyz", "--duration", "1 ps"][..],
            "predicts charge of each atom and provides no forces",
        ),
        (
            &["minimize", "--model", "charges", "--structures", "data.xyz", "--out", "m.xyz"],
            "predicts charge of each atom and provides no forces",
        ),
        (
            &["evaluate", "--model", "charges", "--model", "second", "--data", "data.xyz"],
            "such models cannot form a committee",
        ),
    ] {
        let output = cormorant(here, arguments);
        let message = text(&output.stderr);
        assert!(!output.status.success() && message.contains(expected), "{arguments:?}: {message}");
    }
}

/// Catches: columns that are exchanged, vectors or tensors in another order when written than when read, predictions for elements that
/// had no labels, files without labels that are refused.
#[test]
fn tensors_and_several_columns_are_written_as_they_are_read() {
    let here = tempfile::tempdir().unwrap();
    let here = here.path();
    data(here, 40);
    let lines = "target = \"quadrupole\"\ntarget_unit = \"e*bohr^2\"\ntarget_order = \"voigt\"\ntarget_elements = [\"C\", \"O\"]";
    succeed(here, &["fit", &input(here, "quadrupoles", lines, "epochs = 5")]);
    succeed(here, &["evaluate", "--model", "quadrupoles", "--data", "data.xyz", "--out", "out.xyz"]);
    let (written, read) = (frames(&here.join("out.xyz")), frames(&here.join("data.xyz")));
    let column = |frame: &Frame, name: &str| match &frame.columns.iter().find(|column| column.0 == name).unwrap().2 {
        cormorant::io::Column::Reals(values) => values.clone(),
        other => panic!("{other:?}"),
    };
    let (nine, six) = (column(&written[0], "quadrupole"), column(&read[0], "quadrupole"));
    for (atom, [nine, six]) in nine.chunks_exact(9).zip(six.chunks_exact(6)).map(|(a, b)| [a, b]).enumerate() {
        let expected = [six[0], six[5], six[4], six[5], six[1], six[3], six[4], six[3], six[2]];
        assert_eq!(nine, expected, "atom {atom}");
    }
    let found = column(&written[0], "quadrupole_predicted");
    for (element, value) in written[0].elements.iter().zip(found.chunks_exact(9)) {
        let hydrogen = element.symbol() == "H";
        assert!(value.iter().all(|x| x.is_nan() == hydrogen), "{element}: {value:?}");
        assert!(hydrogen || (value[0] + value[4] + value[8]).abs() < 1e-6, "{value:?}");
    }

    // Two columns, one of which is the other with its sign and some labels missing.
    let text_of = fs::read_to_string(here.join("data.xyz")).unwrap();
    let doubled: Vec<String> = text_of
        .lines()
        .map(|line| match line.split_whitespace().collect::<Vec<_>>()[..] {
            [symbol, x, y, z, charge, ..] if symbol != "Properties" => {
                let other =
                    if symbol == "O" { "nan".to_string() } else { format!("{:?}", -charge.parse::<f64>().unwrap()) };
                format!("{symbol} {x} {y} {z} {charge} {other}")
            }
            _ if line.starts_with("Properties") => "Properties=species:S:1:pos:R:3:plus:R:1:minus:R:1".into(),
            _ => line.to_string(),
        })
        .collect();
    fs::write(here.join("data.xyz"), doubled.join("\n") + "\n").unwrap();
    let out = succeed(
        here,
        &["fit", &input(here, "both", "target = [\"plus\", \"minus\"]\ntarget_unit = \"e\"", "epochs = 100")],
    );
    let header = AtomModel::load(&here.join("both")).unwrap().header;
    let errors = &header.errors["test"];
    assert_eq!(
        errors.properties.iter().map(|one| one.quantity.as_str()).collect::<Vec<_>>(),
        ["targets", "plus", "minus"]
    );
    let labels: Vec<usize> =
        errors.atom_targets.iter().filter(|one| one.element.is_none()).map(|one| one.labels).collect();
    assert_eq!(labels, [90, 80], "{out}");
    assert!(!errors.atom_targets.iter().any(|one| one.column == "minus" && one.element.as_deref() == Some("O")));
    succeed(here, &["evaluate", "--model", "both", "--data", "data.xyz", "--out", "both.xyz"]);
    let first = &frames(&here.join("both.xyz"))[0];
    let [plus, minus] = ["plus_predicted", "minus_predicted"].map(|name| first.numbers(name).unwrap());
    for (element, (plus, minus)) in
        first.elements.iter().zip(plus.iter().zip(&minus)).filter(|(e, _)| e.symbol() != "O")
    {
        assert!((plus + minus).abs() < 0.05 && plus.abs() < 0.6, "{element}: {plus} {minus}");
    }
    // What was written is compared again, with its missing labels, and structures without labels are predicted.
    let again = succeed(here, &["evaluate", "--model", "both", "--data", "both.xyz"]);
    assert!(again.contains("minus                    all       320"), "{again}");
    fs::write(here.join("bare.xyz"), "2\n\nO 0 0 0\nH 0 0 0.97\n").unwrap();
    let bare = succeed(here, &["evaluate", "--model", "both", "--data", "bare.xyz"]);
    assert!(bare.contains("no atom has labels to compare with"), "{bare}");
    succeed(here, &["evaluate", "--model", "both", "--data", "bare.xyz", "--out", "predicted.xyz"]);
    assert!(frames(&here.join("predicted.xyz"))[0].numbers("plus").is_none());
    fs::write(here.join("other.xyz"), "1\nProperties=species:S:1:pos:R:3:plus:R:3:minus:R:3\nO 0 0 0 1 2 3 1 2 3\n")
        .unwrap();
    let message = text(&cormorant(here, &["evaluate", "--model", "both", "--data", "other.xyz"]).stderr);
    assert!(message.contains("has 3 numbers for each atom, and the model predicts a number"), "{message}");
}

/// Catches: a fit that ends with other weights on other threads, or after a stop and `--resume`.
#[test]
fn a_fit_that_was_stopped_ends_with_the_same_bits() {
    let here = tempfile::tempdir().unwrap();
    let here = here.path();
    data(here, 40);
    let lines = "target = \"dipole\"\ntarget_unit = \"e*bohr\"";
    let weights = |name: &str| AtomModel::load(&here.join(name)).unwrap().weights;
    for (name, threads) in [("one", 1), ("two", 2), ("three", 3)] {
        succeed(here, &["fit", &input(here, name, lines, &format!("epochs = 6\nthreads = {threads}"))]);
    }
    assert_eq!(weights("one"), weights("two"));
    assert_eq!(weights("one"), weights("three"));
    // A kill at some point of a longer fit, then the rest.
    let file = input(here, "stopped", lines, "epochs = 400\nthreads = 1");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_cormorant"))
        .args(["fit", &file, "--quiet"])
        .current_dir(here)
        .spawn()
        .unwrap();
    while !here.join("stopped/learning-curve.csv").exists()
        || fs::read_to_string(here.join("stopped/learning-curve.csv")).unwrap().lines().count() < 4
    {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!here.join("stopped/model.safetensors").exists(), "the fit ended before it was killed");
    succeed(here, &["fit", &file, "--resume", "--quiet"]);
    succeed(here, &["fit", &input(here, "whole", lines, "epochs = 400\nthreads = 2"), "--quiet"]);
    assert_eq!(weights("stopped"), weights("whole"));
    let refused = cormorant(here, &["fit", &file]);
    assert!(!refused.status.success(), "a finished model was replaced");
}
