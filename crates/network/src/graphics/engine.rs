//! The engine.

use std::sync::Arc;

use crate::network::{Engine, GraphBatch, Idle, Moved, MovingGraph, MovingOutputs, Outputs, Request};
use cormorant_core::{Error, Result};
use cormorant_gpu::{
    GpuError, GpuNetwork, GpuTurns, GpuWorkspace, GraphOutputs, MovingOutputs as Found, adapters, open,
};
use cormorant_kernels::network::Shape;

/// How inputs name each adapter, and what it is.
pub(super) fn list() -> Vec<(String, String)> {
    adapters().into_iter().map(|adapter| (format!("gpu:{}", adapter.index), adapter.to_string())).collect()
}

/// The engine for packed `weights` of a network of `shape` on the device that `choice` means.
pub(super) fn make(shape: &Shape, weights: &[f64], knot_spacing: f64, choice: &str) -> Result<Box<dyn Engine>> {
    GpuNetwork::check(shape).map_err(wrong)?;
    let device = open(choice).map_err(wrong)?;
    let network = Arc::new(GpuNetwork::new(device, shape, weights, knot_spacing).map_err(wrong)?);
    let ready = Arc::new(Ready { turns: GpuTurns::new(&network), network, idle: Idle::new() });
    Ok(Box::new(GraphicsEngine::new(&ready)))
}

fn wrong(error: GpuError) -> Error {
    Error::External(error.to_string())
}

struct Ready {
    network: Arc<GpuNetwork>,
    /// For evaluations that are over with one call.
    turns: GpuTurns,
    /// For those whose gradient may be asked for.
    idle: Idle<GpuWorkspace>,
}

/// One network on one device.
struct GraphicsEngine {
    ready: Arc<Ready>,
    outputs: GraphOutputs,
    moved: Found,
    seeds: Vec<f32>,
    /// That of the last forward pass, while its gradient may be asked for.
    space: Option<GpuWorkspace>,
    /// That of a graph that stays.
    kept: Option<GpuWorkspace>,
}

impl GraphicsEngine {
    fn new(ready: &Arc<Ready>) -> Self {
        Self {
            ready: Arc::clone(ready),
            outputs: GraphOutputs::default(),
            moved: Found::default(),
            seeds: Vec::new(),
            space: None,
            kept: None,
        }
    }

    fn check(&self, batch: &GraphBatch<'_>) -> Result<()> {
        let shape = self.ready.network.shape();
        batch.check(shape.species, shape.layers)
    }
}

fn fill(into: &mut Vec<f64>, from: &[f32]) {
    into.clear();
    into.extend(from.iter().map(|&number| f64::from(number)));
}

fn fill_vectors(into: &mut Vec<[f64; 3]>, from: &[f32]) {
    into.clear();
    into.extend(from.as_chunks::<3>().0.iter().map(|vector| vector.map(f64::from)));
}

impl Engine for GraphicsEngine {
    fn evaluate(&mut self, batch: &GraphBatch<'_>, request: Request, into: &mut Outputs) -> Result<()> {
        if !request.gradient {
            self.forward(batch, request.parallel, into)?;
            self.ready.idle.put(self.space.take().unwrap_or_else(|| GpuWorkspace::new(&self.ready.network)));
            return Ok(());
        }
        self.check(batch)?;
        let Self { ready, outputs, .. } = self;
        let counted = batch.counted.unwrap_or(batch.atoms());
        ready.turns.evaluate(&batch.topology(), batch.vectors, counted, outputs).map_err(wrong)?;
        fill(&mut into.scalars, &outputs.energies);
        fill(&mut into.multipoles, &outputs.others);
        fill_vectors(&mut into.gradient, &outputs.by_edge);
        Ok(())
    }

    fn forward(&mut self, batch: &GraphBatch<'_>, _: bool, into: &mut Outputs) -> Result<()> {
        self.check(batch)?;
        let Self { ready, space, .. } = self;
        let space = space.get_or_insert_with(|| ready.idle.take().unwrap_or_else(|| GpuWorkspace::new(&ready.network)));
        space.forward(&batch.topology(), batch.vectors, None).map_err(wrong)?;
        fill(&mut into.scalars, space.energies());
        fill(&mut into.multipoles, space.others());
        into.gradient.clear();
        Ok(())
    }

    fn pull_back(&mut self, batch: &GraphBatch<'_>, seeds: &[f64], _: bool, into: &mut Outputs) -> Result<()> {
        let count = batch.atoms() * (1 + self.ready.network.shape().multipole_rows());
        let Some(mut space) = self.space.take().filter(|_| seeds.len() == count) else {
            return Err(Error::Internal(format!("a gradient needs {count} seeds and outputs before it")));
        };
        self.seeds.clear();
        self.seeds.extend(seeds.iter().map(|&seed| seed as f32));
        space.backward(&self.seeds).map_err(wrong)?;
        fill_vectors(&mut into.gradient, space.by_edge());
        self.ready.idle.put(space);
        Ok(())
    }

    fn evaluate_moving(&mut self, graph: &MovingGraph<'_>, virial: bool, into: &mut MovingOutputs) -> Result<Moved> {
        let Self { ready, kept, moved, .. } = self;
        let space = kept.get_or_insert_with(|| GpuWorkspace::new(&ready.network));
        space.evaluate_moving(graph, virial, moved).map_err(wrong)?;
        fill(&mut into.scalars, space.energies());
        fill_vectors(&mut into.forces, moved.forces.as_flattened());
        into.virial = moved.virial;
        Ok(if moved.closest < 1.0 { Moved::TooClose } else { Moved::Evaluated })
    }

    fn twin(&self) -> Box<dyn Engine> {
        Box::new(Self::new(&self.ready))
    }

    fn device(&self) -> Option<String> {
        Some(self.ready.network.device().adapter().to_string())
    }
}
