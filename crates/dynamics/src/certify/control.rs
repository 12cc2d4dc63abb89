//! What trials ask while they continue.

use std::time::Duration;

use cormorant_core::{Error, Result};

/// How trials are stopped, for how long they may continue, and to whom they say how far they are.
#[derive(Clone, Copy)]
pub struct TrialControl<'c> {
    /// Asked often: whether to give up everything.
    pub stop: &'c dyn Fn() -> bool,
    /// Asked often: the time that is left; none without a limit. When it is zero, the trials that are left are left out.
    pub time_left: &'c dyn Fn() -> Option<Duration>,
    /// Given what is done now, and the share of all trials that is done.
    pub progress: &'c dyn Fn(&str, f64),
}

impl<'c> TrialControl<'c> {
    /// Without a limit, in silence.
    #[must_use]
    pub fn new(stop: &'c dyn Fn() -> bool) -> Self {
        Self { stop, time_left: &|| None, progress: &|_, _| () }
    }

    /// Whether the time is over.
    ///
    /// # Errors
    /// [`Error::Interrupted`](cormorant_core::Error::Interrupted) when the trials are to be given up.
    pub(super) fn is_over(&self) -> Result<bool> {
        if (self.stop)() {
            return Err(interrupted());
        }
        Ok((self.time_left)().is_some_and(|left| left.is_zero()))
    }
}

/// Asked to stop.
fn interrupted() -> Error {
    Error::Interrupted("the certificate of the model was not finished; certify it again".into())
}
