//! Averages of a stage: temperature with its error, drift of the conserved quantity.

use crate::{Error, Result};

/// Levels of blocking: 2⁴⁰ steps.
const LEVELS: usize = 40;
/// Blocks needed before the error of a level is trusted.
const FEWEST_BLOCKS: f64 = 32.0;

/// Running mean of a correlated series with an error from blocking.
///
/// At level l the series is averaged over blocks of 2^l; the error of the mean, √(variance/blocks), grows with l until
/// blocks are longer than the correlation time. The largest error among the levels with at least 32 blocks is reported.
/// Source: Flyvbjerg and Petersen 1989, doi:10.1063/1.457480. Checked by `suite::restart::blocking_sees_correlation`.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocking {
    /// Per level: number of blocks, mean, sum of squared deviations, and a value that waits for its partner.
    levels: Vec<[f64; 4]>,
}

impl Default for Blocking {
    fn default() -> Self {
        Self { levels: vec![[0.0; 4]; LEVELS] }
    }
}

impl Blocking {
    /// Take one more value.
    pub fn add(&mut self, value: f64) {
        let mut value = value;
        for level in &mut self.levels {
            let [count, mean, squares, waiting] = level;
            *count += 1.0;
            let deviation = value - *mean;
            *mean += deviation / *count;
            *squares += deviation * (value - *mean);
            if *count % 2.0 == 1.0 {
                *waiting = value;
                return;
            }
            value = 0.5 * (*waiting + value);
        }
    }

    /// Number of values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.levels[0][0] as u64
    }

    /// Mean of the values; 0 without any.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.levels[0][1]
    }

    /// Variance of the values.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let [count, _, squares, _] = self.levels[0];
        if count > 1.0 { squares / (count - 1.0) } else { 0.0 }
    }

    /// Standard error of the mean; `None` before there are enough values.
    #[must_use]
    pub fn error(&self) -> Option<f64> {
        self.levels
            .iter()
            .filter(|[count, ..]| *count >= FEWEST_BLOCKS)
            .map(|[count, _, squares, _]| (squares / (count * (count - 1.0))).sqrt())
            .reduce(f64::max)
    }
}

/// Running least-squares line through (x, y).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LineFit {
    /// Number of points, means of x and y, sums of (x − x̄)² and (x − x̄)(y − ȳ).
    sums: [f64; 5],
}

impl LineFit {
    /// Take one more point.
    pub fn add(&mut self, x: f64, y: f64) {
        let [count, mean_x, mean_y, square, product] = &mut self.sums;
        *count += 1.0;
        let (deviation_x, deviation_y) = (x - *mean_x, y - *mean_y);
        *mean_x += deviation_x / *count;
        *mean_y += deviation_y / *count;
        *square += deviation_x * (x - *mean_x);
        *product += deviation_x * (y - *mean_y);
    }

    /// Slope of the line; 0 with fewer than two points.
    #[must_use]
    pub fn slope(&self) -> f64 {
        let [_, _, _, square, product] = self.sums;
        if square > 0.0 { product / square } else { 0.0 }
    }
}

/// Averages of one stage, over every step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statistics {
    /// Temperature in K.
    pub temperature: Blocking,
    /// Conserved quantity in eV, from its first value, over time in t.
    pub conserved: LineFit,
    /// Largest deviation of the conserved quantity from its first value, in eV.
    pub largest_deviation: f64,
    first: Option<f64>,
}

impl Statistics {
    /// Take one more step: time in t, temperature in K, conserved quantity in eV.
    pub fn add(&mut self, time: f64, temperature: f64, conserved: f64) {
        let deviation = conserved - *self.first.get_or_insert(conserved);
        self.temperature.add(temperature);
        self.conserved.add(time, deviation);
        self.largest_deviation = self.largest_deviation.max(deviation.abs());
    }

    /// All numbers, for a restart.
    #[must_use]
    pub fn state(&self) -> Vec<f64> {
        let mut state = vec![self.largest_deviation, self.first.unwrap_or(f64::NAN)];
        state.extend(self.conserved.sums);
        state.extend(self.temperature.levels.iter().flatten());
        state
    }

    /// The statistics that [`Statistics::state`] gave.
    ///
    /// # Errors
    /// When the numbers are not as many as needed.
    pub fn from_state(state: &[f64]) -> Result<Self> {
        if state.len() != 7 + 4 * LEVELS {
            return Err(Error::Invalid(format!("saved averages have {} numbers", state.len())));
        }
        let mut statistics = Self {
            largest_deviation: state[0],
            first: Some(state[1]).filter(|first| !first.is_nan()),
            ..Self::default()
        };
        statistics.conserved.sums.copy_from_slice(&state[2..7]);
        for (level, saved) in statistics.temperature.levels.iter_mut().zip(state[7..].chunks_exact(4)) {
            level.copy_from_slice(saved);
        }
        Ok(statistics)
    }
}
