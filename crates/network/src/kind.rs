//! Which network a model file holds.

use std::collections::HashMap;
use std::path::Path;

use safetensors::tensor::SafeTensors;

use super::container::{FORMAT, damaged};
use super::header::FORMAT_VERSION;
use super::model_file::ModelFile;
use super::original;
use cormorant_core::{Error, Result};

/// The kind of the production network, in headers.
pub(super) const PRODUCTION: &str = "cormorant";
/// The kind of the production network with a head for a property, in headers.
pub(super) const PROPERTY: &str = "cormorant-property";
/// The kind of the production network with a readout of values of atoms, in headers.
pub(super) const ATOMS: &str = "cormorant-atoms";

/// The networks that this version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelKind {
    /// The production network: real vectors of natural parity.
    Production,
    /// The network of 2019.
    Original,
    /// The production network with a head for a property.
    Property,
    /// The production network with a readout of values of atoms.
    Atoms,
}

impl ModelKind {
    /// The kind of the model in folder `path` (or of the file itself).
    ///
    /// # Errors
    /// When there is no such file, it is of another format or version, or of a kind that this version does not know.
    pub fn of(path: &Path) -> Result<Self> {
        let found = ModelFile::read(path)?;
        let (kind, _) = header_text(&found.bytes).map_err(|reason| Error::model(&found.file, reason))?;
        match kind.as_str() {
            PRODUCTION => Ok(Self::Production),
            original::KIND => Ok(Self::Original),
            PROPERTY => Ok(Self::Property),
            ATOMS => Ok(Self::Atoms),
            other => Err(Error::model(&found.file, foreign(other, "one of its own"))),
        }
    }
}

/// What is wrong with a model of kind `found` where `needed` is wanted, and what to do.
pub(super) fn foreign(found: &str, needed: &str) -> String {
    let what = match found {
        PRODUCTION => "fitted to forces: `cormorant run`, `evaluate` and `describe` take it",
        original::KIND => "the network of 2019: `cormorant run`, `evaluate` and `describe` take it",
        PROPERTY => "a property of molecules without forces: `cormorant evaluate` predicts it, `describe` says which",
        ATOMS => "values of atoms without forces: `cormorant evaluate` predicts them, `describe` says which",
        _ => {
            let known = format!("`{PRODUCTION}`, `{}`, `{PROPERTY}` and `{ATOMS}`", original::KIND);
            return format!("is a model of kind {found:?}, and this program knows {known}; use a newer one");
        }
    };
    format!("is a model of kind `{found}`, not {needed}; it is {what}")
}

/// What a safetensors file is that is no model, and what to do.
pub(super) fn not_a_model(metadata: &HashMap<String, String>) -> String {
    let what = match (metadata.get("cormorant"), metadata.get("format")) {
        // Restart files and checkpoints keep their header under this key; those of runs name their format.
        (Some(header), _) if header.contains("cormorant restart") => "the restart file of a run".into(),
        (Some(_), _) => "the checkpoint of a fit that is not finished".into(),
        (None, Some(format)) if format == "cormorant-predictions" => "a list of predictions".into(),
        (None, Some(format)) => format!("a safetensors file of format {format:?}"),
        (None, None) => "a safetensors file of another program".into(),
    };
    format!("is {what}, not a model; use another file, or the folder of a model")
}

/// Kind and text of the header.
pub(super) fn header_text(bytes: &[u8]) -> Result<(String, String), String> {
    let broken = |error| damaged(&format!("is not a whole safetensors file ({error})"));
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(broken)?;
    let metadata = metadata.metadata().clone().unwrap_or_default();
    if metadata.get("format").map(String::as_str) != Some(FORMAT) {
        return Err(not_a_model(&metadata));
    }
    let text = metadata.get("header").ok_or_else(|| damaged("has no header"))?;
    #[derive(serde::Deserialize)]
    struct Start {
        version: u64,
        kind: String,
    }
    let start: Start = serde_json::from_str(text).map_err(|error| damaged(&format!("has a broken header: {error}")))?;
    if start.version != FORMAT_VERSION {
        let version = start.version;
        return Err(format!(
            "has format version {version}, this program reads version {FORMAT_VERSION}; use a newer program"
        ));
    }
    Ok((start.kind, text.clone()))
}
