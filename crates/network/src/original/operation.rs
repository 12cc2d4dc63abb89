//! The network of 2019 as one candle operation, so that forces come from autograd.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::{CpuStorage, CustomOp2, Layout as TensorLayout, Shape as TensorShape, Tensor};

use cormorant_kernels::original::{Molecule, Network, Operations, Shape, Weights, Workspace};

/// The network, differentiable with respect to positions and weights.
///
/// The original's forces are not numbers: it evaluates r^−q at r = 0 and masks the result. Here nothing radial is computed
/// for an atom with itself, so that the derivatives are finite. Checked by: `suite::original_model`.
pub struct OriginalNetwork<T: Operations> {
    inner: Arc<Inner<T>>,
}

struct Inner<T: Operations> {
    network: Network<T>,
    idle: Mutex<Vec<Workspace<T>>>,
    prepared: Mutex<Option<(candle_core::TensorId, Arc<Weights<T>>)>>,
}

fn locked<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Operations> OriginalNetwork<T> {
    /// The network of `shape`.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        let inner = Inner { network: Network::new(shape), idle: Mutex::new(Vec::new()), prepared: Mutex::new(None) };
        Self { inner: Arc::new(inner) }
    }

    /// The network on slices.
    #[must_use]
    pub fn network(&self) -> &Network<T> {
        &self.inner.network
    }

    /// The number of one molecule, `[1]`, from positions `[atoms, 3]` (Å, f64) and packed weights `[parameters]` (f64).
    ///
    /// # Errors
    /// When the tensors do not have these shapes and this type.
    pub fn apply(&self, species: &Arc<Vec<u32>>, positions: &Tensor, weights: &Tensor) -> candle_core::Result<Tensor> {
        if positions.dims2()? != (species.len(), 3) || weights.dims1()? != self.inner.network.layout().len() {
            candle_core::bail!("positions or weights of another molecule or network")
        }
        let mut prepared = locked(&self.inner.prepared);
        let known = prepared.as_ref().filter(|(id, _)| *id == weights.id() && !weights.is_variable());
        let ready = match known {
            Some((_, ready)) => Arc::clone(ready),
            None => Arc::new(self.inner.network.weights(&weights.to_vec1::<f64>()?)),
        };
        *prepared = Some((weights.id(), Arc::clone(&ready)));
        drop(prepared);
        let workspace = locked(&self.inner.idle).pop().unwrap_or_default();
        let operation = Operation {
            inner: Arc::clone(&self.inner),
            species: Arc::clone(species),
            weights: ready,
            workspace: Mutex::new(Some(workspace)),
        };
        positions.apply_op2(weights, operation)
    }
}

/// One evaluation; keeps the activations from forward to backward.
struct Operation<T: Operations> {
    inner: Arc<Inner<T>>,
    species: Arc<Vec<u32>>,
    weights: Arc<Weights<T>>,
    workspace: Mutex<Option<Workspace<T>>>,
}

impl<T: Operations> Drop for Operation<T> {
    fn drop(&mut self) {
        if let Some(workspace) = locked(&self.workspace).take() {
            locked(&self.inner.idle).push(workspace);
        }
    }
}

impl<T: Operations> CustomOp2 for Operation<T> {
    fn name(&self) -> &'static str {
        "cormorant-2019"
    }

    fn cpu_fwd(
        &self,
        positions: &CpuStorage,
        layout: &TensorLayout,
        _: &CpuStorage,
        _: &TensorLayout,
    ) -> candle_core::Result<(CpuStorage, TensorShape)> {
        let (Some((start, end)), CpuStorage::F64(values)) = (layout.contiguous_offsets(), positions) else {
            candle_core::bail!("positions must be contiguous f64")
        };
        let positions = values[start..end].as_chunks::<3>().0;
        let mut slot = locked(&self.workspace);
        let Some(workspace) = slot.as_mut() else { candle_core::bail!("no workspace") };
        let molecule = Molecule { species: &self.species, positions };
        self.inner.network.forward(&self.weights, molecule, workspace);
        Ok((CpuStorage::F64(vec![workspace.energy]), TensorShape::from(1)))
    }

    fn bwd(
        &self,
        positions: &Tensor,
        weights: &Tensor,
        _: &Tensor,
        seed: &Tensor,
    ) -> candle_core::Result<(Option<Tensor>, Option<Tensor>)> {
        let network = &self.inner.network;
        let mut gradient = weights.is_variable().then(|| network.gradient(&self.weights));
        let places: Vec<[f64; 3]> = positions.flatten_all()?.to_vec1::<f64>()?.as_chunks::<3>().0.to_vec();
        let mut by_position = vec![[0.0; 3]; places.len()];
        {
            let mut slot = locked(&self.workspace);
            let Some(workspace) = slot.as_mut() else { candle_core::bail!("no workspace") };
            let molecule = Molecule { species: &self.species, positions: &places };
            let seed = seed.to_vec1::<f64>()?[0];
            let into = Some(&mut by_position[..]);
            network.backward(&self.weights, molecule, workspace, seed, gradient.as_mut(), into);
        }
        let device = positions.device();
        let by_weight = match gradient {
            None => None,
            Some(gradient) => Some(Tensor::new(network.packed_gradient(&self.weights, &gradient), device)?),
        };
        let by_position = Tensor::from_vec(by_position.into_flattened(), (places.len(), 3), device)?;
        Ok((Some(by_position), by_weight))
    }
}
