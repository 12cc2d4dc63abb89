//! Where a series has come to rest, and its mean from there on.

use phastft::fft_f64_dit_with_planner;
use phastft::planner::{Direction, PlannerDit64};

/// Parts of a series at whose starts equilibrium may begin.
const PARTS: usize = 20;
/// Fewest values that a mean is taken of.
const FEWEST: usize = 50;

/// The part of a series that is taken for equilibrium, and its mean.
///
/// Of twenty evenly spaced starts in the first half, the one is taken that leaves the most independent values n / g.
///
///   g = 1 + 2 Σ_k (1 − k/n) ρ_k, up to the first ρ_k ≤ 0        error of the mean = √(σ² g / n)
///
/// | symbol | code name      | meaning                                      |
/// |--------|----------------|----------------------------------------------|
/// | n      |                | values from the start on                     |
/// | g      | `inefficiency` | values that are worth an independent one; large for a series that drifts |
/// | ρ_k    |                | normalized autocorrelation at lag k          |
/// | σ²     |                | variance                                     |
///
/// Source: Chodera 2016, doi:10.1021/acs.jctc.5b00784. Checked by `suite::analysis::energies`.
#[derive(Debug, Clone, PartialEq)]
pub struct Equilibrium {
    /// Index of the first value that counts.
    pub start: usize,
    /// Mean of the values from there on.
    pub mean: f64,
    /// Standard error of the mean.
    pub error: f64,
    /// Values that are worth an independent one.
    pub inefficiency: f64,
}

impl Equilibrium {
    /// The equilibrium part of `series`; `None` when it is too short or constant.
    #[must_use]
    pub fn of(series: &[f64]) -> Option<Self> {
        let independent = |found: &Self| (series.len() - found.start) as f64 / found.inefficiency;
        (0..PARTS)
            .filter_map(|part| Self::from(series, part * series.len() / (2 * PARTS)))
            .reduce(|best, next| if independent(&next) > independent(&best) { next } else { best })
    }

    fn from(series: &[f64], start: usize) -> Option<Self> {
        let part = &series[start..];
        let count = part.len() as f64;
        let mean = part.iter().sum::<f64>() / count;
        let (inefficiency, variance) = inefficiency(part, mean)?;
        Some(Self { start, mean, error: (variance * inefficiency / count).sqrt(), inefficiency })
    }
}

/// g and σ² of a series with this mean.
fn inefficiency(series: &[f64], mean: f64) -> Option<(f64, f64)> {
    let count = series.len();
    if count < FEWEST {
        return None;
    }
    let size = (2 * count).next_power_of_two();
    let planner = PlannerDit64::new(size);
    let (mut real, mut imaginary) = (vec![0.0; size], vec![0.0; size]);
    for (value, source) in real.iter_mut().zip(series) {
        *value = source - mean;
    }
    // The autocorrelation is the transform of the power spectrum; zeros keep the end from meeting the beginning.
    fft_f64_dit_with_planner(&mut real, &mut imaginary, Direction::Forward, &planner);
    for (x, y) in real.iter_mut().zip(&mut imaginary) {
        (*x, *y) = (*x * *x + *y * *y, 0.0);
    }
    fft_f64_dit_with_planner(&mut real, &mut imaginary, Direction::Forward, &planner);
    let correlation = |lag: usize| real[lag] / (size as f64 * (count - lag) as f64);
    let variance = correlation(0);
    if !(variance > 0.0 && variance.is_finite()) {
        return None;
    }
    let mut sum = 1.0;
    for lag in 1..count / 2 {
        let normalized = correlation(lag) / variance;
        if normalized <= 0.0 {
            break;
        }
        sum += 2.0 * (1.0 - lag as f64 / count as f64) * normalized;
    }
    Some((sum, variance))
}

/// Mean of all values up to each one, for pictures of how an average settles.
#[must_use]
pub fn running_mean(series: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mean = |(index, value): (usize, &f64)| {
        sum += value;
        sum / (index + 1) as f64
    };
    series.iter().enumerate().map(mean).collect()
}
