//! The table at the end.

use std::fmt::{self, Write as _};
use std::path::Path;

use super::{Ladder, Replica};
use crate::simulation::Outcome;
use cormorant_core::atomic;
use cormorant_core::{Error, Result};

/// What came of each replica, as a table for people and as `replicas.csv`.
pub struct ReplicaSummary<'a> {
    replicas: &'a [Replica],
    ladder: Option<&'a Ladder>,
}

/// One row, of the last stage that a replica came to.
struct Row {
    steps: u64,
    bath: Option<f64>,
    temperature: f64,
    error: Option<f64>,
    drift: f64,
    deviation: f64,
}

impl<'a> ReplicaSummary<'a> {
    /// Of `replicas`, with the acceptance of their exchanges if there were any.
    #[must_use]
    pub fn new(replicas: &'a [Replica], ladder: Option<&'a Ladder>) -> Self {
        Self { replicas, ladder }
    }

    fn row(replica: &Replica) -> Option<Row> {
        let outcome = replica.simulation.outcome();
        let last = outcome.stages.last()?;
        Some(Row {
            steps: outcome.stages.iter().map(|stage| stage.steps).sum(),
            bath: last.bath_temperature.map(|[_, last]| last),
            temperature: last.temperature,
            error: last.temperature_error,
            drift: last.drift,
            deviation: last.largest_deviation,
        })
    }

    /// Write the table as CSV. It holds no wall-clock time, so that equal runs give equal bytes.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut text = String::from(
            "replica,seed,steps,bath/K,temperature/K,temperature_error/K,drift/(meV/atom/ps),largest_deviation/(meV/atom),\
             acceptance_with_next,failure\n",
        );
        for (index, replica) in self.replicas.iter().enumerate() {
            let optional = |value: Option<f64>, places: usize| value.map_or(String::new(), |x| format!("{x:.places$}"));
            let _ = write!(text, "{},{}", replica.name, replica.seed);
            let _ = match Self::row(replica) {
                Some(row) => write!(
                    text,
                    ",{},{},{:.4},{},{:.3e},{:.3e}",
                    row.steps,
                    optional(row.bath, 2),
                    row.temperature,
                    optional(row.error, 4),
                    row.drift,
                    row.deviation
                ),
                None => write!(text, ",0,,,,,"),
            };
            let failure = replica.failure.as_ref().map_or(String::new(), csv);
            let _ = writeln!(text, ",{},{failure}", optional(self.acceptance(index), 4));
        }
        atomic::write(path, text.as_bytes())
    }

    /// How the motion was counted in each stage, which is the same in all replicas that came to it, and where some was taken out.
    fn write_counts(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcomes: Vec<_> = self.replicas.iter().map(|replica| replica.simulation.outcome()).collect();
        let Some(longest) = outcomes.iter().max_by_key(|outcome| outcome.stages.len()) else { return Ok(()) };
        for (number, stage) in longest.stages.iter().enumerate() {
            let Some(count) = stage.notes.first() else { continue };
            let cleaned = |outcome: &&Outcome| outcome.stages.get(number).is_some_and(|stage| stage.notes.len() > 1);
            let removed = match outcomes.iter().filter(cleaned).count() {
                0 => String::new(),
                some => {
                    format!("; overall motion left by what came before was removed in {some} of {}", outcomes.len())
                }
            };
            writeln!(out, "{}: {count}{removed}", stage.name)?;
        }
        Ok(())
    }

    fn acceptance(&self, index: usize) -> Option<f64> {
        self.ladder.filter(|ladder| index < ladder.attempts.len())?.acceptance(index)
    }
}

/// An error as one cell.
fn csv(error: &Error) -> String {
    format!("\"{}\"", error.to_string().replace('"', "\"\"").replace('\n', " "))
}

impl fmt::Display for ReplicaSummary<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exchange = if self.ladder.is_some() { "  acceptance" } else { "" };
        writeln!(out, "replica          seed      steps   bath/K  mean T/K     ±   drift/(meV/atom/ps){exchange}")?;
        for (index, replica) in self.replicas.iter().enumerate() {
            write!(out, "{:<12}{:>9}", replica.name, replica.seed)?;
            if let Some(row) = Self::row(replica) {
                let bath = row.bath.map_or("-".into(), |bath| format!("{bath:.1}"));
                let error = row.error.map_or("-".into(), |error| format!("{error:.1}"));
                write!(out, "{:>11}{bath:>9}{:>10.1}{error:>6}{:>22.2e}", row.steps, row.temperature, row.drift)?;
            }
            if let Some(acceptance) = self.acceptance(index) {
                write!(out, "{acceptance:>12.3}")?;
            }
            if let Some(error) = &replica.failure {
                write!(out, "  {error}")?;
            }
            writeln!(out)?;
        }
        self.write_counts(out)
    }
}
