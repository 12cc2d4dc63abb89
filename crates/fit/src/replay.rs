//! Frames with the labels of the model that a fit starts from, so that the fit keeps what that knows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::configuration::Configuration;
use cormorant_core::hexadecimal;

/// Frames that the model to start from labeled itself. They have reference energies of their own, since the zero of its energies is another than that
/// of the fit's own data, and nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// Where the structures are from.
    pub file: PathBuf,
    /// SHA-256 of that file, hexadecimal.
    pub sha256: String,
    /// The frames with their labels.
    pub frames: Arc<Vec<Configuration>>,
}

impl Replay {
    /// Labeled `frames` of the `file` with these bytes.
    #[must_use]
    pub fn new(file: &Path, bytes: &[u8], frames: Vec<Configuration>) -> Self {
        let sha256 = hexadecimal(&Sha256::digest(bytes));
        Self { file: file.to_path_buf(), sha256, frames: Arc::new(frames) }
    }
}
