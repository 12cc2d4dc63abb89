//! What happens while a potential is learned.

use super::Round;

/// What happens while a potential is learned.
#[derive(Debug, Clone, Copy)]
pub enum LearnEvent<'e> {
    /// Something takes its time; how far it is, from 0 to 1, where that is known.
    Busy {
        /// The round, counted from 0.
        round: usize,
        /// What is done.
        what: &'e str,
        /// How far it is.
        share: Option<f64>,
    },
    /// A structure has no label.
    NoLabel {
        /// First digits of its key.
        key: &'e str,
        /// What the label source said.
        message: &'e str,
    },
    /// A round is over.
    Round(&'e Round),
}
