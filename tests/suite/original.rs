//! The network of 2019 against published values (golden tests A and B of the specification) and exact identities.

use cormorant::kernels::original::{
    Gradient, HarmonicKind, InputKind, Layout, Molecule, Network, OutputKind, Shape, Start, Workspace, solid_harmonics,
};
use cormorant::so3::harmonics;

/// Numbers of the molecule of both tests.
const NUMBERS: [u8; 5] = [6, 8, 1, 1, 6];
const POSITIONS: [[f64; 3]; 5] =
    [[0.05, -0.02, 0.01], [1.18, 0.11, 0.07], [-0.55, 0.93, -0.21], [-0.62, -0.88, 0.34], [0.41, -0.35, 1.52]];

fn shape(channels: usize, degree: usize, levels: usize, harmonics: HarmonicKind) -> Shape {
    Shape {
        numbers: vec![1, 6, 8],
        channels,
        max_degree: degree,
        max_edge_degree: degree,
        levels,
        charge_power: 2,
        harmonics,
        input: InputKind::Linear,
        output: OutputKind::Linear,
    }
}

/// The weights of both tests: amp sin(phase + 0.61 k) in every array.
fn filled(shape: &Shape) -> Vec<f64> {
    let layout = Layout::new(shape);
    let mut weights = Vec::new();
    for block in &layout.blocks {
        let words: Vec<&str> = block.name.split('.').collect();
        let number = |k: usize| words[k].parse::<f64>().unwrap();
        let inputs = *block.shape.get(1).unwrap_or(&1) as f64;
        let wave =
            |amp: f64, phase: f64| (0..block.len()).map(|k| amp * (phase + 0.61 * k as f64).sin()).collect::<Vec<_>>();
        weights.extend(match (words[0], words[words.len() - 1]) {
            ("input" | "output", "weight") if words.len() > 2 => {
                wave(1.0 / inputs.sqrt(), 1.5 + (block.offset % 7) as f64)
            }
            ("input" | "output", "bias") if words.len() > 2 => wave(0.2, 2.5),
            ("input", "weight") => wave(0.5, 1.0),
            ("input", "bias") => wave(0.1, 2.0),
            ("output", "weight") => wave(1.0 / inputs.sqrt(), 5.0),
            ("output", "bias") => vec![0.25],
            (_, "radius") => (0..block.len()).map(|c| 2.0 + 0.1 * c as f64).collect(),
            (_, "width") => (0..block.len()).map(|c| 0.4 + 0.05 * c as f64).collect(),
            (_, "scales" | "phases") => match &block.start {
                // The released code starts its phases in single precision, which shows in the eighth digit.
                Start::Given(values) => values.iter().map(|&x| f64::from(x as f32)).collect(),
                other => panic!("{other:?}"),
            },
            _ if words[2] == "edge" => wave(0.5 / inputs.sqrt(), 3.0 + number(1) + 0.5 * number(3)),
            _ => wave(1.0 / inputs.sqrt(), 4.0 + number(1) + 0.5 * number(3)),
        });
    }
    weights
}

struct Case {
    network: Network<f64>,
    weights: Vec<f64>,
    space: Workspace<f64>,
}

impl Case {
    fn new(shape: &Shape) -> Self {
        Self { network: Network::new(shape), weights: filled(shape), space: Workspace::default() }
    }

    fn species(&self) -> Vec<u32> {
        let numbers = &self.network.shape().numbers;
        NUMBERS.iter().map(|z| numbers.iter().position(|other| other == z).unwrap() as u32).collect()
    }

    fn energy(&mut self, positions: &[[f64; 3]]) -> f64 {
        let weights = self.network.weights(&self.weights);
        let species = self.species();
        self.network.forward(&weights, Molecule { species: &species, positions }, &mut self.space);
        self.space.energy
    }

    fn gradients(&mut self, positions: &[[f64; 3]]) -> (Vec<f64>, Vec<[f64; 3]>) {
        let weights = self.network.weights(&self.weights);
        let species = self.species();
        let molecule = Molecule { species: &species, positions };
        let mut by_weight: Gradient<f64> = self.network.gradient(&weights);
        let mut by_position = vec![[0.0; 3]; positions.len()];
        self.network.forward(&weights, molecule, &mut self.space);
        let (by_weight_into, by_position_into) = (Some(&mut by_weight), Some(&mut by_position[..]));
        self.network.backward(&weights, molecule, &mut self.space, 1.0, by_weight_into, by_position_into);
        (self.network.packed_gradient(&weights, &by_weight), by_position)
    }

    /// Σ |ψ|² over atoms, components and channels for each degree after level `level`.
    fn squares(&self, level: usize) -> Vec<f64> {
        let shape = self.network.shape();
        let rows = (shape.max_degree + 1) * (shape.max_degree + 1);
        let mut sums = vec![0.0; shape.max_degree + 1];
        for atom in self.space.activations(level).chunks_exact(rows * 2 * shape.padded()) {
            for (row, values) in atom.chunks_exact(2 * shape.padded()).enumerate() {
                sums[row.isqrt()] += values.iter().map(|x| x * x).sum::<f64>();
            }
        }
        sums
    }
}

fn close(found: f64, expected: f64, digits: i32) {
    let unit = 10f64.powi(expected.abs().log10().floor() as i32 + 1 - digits);
    assert!((found - expected).abs() <= 0.51 * unit, "{found} instead of {expected}");
}

fn inverted() -> Vec<[f64; 3]> {
    POSITIONS.iter().map(|x| x.map(|x| -x)).collect()
}

#[test]
fn golden_a() {
    // Catches any difference from the original in any part that a small network has: wrong paths, orders, phases, signs.
    let mut case = Case::new(&shape(2, 2, 2, HarmonicKind::Solid));
    assert!((case.energy(&POSITIONS) - 0.15306076464396).abs() < 1e-12);
    let expected = [[3.611533896, 1.188015593, 2.818679148], [0.6047916462, 0.1037763824, 0.7941410436]];
    for (level, expected) in expected.iter().enumerate() {
        for (found, &expected) in case.squares(level + 1).iter().zip(expected) {
            close(*found, expected, 10);
        }
    }
    // Component m = 0 of degree 1 is the same in the complex and in the real basis.
    let row = 2 * 32;
    close(case.space.activations(1)[row], -0.2269374780, 10);
    close(case.space.activations(1)[row + 16], -0.0204242508, 9);
    let forces = [
        [-2.178214, -0.5797647, 1.014955],
        [-3.051185, -3.139951, 8.526036],
        [-0.3229196, 0.3442201, -0.2739665],
        [1.841022, 0.9436271, 0.3525307],
        [3.711296, 2.431869, -9.619556],
    ];
    for (found, expected) in case.gradients(&POSITIONS).1.iter().flatten().zip(forces.iter().flatten()) {
        close(-found, *expected, 7);
    }
    assert!((case.energy(&inverted()) - 0.16121558589515).abs() < 1e-12);
    let mut unit = Case::new(&shape(2, 2, 2, HarmonicKind::Unit));
    assert!((unit.energy(&POSITIONS) - -0.31647693684210).abs() < 1e-12);
}

#[test]
fn golden_b() {
    // Catches the same for degree 3 and four levels, where every path of the full network occurs.
    let mut case = Case::new(&shape(3, 3, 4, HarmonicKind::Solid));
    assert!((case.energy(&POSITIONS) - 1.27538836984035).abs() < 1e-12);
    let expected = [
        [5.696733191, 3.562697714, 12.80879055, 30.27253968],
        [9.683074464, 1.895349663, 7.772044764, 8.251479117],
        [4.014860696, 0.4476924572, 1.391005137, 3.111642551],
        [0.8944762304, 0.167440932, 0.2625406048, 0.8567122045],
    ];
    for (level, expected) in expected.iter().enumerate() {
        for (found, &expected) in case.squares(level + 1).iter().zip(expected) {
            close(*found, expected, 10);
        }
    }
    let forces = [
        [-0.4195619, -0.2361863, -0.1662423],
        [2.997586, 6.54636, -15.55113],
        [3.502745, -3.286169, -0.1539084],
        [-0.1753407, 2.391814, -2.136858],
        [-5.905428, -5.415818, 18.00814],
    ];
    for (found, expected) in case.gradients(&POSITIONS).1.iter().flatten().zip(forces.iter().flatten()) {
        close(-found, *expected, 7);
    }
    assert!((case.energy(&inverted()) - 1.38252741920218).abs() < 1e-12);
    let mut unit = Case::new(&shape(3, 3, 4, HarmonicKind::Unit));
    assert!((unit.energy(&POSITIONS) - 0.48054194017590).abs() < 1e-12);
}

#[test]
fn parameter_counts() {
    // Catches a missing path or bias, or one too many.
    let count = |channels, numbers: &[u8], qm9: bool| {
        let mut shape = Shape { numbers: numbers.to_vec(), ..shape(channels, 3, 4, HarmonicKind::Unit) };
        if qm9 {
            (shape.input, shape.output) = (InputKind::Messages(1), OutputKind::Perceptron);
        }
        Layout::new(&shape).len()
    };
    assert_eq!(count(16, &[1, 6, 8], false), 154_241);
    assert_eq!(count(16, &[1, 6], false), 154_145);
    assert_eq!(count(16, &[1, 6, 7, 8], false), 154_337);
    assert_eq!(count(10, &[1, 6, 8], false), 62_465);
    assert_eq!(count(10, &[1, 6, 7, 8], false), 62_525);
    assert_eq!(count(10, &[1, 6, 7, 8, 9], true), 211_452);
    assert_eq!(count(16, &[1, 6, 7, 8, 9], true), 367_392);
}

#[test]
fn gradients_are_those_of_the_energy() {
    // Catches a derivative that is missing or wrong for any group of parameters; differences of the energy know nothing of
    // the way back.
    let linear = [HarmonicKind::Unit, HarmonicKind::Solid].map(|kind| shape(2, 2, 2, kind));
    let (input, output) = (InputKind::Messages(2), OutputKind::Perceptron);
    let qm9 = Shape { input, output, max_degree: 1, ..shape(3, 2, 2, HarmonicKind::Unit) };
    for shape in linear.into_iter().chain([qm9]) {
        let mut case = Case::new(&shape);
        let (by_weight, by_position) = case.gradients(&POSITIONS);
        let h = 1e-5;
        let blocks = case.network.layout().blocks.clone();
        for block in &blocks {
            for index in [block.offset, block.offset + block.len() / 2, block.offset + block.len() - 1] {
                let at = |case: &mut Case, shift: f64| {
                    let kept = case.weights[index];
                    case.weights[index] += shift;
                    let energy = case.energy(&POSITIONS);
                    case.weights[index] = kept;
                    energy
                };
                let difference = richardson(h, |shift| at(&mut case, shift));
                let found = by_weight[index];
                let name = &block.name;
                assert!((found - difference).abs() < 1e-8 * (1.0 + found.abs()), "{name}: {found} {difference}");
            }
        }
        for atom in 0..5 {
            for axis in 0..3 {
                let difference = richardson(h, |shift| {
                    let mut moved = POSITIONS;
                    moved[atom][axis] += shift;
                    case.energy(&moved)
                });
                let found = by_position[atom][axis];
                assert!((found - difference).abs() < 1e-7 * (1.0 + found.abs()), "{found} {difference}");
            }
        }
    }
}

/// Derivative at 0 by central differences of two steps.
fn richardson(h: f64, mut value: impl FnMut(f64) -> f64) -> f64 {
    let mut slope = |h: f64| (value(h) - value(-h)) / (2.0 * h);
    (4.0 * slope(h) - slope(2.0 * h)) / 3.0
}

#[test]
fn harmonics_are_those_of_so3() {
    // Catches a wrong polynomial or order, and a gradient that is not the polynomial's.
    let vector = [0.3, -0.5, 0.8];
    let r = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
    let (values, gradients) = solid_harmonics(vector);
    for (row, unit) in harmonics(3, vector.map(|x| x / r)).iter().enumerate() {
        let l = row.isqrt();
        let expected = unit * r.powi(l as i32) / ((2 * l + 1) as f64).sqrt();
        assert!((values[row] - expected).abs() < 1e-14, "{row}");
        for axis in 0..3 {
            let slope = richardson(1e-4, |shift| {
                let mut moved = vector;
                moved[axis] += shift;
                solid_harmonics(moved).0[row]
            });
            assert!((gradients[row][axis] - slope).abs() < 1e-10, "{row} {axis}");
        }
    }
}
