//! Splits listed in a file.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::split::Split;
use cormorant_core::{Error, Result};

/// Lists of frames, as a JSON file with the keys `train`, `validation` and `test`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SplitList {
    /// Where the lists come from, for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What the numbers count.
    pub numbering: Numbering,
    /// Frames that the parameters are fitted to.
    pub train: Vec<u64>,
    /// Frames that choose the best epoch.
    pub validation: Vec<u64>,
    /// Frames for the final table alone.
    pub test: Vec<u64>,
}

/// What the numbers of a list count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Numbering {
    /// Frames of the file, from 0.
    #[default]
    Frames,
    /// Frames of the trajectory that the file was taken from: `old_indices` of rMD17. The same list then works for the whole
    /// published file and for a part of it in another order.
    OldIndices,
}

impl SplitList {
    /// Reads a list.
    ///
    /// # Errors
    /// When the file cannot be read or is no such list.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::io(path, source))?;
        serde_json::from_str(&text).map_err(|error| {
            Error::data(
                path,
                format!("is not a JSON list of frames: {error}; write {{ \"train\": [0, 1], \"validation\": [2] }}"),
            )
        })
    }

    /// The split of a file of `frames` frames, which came from the frames `numbers` of a trajectory, if it says so.
    ///
    /// # Errors
    /// When a listed frame is not in the file or is listed twice, or there is nothing to train on.
    pub fn split(&self, frames: usize, numbers: Option<&[u64]>) -> Result<Split> {
        let places: Option<HashMap<u64, usize>> = match (self.numbering, numbers) {
            (Numbering::Frames, _) => None,
            (Numbering::OldIndices, Some(numbers)) => {
                Some(numbers.iter().enumerate().map(|(place, &number)| (number, place)).collect())
            }
            (Numbering::OldIndices, None) => {
                let reason = "lists frames by `old_indices`, which the data do not have: use the published file";
                return Err(Error::Invalid(reason.into()));
            }
        };
        let find = |&number: &u64| match &places {
            None => Ok(number as usize),
            Some(places) => places.get(&number).copied().ok_or_else(|| {
                Error::Invalid(format!("lists the frame with old index {number}, which is not in the data"))
            }),
        };
        let part = |list: &[u64]| list.iter().map(find).collect::<Result<Vec<usize>>>();
        Split::listed(frames, part(&self.train)?, part(&self.validation)?, part(&self.test)?)
    }
}
