//! Averages of a series.

use cormorant_dynamics::analysis::{Blocking, LineFit};

/// Share of the series that a moving average spans.
const WINDOW: usize = 40;

/// The moving average of `points` over a fortieth of them, and the span of it on the axis; nothing for short series.
pub(super) fn moving_average(points: &[[f64; 2]]) -> Option<(Vec<[f64; 2]>, f64)> {
    let half = points.len() / WINDOW / 2;
    if half < 2 {
        return None;
    }
    let mut sums = Vec::with_capacity(points.len() + 1);
    let mut sum = 0.0;
    sums.push(sum);
    for point in points {
        sum += point[1];
        sums.push(sum);
    }
    let count = (2 * half + 1) as f64;
    let averages =
        (half..points.len() - half).map(|at| [points[at][0], (sums[at + half + 1] - sums[at - half]) / count]);
    Some((averages.collect(), points[2 * half][0] - points[0][0]))
}

/// Mean of the second coordinates and its standard error, where the series is long enough to tell.
pub(super) fn mean(points: &[[f64; 2]]) -> (f64, Option<f64>) {
    let mut blocking = Blocking::default();
    for point in points {
        blocking.add(point[1]);
    }
    (blocking.mean(), blocking.error())
}

/// Slope of the straight line through `points`.
pub(super) fn slope(points: &[[f64; 2]]) -> f64 {
    let mut line = LineFit::default();
    let first = points.first().map_or(0.0, |point| point[1]);
    for point in points {
        line.add(point[0], point[1] - first);
    }
    line.slope()
}
