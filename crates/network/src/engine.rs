//! The engine of the production network, with or without a multipole.

use std::sync::Arc;

use super::network::{Engine, GraphBatch, Idle, Outputs, Precision, Request};
use cormorant_core::Result;
use cormorant_kernels::Real;
use cormorant_kernels::network::{Plan, Shape, Weights, Workspace};

/// The kernels of one network with its weights in precision `T`.
pub(super) struct CormorantEngine<T: Real> {
    ready: Arc<Ready<T>>,
    seeds: Vec<T>,
}

struct Ready<T: Real> {
    plan: Plan<T>,
    weights: Weights<T>,
    idle: Idle<Workspace<T>>,
}

/// The engine for packed `weights` of a network of `shape`, whose radial functions have knots `knot_spacing` Å apart.
pub(super) fn engine(shape: &Shape, weights: &[f64], knot_spacing: f64, precision: Precision) -> Box<dyn Engine> {
    match precision {
        Precision::F32 => Box::new(CormorantEngine::<f32>::new(shape, weights, knot_spacing)),
        Precision::F64 => Box::new(CormorantEngine::<f64>::new(shape, weights, knot_spacing)),
    }
}

impl<T: Real> CormorantEngine<T> {
    fn new(shape: &Shape, weights: &[f64], knot_spacing: f64) -> Self {
        let plan = Plan::new(shape);
        let packed: Vec<T> = weights.iter().map(|&weight| T::from_f64(weight)).collect();
        let weights = Weights::splined(&plan, &packed, knot_spacing, 0.0);
        Self { ready: Arc::new(Ready { plan, weights, idle: Idle::new() }), seeds: Vec::new() }
    }
}

impl<T: Real> Engine for CormorantEngine<T> {
    fn evaluate(&mut self, batch: &GraphBatch<'_>, request: Request, into: &mut Outputs) -> Result<()> {
        let Self { ready, seeds } = self;
        let Ready { plan, weights, idle } = &**ready;
        batch.check(plan.shape.species, plan.shape.layers)?;
        let mut space = idle.take().unwrap_or_else(|| Workspace::new(plan));
        let topology = batch.topology();
        plan.forward(weights, &topology, batch.vectors, &mut space, request.parallel);
        into.gradient.clear();
        if request.gradient {
            seeds.clear();
            // Behind the seeds of the scalars those of the multipoles, which have no part in the sum.
            seeds.resize(batch.atoms() * (1 + plan.shape.multipole_rows()), T::ZERO);
            seeds[..batch.counted.unwrap_or(batch.atoms())].fill(T::ONE);
            into.gradient.resize(batch.edges(), [0.0; 3]);
            let by_edge = Some(into.gradient.as_mut_slice());
            plan.backward(weights, &topology, batch.vectors, &mut space, seeds, by_edge, None, request.parallel);
        }
        into.scalars.clear();
        into.scalars.extend(space.atom_energies.iter().map(|energy| energy.to_f64()));
        into.multipoles.clear();
        into.multipoles.extend(space.atom_multipoles.iter().map(|number| number.to_f64()));
        idle.put(space);
        Ok(())
    }

    fn twin(&self) -> Box<dyn Engine> {
        Box::new(Self { ready: Arc::clone(&self.ready), seeds: Vec::new() })
    }
}
