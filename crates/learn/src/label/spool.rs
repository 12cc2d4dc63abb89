//! Answers that have come before those that were asked for earlier.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Answer, Label, Request, answers};
use cormorant_core::{Error, Result, atomic};
use cormorant_io::TrajectoryFrame;

/// A folder with one file for each answer that is not in the ledger yet, so that a kill loses none.
#[derive(Debug, Clone)]
pub(super) struct Spool {
    folder: PathBuf,
}

impl Spool {
    /// The spool in `folder`, which is made when the first answer comes.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps `answer`.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn keep(&self, request: &Request, answer: &Answer) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(|source| Error::io(&self.folder, source))?;
        let path = self.path(request);
        atomic::write_with(&path, |out| write_answer(out, request, answer))
    }

    /// The answer that was kept for `request`, if there is one.
    pub(super) fn find(&self, request: &Request) -> Option<Answer> {
        let text = fs::read(self.path(request)).ok()?;
        answers(&text, std::slice::from_ref(request)).pop()
    }

    /// It is in the ledger now.
    pub(super) fn forget(&self, request: &Request) {
        let _ = fs::remove_file(self.path(request));
        // Succeeds when it is empty.
        let _ = fs::remove_dir(&self.folder);
    }

    fn path(&self, request: &Request) -> PathBuf {
        self.folder.join(format!("{}.xyz", request.short_key()))
    }
}

/// Writes an answer so that [`answers`] reads it back with the same bits.
pub(super) fn write_answer(out: &mut dyn std::io::Write, request: &Request, answer: &Answer) -> std::io::Result<()> {
    let elements = &request.system.elements;
    let frame = match answer {
        Answer::Label(label) => labeled_frame(request, label),
        Answer::Failed(reason) => {
            let mut frame = request.frame();
            frame.keys.push(("error", one_line(reason)));
            frame
        }
    };
    cormorant_io::extended_xyz::write_frame(out, elements, &frame)
}

/// A frame with a label.
pub(super) fn labeled_frame(request: &Request, label: &Label) -> TrajectoryFrame {
    let mut frame = request.frame().with_energy_and_forces(label.energy, &label.forces);
    // The virial itself and not the stress, which would not come back with the same bits.
    frame.virial = label.virial;
    (frame.step, frame.time) = (0, 0.0);
    frame
}

/// A message without line breaks, which would end the comment of a frame.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Removes a folder with all that is in it; what cannot be removed stays.
pub(super) fn discard(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
}
