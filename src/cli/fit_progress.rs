//! How far a fit is, on the terminal or as lines.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::fit::FitEvent;
use crate::report::Sparkline;

/// Time between two lines where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);
/// Positions of the bar.
const LENGTH: u64 = 1000;

/// Shows the events of a fit.
pub(super) struct FitProgress {
    quiet: bool,
    bar: Option<ProgressBar>,
    /// Best force MAE on the validation frames so far, in meV/Å.
    best: f64,
    /// Course of the logarithm of the force MAE on the validation frames.
    course: Sparkline,
    last_line: Option<Instant>,
}

impl FitProgress {
    /// A bar on a terminal, lines elsewhere, nothing if quiet.
    pub fn new(quiet: bool, terminal: bool) -> Self {
        let bar = (terminal && !quiet).then(|| {
            let bar = ProgressBar::new(LENGTH);
            if let Ok(style) = ProgressStyle::with_template("{bar:20.cyan/dim} {msg}") {
                bar.set_style(style);
            }
            bar
        });
        Self { quiet, bar, best: f64::INFINITY, course: Sparkline::default(), last_line: None }
    }

    /// Show `event`.
    pub fn show(&mut self, event: &FitEvent<'_>) {
        match event {
            FitEvent::Resumed { epoch, notice } => {
                self.line(&format!("going on after epoch {epoch}"));
                if let Some(notice) = notice {
                    self.line(notice);
                }
            }
            FitEvent::Epoch { epoch, progress, report, validation, elapsed, left, .. } => {
                let errors = validation.map_or_else(String::new, |errors| {
                    if errors.force_mae.is_nan() {
                        self.best = self.best.min(errors.energy_mae);
                        return format!(", validation {:.2} (best {:.2})", errors.energy_mae, self.best);
                    }
                    self.best = self.best.min(errors.force_mae);
                    self.course.add(errors.force_mae.ln());
                    format!(
                        ", validation {:.2} meV/Å {:.2} meV (best {:.2})",
                        errors.force_mae, errors.energy_mae, self.best
                    )
                });
                let done = if report.force_mae.is_nan() {
                    // Energies in meV; other properties in thousandths of their units.
                    format!("error in thousandths {:.2}", report.energy_mae)
                } else {
                    format!("force {:.2} meV/Å", report.force_mae)
                };
                let text = format!("epoch {epoch}: {done}{errors}, {}, {} left", spell(*elapsed), spell(*left));
                match &self.bar {
                    Some(bar) => {
                        bar.set_position((progress * LENGTH as f64) as u64);
                        bar.set_message(format!("{} {text}", self.course));
                    }
                    None if self.last_line.is_none_or(|last| last.elapsed() >= LINE_INTERVAL) => {
                        self.last_line = Some(Instant::now());
                        self.line(&text);
                    }
                    None => {}
                }
            }
            FitEvent::Closing => match &self.bar {
                Some(bar) => bar.set_message("closing table"),
                None => self.line("closing table"),
            },
        }
    }

    /// Take the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            _ if self.quiet => {}
            Some(bar) => bar.println(text),
            None => eprintln!("{text}"),
        }
    }
}

/// A duration to the second.
fn spell(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{}:{:02} min", seconds / 60, seconds % 60),
        _ => format!("{}:{:02} h", seconds / 3600, seconds % 3600 / 60),
    }
}
