//! What a fit came to.

use std::fmt;

use serde::Serialize;

use super::learner::Part;
use super::metrics::Errors;

/// Errors of the best epoch on every part of the split. As text, it is the closing table.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Epochs done.
    pub epochs: u64,
    /// The best of them on the validation frames, counted from 1; 0 if there were none to choose by.
    pub best_epoch: u64,
    /// Seconds spent, interruptions not counted.
    pub seconds: f64,
    /// Errors on each part that has frames.
    pub parts: Vec<(Part, Errors)>,
}

impl Part {
    /// Name for tables and metadata.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

impl Serialize for Part {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Summary {
    /// The errors on `part`, if it has frames.
    #[must_use]
    pub fn errors(&self, part: Part) -> Option<&Errors> {
        self.parts.iter().find(|(one, _)| *one == part).map(|(_, errors)| errors)
    }

    /// The table in Markdown, for the README of a model.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::from(
            "| frames | number | energy MAE / meV | energy RMSE / meV | force MAE / (meV/Å) | force RMSE / (meV/Å) |\n\
             |---|---|---|---|---|---|\n",
        );
        for (part, errors) in &self.parts {
            let Errors { energy_mae, energy_rmse, force_mae, force_rmse, frames, .. } = errors;
            text += &row(part.name(), *frames, [*energy_mae, *energy_rmse, *force_mae, *force_rmse]);
        }
        text
    }
}

fn row(name: &str, frames: usize, numbers: [f64; 4]) -> String {
    let numbers: Vec<_> = numbers.iter().map(|number| format!("{number:.3}")).collect();
    format!("| {name} | {frames} | {} |\n", numbers.join(" | "))
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epochs, best_epoch, seconds, .. } = self;
        writeln!(out, "{epochs} epochs in {seconds:.1} s; the best on the validation frames was epoch {best_epoch}")?;
        writeln!(
            out,
            "{:<12}{:>8}{:>16}{:>16}{:>18}{:>18}",
            "frames", "number", "energy MAE/meV", "energy RMSE", "force MAE/(meV/Å)", "force RMSE"
        )?;
        for (part, errors) in &self.parts {
            let Errors { energy_mae, energy_rmse, force_mae, force_rmse, frames, .. } = errors;
            writeln!(
                out,
                "{:<12}{frames:>8}{energy_mae:>16.3}{energy_rmse:>16.3}{force_mae:>18.3}{force_rmse:>18.3}",
                part.name()
            )?;
        }
        Ok(())
    }
}
