//! Models that are part of the program.

use std::path::{Path, PathBuf};

use super::container::FILE;

/// A model that is part of the program, for users who have no frames of their own.
#[derive(Debug, Clone, Copy)]
pub struct ShippedModel {
    /// Its name, e.g. `organic`.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub about: &'static str,
    /// The bytes of its file.
    pub(super) bytes: &'static [u8],
}

/// Stands before the name in paths that mean the model of the program whatever lies in folders.
const SHIPPED: &str = "shipped:";

/// The models of this program.
const MODELS: [ShippedModel; 1] = [ShippedModel {
    name: "organic",
    about: "neutral organic molecules of H C N O F P S Cl",
    bytes: include_bytes!("../../../models/organic/model.safetensors"),
}];

impl ShippedModel {
    /// All of them.
    pub const ALL: &'static [Self] = &MODELS;

    /// The one that a fit of few frames starts from.
    pub const GENERAL: Self = MODELS[0];

    /// The path that means this model, e.g. `shipped:organic`.
    #[must_use]
    pub fn path(self) -> PathBuf {
        PathBuf::from(format!("{SHIPPED}{}", self.name))
    }

    /// The model that `path` means: `shipped:organic`, or `organic` where no model lies under this path.
    #[must_use]
    pub fn meant(path: &Path) -> Option<Self> {
        let text = path.to_str()?;
        match text.strip_prefix(SHIPPED) {
            Some(name) => Self::named(name),
            None => Self::named(text).filter(|_| !is_model(path)),
        }
    }

    /// Where the model is that a user calls `name`, if that means `path`: there, or in the program if there is none and the name is
    /// that of one of its models.
    #[must_use]
    pub fn resolve(name: &str, path: PathBuf) -> PathBuf {
        if name.starts_with(SHIPPED) {
            return PathBuf::from(name);
        }
        match Self::named(name) {
            Some(model) if !is_model(&path) => model.path(),
            _ => path,
        }
    }

    /// Whether `path` is no place on disk but the name of a model of the program.
    #[must_use]
    pub fn is_name(path: &Path) -> bool {
        path.to_str().is_some_and(|text| text.starts_with(SHIPPED))
    }

    /// The names, for messages.
    #[must_use]
    pub fn list() -> String {
        Self::ALL.iter().map(|model| model.name).collect::<Vec<_>>().join(", ")
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|model| model.name == name).copied()
    }
}

/// Whether there is a file, or a folder with the file of a model. A folder of another purpose does not hide a model of the program.
fn is_model(path: &Path) -> bool {
    path.is_file() || path.join(FILE).is_file()
}
