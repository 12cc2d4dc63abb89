//! The production network with a head for a property, on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::engine::engine;
use super::kind::{bytes_of, foreign, header_text};
use super::network::{Backend, Engine, Facts, Network, Precision, Record};
use super::tensors::{self, Place};
use super::{CormorantConfig, DataRecord, ErrorRecord, FILE, FORMAT_VERSION, FitRecord, Head};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_kernels::network::{Layout, Shape};

/// The kind of these models, in headers.
pub(super) const KIND: &str = "cormorant-property";

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
    /// Errors on each part of the split; `energy_mae` and `energy_rmse` are in thousandths of `unit`.
    pub errors: BTreeMap<String, ErrorRecord>,
}

/// A fitted property.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyModel {
    /// The folder or file it was read from, or will be written to.
    pub path: PathBuf,
    /// What the file says about itself.
    pub header: PropertyHeader,
    /// Packed weights in the order of the production network's layout.
    pub weights: Vec<f64>,
}

impl PropertyHeader {
    /// Version and kind of headers that this program writes.
    #[must_use]
    pub fn version_and_kind() -> (u64, String) {
        (FORMAT_VERSION, KIND.into())
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
        let of = |symbol: &String| {
            Element::from_symbol(symbol).map_err(|_| format!("its header names {symbol:?}, which is no element"))
        };
        self.elements.iter().map(of).collect()
    }

    /// The first thing that cannot be right.
    fn fault(&self) -> Option<String> {
        if let Some((key, accepted)) = self.config.fault() {
            return Some(format!("its header gives a `{key}` that is not {accepted}"));
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

impl PropertyModel {
    /// Reads the model in folder `path` (or the file itself).
    ///
    /// # Errors
    /// When there is no such file, or it is not a whole model of this kind.
    pub fn load(path: &Path) -> Result<Self> {
        let (file, bytes) = bytes_of(path)?;
        Self::decode(&bytes, path).map_err(|reason| Error::model(&file, reason))
    }

    pub(super) fn decode(bytes: &[u8], path: &Path) -> Result<Self, String> {
        let (kind, text) = header_text(bytes)?;
        if kind != KIND {
            return Err(foreign(&kind, "one of a property"));
        }
        let header: PropertyHeader =
            serde_json::from_str(&text).map_err(|error| format!("has a broken header: {error}"))?;
        if let Some(fault) = header.fault() {
            return Err(fault);
        }
        let weights = tensors::decode(bytes, &places(&Layout::new(&header.shape())))?;
        Ok(Self { path: path.to_path_buf(), header, weights })
    }

    /// Writes `model.safetensors` into `folder` (made if need be), atomically.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
        let header = cormorant_core::json::text(&self.header).map_err(|reason| Error::model(folder, reason))?;
        let layout = Layout::new(&self.header.shape());
        let bytes = tensors::encode(&places(&layout), &self.weights, header);
        cormorant_core::atomic::write(&folder.join(FILE), &bytes.map_err(|reason| Error::model(folder, reason))?)
    }
}

impl Network for PropertyModel {
    fn path(&self) -> &Path {
        &self.path
    }

    fn facts(&self) -> Result<Facts> {
        let header = &self.header;
        Ok(Facts {
            kind: header.kind.clone(),
            elements: header.elements().map_err(|reason| Error::model(&self.path, reason))?,
            quantity: header.target.clone(),
            unit: header.unit.clone(),
            head: Some(header.head),
            scale: header.deviation,
            constant: header.mean,
            references: header.references.clone(),
            cutoff: Some(header.config.cutoff),
            hops: header.config.layers,
            parameters: self.weights.len(),
            shortest_distances: None,
        })
    }

    fn sizes(&self) -> String {
        let (layers, parameters) = (self.header.config.layers, self.weights.len());
        format!("{layers} layers, {parameters} parameters, {} head", self.header.head.name())
    }

    fn record(&self) -> Record<'_> {
        let header = &self.header;
        Record {
            version: header.version,
            program: &header.program,
            data: &header.data,
            fit: &header.fit,
            errors: &header.errors,
            ranges: None,
            envelope: None,
            example: None,
            certificate: None,
        }
    }

    fn header_json(&self) -> Result<String> {
        serde_json::to_string(&self.header).map_err(|error| Error::model(&self.path, error.to_string()))
    }

    fn write(&self, folder: &Path) -> Result<()> {
        self.save(folder)
    }

    fn engine(&self, backend: Backend, precision: Precision) -> Result<Box<dyn Engine>> {
        let Backend::Processor = backend;
        Ok(engine(&self.header.shape(), &self.weights, self.header.knot_spacing, precision))
    }
}

fn places(layout: &Layout) -> Vec<Place<'_>> {
    layout.blocks.iter().map(|block| (block.name.as_str(), block.shape.as_slice(), block.offset)).collect()
}
