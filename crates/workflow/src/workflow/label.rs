//! Structures to a label source, and what it gives into a ledger.

use std::path::{Path, PathBuf};

use crate::settings::LabelsInput;
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_io::{ReadOptions, TrajectoryReader};
use cormorant_learn::label::{Answer, LabelEvent, Labeling, Ledger, Outcome, Request, Theory};

/// Labels that were made.
pub struct Labeled {
    /// What became of the structures.
    pub outcome: Outcome,
    /// Labels in the ledger by now.
    pub labels: usize,
    /// Structures that were set aside so far.
    pub failures: usize,
    /// The file of the labels.
    pub path: PathBuf,
    /// What a user should know of how the structures were read.
    pub notes: Vec<String>,
}

/// Labels of every frame of `files` from the source of `input`, kept in the ledger in `folder`. A frame that is there already is not
/// asked for again.
///
/// # Errors
/// When a file cannot be read, the folder holds labels of another theory, the source fails at the first structure or too often, or
/// `stop` says so; what was labeled until then is kept.
pub fn label_files(
    files: &[PathBuf],
    options: &ReadOptions,
    folder: &Path,
    input: &LabelsInput,
    stop: &(dyn Fn() -> bool + Sync),
    report: &mut dyn FnMut(LabelEvent<'_>),
) -> Result<Labeled> {
    let theory = input.named_theory()?;
    let mut notes = Vec::new();
    let mut requests = Vec::new();
    for file in files {
        requests.extend(read_requests(file, options, input, &theory, &mut notes)?);
    }
    let mut ledger = Ledger::open(folder, &theory)?;
    let mut source = input.label_source(folder)?;
    let mut labeling = Labeling {
        ledger: &mut ledger,
        source: source.as_mut(),
        limits: input.limits(),
        most_failed: input.most_failed,
        retry_failed: input.retry_failed,
    };
    let outcome = labeling.run(&requests, stop, report)?;
    let (labels, failures, path) = (ledger.entries().len(), ledger.failures().len(), ledger.labels_path());
    Ok(Labeled { outcome, labels, failures, path, notes })
}

/// Labels the frames of the queue in `queue` with the command of `input` until it is empty; the numbers of labels and of frames without.
///
/// # Errors
/// When the queue cannot be read or written, or `stop` says so.
pub fn label_queue(
    queue: &Path,
    input: &LabelsInput,
    [wait, silence]: [std::time::Duration; 2],
    stop: &(dyn Fn() -> bool + Sync),
    report: &mut dyn FnMut(&Request, &Answer),
) -> Result<[u64; 2]> {
    input.queue_worker(queue, wait, silence)?.run(stop, report)
}

/// The frames of a file as requests, with charge and multiplicity as the frame states them.
fn read_requests(
    path: &Path,
    options: &ReadOptions,
    input: &LabelsInput,
    theory: &Theory,
    notes: &mut Vec<String>,
) -> Result<Vec<Request>> {
    let mut requests = Vec::new();
    for (index, frame) in TrajectoryReader::open_with(path, options.clone())?.enumerate() {
        let frame = frame?;
        if index == 0 {
            notes.extend(frame.notes.iter().map(|note| format!("{}: {note}", path.display())));
        }
        let wrong = |reason: String| Error::Structure(reason).at_frame(index as u64).in_structure(path);
        let state = frame.electronic_state().map_err(wrong)?;
        let reason = match frame.property("reason") {
            Some(cormorant_io::Value::Text(text)) => text.clone(),
            _ => "requested".to_string(),
        };
        let cell = frame.repeating_cell();
        let system = System::new(frame.elements, frame.positions, cell);
        let system = system.map_err(|error| error.at_frame(index as u64).in_structure(path))?;
        let system = System { state, ..system };
        requests.push(Request::stated(system, (input.charge, input.multiplicity), theory, &reason));
    }
    if requests.is_empty() {
        return Err(Error::structure(path, "has no frames; name a file with structures"));
    }
    Ok(requests)
}
