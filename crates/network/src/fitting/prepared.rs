//! From the functions of a kind to what a trainer holds.

use super::{Differentiable, EdgeLengths, Parameters, Trainable, Worker};
use crate::network::{GraphBatch, Outputs};
use cormorant_core::noise::Noise;

/// A network with parameters made ready, and the memory of its workers.
pub struct PreparedNetwork<D: Differentiable> {
    network: D,
    parameters: Parameters,
    weights: D::Weights,
    workers: Vec<Memory<D>>,
    /// The gradient where it is not in the order of the packed parameters as it is.
    packed: Vec<D::Parameter>,
}

/// What a worker owns. Predictions need no gradient.
struct Memory<D: Differentiable> {
    space: D::Space,
    gradient: Option<D::Gradient>,
}

/// A worker at work.
struct Busy<'a, D: Differentiable> {
    network: &'a D,
    weights: &'a D::Weights,
    memory: &'a mut Memory<D>,
}

impl<D: Differentiable> PreparedNetwork<D> {
    /// `network` with `packed` parameters.
    pub fn new(network: D, packed: &[D::Parameter]) -> Self {
        let (parameters, weights) = (network.parameters(), network.ready(packed));
        Self { network, parameters, weights, workers: Vec::new(), packed: Vec::new() }
    }

    /// The network.
    pub fn network(&self) -> &D {
        &self.network
    }
}

impl<D: Differentiable> Trainable<D::Parameter> for PreparedNetwork<D> {
    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn initial(&self, noise: Noise, frames: &[GraphBatch<'_>]) -> Vec<D::Parameter> {
        self.network.initial(noise, frames)
    }

    fn replace(&mut self, packed: &[D::Parameter], edges: Option<EdgeLengths<'_>>, parallel: bool) {
        self.network.replace(&mut self.weights, packed, edges, parallel);
    }

    fn workers(&mut self, count: usize) -> Vec<Box<dyn Worker + '_>> {
        let Self { network, weights, workers, .. } = self;
        let (network, weights) = (&*network, &*weights);
        while workers.len() < count {
            workers.push(Memory { space: network.space(), gradient: None });
        }
        let busy = workers[..count].iter_mut().map(|memory| Busy { network, weights, memory });
        busy.map(|worker| Box::new(worker) as Box<dyn Worker + '_>).collect()
    }

    fn gradient(&mut self, count: usize, parallel: bool) -> &[D::Parameter] {
        let Self { network, weights, workers, packed, .. } = self;
        let mut gradients = workers.iter_mut().take(count).filter_map(|memory| memory.gradient.as_mut());
        let Some(first) = gradients.next() else { return &[] };
        let rest: Vec<&D::Gradient> = gradients.map(|gradient| &*gradient).collect();
        network.add(weights, first, &rest, parallel);
        match network.packed(weights, first, parallel) {
            std::borrow::Cow::Borrowed(numbers) => numbers,
            std::borrow::Cow::Owned(numbers) => {
                *packed = numbers;
                packed
            }
        }
    }
}

impl<D: Differentiable> Worker for Busy<'_, D> {
    fn clear(&mut self) {
        match &mut self.memory.gradient {
            Some(gradient) => self.network.clear(self.weights, gradient),
            none => *none = Some(self.network.gradient(self.weights)),
        }
    }

    fn clear_for(&mut self, edges: EdgeLengths<'_>) {
        match &mut self.memory.gradient {
            Some(gradient) => self.network.clear_for(self.weights, gradient, edges),
            none => *none = Some(self.network.gradient(self.weights)),
        }
    }

    fn forward(&mut self, batch: &GraphBatch<'_>, into: &mut Outputs) {
        self.network.forward(self.weights, batch, &mut self.memory.space, into);
    }

    fn edge_gradient(&mut self, batch: &GraphBatch<'_>, seeds: &[f64], into: &mut [[f64; 3]]) {
        self.network.edge_gradient(self.weights, batch, &mut self.memory.space, seeds, into);
    }

    fn parameter_gradient(&mut self, batch: &GraphBatch<'_>, seeds: &[f64]) {
        let Memory { space, gradient } = &mut *self.memory;
        let gradient = gradient.get_or_insert_with(|| self.network.gradient(self.weights));
        self.network.parameter_gradient(self.weights, batch, space, seeds, gradient);
    }

    fn both_gradients(&mut self, batch: &GraphBatch<'_>, seeds: &[f64], edges: &mut [[f64; 3]]) {
        let Memory { space, gradient } = &mut *self.memory;
        let gradient = gradient.get_or_insert_with(|| self.network.gradient(self.weights));
        self.network.both_gradients(self.weights, batch, space, seeds, (edges, gradient));
    }
}
