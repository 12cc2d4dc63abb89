//! The production network with a head for a property, on disk.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::element_list::elements_named;
use super::engine::engine;
use super::fitting::{TrainableNetwork, trainable_in_doubles};
use super::graphics;
use super::kind::PROPERTY;
use super::network::{Engine, Facts, Precision, Record, RecordMut};
use super::stored::{NetworkHeader, StoredNetwork};
use super::{CormorantConfig, DataRecord, ErrorRecord, FORMAT_VERSION, FitRecord, Head, NewNetwork, Scaling};
use cormorant_core::system::Element;
use cormorant_kernels::network::{Layout, Shape};

/// What a file of a property model says about itself.
///
/// The property is mean + deviation · head(ε) + Σ references, where ε are the outputs of the network for the atoms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyHeader {
    /// Version of the format.
    pub version: u64,
    /// `cormorant-property`.
    pub kind: String,
    /// Version of the program that wrote it.
    pub program: String,
    /// Hyper-parameters.
    pub config: CormorantConfig,
    /// Chemical symbols in the order of the network's species.
    pub elements: Vec<String>,
    /// Name of the property.
    pub target: String,
    /// Its unit.
    pub unit: String,
    /// How the outputs of the atoms become the property.
    pub head: Head,
    /// Constant part, in `unit`.
    pub mean: f64,
    /// What one unit of output stands for, in `unit`.
    pub deviation: f64,
    /// Part of each element, in `unit`.
    pub references: Vec<f64>,
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
}

/// A fitted property.
pub type PropertyModel = StoredNetwork<PropertyHeader>;

impl PropertyHeader {
    /// A header for a property that was fitted to nothing yet.
    #[must_use]
    pub fn new(config: CormorantConfig, new: &NewNetwork<'_>, mean_neighbors: f64, knot_spacing: f64) -> Self {
        let Scaling { elements, references, scale } = &new.scaling;
        Self {
            version: FORMAT_VERSION,
            kind: PROPERTY.into(),
            program: env!("CARGO_PKG_VERSION").into(),
            config,
            elements: elements.iter().map(|element| element.symbol().to_string()).collect(),
            target: new.quantity.into(),
            unit: new.unit.into(),
            head: new.head,
            mean: new.constant,
            deviation: *scale,
            references: references.clone(),
            mean_neighbors,
            knot_spacing,
            data: DataRecord::default(),
            fit: FitRecord::default(),
            errors: BTreeMap::new(),
        }
    }

    /// Sizes of the network.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.config.shape(self.elements.len(), self.mean_neighbors)
    }

    /// The elements in the order of the network's species.
    ///
    /// # Errors
    /// When a symbol is none.
    pub fn elements(&self) -> Result<Vec<Element>, String> {
        elements_named(&self.elements)
    }

    /// The first thing that cannot be right.
    fn fault(&self) -> Option<String> {
        if let Some((key, accepted)) = self.config.fault() {
            return Some(format!("its header gives a `{key}` that is not {accepted}"));
        }
        if self.config.long_range().is_some() {
            return Some(
                "its header gives `electrostatics` or `dispersion`, which a model of a property does not have".into(),
            );
        }
        if self.config.multipole_copies != 1 || self.config.further_numbers != 0 {
            return Some(
                "its header gives several values of an atom, which a model of a property does not have".into(),
            );
        }
        if self.config.multipole != self.head.multipole() {
            return Some(format!("its header gives a `multipole` that is not that of a head for {}", self.head.name()));
        }
        if !self.mean.is_finite() || !self.deviation.is_finite() || self.deviation <= 0.0 {
            return Some("its header has a mean or deviation that is not a finite number".into());
        }
        if self.references.len() != self.elements.len() || self.references.iter().any(|x| !x.is_finite()) {
            return Some("its header must have a finite reference for each element".into());
        }
        let positive = |x: f64| x.is_finite() && x > 0.0;
        if !positive(self.mean_neighbors) || !positive(self.knot_spacing) || self.knot_spacing > self.config.cutoff {
            return Some("its header has a number of neighbors or a spacing of knots that makes no sense".into());
        }
        self.elements().err()
    }
}

impl NetworkHeader for PropertyHeader {
    const KIND: &'static str = PROPERTY;
    const WHAT: &'static str = "one of a property";

    fn fault(&self) -> Option<String> {
        PropertyHeader::fault(self)
    }

    fn modernize(&mut self) {
        self.errors.values_mut().for_each(|errors| errors.name_property(&self.target, &self.unit));
    }

    fn tensors(&self) -> Result<Vec<(String, Vec<usize>)>, String> {
        let blocks = Layout::new(&self.shape()).blocks;
        Ok(blocks.into_iter().map(|block| (block.name, block.shape)).collect())
    }

    fn facts(&self, parameters: usize) -> Result<Facts, String> {
        Ok(Facts {
            kind: self.kind.clone(),
            elements: self.elements()?,
            quantity: self.target.clone(),
            unit: self.unit.clone(),
            head: Some(self.head),
            scale: self.deviation,
            constant: self.mean,
            references: self.references.clone(),
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
        format!("{} layers, {parameters} parameters, {} head", self.config.layers, self.head.name())
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
