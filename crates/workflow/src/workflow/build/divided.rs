//! Frames of a regression, divided into parts.

use std::path::Path;

use cormorant_core::{Error, Result};
use cormorant_fit::{Configuration, Split, SplitPlan, Wanted, data_identity, shared_frames};
use cormorant_network::{DataRecord, FileRecord};

/// Where the frames of each part come from.
pub(super) struct Parts<'a> {
    /// The file that is divided.
    pub file: &'a Path,
    /// Frames of it to train on, to choose the best epoch by, and for the test.
    pub counts: [Option<usize>; 3],
    /// Files that are the validation and the test frames as a whole.
    pub files: [Option<&'a Path>; 2],
    /// Key of the comments by which frames are kept together, and the key that says their part.
    pub split_by: Option<&'a str>,
    pub split_key: Option<&'a str>,
    pub seed: u64,
}

/// What reads the frames of a file, with its SHA-256.
type ReadFrames<'r, S> = dyn FnMut(&Path) -> Result<(String, Vec<S>)> + 'r;

/// Frames for training, validation and test.
pub(super) struct Divided<S> {
    pub frames: [Vec<S>; 3],
    split: Split,
    split_by: Option<String>,
    /// What there is to say of the division.
    pub notes: Vec<String>,
    /// Files of the validation and the test frames.
    files: [Option<FileRecord>; 2],
}

impl Parts<'_> {
    fn plan(&self) -> SplitPlan {
        let [train, validation, test] = self.counts;
        let validation = if self.files[0].is_some() { Some(0) } else { validation };
        let wanted = Wanted { train, validation, test: test.unwrap_or(0) };
        SplitPlan::of(self.split_key.map(str::to_owned), self.split_by.map(str::to_owned), wanted)
    }

    /// Keys of the comments that the frames need.
    pub(super) fn keys(&self) -> Vec<String> {
        self.plan().keys()
    }

    fn split(&self, frames: &[&Configuration]) -> Result<(Split, Vec<String>)> {
        let (plan, all) = (self.plan(), (0..frames.len()).collect::<Vec<usize>>());
        if let SplitPlan::Counted { train, validation, test } = plan {
            return Ok((Split::counted(frames.len(), train, validation, test, self.seed)?, Vec::new()));
        }
        plan.by_comments(&all, frames, self.seed)
    }

    /// Divides `all` frames of the file, and reads those of the others by `read`, which gives their SHA-256 too.
    ///
    /// # Errors
    /// When there are fewer frames than are asked for, or another file cannot be read.
    pub(super) fn divide<S: Clone>(
        &self,
        all: &[S],
        configuration: impl Fn(&S) -> &Configuration,
        read: &mut ReadFrames<'_, S>,
    ) -> Result<Divided<S>> {
        let configurations: Vec<&Configuration> = all.iter().map(configuration).collect();
        let (split, notes) = self.split(&configurations).map_err(|error| Error::data(self.file, error.to_string()))?;
        let pick = |list: &[usize]| -> Vec<S> { list.iter().map(|&index| all[index].clone()).collect() };
        let mut frames = [pick(&split.train), pick(&split.validation), pick(&split.test)];
        let mut files = [None, None];
        for (place, path) in self.files.iter().enumerate() {
            let Some(path) = *path else { continue };
            let (hash, others) = read(path)?;
            frames[1 + place] = others;
            files[place] = FileRecord::of(Some(path), Some(&hash));
        }
        Ok(Divided { frames, split, split_by: self.split_by.map(str::to_owned), notes, files })
    }
}

impl<S> Divided<S> {
    /// What a model says of its data, whose file has the SHA-256 `hash`; without the shortest distances.
    pub(super) fn record(&self, file: &Path, hash: String, units: String) -> DataRecord {
        let [validation_file, test_file] = self.files.clone();
        let Split { train, validation, test, .. } = self.split.clone();
        DataRecord {
            file: file_name(file),
            sha256: hash,
            units,
            train,
            validation,
            test,
            split_by: self.split_by.clone(),
            validation_file,
            test_file,
            ..DataRecord::default()
        }
    }
}

/// What tells the data of a model from others: the SHA-256 of their files.
pub(super) fn identity(record: &DataRecord) -> String {
    let [validation, test] =
        [&record.validation_file, &record.test_file].map(|file| file.as_ref().map(|file| file.sha256.as_str()));
    data_identity(&record.sha256, [validation, test, None])
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Adds lines on frames that more than one of the parts has to `notes`.
pub(super) fn note_shared<S>(notes: &mut String, parts: &[Vec<S>; 3], frame: impl Fn(&S) -> &Configuration) {
    let frames = parts.each_ref().map(|part| part.iter().map(&frame).collect());
    for remark in shared_frames(frames) {
        notes.push_str(&format!("note: {remark}\n"));
    }
}
