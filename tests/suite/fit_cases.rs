//! Files that users bring to a fit, and on which it once went wrong: small copies under `tests/cases`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cormorant::certify::{Plan, TrialControl, certify_within, leaves};
use cormorant::fit::checks::{Severity, check};
use cormorant::fit::surroundings::envelope;
use cormorant::fit::{
    Configuration, DataPlan, DataSet, LabelKeys, LabelScale, Reserve, SplitPlan, StressConvention, StressSign,
};
use cormorant::json;
use cormorant::model::{Certificate, Model, Scaling, TrialPart};
use cormorant::units::{FEMTOSECOND, GIGAPASCAL};

use crate::cli::{cormorant, text};

/// A network of a thousand weights.
const SMALL: &str =
    "model = { channels = 16, max_degree = 1, layers = 1, products = 1, radial_hidden = 16, radial_functions = 6 }";

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

fn frames(name: &str) -> Vec<Configuration> {
    DataSet::read(&case(name), None).unwrap().configurations
}

fn with_virials(frames: &[Configuration], change: impl Fn([[f64; 3]; 3]) -> [[f64; 3]; 3]) -> Vec<Configuration> {
    frames.iter().map(|one| Configuration { virial: one.virial.map(&change), ..one.clone() }).collect()
}

/// Catches: a stress that is learned from though it has another sign or unit than the energies, and a check that cries wolf.
#[test]
fn a_wrong_stress_is_named_before_it_is_learned() {
    let good = frames("03-stress-in-kbar/si8-good.xyz");
    let report = check(&good);
    let slope = report.stress_slope.unwrap();
    assert!((slope.value - 1.0).abs() < 0.25 && slope.error < 0.1, "{slope:?}");
    assert!(report.wrong_stress.is_none(), "{:?}", report.wrong_stress);
    // Labels that were read as eV/Å³ with tension positive, but are not.
    let cases: [(f64, &[&str]); 5] = [
        (-1.0, &["opposite", "stress_sign = \"compression\""]),
        (1.0 / GIGAPASCAL, &["160.2", "GPa", "stress_unit = \"GPa\""]),
        (-10.0 / GIGAPASCAL, &["1602.2", "opposite", "stress_unit = \"kbar\"", "stress_sign = \"compression\""]),
        (-1.0 / GIGAPASCAL, &["stress_unit = \"GPa\"", "--stress-sign compression"]),
        (10.0 / GIGAPASCAL, &["stress_unit = \"kbar\""]),
    ];
    for (factor, expected) in cases {
        let wrong = with_virials(&good, |virial| virial.map(|row| row.map(|x| x * factor)));
        let found = check(&wrong).wrong_stress.unwrap_or_else(|| panic!("a stress times {factor} passes"));
        assert_eq!(found.severity, Severity::Grave);
        assert!(expected.iter().all(|text| found.text.contains(text)), "{factor}: {}", found.text);
    }
}

/// Catches: six numbers in the order of VASP that are read in that of Voigt, whose diagonal is right.
#[test]
fn a_wrong_order_of_six_numbers_is_named() {
    let good = frames("03-stress-in-kbar/si8-good.xyz");
    // yz, xz, xy hold what VASP calls xy, yz, zx.
    let turned = with_virials(&good, |w| {
        let (xy, yz, zx) = (w[0][1], w[1][2], w[0][2]);
        let (yz, xz, xy) = (xy, yz, zx);
        [[w[0][0], xy, xz], [xy, w[1][1], yz], [xz, yz, w[2][2]]]
    });
    let found = check(&turned).wrong_stress;
    assert!(found.as_ref().is_some_and(|found| found.text.contains("xx yy zz yz xz xy")), "{found:?}");
}

/// Catches: a stress in one cell that is 160 or 1600 times too large for any material and passes, because no cells differ.
#[test]
fn an_impossible_stress_is_named_without_a_scan() {
    let good = frames("03-stress-in-kbar/si8-good.xyz");
    let one_cell = |factor: f64| -> Vec<Configuration> {
        let same = good.iter().map(|one| Configuration { cell: good[0].cell, ..one.clone() }).collect::<Vec<_>>();
        with_virials(&same, |virial| virial.map(|row| row.map(|x| x * factor)))
    };
    assert!(check(&one_cell(1.0)).wrong_stress.is_none());
    for (factor, unit) in [(1.0 / GIGAPASCAL, "GPa"), (10.0 / GIGAPASCAL, "kbar")] {
        let found = check(&one_cell(factor)).wrong_stress.unwrap().text;
        assert!(found.contains(&format!("stress_unit = \"{unit}\"")), "{found}");
    }
}

/// Catches: keys for unit and sign of the stress that are not read, or read the wrong way round; a fit that learns all the same.
#[test]
fn the_keys_for_the_stress_mend_it() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let path = case("03-stress-in-kbar/si8-good.xyz");
    let scaled: String = fs::read_to_string(&path)
        .unwrap()
        .lines()
        .map(|line| match line.split_once("stress=\"") {
            Some((before, rest)) => {
                let (numbers, after) = rest.split_once('"').unwrap();
                let numbers: Vec<String> = numbers
                    .split_whitespace()
                    .map(|x| (-10.0 / GIGAPASCAL * x.parse::<f64>().unwrap()).to_string())
                    .collect();
                format!("{before}stress=\"{}\"{after}\n", numbers.join(" "))
            }
            None => format!("{line}\n"),
        })
        .collect();
    fs::write(here.join("vasp.xyz"), scaled).unwrap();
    let stress_convention = StressConvention { unit: Some("kbar".parse().unwrap()), sign: StressSign::Compression };
    let keys = LabelKeys { stress_convention, ..LabelKeys::default() };
    let read = DataSet::read_labels(&here.join("vasp.xyz"), None, &keys).unwrap();
    assert!(read.units.contains("stress in kbar") && read.units.contains("compression"), "{}", read.units);
    for (found, expected) in read.configurations.iter().zip(&frames("03-stress-in-kbar/si8-good.xyz")) {
        let pairs = found.virial.unwrap().into_iter().flatten().zip(expected.virial.unwrap().into_iter().flatten());
        pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-6 * (1.0 + b.abs()), "{a} {b}"));
    }
    let input = |more: &str| {
        format!(
            "version = 1\nname = \"a\"\noutput = {{ folder = \"a\" }}\ndata = {{ file = \"vasp.xyz\", train = 4, validation = 2{more} }}\n\
             {SMALL}\nrun = {{ epochs = 1, threads = 1 }}\n"
        )
    };
    fs::write(here.join("fit.toml"), input("")).unwrap();
    let refused = cormorant(here, &["fit", "fit.toml"]);
    let message = text(&refused.stderr);
    assert!(!refused.status.success() && message.contains("stress_unit = \"kbar\""), "{message}");
    assert!(!here.join("a/learning-curve.csv").exists(), "it was learned from");
    fs::write(here.join("fit.toml"), input(", stress_unit = \"kbar\", stress_sign = \"compression\"")).unwrap();
    let done = cormorant(here, &["fit", "fit.toml"]);
    let out = text(&done.stdout);
    assert!(done.status.success() && out.contains("stress MAE/GPa"), "{out}\n{}", text(&done.stderr));
    // Catches: a closing table of another model or another definition than that of `evaluate`.
    let header = Model::load(&here.join("a")).unwrap().header;
    let kept: Vec<_> = header.data.train.iter().map(|&index| index.to_string()).collect();
    assert!(header.errors_of.is_some() && !kept.is_empty());
    let lines: Vec<String> = fs::read_to_string(here.join("vasp.xyz")).unwrap().lines().map(str::to_string).collect();
    let part: String = header
        .data
        .train
        .iter()
        .flat_map(|&index| &lines[10 * index..10 * index + 10])
        .fold(String::new(), |all, line| all + line + "\n");
    fs::write(here.join("train.xyz"), part).unwrap();
    let arguments =
        ["evaluate", "--model", "a", "--data", "train.xyz", "--stress-unit", "kbar", "--stress-sign", "compression"];
    let shown = text(&cormorant(here, &[&arguments[..], &["--json"]].concat()).stdout);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let train = &header.errors["train"];
    for (key, stated) in [
        ("energy_mae", train.energy_mae),
        ("energy_rmse", train.energy_rmse),
        ("force_mae", train.force_mae),
        ("force_rmse", train.force_rmse),
        ("stress_mae", train.stress_mae.unwrap()),
    ] {
        let found = shown[key].as_f64().unwrap();
        assert!((found - stated).abs() < 1e-7 * stated, "{key}: {found} and {stated}");
    }
    assert!(shown["extrapolation"]["frames"].as_array().is_some_and(|frames| frames.len() == 4));
}

fn plan(file: &Path, seed: u64) -> DataPlan {
    DataPlan {
        file: file.to_path_buf(),
        sha256: None,
        units: None,
        keys: LabelKeys::default(),
        weights: std::collections::BTreeMap::new(),
        theory: None,
        split: SplitPlan::Counted { train: None, validation: None, test: 0 },
        validation_file: None,
        test_file: None,
        seed,
        electrostatics: false,
        cutoff: 5.0,
    }
}

/// Catches: isolated atoms in a box, or under another name, that are trained on as crystals and are no references.
#[test]
fn isolated_atoms_in_boxes_are_references() {
    let path = case("04-isolated-atom-in-a-box/train.xyz");
    let text = fs::read_to_string(&path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.xyz");
    // Small boxes hold periodic images within the cutoff: there only the name tells.
    let small =
        |name: &str| text.replace("\"20 0 0 0 20 0 0 0 20\"", "\"4 0 0 0 4 0 0 0 4\"").replace("IsolatedAtom", name);
    let unnamed = text.replace(" config_type=IsolatedAtom", "");
    let apart = format!(
        "2\nLattice=\"30 0 0 0 30 0 0 0 30\" Properties=species:S:1:pos:R:3:forces:R:3 energy=-21.4 pbc=\"T T T\"\n\
         H 0 0 0 0 0 0\nH 12 0 0 0 0 0\n{}",
        unnamed.lines().filter(|line| !line.is_empty()).fold(String::new(), |all, line| all + line + "\n")
    );
    for text in
        [text.clone(), unnamed, small("isolated_atom"), small("Isolated_O"), small("single-atom"), small("atom"), apart]
    {
        fs::write(&file, &text).unwrap();
        let data = plan(&file, 1).read().unwrap();
        assert_eq!(data.train.len() + data.validation.len(), 14, "{:?}", data.notes);
        let energies: Vec<f64> = data.references.energies.values().copied().collect();
        assert_eq!(energies, [-10.7, -49.0, -103.0], "{}", &text[..200]);
    }
}

/// Catches: an element that only validation frames have; parts that change their sizes; a split that changes where none is missing.
#[test]
fn a_rare_element_is_trained_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.xyz");
    let frames = |rare: usize| -> String {
        (0..20)
            .map(|frame| {
                let symbol = if frame == rare { "S" } else { "O" };
                format!(
                    "2\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-{frame}.5\n{symbol} 0 0 0 0 0 0\nH 0.9 0.{frame} 0 0 0 0\n"
                )
            })
            .collect::<Vec<_>>()
            .concat()
    };
    let read = |text: String, change: &dyn Fn(&mut DataPlan)| {
        fs::write(&file, text).unwrap();
        let mut plan = plan(&file, 1);
        change(&mut plan);
        plan.read().map_err(|error| error.to_string())
    };
    let usual = read(frames(99), &|_| ()).unwrap();
    let mut moved = 0;
    for rare in 0..20 {
        let data = read(frames(rare), &|_| ()).unwrap();
        assert!(data.split.train.contains(&rare) && data.elements.len() == 3);
        assert_eq!((data.train.len(), data.validation.len()), (usual.train.len(), usual.validation.len()));
        let said = data.notes.iter().any(|note| note.contains(&format!("frame {rare} ")) && note.contains("holds S"));
        if usual.split.train.contains(&rare) {
            assert_eq!(data.split, usual.split);
        } else {
            assert!(said, "{:?}", data.notes);
            moved += 1;
        }
    }
    assert_eq!(moved, usual.validation.len());
    // A frame that no part would have had.
    let few = |plan: &mut DataPlan| plan.split = SplitPlan::Counted { train: Some(3), validation: Some(2), test: 2 };
    for rare in 0..20 {
        let data = read(frames(rare), &few).unwrap();
        assert!(data.split.train.contains(&rare));
        assert_eq!((data.train.len(), data.validation.len(), data.test.len()), (3, 2, 2));
    }
}

/// Catches: a fit that is given up because forces that are zero by symmetry start with no error; first weights that blow up what
/// rounding leaves of directions on symmetric sites, so that the forces of the first epoch are millions of eV/Å.
#[test]
fn volume_scans_are_learned() {
    for name in ["without-stress.xyz", "with-stress.xyz", "cubic-small-rattle-wide.xyz"] {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        fs::copy(case("19-volume-scan-zero-forces").join(name), here.join("scan.xyz")).unwrap();
        let input = format!(
            "version = 1\nname = \"a\"\noutput = {{ folder = \"a\" }}\ndata = {{ file = \"scan.xyz\", train = 16, validation = 4 }}\n{SMALL}\n\
             run = {{ epochs = 240, threads = 1 }}\n"
        );
        fs::write(here.join("fit.toml"), input).unwrap();
        let done = cormorant(here, &["fit", "fit.toml", "--quiet"]);
        assert!(done.status.success(), "{name}: {}", text(&done.stderr));
        let curve = fs::read_to_string(here.join("a/learning-curve.csv")).unwrap();
        let column = |line: &str, index: usize| line.split(',').nth(index).unwrap().parse::<f64>().unwrap();
        let lines: Vec<&str> = curve.lines().skip(1).collect();
        // The energies of the frames spread by 60 meV per atom, the forces by nothing, or 80 meV/Å.
        let (first, last) = (lines[0], lines[lines.len() - 1]);
        assert!(column(first, 5) < 1.0e4, "{name}: forces of the first epoch are off by {} meV/Å", column(first, 5));
        // The weight of the energy rises along the way, so the error of the energies is what tells.
        assert!(column(last, 4) < 0.05 * column(first, 4), "{name}: from {first} to {last}");
    }
}

/// Catches: a unit of the network that depends on forces which symmetry makes small; one that changes where forces tell.
#[test]
fn the_unit_is_that_of_what_is_learned() {
    let scan = LabelScale::of(&frames("19-volume-scan-zero-forces/without-stress.xyz"));
    assert!(scan.force == 0.0 && !scan.forces_tell() && (scan.unit() - 2.0 * scan.energy_spread).abs() < 1e-12);
    let thermal = LabelScale::of(&frames("03-stress-in-kbar/si8-good.xyz"));
    assert!(thermal.forces_tell() && thermal.unit().to_bits() == thermal.force.to_bits(), "{thermal:?}");
}

/// Catches: a metric with NaN in it, from a covariance whose entries span more decades than their squares may.
#[test]
fn a_metric_survives_variances_of_every_size() {
    let data = plan(&case("30-model-nobody-can-read/ala26.xyz"), 2);
    let data = DataPlan { split: SplitPlan::Counted { train: Some(24), validation: Some(2), test: 0 }, ..data }
        .read()
        .unwrap();
    let elements: Vec<_> = data.references.energies.keys().copied().collect();
    let scaling = Scaling { references: vec![0.0; elements.len()], elements, scale: 1.0 };
    let found = envelope(&data.train, &scaling, 5.0).unwrap();
    for element in &found.elements {
        assert!(element.farthest.is_finite() && element.farthest < 1.0e6, "{}", element.farthest);
        assert!(element.projection.iter().chain(&element.centers).all(|x| x.is_finite()));
    }
}

/// Catches: JSON with `null` where a number was meant; a model with such a number that becomes a file.
#[test]
fn nothing_that_is_not_finite_is_written() {
    #[derive(serde::Serialize)]
    struct Inner {
        grade: f64,
        #[serde(serialize_with = "json::or_null")]
        unknown: f64,
    }
    #[derive(serde::Serialize)]
    struct Outer {
        heat: Vec<Inner>,
        map: std::collections::BTreeMap<String, f64>,
        none: Option<f64>,
    }
    let value = |grade: f64, entry: f64| Outer {
        heat: vec![Inner { grade: 1.0, unknown: f64::NAN }, Inner { grade, unknown: 2.0 }],
        map: [("H-C".to_string(), entry)].into(),
        none: None,
    };
    let whole = json::text(&value(2.0, 3.0)).unwrap();
    assert_eq!(
        whole,
        r#"{"heat":[{"grade":1.0,"unknown":null},{"grade":2.0,"unknown":2.0}],"map":{"H-C":3.0},"none":null}"#
    );
    assert!(json::text(&value(f64::NAN, 3.0)).unwrap_err().contains("`heat[1].grade` is NaN"));
    assert!(json::pretty(&value(1.0, f64::INFINITY)).unwrap_err().contains("`map.H-C` is inf"));
    let folder = tempfile::tempdir().unwrap();
    let shipped = Model::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ethanol")).unwrap();
    shipped.save(folder.path()).unwrap();
    let file = folder.path().join("model.safetensors");
    let before = fs::read(&file).unwrap();
    let faults: [fn(&mut Model); 4] = [
        |model| model.weights[3] = f64::NAN,
        |model| model.header.envelope.as_mut().unwrap().elements[0].farthest = f64::INFINITY,
        |model| model.header.envelope.as_mut().unwrap().elements[0].centers[0] = f64::NAN,
        |model| model.header.certificate.as_mut().unwrap().drift = f64::NAN,
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        let mut model = shipped.clone();
        fault(&mut model);
        assert!(model.save(folder.path()).is_err(), "fault {number}");
        assert_eq!(fs::read(&file).unwrap(), before, "fault {number} replaced the model that was there");
    }
}

/// Catches: trials that go on when the time is over, or leave out what they do not name; a certificate of a part that is taken for
/// the whole.
#[test]
fn a_certificate_keeps_to_its_time() {
    let model = Model::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ethanol")).unwrap();
    let certify_for = |looks: usize| -> Certificate {
        let left = std::cell::Cell::new(looks);
        let time_left = || {
            let now = left.get();
            left.set(now.saturating_sub(1));
            Some(Duration::from_secs(now as u64))
        };
        certify_within(&model, TrialControl { stop: &|| false, time_left: &time_left, progress: &|_, _| () }).unwrap()
    };
    let none = certify_for(0);
    use TrialPart::{Bonds, Drift, Heat, Pairs, Symmetries, TimeStep};
    assert_eq!(none.left_out, [Symmetries, Pairs, Heat, TimeStep, Drift, Bonds]);
    assert!(none.force_error > 0.0 && none.heat.is_empty() && none.known_drift().is_none());
    assert!(none.drift_in_words().contains("not tested") && none.gaps().unwrap().contains("cormorant certify"));
    let some = certify_for(2100);
    assert!(some.tried(Symmetries) && some.heat.len() == 1 && !some.tried(TimeStep), "{some:?}");
    let mut header = model.header.clone();
    header.certificate = Some(some);
    let elements = header.scaling().unwrap().elements;
    let plan = Plan {
        temperature: 300.0,
        time_step: 0.5 * FEMTOSECOND,
        elements,
        dimensions: 0,
        volume: None,
        changes_volume: false,
    };
    assert!(leaves(&header.record(), &plan)[0].contains("incomplete"), "{:?}", leaves(&header.record(), &plan));
    // It is part of the file, and of a model that failed no number is printed to its last digit.
    let runaway = Certificate { drift: Certificate::RUNAWAY, left_out: Vec::new(), ..none };
    assert!(runaway.drift_in_words().len() < 80 && runaway.drift_in_words().contains("not measured"));
    let text = json::text(&runaway).unwrap();
    assert_eq!(serde_json::from_str::<Certificate>(&text).unwrap(), runaway);
}

/// Catches: epochs that leave no time for what follows them, or a reserve that leaves none for the epochs.
#[test]
fn a_reserve_is_a_part_of_the_limit() {
    let limit = Duration::from_secs(100);
    let small = Reserve::of(limit, 1.0, 2.0, 1.0);
    assert!((small.total().as_secs_f64() - 4.8).abs() < 1e-6, "{small:?}");
    let large = Reserve::of(limit, 1.0e3, 1.0e5, 1.0e3);
    assert_eq!(large.total(), Duration::from_secs(50));
    assert_eq!((large.certificate, large.report), (Duration::from_secs(15), Duration::from_secs(15)));
}

/// Catches: energies of structures unlike anything in training that are given without a word.
#[test]
fn evaluate_warns_of_what_it_does_not_know() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ethanol");
    let model = model.to_str().unwrap();
    fs::write(here.join("h2.xyz"), "2\nhydrogen\nH 0 0 0\nH 0 0 0.74\n").unwrap();
    let out = cormorant(here, &["evaluate", "--model", model, "--data", "h2.xyz", "--out", "found.xyz"]);
    let (said, warned) = (text(&out.stdout), text(&out.stderr));
    assert!(out.status.success() && said.contains("closest contact: 0.740 Å"), "{said}\n{warned}");
    assert!(warned.contains("1 of 1 frames are outside"), "{warned}");
    assert!(fs::read_to_string(here.join("found.xyz")).unwrap().contains(" closest_contact=0."));
    assert!(fs::read_to_string(here.join("found.csv")).unwrap().contains(",grade/1,closest_contact/1"));
    let known = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/structures/ethanol.xyz");
    let out = cormorant(here, &["evaluate", "--model", model, "--data", known.to_str().unwrap(), "--out", "known.xyz"]);
    assert!(out.status.success() && !text(&out.stderr).contains("outside"), "{}", text(&out.stderr));
}
