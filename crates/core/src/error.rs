//! The one error type of the program.
//!
//! Every variant carries the thing that was wrong, so that a message can name it and say what to do. What went wrong is a
//! [kind](Error::kind); where it went wrong is a [context](Error::context) that is added on the way up. Nothing decides by the text
//! of a message. Mistakes of the user exit with status 1, faults of the program with status 2 ([`Error::exit_status`]).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::{ErrorContext, ErrorKind};

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong.
///
/// ```
/// use cormorant_core::{Error, ErrorKind};
///
/// let error = Error::Invalid("a cell vector is not finite".into()).at_frame(3).in_structure("water.xyz");
/// assert_eq!(error.to_string(), "water.xyz: frame 3: a cell vector is not finite");
/// assert_eq!((error.kind(), error.context().frame), (ErrorKind::Structure, Some(3)));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An input file says something that cannot be accepted; carries the offending place for display.
    #[error(transparent)]
    Input(Box<crate::InputError>),

    /// A quantity without a unit, with an unknown unit or with a unit of another dimension.
    #[error("{found:?} is not {expected}: {remedy}")]
    Unit {
        /// The text as it was given.
        found: String,
        /// The dimension that was expected, e.g. `a time`.
        expected: &'static str,
        /// What to write instead, e.g. `write a number and a unit, such as "0.5 fs"`.
        remedy: String,
    },

    /// Atoms, a cell, a structure or a trajectory that cannot be read or does not make sense: what is wrong and what to do.
    #[error("{0}")]
    Structure(String),

    /// A data set that cannot be used for fitting or evaluation: what is wrong with it and what to do.
    #[error("{0}")]
    Data(String),

    /// A model that cannot be loaded, or that does not fit what it is used for: what is wrong with it and what to do.
    #[error("{0}")]
    Model(String),

    /// A restart or checkpoint file that cannot be used: what is wrong with it and what to do.
    #[error("{0}")]
    Restart(String),

    /// An element that a potential does not know.
    #[error("the potential knows {}, but the structure contains {symbol}; use a model that knows {symbol}, or fit one to data with it", known.join(", "))]
    Element {
        /// The element that is missing.
        symbol: String,
        /// The elements that are known.
        known: Vec<String>,
    },

    /// A number that stopped being one, or left every sensible range, while computing.
    #[error("step {step}: {quantity} {value}")]
    Numerical {
        /// The step at which it was noticed.
        step: u64,
        /// What it was, with the atom if there is one, e.g. `the force on atom 3 (C) is`.
        quantity: String,
        /// The value found.
        value: f64,
    },

    /// Arguments that contradict each other or the state of things; the message says all.
    #[error("{0}")]
    Invalid(String),

    /// An analysis has seen too few frames to say anything; the message says which and how many it needs.
    #[error("{0}")]
    TooFewFrames(String),

    /// A file or folder that is there already, or in use by another program; the message says what to do.
    #[error("{0}")]
    Occupied(String),

    /// Another program or library refused or failed; the message has its words.
    #[error("{0}")]
    External(String),

    /// The user or the system asked to stop (Ctrl-C, TERM); the state was saved.
    #[error("stopped by a signal: {0}")]
    Interrupted(String),

    /// A file or folder that cannot be read or written.
    #[error("{}: {source}{}", path.display(), file_remedy(source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The reason given by the operating system.
        source: io::Error,
    },

    /// A fault of the tensor library, which is ours to mend.
    #[error("tensor operation failed: {0}")]
    Tensor(#[from] candle_core::Error),

    /// A fault of this program: something that cannot be, whatever the user does.
    #[error("{0}")]
    Internal(String),

    /// Another error, with the place where it happened.
    #[error("{}", Placed(context, source))]
    Located {
        /// The place.
        context: Box<ErrorContext>,
        /// What happened there; never itself a `Located`.
        source: Box<Error>,
    },
}

/// What to do when the operating system refuses a file; reasons of our own have a remedy already.
fn file_remedy(source: &io::Error) -> &'static str {
    match source.raw_os_error().map(|_| source.kind()) {
        Some(io::ErrorKind::NotFound) => "; check the path",
        Some(io::ErrorKind::PermissionDenied) => "; choose another path, or ask for the permission",
        Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => "; make room, or choose another disk",
        _ => "",
    }
}

/// An error with its place, for display.
struct Placed<'e>(&'e ErrorContext, &'e Error);

impl fmt::Display for Placed<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(self.1, out)
    }
}

/// What an error is.
impl Error {
    /// What sort of error this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Input(_) => ErrorKind::Input,
            Self::Unit { .. } => ErrorKind::Unit,
            Self::Structure(_) => ErrorKind::Structure,
            Self::Data(_) => ErrorKind::Data,
            Self::Model(_) => ErrorKind::Model,
            Self::Restart(_) => ErrorKind::Restart,
            Self::Element { .. } => ErrorKind::Element,
            Self::Numerical { .. } => ErrorKind::Numerical,
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::TooFewFrames(_) => ErrorKind::TooFewFrames,
            Self::Occupied(_) => ErrorKind::Occupied,
            Self::External(_) => ErrorKind::External,
            Self::Interrupted(_) => ErrorKind::Interrupted,
            Self::Io { .. } => ErrorKind::Io,
            Self::Tensor(_) | Self::Internal(_) => ErrorKind::Internal,
            Self::Located { source, .. } => source.kind(),
        }
    }

    /// Where it happened, as far as that is known.
    #[must_use]
    pub fn context(&self) -> &ErrorContext {
        match self {
            Self::Located { context, .. } => context,
            _ => &ErrorContext::NONE,
        }
    }

    /// The error without its place.
    #[must_use]
    pub fn reason(&self) -> &Self {
        match self {
            Self::Located { source, .. } => source,
            other => other,
        }
    }

    /// The exit status of the program for this error: 1 for the user's mistakes, 2 for ours, 130 after a signal.
    #[must_use]
    pub fn exit_status(&self) -> u8 {
        self.kind().exit_status()
    }
}

/// New errors about a file.
impl Error {
    /// An input or output failure on `path`.
    pub fn io(path: impl AsRef<Path>, source: io::Error) -> Self {
        Self::Io { path: path.as_ref().to_path_buf(), source }
    }

    /// A structure file that is not valid.
    pub fn structure(path: impl AsRef<Path>, reason: impl Into<String>) -> Self {
        Self::Structure(reason.into()).in_file(path)
    }

    /// A data set that cannot be used.
    pub fn data(path: impl AsRef<Path>, reason: impl Into<String>) -> Self {
        Self::Data(reason.into()).in_file(path)
    }

    /// A model that cannot be used.
    pub fn model(path: impl AsRef<Path>, reason: impl Into<String>) -> Self {
        Self::Model(reason.into()).in_file(path)
    }

    /// A restart file that cannot be used.
    pub fn restart(path: impl AsRef<Path>, reason: impl Into<String>) -> Self {
        Self::Restart(reason.into()).in_file(path)
    }
}

/// Places, added on the way up. What is known already stays: the innermost place counts.
impl Error {
    /// Add the file.
    #[must_use]
    pub fn in_file(self, path: impl AsRef<Path>) -> Self {
        self.located(ErrorContext { file: Some(path.as_ref().to_path_buf()), ..ErrorContext::NONE })
    }

    /// Add the line of the file, counted from 1.
    #[must_use]
    pub fn at_line(self, line: u64) -> Self {
        self.located(ErrorContext { line: Some(line), ..ErrorContext::NONE })
    }

    /// Add the frame, counted from 0.
    #[must_use]
    pub fn at_frame(self, frame: u64) -> Self {
        self.located(ErrorContext { frame: Some(frame), ..ErrorContext::NONE })
    }

    /// Add the atom, counted from 0.
    #[must_use]
    pub fn at_atom(self, atom: usize) -> Self {
        self.located(ErrorContext { atom: Some(atom), ..ErrorContext::NONE })
    }

    /// Add the name of the replica.
    #[must_use]
    pub fn in_replica(self, name: impl Into<String>) -> Self {
        self.located(ErrorContext { replica: Some(name.into()), ..ErrorContext::NONE })
    }

    /// Add what was done about it.
    #[must_use]
    pub fn with_note(self, note: impl Into<String>) -> Self {
        self.located(ErrorContext { note: Some(note.into()), ..ErrorContext::NONE })
    }

    /// The same, caused by the structure file at `path`: what it says is not valid.
    #[must_use]
    pub fn in_structure(self, path: impl AsRef<Path>) -> Self {
        self.blamed(Self::Structure).in_file(path)
    }

    /// The same, caused by the data set at `path`.
    #[must_use]
    pub fn in_data(self, path: impl AsRef<Path>) -> Self {
        self.blamed(Self::Data).in_file(path)
    }

    /// The same, caused by the model at `path`.
    #[must_use]
    pub fn in_model(self, path: impl AsRef<Path>) -> Self {
        self.blamed(Self::Model).in_file(path)
    }

    /// The same, caused by the restart or checkpoint file at `path`.
    #[must_use]
    pub fn in_restart(self, path: impl AsRef<Path>) -> Self {
        self.blamed(Self::Restart).in_file(path)
    }

    /// With a place that is known further out. Inputs, files and signals say theirs themselves.
    fn located(self, outer: ErrorContext) -> Self {
        match self {
            Self::Located { context, source } => Self::Located { context: Box::new(context.or(outer)), source },
            Self::Input(_) | Self::Io { .. } | Self::Interrupted(_) => self,
            other => Self::Located { context: Box::new(outer), source: Box::new(other) },
        }
    }

    /// What does not make sense is the fault of a file, unless it is that of another file already.
    fn blamed(self, on: fn(String) -> Self) -> Self {
        match self {
            Self::Invalid(reason) | Self::TooFewFrames(reason) | Self::Structure(reason) => on(reason),
            Self::Located { context, source } if context.file.is_none() => {
                Self::Located { context, source: Box::new(source.blamed(on)) }
            }
            other => other,
        }
    }
}
