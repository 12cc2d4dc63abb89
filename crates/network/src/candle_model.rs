//! A network of any kind as a candle module: positions in, energy out, forces by autograd.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp1, DType, Layout, Module, Shape, Tensor};

use super::network::{Backend, Engine, Facts, GraphBatch, Network, Outputs, Precision, Request, all_pairs};
use cormorant_core::system::{Cell, Element, NeighborList, Neighbors, System};
use cormorant_core::{Error, Result};

/// The energy in eV of certain atoms as a function of their positions, `[atoms, 3]` (Å, f64).
///
/// It asks the engine that simulations ask ([`Engine`]), and candle's autograd goes from edge vectors back to positions. There is
/// no wall at short distances: that belongs to `cormorant_potential::LearnedPotential`.
/// Checked by: `suite::engine::the_candle_module_gives_the_forces_of_the_loop`.
pub struct CandleModel {
    facts: Facts,
    engine: Arc<Mutex<Box<dyn Engine>>>,
    elements: Vec<Element>,
    species: Vec<u32>,
    cell: Option<Cell>,
}

impl CandleModel {
    /// The energy of atoms of `elements`, in a cell or not.
    ///
    /// # Errors
    /// When the network gives no forces, does not know an element, or knows no cell.
    pub fn new(network: &dyn Network, precision: Precision, elements: &[Element], cell: Option<Cell>) -> Result<Self> {
        let facts = network.facts()?;
        facts.require_forces().map_err(|reason| Error::model(network.path(), reason))?;
        facts.require(cell.is_some(), false)?;
        let engine = network.engine(&Backend::default(), precision)?;
        Ok(Self {
            species: facts.scaling().species(elements)?,
            elements: elements.to_vec(),
            engine: Arc::new(Mutex::new(engine)),
            facts,
            cell,
        })
    }

    fn neighbors(&self, positions: Vec<[f64; 3]>) -> Result<Neighbors> {
        let system = System::new(self.elements.clone(), positions, self.cell)?;
        if let Some(cutoff) = self.facts.cutoff {
            return Ok(NeighborList::new(cutoff, 0.0).update(&system)?.clone());
        }
        let mut pairs = Neighbors::default();
        all_pairs(&system, &mut pairs)?;
        Ok(pairs)
    }

    /// Vectors `[edges, 3]` of the edges, as a function of the positions.
    fn vectors(&self, positions: &Tensor, neighbors: &Neighbors) -> candle_core::Result<Tensor> {
        let device = positions.device();
        let mut receivers = Vec::with_capacity(neighbors.edge_count());
        for (atom, run) in neighbors.offsets.windows(2).enumerate() {
            receivers.extend(std::iter::repeat_n(atom as u32, run[1] - run[0]));
        }
        let (receivers, senders) =
            (Tensor::new(receivers, device)?, Tensor::new(neighbors.senders.as_slice(), device)?);
        let vectors = (positions.index_select(&senders, 0)? - positions.index_select(&receivers, 0)?)?;
        let Some(cell) = &self.cell else { return Ok(vectors) };
        let rows = cell.rows();
        let shift = |shift: &[i32; 3]| [0, 1, 2].map(|axis| (0..3).map(|k| f64::from(shift[k]) * rows[k][axis]).sum());
        let shifts: Vec<f64> = neighbors.shifts.iter().flat_map(shift).collect();
        vectors + Tensor::from_vec(shifts, (neighbors.edge_count(), 3), device)?
    }
}

impl Module for CandleModel {
    /// The energy in eV, `[1]`.
    fn forward(&self, positions: &Tensor) -> candle_core::Result<Tensor> {
        if positions.dtype() != DType::F64 || positions.dims() != [self.elements.len(), 3] {
            candle_core::bail!("positions must be f64, [{}, 3]", self.elements.len());
        }
        let flat = positions.flatten_all()?.to_vec1::<f64>()?;
        let neighbors = self.neighbors(flat.as_chunks::<3>().0.to_vec()).map_err(candle_core::Error::wrap)?;
        let vectors = self.vectors(positions, &neighbors)?.contiguous()?;
        let references: f64 = self.species.iter().map(|&kind| self.facts.references[kind as usize]).sum();
        let operation = Operation {
            engine: Arc::clone(&self.engine),
            species: self.species.clone(),
            neighbors,
            gradient: Mutex::new(Vec::new()),
        };
        vectors.apply_op1(operation)?.affine(self.facts.scale, self.facts.constant)?.affine(1.0, references)
    }
}

/// The sum of the network's scalars as a function of the edge vectors.
struct Operation {
    engine: Arc<Mutex<Box<dyn Engine>>>,
    species: Vec<u32>,
    neighbors: Neighbors,
    /// Gradient of the sum, kept from forward to backward.
    gradient: Mutex<Vec<f64>>,
}

impl CustomOp1 for Operation {
    fn name(&self) -> &'static str {
        "cormorant-engine"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let (Some((start, end)), CpuStorage::F64(values)) = (layout.contiguous_offsets(), storage) else {
            candle_core::bail!("edge vectors must be contiguous f64")
        };
        let batch = GraphBatch {
            species: &self.species,
            offsets: &self.neighbors.offsets,
            senders: &self.neighbors.senders,
            vectors: values[start..end].as_chunks::<3>().0,
            ..GraphBatch::default()
        };
        let mut outputs = Outputs::default();
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let request = Request { gradient: true, parallel: false };
        engine.evaluate(&batch, request, &mut outputs).map_err(candle_core::Error::wrap)?;
        *self.gradient.lock().unwrap_or_else(PoisonError::into_inner) = outputs.gradient.into_flattened();
        Ok((CpuStorage::F64(vec![outputs.scalars.iter().sum()]), Shape::from(1)))
    }

    fn bwd(&self, vectors: &Tensor, _: &Tensor, seed: &Tensor) -> candle_core::Result<Option<Tensor>> {
        let gradient = self.gradient.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Tensor::from_vec(gradient, vectors.dims(), vectors.device())?.broadcast_mul(seed).map(Some)
    }
}
