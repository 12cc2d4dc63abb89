//! Labeled configurations in internal units, and the file they came from.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::configuration::Configuration;
use super::label_counts::LabelCounts;
use super::label_keys::LabelKeys;
use super::label_units::LabelUnits;
use super::references::elements_of;
use super::stated_split::StatedParts;
use super::{labeled_xyz, md17};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result, hexadecimal};
use cormorant_io::foreign_data;

/// The configurations of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSet {
    /// The file.
    pub path: PathBuf,
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
    /// In which units the file was read and why, for printing.
    pub units: String,
    /// The configurations in the order of the file.
    pub configurations: Vec<Configuration>,
    /// Number of each configuration in the trajectory that the file was taken from, where the file says so (`old_indices` of
    /// rMD17).
    pub numbers: Option<Vec<u64>>,
    /// What the file holds that is not used, and labels that were passed over; a sentence each, for printing.
    pub notes: Vec<String>,
    /// Frames of one atom that the file calls isolated, e.g. by `config_type=IsolatedAtom`, counted from 0.
    pub isolated: Vec<usize>,
    /// To which parts of a split the frames say that they belong.
    pub(super) stated: StatedParts,
}

impl DataSet {
    /// Reads `path`: an rMD17 or MD-17 archive (`.npz`) or labeled extended XYZ, distinguished by their first bytes.
    ///
    /// `units` are those of the labels in the file; needed only where neither the file nor its format fixes them.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged, contradicts itself, holds numbers that are not finite, or its units are
    /// neither known nor given.
    pub fn read(path: &Path, units: Option<LabelUnits>) -> Result<Self> {
        Self::read_labels(path, units, &LabelKeys::default())
    }

    /// The same, with the labels of extended XYZ under the names `keys`.
    ///
    /// # Errors
    /// As [`DataSet::read`], and when there are names for an archive, whose names are fixed.
    pub fn read_labels(path: &Path, units: Option<LabelUnits>, keys: &LabelKeys) -> Result<Self> {
        let (hash, start) = fingerprint(path)?;
        let mut numbers = None;
        if let Some(reason) = foreign_data(&start) {
            return Err(Error::data(path, reason));
        }
        let (mut isolated, mut stated) = (Vec::new(), StatedParts::default());
        let (configurations, units, notes) = match start.as_slice() {
            [b'P', b'K', ..] if !keys.is_empty() => {
                let reason =
                    "is an archive, whose arrays have fixed names; leave out the keys, which are for extended XYZ";
                return Err(Error::data(path, reason));
            }
            [] => return Err(Error::data(path, "is empty; use another file")),
            // An archive without entries begins with its end record, PK\5\6.
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => {
                let archive = md17::read(path, units)?;
                numbers = archive.numbers;
                (archive.configurations, archive.units, archive.notes)
            }
            [0x93, b'N', b'U', b'M', ..] => {
                return Err(Error::data(path, "is a single numpy array; an .npz archive of several arrays is needed"));
            }
            _ => {
                let file = labeled_xyz::read(path, units, keys)?;
                (isolated, stated) = (file.isolated, file.stated);
                (file.configurations, file.units, file.notes)
            }
        };
        Ok(Self { path: path.to_path_buf(), hash, units, configurations, numbers, notes, isolated, stated })
    }

    /// How many frames have which labels.
    #[must_use]
    pub fn counts(&self) -> LabelCounts {
        LabelCounts::of(&self.configurations)
    }

    /// The elements that occur, each once, by atomic number.
    #[must_use]
    pub fn elements(&self) -> Vec<Element> {
        elements_of(self.configurations.iter().map(|one| one.elements.as_slice()))
    }
}

/// SHA-256 of a file, hexadecimal, and its first bytes (at most 8).
///
/// # Errors
/// When it cannot be read.
pub fn fingerprint(path: &Path) -> Result<(String, Vec<u8>)> {
    let failed = |source| Error::io(path, source);
    let mut file = File::open(path).map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut start = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer).map_err(failed)?;
        if count == 0 {
            break;
        }
        start.extend(buffer[..count].iter().take(8 - start.len()));
        hasher.update(&buffer[..count]);
    }
    Ok((hexadecimal(&hasher.finalize()), start))
}

/// SHA-256, hexadecimal, of indices of frames: 8 bytes each, the lowest first.
#[must_use]
pub fn index_digest(indices: &[usize]) -> String {
    let mut hasher = Sha256::new();
    for &index in indices {
        hasher.update((index as u64).to_le_bytes());
    }
    hexadecimal(&hasher.finalize())
}
