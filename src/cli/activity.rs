//! What the program is at, while there is nothing else to see.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// What takes less time than this is not shown.
const PATIENCE: Duration = Duration::from_secs(2);
/// Time between two lines where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);
/// Time between two turns of the sign on a terminal.
const TURN: Duration = Duration::from_millis(120);

/// A line on the terminal, or now and then one in a log, that says what is done now and how far it is.
pub(super) struct Activity {
    bar: Option<ProgressBar>,
    quiet: bool,
    started: Instant,
    shown: Mutex<Option<Instant>>,
}

impl Activity {
    /// Nothing is shown if `quiet`.
    pub fn new(quiet: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(TURN);
            bar
        });
        Self { bar, quiet, started: Instant::now(), shown: Mutex::new(None) }
    }

    /// Show that `what` is done now; of all of it, `share` (0 to 1) is over, where that is known.
    pub fn show(&self, what: &str, share: Option<f64>) {
        let text = share.map_or_else(|| what.to_string(), |share| format!("{what}, {:.0} %", 100.0 * share));
        match &self.bar {
            Some(bar) => bar.set_message(text),
            None if self.quiet || self.started.elapsed() < PATIENCE => {}
            None => {
                let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
                if shown.is_none_or(|shown| shown.elapsed() >= LINE_INTERVAL) {
                    *shown = Some(Instant::now());
                    eprintln!("{text}");
                }
            }
        }
    }

    /// A line that stays.
    pub fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => eprintln!("{text}"),
        }
    }

    /// Take it away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
