//! The one error type of the crate.
//!
//! Every variant carries the thing that was wrong, so that a message can name it and say what to do. Mistakes of the
//! user exit with status 1, faults of ours with status 2 ([`Error::exit_status`]).

use std::path::{Path, PathBuf};

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong.
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

    /// A structure or trajectory that cannot be read or does not make sense.
    #[error("{}: {reason}", path.display())]
    Structure {
        /// The file.
        path: PathBuf,
        /// What is wrong with it and what to do.
        reason: String,
    },

    /// A data set that cannot be used for fitting or evaluation.
    #[error("{}: {reason}", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// What is wrong with it and what to do.
        reason: String,
    },

    /// A model that cannot be loaded, or that does not fit what it is used for.
    #[error("{}: {reason}", path.display())]
    Model {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it and what to do.
        reason: String,
    },

    /// A restart or checkpoint file that cannot be used.
    #[error("{}: {reason}", path.display())]
    Restart {
        /// The file.
        path: PathBuf,
        /// What is wrong with it and what to do.
        reason: String,
    },

    /// An element that a potential does not know.
    #[error("the potential knows {}, but the structure contains {symbol}", known.join(", "))]
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

    /// The user or the system asked to stop (Ctrl-C, TERM); the state was saved.
    #[error("stopped by a signal: {0}")]
    Interrupted(String),

    /// A file or folder that cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The reason given by the operating system.
        source: std::io::Error,
    },

    /// A fault of the tensor library, which is ours to mend.
    #[error("tensor operation failed: {0}")]
    Tensor(#[from] candle_core::Error),
}

impl Error {
    /// An input or output failure on `path`.
    pub fn io(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Io { path: path.as_ref().to_path_buf(), source }
    }

    /// A structure file that makes no sense.
    pub fn structure(path: impl AsRef<Path>, reason: impl Into<String>) -> Self {
        Self::Structure { path: path.as_ref().to_path_buf(), reason: reason.into() }
    }

    /// A data set that cannot be used.
    pub fn data(path: impl AsRef<Path>, reason: impl Into<String>) -> Self {
        Self::Data { path: path.as_ref().to_path_buf(), reason: reason.into() }
    }

    /// A model that cannot be used.
    pub fn model(path: impl AsRef<Path>, reason: impl Into<String>) -> Self {
        Self::Model { path: path.as_ref().to_path_buf(), reason: reason.into() }
    }

    /// A restart file that cannot be used.
    pub fn restart(path: impl AsRef<Path>, reason: impl Into<String>) -> Self {
        Self::Restart { path: path.as_ref().to_path_buf(), reason: reason.into() }
    }

    /// The exit status of the program for this error: 1 for the user's mistakes, 2 for ours, 130 after a signal.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Tensor(_) => 2,
            Self::Interrupted(_) => 130,
            _ => 1,
        }
    }
}
