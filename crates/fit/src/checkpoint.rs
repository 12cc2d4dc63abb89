//! Checkpoints of a fit: all that is needed to continue with the same bits.
//!
//! A checkpoint is a safetensors file with arrays `learner/NAME` and `best/NAME` and a header under the metadata key
//! `cormorant`. It carries a checksum of everything else in it. The one before is kept as `checkpoint-previous.safetensors`
//! and read where the newer one is missing or damaged; it leads to the same bits, only later.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::learner::{Array, State, Values};
use cormorant_core::atomic;
use cormorant_core::json;
use cormorant_core::{Error, Result};

/// Name of the newest checkpoint in a run folder.
pub const CHECKPOINT: &str = "checkpoint.safetensors";
/// Name of the one before.
pub const PREVIOUS: &str = "checkpoint-previous.safetensors";
/// Version of the format that is written; version 1 will always be read.
const VERSION: u32 = 1;
/// Checkpoints above this size are refused.
const LARGEST: u64 = 1 << 31;
/// Metadata key of the header.
const KEY: &str = "cormorant";

/// The state of a fit between two epochs.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Where the loop stands.
    pub header: Header,
    /// The learner.
    pub learner: State,
    /// Its parameters at the best epoch so far; empty before the first validation.
    pub best: State,
}

/// Where the loop of fitting stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of the format.
    pub version: u32,
    /// The resolved input of the fit.
    pub configuration: String,
    /// SHA-256 of the data.
    pub data: String,
    /// Epochs done.
    pub epoch: u64,
    /// Share of the schedule done.
    #[serde(with = "exact")]
    pub progress: f64,
    /// Seconds spent so far.
    #[serde(with = "exact")]
    pub seconds: f64,
    /// The best epoch so far (counted from 1); 0 before there is one.
    pub best_epoch: u64,
    /// Score of the best epoch; infinite before there is one.
    #[serde(with = "exact")]
    pub best_score: f64,
    /// Last epoch (counted from 1) at which the learning curve was noticeably better than before.
    pub improved: u64,
    /// The learning curve so far, as it is in its file.
    pub curve: String,
    /// `Learner::recipe` when the fit began; 0 before there were numbers.
    #[serde(default, skip_serializing_if = "is_unnumbered")]
    pub recipe: u32,
    /// BLAKE3 of everything else in the file.
    pub checksum: String,
}

/// Checkpoints from before recipes had numbers are written, and summed, as they were.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_unnumbered(recipe: &u32) -> bool {
    *recipe == 0
}

/// Floats as text, since serde_json reads its own numbers back with an error in the last bit.
mod exact {
    use serde::{Deserialize, Deserializer, Serializer, de};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
    pub(super) fn serialize<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&number.to_string())
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<f64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Header {
    /// A header at the beginning of a fit.
    #[must_use]
    pub fn new(configuration: &str, data: &str) -> Self {
        Self {
            version: VERSION,
            configuration: configuration.to_string(),
            data: data.to_string(),
            epoch: 0,
            progress: 0.0,
            seconds: 0.0,
            best_epoch: 0,
            best_score: f64::INFINITY,
            improved: 0,
            curve: String::new(),
            recipe: 0,
            checksum: String::new(),
        }
    }
}

impl Checkpoint {
    /// Writes the checkpoint into `folder`; at every instant, the newest or the one before is whole.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(CHECKPOINT);
        let bytes = self.bytes(&path)?;
        // The new one is whole on disk, under another name, before the old one gives up its place.
        let fresh = folder.join("checkpoint-new.safetensors");
        atomic::write(&fresh, &bytes)?;
        if path.exists() {
            std::fs::rename(&path, folder.join(PREVIOUS)).map_err(|source| Error::io(&path, source))?;
        }
        std::fs::rename(&fresh, &path).map_err(|source| Error::io(&path, source))
    }

    /// The newest whole checkpoint in `folder`, `None` if there never was one. The message says why an older one is used.
    ///
    /// # Errors
    /// When there are checkpoints but none can be used.
    pub fn read(folder: &Path) -> Result<Option<(Self, Option<String>)>> {
        let paths: Vec<PathBuf> =
            [CHECKPOINT, PREVIOUS].iter().map(|name| folder.join(name)).filter(|path| path.exists()).collect();
        let mut first_error = None;
        for path in &paths {
            match Self::read_file(path) {
                Ok(checkpoint) => {
                    let notice = first_error.map(|error: Error| format!("{error}; going on from {}", path.display()));
                    return Ok(Some((checkpoint, notice)));
                }
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        first_error.map_or(Ok(None), Err)
    }

    /// The checkpoint in the file at `path`.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged, or of a future version.
    pub fn read_file(path: &Path) -> Result<Self> {
        let wrong = |reason: String| Error::restart(path, reason);
        let size = std::fs::metadata(path).map_err(|source| Error::io(path, source))?.len();
        if size > LARGEST {
            return Err(wrong(format!(
                "has {size} bytes; a checkpoint has at most {LARGEST}; copy it again, or fit again with --force"
            )));
        }
        let bytes = std::fs::read(path).map_err(|source| Error::io(path, source))?;
        let damaged = |reason: String| {
            wrong(format!("is not a complete checkpoint ({reason}); copy it again, or fit again with --force"))
        };
        let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|error| damaged(error.to_string()))?;
        let text = metadata.metadata().as_ref().and_then(|map| map.get(KEY));
        let text = text.ok_or_else(|| damaged(format!("its metadata have no `{KEY}`")))?;
        let version = serde_json::from_str::<serde_json::Value>(text).ok().and_then(|value| value["version"].as_u64());
        if version != Some(VERSION.into()) {
            let version = version.map_or("unknown".into(), |version| version.to_string());
            return Err(wrong(format!(
                "has version {version}; this program reads version {VERSION}; use the program that wrote it"
            )));
        }
        let header: Header = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|error| damaged(error.to_string()))?;
        let (mut learner, mut best) = (State::new(), State::new());
        for (name, view) in tensors.iter() {
            let array = array(&view).ok_or_else(|| damaged(format!("{name} has type {:?}", view.dtype())))?;
            match name.split_once('/') {
                Some(("learner", name)) => learner.insert(name.to_string(), array),
                Some(("best", name)) => best.insert(name.to_string(), array),
                _ => return Err(damaged(format!("unexpected array {name}"))),
            };
        }
        let checkpoint = Self { header, learner, best };
        // Under a fuzzer nothing damaged would get past the checksum.
        if !cfg!(fuzzing) && checkpoint.checksum() != checkpoint.header.checksum {
            return Err(damaged("its checksum does not match its content".into()));
        }
        Ok(checkpoint)
    }

    fn bytes(&self, path: &Path) -> Result<Vec<u8>> {
        let header = Header { checksum: self.checksum(), ..self.header.clone() };
        let failed = |reason: String| Error::restart(path, format!("cannot be written: {reason}"));
        let text = json::text(&header).map_err(failed)?;
        let arrays: Vec<_> = self.arrays().map(|(name, array)| (name, array, array.values.bytes())).collect();
        let views = arrays
            .iter()
            .map(|(name, array, bytes)| Ok((name, TensorView::new(array.values.kind(), array.shape.clone(), bytes)?)));
        let views: Vec<_> =
            views.collect::<Result<_, safetensors::SafeTensorError>>().map_err(|e| failed(e.to_string()))?;
        safetensors::serialize(views, Some(HashMap::from([(KEY.to_string(), text)])))
            .map_err(|error| failed(error.to_string()))
    }

    fn arrays(&self) -> impl Iterator<Item = (String, &Array)> {
        let learner = self.learner.iter().map(|(name, array)| (format!("learner/{name}"), array));
        learner.chain(self.best.iter().map(|(name, array)| (format!("best/{name}"), array)))
    }

    /// BLAKE3 of header (without its checksum) and arrays.
    fn checksum(&self) -> String {
        let header = Header { checksum: String::new(), ..self.header.clone() };
        let mut hasher = blake3::Hasher::new();
        hasher.update(serde_json::to_string(&header).unwrap_or_default().as_bytes());
        for (name, array) in self.arrays() {
            hasher.update(format!("\0{name}\0{:?}{:?}\0", array.values.kind(), array.shape).as_bytes());
            hasher.update(&array.values.bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

impl Values {
    fn kind(&self) -> Dtype {
        match self {
            Self::F32(_) => Dtype::F32,
            Self::F64(_) => Dtype::F64,
            Self::U64(_) => Dtype::U64,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::F32(values) => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Self::F64(values) => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Self::U64(values) => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
        }
    }
}

fn array(view: &TensorView<'_>) -> Option<Array> {
    let (words, _) = view.data().as_chunks::<4>();
    let (pairs, _) = view.data().as_chunks::<8>();
    let values = match view.dtype() {
        Dtype::F32 => Values::F32(words.iter().map(|b| f32::from_le_bytes(*b)).collect()),
        Dtype::F64 => Values::F64(pairs.iter().map(|b| f64::from_le_bytes(*b)).collect()),
        Dtype::U64 => Values::U64(pairs.iter().map(|b| u64::from_le_bytes(*b)).collect()),
        _ => return None,
    };
    Some(Array { shape: view.shape().to_vec(), values })
}
