//! Values of atoms: theorems about the objective, and fits of what is known.

use std::path::Path;

use cormorant::fit::regression::{AtomColumns, AtomSample, AtomStandard, RegressionConfig, Together};
use cormorant::fit::{
    AtomObjective, Configuration, FrameEvaluation, Learner, Objective, Part, Sides, StepPlace, Trainer, labeled_atoms,
};
use cormorant::io::{ExtendedXyzReader, Frame};
use cormorant::model::{
    AtomShape, AtomTarget, CormorantConfig, Differentiable, DifferentiableCormorant, Doubles, GraphBatch,
    PreparedNetwork, Trainable,
};
use cormorant::noise::{Consumer, Noise};
use cormorant::so3::{rotation_about_x, rotation_about_y, rotation_about_z};
use cormorant::system::{Cell, Element};
use nalgebra::{Matrix3, Vector3};

pub const SHAPES: [AtomShape; 4] =
    [AtomShape::Scalar, AtomShape::Vector, AtomShape::TracelessTensor, AtomShape::SymmetricTensor];
const CUTOFF: f64 = 5.0;

fn elements() -> Vec<Element> {
    [1, 6, 8].map(|number| Element::from_number(number).unwrap()).into()
}

/// So many atoms of three elements, none closer than 1 Å, in a cube of this edge in Å that repeats if asked.
fn frame(index: u64, atoms: usize, edge: f64, repeats: bool) -> Configuration {
    let mut random = Noise::new(17).stream(Consumer::Test, index, 0);
    let (kinds, mut positions) = (elements(), Vec::<[f64; 3]>::new());
    let image = |x: f64| if repeats { x - edge * (x / edge).round() } else { x };
    while positions.len() < atoms {
        let place = [0; 3].map(|_: i32| edge * random.uniform());
        let apart = |other: &[f64; 3]| (0..3).map(|k| image(place[k] - other[k]).powi(2)).sum::<f64>() > 1.0;
        if positions.iter().all(apart) {
            positions.push(place);
        }
    }
    let cell = repeats.then(|| Cell::new([[edge, 0.0, 0.0], [0.0, edge, 0.0], [0.0, 0.0, edge]]).unwrap());
    let elements = (0..atoms).map(|atom| kinds[atom % 3]).collect();
    Configuration { elements, positions, cell, ..Configuration::default() }
}

fn target(shape: AtomShape, columns: usize) -> AtomTarget {
    AtomTarget {
        columns: (0..columns).map(|column| format!("column_{column}")).collect(),
        shape,
        unit: "ppm".into(),
        mask: None,
        voigt: false,
        labeled: vec![true; 3],
        shifts: (0..columns).map(|column| vec![0.3 + column as f64, -1.0, 2.0]).collect(),
        scales: (0..columns).map(|column| vec![1.5, 0.7 + column as f64, 2.5]).collect(),
    }
}

/// A frame with invented values, some of which are missing.
fn sample(configuration: Configuration, target: &AtomTarget) -> AtomSample {
    let count = configuration.atom_count() * target.columns.len();
    let number = |index: usize| (1.3 * index as f64).sin();
    let mut values: Vec<f64> = (0..count * target.shape.width()).map(number).collect();
    if target.shape.width() == 9 {
        for tensor in values.chunks_exact_mut(9) {
            let matrix = Matrix3::from_row_slice(tensor);
            let symmetric = 0.5 * (matrix + matrix.transpose());
            let trace = if target.shape == AtomShape::SymmetricTensor { 0.0 } else { symmetric.trace() / 3.0 };
            tensor.copy_from_slice((symmetric - Matrix3::from_diagonal_element(trace)).as_slice());
        }
    }
    AtomSample { configuration, values, known: (0..count).map(|index| index % 4 != 1).collect() }
}

/// A network with random weights.
struct Network {
    objective: AtomObjective,
    config: CormorantConfig,
    packed: Vec<f64>,
}

impl Network {
    fn new(target: &AtomTarget, samples: &[AtomSample]) -> Self {
        let config = target.configured(CormorantConfig {
            max_degree: 2,
            max_edge_degree: 3,
            radial_hidden: 16,
            cutoff: CUTOFF,
            ..CormorantConfig::default()
        });
        let objective = AtomObjective::new(elements(), target.clone(), samples, 0.4);
        let graph = objective.graph(&samples[0], Some(CUTOFF)).unwrap();
        let batch = GraphBatch {
            species: &graph.species,
            offsets: &graph.offsets,
            senders: &graph.senders,
            vectors: &graph.vectors,
            ..GraphBatch::default()
        };
        let network = DifferentiableCormorant::<f64>::new(&config.shape(3, 8.0), 0.04);
        let packed = network.initial(Noise::new(3), &[batch]);
        Self { objective, config, packed }
    }

    fn prepared(&self, packed: &[f64]) -> PreparedNetwork<DifferentiableCormorant<f64>> {
        PreparedNetwork::new(DifferentiableCormorant::new(&self.config.shape(3, 8.0), 0.04), packed)
    }

    fn predict(&self, sample: &AtomSample) -> Vec<f64> {
        let graph = self.objective.graph(sample, Some(CUTOFF)).unwrap();
        let mut evaluation = FrameEvaluation::new(Some(CUTOFF));
        self.objective.predict(&graph, &mut evaluation, self.prepared(&self.packed).workers(1)[0].as_mut())
    }

    /// The loss of the samples as one batch, and its gradient with respect to the weights.
    fn loss(&self, packed: &[f64], samples: &[AtomSample]) -> (f64, Vec<f64>) {
        let (mut ready, mut evaluation) = (self.prepared(packed), FrameEvaluation::new(Some(CUTOFF)));
        let place = StepPlace { progress: 0.0, batch: samples.len(), relative_energy: None, sides: Sides::Both };
        let mut workers = ready.workers(1);
        workers[0].clear();
        let mut loss = 0.0;
        for sample in samples {
            let graph = self.objective.graph(sample, Some(CUTOFF)).unwrap();
            let found = self.objective.accumulate(place, (&graph, sample), &mut evaluation, workers[0].as_mut());
            loss += found.loss / samples.len() as f64;
        }
        drop(workers);
        (loss, ready.gradient(1, false).to_vec())
    }
}

/// Catches: seeds of columns that are exchanged, a trace without its share, a mask that counts in the loss but not in the gradient, labels
/// that are standardized by another element.
#[test]
fn gradients_are_differences_of_the_loss() {
    for shape in SHAPES {
        for columns in [1, 3] {
            let target = target(shape, columns);
            let samples: Vec<AtomSample> =
                (0..2).map(|index| sample(frame(index, 7, 4.5, index == 1), &target)).collect();
            let network = Network::new(&target, &samples);
            let (_, gradient) = network.loss(&network.packed, &samples);
            let scales = network.prepared(&network.packed).parameters().scales();
            let mut telling = 0.0f64;
            for number in 0..3 {
                let mut random = Noise::new(5).stream(Consumer::Test, number, 0);
                let direction: Vec<f64> = scales.iter().map(|scale| scale * random.normal()).collect();
                let parts = || gradient.iter().zip(&direction).map(|(g, d)| g * d);
                let (exact, size) = (parts().sum::<f64>(), parts().map(|x| x * x).sum::<f64>().sqrt());
                let along = |step: f64| {
                    let moved: Vec<f64> = network.packed.iter().zip(&direction).map(|(w, d)| w + step * d).collect();
                    network.loss(&moved, &samples).0
                };
                let step = 1e-5;
                let difference = (along(step) - along(-step)) / (2.0 * step);
                // What a direction takes from single weights cancels in part: errors are judged by what there was before.
                let error = (difference - exact).abs();
                assert!(
                    error < 1e-5 * (size + exact.abs()),
                    "{shape:?}, {columns} columns: {exact} instead of {difference}, {size}"
                );
                telling = telling.max(exact.abs() / size);
            }
            assert!(telling > 0.1, "{shape:?}, {columns} columns: no direction tells anything, {telling}");
        }
    }
}

/// Catches: vectors in another order than (y, z, x), a tensor of the wrong degree, values of other atoms or columns.
#[test]
fn values_turn_with_the_system() {
    let rotation = rotation_about_z(1.1) * rotation_about_y(0.7) * rotation_about_x(-2.0);
    for shape in SHAPES {
        let target = target(shape, 2);
        let before = sample(frame(3, 9, 4.5, false), &target);
        let mut turned = before.clone();
        // The atoms in another order, too.
        turned.configuration.positions.reverse();
        turned.configuration.elements.reverse();
        for place in &mut turned.configuration.positions {
            *place = (rotation * Vector3::from(*place) + Vector3::new(3.0, -2.0, 5.0)).into();
        }
        let network = Network::new(&target, std::slice::from_ref(&before));
        let width = shape.width();
        let expected: Vec<f64> = network
            .predict(&before)
            .chunks_exact(2 * width)
            .rev()
            .flatten()
            .copied()
            .collect::<Vec<_>>()
            .chunks_exact(width)
            .flat_map(|value| match value {
                [x, y, z] => (rotation * Vector3::new(*x, *y, *z)).as_slice().to_vec(),
                [scalar] => vec![*scalar],
                tensor => (rotation * Matrix3::from_row_slice(tensor) * rotation.transpose()).as_slice().to_vec(),
            })
            .collect();
        let found = network.predict(&turned);
        let size = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>().sqrt();
        let off: Vec<f64> = found.iter().zip(&expected).map(|(x, y)| x - y).collect();
        assert!(size(&off) < 1e-10 * size(&expected), "{shape:?}: {found:?} instead of {expected:?}");
        let columns = |column: usize| found.iter().skip(column * width).step_by(2 * width).copied().collect::<Vec<_>>();
        assert_ne!(columns(0), columns(1), "{shape:?}: two columns with one readout");
        if width == 9 {
            let trace = |value: &[f64]| value[0] + value[4] + value[8];
            let largest = found.chunks_exact(9).map(|value| trace(value).abs()).fold(0.0, f64::max);
            assert_eq!(largest > 1e-9, shape == AtomShape::SymmetricTensor, "{shape:?}: trace {largest}");
        }
    }
}

/// Catches: a missing label that counts in loss, gradient, mean, deviation or errors.
#[test]
fn missing_labels_do_not_count() {
    for shape in [AtomShape::Scalar, AtomShape::Vector] {
        let target = target(shape, 2);
        let samples: Vec<AtomSample> = (0..3).map(|index| sample(frame(index, 8, 4.5, false), &target)).collect();
        let mut changed = samples.clone();
        for one in &mut changed {
            for (value, known) in one.values.chunks_exact_mut(shape.width()).zip(&one.known) {
                if !known {
                    value.fill(1.0e6);
                }
            }
        }
        let columns = AtomColumns { names: target.columns.clone(), ..AtomColumns::default() };
        let standard = AtomStandard { shift: Together::Element, scale: Together::Element };
        let of = |samples: &[AtomSample]| standard.target(&columns, (shape, "ppm"), samples, &elements());
        assert_eq!(of(&samples), of(&changed));
        let [network, other] = [&samples, &changed].map(|samples| Network::new(&of(samples), samples));
        assert_eq!(network.loss(&network.packed, &samples), other.loss(&network.packed, &changed));
        let mut metrics = [cormorant::fit::Metrics::default(), cormorant::fit::Metrics::default()];
        for (metrics, samples) in metrics.iter_mut().zip([&samples, &changed]) {
            let network = Network::new(&of(samples), samples);
            for one in samples {
                metrics.add_atoms(network.objective.target(), one, &network.predict(one));
            }
        }
        // As text, where what is not a number is the same as itself.
        let [one, two] = metrics.each_ref().map(|metrics| format!("{:?}", metrics.errors().atom_targets));
        assert_eq!(one, two);
        let labels: usize = samples.iter().map(AtomSample::labels).sum();
        let counted: usize =
            metrics[0].errors().atom_targets.iter().filter(|one| one.element.is_none()).map(|one| one.labels).sum();
        assert_eq!(counted, labels);
    }
}

/// Catches: a mean over all elements where one of each is said, a deviation about another mean, labels of one column in another.
#[test]
fn labels_are_standardized_as_they_say() {
    let columns = AtomColumns { names: vec!["a".into(), "b".into()], ..AtomColumns::default() };
    // H, C, O, H: a is 1, 5, missing, 3; b is missing, 7, 9, 11.
    let configuration = Configuration {
        elements: [1, 6, 8, 1].map(|n| Element::from_number(n).unwrap()).into(),
        ..frame(0, 4, 5.0, false)
    };
    let values = vec![1.0, 0.0, 5.0, 7.0, 0.0, 9.0, 3.0, 11.0];
    let known = vec![true, false, true, true, false, true, true, true];
    let samples = [AtomSample { configuration, values, known }];
    let of =
        |shift, scale| AtomStandard { shift, scale }.target(&columns, (AtomShape::Scalar, "1"), &samples, &elements());
    let by_element = of(Together::Element, Together::Element);
    assert_eq!(by_element.shifts, [[2.0, 5.0, 0.0], [11.0, 7.0, 9.0]]);
    // What does not vary has no deviation.
    assert_eq!(by_element.scales, [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]);
    assert_eq!(by_element.labeled, [true, true, true]);
    let together = of(Together::All, Together::All);
    assert_eq!(together.shifts, [[3.0; 3], [9.0; 3]]);
    let deviation = |sum: f64| (sum / 3.0).sqrt();
    assert_eq!(together.scales, [[deviation(8.0); 3], [deviation(8.0); 3]]);
    assert_eq!(of(Together::None, Together::All).scales[0], [deviation(35.0); 3]);
    let mut back = samples[0].values.clone();
    together.standardize(&[0, 1, 2, 0], &mut back);
    together.restore(&[0, 1, 2, 0], &mut back);
    assert!(back.iter().zip(&samples[0].values).all(|(x, y)| (x - y).abs() < 1e-12));
}

fn read(text: &str, columns: &AtomColumns) -> Result<cormorant::fit::LabeledAtoms, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.xyz");
    std::fs::write(&path, text).unwrap();
    labeled_atoms(&path, columns, &[]).map_err(|error| error.to_string())
}

fn named(names: &[&str]) -> AtomColumns {
    AtomColumns { names: names.iter().map(|name| (*name).to_string()).collect(), ..AtomColumns::default() }
}

/// Catches: six numbers in another order, a mask that is turned around, NaN that is taken for a number, elements that are not asked for,
/// a target that is still called unused.
#[test]
fn columns_are_read_as_they_say() {
    let head = "Properties=species:S:1:pos:R:3:shift:R:1:tensor:R:6:known:L:1:other:I:1";
    let text = format!(
        "3\n{head}\nH 0 0 0 1.5 1 2 -3 4 5 6 T 1\nC 0 0 1 nan 1 2 -3 4 5 6 T 2\nO 0 1 0 2.5 1 2 -3 4 5 6 F 3\n\
         1\nProperties=species:S:1:pos:R:3\nH 0 0 0\n"
    );
    let found = read(&text, &named(&["shift"])).unwrap();
    assert_eq!(found.shape, AtomShape::Scalar);
    assert_eq!(found.samples[0].known, [true, false, true]);
    assert_eq!(found.samples[0].values, [1.5, 0.0, 2.5]);
    assert_eq!(found.samples[1].known, [false]);
    let notes = found.notes.join("\n");
    assert!(notes.contains("2 of 4 atoms in 2 frames have labels (H 1, O 1)"), "{notes}");
    assert!(notes.contains("1 frames have no column `shift`"), "{notes}");
    assert!(notes.contains("column `other`") && !notes.contains("column `shift` ("), "{notes}");
    assert!(!notes.lines().any(|line| line.starts_with("not used") && line.contains("`shift`")), "{notes}");
    let masked = AtomColumns { mask: Some("known".into()), ..named(&["shift"]) };
    assert_eq!(read(&text.replace("nan", "7"), &masked).unwrap().samples[0].known, [true, true, false]);
    let numbers = AtomColumns { mask: Some("other".into()), ..named(&["shift"]) };
    assert_eq!(read(&text.replace(" T 1", " T 0"), &numbers).unwrap().samples[0].known, [false, false, true]);
    let oxygen = AtomColumns { elements: vec![Element::from_number(8).unwrap()], ..named(&["shift"]) };
    assert_eq!(read(&text, &oxygen).unwrap().samples[0].known, [false, false, true]);
    let voigt = AtomColumns { voigt: true, ..named(&["tensor"]) };
    let found = read(&text, &voigt).unwrap();
    assert_eq!(found.shape, AtomShape::TracelessTensor);
    assert_eq!(found.samples[0].values[..9], [1.0, 6.0, 5.0, 6.0, 2.0, 4.0, 5.0, 4.0, -3.0]);
    assert_eq!(read(&text.replace(" -3 ", " 3 "), &voigt).unwrap().shape, AtomShape::SymmetricTensor);
}

/// Catches: a bad column that is fitted, or whose message does not say which file, frame, column and remedy.
#[test]
fn columns_that_make_no_sense_are_refused() {
    let frame = |columns: &str, first: &str| {
        format!(
            "1\nProperties=species:S:1:pos:R:3:q:R:1\nH 0 0 0 1\n1\nProperties=species:S:1:pos:R:3:{columns}\nH 0 0 0 {first}\n"
        )
    };
    let mask = AtomColumns { mask: Some("m".into()), ..named(&["q"]) };
    for (text, columns, expected) in [
        (frame("q:R:1", "inf"), named(&["q"]), "`q` of atom 1 is inf; write nan where a value is not known"),
        (frame("q:R:3", "1 2 3"), named(&["q"]), "another number of components than in the frames before"),
        (frame("q:R:6", "1 2 3 4 5 6"), named(&["q"]), "target_order = \"voigt\""),
        (frame("q:R:2", "1 2"), named(&["q"]), "`q` has 2 numbers for each atom; a target has 1, 3 (a vector) or 9"),
        (frame("q:S:1", "one"), named(&["q"]), "the column `q` does not hold numbers"),
        (frame("t:R:9", "1 2 3 4 5 6 7 8 9"), named(&["t"]), "`t` of atom 1 (H) is not symmetric"),
        (frame("q:R:1:p:R:3", "1 1 2 3"), named(&["q", "p"]), "there is no column `p`, but other targets"),
        (frame("q:R:1", "1"), mask, "there is no column `m` of one truth value or number"),
        (
            frame("q:R:1", "1"),
            named(&["shift"]),
            "there is no column `shift` in any frame; beside species and positions the first has `q` (1)",
        ),
        (
            frame("q:R:1", "nan").replace("0 0 0 1", "0 0 0 nan"),
            named(&["q"]),
            "no atom has a value of `q` that counts",
        ),
    ] {
        let message = read(&text, &columns).unwrap_err();
        assert!(message.contains("data.xyz") && message.contains(expected), "{expected:?} is not in {message:?}");
    }
    let two = "1\nProperties=species:S:1:pos:R:3:q:R:1:p:R:3\nH 0 0 0 1 1 2 3\n";
    assert!(read(two, &named(&["q", "p"])).unwrap_err().contains("are of different shapes; fit them one by one"));
}

/// What is to be found: Q_i = Σ_j w_Zj f(r)(r rᵀ − r² 1/3) with f(r) = (1 − r²/9)² below 3 Å, in an arbitrary unit.
fn made_up(configuration: &Configuration) -> Vec<f64> {
    let weight = |element: Element| match element.number() {
        1 => 0.4,
        6 => -1.0,
        _ => 1.7,
    };
    let Configuration { positions, elements, .. } = configuration;
    let mut values = Vec::new();
    for (i, here) in positions.iter().enumerate() {
        let mut tensor = Matrix3::zeros();
        for (j, there) in positions.iter().enumerate().filter(|(j, _)| *j != i) {
            let vector = Vector3::from(*there) - Vector3::from(*here);
            let square = vector.norm_squared();
            let factor = if square < 9.0 { (1.0 - square / 9.0).powi(2) } else { 0.0 };
            let traceless = vector * vector.transpose() - Matrix3::from_diagonal_element(square / 3.0);
            tensor += weight(elements[j]) * factor * traceless;
        }
        values.extend_from_slice(tensor.as_slice());
    }
    values
}

fn config(threads: usize, batch: usize) -> RegressionConfig {
    RegressionConfig {
        batch,
        learning_rate: 0.01,
        final_learning_rate: 1e-4,
        huber_delta: 0.0,
        warm_up: 50,
        averaged: Some((0.99, 2.0)),
        threads,
        seed: 4,
    }
}

fn trainer(parts: [Vec<AtomSample>; 3], shape: AtomShape, config: &RegressionConfig) -> Trainer<f64, AtomObjective> {
    let columns = named(&["q"]);
    let standard = AtomStandard { shift: Together::Element, scale: Together::All };
    let target = standard.target(&columns, (shape, "ppm"), &parts[0], &elements());
    let network = target.configured(CormorantConfig {
        cutoff: 3.5,
        max_degree: 2,
        max_edge_degree: 2,
        layers: 1,
        products: 1,
        ..CormorantConfig::default()
    });
    let network = DifferentiableCormorant::<f32>::new(&network.shape(3, 8.0), 0.04);
    let zeros = vec![0.0; network.parameters().count()];
    let network = Box::new(Doubles::new(Box::new(PreparedNetwork::new(network, &zeros))));
    let objective = AtomObjective::new(elements(), target, &parts[0], config.huber_delta);
    Trainer::of(network, Some(3.5), objective, config.into(), parts).unwrap()
}

fn learn(trainer: &mut Trainer<f64, AtomObjective>, epochs: std::ops::Range<u64>, all: u64) -> f64 {
    let share = |epoch: u64| epoch as f64 / all as f64;
    epochs.fold(f64::NAN, |_, epoch| {
        trainer.epoch(epoch, share(epoch), share(epoch + 1), &|| false).unwrap().unwrap().loss
    })
}

/// Catches: a readout that cannot give a tensor, labels of other atoms, masked atoms that are learned as zeros.
#[test]
fn a_made_up_tensor_is_recovered_to_one_percent() {
    let make = |index: u64| {
        let configuration = frame(index, 12, 5.0, false);
        let values = made_up(&configuration);
        // A third of the labels is missing.
        let known = (0..12).map(|atom| !(atom + index as usize).is_multiple_of(3)).collect();
        AtomSample { configuration, values, known }
    };
    let parts = [(0..200).map(make).collect(), (200..220).map(make).collect(), (220..270).map(make).collect()];
    let mut trainer = trainer(parts, AtomShape::TracelessTensor, &config(2, 5));
    learn(&mut trainer, 0..60, 60);
    let found = trainer.predictions(Part::Test).unwrap();
    let (mut error, mut size, mut labels) = (0.0, 0.0, 0);
    for (label, found) in &found {
        // All atoms, those without a label too.
        for (x, y) in label.values.iter().zip(found) {
            error += (x - y).powi(2);
            size += x * x;
            labels += 1;
        }
    }
    assert_eq!(labels, 50 * 12 * 9);
    let relative = (error / size).sqrt();
    let errors = trainer.evaluate(Part::Test).unwrap();
    let [all] = errors.atom_targets.iter().filter(|one| one.element.is_none()).collect::<Vec<_>>()[..] else {
        panic!()
    };
    eprintln!("made-up tensor: {:.4} of its root mean square, correlation {:.6}", relative, all.correlation);
    assert!(relative < 0.01, "{relative} of the root mean square");
    assert!(all.correlation > 0.9999 && all.labels == 50 * 8, "{all:?}");
}

/// Catches: sums that depend on threads, a paused or restored state that is not that of never stopping.
#[test]
fn threads_and_interruptions_are_not_seen() {
    let make = |index: u64| {
        let configuration = frame(index, 12, 5.0, index.is_multiple_of(2));
        let values: Vec<f64> = made_up(&configuration).chunks_exact(9).flat_map(|t| [t[0], t[1], t[5]]).collect();
        AtomSample { configuration, values, known: (0..12).map(|atom| atom != 5).collect() }
    };
    let parts = || [(0..14).map(make).collect::<Vec<_>>(), (14..16).map(make).collect(), Vec::new()];
    let weights = |threads: usize| {
        let mut trainer = trainer(parts(), AtomShape::Vector, &config(threads, 5));
        learn(&mut trainer, 0..6, 6);
        trainer.average()
    };
    let one = weights(1);
    assert_eq!(one, weights(2), "two threads");
    assert_eq!(one, weights(3), "three threads");
    // Paused within an epoch, and continued by another trainer.
    let mut first = trainer(parts(), AtomShape::Vector, &config(2, 5));
    learn(&mut first, 0..2, 6);
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let stop = || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= 1;
    assert!(first.epoch(2, 2.0 / 6.0, 3.0 / 6.0, &stop).unwrap().is_none(), "the epoch was not paused");
    let mut second = trainer(parts(), AtomShape::Vector, &config(1, 5));
    second.restore(&first.state()).unwrap();
    learn(&mut second, 2..6, 6);
    assert_eq!(one, second.average(), "paused and restored");
}

/// Catches: a data set whose tensors have a trace, are not of the atoms beside them, or are in another order than its input says.
#[test]
fn the_data_of_the_examples_are_multipoles() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2-multipoles.xyz");
    let frames: Vec<Frame> = ExtendedXyzReader::open(&path).unwrap().map(Result::unwrap).collect();
    assert_eq!(frames.len(), 150);
    for frame in &frames {
        let charge: f64 = frame.numbers("charge").unwrap().iter().sum();
        assert!(charge.abs() < 1e-4, "{charge}");
    }
    let read = labeled_atoms(&path, &AtomColumns { voigt: true, ..named(&["quadrupole"]) }, &[]).unwrap();
    assert_eq!(read.shape, AtomShape::TracelessTensor);
    assert_eq!(labeled_atoms(&path, &named(&["dipole"]), &[]).unwrap().shape, AtomShape::Vector);
}
