//! Parameters in double precision around a network of another one.

use super::{EdgeLengths, Parameters, ReadoutPlaces, Trainable, Worker};
use crate::network::GraphBatch;
use cormorant_core::noise::Noise;
use cormorant_kernels::{Real, Scalar};

/// A network that computes in precision `T` while its parameters are kept and moved in double precision.
pub struct Doubles<T> {
    network: Box<dyn Trainable<T>>,
    packed: Vec<T>,
    gradient: Vec<f64>,
}

impl<T: Real> Doubles<T> {
    /// The same network with parameters in double precision.
    #[must_use]
    pub fn new(network: Box<dyn Trainable<T>>) -> Self {
        Self { network, packed: Vec::new(), gradient: Vec::new() }
    }
}

impl<T: Real> Trainable<f64> for Doubles<T> {
    fn parameters(&self) -> &Parameters {
        self.network.parameters()
    }

    fn initial(&self, noise: Noise, frames: &[GraphBatch<'_>]) -> Vec<f64> {
        self.network.initial(noise, frames).into_iter().map(Scalar::to_f64).collect()
    }

    fn readout_places(&self) -> Option<&ReadoutPlaces> {
        self.network.readout_places()
    }

    fn read_out(&mut self, number: usize) {
        self.network.read_out(number);
    }

    fn replace(&mut self, packed: &[f64], edges: Option<EdgeLengths<'_>>, parallel: bool) {
        self.packed.clear();
        self.packed.extend(packed.iter().map(|&x| T::from_f64(x)));
        self.network.replace(&self.packed, edges, parallel);
    }

    fn workers(&mut self, count: usize) -> Vec<Box<dyn Worker + '_>> {
        self.network.workers(count)
    }

    fn gradient(&mut self, count: usize, parallel: bool) -> &[f64] {
        self.gradient.clear();
        self.gradient.extend(self.network.gradient(count, parallel).iter().map(|x| x.to_f64()));
        &self.gradient
    }
}
