//! The file of a model, for kinds that are defined elsewhere.

use std::path::Path;

use super::FILE;
use super::tensors::{self, Place};
use cormorant_core::{Error, Result};

/// A model file that was read: its header, and named tensors in f64.
#[derive(Debug, Clone, Copy)]
pub struct Container<'a> {
    /// The folder or file that it was read from.
    pub path: &'a Path,
    /// The header: a JSON object with `version`, `kind` and whatever the kind wants.
    pub header: &'a str,
    /// The whole file.
    pub bytes: &'a [u8],
}

impl Container<'_> {
    /// The tensors one behind the other; `places` gives name, shape and offset of each.
    ///
    /// # Errors
    /// Which tensor is missing, unexpected, of the wrong shape or type, or not finite.
    pub fn weights(&self, places: &[Place<'_>]) -> Result<Vec<f64>, String> {
        tensors::decode(self.bytes, places)
    }

    /// Writes a model file into `folder` (made if need be), atomically.
    ///
    /// # Errors
    /// When there are too few weights, or the folder cannot be written.
    pub fn write(folder: &Path, header: String, places: &[Place<'_>], weights: &[f64]) -> Result<()> {
        std::fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
        let bytes = tensors::encode(places, weights, header).map_err(|reason| Error::model(folder, reason))?;
        cormorant_core::atomic::write(&folder.join(FILE), &bytes)
    }
}
