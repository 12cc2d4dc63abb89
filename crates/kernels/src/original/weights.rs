//! Weights as the kernels want them: complex matrices as real ones with padding, both ways round.

use super::dense::{Dense, DenseGradient, Perceptron};
use super::layout::Layout;
use super::level::Level;
use super::messages::Round;
use super::operations::Operations;
use super::shape::{COMPLEX_RADIAL, InputKind, OutputKind, Shape};
use crate::Aligned;
use crate::real::Real;

/// A matrix `[inner][columns]` and its transpose.
#[derive(Clone)]
pub(super) struct Matrix<T> {
    pub inner: usize,
    pub columns: usize,
    pub forward: Aligned<T>,
    pub backward: Aligned<T>,
}

/// One complex input of a linear map: its place in the packed inputs, and the rows of its real and imaginary part.
type Input = (usize, [usize; 2]);

impl<T: Real> Matrix<T> {
    fn zeros(inner: usize, columns: usize) -> Self {
        let zeros = || Aligned::zeros(inner * columns);
        Self { inner, columns, forward: zeros(), backward: zeros() }
    }

    /// Writes the complex weights `[channels][inputs][2]` at the columns from `column`.
    fn place(&mut self, packed: &[f64], inputs: usize, list: &[Input], column: usize, shape: &Shape) {
        for out in 0..shape.channels {
            let columns = [column + out, column + shape.padded() + out];
            for &(input, rows) in list {
                let w = &packed[(out * inputs + input) * 2..][..2];
                let entries = [(0, 0, w[0]), (1, 0, -w[1]), (0, 1, w[1]), (1, 1, w[0])];
                for (row, column, value) in entries {
                    let (row, column, value) = (rows[row], columns[column], T::from_f64(value));
                    self.forward.as_mut_slice()[row * self.columns + column] = value;
                    self.backward.as_mut_slice()[column * self.inner + row] = value;
                }
            }
        }
    }
}

/// Adds a gradient of a real matrix to that of the complex weights: the way back from [`Matrix::place`].
fn collect<T: Real>(
    matrix: &[T],
    columns_of_matrix: usize,
    packed: &mut [f64],
    inputs: usize,
    list: &[Input],
    column: usize,
    shape: &Shape,
) {
    for out in 0..shape.channels {
        let columns = [column + out, column + shape.padded() + out];
        for &(input, rows) in list {
            let at = |row: usize, column: usize| matrix[rows[row] * columns_of_matrix + columns[column]].to_f64();
            let w = &mut packed[(out * inputs + input) * 2..][..2];
            w[0] += at(0, 0) + at(1, 1);
            w[1] += at(0, 1) - at(1, 0);
        }
    }
}

/// The weights of one level.
pub(super) struct LevelWeights<T> {
    pub scales: Vec<f64>,
    pub phases: Vec<f64>,
    pub radii: Vec<f64>,
    pub widths: Vec<f64>,
    /// From dot products and radial functions to edges of every degree.
    pub edge: Matrix<T>,
    /// From the edges of the level before, for each degree.
    pub previous: Vec<Matrix<T>>,
    /// To the atoms, for each degree.
    pub atom: Vec<Matrix<T>>,
}

/// All weights.
pub struct Weights<T> {
    pub(super) packed: Vec<f64>,
    pub(super) levels: Vec<LevelWeights<T>>,
    /// The rounds of messages of the input.
    pub(super) rounds: Vec<Round<T>>,
    /// The perceptrons of the output: of an atom, of the molecule.
    pub(super) heads: Vec<Perceptron<T>>,
}

/// Gradient of a number with respect to all weights.
#[derive(Clone)]
pub struct Gradient<T> {
    pub(super) packed: Vec<f64>,
    pub(super) levels: Vec<LevelGradient<T>>,
    /// Of the linear maps of the rounds of messages and of the output, in this order.
    pub(super) dense: Vec<DenseGradient<T>>,
}

#[derive(Clone)]
pub(super) struct LevelGradient<T> {
    pub edge: Aligned<T>,
    pub previous: Vec<Aligned<T>>,
    pub atom: Vec<Aligned<T>>,
}

impl<T: Operations> Weights<T> {
    pub(super) fn new(shape: &Shape, layout: &Layout, levels: &[Level<T>], packed: &[f64]) -> Self {
        let c = shape.padded();
        let part = |name: &str| {
            let block = layout.block(name);
            &packed[block.offset..block.offset + block.len()]
        };
        let levels = levels.iter().enumerate().map(|(s, level)| {
            let name = |rest: &str| part(&format!("levels.{s}.{rest}"));
            let mut edge = Matrix::zeros(level.features, (shape.max_edge_degree + 1) * 2 * c);
            let mut previous = Vec::new();
            for l in 0..=shape.max_edge_degree {
                let (inputs, weights) = (shape.edge_inputs(s, l), name(&format!("edge.{l}")));
                edge.place(weights, inputs, &edge_inputs(shape, s, l), l * 2 * c, shape);
                if s > 0 {
                    let mut matrix = Matrix::zeros(2 * c, 2 * c);
                    matrix.place(weights, inputs, &previous_inputs(shape), 0, shape);
                    previous.push(matrix);
                }
            }
            let atom = (0..=level.degree_out).map(|l| {
                let slots = shape.atom_slots(s, l);
                let mut matrix = Matrix::zeros(slots * 2 * c, 2 * c);
                let weights = name(&format!("atom.{l}"));
                matrix.place(weights, slots * shape.channels, &atom_inputs(shape, slots), 0, shape);
                matrix
            });
            LevelWeights {
                scales: name("radial.scales").to_vec(),
                phases: name("radial.phases").to_vec(),
                radii: name("cutoff.radius").to_vec(),
                widths: name("cutoff.width").to_vec(),
                atom: atom.collect(),
                edge,
                previous,
            }
        });
        let levels = levels.collect();
        let rounds = match shape.input {
            InputKind::Linear => 0,
            InputKind::Messages(rounds) => rounds,
        };
        let rounds = (0..rounds).map(|round| Round::new(layout, packed, round)).collect();
        let dense = |name: String| {
            let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
            Dense::new(layout.block(&weight), layout.block(&bias), packed)
        };
        let head = |name: &str| Perceptron {
            hidden: dense(format!("output.{name}.0")),
            output: dense(format!("output.{name}.1")),
        };
        let heads = match shape.output {
            OutputKind::Linear => Vec::new(),
            OutputKind::Perceptron => ["atom", "molecule"].map(head).into(),
        };
        Self { levels, packed: packed.to_vec(), rounds, heads }
    }

    fn maps(&self) -> impl Iterator<Item = &Dense<T>> {
        let heads = self.heads.iter().flat_map(|head| [&head.hidden, &head.output]);
        self.rounds.iter().flat_map(Round::maps).chain(heads)
    }
}

impl<T: Operations> Gradient<T> {
    pub(super) fn zeros(weights: &Weights<T>) -> Self {
        let like = |matrix: &Matrix<T>| Aligned::zeros(matrix.inner * matrix.columns);
        let levels = weights.levels.iter().map(|level| LevelGradient {
            edge: like(&level.edge),
            previous: level.previous.iter().map(like).collect(),
            atom: level.atom.iter().map(like).collect(),
        });
        let dense = weights.maps().map(Dense::gradient).collect();
        Self { packed: vec![0.0; weights.packed.len()], levels: levels.collect(), dense }
    }

    fn matrices(&mut self) -> impl Iterator<Item = &mut Aligned<T>> {
        let levels = self.levels.iter_mut().flat_map(|level| {
            std::iter::once(&mut level.edge).chain(level.previous.iter_mut()).chain(level.atom.iter_mut())
        });
        levels.chain(self.dense.iter_mut())
    }

    /// Sets everything to zero.
    pub fn fill_zero(&mut self) {
        self.packed.fill(0.0);
        self.matrices().for_each(Aligned::fill_zero);
    }

    /// Adds another gradient.
    pub fn add(&mut self, other: &Self) {
        self.packed.iter_mut().zip(&other.packed).for_each(|(sum, x)| *sum += x);
        let levels = other
            .levels
            .iter()
            .flat_map(|level| std::iter::once(&level.edge).chain(level.previous.iter()).chain(level.atom.iter()));
        for (sum, more) in self.matrices().zip(levels.chain(other.dense.iter())) {
            sum.as_mut_slice().iter_mut().zip(more.as_slice()).for_each(|(sum, &x)| *sum += x);
        }
    }

    /// The gradient in the order of the packed weights.
    pub(super) fn packed(&self, shape: &Shape, layout: &Layout, weights: &Weights<T>) -> Vec<f64> {
        let c = shape.padded();
        let mut packed = self.packed.clone();
        weights.maps().zip(&self.dense).for_each(|(map, gradient)| map.collect(gradient, &mut packed));
        for (s, level) in self.levels.iter().enumerate() {
            let mut add = |name: String, matrix: &Aligned<T>, columns: usize, inputs, list: &[Input], column| {
                let block = layout.block(&format!("levels.{s}.{name}"));
                let part = &mut packed[block.offset..block.offset + block.len()];
                collect(matrix.as_slice(), columns, part, inputs, list, column, shape);
            };
            let columns = (shape.max_edge_degree + 1) * 2 * c;
            for l in 0..=shape.max_edge_degree {
                let inputs = shape.edge_inputs(s, l);
                let list = edge_inputs(shape, s, l);
                add(format!("edge.{l}"), &level.edge, columns, inputs, &list, l * 2 * c);
                if let Some(matrix) = level.previous.get(l) {
                    add(format!("edge.{l}"), matrix, 2 * c, inputs, &previous_inputs(shape), 0);
                }
            }
            for (l, matrix) in level.atom.iter().enumerate() {
                let slots = shape.atom_slots(s, l);
                let list = atom_inputs(shape, slots);
                add(format!("atom.{l}"), matrix, 2 * c, slots * shape.channels, &list, 0);
            }
        }
        packed
    }
}

/// Dot products and radial functions among the inputs of the edges of degree `l`, with their rows.
fn edge_inputs(shape: &Shape, level: usize, l: usize) -> Vec<Input> {
    let (c, padded) = (shape.channels, shape.padded());
    let before = if level > 0 { c } else { 0 };
    let degrees = shape.edge_dots(level, l);
    let dots = (0..degrees * c).map(|t| {
        let row = (t / c) * 2 * padded + t % c;
        (before + t, [row, row + padded])
    });
    let first = (shape.degree(level) + 1) * 2 * padded;
    let radial = (0..COMPLEX_RADIAL).map(|k| (before + degrees * c + k, [first + k, first + COMPLEX_RADIAL + k]));
    dots.chain(radial).collect()
}

fn previous_inputs(shape: &Shape) -> Vec<Input> {
    (0..shape.channels).map(|c| (c, [c, shape.padded() + c])).collect()
}

fn atom_inputs(shape: &Shape, slots: usize) -> Vec<Input> {
    let (c, padded) = (shape.channels, shape.padded());
    (0..slots * c)
        .map(|t| {
            let row = (t / c) * 2 * padded + t % c;
            (t, [row, row + padded])
        })
        .collect()
}
