//! The network of 2019: its header makes it a model.

use super::engine::engine;
use super::fitting::DifferentiableOriginal;
use super::header::{KIND, OriginalHeader};
use crate::fitting::{PreparedNetwork, TrainableNetwork};
use crate::network::{DomainMut, Engine, Facts, Precision, Record, RecordMut};
use crate::stored::{NetworkHeader, StoredNetwork};
use cormorant_kernels::original::Layout;

/// A fitted network of 2019.
pub type OriginalModel = StoredNetwork<OriginalHeader>;

impl NetworkHeader for OriginalHeader {
    const KIND: &'static str = KIND;
    const WHAT: &'static str = "the network of 2019";

    fn fault(&self) -> Option<String> {
        OriginalHeader::fault(self)
    }

    fn modernize(&mut self) {
        self.errors.values_mut().for_each(|errors| errors.name_property(&self.target, &self.unit));
    }

    fn tensors(&self) -> Result<Vec<(String, Vec<usize>)>, String> {
        let blocks = Layout::new(&self.shape()?).blocks;
        Ok(blocks.into_iter().map(|block| (block.name, block.shape)).collect())
    }

    fn facts(&self, parameters: usize) -> Result<Facts, String> {
        // A fit that recorded nothing leaves nothing to place a wall by.
        let shortest = Some(&self.data.shortest_distances).filter(|table| !table.is_empty());
        Ok(Facts {
            kind: self.kind.clone(),
            elements: self.elements()?,
            quantity: self.target.clone(),
            unit: self.unit.clone(),
            head: None,
            scale: self.deviation,
            constant: self.mean,
            references: self.references.clone(),
            cutoff: None,
            hops: self.config.levels,
            parameters,
            shortest_distances: shortest.cloned(),
            bonding: self.data.bonding.clone(),
            long_range: None,
            states: Vec::new(),
        })
    }

    fn sizes(&self, parameters: usize) -> String {
        let config = &self.config;
        format!(
            "{} levels, {} complex channels, degree {}, {parameters} parameters",
            config.levels, config.channels, config.max_degree
        )
    }

    fn record(&self) -> Record<'_> {
        Record {
            version: self.version,
            program: &self.program,
            data: &self.data,
            fit: &self.fit,
            errors: &self.errors,
            ranges: self.ranges.as_ref(),
            envelope: None,
            example: self.example.as_ref(),
            certificate: self.certificate.as_ref(),
        }
    }

    fn record_mut(&mut self) -> RecordMut<'_> {
        RecordMut {
            data: &mut self.data,
            fit: &mut self.fit,
            errors: &mut self.errors,
            errors_of: None,
            references: &mut self.references,
            domain: Some(DomainMut {
                ranges: &mut self.ranges,
                envelope: None,
                example: &mut self.example,
                certificate: &mut self.certificate,
            }),
        }
    }

    fn engine(&self, weights: &[f64], precision: Precision) -> Result<Box<dyn Engine>, String> {
        Ok(engine(&self.shape()?, weights, precision))
    }

    fn trainable(&self, weights: &[f64], precision: Precision) -> Result<TrainableNetwork, String> {
        let shape = self.shape()?;
        // Parameters of this network are moved in double precision, as from the first day on.
        Ok(TrainableNetwork::F64(match precision {
            Precision::F32 => Box::new(PreparedNetwork::new(DifferentiableOriginal::<f32>::new(&shape), weights)),
            Precision::F64 => Box::new(PreparedNetwork::new(DifferentiableOriginal::<f64>::new(&shape), weights)),
        }))
    }
}
