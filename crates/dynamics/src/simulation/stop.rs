//! Being asked to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};

use cormorant_core::{Error, Result};

/// A flag that asks a run to save its state and end. Clones share the flag.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    asked: Arc<AtomicBool>,
}

impl Stop {
    /// A flag that nothing raises but [`Stop::ask`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A flag raised by SIGINT (Ctrl-C) and SIGTERM. A second signal ends the process at once.
    ///
    /// # Errors
    /// When the system does not let signals be handled.
    pub fn on_signals() -> Result<Self> {
        let stop = Self::default();
        for signal in [SIGINT, SIGTERM] {
            // The order matters: at the second signal the flag is already up, and the shutdown takes place.
            signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&stop.asked))
                .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&stop.asked)))
                .map_err(|error| Error::External(format!("signals cannot be handled: {error}")))?;
        }
        Ok(stop)
    }

    /// Ask to stop.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}
