//! What is known of an atom.

use crate::Species;

/// What is known of an atom.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// Its element.
    Is(Species),
    /// It may be one of these; the texts are for the message.
    Ambiguous(Vec<&'static str>),
    /// It is a virtual site or a lone pair.
    NotAnAtom,
    /// It contradicts itself; the text says how.
    Contradiction(String),
    /// Nothing.
    Unknown,
}
