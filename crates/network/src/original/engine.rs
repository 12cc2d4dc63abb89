//! The engine of the network of 2019.

use std::sync::Arc;

use crate::network::{Engine, GraphBatch, Idle, Outputs, Precision, Request};
use cormorant_core::{Error, Result};
use cormorant_kernels::original::{Network, Operations, Shape, Weights, Workspace};

/// The kernels of one network with its weights in precision `T`.
struct OriginalEngine<T: Operations>(Arc<Ready<T>>);

struct Ready<T: Operations> {
    network: Network<T>,
    weights: Weights<T>,
    idle: Idle<Workspace<T>>,
}

/// The engine for packed `weights` of a network of `shape`.
pub(super) fn engine(shape: &Shape, weights: &[f64], precision: Precision) -> Box<dyn Engine> {
    match precision {
        Precision::F32 => Box::new(OriginalEngine::<f32>::new(shape, weights)),
        Precision::F64 => Box::new(OriginalEngine::<f64>::new(shape, weights)),
    }
}

impl<T: Operations> OriginalEngine<T> {
    fn new(shape: &Shape, weights: &[f64]) -> Self {
        let network = Network::new(shape);
        Self(Arc::new(Ready { weights: network.weights(weights), network, idle: Idle::new() }))
    }
}

impl<T: Operations> Engine for OriginalEngine<T> {
    fn evaluate(&mut self, batch: &GraphBatch<'_>, request: Request, into: &mut Outputs) -> Result<()> {
        let Ready { network, weights, idle } = &*self.0;
        batch.check(network.shape().numbers.len(), network.shape().levels)?;
        check_complete(batch)?;
        into.scalars.clear();
        into.multipoles.clear();
        into.gradient.clear();
        into.gradient.resize(if request.gradient { batch.edges() } else { 0 }, [0.0; 3]);
        let mut space = idle.take().unwrap_or_default();
        for atoms in batch.frame_ranges() {
            let edges = batch.offsets[atoms.start]..batch.offsets[atoms.end];
            let (species, vectors) = (&batch.species[atoms], &batch.vectors[edges.clone()]);
            network.forward_edges(weights, species, vectors, &mut space);
            into.scalars.push(space.energy);
            if request.gradient {
                network.backward_edges(weights, species, &mut space, 1.0, &mut into.gradient[edges]);
            }
        }
        idle.put(space);
        Ok(())
    }

    fn twin(&self) -> Box<dyn Engine> {
        Box::new(Self(Arc::clone(&self.0)))
    }
}

/// Refuses a batch in which not every pair of a frame is an edge, or that has a halo.
fn check_complete(batch: &GraphBatch<'_>) -> Result<()> {
    let complete = batch.frame_ranges().all(|atoms| {
        atoms.clone().all(|atom| {
            let senders = &batch.senders[batch.offsets[atom]..batch.offsets[atom + 1]];
            let others = atoms.clone().filter(|other| *other != atom).map(|other| other as u32);
            senders.iter().copied().eq(others)
        })
    });
    if complete && batch.needed.is_empty() && batch.counted.is_none_or(|counted| counted == batch.atoms()) {
        return Ok(());
    }
    let reason = "the network of 2019 couples all atoms of a molecule: every other atom must be a sender, in their order, and none a halo";
    Err(Error::Invalid(reason.into()))
}
