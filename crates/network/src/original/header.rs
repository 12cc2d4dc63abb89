//! What a model file of the network of 2019 says about itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::config::OriginalConfig;
use crate::element_list::elements_named;
use crate::{Certificate, DataRecord, ErrorRecord, Example, FORMAT_VERSION, FitRecord, Ranges};
use cormorant_core::system::Element;
use cormorant_kernels::original::Shape;

/// The kind of these models, in headers and inputs.
pub const KIND: &str = "cormorant-2019";

/// The header: JSON in the metadata of `model.safetensors`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginalHeader {
    /// Version of the format.
    pub version: u64,
    /// [`KIND`].
    pub kind: String,
    /// Version of the program that wrote it.
    pub program: String,
    /// Hyper-parameters.
    pub config: OriginalConfig,
    /// Chemical symbols in the order of the network's species, ascending by atomic number.
    pub elements: Vec<String>,
    /// What it predicts: `energy`, or the name of a property.
    pub target: String,
    /// Unit of the target.
    pub unit: String,
    /// Mean of the target over the training molecules, after the references were taken off.
    pub mean: f64,
    /// Its standard deviation, which one unit of output stands for.
    pub deviation: f64,
    /// Reference value of an atom of each element, in the unit of the target.
    pub references: Vec<f64>,
    /// What it was fitted to.
    pub data: DataRecord,
    /// How it was fitted.
    pub fit: FitRecord,
    /// Errors on each part of the split.
    pub errors: BTreeMap<String, ErrorRecord>,
    /// Between which values the training frames lie; absent in older files, like all that follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ranges: Option<Ranges>,
    /// A training frame for trials of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Example>,
    /// What the model can be trusted with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
}

impl OriginalHeader {
    /// A header for energies in eV, fitted to nothing yet.
    #[must_use]
    pub fn new(config: OriginalConfig, elements: &[Element], mean: f64, deviation: f64) -> Self {
        Self {
            version: FORMAT_VERSION,
            kind: KIND.into(),
            program: env!("CARGO_PKG_VERSION").into(),
            config,
            elements: elements.iter().map(|element| element.symbol().to_string()).collect(),
            target: "energy".into(),
            unit: "eV".into(),
            mean,
            deviation,
            references: vec![0.0; elements.len()],
            data: DataRecord::default(),
            fit: FitRecord::default(),
            errors: BTreeMap::new(),
            ranges: None,
            example: None,
            certificate: None,
        }
    }

    /// The elements.
    ///
    /// # Errors
    /// What is wrong with their symbols or their order.
    pub fn elements(&self) -> Result<Vec<Element>, String> {
        let elements = elements_named(&self.elements)?;
        if elements.is_empty() || !elements.is_sorted_by(|a, b| a < b) {
            return Err("its header must list elements, ascending by atomic number".into());
        }
        Ok(elements)
    }

    /// Sizes of the network.
    ///
    /// # Errors
    /// What is wrong with the elements.
    pub fn shape(&self) -> Result<Shape, String> {
        Ok(self.config.shape(self.elements()?.iter().map(|element| element.number()).collect()))
    }

    /// The first thing that cannot be right.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if let Some((key, accepted)) = self.config.fault() {
            return Some(format!("its header gives a `{key}` that is not {accepted}"));
        }
        if !self.mean.is_finite() || !self.deviation.is_finite() || self.deviation <= 0.0 {
            return Some("its header has a mean or deviation that is not a finite number".into());
        }
        if self.references.len() != self.elements.len() || self.references.iter().any(|x| !x.is_finite()) {
            return Some("its header must have a finite reference for each element".into());
        }
        self.elements().err()
    }
}
