//! The state of an exchange on disk.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Ladder;
use cormorant_core::atomic;
use cormorant_core::{Error, Result};

/// Version of the format.
const VERSION: u32 = 1;

/// What is saved beside the restart files of the replicas. Those are written into one of two sets of files in turn, and this
/// file, written last, names the set that is complete: a kill between two replicas leaves the other set whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    version: u32,
    /// Step of the run.
    pub step: u64,
    /// Which set of restart files, 0 or 1.
    pub set: u8,
    /// Walkers and acceptance.
    pub ladder: Ladder,
    /// Bytes of the log.
    pub log: u64,
    /// The resolved input of the whole.
    pub input: String,
}

impl State {
    pub(super) fn new(step: u64, set: u8, ladder: Ladder, log: u64, input: &str) -> Self {
        Self { version: VERSION, step, set, ladder, log, input: input.into() }
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let text = cormorant_core::json::pretty(self).map_err(|reason| Error::restart(path, reason))?;
        atomic::write(path, text.as_bytes())
    }

    pub(super) fn read(path: &Path, input: &str) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::io(path, source))?;
        let state: Self = serde_json::from_str(&text)
            .map_err(|error| Error::restart(path, format!("it is damaged or of another version ({error})")))?;
        if state.version != VERSION {
            let reason = format!("it has version {}, but this program reads version {VERSION}", state.version);
            return Err(Error::restart(path, reason));
        }
        if state.input != input {
            let reason = "it belongs to another input; undo the change, or start again";
            return Err(Error::restart(path, reason));
        }
        let rungs = state.ladder.walkers.len();
        let mut walkers = state.ladder.walkers.clone();
        walkers.sort_unstable();
        let pairs = rungs.saturating_sub(1);
        let whole = walkers.iter().enumerate().all(|(index, walker)| index == *walker)
            && state.ladder.attempts.len() == pairs
            && state.ladder.accepted.len() == pairs;
        if !whole || state.set > 1 {
            return Err(Error::restart(path, "it is damaged: its walkers make no sense"));
        }
        Ok(state)
    }
}

/// The restart file of set `set` in the folder of a replica.
pub(super) fn restart_of(folder: &Path, set: u8) -> PathBuf {
    folder.join(if set == 0 { "restart.safetensors" } else { "restart-2.safetensors" })
}
