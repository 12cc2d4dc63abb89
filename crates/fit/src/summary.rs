//! What a fit came to.

use std::fmt;

use serde::Serialize;

use super::group_errors::PartGroups;
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
    /// Errors on the groups of frames of each part that has any.
    pub groups: Vec<PartGroups>,
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

    fn has_stresses(&self) -> bool {
        self.parts.iter().any(|(_, errors)| errors.stress_mae.is_some())
    }

    /// The table in Markdown, for the README of a model.
    #[must_use]
    pub fn markdown(&self) -> String {
        let stresses = self.has_stresses();
        let (heads, rule) = if stresses { (" stress MAE / GPa | stress RMSE / GPa |", "---|---|") } else { ("", "") };
        let mut text = format!(
            "| frames | number | energy MAE / meV | energy RMSE / meV | force MAE / (meV/Å) | force RMSE / (meV/Å) |{heads}\n\
             |---|---|---|---|---|---|{rule}\n",
        );
        for (part, errors) in &self.parts {
            let numbers: Vec<_> = columns(errors, stresses).into_iter().map(spell).collect();
            text += &format!("| {} | {} | {} |\n", part.name(), errors.frames, numbers.join(" | "));
        }
        text
    }
}

/// The numbers of a row; those of stresses are NaN for a part without them.
fn columns(errors: &Errors, stresses: bool) -> Vec<f64> {
    let Errors { energy_mae, energy_rmse, force_mae, force_rmse, stress_mae, stress_rmse, .. } = errors;
    let mut numbers = vec![*energy_mae, *energy_rmse, *force_mae, *force_rmse];
    if stresses {
        numbers.extend([stress_mae, stress_rmse].map(|number| number.unwrap_or(f64::NAN)));
    }
    numbers
}

/// A number with three decimals, a power of ten where it is huge, and a dash where there is none.
fn spell(number: f64) -> String {
    match number {
        number if number.is_nan() => "-".into(),
        number if number.abs() < 1.0e7 => format!("{number:.3}"),
        number => format!("{number:.3e}"),
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epochs, best_epoch, seconds, .. } = self;
        writeln!(out, "{epochs} epochs in {seconds:.1} s; the best on the validation frames was epoch {best_epoch}")?;
        let stresses = self.has_stresses();
        let heads =
            ["energy MAE/meV", "energy RMSE", "force MAE/(meV/Å)", "force RMSE", "stress MAE/GPa", "stress RMSE"];
        let widths = [16, 16, 18, 18, 16, 14];
        let shown = if stresses { 6 } else { 4 };
        write!(out, "{:<12}{:>8}", "frames", "number")?;
        heads.iter().zip(widths).take(shown).try_for_each(|(head, width)| write!(out, "{head:>width$}"))?;
        writeln!(out)?;
        for (part, errors) in &self.parts {
            write!(out, "{:<12}{:>8}", part.name(), errors.frames)?;
            let numbers = columns(errors, stresses).into_iter().zip(widths);
            numbers.into_iter().try_for_each(|(number, width)| write!(out, "{:>width$}", spell(number)))?;
            writeln!(out)?;
        }
        for (part, errors) in &self.parts {
            if let (Some(mae), Some(rmse)) = (errors.dipole_mae, errors.dipole_rmse) {
                writeln!(out, "dipole, {}: MAE {mae:.4} e Å, RMSE {rmse:.4} e Å", part.name())?;
            }
        }
        Ok(())
    }
}
