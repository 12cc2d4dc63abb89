//! The network of 2019 in a fit.

use std::borrow::Cow;

use super::initial_weights;
use crate::fitting::{Differentiable, ParameterBlock, Parameters};
use crate::network::{GraphBatch, Outputs};
use cormorant_core::noise::Noise;
use cormorant_kernels::original::{Gradient, Molecule, Network, Operations, Shape, Weights, Workspace};

/// The network of 2019 in precision `T`, with parameters in double precision. A batch is one frame with every pair as an edge.
pub struct DifferentiableOriginal<T>(Network<T>);

impl<T: Operations> DifferentiableOriginal<T> {
    /// The network of `shape`.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        Self(Network::new(shape))
    }
}

impl<T: Operations> Differentiable for DifferentiableOriginal<T> {
    type Parameter = f64;
    type Weights = Weights<T>;
    type Gradient = Gradient<T>;
    type Space = Workspace<T>;

    fn parameters(&self) -> Parameters {
        let block = |block: &cormorant_kernels::original::Block| ParameterBlock {
            name: block.name.clone(),
            shape: block.shape.clone(),
            scale: 1.0,
        };
        Parameters { blocks: self.0.layout().blocks.iter().map(block).collect(), matrices: Vec::new() }
    }

    fn initial(&self, noise: Noise, _: &[GraphBatch<'_>]) -> Vec<f64> {
        initial_weights(self.0.layout(), noise)
    }

    fn ready(&self, packed: &[f64]) -> Weights<T> {
        self.0.weights(packed)
    }

    fn gradient(&self, weights: &Weights<T>) -> Gradient<T> {
        self.0.gradient(weights)
    }

    fn clear(&self, _: &Weights<T>, gradient: &mut Gradient<T>) {
        gradient.fill_zero();
    }

    fn add(&self, _: &Weights<T>, sum: &mut Gradient<T>, others: &[&Gradient<T>], _: bool) {
        for other in others {
            sum.add(other);
        }
    }

    fn packed<'g>(&self, weights: &mut Weights<T>, gradient: &'g mut Gradient<T>, _: bool) -> Cow<'g, [f64]> {
        Cow::Owned(self.0.packed_gradient(weights, gradient))
    }

    fn space(&self) -> Workspace<T> {
        Workspace::default()
    }

    fn forward(&self, weights: &Weights<T>, batch: &GraphBatch<'_>, space: &mut Workspace<T>, into: &mut Outputs) {
        self.0.forward_edges(weights, batch.species, batch.vectors, space);
        into.scalars.clear();
        into.scalars.push(space.energy);
        into.multipoles.clear();
    }

    fn edge_gradient(
        &self,
        weights: &Weights<T>,
        batch: &GraphBatch<'_>,
        space: &mut Workspace<T>,
        seeds: &[f64],
        into: &mut [[f64; 3]],
    ) {
        self.0.backward_edges(weights, batch.species, space, seeds.first().copied().unwrap_or(0.0), into);
    }

    fn parameter_gradient(
        &self,
        weights: &Weights<T>,
        batch: &GraphBatch<'_>,
        space: &mut Workspace<T>,
        seeds: &[f64],
        into: &mut Gradient<T>,
    ) {
        // Positions are not read on the way to the parameters.
        let molecule = Molecule { species: batch.species, positions: &[] };
        self.0.backward(weights, molecule, space, seeds.first().copied().unwrap_or(0.0), Some(into), None);
    }
}
