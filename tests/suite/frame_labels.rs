//! Labels by frame: energies or forces alone, stress in some frames, weights, groups, charges.

use std::fs;

use cormorant::fit::{Configuration, DataSet, GroupMetrics, LabelCounts, LabelKeys, Metrics};
use cormorant::system::Element;

use crate::cli::{cormorant, sample_frames, text};
use crate::dialects::case;

fn read(text: &str, keys: &LabelKeys) -> Result<DataSet, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.xyz");
    fs::write(&path, text).unwrap();
    DataSet::read_labels(&path, None, keys).map_err(|error| error.to_string())
}

fn plain(text: &str) -> Result<DataSet, String> {
    read(text, &LabelKeys::default())
}

/// Two atoms with further keys, with or without forces.
fn frame(keys: &str, forces: bool) -> String {
    let (column, first, second) = if forces { (":forces:R:3", " 0.1 0 0", " -0.1 0 0") } else { ("", "", "") };
    format!("2\nProperties=species:S:1:pos:R:3{column} {keys}\nH 0 0 0{first}\nCl 1.3 0 0{second}\n")
}

#[test]
fn each_frame_has_the_labels_that_it_has() {
    // Catches a label that is missing in one frame and refuses the file, or is taken for zero.
    let file = [
        frame("energy=-1", true),
        frame("energy=-2", false),
        frame("", true),
        frame("energy=-3 Lattice=\"5 0 0 0 5 0 0 0 5\" stress=\"0.1 0 0 0 0.1 0 0 0 0.1\"", true),
        frame("energy=-4 Lattice=\"5 0 0 0 5 0 0 0 0\" pbc=\"T T F\"", true),
    ];
    let set = plain(&file.concat()).unwrap();
    let counts = set.counts();
    assert_eq!(
        counts,
        LabelCounts { frames: 5, energies: 4, forces: 4, virials: 1, weighted: 0, ..LabelCounts::default() }
    );
    assert_eq!(counts.to_string(), "frames with energy 4, with forces 4, with stress 1");
    let energies: Vec<_> = set.configurations.iter().map(|one| one.energy).collect();
    assert_eq!(energies, [Some(-1.0), Some(-2.0), None, Some(-3.0), Some(-4.0)]);
    assert_eq!(set.configurations[4].cell.unwrap().periodic(), [true, true, false]);
    // A lone frame without anything else is no data, and what looks like a label is not passed over for the others.
    assert!(plain(&frame("", false)).unwrap_err().contains("energies or forces"));
    assert!(plain(&frame("dft_energy=1", true)).unwrap_err().contains("--energy-key dft_energy"));
    let none = LabelKeys { energy: Some("none".into()), ..LabelKeys::default() };
    assert_eq!(read(&frame("dft_energy=1", true), &none).unwrap().counts().energies, 0);
}

/// Catches: forces on atoms alone, which are zero whatever the model, among the errors.
#[test]
fn atoms_alone_say_nothing_about_forces() {
    let one = |elements: &[&str], force: f64| Configuration {
        elements: elements.iter().map(|symbol| Element::from_symbol(symbol).unwrap()).collect(),
        positions: elements.iter().enumerate().map(|(place, _)| [place as f64, 0.0, 0.0]).collect(),
        energy: Some(0.0),
        forces: vec![[force, 0.0, 0.0]; elements.len()],
        ..Configuration::default()
    };
    let mut metrics = Metrics::default();
    metrics.add(&one(&["H", "O"], 0.0), 0.0, &[[0.3, 0.0, 0.0]; 2], None);
    let expected = metrics.errors().force_mae;
    metrics.add(&one(&["O"], 0.0), 0.0, &[[0.0; 3]], None);
    assert!((metrics.errors().force_mae - expected).abs() < 1e-12 && (expected - 100.0).abs() < 1e-9);
    // A label that says otherwise is compared.
    metrics.add(&one(&["O"], 1.0), 0.0, &[[0.0; 3]], None);
    assert!(metrics.errors().force_mae > expected);
}

#[test]
fn stress_without_a_meaning_is_passed_over() {
    // Catches a stress of a molecule, of zeros or missing in some frames that refuses the file, or is learned from.
    let set = DataSet::read(&case("01-stress-of-molecules/train.xyz"), None).unwrap();
    assert!(set.configurations.iter().all(|one| one.virial.is_none()));
    assert_eq!(set.notes.len(), 1, "{:?}", set.notes);
    assert!(set.notes[0].contains("`stress` is ignored") && set.notes[0].contains("all 4 frames"), "{:?}", set.notes);
    let some =
        plain(&[frame("energy=1 stress=\"1 0 0 0 1 0 0 0 1\" pbc=\"F F F\"", true), frame("energy=2", true)].concat());
    assert!(some.unwrap().notes[0].contains("no meaning without a cell (frame 0)"));
    let keys = LabelKeys { stress: Some("REF_stress".into()), ..LabelKeys::default() };
    let path = case("02-stress-in-some-frames/train.xyz");
    let set = DataSet::read_labels(&path, None, &keys).unwrap();
    let counts = set.counts();
    assert!(0 < counts.virials && counts.virials < counts.frames, "{counts}");
    let mistyped = LabelKeys { stress: Some("REF_stres".into()), ..LabelKeys::default() };
    let message = DataSet::read_labels(&path, None, &mistyped).unwrap_err().to_string();
    assert!(message.contains("there is no `REF_stres`"), "{message}");
}

#[test]
fn charges_are_read_under_any_name() {
    // Catches charges that are mixed without a word: frames of NaCl 3 eV apart.
    let set = DataSet::read(&case("31-charge-ignored/nacl.xyz"), None).unwrap();
    assert_eq!(set.configurations[1].state.charge, Some(1));
    for (key, charge) in [
        ("charge=1", 1),
        ("total_charge=-2", -2),
        ("Charge=1", 1),
        ("q=1", 1),
        ("net_charge=+1", 1),
        ("charge=2-", -2),
        ("CHARGE=\"1\"", 1),
    ] {
        let set = plain(&frame(&format!("energy=1 {key}"), true)).unwrap();
        assert_eq!(set.configurations[0].state.charge, Some(charge), "{key}");
        assert!(set.notes.is_empty(), "{:?}", set.notes);
    }
    assert!(plain(&frame("energy=1 charge=0 Charge=0.0", true)).is_ok());
}

#[test]
fn what_is_not_used_is_named_once() {
    // Catches columns and keys that are dropped without a word, also those that come after the first frame, and noise about the rest.
    let first = frame("energy=-1 free_energy=-1 config_type=a name=b smiles=CCO charge=0 units=eV", true);
    assert!(plain(&first).unwrap().notes.is_empty(), "{:?}", plain(&first).unwrap().notes);
    let second =
        frame("energy=-1 free_energy=-1.5 total_magmom=0 made_up=3", true).replace("forces:R:3", "forces:R:3:tags:I:1");
    let second: String = second
        .lines()
        .map(|line| if line.contains("0.1") { format!("{line} 1\n") } else { format!("{line}\n") })
        .collect();
    let notes = plain(&[first, second.clone(), second].concat()).unwrap().notes;
    assert_eq!(notes.len(), 1, "{notes:?}");
    for name in [
        "key `free_energy` (the energy that belongs",
        "key `total_magmom` (magnetic",
        "key `made_up`",
        "column `tags` (marks",
    ] {
        assert!(notes[0].contains(name), "{name}: {notes:?}");
    }
    for name in ["config_type", "name", "smiles", "charge"] {
        assert!(!notes[0].contains(name), "{name}: {notes:?}");
    }
}

#[test]
fn weights_and_groups_come_from_comments() {
    // Catches a weight that is ignored, and one that multiplies another term.
    let set = plain(
        &[frame("energy=1 weight=2 energy_weight=3 config_type=bulk scan=s7", true), frame("energy=1", true)].concat(),
    )
    .unwrap();
    let one = &set.configurations[0];
    assert_eq!((one.weights.energy, one.weights.forces, one.weights.virial), (6.0, 2.0, 2.0));
    assert_eq!(
        one.groups,
        [("config_type", "bulk"), ("scan", "s7")].map(|(key, name)| (key.to_string(), name.to_string()))
    );
    assert_eq!(set.counts().weighted, 1);
    // Catches a frame of no weight that is taken for one to learn from.
    let idle = plain(&[frame("energy=1 weight=0", true), frame("energy=1 energy_weight=0", true)].concat()).unwrap();
    assert_eq!([0, 1].map(|k: usize| idle.configurations[k].is_learned_from()), [false, true]);
    assert!(plain(&frame("energy=1 weight=-1", true)).unwrap_err().contains("`weight` is not a number"));
}

#[test]
fn relative_errors_are_those_of_a_hand_calculation() {
    // Catches means over the whole file, or over frames of other molecules.
    let elements =
        |symbols: &[&str]| symbols.iter().map(|symbol| Element::from_symbol(symbol).unwrap()).collect::<Vec<_>>();
    let label = |scan: &str, symbols: &[&str], energy: f64| Configuration {
        elements: elements(symbols),
        energy: Some(energy),
        groups: vec![("scan".into(), scan.into())],
        ..Configuration::default()
    };
    let mut metrics = GroupMetrics::default();
    // Scan a: errors 100 ± 0.002 eV; scan b: two molecules, whose constants differ, and a lone frame.
    metrics.add(&label("a", &["H"], 0.0), 100.002, &[]);
    metrics.add(&label("a", &["H"], 1.0), 100.998, &[]);
    metrics.add(&label("b", &["H"], 0.0), 5.0, &[]);
    metrics.add(&label("b", &["H"], 0.0), 5.004, &[]);
    metrics.add(&label("b", &["C"], 0.0), -7.0, &[]);
    let groups = metrics.groups();
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
    close(groups[0].energy.unwrap()[0], 100_000.0);
    close(groups[0].relative_energy.unwrap()[0], 2.0);
    close(groups[1].relative_energy.unwrap()[1], 2.0);
    let relative = &metrics.relative()[0];
    assert_eq!((relative.key.as_str(), relative.groups, relative.frames), ("scan", 2, 4));
    close(relative.energy[0], 2.0);
}

/// The sample frames, of which `keep` says for each whether energy and forces stay.
fn sample(folder: &std::path::Path, count: usize, keep: impl Fn(usize) -> [bool; 2]) {
    sample_frames(folder, count);
    let path = folder.join("frames.xyz");
    let all = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = all.lines().collect();
    let mut text = String::new();
    for (index, frame) in lines.chunks(11).enumerate() {
        let [energy, forces] = keep(index);
        for (number, line) in frame.iter().enumerate() {
            let mut line = (*line).to_string();
            if number == 1 && !energy {
                line = line.split(' ').filter(|word| !word.starts_with("energy=")).collect::<Vec<_>>().join(" ");
            }
            if !forces {
                line = line.replace(":forces:R:3", "");
                if number > 1 {
                    line = line.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
                }
            }
            text += &format!("{line}\n");
        }
    }
    fs::write(path, text).unwrap();
}

const INPUT: &str = "version = 1\nname = \"mixed\"\n[output]\nfolder = \"model\"\n[data]\nfile = \"frames.xyz\"\nvalidation = 6\n[model]\nchannels = 16\nlayers = 1\n\
                     [run]\nepochs = 2\n";

/// A model fitted to such frames; what the program printed.
fn fitted(keep: impl Fn(usize) -> [bool; 2]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path(), 24, keep);
    fs::write(folder.path().join("fit.toml"), INPUT).unwrap();
    let output = cormorant(folder.path(), &["fit", "fit.toml"]);
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
    (folder, text(&output.stdout))
}

#[test]
fn fits_to_energies_or_forces_alone_end_with_a_model() {
    // Catches a fit to incomplete labels that is refused, ends without a best epoch, or leaves a model that nothing can read.
    for (name, keep, line) in [
        (
            "energies",
            (|_| [true, false]) as fn(usize) -> [bool; 2],
            "frames with energy 24, with forces 0, with stress 0",
        ),
        ("forces", |_| [false, true], "frames with energy 0, with forces 24, with stress 0"),
        ("mixed", |frame| [frame % 3 > 0, frame % 2 > 0], "frames with energy 16, with forces 12, with stress 0"),
    ] {
        let (folder, printed) = fitted(keep);
        assert!(printed.contains(line), "{name}: {printed}");
        let model = folder.path().join("model");
        let curve = fs::read_to_string(model.join("learning-curve.csv")).unwrap();
        assert!(!curve.contains("NaN") && curve.lines().count() == 3, "{name}: {curve}");
        let arguments = ["evaluate", "--model", model.to_str().unwrap(), "--data", "frames.xyz"];
        let output = cormorant(folder.path(), &arguments);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{name}: {err}");
        assert!(!out.contains("NaN") && out.contains(line), "{name}: {out}");
        assert_eq!(out.contains("energy / meV"), name != "forces", "{name}: {out}");
        assert_eq!(out.contains("force / (meV/Å)"), name != "energies", "{name}: {out}");
    }
}
