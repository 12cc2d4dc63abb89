//! A file of lines over the life of an observer.

use std::path::{Path, PathBuf};

use cormorant_core::Result;

use super::{FileMark, LineFile, Progressed};

/// A [`LineFile`] over the life of an observer: started, marked in restart files, continued.
#[derive(Debug)]
pub struct ObserverFile {
    path: PathBuf,
    file: Option<LineFile>,
}

impl ObserverFile {
    /// In `path`; nothing is written yet.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    /// A new file with these first lines.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(&mut self, head: &str) -> Result<()> {
        let mut file = LineFile::create(&self.path)?;
        file.write(head)?;
        self.file = Some(file);
        Ok(())
    }

    /// Continue where `progressed` was marked.
    ///
    /// # Errors
    /// When the file is missing, or shorter than it was.
    pub fn resume(&mut self, progressed: &Progressed) -> Result<()> {
        let length = progressed.files.first().map_or(0, |mark| mark.extent);
        self.file = Some(LineFile::resume(&self.path, length)?);
        Ok(())
    }

    /// Add whole lines.
    ///
    /// # Errors
    /// When they cannot be written; the file is then as it was.
    pub fn write(&mut self, lines: &str) -> Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.write(lines))
    }

    /// Everything is on the disk up to the mark that comes back.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn checkpoint(&mut self) -> Result<Progressed> {
        let length = self.file.as_mut().map_or(Ok(0), LineFile::sync)?;
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Progressed { files: vec![FileMark { name, extent: length }], numbers: Vec::new() })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
