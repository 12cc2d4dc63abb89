//! The loop of fitting: resume, refusal, early stop, time limits. What is fitted here is a straight line.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use cormorant::fit::{
    Array, AskStop, CHECKPOINT, CURVE, Checkpoint, Configuration, EpochReport, Errors, FitEvent, FitPlan, Learner,
    Metrics, PREVIOUS, Part, State, Summary, TimeBudget, Values, difference, fit,
};
use cormorant::noise::{Consumer, Noise};
use cormorant::system::Element;
use cormorant::{Error, Result};

/// Fits energy = a·x + b by stochastic gradient descent with momentum and averaging, in an order drawn for each epoch.
struct Line {
    slope_and_shift: [f64; 2],
    momentum: [f64; 2],
    average: [f64; 2],
    /// Fails in this epoch, as if the program were killed.
    dies_in: Option<u64>,
    /// Time that an epoch takes.
    sleep: Duration,
    /// Validation scores to report instead of the true ones.
    scores: Option<Vec<f64>>,
    epochs: usize,
}

impl Line {
    fn new() -> Self {
        let zero = [0.0; 2];
        Self {
            slope_and_shift: zero,
            momentum: zero,
            average: zero,
            dies_in: None,
            sleep: Duration::ZERO,
            scores: None,
            epochs: 0,
        }
    }
}

fn label(x: f64) -> f64 {
    3.0 * x - 2.0 + (7.0 * x).sin()
}

fn array(values: &[f64; 2]) -> Array {
    Array { shape: vec![2], values: Values::F64(values.to_vec()) }
}

fn numbers(state: &State, name: &str) -> Result<[f64; 2]> {
    match state.get(name).map(|array| &array.values) {
        Some(Values::F64(values)) if values.len() == 2 => Ok([values[0], values[1]]),
        _ => Err(Error::Invalid(format!("no {name}"))),
    }
}

impl Learner for Line {
    fn epoch(&mut self, number: u64, from: f64, to: f64, stop: AskStop<'_>) -> Result<Option<EpochReport>> {
        if self.dies_in == Some(number) {
            return Err(Error::Invalid("killed".into()));
        }
        std::thread::sleep(self.sleep);
        self.epochs += 1;
        let mut order: Vec<usize> = (0..20).collect();
        Noise::new(1).stream(Consumer::Shuffle, number, 0).shuffle(&mut order);
        let mut rate = 0.0;
        for (place, index) in order.into_iter().enumerate() {
            if stop() {
                return Ok(None);
            }
            let progress = from + (to - from) * place as f64 / 20.0;
            rate = 0.05 * (1.0 - progress) + 1.0e-4;
            let x = index as f64 / 20.0;
            let error = self.slope_and_shift[0] * x + self.slope_and_shift[1] - label(x);
            for (k, slope) in [x, 1.0].into_iter().enumerate() {
                self.momentum[k] = 0.9 * self.momentum[k] + error * slope;
                self.slope_and_shift[k] -= rate * self.momentum[k];
                self.average[k] = 0.95 * self.average[k] + 0.05 * self.slope_and_shift[k];
            }
        }
        let loss = 1.0 / (number + 1) as f64;
        Ok(Some(EpochReport { loss, energy_mae: 1.0, force_mae: 2.0, property_mae: f64::NAN, learning_rate: rate }))
    }

    fn evaluate(&mut self, part: Part) -> Result<Errors> {
        let mut metrics = Metrics::default();
        let offset = match part {
            Part::Train => 0.0,
            Part::Validation => 0.025,
            Part::Test => return Ok(metrics.errors()),
        };
        for index in 0..20 {
            let x = f64::from(index) / 20.0 + offset;
            let one = Configuration {
                elements: vec![Element::from_number(1).unwrap()],
                positions: vec![[x, 0.0, 0.0]],
                cell: None,
                energy: Some(label(x)),
                forces: vec![[0.0; 3]],
                ..Configuration::default()
            };
            metrics.add(&one, self.average[0] * x + self.average[1], &[[0.0; 3]], None);
        }
        Ok(metrics.errors())
    }

    fn score(&self, errors: &Errors) -> f64 {
        self.scores.as_ref().map_or(errors.energy_mae, |scores| scores[self.epochs - 1])
    }

    fn parameters(&self) -> State {
        State::from([("line".into(), array(&self.average))])
    }

    fn set_parameters(&mut self, parameters: &State) -> Result<()> {
        self.average = numbers(parameters, "line")?;
        Ok(())
    }

    fn state(&self) -> State {
        [("line", self.slope_and_shift), ("momentum", self.momentum), ("average", self.average)]
            .map(|(name, values)| (name.to_string(), array(&values)))
            .into()
    }

    fn restore(&mut self, state: &State) -> Result<()> {
        self.slope_and_shift = numbers(state, "line")?;
        self.momentum = numbers(state, "momentum")?;
        self.average = numbers(state, "average")?;
        Ok(())
    }
}

fn plan(folder: &Path) -> FitPlan {
    FitPlan {
        folder: folder.to_path_buf(),
        configuration: "rate = 0.05\nepochs = 12\n".into(),
        data: "0123".into(),
        pace: TimeBudget { epochs: Some(12), time_limit: None },
        patience: None,
        validate_every: 1,
        checkpoint_every: Duration::ZERO,
        resume: true,
        begun: std::time::Instant::now(),
        reserve: cormorant::fit::Reserve::default(),
        table: true,
    }
}

fn run(learner: &mut Line, plan: &FitPlan) -> Result<Summary> {
    fit(learner, plan, &|| false, &mut |_| ())
}

/// What must not depend on interruptions: the curve, the parameters, the state.
fn outcome(folder: &Path, line: &Line) -> (String, State, State, State) {
    let (checkpoint, _) = Checkpoint::read(folder).unwrap().unwrap();
    (std::fs::read_to_string(folder.join(CURVE)).unwrap(), line.parameters(), checkpoint.learner, checkpoint.best)
}

fn undisturbed() -> (String, State, State, State) {
    let folder = tempfile::tempdir().unwrap();
    let mut line = Line::new();
    run(&mut line, &plan(folder.path())).unwrap();
    outcome(folder.path(), &line)
}

#[test]
fn a_fit_that_is_killed_and_resumed_ends_with_the_same_bits() {
    // Catches a checkpoint that forgets a momentum, an average, the order of frames, or the curve.
    let expected = undisturbed();
    for dies_in in 1..12 {
        let folder = tempfile::tempdir().unwrap();
        // A checkpoint only now and then, so that epochs must be repeated.
        let plan = FitPlan {
            checkpoint_every: Duration::from_secs(if dies_in % 2 == 0 { 3600 } else { 0 }),
            ..plan(folder.path())
        };
        let mut line = Line { dies_in: Some(dies_in), ..Line::new() };
        assert!(run(&mut line, &plan).is_err());
        let mut line = Line::new();
        run(&mut line, &plan).unwrap();
        assert_eq!(outcome(folder.path(), &line), expected, "died in epoch {dies_in}");
    }
}

#[test]
fn damaged_checkpoints_fall_back_to_the_one_before() {
    // Catches a resume from half a file, and one that gives up although a whole checkpoint is there.
    let expected = undisturbed();
    type Damage = fn(Vec<u8>) -> Option<Vec<u8>>;
    let damages: [Damage; 4] = [
        |bytes| Some(bytes[..bytes.len() / 2].to_vec()),
        |mut bytes| {
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            Some(bytes)
        },
        |_| Some(Vec::new()),
        |_| None,
    ];
    for damage in damages {
        let folder = tempfile::tempdir().unwrap();
        run(&mut Line { dies_in: Some(5), ..Line::new() }, &plan(folder.path())).unwrap_err();
        let path = folder.path().join(CHECKPOINT);
        match damage(std::fs::read(&path).unwrap()) {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let mut from = 0;
        let mut line = Line::new();
        fit(&mut line, &plan(folder.path()), &|| false, &mut |event| {
            if let FitEvent::Resumed { epoch, .. } = event {
                from = epoch;
            }
        })
        .unwrap();
        assert_eq!(from, 4);
        assert_eq!(outcome(folder.path(), &line), expected);
    }
    let folder = tempfile::tempdir().unwrap();
    run(&mut Line { dies_in: Some(5), ..Line::new() }, &plan(folder.path())).unwrap_err();
    for name in [CHECKPOINT, PREVIOUS] {
        std::fs::write(folder.path().join(name), b"nonsense").unwrap();
    }
    let message = run(&mut Line::new(), &plan(folder.path())).unwrap_err().to_string();
    assert!(message.contains(CHECKPOINT) && message.contains("not a complete checkpoint"), "{message}");
}

#[test]
fn checkpoints_of_another_fit_are_refused() {
    // Catches a resume under changed settings, which is neither the old fit nor a new one.
    let folder = tempfile::tempdir().unwrap();
    run(&mut Line { dies_in: Some(5), ..Line::new() }, &plan(folder.path())).unwrap_err();
    let refused = |plan: FitPlan| run(&mut Line::new(), &plan).unwrap_err().to_string();
    let changed = refused(FitPlan { configuration: "rate = 0.07\nepochs = 12\n".into(), ..plan(folder.path()) });
    assert!(changed.contains("- rate = 0.05\n+ rate = 0.07") && !changed.contains("epochs = 12"), "{changed}");
    assert!(refused(FitPlan { data: "4567".into(), ..plan(folder.path()) }).contains("other data"));
    assert!(refused(FitPlan { resume: false, ..plan(folder.path()) }).contains("--resume"));
    assert!(
        refused(FitPlan { pace: TimeBudget { epochs: None, time_limit: None }, ..plan(folder.path()) })
            .contains("time limit")
    );
}

#[test]
fn a_signal_ends_the_fit_in_order() {
    // Catches a fit that loses its work on Ctrl-C.
    let folder = tempfile::tempdir().unwrap();
    let plan = FitPlan { checkpoint_every: Duration::from_secs(3600), ..plan(folder.path()) };
    let stop = AtomicBool::new(false);
    let result = fit(&mut Line::new(), &plan, &|| stop.load(Ordering::Relaxed), &mut |event| {
        if let FitEvent::Epoch { epoch: 7, .. } = event {
            stop.store(true, Ordering::Relaxed);
        }
    });
    assert!(matches!(result, Err(Error::Interrupted(_))), "{result:?}");
    let mut line = Line::new();
    run(&mut line, &plan).unwrap();
    assert_eq!(line.epochs, 5);
    assert_eq!(outcome(folder.path(), &line), undisturbed());
}

#[test]
fn a_signal_within_an_epoch_loses_that_epoch_alone() {
    // Catches a fit that goes on for the rest of a long epoch, and a checkpoint of a state in the middle of one.
    let expected = undisturbed();
    for ask in [1, 2, 19, 30, 75, 200] {
        let folder = tempfile::tempdir().unwrap();
        let plan = FitPlan { checkpoint_every: Duration::from_secs(3600), ..plan(folder.path()) };
        let asked = AtomicU64::new(0);
        let stop = || asked.fetch_add(1, Ordering::Relaxed) + 1 >= ask;
        let mut line = Line::new();
        let message = fit(&mut line, &plan, &stop, &mut |_| ()).unwrap_err().to_string();
        assert!(
            asked.load(Ordering::Relaxed) <= ask + 1,
            "asked to stop at {ask}, but went on until {}",
            asked.load(Ordering::Relaxed)
        );
        let whole = line.epochs - 1;
        assert!(message.contains(&format!("the state after epoch {whole} is saved")), "{message}");
        let mut line = Line::new();
        run(&mut line, &plan).unwrap();
        assert_eq!(outcome(folder.path(), &line), expected, "stopped at batch {ask}");
    }
}

#[test]
fn there_is_a_checkpoint_before_the_first_epoch() {
    // Catches a fit that is taken for finished, or begun with other settings, because it was killed early.
    let folder = tempfile::tempdir().unwrap();
    let plan = FitPlan { checkpoint_every: Duration::from_secs(3600), ..plan(folder.path()) };
    run(&mut Line { dies_in: Some(0), ..Line::new() }, &plan).unwrap_err();
    assert_eq!(Checkpoint::read(folder.path()).unwrap().unwrap().0.header.epoch, 0);
    let other = FitPlan { configuration: "rate = 1\n".into(), ..plan };
    assert!(run(&mut Line::new(), &other).unwrap_err().to_string().contains("another input"));
}

#[test]
fn the_best_epoch_is_kept_and_patience_ends() {
    // Catches a model of the last epoch instead of the best, and a patience that counts wrongly.
    let scores = vec![9.0, 5.0, 6.0, 4.0, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0];
    let folder = tempfile::tempdir().unwrap();
    let mut line = Line { scores: Some(scores.clone()), ..Line::new() };
    let mut after_fourth = None;
    let summary = run(&mut line, &plan(folder.path())).unwrap();
    assert_eq!((summary.epochs, summary.best_epoch), (12, 4));
    let mut other = Line { scores: Some(scores), ..Line::new() };
    let folder = tempfile::tempdir().unwrap();
    let patient = FitPlan { patience: Some(3), ..plan(folder.path()) };
    let summary = fit(&mut other, &patient, &|| false, &mut |event| {
        if let FitEvent::Epoch { epoch: 4, best, .. } = event {
            after_fourth = Some(best);
        }
    })
    .unwrap();
    assert_eq!((summary.epochs, summary.best_epoch, after_fourth), (7, 4, Some(true)));
    assert_eq!(line.parameters(), other.parameters());
    // Resuming a fit that is over does not go on.
    let mut again = Line::new();
    assert_eq!(run(&mut again, &patient).unwrap().epochs, 7);
    assert_eq!((again.epochs, again.parameters()), (0, other.parameters()));
}

#[test]
fn a_time_limit_is_kept_by_its_schedule() {
    // Catches a learning rate that is still high when the time is over, or a fit that takes longer than it may.
    let folder = tempfile::tempdir().unwrap();
    let limit = Duration::from_millis(600);
    let plan = FitPlan { pace: TimeBudget { epochs: None, time_limit: Some(limit) }, ..plan(folder.path()) };
    let mut last = 0.0;
    let begun = std::time::Instant::now();
    let mut line = Line { sleep: Duration::from_millis(10), ..Line::new() };
    let summary = fit(&mut line, &plan, &|| false, &mut |event| {
        if let FitEvent::Epoch { progress, report, .. } = event {
            assert!(progress > last);
            last = progress;
            if progress >= 1.0 {
                assert!(report.learning_rate < 0.01, "{report:?}");
            }
        }
    })
    .unwrap();
    assert_eq!(last, 1.0);
    // Machines that build at the same time may be slow: the limit may be missed by one slow epoch.
    assert!(begun.elapsed() < limit + Duration::from_millis(300), "{:?}", begun.elapsed());
    assert!((3..=60).contains(&summary.epochs), "{}", summary.epochs);
    assert!(TimeBudget { epochs: Some(4), time_limit: Some(limit) }.next(2, 0.5, 0.0, Some(1e-4)) == 0.75);
}

#[test]
fn curve_and_table_carry_units() {
    // Catches columns without units, and a table without one of the parts.
    let folder = tempfile::tempdir().unwrap();
    let mut line = Line::new();
    let summary = run(&mut line, &plan(folder.path())).unwrap();
    let curve = std::fs::read_to_string(folder.path().join(CURVE)).unwrap();
    let widths: Vec<_> = curve.lines().map(|line| line.split(',').count()).collect();
    assert_eq!(widths, [11; 13]);
    assert!(curve.starts_with("epoch,schedule/1,learning_rate/1,train_loss/1,train_energy_mae/meV"), "{curve}");
    let table = summary.to_string();
    assert!(table.contains("train") && table.contains("validation") && !table.contains("test"), "{table}");
    assert!(summary.markdown().lines().count() == 4 && summary.errors(Part::Train).is_some());
}

#[test]
fn differences_name_the_changed_lines_alone() {
    // Catches a refusal that shows two whole files.
    assert_eq!(difference("a\nb\nc\n", "a\nx\nc\nd\n"), "- b\n+ x\n+ d");
    assert_eq!(difference("a\n", "a\n"), "");
    assert_eq!(difference("", "a"), "+ a");
}
