//! Learning curves.

use crate::plot::{Axis, Chart, PlotStyle, Series, short};
use crate::run::Columns;

/// Charts of the errors over the epochs; of energies alone where no forces were fitted.
pub(super) fn learning_curves(columns: &Columns) -> Vec<Chart> {
    if columns.rows() < 2 {
        return Vec::new();
    }
    let force = draw(
        columns,
        Drawn {
            what: "force",
            unit: "(meV/Å)",
            file: "learning-force",
            title: "Force error (MAE)",
            as_unit: "(meV/Å)",
            factor: 1.0,
        },
    );
    let energy = draw(
        columns,
        Drawn {
            what: "energy",
            unit: "meV",
            file: "learning-energy",
            title: "Energy error (MAE)",
            as_unit: "meV",
            factor: 1.0,
        },
    );
    [force, energy].into_iter().flatten().collect()
}

/// The chart of a fit of one number per molecule: `target` in `unit`. Tables of energies, and older ones of properties, hold
/// thousandths.
pub(super) fn learning_curve(columns: &Columns, target: &str, unit: &str) -> Option<Chart> {
    let title = format!("Error of {target} (MAE)");
    let (file, title) = ("learning", title.as_str());
    let own = Drawn { what: target, unit, file, title, as_unit: unit, factor: 1.0 };
    let thousandths = Drawn { what: "energy", unit: "meV", file, title, as_unit: unit, factor: 1.0e-3 };
    draw(columns, own).or_else(|| draw(columns, thousandths))
}

/// What is drawn of the table, and how it is called.
struct Drawn<'d> {
    what: &'d str,
    unit: &'d str,
    file: &'d str,
    title: &'d str,
    as_unit: &'d str,
    factor: f64,
}

fn draw(columns: &Columns, drawn: Drawn<'_>) -> Option<Chart> {
    let Drawn { what, unit, file, title, as_unit, factor } = drawn;
    let label = as_unit.trim_matches(['(', ')']);
    let points = |part: &str| -> Vec<[f64; 2]> {
        let points = columns.points("epoch", &format!("{part}_{what}_mae/{unit}"));
        points.into_iter().filter(|point| point[1].is_finite()).map(|[epoch, error]| [epoch, error * factor]).collect()
    };
    let (train, validation) = (points("train"), points("validation"));
    let best = validation.iter().copied().reduce(|best, next| if next[1] < best[1] { next } else { best });
    let sentence = match (best, validation.last()) {
        (Some(best), Some(last)) => format!(
            "The smallest error on the validation frames is {} {} in epoch {}; after the last epoch it is {}.",
            short(best[1], 3),
            label,
            short(best[0], 6),
            short(last[1], 3)
        ),
        _ => format!("After the last epoch the training error is {} {label}.", short(train.last()?[1], 3)),
    };
    let up = Axis::new(format!("{title} / {as_unit}")).logarithmic();
    let chart = Chart::new(file, title, Axis::new("Epoch"), up)
        .with(Series::new("training, while learning", PlotStyle::Line, 0, train))
        .with(Series::new("validation, averaged weights", PlotStyle::Line, 1, validation));
    Some(chart.saying(sentence))
}
