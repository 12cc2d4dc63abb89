//! Who makes the labels.

mod call;
mod claims;
mod command;
mod cube;
mod hand;
mod ipi;
mod ipi_exchange;
mod queue;
mod worker;

pub use command::CommandSource;
pub use hand::HandSource;
pub use ipi::IpiSource;
pub use queue::QueueSource;
pub use worker::QueueWorker;

use super::{Answer, Request};
use cormorant_core::Result;

/// Something that gives energies and forces of structures.
pub trait LabelSource: Send {
    /// Whether it wants everything at once: a person, and not a program that could fail at the first structure.
    fn takes_all_at_once(&self) -> bool {
        false
    }

    /// Asks for labels of `requests`. `answered` is told the place of a request and its answer as soon as there is one, in any order, each
    /// once; `stop` is asked now and then.
    ///
    /// # Errors
    /// When the source cannot be asked at all, is asked to stop ([`cormorant_core::Error::Interrupted`]), or `answered` fails. A
    /// structure for which the source finds no label is an answer.
    fn label(
        &mut self,
        requests: &[Request],
        stop: &(dyn Fn() -> bool + Sync),
        answered: &mut dyn FnMut(usize, Answer) -> Result<()>,
    ) -> Result<Yielded>;
}

/// How far a source has come with what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yielded {
    /// Every request has its answer.
    All,
    /// So many wait for somebody; ask again later.
    Waiting(usize),
}
