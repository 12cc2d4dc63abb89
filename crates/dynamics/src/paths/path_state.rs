//! The state of a path on disk.

use std::collections::HashMap;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use cormorant_core::{Error, Result, atomic, json};

const FORMAT: &str = "cormorant path";
const VERSION: u32 = 1;
/// The only key of the metadata, because the order of several would not be certain.
const KEY: &str = "cormorant";
/// What to do about a file that cannot be read.
const REMEDY: &str = "start again with --force";

/// All that a path goes on from: a safetensors file with the tensors `first` and `second` (Å, `[atoms][3]`) and `band`
/// ([`super::ElasticBand::state`]), and the input with a checksum over everything in its metadata. Equal states give equal bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct PathState {
    /// Positions of both ends in Å, minimized and superposed.
    pub ends: [Vec<[f64; 3]>; 2],
    /// State of the band.
    pub band: Vec<f64>,
    /// The resolved input.
    pub input: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    format: String,
    version: u32,
    input: String,
    checksum: String,
}

impl PathState {
    /// Write to `path`; the file that was there stays whole until the new one is.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let failed = |reason: String| Error::restart(path, reason);
        let tensors = self.tensors();
        let checksum = self.checksum();
        let head = Head { format: FORMAT.into(), version: VERSION, input: self.input.clone(), checksum };
        let metadata = HashMap::from([(KEY.to_string(), json::text(&head).map_err(failed)?)]);
        let views: Vec<(&str, TensorView<'_>)> = tensors
            .iter()
            .map(|(name, shape, bytes)| Ok((*name, TensorView::new(Dtype::F64, shape.clone(), bytes)?)))
            .collect::<std::result::Result<_, safetensors::SafeTensorError>>()
            .map_err(|error| failed(error.to_string()))?;
        let bytes = safetensors::serialize(views, Some(metadata)).map_err(|error| failed(error.to_string()))?;
        atomic::write(path, &bytes)
    }

    /// Read and verify the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, is damaged, or is something else.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|source| Error::io(path, source))?;
        Self::from_bytes(&bytes).map_err(|reason| Error::restart(path, format!("{reason}; {REMEDY}")))
    }

    fn from_bytes(bytes: &[u8]) -> std::result::Result<Self, String> {
        let damaged = |error: &dyn std::fmt::Display| format!("it is damaged or not the state of a path ({error})");
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| damaged(&error))?;
        let text = metadata.metadata().as_ref().and_then(|map| map.get(KEY));
        let text = text.ok_or_else(|| damaged(&"it has no head"))?;
        let head: Head = serde_json::from_str(text).map_err(|error| damaged(&error))?;
        if head.format != FORMAT || head.version != VERSION {
            return Err(format!(
                "it is version {} of {:?}, not version {VERSION} of {FORMAT:?}",
                head.version, head.format
            ));
        }
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| damaged(&error))?;
        let reals = |name: &str| -> std::result::Result<Vec<f64>, String> {
            let view = tensors.tensor(name).map_err(|error| damaged(&error))?;
            let (numbers, rest) = view.data().as_chunks::<8>();
            if view.dtype() != Dtype::F64 || !rest.is_empty() {
                return Err(damaged(&format!("{name} is not of type f64")));
            }
            Ok(numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
        };
        let vectors = |name: &str| reals(name).map(|numbers| numbers.as_chunks::<3>().0.to_vec());
        let state = Self { ends: [vectors("first")?, vectors("second")?], band: reals("band")?, input: head.input };
        if state.checksum() != head.checksum {
            return Err("its checksum does not match its content: it is damaged".into());
        }
        Ok(state)
    }

    fn tensors(&self) -> [(&'static str, Vec<usize>, Vec<u8>); 3] {
        let bytes = |numbers: &[f64]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let vectors = |vectors: &[[f64; 3]]| (vec![vectors.len(), 3], bytes(vectors.as_flattened()));
        let ((first, first_bytes), (second, second_bytes)) = (vectors(&self.ends[0]), vectors(&self.ends[1]));
        [
            ("band", vec![self.band.len()], bytes(&self.band)),
            ("first", first, first_bytes),
            ("second", second, second_bytes),
        ]
    }

    fn checksum(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.input.as_bytes());
        for (name, shape, bytes) in self.tensors() {
            hasher.update(format!("\n{name} {shape:?}\n").as_bytes());
            hasher.update(&bytes);
        }
        hasher.finalize().to_hex().to_string()
    }
}
