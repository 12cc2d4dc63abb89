//! All labels of a theory, and what became of the structures that have none.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::checks::name;
use super::spool::{labeled_frame, one_line};
use super::{Label, Request, Theory};
use cormorant_core::{Error, Result, atomic};
use cormorant_io::{ExtendedXyzReader, FolderLock, Frame};

/// File of the labels: extended XYZ, to which frames are only added.
pub const LABELS: &str = "labels.xyz";
/// File of the structures that have no label: one JSON object a line, to which lines are only added.
pub const FAILURES: &str = "failures.jsonl";
/// File of the theory.
const THEORY: &str = "theory.json";

/// The labels of one theory in a folder. Each reaches the disk before the next is asked for; what a kill leaves half-written is cut.
pub struct Ledger {
    folder: PathBuf,
    theory: Theory,
    entries: Vec<Entry>,
    failures: Vec<Failure>,
    by_key: BTreeMap<String, usize>,
    /// Energy of the first structure of each formula, in eV.
    first: BTreeMap<String, f64>,
    labels_file: File,
    failures_file: File,
    _lock: FolderLock,
}

/// A label in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What was asked.
    pub request: Request,
    /// What was answered.
    pub label: Label,
}

/// A structure without a label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// The key of the request.
    pub key: String,
    /// Why it was to be labeled.
    pub reason: String,
    /// What the label source said, or what is wrong with its answer.
    pub message: String,
}

impl Entry {
    /// The frame as it is in the file of the labels.
    #[must_use]
    pub fn frame(&self) -> cormorant_io::TrajectoryFrame {
        labeled_frame(&self.request, &self.label)
    }
}

impl Ledger {
    /// The ledger in `folder`, made if there is none. Nobody else may write there until it is dropped.
    ///
    /// # Errors
    /// When the folder holds labels of another theory, is in use, or cannot be read or written.
    pub fn open(folder: &Path, theory: &Theory) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
        let lock = FolderLock::of(folder)?;
        atomic::sweep(folder);
        require_theory(folder, theory)?;
        let labels_file = open_to_append(&folder.join(LABELS), whole_frames)?;
        let failures_file = open_to_append(&folder.join(FAILURES), whole_lines)?;
        let mut ledger = Self {
            folder: folder.to_path_buf(),
            theory: theory.clone(),
            entries: Vec::new(),
            failures: Vec::new(),
            by_key: BTreeMap::new(),
            first: BTreeMap::new(),
            labels_file,
            failures_file,
            _lock: lock,
        };
        ledger.read()?;
        Ok(ledger)
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of its labels.
    #[must_use]
    pub fn labels_path(&self) -> PathBuf {
        self.folder.join(LABELS)
    }

    /// The theory of its labels.
    #[must_use]
    pub fn theory(&self) -> &Theory {
        &self.theory
    }

    /// The labels in their order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The structures without a label, in their order.
    #[must_use]
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// The label of `key`, if it is there.
    #[must_use]
    pub fn label(&self, key: &str) -> Option<&Entry> {
        self.by_key.get(key).map(|place| &self.entries[*place])
    }

    /// Whether `key` has a label or has been set aside.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.by_key.contains_key(key) || self.failures.iter().any(|failure| failure.key == key)
    }

    /// Energies in eV of the first structures by formula.
    #[must_use]
    pub fn first_energies(&self) -> &BTreeMap<String, f64> {
        &self.first
    }

    /// Adds a label, and returns when it is on the disk.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, request: &Request, label: &Label) -> Result<()> {
        let mut text = Vec::new();
        let path = self.labels_path();
        let failed = |source| Error::io(&path, source);
        let frame = labeled_frame(request, label);
        cormorant_io::extended_xyz::write_frame(&mut text, &request.system.elements, &frame).map_err(failed)?;
        self.labels_file.write_all(&text).and_then(|()| self.labels_file.sync_data()).map_err(failed)?;
        self.take(Entry { request: request.clone(), label: label.clone() });
        Ok(())
    }

    /// Sets a structure aside, and returns when that is on the disk.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_aside(&mut self, request: &Request, message: &str) -> Result<()> {
        let failure = Failure { key: request.key.clone(), reason: request.reason.clone(), message: one_line(message) };
        let path = self.folder.join(FAILURES);
        let line = serde_json::to_string(&failure).map_err(|error| Error::Internal(error.to_string()))? + "\n";
        let written = self.failures_file.write_all(line.as_bytes()).and_then(|()| self.failures_file.sync_data());
        written.map_err(|source| Error::io(&path, source))?;
        self.failures.push(failure);
        Ok(())
    }

    fn take(&mut self, entry: Entry) {
        self.first.entry(name(&entry.request.system.elements)).or_insert(entry.label.energy);
        self.by_key.insert(entry.request.key.clone(), self.entries.len());
        self.entries.push(entry);
    }

    fn read(&mut self) -> Result<()> {
        let path = self.labels_path();
        let mut reader = ExtendedXyzReader::open(&path)?;
        let empty = fs::metadata(&path).is_ok_and(|data| data.len() == 0);
        while !empty && let Some(frame) = reader.next_frame()? {
            let number = self.entries.len() as u64;
            let entry = entry(frame).map_err(|error| error.at_frame(number).in_data(&path))?;
            self.take(entry);
        }
        let path = self.folder.join(FAILURES);
        let text = fs::read_to_string(&path).map_err(|source| Error::io(&path, source))?;
        for (number, line) in text.lines().enumerate() {
            let failure = serde_json::from_str(line);
            let wrong = |error| Error::data(&path, format!("is damaged: {error}")).at_line(number as u64 + 1);
            self.failures.push(failure.map_err(wrong)?);
        }
        Ok(())
    }
}

/// Writes `theory` beside the labels, or compares it with the one that is there.
fn require_theory(folder: &Path, theory: &Theory) -> Result<()> {
    let path = folder.join(THEORY);
    if !path.exists() {
        if folder.join(LABELS).exists() {
            return Err(Error::data(
                folder.join(LABELS),
                format!("is there without {THEORY}, so that its theory is not known; name another folder"),
            ));
        }
        let text = serde_json::to_string_pretty(theory).map_err(|error| Error::Internal(error.to_string()))?;
        return atomic::write(&path, (text + "\n").as_bytes());
    }
    let text = fs::read_to_string(&path).map_err(|source| Error::io(&path, source))?;
    let found: Theory =
        serde_json::from_str(&text).map_err(|error| Error::data(&path, format!("is damaged: {error}")))?;
    if found != *theory {
        return Err(Error::data(
            &path,
            format!(
                "the labels here belong to another theory ({found}), and now it is {theory}; labels of two theories must not meet: \
                 name another folder, or set back what has changed"
            ),
        ));
    }
    Ok(())
}

/// The file at `path`, cut behind what `whole` finds complete, ready to be added to.
fn open_to_append(path: &Path, whole: fn(&[u8]) -> usize) -> Result<File> {
    let failed = |source| Error::io(path, source);
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    let whole = whole(&bytes) as u64;
    if whole < bytes.len() as u64 {
        file.set_len(whole).and_then(|()| file.sync_all()).map_err(failed)?;
    }
    file.seek(SeekFrom::Start(whole)).map_err(failed)?;
    Ok(file)
}

/// Length of the whole lines at the beginning of `bytes`.
fn whole_lines(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

/// Length of the whole frames of XYZ at the beginning of `bytes`. What does not begin like a frame is left for the reader, which says
/// what is wrong with it.
fn whole_frames(bytes: &[u8]) -> usize {
    let mut place = 0;
    while place < bytes.len() {
        let mut end = place;
        let mut line = || {
            let length = bytes[end..].iter().position(|byte| *byte == b'\n')?;
            let found = &bytes[end..end + length];
            end += length + 1;
            Some(found)
        };
        let Some(count) = line() else { return place };
        let Some(atoms) = std::str::from_utf8(count).ok().and_then(|text| text.trim().parse::<usize>().ok()) else {
            return bytes.len();
        };
        if (0..=atoms).any(|_| line().is_none()) {
            return place;
        }
        place = end;
    }
    place
}

/// What a frame of the ledger says.
fn entry(frame: Frame) -> Result<Entry> {
    let missing = |what: &str| Error::Data(format!("has no `{what}`: it was not written by cormorant label"));
    let label = Label {
        energy: frame.number("energy").ok_or_else(|| missing("energy"))?,
        forces: frame.vectors("forces").ok_or_else(|| missing("forces"))?,
        virial: frame.tensor("virial"),
    };
    Ok(Entry { request: Request::from_frame(frame)?, label })
}
