//! Fits of a small network to the shipped frames of ethanol.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cormorant::fit::{
    CURVE, Checkpoint, Configuration, DataSet, FitEvent, FitPlan, Learner, Part, References, Summary, TimeBudget,
    Trainer, TrainerConfig, fit,
};
use cormorant::model::{CormorantConfig, Scaling};

fn frames() -> Vec<Configuration> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2.xyz");
    DataSet::read(&path, None).unwrap().configurations
}

/// A trainer of a small network: 32 frames to train on, 8 to validate.
fn trainer(threads: usize, learning_rate: f64) -> Trainer<f32> {
    let mut all = frames();
    all.truncate(40);
    let validation = all.split_off(32);
    let references = References::fitted(&all.iter().collect::<Vec<_>>()).unwrap();
    let scaling = Scaling {
        elements: references.energies.keys().copied().collect(),
        references: references.energies.values().copied().collect(),
        scale: 1.5,
    };
    let config =
        CormorantConfig { max_degree: 1, max_edge_degree: 1, layers: 2, products: 1, ..CormorantConfig::default() };
    let trainer_config = TrainerConfig {
        batch: 4,
        learning_rate,
        final_rate_share: 0.01,
        weight_decay: 1.0e-4,
        average_decay: 0.9,
        clip: 2.0,
        force_weight: 1.0,
        energy_weight: 1.0,
        final_energy_weight: 10.0,
        virial_weight: 0.0,
        huber_delta: 0.0,
        threads,
        seed: 4,
        knot_spacing: 0.04,
    };
    Trainer::new(&config.shape(scaling.elements.len(), 8.0), scaling, trainer_config, [all, validation, Vec::new()])
        .unwrap()
}

fn run(trainer: &mut Trainer<f32>, folder: &Path, stop_after: u64) -> cormorant::Result<Summary> {
    let plan = FitPlan {
        folder: folder.to_path_buf(),
        configuration: String::new(),
        data: String::new(),
        pace: TimeBudget { epochs: Some(12), time_limit: None },
        patience: None,
        validate_every: 1,
        checkpoint_every: Duration::from_secs(3600),
        resume: true,
        begun: std::time::Instant::now(),
        reserve: cormorant::fit::Reserve::default(),
        table: true,
    };
    let done = AtomicU64::new(0);
    fit(trainer, &plan, &|| done.load(Ordering::Relaxed) == stop_after, &mut |event| {
        if let FitEvent::Epoch { epoch, .. } = event {
            done.store(epoch, Ordering::Relaxed);
        }
    })
}

/// Learning curve, last state and best parameters.
fn outcome(folder: &Path) -> (String, Checkpoint) {
    let (mut checkpoint, _) = Checkpoint::read(folder).unwrap().unwrap();
    // Time is the one thing that may differ, and with it the checksum.
    checkpoint.header.seconds = 0.0;
    checkpoint.header.checksum.clear();
    (std::fs::read_to_string(folder.join(CURVE)).unwrap(), checkpoint)
}

#[test]
fn stopping_and_threads_do_not_change_a_bit() {
    // Catches state that a checkpoint of the trainer forgets, and sums whose order depends on the number of threads.
    let whole = tempfile::tempdir().unwrap();
    let mut one = trainer(1, 0.01);
    run(&mut one, whole.path(), u64::MAX).unwrap();
    let expected = outcome(whole.path());
    for (threads, stop_after) in [(2, u64::MAX), (1, 1), (3, 5), (1, 11)] {
        let folder = tempfile::tempdir().unwrap();
        let mut first = trainer(threads, 0.01);
        if run(&mut first, folder.path(), stop_after).is_err() {
            // Another process goes on, with another number of threads.
            run(&mut trainer(1, 0.01), folder.path(), u64::MAX).unwrap();
        }
        let found = outcome(folder.path());
        assert_eq!(found.0, expected.0, "curve, {threads} threads, stopped after {stop_after}");
        assert!(found.1 == expected.1, "state, {threads} threads, stopped after {stop_after}");
    }
}

#[test]
fn a_short_fit_learns() {
    // Catches a gradient that points elsewhere: a constant force field has an error of about 1000 meV/Å here.
    let folder = tempfile::tempdir().unwrap();
    let mut small = trainer(1, 0.02);
    let before = small.evaluate(Part::Validation).unwrap();
    let summary = run(&mut small, folder.path(), u64::MAX).unwrap();
    let after = summary.errors(Part::Validation).unwrap();
    println!("{before:?} {summary}");
    assert!(after.force_mae < 0.5 * before.force_mae, "{} {}", before.force_mae, after.force_mae);
}

#[test]
fn a_rate_that_is_too_large_is_survived() {
    // Catches a fit that ends with numbers that are not finite instead of returning to the last good state.
    let folder = tempfile::tempdir().unwrap();
    let mut wild = trainer(1, 3.0);
    match run(&mut wild, folder.path(), u64::MAX) {
        Ok(summary) => assert!(summary.errors(Part::Train).unwrap().force_mae.is_finite(), "{summary}"),
        Err(error) => assert!(error.to_string().contains("diverges"), "{error}"),
    }
}

#[test]
fn energies_are_centered() {
    // Catches a constant error left in the energies of a fit (it once was all of benzene's), or taken out with the wrong sign.
    let mut fresh = trainer(1, 0.02);
    let before = fresh.evaluate(Part::Train).unwrap();
    let former = fresh.scaling().references.clone();
    fresh.center_energies().unwrap();
    let after = fresh.evaluate(Part::Train).unwrap();
    // The mean error m of nine atoms moved each reference by m/9, and m² is gone from the mean square.
    let mean = 9000.0 * (fresh.scaling().references[0] - former[0]);
    let gone = before.energy_rmse.powi(2) - after.energy_rmse.powi(2);
    assert!((gone - mean * mean).abs() < 1.0e-6 * mean * mean, "{gone} of {mean} meV");
    let folder = tempfile::tempdir().unwrap();
    run(&mut fresh, folder.path(), u64::MAX).unwrap();
    let references = fresh.scaling().references.clone();
    fresh.center_energies().unwrap();
    for (now, fitted) in fresh.scaling().references.iter().zip(references) {
        assert!((now - fitted).abs() < 1.0e-9, "a fit leaves its energies centered: {now}, {fitted}");
    }
}
