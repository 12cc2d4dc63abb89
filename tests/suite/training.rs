//! Fits of a small network to the shipped frames of ethanol.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cormorant::fit::{
    AskStop, CURVE, Checkpoint, Configuration, DataSet, EnergyObjective, FitEvent, FitPlan, FrameLoss, Learner,
    MOST_GRAPHS, Part, References, Summary, TimeBudget, Trainer, TrainerConfig, TrainerSettings, TypicalLoss, fit,
};
use cormorant::kernels::network::Layout;
use cormorant::model::{CormorantConfig, DifferentiableCormorant, PreparedNetwork, Scaling};

/// The shipped frames of ethanol with energies and forces.
pub fn frames() -> Vec<Configuration> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2.xyz");
    DataSet::read(&path, None).unwrap().configurations
}

/// References by least squares over `frames`, and a unit that suits them.
pub fn scaling(frames: &[Configuration]) -> Scaling {
    let references = References::fitted(&frames.iter().collect::<Vec<_>>()).unwrap();
    Scaling {
        elements: references.energies.keys().copied().collect(),
        references: references.energies.values().copied().collect(),
        scale: 1.5,
    }
}

pub fn config(threads: usize, learning_rate: f64, batch: usize) -> TrainerConfig {
    TrainerConfig {
        batch,
        final_batch: batch,
        learning_rate,
        final_rate_share: 0.01,
        rate_power: 2.0,
        weight_decay: 1.0e-4,
        average_decay: 0.9,
        clip: 2.0,
        force_weight: 1.0,
        energy_weight: 1.0,
        final_energy_weight: 10.0,
        virial_weight: 0.0,
        dipole_weight: 0.0,
        huber_delta: 0.0,
        threads,
        seed: 4,
        elements_alike: false,
        knot_spacing: 0.04,
    }
}

/// A trainer of a small network: 32 frames to train on, 8 to validate.
fn trainer(threads: usize, learning_rate: f64) -> Trainer<f32> {
    trainer_with(threads, learning_rate, 4, MOST_GRAPHS)
}

/// The same with so many frames per step, and graphs that may take so many bytes.
fn trainer_with(threads: usize, learning_rate: f64, batch: usize, most_graphs: usize) -> Trainer<f32> {
    let mut all = frames();
    all.truncate(40);
    let validation = all.split_off(32);
    let scaling = scaling(&all);
    let network =
        CormorantConfig { max_degree: 1, max_edge_degree: 1, layers: 2, products: 1, ..CormorantConfig::default() };
    let trainer_config = config(threads, learning_rate, batch);
    let shape = network.shape(scaling.elements.len(), 8.0);
    let network = DifferentiableCormorant::<f32>::new(&shape, trainer_config.knot_spacing);
    let zeros = vec![0.0; Layout::new(&shape).len()];
    let network = Box::new(PreparedNetwork::new(network, &zeros));
    let objective = EnergyObjective::new(scaling, &trainer_config, &all);
    let settings = TrainerSettings { most_graphs, ..(&trainer_config).into() };
    Trainer::of(network, Some(shape.cutoff), objective, settings, [all, validation, Vec::new()]).unwrap()
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

/// A fit with checkpoints after every batch that is stopped when `stop` says so, which is asked after every batch.
fn run_within(
    trainer: &mut Trainer<f32>,
    folder: &Path,
    pace: TimeBudget,
    stop: AskStop<'_>,
) -> cormorant::Result<Summary> {
    let plan = FitPlan {
        folder: folder.to_path_buf(),
        configuration: String::new(),
        data: String::new(),
        pace,
        patience: None,
        validate_every: 1,
        checkpoint_every: Duration::ZERO,
        resume: true,
        begun: std::time::Instant::now(),
        reserve: cormorant::fit::Reserve::default(),
        table: true,
    };
    fit(trainer, &plan, stop, &mut |_| ())
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
fn stopping_within_an_epoch_does_not_change_a_bit() {
    // Catches a pass that is begun again after a stop, sums of an epoch that forget what came before it, a schedule that starts anew, and a
    // pause for a checkpoint that changes the fit.
    let pace = TimeBudget { epochs: Some(12), time_limit: None };
    let whole = tempfile::tempdir().unwrap();
    run(&mut trainer(1, 0.01), whole.path(), u64::MAX).unwrap();
    let expected = outcome(whole.path());
    let folder = tempfile::tempdir().unwrap();
    let (mut stops, mut within) = (0, 0);
    // Every time another process goes on for two batches; an epoch has eight.
    loop {
        let asked = AtomicU64::new(0);
        let stop = || asked.fetch_add(1, Ordering::Relaxed) >= 3;
        let Err(error) = run_within(&mut trainer(1 + stops % 3, 0.01), folder.path(), pace, &stop) else { break };
        let text = error.to_string();
        assert!(text.contains("--resume"), "{text}");
        within += usize::from(text.contains("% of epoch"));
        stops += 1;
    }
    assert!(stops >= 30 && within >= 20, "stopped {stops} times, {within} of them within an epoch");
    let found = outcome(folder.path());
    assert_eq!(found.0, expected.0);
    assert!(found.1 == expected.1, "state");
    // Without a stop, with a checkpoint after every batch.
    let folder = tempfile::tempdir().unwrap();
    run_within(&mut trainer(1, 0.01), folder.path(), pace, &|| false).unwrap();
    assert!(outcome(folder.path()) == expected);
}

#[test]
fn a_kill_loses_one_interval_of_checkpoints() {
    // Catches checkpoints at the ends of epochs alone.
    let folder = tempfile::tempdir().unwrap();
    let pace = TimeBudget { epochs: Some(12), time_limit: None };
    let asked = AtomicU64::new(0);
    let seen = std::sync::Mutex::new(Vec::new());
    let stop = || {
        let count = asked.fetch_add(1, Ordering::Relaxed);
        // What is on disk in the middle of the first epoch, while the fit goes on.
        if count == 5
            && let Some((found, _)) = Checkpoint::read(folder.path()).unwrap()
        {
            seen.lock().unwrap().push(found);
        }
        count >= 7
    };
    run_within(&mut trainer(1, 0.01), folder.path(), pace, &stop).unwrap_err();
    let seen = seen.into_inner().unwrap();
    let mut other = trainer(1, 0.01);
    other.restore(&seen[0].learner).unwrap();
    let way = other.under_way().unwrap();
    assert!(seen[0].header.epoch == 0 && way.number == 0 && way.share >= 0.25, "{way:?}");
}

#[test]
fn the_first_epoch_has_its_share_of_the_time() {
    // Catches a schedule that gives a first epoch that takes the whole limit a thousandth, or one that begins anew after a stop, and a fit
    // that goes on long after its limit because an epoch is not over.
    let folder = tempfile::tempdir().unwrap();
    let limit = Duration::from_millis(1500);
    let pace = TimeBudget { epochs: None, time_limit: Some(limit) };
    // A batch takes 40 ms, so that an epoch takes a fifth of the limit or more.
    let slow = |most: u64| {
        let asked = AtomicU64::new(0);
        move || {
            std::thread::sleep(Duration::from_millis(40));
            asked.fetch_add(1, Ordering::Relaxed) >= most
        }
    };
    run_within(&mut trainer(1, 0.01), folder.path(), pace, &slow(12)).unwrap_err();
    let (found, _) = Checkpoint::read(folder.path()).unwrap().unwrap();
    let mut other = trainer(1, 0.01);
    other.restore(&found.learner).unwrap();
    let first = other.under_way().unwrap();
    assert!(first.number == 0 && first.progress > 0.1, "{first:?}");
    let begun = std::time::Instant::now();
    let summary = run_within(&mut trainer(1, 0.01), folder.path(), pace, &slow(u64::MAX)).unwrap();
    assert!(begun.elapsed() < 2 * limit, "{:?}", begun.elapsed());
    let (found, _) = Checkpoint::read(folder.path()).unwrap().unwrap();
    assert_eq!(found.header.progress, 1.0);
    assert!((2..12).contains(&summary.epochs), "{summary}");
}

#[test]
fn graphs_made_on_the_way_are_those_that_are_kept() {
    // Catches graphs of other frames, other labels or another cutoff, where memory does not hold them all.
    let pace = TimeBudget { epochs: Some(3), time_limit: None };
    let of = |threads: usize, most: usize| {
        let folder = tempfile::tempdir().unwrap();
        let mut one = trainer_with(threads, 0.01, 4, most);
        let summary = run_within(&mut one, folder.path(), pace, &|| false).unwrap();
        (outcome(folder.path()), summary.parts)
    };
    let kept = of(1, MOST_GRAPHS);
    assert!(of(1, 0) == kept && of(2, 10_000) == kept);
}

#[test]
fn threads_that_share_a_larger_batch_agree() {
    // Catches sums over the frames of a batch whose order depends on the number of threads, where more than eight share it.
    let pace = TimeBudget { epochs: Some(2), time_limit: None };
    let of = |threads: usize| {
        let folder = tempfile::tempdir().unwrap();
        run_within(&mut trainer_with(threads, 0.01, 24, MOST_GRAPHS), folder.path(), pace, &|| false).unwrap();
        outcome(folder.path())
    };
    let one = of(1);
    assert!(of(2) == one && of(13) == one);
    let config = |batch| TrainerSettings::from(&TrainerConfig { batch, ..config(1, 0.01, 4) });
    let together: Vec<usize> = [1, 4, 8, 16, 24, 100].map(|batch| config(batch).side_by_side).to_vec();
    assert_eq!(together, [8, 8, 8, 8, 12, 32]);
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

/// Catches: a fit that is put back, and slowed down for good, because of one frame; and one that goes on after it has diverged.
#[test]
fn one_frame_is_no_divergence() {
    // The typical force error of a pass of four frames a batch, whose force errors are these.
    let typical = |errors: &[f64]| {
        let mut found = TypicalLoss::default();
        for error in errors {
            let sum = FrameLoss { force_error: 4.0 * error, ..FrameLoss::default() };
            found.add(0.01 * sum.force_error, &sum, 4, errors.len());
        }
        found.values()[1]
    };
    for place in [10, 500, 999] {
        let mut errors = vec![1.0; 1000];
        errors[place] = 1.0e7;
        let error = typical(&errors);
        assert!((0.999..1.2).contains(&error), "{error} with an outlier in batch {place}");
    }
    let late = typical(&[vec![1.0; 900], vec![1.0e4; 100]].concat());
    assert!(late > 4.0, "{late} of a fit that diverged over the last tenth");
    assert!((typical(&[2.0; 3]) - 2.0).abs() < 1e-12);
    assert!((typical(&[f64::NAN, 2.0]) - 2.0).abs() < 1e-12);
}

#[test]
fn energies_are_centered() {
    // Catches a constant error left in the energies of a fit (it once was all of benzene's), or taken out with the wrong sign.
    let mut fresh = trainer(1, 0.02);
    let before = fresh.evaluate(Part::Train).unwrap();
    let former = fresh.scaling(0).references.clone();
    fresh.center_energies().unwrap();
    let after = fresh.evaluate(Part::Train).unwrap();
    // The mean error m of nine atoms moved each reference by m/9, and m² is gone from the mean square.
    let mean = 9000.0 * (fresh.scaling(0).references[0] - former[0]);
    let gone = before.energy_rmse.powi(2) - after.energy_rmse.powi(2);
    assert!((gone - mean * mean).abs() < 1.0e-6 * mean * mean, "{gone} of {mean} meV");
    let folder = tempfile::tempdir().unwrap();
    run(&mut fresh, folder.path(), u64::MAX).unwrap();
    let references = fresh.scaling(0).references.clone();
    fresh.center_energies().unwrap();
    for (now, fitted) in fresh.scaling(0).references.iter().zip(references) {
        assert!((now - fitted).abs() < 1.0e-9, "a fit leaves its energies centered: {now}, {fitted}");
    }
}
