//! Frames that more than one part of the data has.

use super::checks;
use super::configuration::Configuration;

/// Remarks on frames of training, validation and test that are the same.
#[must_use]
pub fn shared_frames([train, validation, test]: [Vec<&Configuration>; 3]) -> Vec<String> {
    let (train, validation, test) = (("training", &*train), ("validation", &*validation), ("test", &*test));
    let remarks = [
        shared(train, validation, "the best epoch on them need not be the best"),
        shared(train, test, "the errors on them are meaningless"),
        shared(validation, test, "the errors on them are those of frames that selected the best epoch"),
    ];
    remarks.into_iter().flatten().collect()
}

/// A remark if the frames of two parts, each with its name, are in part the same.
fn shared(first: (&str, &[&Configuration]), second: (&str, &[&Configuration]), consequence: &str) -> Option<String> {
    let (name, frames) = second;
    let count = first.1.len();
    let shared: Vec<_> = checks::duplicates(first.1.iter().chain(frames).copied())
        .into_iter()
        .filter(|&(one, other)| one < count && other >= count)
        .map(|(_, other)| other - count)
        .collect();
    let example = shared.first()?;
    let (number, first) = (shared.len(), first.0);
    Some(format!(
        "{number} {name} frames are also {first} frames (for example {name} frame {example}), so {consequence}"
    ))
}
