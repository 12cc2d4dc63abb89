//! The place of an error.

use std::fmt;
use std::path::PathBuf;

/// Where an error happened, as far as it is known: each layer that an error passes adds what it knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorContext {
    /// The file or folder.
    pub file: Option<PathBuf>,
    /// Line of the file, counted from 1.
    pub line: Option<u64>,
    /// Name of the replica.
    pub replica: Option<String>,
    /// Frame of the file, counted from 0.
    pub frame: Option<u64>,
    /// Atom, counted from 0; messages count from 1.
    pub atom: Option<usize>,
    /// What was done about it, e.g. `frame saved in failed.xyz`; shown in parentheses behind the message.
    pub note: Option<String>,
}

impl ErrorContext {
    /// No place at all.
    pub(crate) const NONE: Self = Self { file: None, line: None, replica: None, frame: None, atom: None, note: None };

    /// Both contexts as one; where both know the same thing, this one counts.
    pub(crate) fn or(self, outer: Self) -> Self {
        Self {
            file: self.file.or(outer.file),
            line: self.line.or(outer.line),
            replica: self.replica.or(outer.replica),
            frame: self.frame.or(outer.frame),
            atom: self.atom.or(outer.atom),
            note: self.note.or(outer.note),
        }
    }

    /// Writes `message` with the place in front and the note behind it.
    pub(crate) fn write(&self, message: &dyn fmt::Display, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(out, "{}: ", file.display())?;
        }
        if let Some(line) = self.line {
            write!(out, "line {line}: ")?;
        }
        if let Some(replica) = &self.replica {
            write!(out, "{replica}: ")?;
        }
        if let Some(frame) = self.frame {
            write!(out, "frame {frame}: ")?;
        }
        if let Some(atom) = self.atom {
            write!(out, "atom {}: ", atom + 1)?;
        }
        write!(out, "{message}")?;
        self.note.as_ref().map_or(Ok(()), |note| write!(out, " ({note})"))
    }
}
