//! A text file that grows by whole lines.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use cormorant_core::{Error, Result};

/// A text file that grows by whole lines: each goes to the system in one piece, and what fails to fit is taken back.
#[derive(Debug)]
pub struct LineFile {
    path: PathBuf,
    file: File,
    length: u64,
}

impl LineFile {
    /// A new, empty file; replaces what was there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).map_err(|source| Error::io(path, source))?;
        Ok(Self { path: path.to_path_buf(), file, length: 0 })
    }

    /// Continue after the first `length` bytes; what follows them is cut off.
    ///
    /// # Errors
    /// When it is shorter, or cannot be opened.
    pub fn resume(path: &Path, length: u64) -> Result<Self> {
        let failed = |source| Error::io(path, source);
        let file = OpenOptions::new().append(true).open(path).map_err(failed)?;
        let found = file.metadata().map_err(failed)?.len();
        if found < length {
            let reason = format!("it has {found} bytes, but {length} were written before the restart file");
            return Err(Error::restart(path, reason));
        }
        file.set_len(length).map_err(failed)?;
        Ok(Self { path: path.to_path_buf(), file, length })
    }

    /// Add whole lines.
    ///
    /// # Errors
    /// When they cannot be written; the file is then as before.
    pub fn write(&mut self, lines: &str) -> Result<()> {
        if let Err(source) = self.file.write_all(lines.as_bytes()) {
            // The disk may be full: leave the file as it was. If that fails too, the first reason is the better one.
            let _ = self.file.set_len(self.length);
            return Err(Error::io(&self.path, source));
        }
        self.length += lines.len() as u64;
        Ok(())
    }

    /// Bring everything to the disk; returns the length in bytes.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn sync(&mut self) -> Result<u64> {
        self.file.sync_data().map_err(|source| Error::io(&self.path, source))?;
        Ok(self.length)
    }
}
