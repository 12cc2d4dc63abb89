//! Which theory labels belong to.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use cormorant_core::{Error, Result, hexadecimal};

/// What defines the numbers of a label source: labels of two theories never meet in one ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theory {
    /// What the user calls it, or the command that makes the labels.
    pub name: String,
    /// Files that define it, such as the input of the program.
    #[serde(default)]
    pub files: Vec<TheoryFile>,
}

/// A file that defines a theory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TheoryFile {
    /// Name without folders.
    pub name: String,
    /// SHA-256 of its content, hexadecimal.
    pub sha256: String,
}

impl Theory {
    /// The theory called `name`, defined by `files`.
    ///
    /// # Errors
    /// When the name is empty, or a file cannot be read.
    pub fn new(name: &str, files: &[PathBuf]) -> Result<Self> {
        if name.trim().is_empty() {
            return Err(Error::Invalid(
                "the theory of the labels has no name; name it, for example \"PBE0/def2-SVP\"".into(),
            ));
        }
        let mut files = files.iter().map(|path| TheoryFile::read(path)).collect::<Result<Vec<_>>>()?;
        files.sort_by(|a, b| (&a.name, &a.sha256).cmp(&(&b.name, &b.sha256)));
        Ok(Self { name: name.trim().into(), files })
    }

    /// SHA-256 of all of it, hexadecimal.
    #[must_use]
    pub fn identity(&self) -> String {
        let mut hash = Sha256::new();
        for text in std::iter::once(&self.name).chain(self.files.iter().flat_map(|file| [&file.name, &file.sha256])) {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
        hexadecimal(&hash.finalize())
    }
}

impl TheoryFile {
    fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|source| Error::io(path, source))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, sha256: hexadecimal(&Sha256::digest(&bytes)) })
    }
}

impl std::fmt::Display for Theory {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.name)?;
        for file in &self.files {
            write!(out, ", {} {}", file.name, &file.sha256[..12.min(file.sha256.len())])?;
        }
        Ok(())
    }
}
