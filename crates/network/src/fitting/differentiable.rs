//! The functions that make a kind of network one that can be fitted.

use std::borrow::Cow;

use super::{EdgeLengths, Parameters};
use crate::network::{GraphBatch, Outputs};
use cormorant_core::noise::Noise;
use cormorant_kernels::Real;

/// A network as a function of edge vectors and parameters, with its gradient in both.
///
/// Calls within a batch go to these functions directly; [`super::PreparedNetwork`] makes a [`super::Trainable`] of them.
pub trait Differentiable: Send + Sync {
    /// Precision in which parameters are kept and moved.
    type Parameter: Real;
    /// Parameters made ready for evaluations.
    type Weights: Send + Sync;
    /// Sum of gradients with respect to the parameters.
    type Gradient: Send + Sync;
    /// Memory of one evaluation.
    type Space: Send;

    /// Names and sizes of the parameters.
    fn parameters(&self) -> Parameters;

    /// First parameters; `frames` are some of those for training, for networks that start from what they see.
    fn initial(&self, noise: Noise, frames: &[GraphBatch<'_>]) -> Vec<Self::Parameter>;

    /// `packed` parameters made ready.
    fn ready(&self, packed: &[Self::Parameter]) -> Self::Weights;

    /// The same in place of others. Where `edges` are given, only graphs with these edges are evaluated next. With `parallel`, all
    /// threads of the current rayon pool may take part; the result does not depend on it, here and below.
    fn replace(
        &self,
        weights: &mut Self::Weights,
        packed: &[Self::Parameter],
        edges: Option<EdgeLengths<'_>>,
        parallel: bool,
    ) {
        let _ = (edges, parallel);
        *weights = self.ready(packed);
    }

    /// Room for a gradient, zero.
    fn gradient(&self, weights: &Self::Weights) -> Self::Gradient;

    /// Sets a gradient to zero, and makes it fit `weights`.
    fn clear(&self, weights: &Self::Weights, gradient: &mut Self::Gradient);

    /// The same for graphs with these edges alone.
    fn clear_for(&self, weights: &Self::Weights, gradient: &mut Self::Gradient, edges: EdgeLengths<'_>) {
        let _ = edges;
        self.clear(weights, gradient);
    }

    /// Adds `others` to `sum`, in their order.
    fn add(&self, weights: &Self::Weights, sum: &mut Self::Gradient, others: &[&Self::Gradient], parallel: bool);

    /// The gradient in the order of the packed parameters. Called once for each sum.
    fn packed<'g>(
        &self,
        weights: &mut Self::Weights,
        gradient: &'g mut Self::Gradient,
        parallel: bool,
    ) -> Cow<'g, [Self::Parameter]>;

    /// Room for an evaluation.
    fn space(&self) -> Self::Space;

    /// The outputs for `batch`, written over scalars and multipoles of `into`; what the gradients need stays in `space`.
    fn forward(&self, weights: &Self::Weights, batch: &GraphBatch<'_>, space: &mut Self::Space, into: &mut Outputs);

    /// Writes the gradient of Σ seeds · outputs with respect to the edge vectors, per Å, `[edges]`, after [`Self::forward`] with
    /// the same batch. Behind the seeds of the scalars are those of the multipoles, or none.
    fn edge_gradient(
        &self,
        weights: &Self::Weights,
        batch: &GraphBatch<'_>,
        space: &mut Self::Space,
        seeds: &[f64],
        into: &mut [[f64; 3]],
    );

    /// Adds the gradient of the same sum with respect to the parameters.
    fn parameter_gradient(
        &self,
        weights: &Self::Weights,
        batch: &GraphBatch<'_>,
        space: &mut Self::Space,
        seeds: &[f64],
        into: &mut Self::Gradient,
    );

    /// [`Self::edge_gradient`] and [`Self::parameter_gradient`] with the same seeds.
    fn both_gradients(
        &self,
        weights: &Self::Weights,
        batch: &GraphBatch<'_>,
        space: &mut Self::Space,
        seeds: &[f64],
        (edges, into): (&mut [[f64; 3]], &mut Self::Gradient),
    ) {
        self.edge_gradient(weights, batch, space, seeds, edges);
        self.parameter_gradient(weights, batch, space, seeds, into);
    }
}
