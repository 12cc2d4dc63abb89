//! A network in a fit.

use super::{Parameters, ReadoutPlaces};
use crate::network::{GraphBatch, Outputs};
use cormorant_core::noise::Noise;

/// Lengths in Å and elements of the edges of a batch, and by how many Å a length may change while the batch is evaluated.
pub struct EdgeLengths<'a> {
    /// One after another.
    pub edges: &'a mut dyn Iterator<Item = (f64, [u32; 2])>,
    /// Most that any of them changes.
    pub margin: f64,
}

/// A network of any kind in a fit, with parameters in precision `P`.
///
/// A step is: [`Trainable::replace`] the parameters, share the frames among [`Trainable::workers`], read the sum of their
/// [`Trainable::gradient`]s. Nothing depends on the number of threads.
pub trait Trainable<P>: Send {
    /// Names and sizes of the parameters.
    fn parameters(&self) -> &Parameters;

    /// First parameters; `frames` are some of those for training, for networks that start from what they see.
    fn initial(&self, noise: Noise, frames: &[GraphBatch<'_>]) -> Vec<P>;

    /// With which readout the next frames are evaluated, for networks that have several ([`super::Readouts`]). It counts from the next
    /// [`Trainable::replace`] on.
    fn read_out(&mut self, number: usize) {
        let _ = number;
    }

    /// Where the readouts are among the parameters of a network that has several; none for others.
    fn readout_places(&self) -> Option<&ReadoutPlaces> {
        None
    }

    /// Makes `packed` parameters ready, for graphs with `edges` alone where these are given.
    fn replace(&mut self, packed: &[P], edges: Option<EdgeLengths<'_>>, parallel: bool);

    /// `count` workers, the same ones each time.
    fn workers(&mut self, count: usize) -> Vec<Box<dyn Worker + '_>>;

    /// Sum of the gradients of the first `count` workers, in their order, which must have been cleared since the parameters were
    /// replaced. Read it once.
    fn gradient(&mut self, count: usize, parallel: bool) -> &[P];
}

/// What one thread evaluates frames with, and its part of the gradient with respect to the parameters.
pub trait Worker: Send {
    /// Sets the gradient to zero.
    fn clear(&mut self);

    /// The same for graphs with these edges alone, which are some of those for which the parameters were made ready.
    fn clear_for(&mut self, edges: EdgeLengths<'_>);

    /// The outputs for `batch`, written over scalars and multipoles of `into`.
    fn forward(&mut self, batch: &GraphBatch<'_>, into: &mut Outputs);

    /// Writes the gradient of Σ seeds · outputs of the last evaluation with respect to the edge vectors, per Å, `[edges]`. Behind
    /// the seeds of the scalars are those of the multipoles, or none.
    fn edge_gradient(&mut self, batch: &GraphBatch<'_>, seeds: &[f64], into: &mut [[f64; 3]]);

    /// Adds the gradient of the same sum with respect to the parameters to that of the worker.
    fn parameter_gradient(&mut self, batch: &GraphBatch<'_>, seeds: &[f64]);

    /// [`Worker::edge_gradient`] and [`Worker::parameter_gradient`] with the same seeds, which together may cost less than one after
    /// the other.
    fn both_gradients(&mut self, batch: &GraphBatch<'_>, seeds: &[f64], edges: &mut [[f64; 3]]) {
        self.edge_gradient(batch, seeds, edges);
        self.parameter_gradient(batch, seeds);
    }
}

/// A network in a fit, in the precision in which its parameters are moved.
pub enum TrainableNetwork {
    /// Single precision.
    F32(Box<dyn Trainable<f32>>),
    /// Double precision.
    F64(Box<dyn Trainable<f64>>),
}

impl TrainableNetwork {
    /// Names and sizes of the parameters.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        match self {
            Self::F32(network) => network.parameters(),
            Self::F64(network) => network.parameters(),
        }
    }
}
