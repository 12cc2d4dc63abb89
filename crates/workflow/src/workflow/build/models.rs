//! Models that an input names, each read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cormorant_core::{Error, Result};
use cormorant_network::{CommitteeFolder, ModelFile, Network};

/// The networks that were read so far, by their folders. One of these goes along with everything that one command does, so that
/// a file is read once and cannot change in between. Checked by: `suite::kinds::a_run_reads_each_model_once`, `suite::reading`.
#[derive(Default)]
pub struct Models(Mutex<BTreeMap<PathBuf, ReadModel>>);

/// Where a model comes from and which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelOrigin {
    /// Folder or file as it was named; the name alone of a model of the program.
    pub path: PathBuf,
    /// Whether it is part of the program.
    pub shipped: bool,
    /// SHA-256 of its file, hexadecimal.
    pub sha256: String,
}

/// A network, its file, and where that comes from.
#[derive(Clone)]
pub(super) struct ReadModel {
    pub(super) network: Arc<dyn Network>,
    pub(super) file: PathBuf,
    pub(super) origin: ModelOrigin,
}

impl Models {
    /// The network in `folder`, or the model of the program with this name.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub fn get(&self, folder: &Path) -> Result<Arc<dyn Network>> {
        Ok(self.read(folder)?.network)
    }

    /// `named` with the members of each committee in place of its folder: the one place that knows such folders, for commands
    /// and inputs alike.
    ///
    /// # Errors
    /// When the list of a committee cannot be read, or a model is named twice.
    pub fn members(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let mut models: Vec<PathBuf> = Vec::new();
        for one in named {
            let members = CommitteeFolder::read(one)?.map_or_else(|| vec![one.clone()], |found| found.folders());
            if let Some(twice) = members.iter().find(|member| models.contains(member)) {
                let reason = "is named twice; the members of a committee must differ";
                return Err(Error::Invalid(format!("{}: {reason}", twice.display())));
            }
            models.extend(members);
        }
        Ok(models)
    }

    /// The networks that `named` stand for, with the members of committees one by one.
    ///
    /// # Errors
    /// As [`members`](Self::members), and when one cannot be loaded.
    pub fn all(&self, named: &[PathBuf]) -> Result<Vec<Arc<dyn Network>>> {
        Self::members(named)?.iter().map(|model| self.get(model)).collect()
    }

    /// The same with its origin.
    pub(super) fn read(&self, folder: &Path) -> Result<ReadModel> {
        // The table is whole after every statement, so a panic elsewhere leaves nothing to repair.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = known.get(folder) {
            return Ok(model.clone());
        }
        let found = ModelFile::read(folder)?;
        let (network, sha256) = (found.network()?.into(), found.sha256());
        let origin = ModelOrigin { sha256, shipped: found.shipped, path: found.path };
        let model = ReadModel { network, file: found.file, origin };
        known.insert(folder.to_path_buf(), model.clone());
        Ok(model)
    }

    /// Where the networks come from that were read so far, in the order of their paths.
    #[must_use]
    pub fn origins(&self) -> Vec<ModelOrigin> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.values().map(|model| model.origin.clone()).collect()
    }
}

impl std::fmt::Display for ModelOrigin {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.shipped { "part of the program, " } else { "" };
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        write!(out, "model {name}: {place}SHA-256 {}", self.sha256)
    }
}
