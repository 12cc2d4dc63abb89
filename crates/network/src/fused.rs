//! The fused network as a candle operation: one node in the graph, first-order gradients in edge vectors and weights.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp2, DType, Layout as TensorLayout, Shape as TensorShape, Tensor, TensorId};

use cormorant_kernels::Real;
use cormorant_kernels::network::{Gradient, Plan, Shape, Topology, Weights, Workspace};

/// Atoms and edges of one evaluation, owned so that the graph of operations can keep them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edges {
    /// Index of the element of each atom, `[atoms]`.
    pub species: Vec<u32>,
    /// First edge of each receiving atom, `[atoms + 1]`.
    pub offsets: Vec<usize>,
    /// Sending atom of each edge, `[edges]`; for every edge the reversed one is there too.
    pub senders: Vec<u32>,
}

impl Edges {
    /// The same for the kernels.
    #[must_use]
    pub fn topology(&self) -> Topology<'_> {
        Topology { species: &self.species, offsets: &self.offsets, senders: &self.senders, needed: &[] }
    }
}

/// The network as one operation, in precision `T`.
///
/// Radial functions are cubic splines on knots `knot_spacing` apart, tabulated once for each weight tensor.
#[derive(Clone)]
pub struct FusedNetwork<T: Real> {
    inner: Arc<Inner<T>>,
}

struct Inner<T: Real> {
    plan: Plan<T>,
    knot_spacing: f64,
    /// The weights used last, ready for the kernels.
    prepared: Mutex<Option<(TensorId, Arc<Weights<T>>)>>,
    /// Workspaces that no evaluation is using.
    idle: Mutex<Vec<Workspace<T>>>,
}

fn locked<G>(mutex: &Mutex<G>) -> std::sync::MutexGuard<'_, G> {
    // What is guarded is whole after every statement, so a panic elsewhere leaves nothing to repair.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Real> FusedNetwork<T> {
    /// The network of `shape`.
    #[must_use]
    pub fn new(shape: &Shape, knot_spacing: f64) -> Self {
        let (prepared, idle) = (Mutex::new(None), Mutex::new(Vec::new()));
        Self { inner: Arc::new(Inner { plan: Plan::new(shape), knot_spacing, prepared, idle }) }
    }

    /// Energy of each atom `[atoms]` in f64 and units of the network's output, from edge vectors `[edges, 3]` (Å, f64)
    /// and packed weights `[parameters]` (f64). Inside a rayon pool large systems use all its threads when `parallel`.
    ///
    /// # Errors
    /// When the tensors do not have these shapes and types.
    pub fn atom_energies(
        &self,
        edges: &Arc<Edges>,
        vectors: &Tensor,
        weights: &Tensor,
        parallel: bool,
    ) -> candle_core::Result<Tensor> {
        if vectors.dtype() != DType::F64 || weights.dtype() != DType::F64 {
            candle_core::bail!("edge vectors and weights must be f64, whatever the precision of the network");
        }
        if vectors.dims() != [edges.senders.len(), 3] || weights.dims() != [self.inner.plan.layout.len()] {
            candle_core::bail!("edge vectors {:?} or weights {:?} do not fit", vectors.dims(), weights.dims());
        }
        let prepared = self.prepare(weights)?;
        let workspace = locked(&self.inner.idle).pop().unwrap_or_else(|| Workspace::new(&self.inner.plan));
        let operation = Operation {
            inner: Arc::clone(&self.inner),
            edges: Arc::clone(edges),
            weights: prepared,
            workspace: Mutex::new(Some(workspace)),
            parallel,
        };
        vectors.apply_op2(weights, operation)
    }

    fn prepare(&self, weights: &Tensor) -> candle_core::Result<Arc<Weights<T>>> {
        let mut prepared = locked(&self.inner.prepared);
        if let Some((id, ready)) = prepared.as_ref()
            && *id == weights.id()
            && !weights.is_variable()
        {
            return Ok(Arc::clone(ready));
        }
        let packed: Vec<T> = weights.to_vec1::<f64>()?.into_iter().map(T::from_f64).collect();
        let ready = Arc::new(Weights::splined(&self.inner.plan, &packed, self.inner.knot_spacing, 0.0));
        *prepared = Some((weights.id(), Arc::clone(&ready)));
        Ok(ready)
    }
}

/// One evaluation; keeps the activations from forward to backward.
struct Operation<T: Real> {
    inner: Arc<Inner<T>>,
    edges: Arc<Edges>,
    weights: Arc<Weights<T>>,
    workspace: Mutex<Option<Workspace<T>>>,
    parallel: bool,
}

impl<T: Real> Drop for Operation<T> {
    fn drop(&mut self) {
        if let Some(workspace) = locked(&self.workspace).take() {
            locked(&self.inner.idle).push(workspace);
        }
    }
}

fn vectors_of<'a>(storage: &'a CpuStorage, layout: &TensorLayout) -> candle_core::Result<&'a [[f64; 3]]> {
    let (Some((start, end)), CpuStorage::F64(values)) = (layout.contiguous_offsets(), storage) else {
        candle_core::bail!("edge vectors must be contiguous f64")
    };
    Ok(values[start..end].as_chunks::<3>().0)
}

impl<T: Real> CustomOp2 for Operation<T> {
    fn name(&self) -> &'static str {
        "cormorant"
    }

    fn cpu_fwd(
        &self,
        vectors: &CpuStorage,
        layout: &TensorLayout,
        _: &CpuStorage,
        _: &TensorLayout,
    ) -> candle_core::Result<(CpuStorage, TensorShape)> {
        let vectors = vectors_of(vectors, layout)?;
        let mut slot = locked(&self.workspace);
        let Some(workspace) = slot.as_mut() else { candle_core::bail!("no workspace") };
        self.inner.plan.forward(&self.weights, &self.edges.topology(), vectors, workspace, self.parallel);
        let energies: Vec<f64> = workspace.atom_energies.iter().map(|energy| energy.to_f64()).collect();
        let atoms = energies.len();
        Ok((CpuStorage::F64(energies), TensorShape::from(atoms)))
    }

    fn bwd(
        &self,
        vectors: &Tensor,
        weights: &Tensor,
        _: &Tensor,
        seeds: &Tensor,
    ) -> candle_core::Result<(Option<Tensor>, Option<Tensor>)> {
        let plan = &self.inner.plan;
        let mut seeds: Vec<T> = seeds.to_vec1::<f64>()?.into_iter().map(T::from_f64).collect();
        // Multipoles are no part of this operation.
        seeds.resize(self.edges.species.len() * (1 + plan.shape.multipole_rows()), T::ZERO);
        let mut gradient = weights.is_variable().then(|| Gradient::zeros(plan, &self.weights));
        let mut by_edge = vec![[0.0; 3]; self.edges.senders.len()];
        {
            let (storage, layout) = vectors.storage_and_layout();
            let candle_core::Storage::Cpu(storage) = &*storage else {
                candle_core::bail!("the network runs on the CPU")
            };
            let mut slot = locked(&self.workspace);
            let Some(workspace) = slot.as_mut() else { candle_core::bail!("no workspace") };
            plan.backward(
                &self.weights,
                &self.edges.topology(),
                vectors_of(storage, layout)?,
                workspace,
                &seeds,
                Some(&mut by_edge),
                gradient.as_mut(),
                self.parallel,
            );
        }
        let device = vectors.device();
        let by_weight = match &mut gradient {
            None => None,
            Some(gradient) => {
                // The tables of radial functions are shared; the way back through them needs its own copy of the rest.
                let packed: Vec<T> = weights.to_vec1::<f64>()?.into_iter().map(T::from_f64).collect();
                let mut own = Weights::splined(plan, &packed, self.inner.knot_spacing, 0.0);
                own.finish_gradient(plan, gradient, false);
                let values: Vec<f64> = gradient.packed.as_slice().iter().map(|x| x.to_f64()).collect();
                Some(Tensor::new(values, device)?)
            }
        };
        let flat: Vec<f64> = by_edge.into_flattened();
        Ok((Some(Tensor::from_vec(flat, (self.edges.senders.len(), 3), device)?), by_weight))
    }
}
