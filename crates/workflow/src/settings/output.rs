//! Where a run writes.

use std::path::PathBuf;

use serde::Serialize;

use super::declare::{path, settings};
use super::section::Section;
use cormorant_core::{Error, Result};

settings! {
    /// `[output]`.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct OutputInput {
        /// Folder that is created for the results. Relative to the input when given there; otherwise `outputs/<name>` (a run)
        /// or `models/<name>` (a fit) in the folder where the command is given.
        pub folder: PathBuf = path(),
    }
}

impl OutputInput {
    pub(super) fn read(root: &Section<'_>, default: &str, name: &str) -> Result<Self> {
        if let Some(section) = root.section("output")? {
            section.declared(&[Self::TABLE.keys])?;
            if let Some(folder) = section.given(&Self::folder)? {
                return Ok(Self { folder });
            }
        }
        let here = std::env::current_dir().map_err(|source| Error::io(".", source))?;
        Ok(Self { folder: here.join(default).join(name) })
    }
}
