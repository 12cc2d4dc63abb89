//! Learning curves.

use crate::report::plot::{Axis, Chart, Look, Series, short};
use crate::report::run::Columns;

/// Charts of the errors over the epochs.
pub(super) fn learning_curves(columns: &Columns) -> Vec<Chart> {
    let draw = |what: &str, title: &str, unit: &str| {
        let label = unit.trim_matches(['(', ')']);
        let head = |part: &str| format!("{part}_{what}_mae/{unit}");
        let train = columns.points("epoch", &head("train"));
        let validation: Vec<[f64; 2]> =
            columns.points("epoch", &head("validation")).into_iter().filter(|point| point[1].is_finite()).collect();
        let best = validation.iter().copied().reduce(|best, next| if next[1] < best[1] { next } else { best });
        let sentence = match (best, validation.last()) {
            (Some(best), Some(last)) => format!(
                "The smallest error on the validation frames is {} {} in epoch {}; after the last epoch it is {}.",
                short(best[1], 3),
                label,
                short(best[0], 6),
                short(last[1], 3)
            ),
            _ => format!(
                "After the last epoch the training error is {} {label}.",
                train.last().map_or(String::new(), |last| short(last[1], 3))
            ),
        };
        Chart::new(
            format!("learning-{what}"),
            title,
            Axis::new("Epoch"),
            Axis::new(format!("{title} / {unit}")).logarithmic(),
        )
        .with(Series::new("training, while learning", Look::Line, 0, train))
        .with(Series::new("validation, averaged weights", Look::Line, 1, validation))
        .saying(sentence)
    };
    if columns.rows() < 2 {
        return Vec::new();
    }
    vec![draw("force", "Force error (MAE)", "(meV/Å)"), draw("energy", "Energy error (MAE)", "meV")]
}
