//! Models of the network of 2019 on disk.

use std::path::{Path, PathBuf};

use super::engine::engine;
use super::header::{KIND, OriginalHeader};
use crate::FILE;
use crate::kind::{bytes_of, foreign, header_text};
use crate::network::{Backend, Engine, Facts, Network, Precision, Record, RecordMut};
use crate::tensors::{self, Place};
use cormorant_core::{Error, Result};
use cormorant_kernels::original::Layout;

/// A fitted network of 2019.
#[derive(Debug, Clone, PartialEq)]
pub struct OriginalModel {
    /// The folder or file it was read from, or will be written to.
    pub path: PathBuf,
    /// What the file says about itself.
    pub header: OriginalHeader,
    /// Packed weights in the order of [`Layout`].
    pub weights: Vec<f64>,
}

impl OriginalModel {
    /// Reads the model in folder `path` (or the file itself).
    ///
    /// # Errors
    /// When there is no such file, it is of another format, version or kind, or a tensor is missing, unexpected, of the wrong
    /// shape, or holds a number that is not finite.
    pub fn load(path: &Path) -> Result<Self> {
        let (file, bytes) = bytes_of(path)?;
        Self::decode(&bytes, path).map_err(|reason| Error::model(&file, reason))
    }

    pub(crate) fn decode(bytes: &[u8], path: &Path) -> Result<Self, String> {
        let (kind, text) = header_text(bytes)?;
        if kind != KIND {
            return Err(foreign(&kind, "the network of 2019"));
        }
        let header: OriginalHeader =
            serde_json::from_str(&text).map_err(|error| format!("has a broken header: {error}"))?;
        if let Some(fault) = header.fault() {
            return Err(fault);
        }
        let weights = tensors::decode(bytes, &places(&Layout::new(&header.shape()?)))?;
        Ok(Self { path: path.to_path_buf(), header, weights })
    }

    /// Writes `model.safetensors` into `folder` (made if need be), atomically.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
        let bytes = self.encode().map_err(|reason| Error::model(folder, reason))?;
        cormorant_core::atomic::write(&folder.join(FILE), &bytes)
    }

    fn encode(&self) -> Result<Vec<u8>, String> {
        let header = cormorant_core::json::text(&self.header)?;
        tensors::encode(&places(&Layout::new(&self.header.shape()?)), &self.weights, header)
    }
}

impl Network for OriginalModel {
    fn path(&self) -> &Path {
        &self.path
    }

    fn facts(&self) -> Result<Facts> {
        let header = &self.header;
        // A fit that recorded nothing leaves nothing to place a wall by.
        let shortest = Some(&header.data.shortest_distances).filter(|table| !table.is_empty());
        Ok(Facts {
            kind: header.kind.clone(),
            elements: header.elements().map_err(|reason| Error::model(&self.path, reason))?,
            quantity: header.target.clone(),
            unit: header.unit.clone(),
            head: None,
            scale: header.deviation,
            constant: header.mean,
            references: header.references.clone(),
            cutoff: None,
            hops: header.config.levels,
            parameters: self.weights.len(),
            shortest_distances: shortest.cloned(),
        })
    }

    fn sizes(&self) -> String {
        let config = &self.header.config;
        format!(
            "{} levels, {} complex channels, degree {}, {} parameters",
            config.levels,
            config.channels,
            config.max_degree,
            self.weights.len()
        )
    }

    fn record(&self) -> Record<'_> {
        let header = &self.header;
        Record {
            version: header.version,
            program: &header.program,
            data: &header.data,
            fit: &header.fit,
            errors: &header.errors,
            ranges: header.ranges.as_ref(),
            envelope: None,
            example: header.example.as_ref(),
            certificate: header.certificate.as_ref(),
        }
    }

    fn record_mut(&mut self) -> Option<RecordMut<'_>> {
        let header = &mut self.header;
        Some(RecordMut {
            shortest_distances: &mut header.data.shortest_distances,
            ranges: &mut header.ranges,
            envelope: None,
            example: &mut header.example,
            certificate: &mut header.certificate,
        })
    }

    fn header_json(&self) -> Result<String> {
        serde_json::to_string(&self.header).map_err(|error| Error::model(&self.path, error.to_string()))
    }

    fn write(&self, folder: &Path) -> Result<()> {
        self.save(folder)
    }

    fn engine(&self, backend: Backend, precision: Precision) -> Result<Box<dyn Engine>> {
        let Backend::Processor = backend;
        let shape = self.header.shape().map_err(|reason| Error::model(&self.path, reason))?;
        Ok(engine(&shape, &self.weights, precision))
    }
}

fn places(layout: &Layout) -> Vec<Place<'_>> {
    layout.blocks.iter().map(|block| (block.name.as_str(), block.shape.as_slice(), block.offset)).collect()
}
