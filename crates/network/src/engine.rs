//! The engine of the production network, with or without a multipole.

use std::sync::Arc;

use super::network::{Engine, GraphBatch, Idle, Outputs, Precision, Request};
use cormorant_core::{Error, Result};
use cormorant_kernels::Real;
use cormorant_kernels::network::{Plan, Shape, Weights, Workspace};

/// The kernels of one network with its weights in precision `T`.
pub(super) struct CormorantEngine<T: Real> {
    ready: Arc<Ready<T>>,
    seeds: Vec<T>,
    /// That of the last evaluation, while its gradient may be asked for.
    space: Option<Workspace<T>>,
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
        Self { ready: Arc::new(Ready { plan, weights, idle: Idle::new() }), seeds: Vec::new(), space: None }
    }
}

impl<T: Real> Engine for CormorantEngine<T> {
    fn evaluate(&mut self, batch: &GraphBatch<'_>, request: Request, into: &mut Outputs) -> Result<()> {
        let plan = &self.ready.plan;
        batch.check(plan.shape.species, plan.shape.layers)?;
        // Frames that would be worked on by tiles alone too, so that they have the same bits.
        let by_tiles = request.gradient && batch.frame_ranges().all(|frame| plan.evaluates(frame.len()));
        if request.gradient {
            // Multipoles have no part in the sum.
            self.seeds.clear();
            self.seeds.resize(batch.atoms() * self.outputs(), T::ZERO);
            self.seeds[..batch.counted.unwrap_or(batch.atoms())].fill(T::ONE);
        }
        if by_tiles {
            self.evaluate_by_tiles(batch, request.parallel, into);
        } else {
            self.forward_checked(batch, request.parallel, into);
            if request.gradient {
                self.backward(batch, request.parallel, into);
            }
        }
        self.rest();
        Ok(())
    }

    fn forward(&mut self, batch: &GraphBatch<'_>, parallel: bool, into: &mut Outputs) -> Result<()> {
        let shape = &self.ready.plan.shape;
        batch.check(shape.species, shape.layers)?;
        self.forward_checked(batch, parallel, into);
        Ok(())
    }

    fn pull_back(&mut self, batch: &GraphBatch<'_>, seeds: &[f64], parallel: bool, into: &mut Outputs) -> Result<()> {
        let count = batch.atoms() * self.outputs();
        if self.space.is_none() || seeds.len() != count {
            return Err(Error::Internal(format!("a gradient needs {count} seeds and outputs before it")));
        }
        self.seeds.clear();
        self.seeds.extend(seeds.iter().map(|&seed| T::from_f64(seed)));
        self.backward(batch, parallel, into);
        self.rest();
        Ok(())
    }

    fn twin(&self) -> Box<dyn Engine> {
        Box::new(Self { ready: Arc::clone(&self.ready), seeds: Vec::new(), space: None })
    }
}

impl<T: Real> CormorantEngine<T> {
    /// Numbers of an atom.
    fn outputs(&self) -> usize {
        1 + self.ready.plan.shape.multipole_rows()
    }

    /// Outputs of a batch that was checked.
    fn forward_checked(&mut self, batch: &GraphBatch<'_>, parallel: bool, into: &mut Outputs) {
        let Self { ready, space, .. } = self;
        let Ready { plan, weights, idle } = &**ready;
        let space = space.get_or_insert_with(|| idle.take().unwrap_or_else(|| Workspace::new(plan)));
        plan.forward(weights, &batch.topology(), batch.vectors, space, parallel);
        into.gradient.clear();
        into.scalars.clear();
        into.scalars.extend(space.atom_energies.iter().map(|energy| energy.to_f64()));
        into.multipoles.clear();
        into.multipoles.extend(space.atom_multipoles.iter().map(|number| number.to_f64()));
    }

    /// Outputs and the gradient for `self.seeds` of large frames.
    fn evaluate_by_tiles(&mut self, batch: &GraphBatch<'_>, parallel: bool, into: &mut Outputs) {
        let Self { ready, space, seeds } = self;
        let Ready { plan, weights, idle } = &**ready;
        let space = space.get_or_insert_with(|| idle.take().unwrap_or_else(|| Workspace::new(plan)));
        into.gradient.resize(batch.edges(), [0.0; 3]);
        plan.evaluate(weights, &batch.topology(), batch.vectors, space, seeds, &mut into.gradient, parallel);
        into.scalars.clear();
        into.scalars.extend(space.atom_energies.iter().map(|energy| energy.to_f64()));
        into.multipoles.clear();
    }

    /// The gradient for `self.seeds`, after a forward pass.
    fn backward(&mut self, batch: &GraphBatch<'_>, parallel: bool, into: &mut Outputs) {
        let Self { ready, seeds, space: Some(space) } = self else { return };
        let Ready { plan, weights, .. } = &**ready;
        into.gradient.clear();
        into.gradient.resize(batch.edges(), [0.0; 3]);
        let by_edge = Some(into.gradient.as_mut_slice());
        plan.backward(weights, &batch.topology(), batch.vectors, space, seeds, by_edge, None, parallel);
    }

    /// The last evaluation is over: others may use its memory.
    fn rest(&mut self) {
        if let Some(space) = self.space.take() {
            self.ready.idle.put(space);
        }
    }
}
