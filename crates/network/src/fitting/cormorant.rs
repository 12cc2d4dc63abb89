//! The production network in a fit.

use std::borrow::Cow;

use super::{
    Differentiable, Doubles, EdgeLengths, ParameterBlock, Parameters, PreparedNetwork, TrainableNetwork,
    initial_weights,
};
use crate::network::{GraphBatch, Outputs, Precision};
use cormorant_core::noise::Noise;
use cormorant_kernels::Real;
use cormorant_kernels::network::{Gradient, Plan, Shape, Weights, Workspace};

/// The production network in precision `T`, with radial functions on knots.
pub struct DifferentiableCormorant<T: Real> {
    plan: Plan<T>,
    knot_spacing: f64,
}

impl<T: Real> DifferentiableCormorant<T> {
    /// The network of `shape`, with knots `knot_spacing` Å apart.
    #[must_use]
    pub fn new(shape: &Shape, knot_spacing: f64) -> Self {
        Self { plan: Plan::new(shape), knot_spacing }
    }
}

/// The network of `shape` with packed `weights` and radial functions on knots `knot_spacing` Å apart.
pub(crate) fn trainable(shape: &Shape, weights: &[f64], knot_spacing: f64, precision: Precision) -> TrainableNetwork {
    fn of<T: Real>(
        shape: &Shape,
        weights: &[f64],
        knot_spacing: f64,
    ) -> Box<PreparedNetwork<DifferentiableCormorant<T>>> {
        let packed: Vec<T> = weights.iter().map(|&weight| T::from_f64(weight)).collect();
        Box::new(PreparedNetwork::new(DifferentiableCormorant::new(shape, knot_spacing), &packed))
    }
    match precision {
        Precision::F32 => TrainableNetwork::F32(of(shape, weights, knot_spacing)),
        Precision::F64 => TrainableNetwork::F64(of(shape, weights, knot_spacing)),
    }
}

/// The same whose parameters are kept and moved in double precision, as those of all that is no energy from the first day on.
pub(crate) fn trainable_in_doubles(
    shape: &Shape,
    weights: &[f64],
    knot_spacing: f64,
    precision: Precision,
) -> TrainableNetwork {
    match trainable(shape, weights, knot_spacing, precision) {
        TrainableNetwork::F32(network) => TrainableNetwork::F64(Box::new(Doubles::new(network))),
        double @ TrainableNetwork::F64(_) => double,
    }
}

impl<T: Real> Differentiable for DifferentiableCormorant<T> {
    type Parameter = T;
    type Weights = Weights<T>;
    type Gradient = Gradient<T>;
    /// With the seeds in precision `T`.
    type Space = (Workspace<T>, Vec<T>);

    fn parameters(&self) -> Parameters {
        let block = |block: &cormorant_kernels::network::Block| ParameterBlock {
            name: block.name.clone(),
            shape: block.shape.clone(),
            scale: block.scale,
        };
        let layout = &self.plan.layout;
        Parameters { blocks: layout.blocks.iter().map(block).collect(), matrices: layout.matrices() }
    }

    fn initial(&self, noise: Noise, frames: &[GraphBatch<'_>]) -> Vec<T> {
        initial_weights(&self.plan, noise, frames, self.knot_spacing)
    }

    fn ready(&self, packed: &[T]) -> Weights<T> {
        Weights::splined(&self.plan, packed, self.knot_spacing, 0.0)
    }

    fn replace(&self, weights: &mut Weights<T>, packed: &[T], edges: Option<EdgeLengths<'_>>, parallel: bool) {
        match edges {
            None => weights.restrict(None, 0.0),
            Some(EdgeLengths { edges, margin }) => weights.restrict(Some(edges), margin),
        }
        weights.set(&self.plan, packed, parallel);
    }

    fn gradient(&self, weights: &Weights<T>) -> Gradient<T> {
        Gradient::zeros(&self.plan, weights)
    }

    fn clear(&self, weights: &Weights<T>, gradient: &mut Gradient<T>) {
        gradient.prepare(weights);
    }

    fn clear_for(&self, weights: &Weights<T>, gradient: &mut Gradient<T>, edges: EdgeLengths<'_>) {
        gradient.prepare_for(weights, edges.edges, edges.margin);
    }

    fn add(&self, weights: &Weights<T>, sum: &mut Gradient<T>, others: &[&Gradient<T>], parallel: bool) {
        sum.widen(weights);
        if parallel {
            sum.add_all(others);
        } else {
            for other in others {
                sum.add(other);
            }
        }
    }

    fn packed<'g>(&self, weights: &mut Weights<T>, gradient: &'g mut Gradient<T>, parallel: bool) -> Cow<'g, [T]> {
        weights.finish_gradient(&self.plan, gradient, parallel);
        Cow::Borrowed(gradient.packed.as_slice())
    }

    fn space(&self) -> Self::Space {
        (Workspace::new(&self.plan), Vec::new())
    }

    fn forward(&self, weights: &Weights<T>, batch: &GraphBatch<'_>, (space, _): &mut Self::Space, into: &mut Outputs) {
        self.plan.forward(weights, &batch.topology(), batch.vectors, space, false);
        into.scalars.clear();
        into.scalars.extend(space.atom_energies.iter().map(|number| number.to_f64()));
        into.multipoles.clear();
        into.multipoles.extend(space.atom_multipoles.iter().map(|number| number.to_f64()));
    }

    fn edge_gradient(
        &self,
        weights: &Weights<T>,
        batch: &GraphBatch<'_>,
        space: &mut Self::Space,
        seeds: &[f64],
        into: &mut [[f64; 3]],
    ) {
        self.backward(weights, batch, space, seeds, Some(into), None);
    }

    fn parameter_gradient(
        &self,
        weights: &Weights<T>,
        batch: &GraphBatch<'_>,
        space: &mut Self::Space,
        seeds: &[f64],
        into: &mut Gradient<T>,
    ) {
        self.backward(weights, batch, space, seeds, None, Some(into));
    }

    fn both_gradients(
        &self,
        weights: &Weights<T>,
        batch: &GraphBatch<'_>,
        space: &mut Self::Space,
        seeds: &[f64],
        (edges, into): (&mut [[f64; 3]], &mut Gradient<T>),
    ) {
        self.backward(weights, batch, space, seeds, Some(edges), Some(into));
    }
}

impl<T: Real> DifferentiableCormorant<T> {
    fn backward(
        &self,
        weights: &Weights<T>,
        batch: &GraphBatch<'_>,
        (space, rounded): &mut (Workspace<T>, Vec<T>),
        seeds: &[f64],
        by_edge: Option<&mut [[f64; 3]]>,
        by_parameter: Option<&mut Gradient<T>>,
    ) {
        rounded.clear();
        rounded.extend(seeds.iter().map(|&seed| T::from_f64(seed)));
        // Multipoles without seeds have no part in the sum.
        rounded.resize(batch.atoms() * (1 + self.plan.shape.multipole_rows()), T::ZERO);
        self.plan.backward(weights, &batch.topology(), batch.vectors, space, rounded, by_edge, by_parameter, false);
    }
}
