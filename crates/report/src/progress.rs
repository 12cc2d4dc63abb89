//! How far a run is.

use std::io::Write;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::Sparkline;
use cormorant_core::Result;
use cormorant_core::units::PICOSECOND;
use cormorant_dynamics::analysis::LineFit;
use cormorant_dynamics::simulation::{Observer, Progressed, Schedule, Snapshot};

/// Time between two looks at a bar.
const BAR_INTERVAL: Duration = Duration::from_millis(100);
/// Time before the first line, and the longest time between two; it doubles in between.
const LINE_INTERVALS: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(120)];

/// What a terminal shows of one run, and of one among many.
const PANEL: &str = "{bar:16.cyan/dim} {percent:>3} %  step {pos} of {len}, {prefix}\n  {msg}";
const ROW: &str = "{bar:8.cyan/dim} {percent:>3} %  {msg}";

/// Where progress is shown. The program decides; the library opens neither terminal nor file.
pub enum Display {
    /// A bar with two lines of numbers, for terminals.
    Bar(ProgressBar),
    /// A bar in one line under a name, for terminals that show many runs.
    Row(ProgressBar, String),
    /// A plain line now and then, for log files.
    Lines(Box<dyn Write + Send>),
}

/// Shows how far a run is: step, time, temperature, drift, speed and an estimate of what is left; on a terminal also the course of
/// the temperature.
pub struct Progress {
    display: Display,
    interval: Duration,
    started: Option<(Instant, u64)>,
    shown: Option<Instant>,
    /// Warnings that were shown, or known before the start.
    warned: usize,
    /// Time at the start of the process, from which its speed counts.
    first_time: f64,
    /// Conserved quantity over time, since the start of the stage or the process.
    conserved: LineFit,
    stage: String,
    course: Sparkline,
}

impl Progress {
    /// Progress on `display`.
    #[must_use]
    pub fn new(display: Display) -> Self {
        let interval = match &display {
            Display::Bar(_) | Display::Row(..) => BAR_INTERVAL,
            Display::Lines(_) => LINE_INTERVALS[0],
        };
        Self {
            display,
            interval,
            started: None,
            shown: None,
            warned: 0,
            first_time: 0.0,
            conserved: LineFit::default(),
            stage: String::new(),
            course: Sparkline::default(),
        }
    }

    fn start(&mut self, now: &Snapshot<'_>) {
        self.started = Some((Instant::now(), now.system.step));
        self.warned = now.warnings.len();
        self.shown = Some(Instant::now());
        self.first_time = now.system.time;
        let (bar, template) = match &self.display {
            Display::Bar(bar) => (bar, PANEL),
            Display::Row(bar, _) => (bar, ROW),
            Display::Lines(_) => return,
        };
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_length(now.run_steps);
        bar.set_position(now.system.step);
    }

    fn show(&mut self, now: &Snapshot<'_>) {
        let Some((started, first)) = self.started else { return };
        let seconds = started.elapsed().as_secs_f64().max(1.0e-9);
        let done = (now.system.step - first).max(1) as f64;
        let left = Duration::from_secs_f64(seconds / done * (now.run_steps - now.system.step) as f64);
        let simulated = (now.system.time - self.first_time) / PICOSECOND;
        let speed = format!("{:.3} ns/day, {} left", simulated * 1.0e-3 * 86_400.0 / seconds, spell(left));
        let drift = self.conserved.slope() * 1000.0 * PICOSECOND / now.system.atom_count() as f64;
        let spread = now.evaluation.spread.as_ref().map(|spread| 1000.0 * spread.largest().1);
        let spread = spread.map_or_else(String::new, |spread| format!(", spread {spread:.1} meV/Å"));
        let place = format!("{}: {:.3} ps", now.stage, now.system.time / PICOSECOND);
        let state = format!("{:.0} K, drift {drift:.1e} meV/atom/ps{spread}", now.temperature);
        self.course.add(now.temperature);
        match &mut self.display {
            Display::Bar(bar) => {
                bar.set_position(now.system.step);
                bar.set_prefix(speed);
                bar.set_message(format!("{place}, {} {state}", self.course));
            }
            Display::Row(bar, name) => {
                bar.set_position(now.system.step);
                bar.set_message(format!("{name}: {state}, {speed}"));
            }
            Display::Lines(out) => {
                // A log that cannot be written is no reason to stop a run.
                let _ = writeln!(out, "step {} of {}, {place}, {state}, {speed}", now.system.step, now.run_steps);
                let _ = out.flush();
                self.interval = (2 * self.interval).min(LINE_INTERVALS[1]);
            }
        }
    }
}

/// A duration in the two largest units that matter.
pub(super) fn spell(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

impl Observer for Progress {
    fn schedule(&self) -> Schedule {
        Schedule::Always
    }

    fn persistent(&self) -> bool {
        false
    }

    fn begin(&mut self, first: &Snapshot<'_>) -> Result<()> {
        self.start(first);
        Ok(())
    }

    fn resume(&mut self, now: &Snapshot<'_>, _progressed: &Progressed) -> Result<()> {
        self.start(now);
        Ok(())
    }

    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()> {
        for warning in now.warnings.get(self.warned..).unwrap_or_default() {
            match &mut self.display {
                Display::Bar(bar) => bar.println(format!("warning: {warning}")),
                Display::Row(bar, name) => bar.println(format!("{name}: warning: {warning}")),
                Display::Lines(out) => {
                    let _ = writeln!(out, "warning: {warning}");
                }
            }
        }
        self.warned = now.warnings.len();
        if self.stage != now.stage {
            self.stage = now.stage.to_string();
            self.conserved = LineFit::default();
        }
        self.conserved.add(now.system.time, now.conserved);
        if self.shown.is_some_and(|shown| shown.elapsed() >= self.interval) {
            self.shown = Some(Instant::now());
            self.show(now);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        if let Display::Bar(bar) | Display::Row(bar, _) = &self.display {
            bar.finish_and_clear();
        }
        Ok(())
    }
}
