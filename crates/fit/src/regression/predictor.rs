//! A fitted property, ready to be asked for other molecules.

use super::Standard;
use super::sample::invariant;
use cormorant_core::system::{NeighborList, Neighbors, System};
use cormorant_core::{Error, Result};
use cormorant_network::{Engine, EngineOptions, Facts, GraphBatch, Head, Network, Outputs, Request, all_pairs};

/// A network of any kind with what an evaluation of its property needs; each thread has one of its own.
pub struct Predictor {
    facts: Facts,
    engine: Box<dyn Engine>,
    outputs: Outputs,
}

impl Predictor {
    /// The property that `network` predicts.
    ///
    /// # Errors
    /// When it is one of energies and forces, or its header is not valid.
    pub fn new(network: &dyn Network, how: impl Into<EngineOptions>) -> Result<Self> {
        let (facts, how) = (network.facts()?, how.into());
        if facts.gives_forces() {
            return Err(Error::model(network.path(), "is a model of energies and forces, not of a property"));
        }
        if network.atoms().is_some() {
            return Err(Error::model(network.path(), "is a model of values of atoms, not of a property of the whole"));
        }
        let engine = network.engine(&how.backend, how.precision)?;
        Ok(Self { facts, engine, outputs: Outputs::default() })
    }

    /// Another one that shares the network.
    #[must_use]
    pub fn twin(&self) -> Self {
        Self { facts: self.facts.clone(), engine: self.engine.twin(), outputs: Outputs::default() }
    }

    /// Name of the property.
    #[must_use]
    pub fn property(&self) -> &str {
        &self.facts.quantity
    }

    /// Unit of the property.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.facts.unit
    }

    /// The property of `system` in [`Self::unit`], references of its atoms included.
    ///
    /// # Errors
    /// When the system holds an element that the model does not know, has a cell where the network or the property knows none, or
    /// two atoms overlap.
    pub fn predict(&mut self, system: &System) -> Result<Vec<f64>> {
        let Facts { head, constant, scale, references, .. } = &self.facts;
        self.facts.require(system.cell.is_some(), false)?;
        if let Some(head) = head {
            head.require(system.cell.is_some())?;
        }
        let species = self.facts.scaling().species(&system.elements)?;
        let neighbors = self.neighbors(system)?;
        let Neighbors { offsets, senders, vectors, .. } = &neighbors;
        let batch = GraphBatch { species: &species, offsets, senders, vectors, ..GraphBatch::default() };
        self.engine.evaluate(&batch, Request::default(), &mut self.outputs)?;
        let mut values = match head {
            None => self.outputs.scalars.clone(),
            Some(head) => {
                let mut values = vec![0.0; head.outputs()];
                let arms = Head::arms(&system.positions);
                head.apply(&arms, &self.outputs.scalars, &self.outputs.multipoles, &mut values);
                values
            }
        };
        let reference: f64 = species.iter().map(|&kind| references[kind as usize]).sum();
        Standard { mean: *constant, deviation: *scale }.restore(&mut values);
        for &place in invariant(values.len()) {
            values[place] += reference;
        }
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(Error::Invalid(format!(
                "the model gives {value} for its {}: the structure is too far from the training data",
                self.facts.quantity
            )));
        }
        Ok(values)
    }

    fn neighbors(&self, system: &System) -> Result<Neighbors> {
        if let Some(cutoff) = self.facts.cutoff {
            return Ok(NeighborList::new(cutoff, 0.0).update(system)?.clone());
        }
        let mut pairs = Neighbors::default();
        all_pairs(system, &mut pairs)?;
        Ok(pairs)
    }
}
