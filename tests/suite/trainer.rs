//! Fitting: the gradient of the loss, the optimizer, and the same bits for any number of threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use cormorant::fit::{
    BatchSizes, Configuration, FrameEvaluation, FrameWeights, Graph, Learner, ObjectiveWeights, Optimizer, Sides,
    Trainer, TrainerConfig,
};
use cormorant::kernels::Orthogonal;
use cormorant::kernels::network::{Layout, Matrix, Plan, Shape};
use cormorant::model::{
    CormorantConfig, Differentiable, DifferentiableCormorant, DifferentiableOriginal, EdgeLengths, OriginalConfig,
    PreparedNetwork, Scaling, Trainable, Worker,
};
use cormorant::noise::{Consumer, Noise, Stream};
use cormorant::system::Element;

fn scaling() -> Scaling {
    let elements = ["H", "O"].map(|symbol| Element::from_symbol(symbol).unwrap()).to_vec();
    Scaling { elements, references: vec![-13.6, -2040.0], scale: 1.3 }
}

/// Water molecules out of shape, with the labels of springs.
pub fn frames(count: usize) -> Vec<Configuration> {
    (0..count)
        .map(|frame| {
            let mut random = Noise::new(5).stream(Consumer::Test, frame as u64, 0);
            let rest = [[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]];
            let positions = rest.map(|p| p.map(|x| x + 0.1 * random.normal()));
            let mut forces = vec![[0.0; 3]; 3];
            let mut energy = -2067.0;
            for (i, j, length) in [(0, 1, 0.96), (0, 2, 0.96), (1, 2, 1.52)] {
                let d = [0, 1, 2].map(|axis| positions[j][axis] - positions[i][axis]);
                let r = d.iter().map(|x| x * x).sum::<f64>().sqrt();
                energy += 10.0 * (r - length) * (r - length);
                for axis in 0..3 {
                    let pull = 20.0 * (r - length) * d[axis] / r;
                    forces[i][axis] += pull;
                    forces[j][axis] -= pull;
                }
            }
            let elements = ["O", "H", "H"].map(|symbol| Element::from_symbol(symbol).unwrap()).to_vec();
            Configuration {
                elements,
                positions: positions.to_vec(),
                energy: Some(energy),
                forces,
                ..Configuration::default()
            }
        })
        .collect()
}

fn network() -> CormorantConfig {
    CormorantConfig { max_degree: 2, max_edge_degree: 4, products: 1, radial_hidden: 16, ..CormorantConfig::default() }
}

/// The network of `shape` with packed weights.
fn prepared(shape: &Shape, packed: &[f64]) -> PreparedNetwork<DifferentiableCormorant<f64>> {
    PreparedNetwork::new(DifferentiableCormorant::new(shape, 0.04), packed)
}

/// Sizes of the weights of a network, and random weights of somewhat less than that.
fn weights(shape: &Shape, random: &mut Stream) -> (Vec<f64>, Vec<f64>) {
    let blocks = Layout::new(shape).blocks;
    let scales: Vec<f64> = blocks.iter().flat_map(|block| vec![block.scale; block.len()]).collect();
    let packed = scales.iter().map(|scale| 0.7 * scale * random.normal()).collect();
    (scales, packed)
}

/// Loss of `graph` and its gradient.
fn learn(
    network: &mut dyn Trainable<f64>,
    cutoff: Option<f64>,
    graph: &Graph,
    parts: ObjectiveWeights,
) -> (f64, Vec<f64>) {
    learn_from(network, cutoff, graph, (parts, Sides::Both))
}

/// The same by differences to these sides.
fn learn_from(
    network: &mut dyn Trainable<f64>,
    cutoff: Option<f64>,
    graph: &Graph,
    (parts, sides): (ObjectiveWeights, Sides),
) -> (f64, Vec<f64>) {
    let mut workers = network.workers(1);
    let worker: &mut dyn Worker = workers[0].as_mut();
    worker.clear();
    let loss = FrameEvaluation::new(cutoff).accumulate(worker, (graph, graph.energy), parts, (1.0, sides)).loss;
    drop(workers);
    (loss, network.gradient(1, false).to_vec())
}

/// Catches: a force term of the loss whose gradient is wrong in sign, factor or direction of displacement.
#[test]
fn loss_gradient() {
    let shape = network().shape(2, 2.0);
    let mut random = Noise::new(3).stream(Consumer::Test, 0, 0);
    let packed = weights(&shape, &mut random).1;
    let mut graph = Graph::new(&frames(1)[0], &scaling(), shape.cutoff).unwrap();
    graph.virial = Some([[0.4, 0.1, -0.3], [0.1, -0.2, 0.05], [-0.3, 0.05, 0.6]]);
    let plain = ObjectiveWeights { force: 1.0, energy: 0.3, virial: 0.0, dipole: 0.0, huber_delta: 0.0 };
    let with_virial = ObjectiveWeights { virial: 0.5, ..plain };
    let virial_alone = ObjectiveWeights { force: 0.0, energy: 0.0, virial: 1.0, dipole: 0.0, huber_delta: 0.0 };
    let with_knee = ObjectiveWeights { huber_delta: 0.1, ..with_virial };
    let blocks = Layout::new(&shape).blocks;
    for parts in [plain, with_virial, virial_alone, with_knee] {
        let loss = |packed: &[f64]| learn(&mut prepared(&shape, packed), Some(shape.cutoff), &graph, parts).0;
        let (_, gradient) = learn(&mut prepared(&shape, &packed), Some(shape.cutoff), &graph, parts);
        for block in &blocks {
            // One direction for each block: the sign pattern of a random vector.
            let direction: Vec<f64> = (0..block.len()).map(|_| random.normal() * block.scale).collect();
            let moved = |step: f64| {
                let mut copy = packed.clone();
                for (x, d) in copy[block.offset..].iter_mut().zip(&direction) {
                    *x += step * d;
                }
                loss(&copy)
            };
            let h = 1e-4;
            let numeric = (moved(h) - moved(-h)) / (2.0 * h);
            let analytic: f64 = direction.iter().zip(&gradient[block.offset..]).map(|(d, g)| d * g).sum();
            let scale: f64 = direction.iter().zip(&gradient[block.offset..]).map(|(d, g)| (d * g).abs()).sum();
            // The displacement of 4e-3 Å leaves an error of second order, a few parts in a thousand of the sum.
            let name = &block.name;
            assert!(
                (numeric - analytic).abs() < 5e-3 * scale + 1e-9,
                "{name}, {parts:?}: {numeric} against {analytic}"
            );
        }
    }
}

/// Catches: a gradient from one side whose error does not change its sign with the side, one that takes the energy's part twice or not
/// at all, and one that keeps the step of large errors where all are small.
#[test]
fn sides_agree() {
    let shape = network().shape(2, 2.0);
    let mut random = Noise::new(3).stream(Consumer::Test, 0, 0);
    let (scales, packed) = weights(&shape, &mut random);
    let mut graph = Graph::new(&frames(1)[0], &scaling(), shape.cutoff).unwrap();
    let large = ObjectiveWeights { force: 1.0, energy: 0.3, virial: 0.0, dipole: 0.0, huber_delta: 0.1 };
    let cases = [
        (large, false),
        (ObjectiveWeights { energy: 30.0, ..large }, false),
        (ObjectiveWeights { huber_delta: 1.0e4, ..large }, false),
        (ObjectiveWeights { virial: 0.5, ..large }, true),
    ];
    for (parts, strained) in cases {
        graph.virial = strained.then_some([[0.4, 0.1, -0.3], [0.1, -0.2, 0.05], [-0.3, 0.05, 0.6]]);
        let of = |sides| learn_from(&mut prepared(&shape, &packed), Some(shape.cutoff), &graph, (parts, sides));
        let ((loss, both), (ahead_loss, ahead), (behind_loss, behind)) =
            (of(Sides::Both), of(Sides::Ahead), of(Sides::Behind));
        // The forces come with a seed of another size, so that the last bit may differ.
        assert!((loss - ahead_loss).abs() < 1e-12 * loss && (loss - behind_loss).abs() < 1e-12 * loss);
        let size = |list: &[f64]| list.iter().zip(&scales).map(|(x, s)| (x * s).powi(2)).sum::<f64>().sqrt();
        let apart = |a: &[f64], b: &[f64]| size(&a.iter().zip(b).map(|(x, y)| x - y).collect::<Vec<_>>()) / size(&both);
        let mean: Vec<f64> = ahead.iter().zip(&behind).map(|(x, y)| 0.5 * (x + y)).collect();
        let (one, two) = (apart(&ahead, &both), apart(&mean, &both));
        assert!(one < 0.05, "{parts:?}: one side is {one} away");
        // An energy that pulls harder than the forces decides on the side.
        assert!(two < if parts.energy > 1.0 { 0.05 } else { 2e-3 }, "{parts:?}: the mean is {two} away");
    }
}

/// Catches: a network without a cutoff whose forces come from half of its pairs, and a gradient of theirs that points elsewhere.
#[test]
fn loss_gradient_without_a_cutoff() {
    let config = OriginalConfig { channels: 4, levels: 2, max_degree: 1, max_edge_degree: 1, ..Default::default() };
    let network = || DifferentiableOriginal::<f64>::new(&config.shape(vec![1, 8]));
    let packed = network().initial(Noise::new(2), &[]);
    let graph = Graph::within(&frames(1)[0], &scaling(), None).unwrap();
    let parts = ObjectiveWeights { force: 1.0, energy: 0.3, virial: 0.0, dipole: 0.0, huber_delta: 0.0 };
    let of = |packed: &[f64]| learn(&mut PreparedNetwork::new(network(), packed), None, &graph, parts);
    let (_, gradient) = of(&packed);
    let mut random = Noise::new(6).stream(Consumer::Test, 0, 0);
    let direction: Vec<f64> = packed.iter().map(|_| random.normal()).collect();
    let moved = |step: f64| of(&packed.iter().zip(&direction).map(|(w, d)| w + step * d).collect::<Vec<_>>()).0;
    let numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5;
    let exact: f64 = direction.iter().zip(&gradient).map(|(d, g)| d * g).sum();
    let scale: f64 = direction.iter().zip(&gradient).map(|(d, g)| (d * g).abs()).sum();
    // The displacement leaves an error of second order, as above.
    assert!((numeric - exact).abs() < 5e-3 * scale, "{numeric} against {exact}");
}

/// Catches: a label that a frame does not have and that is learned from as zero, and a weight of a frame that reaches another term.
#[test]
fn missing_labels_and_weights_of_frames() {
    let shape = network().shape(2, 2.0);
    let mut random = Noise::new(5).stream(Consumer::Test, 0, 0);
    let packed = weights(&shape, &mut random).1;
    let mut graph = Graph::new(&frames(1)[0], &scaling(), shape.cutoff).unwrap();
    graph.virial = Some([[0.4, 0.1, -0.3], [0.1, -0.2, 0.05], [-0.3, 0.05, 0.6]]);
    let parts = ObjectiveWeights { force: 1.0, energy: 0.3, virial: 0.5, dipole: 0.0, huber_delta: 0.1 };
    let learn = |graph: &Graph, parts: ObjectiveWeights| {
        learn(&mut prepared(&shape, &packed), Some(shape.cutoff), graph, parts)
    };
    let without_energy = Graph { energy: None, ..graph.clone() };
    let without_forces = Graph { forces: Vec::new(), ..graph.clone() };
    let without_virial = Graph { virial: None, ..graph.clone() };
    assert_eq!(learn(&without_energy, parts), learn(&graph, ObjectiveWeights { energy: 0.0, ..parts }));
    assert_eq!(learn(&without_forces, parts), learn(&graph, ObjectiveWeights { force: 0.0, ..parts }));
    assert_eq!(learn(&without_virial, parts), learn(&graph, ObjectiveWeights { virial: 0.0, ..parts }));
    let nothing = Graph { energy: None, forces: Vec::new(), virial: None, ..graph.clone() };
    let (loss, gradient) = learn(&nothing, parts);
    assert!(loss == 0.0 && gradient.iter().all(|&x| x == 0.0));
    let weighted = Graph { weights: FrameWeights { energy: 2.0, forces: 3.0, virial: 5.0 }, ..graph.clone() };
    let meant = ObjectiveWeights { force: 3.0, energy: 0.6, virial: 2.5, dipole: 0.0, ..parts };
    assert_eq!(learn(&weighted, parts), learn(&graph, meant));
}

/// Catches: a step that leaves out a row of the radial tables that an edge of the batch reads, moved or not, or that carries
/// rows of the batch before it along.
#[test]
fn tables_of_a_batch() {
    let shape = network().shape(2, 2.0);
    let mut random = Noise::new(4).stream(Consumer::Test, 0, 0);
    let packed: Vec<f64> = (0..Layout::new(&shape).len()).map(|_| 0.1 * random.normal()).collect();
    let graphs: Vec<Graph> =
        frames(2).iter().map(|frame| Graph::new(frame, &scaling(), shape.cutoff).unwrap()).collect();
    let parts = ObjectiveWeights { force: 1.0, energy: 0.3, virial: 0.0, dipole: 0.0, huber_delta: 0.0 };
    let mut restricted = prepared(&shape, &packed);
    for graph in &graphs {
        let (_, expected) = learn(&mut prepared(&shape, &packed), Some(shape.cutoff), graph, parts);
        let edges = EdgeLengths { edges: &mut graph.edges(), margin: 0.04 };
        restricted.replace(&packed, Some(edges), false);
        let (_, gradient) = learn(&mut restricted, Some(shape.cutoff), graph, parts);
        let largest = expected.iter().fold(0.0f64, |most, x| most.max(x.abs()));
        for (found, expected) in gradient.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-12 * largest, "{found} {expected}");
        }
    }
    // Side by side, each with room for its own edges: after one another in one order, and in the other.
    let expected = graphs.iter().map(|graph| learn(&mut prepared(&shape, &packed), Some(shape.cutoff), graph, parts).1);
    let expected = expected.reduce(|sum, one| sum.iter().zip(&one).map(|(x, y)| x + y).collect()).unwrap();
    let largest = expected.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    for (order, parallel) in [([0, 1], false), ([1, 0], true)] {
        let mut edges = graphs.iter().flat_map(Graph::edges);
        restricted.replace(&packed, Some(EdgeLengths { edges: &mut edges, margin: 0.04 }), false);
        for (worker, graph) in restricted.workers(2).iter_mut().zip(order.map(|place| &graphs[place])) {
            worker.clear_for(EdgeLengths { edges: &mut graph.edges(), margin: 0.04 });
            let mut evaluation = FrameEvaluation::new(Some(shape.cutoff));
            evaluation.accumulate(worker.as_mut(), (graph, graph.energy), parts, (1.0, Sides::Both));
        }
        let gradient = restricted.gradient(2, parallel);
        assert!(gradient.iter().zip(&expected).all(|(found, expected)| (found - expected).abs() < 1e-12 * largest));
    }
}

/// Catches: an optimizer that climbs, forgets a scale, or whose average does not follow.
#[test]
fn optimizer_minimizes() {
    let mut optimizer = Optimizer::new(vec![3.0f64, -0.5], vec![1.0, 0.1], &[], 0.0, 0.9, 10.0);
    for _ in 0..4000 {
        let gradient: Vec<f64> = optimizer.weights.iter().zip([1.0, 100.0]).map(|(w, k)| k * (w - 0.5)).collect();
        assert!(optimizer.step(&gradient, 0.01, false));
    }
    for weight in optimizer.weights.iter().chain(&optimizer.average) {
        assert!((weight - 0.5).abs() < 1e-2, "{weight}");
    }
    assert!(!optimizer.step(&[f64::NAN, 0.0], 0.01, false), "a gradient that is not a number is skipped");
    assert!(optimizer.weights.iter().all(|weight| weight.is_finite()));
}

/// Catches: Newton-Schulz with a wrong coefficient or a product the wrong way round, which turns the directions or leaves
/// singular values far from one; a wide matrix that is not turned back, or one of 8 rows that is turned.
#[test]
fn orthogonal_factor() {
    for (rows, columns) in [(48, 16), (32, 80), (8, 32)] {
        let fewer = rows.min(columns);
        let mut random = Noise::new(7).stream(Consumer::Test, 0, 0);
        let original = nalgebra::DMatrix::from_fn(rows, columns, |_, _| random.normal());
        let mut packed: Vec<f64> = original.transpose().as_slice().to_vec();
        Orthogonal::default().apply(&mut packed, rows, columns);
        let found = nalgebra::DMatrix::from_row_slice(rows, columns, &packed);
        let singular = found.clone().svd(false, false).singular_values;
        assert!(singular.iter().all(|&s| (0.6..1.3).contains(&s)), "{singular}");
        // With U S Vᵀ of the original, Uᵀ X V is diagonal.
        let decomposed = original.svd(true, true);
        let turned = decomposed.u.unwrap().transpose() * found * decomposed.v_t.unwrap().transpose();
        for (index, value) in turned.iter().enumerate() {
            assert!((index % (fewer + 1) == 0) == (value.abs() > 1e-9), "{turned}");
        }
        let mut nothing = vec![0.0f32; rows * columns];
        Orthogonal::default().apply(&mut nothing, rows, columns);
        assert!(nothing.iter().all(|&x| x == 0.0), "no direction, no step");
    }
}

/// Catches: matrices that are left to Adam, whose first step has all entries alike and so rank one; numbers beside them that
/// are not moved, or moved twice; threads that change the result.
#[test]
fn orthogonal_steps() {
    let matrices = [Matrix { offset: 3, rows: 32, columns: 16, radial: false }];
    let length = 3 + 512 + 5;
    let mut random = Noise::new(8).stream(Consumer::Test, 0, 0);
    let gradient: Vec<f64> = (0..length).map(|_| random.normal()).collect();
    let stepped = |matrices: &[Matrix], parallel| {
        let mut optimizer = Optimizer::new(vec![0.0; length], vec![0.5; length], matrices, 0.0, 0.9, 10.0);
        assert!(optimizer.step(&gradient, 0.01, parallel));
        optimizer.weights
    };
    let step = |parallel| stepped(&matrices, parallel);
    let weights = step(false);
    assert_eq!(weights, step(true));
    for (weight, slope) in weights[..3].iter().chain(&weights[515..]).zip(gradient[..3].iter().chain(&gradient[515..]))
    {
        assert!((weight + 0.005 * slope.signum()).abs() < 1e-7, "the first step of Adam is the rate");
    }
    let moved = nalgebra::DMatrix::from_row_slice(32, 16, &weights[3..515]);
    let singular = moved.svd(false, false).singular_values;
    let largest = 0.01 * 0.5 * 0.15 * 32f64.sqrt();
    assert!(singular.iter().all(|&s| (0.5..1.3).contains(&(s / largest))), "{singular} of {largest}");
    // Catches radial networks that move as far as others.
    let radial = stepped(&matrices.map(|matrix| Matrix { radial: true, ..matrix }), false);
    assert!(radial.iter().zip(&weights).skip(3).take(512).all(|(a, b)| (a - 0.25 * b).abs() < 1e-12));
    // Catches matrices that nothing holds back where the gradient says nothing, and radial ones that are held as much as others.
    for (radial, decay) in [(false, 0.01), (true, 0.002)] {
        let matrices = matrices.map(|matrix| Matrix { radial, ..matrix });
        let mut resting = Optimizer::<f64>::new(vec![1.0; length], vec![0.5; length], &matrices, 0.0, 0.9, 10.0);
        assert!(resting.step(&vec![0.0; length], 0.01, false));
        let expected = |index: usize| -> f64 { if (3..515).contains(&index) { 1.0 - 0.01 * decay } else { 1.0 } };
        assert!(resting.weights.iter().enumerate().all(|(index, weight)| (weight - expected(index)).abs() < 1e-12));
    }
}

/// Catches: a part of the network that is forgotten when matrices are told from numbers.
#[test]
fn matrices_of_a_network() {
    for (element_features, element_products) in [(true, true), (true, false), (false, true), (false, false)] {
        let config = CormorantConfig { element_features, element_products, ..network() };
        let shape = config.shape(3, 2.0);
        let matrices = Plan::<f32>::new(&shape).layout.matrices();
        let degrees = shape.max_degree + 1;
        let copies = |by_element: bool| if by_element { 3 } else { 1 };
        // Mixing of messages in every layer; what is sent and what is kept in all but the first.
        let mixing = degrees * (3 * shape.layers + 2 * copies(element_features) * (shape.layers - 1));
        let products = copies(element_products) * (degrees * (shape.layers * shape.products - 1) + 1);
        // In the radial networks: the first layer tells pairs of elements apart.
        let radial = shape.pairs() + (shape.layers - 1) + shape.layers;
        assert_eq!(matrices.len(), mixing + products + radial);
        assert_eq!(matrices.iter().filter(|matrix| matrix.radial).count(), radial);
        assert!(matrices.windows(2).all(|pair| pair[0].offset + pair[0].rows * pair[0].columns <= pair[1].offset));
    }
}

fn config(threads: usize) -> TrainerConfig {
    TrainerConfig {
        batch: 5,
        final_batch: 5,
        learning_rate: 0.01,
        final_rate_share: 0.1,
        rate_power: 2.0,
        weight_decay: 0.0,
        average_decay: 0.99,
        clip: 2.0,
        force_weight: 1.0,
        energy_weight: 1.0,
        final_energy_weight: 1.0,
        virial_weight: 0.0,
        dipole_weight: 0.0,
        huber_delta: 0.0,
        threads,
        seed: 4,
        elements_alike: false,
        knot_spacing: 0.05,
    }
}

/// Catches: one gradient that is a million times too long and lets the hundred after it through as they are.
#[test]
fn one_long_gradient_opens_no_door() {
    let mut optimizer = Optimizer::new(vec![0.0_f64], vec![1.0], &[], 0.0, 0.0, 2.0);
    for gradient in [1.0, 1.0e6, 1.0e6] {
        optimizer.step(&[gradient], 0.01, false);
    }
    assert!(optimizer.norm < 1.03, "the running mean is {}", optimizer.norm);
}

/// Catches: a rate that falls otherwise than by the power of what is left that is asked for, or ends elsewhere than the input says; no warm-up.
#[test]
fn rate_falls_with_a_power_of_what_is_left() {
    let config = config(1);
    let rate = |progress| config.rate(progress, 1000);
    for (progress, expected) in [(0.0, 0.01), (0.5, 0.00325), (1.0, 0.001), (2.0, 0.001)] {
        assert!((rate(progress) - expected).abs() < 1.0e-12, "{} at {progress}", rate(progress));
    }
    assert!((config.rate(0.0, 99) - 0.005).abs() < 1.0e-12);
    let line = TrainerConfig { rate_power: 1.0, ..config };
    assert!((line.rate(0.5, 1000) - 0.0055).abs() < 1.0e-12);
}

/// Catches: a step of other than geometric growth, one without frames; a pass that goes on after a stop with the batches of another size.
#[test]
fn batches_grow() {
    let sizes = BatchSizes { first: 4, last: 64 };
    assert_eq!([-1.0, 0.0, 0.25, 0.5, 1.0, 2.0].map(|progress| sizes.at(progress)), [4, 4, 8, 16, 64, 64]);
    assert_eq!((BatchSizes { first: 0, last: 3 }.at(0.0), BatchSizes::from(7).at(0.6)), (1, 7));
    let shape = network().shape(2, 2.0);
    let trainer = || {
        let config = TrainerConfig { batch: 2, final_batch: 8, ..config(1) };
        Trainer::<f64>::new(&shape, scaling(), config, [frames(32), Vec::new(), Vec::new()]).unwrap()
    };
    // Whether to stop is asked before each step.
    let asked = AtomicUsize::new(0);
    let mut whole = trainer();
    let never = || asked.fetch_add(1, Ordering::Relaxed) == usize::MAX;
    whole.epoch(3, 0.5, 0.6, &never).unwrap().unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 32 / 4, "steps of a pass that begins in the middle");
    let mut first = trainer();
    let late = || asked.fetch_add(1, Ordering::Relaxed) >= 8 + 3;
    assert!(first.epoch(3, 0.5, 0.6, &late).unwrap().is_none());
    let mut second = trainer();
    second.restore(&first.state()).unwrap();
    second.epoch(3, 0.5, 0.6, &|| false).unwrap().unwrap();
    assert!(second.state() == whole.state());
}

/// Catches: matrices of a rare element that have to learn by themselves what a frequent one taught, elements that nothing tells apart, and
/// copies that reach into the next tensor.
#[test]
fn elements_begin_alike() {
    let shape = network().shape(2, 2.0);
    let weights = |elements_alike: bool| {
        let config = TrainerConfig { elements_alike, ..config(1) };
        Trainer::<f64>::new(&shape, scaling(), config, [frames(3), Vec::new(), Vec::new()]).unwrap().average()
    };
    let (alike, own) = (weights(true), weights(false));
    let mut stacks = 0;
    for block in &Layout::new(&shape).blocks {
        let [alike, own] = [&alike, &own].map(|weights| &weights[block.offset..block.offset + block.len()]);
        let Some(size) = block.matrix.map(|matrix| matrix.rows * matrix.columns).filter(|size| *size < own.len())
        else {
            assert_eq!(alike, own, "{} is not of the matrices of elements", block.name);
            continue;
        };
        stacks += 1;
        assert!(own.chunks(size).skip(1).all(|copy| copy != &own[..size]), "{}", block.name);
        assert!(alike.chunks(size).all(|copy| copy == &own[..size]), "{}", block.name);
    }
    assert!(stacks > 8, "{stacks} tensors hold a matrix for each element or pair");
}

/// Catches: sums whose order depends on the threads; a fit that does not learn.
#[test]
fn fits_and_threads_agree() {
    let shape = network().shape(2, 2.0);
    let mut states = Vec::new();
    for threads in [1, 2, 4] {
        let all = frames(40);
        let parts = [all[..32].to_vec(), all[32..].to_vec(), Vec::new()];
        let mut trainer = Trainer::<f32>::new(&shape, scaling(), config(threads), parts).unwrap();
        let first = trainer.epoch(0, 0.0, 0.04, &|| false).unwrap().unwrap();
        let mut last = first;
        for epoch in 1..25 {
            let (from, to) = (0.04 * epoch as f64, 0.04 * (epoch + 1) as f64);
            last = trainer.epoch(epoch, from, to, &|| false).unwrap().unwrap();
        }
        assert!(last.force_mae < 0.4 * first.force_mae, "from {} to {}", first.force_mae, last.force_mae);
        states.push(trainer.state());
    }
    assert!(states[0] == states[1] && states[0] == states[2], "the number of threads changes the weights");
}
