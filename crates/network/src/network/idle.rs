//! Work arrays that no evaluation is using.

use std::sync::{Mutex, PoisonError};

/// Work arrays shared by twins: there are as many as evaluations run at once, not as many as there are twins.
pub(crate) struct Idle<W>(Mutex<Vec<W>>);

impl<W> Idle<W> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// One that nobody uses, if there is one.
    pub(crate) fn take(&self) -> Option<W> {
        // The list is whole after every statement, so a panic elsewhere leaves nothing to repair.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Gives one back.
    pub(crate) fn put(&self, work: W) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(work);
    }
}
