//! What a model was fitted to, and how.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::seen_bonding::SeenBonding;
use cormorant_core::system::{ElectronicState, Element};

/// Where the training data came from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataRecord {
    /// Name of the file, without its folder.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Units of the labels and where they were stated.
    pub units: String,
    /// Frames used for training, by index in the file; empty where there are too many to list, as the next two.
    pub train: Vec<usize>,
    /// Frames used for choosing the best epoch, if they are of this file.
    pub validation: Vec<usize>,
    /// Frames used for the closing table, if they are of this file.
    pub test: Vec<usize>,
    /// Parts that are not listed, by name; absent in older files.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unlisted: BTreeMap<String, UnlistedPart>,
    /// Key of the comments by which frames were kept together, if they were; absent in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_by: Option<String>,
    /// The theory of the labels, where the file has several; absent in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theory: Option<TheoryRecord>,
    /// Another file, whose frames chose the best epoch; absent in older files, as the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_file: Option<FileRecord>,
    /// Another file, whose frames were used for the closing table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_file: Option<FileRecord>,
    /// Shortest distance between atoms of each pair of elements in the training frames, in Å, e.g. `C-H`.
    pub shortest_distances: BTreeMap<String, f64>,
    /// What the atoms of the training frames were bonded to; absent in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonding: Option<SeenBonding>,
    /// The different total charges and spins of the training frames; empty where all are neutral singlets, where the network knows neither, and
    /// in older files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<ElectronicState>,
    /// What the checks of the data found before the fit; empty where they found nothing, and in older files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
}

/// Which of the theories in a file a model was fitted to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TheoryRecord {
    /// Key of the comments that names the theory of a frame.
    pub key: String,
    /// Its name.
    pub name: String,
}

/// More frames than this are counted and not listed.
const MOST_LISTED: usize = 20_000;

/// A part of a split that has too many frames to list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnlistedPart {
    /// Number of frames.
    pub frames: usize,
    /// SHA-256 of their indices in ascending order, 8 bytes each, the lowest first.
    pub sha256: String,
}

impl DataRecord {
    /// The same with the parts train, validation and test, each listed if it has no more than 20,000 frames, else counted, with its `digest`.
    #[must_use]
    pub fn with_parts(mut self, [train, validation, test]: [&[usize]; 3], digest: fn(&[usize]) -> String) -> Self {
        let Self { unlisted, .. } = &mut self;
        let mut list = |name: &str, part: &[usize]| {
            if part.len() <= MOST_LISTED {
                return part.to_vec();
            }
            unlisted.insert(name.to_string(), UnlistedPart { frames: part.len(), sha256: digest(part) });
            Vec::new()
        };
        let (train, validation, test) = (list("train", train), list("validation", validation), list("test", test));
        Self { train, validation, test, ..self }
    }

    /// Records the total charges and spins of the training frames, for a network that knows them.
    pub fn set_states(&mut self, states: impl IntoIterator<Item = ElectronicState>) {
        self.states = ElectronicState::different(states);
        if self.states.iter().all(|state| state.is_neutral_singlet()) {
            self.states.clear();
        }
    }

    /// Number of training frames.
    #[must_use]
    pub fn train_count(&self) -> usize {
        self.unlisted.get("train").map_or(self.train.len(), |part| part.frames)
    }

    /// The shortest distance between atoms of two elements in the training frames, in Å, if there was any.
    #[must_use]
    pub fn shortest_distance(&self, first: Element, second: Element) -> Option<f64> {
        Self::shortest_of(&self.shortest_distances, first, second)
    }

    /// The entry of two elements in such a table, in either order.
    pub(super) fn shortest_of(table: &BTreeMap<String, f64>, first: Element, second: Element) -> Option<f64> {
        let distance = |a, b| table.get(&format!("{a}-{b}"));
        let found = distance(first, second).or_else(|| distance(second, first)).copied();
        found.filter(|distance| distance.is_finite() && *distance > 0.0)
    }
}

/// A file and what was in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRecord {
    /// Its name, without its folder.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
}

impl FileRecord {
    /// The record of the file at `path`, if there is one.
    #[must_use]
    pub fn of(path: Option<&Path>, sha256: Option<&str>) -> Option<Self> {
        let file = path?.file_name()?.to_string_lossy().into_owned();
        Some(Self { file, sha256: sha256?.to_string() })
    }
}

/// How long the fit took and with what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitRecord {
    /// Seed of weights, split and order of frames.
    pub seed: u64,
    /// Epochs done.
    pub epochs: u64,
    /// Epoch whose weights were kept.
    pub best_epoch: u64,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Threads.
    pub threads: usize,
    /// SHA-256 of the model that it started from, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_from: Option<String>,
    /// Noise on these weights before the fit, as a share of the root mean square of each tensor; none is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_noise: Option<f64>,
    /// Structures that the model that it started from labeled, and that were shown beside the training frames, if there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replayed: Option<FileRecord>,
}
