//! Models that an input names, each read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cormorant_core::Result;
use cormorant_fit::sha256;
use cormorant_network::{Network, load_with_bytes};

/// The networks that were read so far, by their folders. One of these goes along with everything that one command does, so that
/// a file is read once and cannot change in between. Checked by: `suite::kinds::a_run_reads_each_model_once`, `suite::reading`.
#[derive(Default)]
pub struct Models(Mutex<BTreeMap<PathBuf, ReadModel>>);

/// A network and the SHA-256 of its file.
#[derive(Clone)]
pub(super) struct ReadModel {
    pub(super) network: Arc<dyn Network>,
    pub(super) sha256: String,
}

impl Models {
    /// The network in `folder`.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub fn get(&self, folder: &Path) -> Result<Arc<dyn Network>> {
        Ok(self.read(folder)?.network)
    }

    /// The same with the SHA-256 of the file.
    pub(super) fn read(&self, folder: &Path) -> Result<ReadModel> {
        // The table is whole after every statement, so a panic elsewhere leaves nothing to repair.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = known.get(folder) {
            return Ok(model.clone());
        }
        let (network, bytes) = load_with_bytes(folder)?;
        let model = ReadModel { network: network.into(), sha256: sha256(&bytes) };
        known.insert(folder.to_path_buf(), model.clone());
        Ok(model)
    }
}
