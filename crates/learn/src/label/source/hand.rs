//! Labels that somebody makes in his own way.

use std::fs;
use std::path::{Path, PathBuf};

use super::{LabelSource, Yielded};
use crate::label::{Answer, Request, answers};
use cormorant_core::system::vector::{difference, norm};
use cormorant_core::{Error, Result, atomic};
use cormorant_io::{ExtendedXyzReader, Frame, Value};

/// How far an atom may be from where it was sent, in Å.
const MOVED: f64 = 1e-3;

/// Frames go out in `todo.xyz`; whoever labels them puts them into `done.xyz`, with `energy` (eV) and `forces` (eV/Å), in any order and
/// not all at once.
#[derive(Debug, Clone)]
pub struct HandSource {
    folder: PathBuf,
}

impl HandSource {
    /// Files in `folder`.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The file of what waits.
    #[must_use]
    pub fn todo(&self) -> PathBuf {
        self.folder.join("todo.xyz")
    }

    /// The file in which answers are expected.
    #[must_use]
    pub fn done(&self) -> PathBuf {
        self.folder.join("done.xyz")
    }
}

impl LabelSource for HandSource {
    fn takes_all_at_once(&self) -> bool {
        true
    }

    fn label(
        &mut self,
        requests: &[Request],
        _: &(dyn Fn() -> bool + Sync),
        answered: &mut dyn FnMut(usize, Answer) -> Result<()>,
    ) -> Result<Yielded> {
        let mut open = vec![true; requests.len()];
        for (number, (frame, text)) in frames(&self.done())?.into_iter().enumerate() {
            // What was answered before is still in the file.
            let Some(place) = requests.iter().position(|request| belongs(&frame, request)) else { continue };
            if std::mem::replace(&mut open[place], false) {
                let found = answers(&text, std::slice::from_ref(&requests[place])).pop();
                let lost = || Error::Internal(format!("frame {number} of done.xyz has no answer"));
                answered(place, found.ok_or_else(lost)?)?;
            }
        }
        let waiting: Vec<&Request> =
            requests.iter().zip(&open).filter(|(_, open)| **open).map(|(one, _)| one).collect();
        let todo = self.todo();
        if waiting.is_empty() {
            let _ = fs::remove_file(todo);
            return Ok(Yielded::All);
        }
        atomic::write_with(&todo, |out| waiting.iter().try_for_each(|request| request.write(out)))?;
        Ok(Yielded::Waiting(waiting.len()))
    }
}

/// Whether `frame` is an answer to `request`: by its key, or where that was lost by its atoms.
fn belongs(frame: &Frame, request: &Request) -> bool {
    match frame.property("label_key") {
        Some(Value::Text(key)) => *key == request.key,
        _ => {
            let near = |(a, b): (&[f64; 3], &[f64; 3])| norm(difference(*a, *b)) <= MOVED;
            let system = &request.system;
            frame.elements == system.elements && frame.positions.iter().zip(&system.positions).all(near)
        }
    }
}

/// The frames of a file with their texts; none where there is no file.
fn frames(path: &Path) -> Result<Vec<(Frame, Vec<u8>)>> {
    let Ok(bytes) = fs::read(path) else { return Ok(Vec::new()) };
    let mut reader = ExtendedXyzReader::new(path, std::io::Cursor::new(bytes.clone()));
    let mut found = Vec::new();
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    while let Some(frame) = reader.next_frame()? {
        let skipped = lines.by_ref().skip_while(|line| line.iter().all(u8::is_ascii_whitespace));
        let text: Vec<u8> = skipped.take(frame.elements.len() + 2).flatten().copied().collect();
        found.push((frame, text));
    }
    Ok(found)
}
