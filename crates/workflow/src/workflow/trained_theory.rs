//! Models of further theories beside that of a fit.

use std::fs;
use std::path::{Path, PathBuf};

use super::RunMode;
use super::build::theory_folder;
use super::folder::shown_path;
use cormorant_core::{Error, Result};
use cormorant_fit::{FitData, Summary};
use cormorant_network::{FILE, load};

/// The model of a further theory.
pub struct TrainedTheory {
    /// Name of the theory.
    pub name: String,
    /// Folder of its model.
    pub folder: PathBuf,
    /// How the fit went, with the errors on its frames.
    pub summary: Summary,
    /// The page that shows it, or why there is none; `None` where there was no time for it, or none was asked for.
    pub report: Result<Option<PathBuf>>,
}

/// Refuses to write the model of a further theory over another one, unless told to.
pub(super) fn require_room_for_theories(folder: &Path, mode: RunMode, data: &FitData) -> Result<()> {
    let folders = data.of_theories.iter().skip(1).map(|theory| theory_folder(folder, &theory.name));
    match folders.into_iter().find(|folder| folder.join(FILE).exists()) {
        Some(taken) if !mode.force && !mode.resume => Err(Error::Occupied(format!(
            "{}: contains a model already; --force replaces it, or name another folder in [output]",
            shown_path(&taken).display()
        ))),
        _ => Ok(()),
    }
}

/// Removes models of theories that the fit which this one replaces left beside its own.
pub(super) fn remove_others(folder: &Path, kept: &[TrainedTheory]) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for path in entries.flatten().map(|entry| entry.path()) {
        let is_of_a_fit = || load(&path).is_ok_and(|model| model.record().data.theory.is_some());
        if path.join(FILE).exists() && kept.iter().all(|theory| theory.folder != path) && is_of_a_fit() {
            fs::remove_dir_all(&path).map_err(|source| Error::io(&path, source))?;
        }
    }
    // Only an empty one goes.
    let _ = fs::remove_dir(folder);
    Ok(())
}
