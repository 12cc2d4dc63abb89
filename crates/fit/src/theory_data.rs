//! The data of one theory among several.

use super::checks::{self, DataReport};
use super::configuration::Configuration;
use super::references::References;
use super::theories::Theories;
use cormorant_core::Result;

/// What is known of the labels of one theory.
#[derive(Debug, Clone, PartialEq)]
pub struct TheoryData {
    /// Its name.
    pub name: String,
    /// Reference energies of its own, for the elements of its training frames.
    pub references: References,
    /// What the checks of its frames found, which are counted by themselves.
    pub report: DataReport,
    /// Training, validation and test frames.
    pub frames: [usize; 3],
}

/// What the checks find in the frames of each theory; copies of one theory at a time are in memory for it.
pub(super) fn reports(theories: &Theories, frames: &[Configuration]) -> Vec<DataReport> {
    let of = |number| checks::check(&theories.of_number(number, frames).cloned().collect::<Vec<_>>());
    (0..theories.names().len()).map(of).collect()
}

/// What is known of each theory, with these `reports`, the `isolated` atoms and the frames of all parts.
///
/// # Errors
/// When the energies of one are not finite.
pub(super) fn of_theories(
    theories: &Theories,
    reports: Vec<DataReport>,
    isolated: &[Configuration],
    parts: [&[Configuration]; 3],
    notes: &mut Vec<String>,
) -> Result<Vec<TheoryData>> {
    let of = |(number, (name, report)): (usize, (&String, DataReport))| {
        let isolated: Vec<Configuration> = theories.of_number(number, isolated).cloned().collect();
        let train: Vec<&Configuration> = theories.of_number(number, parts[0]).collect();
        let references = References::found(&isolated, &train, notes)?;
        let frames = parts.map(|frames| theories.of_number(number, frames).count());
        Ok(TheoryData { name: name.clone(), references, report, frames })
    };
    theories.names().iter().zip(reports).enumerate().map(of).collect()
}
