//! A text file that grows by whole lines.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::simulation::{FileMark, Progressed};
use crate::{Error, Result};

/// A text file that grows by whole lines: each goes to the system in one piece, and what fails to fit is taken back.
#[derive(Debug)]
pub(crate) struct LineFile {
    path: PathBuf,
    file: File,
    length: u64,
}

impl LineFile {
    /// A new, empty file; replaces what was there.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).map_err(|source| Error::io(path, source))?;
        Ok(Self { path: path.to_path_buf(), file, length: 0 })
    }

    /// Go on after the first `length` bytes; what follows them is cut off.
    pub(crate) fn resume(path: &Path, length: u64) -> Result<Self> {
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
    pub(crate) fn write(&mut self, lines: &str) -> Result<()> {
        if let Err(source) = self.file.write_all(lines.as_bytes()) {
            // The disk may be full: leave the file as it was. If that fails too, the first reason is the better one.
            let _ = self.file.set_len(self.length);
            return Err(Error::io(&self.path, source));
        }
        self.length += lines.len() as u64;
        Ok(())
    }

    /// Bring everything to the disk; returns the length in bytes.
    pub(crate) fn sync(&mut self) -> Result<u64> {
        self.file.sync_data().map_err(|source| Error::io(&self.path, source))?;
        Ok(self.length)
    }
}

/// A [`LineFile`] over the life of an observer: begun, marked in restart files, gone on with.
#[derive(Debug)]
pub(super) struct Lines {
    path: PathBuf,
    file: Option<LineFile>,
}

impl Lines {
    /// In `path`; nothing is written yet.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    /// A new file with these first lines.
    pub(super) fn begin(&mut self, head: &str) -> Result<()> {
        let mut file = LineFile::create(&self.path)?;
        file.write(head)?;
        self.file = Some(file);
        Ok(())
    }

    /// Go on where `progressed` was marked.
    pub(super) fn resume(&mut self, progressed: &Progressed) -> Result<()> {
        let length = progressed.files.first().map_or(0, |mark| mark.extent);
        self.file = Some(LineFile::resume(&self.path, length)?);
        Ok(())
    }

    /// Add whole lines.
    pub(super) fn write(&mut self, lines: &str) -> Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.write(lines))
    }

    /// Everything is on the disk up to the mark that comes back.
    pub(super) fn checkpoint(&mut self) -> Result<Progressed> {
        let length = self.file.as_mut().map_or(Ok(0), LineFile::sync)?;
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Progressed { files: vec![FileMark { name, extent: length }], numbers: Vec::new() })
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}
