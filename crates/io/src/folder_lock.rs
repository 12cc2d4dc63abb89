//! One program at a time for each folder that is written to.

use std::fs::{File, TryLockError};
use std::path::Path;

use cormorant_core::{Error, Result};

/// A folder that nobody else may claim until this is dropped or the process ends, however it ends. Nothing is left on disk.
#[derive(Debug)]
pub struct FolderLock {
    /// The lock hangs on the open folder.
    _folder: File,
}

impl FolderLock {
    /// Claims a folder that exists.
    ///
    /// # Errors
    /// When another process has claimed it, or it cannot be opened.
    pub fn of(folder: &Path) -> Result<Self> {
        let opened = File::open(folder).map_err(|source| Error::io(folder, source))?;
        match opened.try_lock() {
            Err(TryLockError::WouldBlock) => Err(Error::Occupied(
                "another cormorant is running in this folder; wait for it or stop it, or use another folder".into(),
            )
            .in_file(folder)),
            // File systems that know no locks are no reason not to work.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self { _folder: opened }),
        }
    }
}
