//! What a round has given.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use cormorant_core::{Error, Result, atomic};
use cormorant_learn::ErrorInterval;
use cormorant_network::CommitteeFolder;

/// Reason of frames that are never fitted to.
pub(super) const BLIND: &str = "blind";
/// The file of the record in the folder of a round.
const RECORD: &str = "round.json";

/// The record of a round. Round 0 labels frames that were sampled; each later one begins with runs of the committee of the round before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// Number, from 0.
    pub number: usize,
    /// Length of each run in ps; 0 in round 0.
    pub run_length: f64,
    /// Runs that were stopped before their end.
    pub stopped: usize,
    /// Why the first of them was.
    pub first_stop: Option<String>,
    /// Spread of the force on an atom at which runs were stopped, in eV/Å.
    pub largest_spread: f64,
    /// Frames that could be selected.
    pub candidates: usize,
    /// Labels that were spent by the end of the round: frames, failures and checks.
    pub spent: usize,
    /// Labels in the ledger by the end of the round: those that its committee knows.
    pub labels: usize,
    /// Frames in the ledger that were fitted to by the committee that the runs were made with.
    pub training: usize,
    /// Blind frames that count: those of the last three rounds.
    pub blind: usize,
    /// Root mean square error of the forces of that committee on these blind frames, in meV/Å.
    pub force_rmse: Option<ErrorInterval>,
    /// Mean absolute error of the same, in meV/Å.
    pub force_mae: Option<ErrorInterval>,
    /// Mean absolute error of the energies on the blind frames, less their mean error, in meV.
    pub energy_mae: Option<f64>,
    /// Rms error of the mean over the rms spread, each for a component of a force: what a spread has to be multiplied by.
    pub calibration: Option<f64>,
}

impl Round {
    /// The folder of round `number` of the potential in `folder`.
    #[must_use]
    pub fn folder(folder: &Path, number: usize) -> PathBuf {
        folder.join("rounds").join(format!("{number:02}"))
    }

    /// The folder of a member of the committee in `folder`, counted from 0.
    #[must_use]
    pub(super) fn member_folder(folder: &Path, member: usize) -> PathBuf {
        folder.join(CommitteeFolder::member_name(member))
    }

    /// The record in `folder`, if the round is over.
    ///
    /// # Errors
    /// When it is damaged.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(RECORD);
        let Ok(text) = fs::read_to_string(&path) else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|error| Error::restart(&path, format!("is damaged: {error}")))
    }

    /// Writes the record: the round is over.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Internal(error.to_string()))?;
        atomic::write(&folder.join(RECORD), (text + "\n").as_bytes())
    }
}
