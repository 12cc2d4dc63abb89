//! A mistake in an input file.

use std::ops::Range;

/// A mistake in an input file, with the place where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InputError {
    /// What is wrong: key, what was found, what is accepted.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The file, as it was named.
    pub file: String,
    /// Its text.
    pub text: String,
    /// The offending bytes of the text.
    pub place: Option<Range<usize>>,
}
