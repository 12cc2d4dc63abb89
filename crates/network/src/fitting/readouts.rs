//! One network with a readout for each of several theories.
//!
//! ```text
//! packed parameters:  [ the network, with the readout of theory 0 | readout of theory 1 | readout of theory 2 | … ]
//! ```
//!
//! What two theories say of the same atoms differs, but what an atom's surroundings look like does not: the body is fitted to the frames of
//! all of them, the readout to those of one. For each theory the network is a plain one, whose weights [`ReadoutPlaces::plain`] gives.
//! Source of the idea: heads of several tasks (Caruana, Machine Learning 28, 41, 1997, DOI 10.1023/A:1007379606734). Checked by:
//! `suite::theories`.

use super::{EdgeLengths, ParameterBlock, Parameters, ReadoutPlaces, Trainable, TrainableNetwork, Worker};
use crate::network::GraphBatch;
use cormorant_core::noise::Noise;
use cormorant_kernels::Real;

/// A network in a fit that has a readout for each of several theories.
pub struct Readouts<P> {
    network: Box<dyn Trainable<P>>,
    parameters: Parameters,
    places: ReadoutPlaces,
    count: usize,
    chosen: usize,
    plain: Vec<P>,
    gradient: Vec<P>,
}

impl<P: Real> Readouts<P> {
    /// `network`, whose readout is at `places`, with one for each of the `theories`.
    #[must_use]
    pub fn new(network: Box<dyn Trainable<P>>, places: ReadoutPlaces, theories: &[String]) -> Self {
        let mut parameters = network.parameters().clone();
        let of_readout: Vec<ParameterBlock> =
            parameters.blocks.iter().filter(|block| block.is_readout()).cloned().collect();
        for theory in theories.iter().skip(1) {
            let named = |block: &ParameterBlock| ParameterBlock {
                name: format!("theories.{theory}.{}", block.name),
                ..block.clone()
            };
            parameters.blocks.extend(of_readout.iter().map(named));
        }
        let count = theories.len().max(1);
        Self { network, parameters, places, count, chosen: 0, plain: Vec::new(), gradient: Vec::new() }
    }
}

impl<P: Real> Trainable<P> for Readouts<P> {
    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// All readouts begin alike.
    fn initial(&self, noise: Noise, frames: &[GraphBatch<'_>]) -> Vec<P> {
        let mut all = self.network.initial(noise, frames);
        let readout = self.places.readout(&all);
        (1..self.count).for_each(|_| all.extend_from_slice(&readout));
        all
    }

    fn readout_places(&self) -> Option<&ReadoutPlaces> {
        Some(&self.places)
    }

    fn read_out(&mut self, number: usize) {
        self.chosen = number;
    }

    fn replace(&mut self, packed: &[P], edges: Option<EdgeLengths<'_>>, parallel: bool) {
        self.places.write_plain(packed, self.chosen, &mut self.plain);
        self.network.replace(&self.plain, edges, parallel);
    }

    fn workers(&mut self, count: usize) -> Vec<Box<dyn Worker + '_>> {
        self.network.workers(count)
    }

    fn gradient(&mut self, count: usize, parallel: bool) -> &[P] {
        let plain = self.network.gradient(count, parallel);
        self.places.write_gradient(plain, self.chosen, self.count, &mut self.gradient);
        &self.gradient
    }
}

impl TrainableNetwork {
    /// The same with a readout for each of the `theories`, if it has one.
    #[must_use]
    pub fn with_readouts(self, theories: &[String]) -> Option<Self> {
        let places = ReadoutPlaces::of(self.parameters())?;
        Some(match self {
            Self::F32(network) => Self::F32(Box::new(Readouts::new(network, places, theories))),
            Self::F64(network) => Self::F64(Box::new(Readouts::new(network, places, theories))),
        })
    }
}
