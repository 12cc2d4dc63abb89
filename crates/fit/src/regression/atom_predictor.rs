//! A fitted model of values of atoms, ready to be asked for other systems.

use cormorant_core::system::{NeighborList, System};
use cormorant_core::{Error, Result};
use cormorant_network::{AtomTarget, Engine, EngineOptions, Facts, GraphBatch, Network, Outputs, Request};

/// A network with what an evaluation of its values of atoms needs; each thread has one of its own.
pub struct AtomPredictor {
    facts: Facts,
    target: AtomTarget,
    engine: Box<dyn Engine>,
    outputs: Outputs,
}

impl AtomPredictor {
    /// The values of atoms that `network` predicts.
    ///
    /// # Errors
    /// When it predicts none, or its header is not valid.
    pub fn new(network: &dyn Network, how: impl Into<EngineOptions>) -> Result<Self> {
        let (facts, how) = (network.facts()?, how.into());
        let Some(target) = network.atoms().cloned() else {
            let reason = format!("is a model of {} of the whole system, not of values of atoms", facts.quantity);
            return Err(Error::model(network.path(), reason));
        };
        let engine = network.engine(&how.backend, how.precision)?;
        Ok(Self { facts, target, engine, outputs: Outputs::default() })
    }

    /// Another one that shares the network.
    #[must_use]
    pub fn twin(&self) -> Self {
        let (facts, target) = (self.facts.clone(), self.target.clone());
        Self { facts, target, engine: self.engine.twin(), outputs: Outputs::default() }
    }

    /// What it predicts.
    #[must_use]
    pub fn target(&self) -> &AtomTarget {
        &self.target
    }

    /// The values of the atoms of `system`, `[atoms][columns][width]`; NaN for elements that had no labels in training.
    ///
    /// # Errors
    /// When the system holds an element that the model does not know, or two atoms overlap.
    pub fn predict(&mut self, system: &System) -> Result<Vec<f64>> {
        let species = self.facts.scaling().species(&system.elements)?;
        let mut list = NeighborList::new(self.facts.cutoff.unwrap_or(f64::INFINITY), 0.0);
        let neighbors = list.update(system)?;
        let batch = GraphBatch {
            species: &species,
            offsets: &neighbors.offsets,
            senders: &neighbors.senders,
            vectors: &neighbors.vectors,
            ..GraphBatch::default()
        };
        self.engine.evaluate(&batch, Request::default(), &mut self.outputs)?;
        let mut values = Vec::new();
        self.target.outputs(&self.outputs.scalars, &self.outputs.multipoles, &mut values);
        self.target.restore(&species, &mut values);
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            let atom = place / self.target.width() + 1;
            return Err(Error::Invalid(format!(
                "the model gives {} for atom {atom}: the structure is too far from the training data",
                values[place]
            )));
        }
        for (values, &kind) in values.chunks_exact_mut(self.target.width()).zip(&species) {
            if !self.target.labeled[kind as usize] {
                values.fill(f64::NAN);
            }
        }
        Ok(values)
    }
}
