//! The network of 2019: a number for a molecule, and its derivatives.

use super::edges::Soft;
use super::layout::Layout;
use super::level::Level;
use super::operations::Operations;
use super::shape::Shape;
use super::weights::{Gradient, Weights};
use super::workspace::Workspace;
use super::{aggregate, edges, input, output, readout};

/// Atoms of one molecule.
#[derive(Debug, Clone, Copy)]
pub struct Molecule<'a> {
    /// Index of each atom's element among those of the shape.
    pub species: &'a [u32],
    /// Positions in Å.
    pub positions: &'a [[f64; 3]],
}

/// The network: what does not change with the weights.
pub struct Network<T> {
    shape: Shape,
    layout: Layout,
    levels: Vec<Level<T>>,
}

impl<T: Operations> Network<T> {
    /// The network of `shape`.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        let levels = (0..shape.levels).map(|level| Level::new(shape, level)).collect();
        Self { layout: Layout::new(shape), levels, shape: shape.clone() }
    }

    /// Sizes.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Where each parameter stands.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Weights for the kernels, from the packed array.
    #[must_use]
    pub fn weights(&self, packed: &[f64]) -> Weights<T> {
        Weights::new(&self.shape, &self.layout, &self.levels, packed)
    }

    /// Room for the gradient of `weights`.
    #[must_use]
    pub fn gradient(&self, weights: &Weights<T>) -> Gradient<T> {
        Gradient::zeros(weights)
    }

    /// A gradient in the order of the packed weights.
    #[must_use]
    pub fn packed_gradient(&self, weights: &Weights<T>, gradient: &Gradient<T>) -> Vec<f64> {
        gradient.packed(&self.shape, &self.layout, weights)
    }

    /// Computes the number of `molecule` into `space.energy`; the activations stay for [`Self::backward`].
    pub fn forward(
        &self,
        weights: &Weights<T>,
        Molecule { species, positions }: Molecule<'_>,
        space: &mut Workspace<T>,
    ) {
        let between = |i: usize, j: usize| [0, 1, 2].map(|axis| positions[i][axis] - positions[j][axis]);
        space.geometry.update(&self.shape, positions.len(), between);
        self.forward_pairs(weights, species, space);
    }

    /// The same from the vectors x_j − x_i of every sender j at every receiver i, `[receivers][other atoms]`.
    pub fn forward_edges(&self, weights: &Weights<T>, species: &[u32], vectors: &[[f64; 3]], space: &mut Workspace<T>) {
        let others = species.len().saturating_sub(1);
        let between = |i: usize, j: usize| vectors[edge_of(others, i, j)].map(|x| -x);
        space.geometry.update(&self.shape, species.len(), between);
        self.forward_pairs(weights, species, space);
    }

    fn forward_pairs(&self, weights: &Weights<T>, species: &[u32], space: &mut Workspace<T>) {
        space.prepare(&self.shape, &self.levels);
        input::forward(&self.shape, &self.layout, weights, species, space);
        for (s, level) in self.levels.iter().enumerate() {
            edges::forward(&self.shape, s, level, &weights.levels[s], space);
            aggregate::forward(&self.shape, s, level, &weights.levels[s], space);
        }
        readout::forward(&self.shape, space);
        output::forward(&self.shape, &self.layout, weights, space);
    }

    /// Adds `seed` times the derivatives of the number that [`Self::forward`] computed to `by_weight`, and to `by_position`
    /// (per Å).
    pub fn backward(
        &self,
        weights: &Weights<T>,
        molecule: Molecule<'_>,
        space: &mut Workspace<T>,
        seed: f64,
        by_weight: Option<&mut Gradient<T>>,
        by_position: Option<&mut [[f64; 3]]>,
    ) {
        let Some(by_position) = by_position else {
            return self.backward_pairs(weights, molecule.species, space, seed, by_weight, None);
        };
        let mut add = |i: usize, j: usize, slope: [f64; 3]| {
            for axis in 0..3 {
                by_position[i][axis] += slope[axis];
                by_position[j][axis] -= slope[axis];
            }
        };
        self.backward_pairs(weights, molecule.species, space, seed, by_weight, Some(&mut add));
    }

    /// Writes `seed` times the gradient of the number that [`Self::forward_edges`] computed with respect to its vectors (per Å) to
    /// `by_edge`: that of a pair to the edge whose receiver comes first, zero to the edge back.
    pub fn backward_edges(
        &self,
        weights: &Weights<T>,
        species: &[u32],
        space: &mut Workspace<T>,
        seed: f64,
        by_edge: &mut [[f64; 3]],
    ) {
        by_edge.fill([0.0; 3]);
        let others = species.len().saturating_sub(1);
        let mut set = |i: usize, j: usize, slope: [f64; 3]| by_edge[edge_of(others, i, j)] = slope.map(|x| -x);
        self.backward_pairs(weights, species, space, seed, None, Some(&mut set));
    }

    fn backward_pairs(
        &self,
        weights: &Weights<T>,
        species: &[u32],
        space: &mut Workspace<T>,
        seed: f64,
        mut by_weight: Option<&mut Gradient<T>>,
        by_pair: Option<&mut dyn FnMut(usize, usize, [f64; 3])>,
    ) {
        space.prepare_backward(&self.shape, &self.levels);
        output::backward(&self.shape, &self.layout, weights, space, seed, by_weight.as_deref_mut());
        readout::backward(&self.shape, space);
        for (s, level) in self.levels.iter().enumerate().rev() {
            let own = &weights.levels[s];
            let matrices = by_weight.as_deref_mut().map(|gradient| &mut gradient.levels[s]);
            aggregate::backward(&self.shape, s, level, own, space, matrices, by_pair.is_some());
            let gradient = by_weight.as_deref_mut().map(|Gradient { packed, levels, .. }| {
                let first = self.layout.block(&format!("levels.{s}.radial.scales"));
                let (scales, rest) = packed[first.offset..].split_at_mut(first.len());
                let (phases, rest) = rest.split_at_mut(first.len());
                let (radii, rest) = rest.split_at_mut(self.shape.channels);
                let widths = &mut rest[..self.shape.channels];
                (&mut levels[s], Soft { scales, phases, radii, widths })
            });
            edges::backward(&self.shape, s, level, own, space, gradient);
        }
        input::backward(&self.shape, &self.layout, weights, species, space, by_weight);
        if let Some(by_pair) = by_pair {
            space.geometry.backward(&self.shape, &space.by_harmonic, &space.by_distance, by_pair);
        }
    }
}

/// Number of the edge from sender `j` to receiver `i`, which each have `others` other atoms.
fn edge_of(others: usize, i: usize, j: usize) -> usize {
    i * others + j - usize::from(j > i)
}
