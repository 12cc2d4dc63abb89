//! Energies that count only relative to those of other frames of their scan.

use super::training::{config, frames, scaling};
use cormorant::fit::{Configuration, DataSet, GroupMetrics, Learner, Part, Trainer, TrainerConfig};
use cormorant::model::CormorantConfig;

/// The energies of a frame, relative to those of scan `number` alone.
fn relative(frame: &Configuration, number: usize, constant: f64) -> Configuration {
    Configuration {
        energy: None,
        relative_energy: frame.energy.map(|energy| energy + constant),
        forces: Vec::new(),
        groups: vec![("scan".into(), number.to_string())],
        ..frame.clone()
    }
}

/// Training frames: eight with energies and forces, thirty in scans of six, each with its own zero.
fn training(constants: Option<[f64; 5]>) -> Vec<Configuration> {
    let all = frames();
    let scans = all[8..38].iter().enumerate().filter_map(|(k, frame)| Some(relative(frame, k % 5, constants?[k % 5])));
    all[..8].iter().cloned().chain(scans).collect()
}

fn trainer(train: Vec<Configuration>, threads: usize) -> Trainer<f32> {
    let all = frames();
    let scaling = scaling(&all[..8]);
    let network =
        CormorantConfig { max_degree: 1, max_edge_degree: 1, layers: 1, products: 1, ..CormorantConfig::default() };
    let config = TrainerConfig { weight_decay: 0.0, energy_weight: 10.0, ..config(threads, 0.03, 8) };
    let shape = network.shape(scaling.elements.len(), 8.0);
    Trainer::new(&shape, scaling, config, [train, all[38..50].to_vec(), Vec::new()]).unwrap()
}

/// MAE of the energies in meV on frames that were not learned from, with their mean taken off.
fn error(train: Vec<Configuration>) -> f64 {
    let mut trainer = trainer(train, 2);
    let epochs = 200;
    for number in 0..epochs {
        let share = |number: u64| number as f64 / epochs as f64;
        trainer.epoch(number, share(number), share(number + 1), &|| false).unwrap().unwrap();
    }
    trainer.center_energies().unwrap();
    trainer.evaluate(Part::Validation).unwrap().energy_mae
}

/// Catches: relative energies that are not learned from, and those that are taken for absolute ones, so that the zero of a scan matters.
#[test]
fn differences_within_a_scan_are_learned() {
    let without = error(training(None));
    let with = error(training(Some([0.0; 5])));
    let shifted = error(training(Some([40.0, -13.0, 250.0, 0.5, -900.0])));
    assert!(with < 0.8 * without, "{with} meV with relative energies, {without} meV without");
    assert!((shifted - with).abs() < 0.1 * with, "{shifted} meV with other zeros, {with} meV");
}

/// Catches: comparisons whose result depends on which thread has a frame.
#[test]
fn threads_do_not_change_a_bit() {
    let weights = |threads: usize| {
        let mut trainer = trainer(training(Some([1.0, 2.0, 3.0, 4.0, 5.0])), threads);
        trainer.epoch(0, 0.0, 1.0, &|| false).unwrap();
        trainer.average()
    };
    assert_eq!(weights(1), weights(3));
}

/// Catches: relative energies compared with those of other scans, or counted among the energies, in the tables of errors.
#[test]
fn errors_are_relative_to_the_scan() {
    let mut metrics = GroupMetrics::default();
    let all = frames();
    for (k, frame) in all[..8].iter().enumerate() {
        let (number, error) = (k % 2, if k < 4 { 0.010 } else { -0.010 });
        let label = relative(frame, number, 100.0 * number as f64);
        metrics.add(&label, frame.energy.unwrap() + error, &[]);
    }
    let groups = metrics.groups();
    assert_eq!(groups.len(), 2);
    assert!(groups.iter().all(|group| group.energy.is_none() && group.frames == 4));
    let relative = metrics.relative();
    assert_eq!((relative[0].key.as_str(), relative[0].groups, relative[0].frames), ("scan", 2, 8));
    assert!((relative[0].energy[0] - 10.0).abs() < 1e-6, "{:?}", relative[0]);
}

/// Catches: a relative energy without a scan, or beside an energy, that is read as something; units that it does not have.
#[test]
fn the_reader_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frames.xyz");
    let read = |comment: &str| {
        let frame = format!("2\nProperties=species:S:1:pos:R:3 {comment} pbc=\"F F F\"\nH 0 0 0\nH 0 0 0.74\n");
        std::fs::write(&path, frame.repeat(2)).unwrap();
        DataSet::read(&path, None)
    };
    let set = read("relative_energy=-1.5 scan=a").unwrap();
    assert_eq!((set.configurations[0].energy, set.configurations[0].relative_energy), (None, Some(-1.5)));
    assert_eq!(set.configurations[1].scan(), Some("a"));
    assert_eq!(set.counts().relative_energies, 2);
    assert!(set.notes.is_empty(), "{:?}", set.notes);
    let kilojoules = read("relative_energy=96.485 scan=a energy_unit=kJ/mol").unwrap();
    assert!((kilojoules.configurations[0].relative_energy.unwrap() - 1.0).abs() < 1e-4);
    for (comment, expected) in [
        ("relative_energy=-1.5", "add scan=NAME"),
        ("relative_energy=-1.5 scan=a energy=-3", "stands beside an energy"),
        ("relative_energy=low scan=a", "is not a number"),
    ] {
        let message = read(comment).unwrap_err().to_string();
        assert!(message.contains(expected), "{comment}: {message}");
    }
}
