//! Vectors and tensors of molecules: theorems about the heads on the production network.

use std::path::Path;

use cormorant::fit::regression::{Head, Sample, Standard};
use cormorant::fit::{Configuration, DataSet, FrameEvaluation, Graph, Objective, PropertyObjective};
use cormorant::kernels::network::Shape;
use cormorant::model::{
    CormorantConfig, Differentiable, DifferentiableCormorant, GraphBatch, PreparedNetwork, Trainable,
};
use cormorant::noise::{Consumer, Noise};
use cormorant::so3::{rotation_about_x, rotation_about_y, rotation_about_z};
use cormorant::system::Element;
use nalgebra::{Matrix3, Vector3};

const HEADS: [Head; 5] = [Head::Extensive, Head::Intensive, Head::Dipole, Head::DipoleNorm, Head::Polarizability];

fn ethanol() -> Configuration {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2.xyz");
    DataSet::read(&path, None).unwrap().configurations.remove(7)
}

/// A network with random weights.
struct Network {
    head: Head,
    objective: PropertyObjective,
    shape: Shape,
    packed: Vec<f64>,
}

impl Network {
    fn new(head: Head) -> Self {
        let config = CormorantConfig {
            max_degree: 2,
            max_edge_degree: 3,
            radial_hidden: 16,
            multipole: head.multipole(),
            ..Default::default()
        };
        let elements: Vec<Element> = [1, 6, 8].map(|number| Element::from_number(number).unwrap()).into();
        let standard = Standard { mean: 0.0, deviation: 1.0 };
        let objective = PropertyObjective::new(elements, Some(head), standard, 0.0);
        let shape = config.shape(3, 8.0);
        let mut network = Self { head, objective, shape, packed: Vec::new() };
        let graph = network.graph(&ethanol());
        let batch = GraphBatch {
            species: &graph.species,
            offsets: &graph.offsets,
            senders: &graph.senders,
            vectors: &graph.vectors,
            ..GraphBatch::default()
        };
        network.packed = DifferentiableCormorant::<f64>::new(&network.shape, 0.04).initial(Noise::new(3), &[batch]);
        network
    }

    fn graph(&self, frame: &Configuration) -> Graph {
        let sample = Sample { configuration: frame.clone(), target: vec![0.0; self.head.outputs()] };
        self.objective.graph(&sample, Some(self.shape.cutoff)).unwrap()
    }

    fn prepared(&self, packed: &[f64]) -> PreparedNetwork<DifferentiableCormorant<f64>> {
        PreparedNetwork::new(DifferentiableCormorant::new(&self.shape, 0.04), packed)
    }

    fn numbers(&self, packed: &[f64], frame: &Configuration) -> Vec<f64> {
        let mut numbers = vec![f64::NAN; self.head.outputs()];
        let mut network = self.prepared(packed);
        let mut evaluation = FrameEvaluation::new(Some(self.shape.cutoff));
        evaluation.numbers(network.workers(1)[0].as_mut(), &self.graph(frame), Some(self.head), &mut numbers);
        numbers
    }

    fn of(&self, frame: &Configuration) -> Vec<f64> {
        self.numbers(&self.packed, frame)
    }
}

/// The frame under x → R x + s.
fn moved(frame: &Configuration, rotation: &Matrix3<f64>, shift: [f64; 3]) -> Configuration {
    let place = |x: &[f64; 3]| (rotation * Vector3::from(*x) + Vector3::from(shift)).into();
    Configuration { positions: frame.positions.iter().map(place).collect(), ..frame.clone() }
}

/// What the numbers of a head become under R.
fn turned(numbers: &[f64], rotation: &Matrix3<f64>) -> Vec<f64> {
    match numbers {
        [x, y, z] => (rotation * Vector3::new(*x, *y, *z)).as_slice().to_vec(),
        [_, _, _, _, _, _, _, _, _] => {
            let tensor = rotation * Matrix3::from_row_slice(numbers) * rotation.transpose();
            tensor.transpose().as_slice().to_vec()
        }
        scalar => scalar.to_vec(),
    }
}

fn size(numbers: &[f64]) -> f64 {
    numbers.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn differ(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    size(&a.iter().zip(b).map(|(x, y)| x - y).collect::<Vec<_>>()) / size(b)
}

#[test]
fn vectors_and_tensors_turn_with_the_molecule() {
    // Catches components taken in another order than (y, z, x), a quadrupole whose matrix is not of its degree, positions from a
    // center that does not move along, a multipole that a mirror image leaves as it is.
    let frame = ethanol();
    let rotation = rotation_about_z(1.1) * rotation_about_y(0.7) * rotation_about_x(-2.0);
    let mirror = rotation * Matrix3::from_diagonal(&Vector3::new(-1.0, 1.0, 1.0));
    for head in HEADS {
        let network = Network::new(head);
        let before = network.of(&frame);
        assert!(size(&before) > 1e-3, "{head:?}: {before:?}");
        for matrix in [rotation, mirror] {
            let found = network.of(&moved(&frame, &matrix, [3.0, -2.0, 5.0]));
            let expected = turned(&before, &matrix);
            let difference = differ(&found, &expected);
            assert!(difference < 1e-10, "{head:?}: {found:?} instead of {expected:?}");
            if before.len() > 1 {
                assert!(differ(&expected, &before) > 1e-2, "{head:?}: nothing turned");
            }
        }
        let mut other = frame.clone();
        other.positions.swap(0, 8);
        other.elements.swap(0, 8);
        other.positions[3..7].rotate_left(1);
        let difference = differ(&network.of(&other), &before);
        assert!(difference < 1e-10, "{head:?}: another order of the atoms changes it by {difference:e}");
    }
}

#[test]
fn a_polarizability_is_symmetric() {
    // Catches a matrix written column by column or with an antisymmetric part, and a traceless part that has a trace.
    let alpha = Matrix3::from_row_slice(&Network::new(Head::Polarizability).of(&ethanol()));
    assert!((alpha - alpha.transpose()).norm() < 1e-12 * alpha.norm());
    let of = |scalars: &[f64], multipoles: &[f64]| {
        let mut numbers = [0.0; 9];
        Head::Polarizability.apply(&[[0.0; 3]], scalars, multipoles, &mut numbers);
        Matrix3::from_row_slice(&numbers)
    };
    let traceless = of(&[0.0], &[0.3, -0.2, 0.9, 0.1, 0.5]);
    assert!(traceless.trace().abs() < 1e-14);
    // An orthonormal basis keeps the length: 0.09 + 0.04 + 0.81 + 0.01 + 0.25.
    assert!((traceless.norm_squared() - 1.2).abs() < 1e-14);
    assert_eq!(of(&[2.0], &[0.0; 5]), Matrix3::from_diagonal_element(2.0));
    // The component m = 0 stands along z.
    let along = of(&[0.0], &[0.0, 0.0, 1.0, 0.0, 0.0]);
    assert!((along[(2, 2)].abs() - (2.0_f64 / 3.0).sqrt()).abs() < 1e-14, "{along}");
}

#[test]
fn a_dipole_moment_is_that_of_its_charges() {
    // Catches a dipole that points from plus to minus, one that depends on the origin, and a net charge that is felt.
    let dipole = |positions: &[[f64; 3]], charges: &[f64], vectors: &[f64]| {
        let frame = Configuration {
            elements: vec![Element::from_number(1).unwrap(); positions.len()],
            positions: positions.to_vec(),
            cell: None,
            energy: Some(0.0),
            forces: Vec::new(),
            ..Configuration::default()
        };
        let Graph { arms, .. } = Network::new(Head::Dipole).graph(&frame);
        let mut numbers = [0.0; 3];
        Head::Dipole.apply(&arms, charges, vectors, &mut numbers);
        numbers
    };
    let positions = [[1.0, 0.0, 0.5], [1.0, 0.0, 1.7], [1.0, 2.0, 0.5]];
    // −0.5 at the first, 0.2 and 0.3 beside it: 0.2 · 1.2 along z and 0.3 · 2 along y.
    let expected = [0.0, 0.6, 0.24];
    for shift in [0.0, 100.0] {
        let positions = positions.map(|[x, y, z]| [x + shift, y - shift, z]);
        for net in [0.0, 3.0] {
            let charges = [-0.5 + net, 0.2 + net, 0.3 + net];
            let found = dipole(&positions, &charges, &[0.0; 9]);
            assert!(differ(&found, &expected) < 1e-12, "{found:?}");
        }
    }
    // Vectors of the atoms stand as (y, z, x).
    let found = dipole(&positions, &[0.0; 3], &[1.0, 2.0, 3.0, 0.1, 0.2, 0.3, 0.0, 0.0, 0.0]);
    assert!(differ(&found, &[3.3, 1.1, 2.2]) < 1e-12, "{found:?}");
}

#[test]
fn gradients_of_heads_are_their_derivatives() {
    // Catches seeds of charges without their arms, of vectors in another order, of the length without its direction.
    let frame = ethanol();
    for head in HEADS {
        let network = Network::new(head);
        let Network { packed, .. } = &network;
        let mut ready = network.prepared(packed);
        let seeds: Vec<f64> = (0..head.outputs()).map(|k| 0.7 - 0.4 * k as f64).collect();
        let mut random = Noise::new(5).stream(Consumer::Test, 0, 0);
        let scales = ready.parameters().scales();
        let direction: Vec<f64> = scales.iter().map(|scale| scale * random.normal()).collect();
        let along = |step: f64| -> f64 {
            let moved: Vec<f64> = packed.iter().zip(&direction).map(|(w, d)| w + step * d).collect();
            network.numbers(&moved, &frame).iter().zip(&seeds).map(|(x, s)| x * s).sum()
        };
        let graph = network.graph(&frame);
        let mut evaluation = FrameEvaluation::new(Some(network.shape.cutoff));
        let mut workers = ready.workers(1);
        workers[0].clear();
        evaluation.numbers(workers[0].as_mut(), &graph, Some(head), &mut vec![0.0; seeds.len()]);
        evaluation.pull_back(workers[0].as_mut(), &graph, Some(head), &seeds);
        drop(workers);
        let by_weight = ready.gradient(1, false);
        let exact: f64 = by_weight.iter().zip(&direction).map(|(g, d)| g * d).sum();
        let step = 1e-5;
        let difference = (along(step) - along(-step)) / (2.0 * step);
        assert!((difference - exact).abs() < 1e-6 * exact.abs(), "{head:?}: {exact} instead of {difference}");
    }
}
