//! Cutting a trajectory back to the frames that a restart knows of.

use std::fs::File;
use std::path::Path;

use super::TrajectoryFormat;
use cormorant_core::{Error, Result};

/// Leave only the first `frames` frames of a trajectory that we wrote.
///
/// What a run wrote after its last restart file is cut off, also a frame that was only half written. With `bytes`, the
/// length of the file when it had those frames, nothing but its end and its header is touched.
///
/// # Errors
/// When the file has fewer frames, is damaged before that point, or cannot be written.
pub fn truncate(path: &Path, format: TrajectoryFormat, frames: u64, bytes: Option<u64>) -> Result<()> {
    if frames == 0 {
        File::create(path).map_err(|source| Error::io(path, source))?;
        return Ok(());
    }
    format.truncate(path, frames, bytes)
}
