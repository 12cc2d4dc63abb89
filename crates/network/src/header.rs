//! What a model file says about itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::certificate::Certificate;
use super::config::CormorantConfig;
use super::envelope::Envelope;
use super::errors::ErrorRecord;
use super::network::Record;
use super::records::{DataRecord, FitRecord};
use super::scaling::Scaling;
use super::seen::{Example, Ranges};
use cormorant_core::system::Element;
use cormorant_kernels::network::Shape;

/// Format of the files that this version writes.
pub const FORMAT_VERSION: u64 = 1;

/// The header of a model: JSON in the metadata of `model.safetensors`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of the format; others are refused.
    pub version: u64,
    /// Kind of network: `cormorant`.
    pub kind: String,
    /// Version of the program that wrote it.
    pub program: String,
    /// Hyper-parameters.
    pub config: CormorantConfig,
    /// Chemical symbols in the order of the network's species.
    pub elements: Vec<String>,
    /// Reference energy of each element in eV.
    pub references_ev: Vec<f64>,
    /// What one unit of output stands for, in eV.
    pub scale_ev: f64,
    /// Mean number of neighbors in the training set.
    pub mean_neighbors: f64,
    /// Distance of two knots of the radial functions in Å.
    pub knot_spacing: f64,
    /// What it was fitted to.
    pub data: DataRecord,
    /// How it was fitted.
    pub fit: FitRecord,
    /// What the errors are those of; absent in older files, whose errors are those of the network without the repulsive wall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors_of: Option<String>,
    /// Errors on each part of the split: `train`, `validation`, `test`.
    pub errors: BTreeMap<String, ErrorRecord>,
    /// Between which values the training frames lie; absent in older files, like all that follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ranges: Option<Ranges>,
    /// The surroundings of atoms in the training frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<Envelope>,
    /// A training frame for trials of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Example>,
    /// What the model can be trusted with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
}

impl Header {
    /// Number of frames of `part` (`train`, `validation` or `test`), in whichever file they are.
    #[must_use]
    pub fn frames(&self, part: &str) -> usize {
        self.errors.get(part).map_or(0, |errors| errors.frames)
    }

    /// A header for a network that was fitted to nothing yet.
    #[must_use]
    pub fn new(config: CormorantConfig, scaling: &Scaling, mean_neighbors: f64, knot_spacing: f64) -> Self {
        Self {
            version: FORMAT_VERSION,
            kind: "cormorant".into(),
            program: env!("CARGO_PKG_VERSION").into(),
            config,
            elements: scaling.elements.iter().map(|element| element.symbol().to_string()).collect(),
            references_ev: scaling.references.clone(),
            scale_ev: scaling.scale,
            mean_neighbors,
            knot_spacing,
            data: DataRecord::default(),
            fit: FitRecord::default(),
            errors_of: None,
            errors: BTreeMap::new(),
            ranges: None,
            envelope: None,
            example: None,
            certificate: None,
        }
    }

    /// What the header records beside the network.
    #[must_use]
    pub fn record(&self) -> Record<'_> {
        Record {
            version: self.version,
            program: &self.program,
            data: &self.data,
            fit: &self.fit,
            errors: &self.errors,
            ranges: self.ranges.as_ref(),
            envelope: self.envelope.as_ref(),
            example: self.example.as_ref(),
            certificate: self.certificate.as_ref(),
        }
    }

    /// Sizes of the network.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.config.shape(self.elements.len(), self.mean_neighbors)
    }

    /// From the network's output to eV.
    ///
    /// # Errors
    /// What is wrong with the header.
    pub fn scaling(&self) -> Result<Scaling, String> {
        let elements = self
            .elements
            .iter()
            .map(|symbol| {
                Element::from_symbol(symbol)
                    .map_err(|_| format!("its header lists {symbol:?}, which is not a chemical element"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Scaling { elements, references: self.references_ev.clone(), scale: self.scale_ev })
    }

    /// The first thing that cannot be right.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if self.kind != "cormorant" {
            return Some(format!(
                "is a model of kind {:?}; this program knows `cormorant` alone: use a newer one",
                self.kind
            ));
        }
        if self.config.multipole != 0 || self.config.multipole_copies != 1 || self.config.further_numbers != 0 {
            return Some("its header gives a `multipole`, which a model of energies does not have".into());
        }
        if let Some((key, accepted)) = self.config.fault() {
            return Some(format!("its header gives a `{key}` that is not {accepted}"));
        }
        if self.elements.is_empty() || self.elements.len() > 118 || self.elements.len() != self.references_ev.len() {
            return Some("its header must list elements and a reference energy for each".into());
        }
        let mut sorted = self.elements.clone();
        sorted.sort();
        sorted.dedup();
        if sorted.len() != self.elements.len() {
            return Some("its header lists an element twice".into());
        }
        let positive = [self.scale_ev, self.mean_neighbors, self.knot_spacing];
        if positive.iter().any(|x| !x.is_finite() || *x <= 0.0) || self.knot_spacing < 1e-4 {
            return Some("its header has a scale, number of neighbors or knot spacing that is not positive".into());
        }
        if self.references_ev.iter().any(|x| !x.is_finite()) {
            return Some("its header has a reference energy that is not finite".into());
        }
        self.envelope.as_ref().and_then(|envelope| envelope.fault(self.elements.len())).or_else(|| self.scaling().err())
    }
}
