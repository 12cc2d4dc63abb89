//! The bytes of a model, on disk or in the program.

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::committee_folder::CommitteeFolder;
use super::container::{FILE, LARGEST};
use super::shipped::ShippedModel;
use cormorant_core::{Error, Result, hexadecimal};

/// The file of a model, read once.
#[derive(Debug, Clone)]
pub struct ModelFile {
    /// Folder or file as it was named; the name alone of a model of the program.
    pub path: PathBuf,
    /// The file itself, for messages.
    pub file: PathBuf,
    /// Whether it is part of the program.
    pub shipped: bool,
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
}

impl ModelFile {
    /// The model in folder `path`, the file itself, or the model of the program with this name (see [`ShippedModel::meant`]).
    ///
    /// # Errors
    /// When there is no such file or name, or the file is larger than any model.
    pub fn read(path: &Path) -> Result<Self> {
        if let Some(model) = ShippedModel::meant(path) {
            let name = PathBuf::from(model.name);
            return Ok(Self { path: name.clone(), file: name, shipped: true, bytes: Cow::Borrowed(model.bytes) });
        }
        if let Some(refusal) = CommitteeFolder::refusal(path) {
            return Err(refusal);
        }
        let file = if path.is_dir() { path.join(FILE) } else { path.to_path_buf() };
        let size = std::fs::metadata(&file).map_err(|source| missing(path, &file, source))?.len();
        if size > LARGEST {
            return Err(Error::model(
                &file,
                format!("is {size} bytes long; models are at most {LARGEST}; use another file"),
            ));
        }
        let bytes = std::fs::read(&file).map_err(|source| Error::io(&file, source))?;
        Ok(Self { path: path.to_path_buf(), file, shipped: false, bytes: Cow::Owned(bytes) })
    }

    /// SHA-256 of the file, hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        hexadecimal(&Sha256::digest(&self.bytes))
    }
}

/// There is nothing at `path`; what the program itself has is said too, since a name of it may be misspelled.
fn missing(path: &Path, file: &Path, source: std::io::Error) -> Error {
    if source.kind() != ErrorKind::NotFound || path != file {
        return Error::io(file, source);
    }
    let reason = format!("{source}; name a folder with a model, or a model of the program: {}", ShippedModel::list());
    Error::io(file, std::io::Error::new(ErrorKind::NotFound, reason))
}
