//! Networks and engines.

use std::path::Path;

use super::{Facts, GraphBatch, Moved, MovingGraph, MovingOutputs, Outputs, Record, RecordMut, Request};
use crate::AtomTarget;
use crate::fitting::TrainableNetwork;
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};

/// Precision of the network; positions, energies, forces and virials are f64 in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// Single precision: forces within 2e-5 of the largest, checked by `suite::learned::single_precision_is_close`.
    #[default]
    F32,
    /// Double precision, for tests and second derivatives.
    F64,
}

/// Where an engine computes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Backend {
    /// The processor, with the widest vector instructions that it has.
    #[default]
    Processor,
    /// A graphics processor: `gpu` the first, `gpu:1` the second, or a part of its name. It computes in single precision.
    Graphics(String),
}

impl Backend {
    /// The name of the processor among devices.
    pub const PROCESSOR: &str = "cpu";

    /// The device that a user calls `name`: `cpu`, or a graphics processor.
    #[must_use]
    pub fn named(name: &str) -> Self {
        if name == Self::PROCESSOR { Self::Processor } else { Self::Graphics(name.into()) }
    }
}

/// How an engine computes, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EngineOptions {
    /// Precision of the network.
    pub precision: Precision,
    /// Where it computes.
    pub backend: Backend,
}

impl From<Precision> for EngineOptions {
    /// On the processor.
    fn from(precision: Precision) -> Self {
        Self { precision, backend: Backend::Processor }
    }
}

/// A fitted function of the surroundings of atoms: numbers for each atom of a graph, and their gradient.
pub trait Network: Send + Sync {
    /// The folder or file of the model, for messages and names.
    fn path(&self) -> &Path;

    /// What describe, export, certify, guards and interfaces ask.
    ///
    /// # Errors
    /// When the header of the model is not valid.
    fn facts(&self) -> Result<Facts>;

    /// Sizes of the network in words, e.g. `2 layers, 16 channels`.
    fn sizes(&self) -> String;

    /// What it was fitted to, how well, and what it can be trusted with.
    fn record(&self) -> Record<'_>;

    /// The places of what is recorded after a fit; none where the kind records nothing.
    fn record_mut(&mut self) -> Option<RecordMut<'_>> {
        None
    }

    /// The values of atoms that it predicts; none of a network that predicts a quantity of the whole system.
    fn atoms(&self) -> Option<&AtomTarget> {
        None
    }

    /// The header as JSON.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    fn header_json(&self) -> Result<String>;

    /// The bytes of its file; see [`crate::Container::encode`].
    ///
    /// # Errors
    /// When a number of the model is not finite.
    fn encode(&self) -> Result<Vec<u8>>;

    /// Writes the model into `folder` (made if necessary), atomically.
    ///
    /// # Errors
    /// When a number of the model is not finite, or the folder cannot be written.
    fn write(&self, folder: &Path) -> Result<()> {
        crate::container::write(folder, &self.encode()?)
    }

    /// The network made ready on `backend`.
    ///
    /// # Errors
    /// When the header of the model is not valid, or the backend is not available.
    fn engine(&self, backend: &Backend, precision: Precision) -> Result<Box<dyn Engine>>;

    /// The network made ready for a fit.
    ///
    /// # Errors
    /// When networks of this kind are not fitted here, or the header of the model is not valid.
    fn trainable(&self, precision: Precision) -> Result<TrainableNetwork> {
        let _ = precision;
        let reason =
            format!("is of kind `{}`, which this program cannot fit; it can use such models", self.facts()?.kind);
        Err(Error::model(self.path(), reason))
    }

    /// The same network with its weights and nothing recorded, in `path`; `settings` of its kind ([`crate::NewKind`]) that leave the
    /// weights as they are may change.
    ///
    /// # Errors
    /// When a fit cannot start from networks of this kind, or such a setting is not known.
    fn renewed(&self, path: &Path, settings: &serde_json::Value) -> Result<Box<dyn Network>> {
        let _ = (path, settings);
        let reason = format!("is of kind `{}`, which no fit can start from", self.facts()?.kind);
        Err(Error::model(self.path(), reason))
    }

    /// The same network for `elements` alone, in their order, with nothing recorded. It gives the same as before for those that it
    /// knew; others begin as the known element that is most like them.
    ///
    /// # Errors
    /// When the kind cannot change its elements.
    fn with_elements(&self, elements: &[Element]) -> Result<Box<dyn Network>> {
        let _ = elements;
        let reason = format!("is of kind `{}`, whose elements cannot be changed", self.facts()?.kind);
        Err(Error::model(self.path(), reason))
    }

    /// The packed weights, in the order of its parameters; none where the kind does not say.
    fn weights(&self) -> Option<&[f64]> {
        None
    }

    /// Replaces the packed weights, after a fit.
    ///
    /// # Errors
    /// When they are not as many as those of the network, or the kind has none.
    fn set_weights(&mut self, weights: Vec<f64>) -> Result<()> {
        let reason = format!("is of a kind that does not take {} weights from a fit", weights.len());
        Err(Error::model(self.path(), reason))
    }
}

/// A network made ready: a batch of graphs in, outputs and edge gradients out. It keeps its work arrays.
pub trait Engine: Send + Sync {
    /// The outputs for `batch`, written over what `into` held. They depend on nothing but the batch.
    ///
    /// # Errors
    /// When the batch is none that the network can evaluate.
    fn evaluate(&mut self, batch: &GraphBatch<'_>, request: Request, into: &mut Outputs) -> Result<()>;

    /// The outputs for `batch` without a gradient, written over what `into` held; [`Engine::pull_back`] may follow.
    ///
    /// # Errors
    /// As for [`Engine::evaluate`].
    fn forward(&mut self, batch: &GraphBatch<'_>, parallel: bool, into: &mut Outputs) -> Result<()> {
        self.evaluate(batch, Request { gradient: false, parallel }, into)
    }

    /// Writes the gradient of Σ seeds · outputs with respect to the edge vectors over that of `into`, after [`Engine::forward`] with the
    /// same batch. Behind the seeds of the scalars are those of the multipoles.
    ///
    /// # Errors
    /// When the engine has no gradients of multipoles.
    fn pull_back(&mut self, batch: &GraphBatch<'_>, seeds: &[f64], parallel: bool, into: &mut Outputs) -> Result<()> {
        let _ = (batch, seeds, parallel, into);
        Err(Error::Internal("an engine was asked for gradients of multipoles, which it has not".into()))
    }

    /// Energies and forces of a graph that the engine may keep from one call to the next, where it can: then positions alone go to it.
    ///
    /// # Errors
    /// As for [`Engine::evaluate`].
    fn evaluate_moving(&mut self, graph: &MovingGraph<'_>, virial: bool, into: &mut MovingOutputs) -> Result<Moved> {
        let _ = (graph, virial, into);
        Ok(Moved::Unknown)
    }

    /// Another engine that shares what does not change.
    fn twin(&self) -> Box<dyn Engine>;

    /// What computes, where it is not the processor, in words: adapter and driver.
    fn device(&self) -> Option<String> {
        None
    }
}
