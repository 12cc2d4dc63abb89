//! How far a fit is, on the terminal or as lines.

use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use cormorant_fit::{EpochReport, Errors, FitEvent};
use cormorant_report::Sparkline;

/// Time between two lines where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);
/// Positions of the bar.
const LENGTH: u64 = 1000;

/// Shows the events of a fit.
pub(super) struct FitProgress {
    quiet: bool,
    bar: Option<ProgressBar>,
    /// What stands before every line: which of several fits it is of.
    whose: String,
    /// What is fitted and its unit, where it is a number of the molecule.
    property: Option<(String, String)>,
    /// Best force MAE on the validation frames so far, in meV/Å, or MAE of a property in thousandths of its unit.
    best: f64,
    /// Course of the logarithm of that MAE.
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
        let (whose, best) = (String::new(), f64::INFINITY);
        Self { quiet, bar, whose, property: None, best, course: Sparkline::default(), last_line: None }
    }

    /// The same for the fit `name`, one of several whose bars are `together`.
    pub fn of_one(quiet: bool, terminal: bool, name: &str, together: &MultiProgress) -> Self {
        let one = Self::new(quiet, terminal);
        Self { bar: one.bar.map(|bar| together.add(bar)), whose: format!("{name}: "), ..one }
    }

    /// The same for a fit to `property`, in `unit`.
    pub fn of_property(quiet: bool, terminal: bool, property: &str, unit: &str) -> Self {
        Self { property: Some((property.into(), unit.into())), ..Self::new(quiet, terminal) }
    }

    /// Show `event`.
    pub fn show(&mut self, event: &FitEvent<'_>) {
        match event {
            FitEvent::Resumed { epoch, share, notice } => {
                let within =
                    if *share > 0.0 { format!(" and {:.1} % of the next", 100.0 * share) } else { String::new() };
                self.line(&format!("resuming after epoch {epoch}{within}"));
                if let Some(notice) = notice {
                    self.line(notice);
                }
            }
            FitEvent::Epoch { epoch, progress, report, validation, elapsed, left, .. } => {
                if let Some(errors) = validation {
                    let error = match &self.property {
                        Some((_, unit)) => errors.in_unit(unit).mae,
                        None if errors.force_mae.is_nan() => errors.energy_mae,
                        None => errors.force_mae,
                    };
                    self.best = self.best.min(error);
                    self.course.add(error.ln());
                }
                let done = self.errors(report, *validation);
                self.progress(*progress, &format!("epoch {epoch}: {done}, {}, {} left", spell(*elapsed), spell(*left)));
            }
            FitEvent::Within { epoch, share, progress, report, elapsed, left } => {
                let (done, percent) = (self.errors(report, None), 100.0 * share);
                let text = format!("epoch {epoch}, {percent:.0} %: {done}, {}, {} left", spell(*elapsed), spell(*left));
                self.progress(*progress, &text);
            }
            FitEvent::Closing => match &self.bar {
                Some(bar) => bar.set_message(format!("{}closing table", self.whose)),
                None => self.line("closing table"),
            },
            FitEvent::Busy { what, share } => {
                let text = share.map_or_else(|| (*what).to_string(), |share| format!("{what}, {:.0} %", 100.0 * share));
                match &self.bar {
                    Some(bar) => bar.set_message(format!("{}{text}", self.whose)),
                    None if self.last_line.is_none_or(|last| last.elapsed() >= LINE_INTERVAL) => {
                        self.last_line = Some(Instant::now());
                        self.line(&text);
                    }
                    None => {}
                }
            }
        }
    }

    /// Shows `text` beside a bar that is at `progress`, or now and then as a line.
    fn progress(&mut self, progress: f64, text: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_position((progress * LENGTH as f64) as u64);
                bar.set_message(format!("{}{} {text}", self.whose, self.course));
            }
            None if self.last_line.is_none_or(|last| last.elapsed() >= LINE_INTERVAL) => {
                self.last_line = Some(Instant::now());
                self.line(text);
            }
            None => {}
        }
    }

    /// Errors of an epoch and on the validation frames.
    fn errors(&self, report: &EpochReport, validation: Option<&Errors>) -> String {
        let best = self.best;
        if let Some((property, unit)) = &self.property {
            let validation = validation.map_or_else(String::new, |errors| {
                let mae = errors.in_unit(unit).mae;
                format!(", validation {mae:.5} {unit} (best {best:.5})")
            });
            let mae = if report.property_mae.is_nan() { report.energy_mae / 1000.0 } else { report.property_mae };
            return format!("{property} {mae:.5} {unit}{validation}");
        }
        let validation = validation.map_or_else(String::new, |Errors { force_mae, energy_mae, .. }| {
            let forces = if force_mae.is_nan() { String::new() } else { format!(" {force_mae:.2} meV/Å") };
            let energies = if energy_mae.is_nan() { String::new() } else { format!(" {energy_mae:.2} meV") };
            format!(", validation{forces}{energies} (best {best:.2})")
        });
        if report.force_mae.is_nan() {
            return format!("energy {:.2} meV{validation}", report.energy_mae);
        }
        format!("force {:.2} meV/Å{validation}", report.force_mae)
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
            Some(bar) => bar.println(format!("{}{text}", self.whose)),
            None => eprintln!("{}{text}", self.whose),
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
