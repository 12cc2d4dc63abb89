//! Models that an input names, each read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cormorant_core::Result;
use cormorant_network::{Network, load};

/// The networks that were read so far, by their folders. One of these goes along with everything that one command does, so that
/// a file is read once and cannot change in between. Checked by: `suite::kinds::a_run_reads_each_model_once`.
#[derive(Default)]
pub struct Models(Mutex<BTreeMap<PathBuf, Arc<dyn Network>>>);

impl Models {
    /// The network in `folder`.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub fn get(&self, folder: &Path) -> Result<Arc<dyn Network>> {
        // The table is whole after every statement, so a panic elsewhere leaves nothing to repair.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(network) = known.get(folder) {
            return Ok(Arc::clone(network));
        }
        let network: Arc<dyn Network> = load(folder)?.into();
        known.insert(folder.to_path_buf(), Arc::clone(&network));
        Ok(network)
    }
}
