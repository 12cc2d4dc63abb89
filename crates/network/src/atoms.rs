//! The production network with a readout of values of atoms, on disk.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::atom_target::AtomTarget;
use super::element_list::elements_named;
use super::engine::engine;
use super::fitting::{TrainableNetwork, trainable_in_doubles};
use super::graphics;
use super::kind::ATOMS;
use super::network::{Engine, Facts, Precision, Record, RecordMut};
use super::stored::{NetworkHeader, StoredNetwork};
use super::{CormorantConfig, DataRecord, ErrorRecord, FORMAT_VERSION, FitRecord};
use cormorant_core::system::Element;
use cormorant_kernels::network::{Layout, Shape};

/// What a file of a model of values of atoms says about itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtomHeader {
    /// Version of the format.
    pub version: u64,
    /// `cormorant-atoms`.
    pub kind: String,
    /// Version of the program that wrote it.
    pub program: String,
    /// Hyper-parameters.
    pub config: CormorantConfig,
    /// Chemical symbols in the order of the network's species.
    pub elements: Vec<String>,
    /// What it predicts.
    pub target: AtomTarget,
    /// Mean number of neighbors in the training set.
    pub mean_neighbors: f64,
    /// Distance of two knots of the radial functions in Å.
    pub knot_spacing: f64,
    /// What it was fitted to.
    pub data: DataRecord,
    /// How it was fitted.
    pub fit: FitRecord,
    /// Errors on each part of the split.
    pub errors: BTreeMap<String, ErrorRecord>,
    /// Values of atoms do not add up, so that there are none; a place for those who record them.
    #[serde(skip)]
    pub references: Vec<f64>,
}

/// A fitted model of values of atoms.
pub type AtomModel = StoredNetwork<AtomHeader>;

impl AtomHeader {
    /// A header for values that were fitted to nothing yet.
    #[must_use]
    pub fn new(
        config: CormorantConfig,
        target: &AtomTarget,
        elements: &[Element],
        mean_neighbors: f64,
        knot_spacing: f64,
    ) -> Self {
        Self {
            version: FORMAT_VERSION,
            kind: ATOMS.into(),
            program: env!("CARGO_PKG_VERSION").into(),
            config: target.configured(config),
            elements: elements.iter().map(|element| element.symbol().to_string()).collect(),
            target: target.clone(),
            mean_neighbors,
            knot_spacing,
            data: DataRecord::default(),
            fit: FitRecord::default(),
            errors: BTreeMap::new(),
            references: Vec::new(),
        }
    }

    /// Sizes of the network.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.config.shape(self.elements.len(), self.mean_neighbors)
    }

    fn elements(&self) -> Result<Vec<Element>, String> {
        elements_named(&self.elements)
    }
}

impl NetworkHeader for AtomHeader {
    const KIND: &'static str = ATOMS;
    const WHAT: &'static str = "one of values of atoms";

    fn fault(&self) -> Option<String> {
        if let Some(fault) = self.target.fault(self.elements.len()) {
            return Some(fault);
        }
        if let Some((key, accepted)) = self.config.fault() {
            return Some(format!("its header gives a `{key}` that is not {accepted}"));
        }
        if self.config.long_range().is_some() {
            return Some(
                "its header gives `electrostatics` or `dispersion`, which a model of values of atoms does not have"
                    .into(),
            );
        }
        if self.target.configured(self.config.clone()) != self.config {
            return Some("its header gives a readout that is not that of its target".into());
        }
        let positive = |x: f64| x.is_finite() && x > 0.0;
        if !positive(self.mean_neighbors) || !positive(self.knot_spacing) || self.knot_spacing > self.config.cutoff {
            return Some("its header has a number of neighbors or a spacing of knots that makes no sense".into());
        }
        self.elements().err()
    }

    fn tensors(&self) -> Result<Vec<(String, Vec<usize>)>, String> {
        let blocks = Layout::new(&self.shape()).blocks;
        Ok(blocks.into_iter().map(|block| (block.name, block.shape)).collect())
    }

    fn facts(&self, parameters: usize) -> Result<Facts, String> {
        Ok(Facts {
            kind: self.kind.clone(),
            elements: self.elements()?,
            quantity: format!("{} of each atom", self.target.names()),
            unit: self.target.unit.clone(),
            head: None,
            scale: 1.0,
            constant: 0.0,
            references: vec![0.0; self.elements.len()],
            cutoff: Some(self.config.cutoff),
            hops: self.config.layers,
            parameters,
            shortest_distances: None,
            bonding: None,
            long_range: None,
            states: Vec::new(),
        })
    }

    fn sizes(&self, parameters: usize) -> String {
        let (layers, columns) = (self.config.layers, self.target.columns.len());
        let (plural, shape) = (if columns == 1 { "" } else { "s" }, self.target.shape.name().replace('-', " "));
        format!("{layers} layers, {parameters} parameters, {columns} {shape}{plural} of each atom")
    }

    fn record(&self) -> Record<'_> {
        Record::of_fit((self.version, &self.program), &self.data, &self.fit, &self.errors)
    }

    fn record_mut(&mut self) -> RecordMut<'_> {
        RecordMut {
            data: &mut self.data,
            fit: &mut self.fit,
            errors: &mut self.errors,
            errors_of: None,
            references: &mut self.references,
            domain: None,
        }
    }

    fn atoms(&self) -> Option<&AtomTarget> {
        Some(&self.target)
    }

    fn engine(&self, weights: &[f64], precision: Precision) -> Result<Box<dyn Engine>, String> {
        Ok(engine(&self.shape(), weights, self.knot_spacing, precision))
    }

    fn graphics_engine(&self, weights: &[f64], choice: &str, _: &Path) -> cormorant_core::Result<Box<dyn Engine>> {
        graphics::engine(&self.shape(), weights, self.knot_spacing, choice)
    }

    fn trainable(&self, weights: &[f64], precision: Precision) -> Result<TrainableNetwork, String> {
        Ok(trainable_in_doubles(&self.shape(), weights, self.knot_spacing, precision))
    }
}
