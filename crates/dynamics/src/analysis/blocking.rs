//! The error of the mean of a correlated series.

use super::StateReader;
use cormorant_core::Result;

/// Levels of blocking: 2⁴⁰ steps.
const LEVELS: usize = 40;
/// Blocks needed before the error of a level is trusted.
const FEWEST_BLOCKS: f64 = 32.0;
/// Blocks needed where the error still rises there: a rough error is better than one that is too small.
const FEWEST_RISING: f64 = 4.0;

/// Running mean of a correlated series with an error from blocking.
///
/// At level l the series is averaged over blocks of 2^l; the error of the mean, √(variance/blocks), grows with l until
/// blocks are longer than the correlation time. The largest error among the levels with at least 32 blocks is reported. Where it still
/// rises at the last of them by more than its own uncertainty, e/√(2(n−1)) for n blocks, levels with as few as 4 blocks count too.
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
        let of_level = |[count, _, squares, _]: &[f64; 4]| (squares / (count * (count - 1.0))).sqrt();
        let trusted: Vec<&[f64; 4]> = self.levels.iter().filter(|[count, ..]| *count >= FEWEST_BLOCKS).collect();
        let error = trusted.iter().map(|level| of_level(level)).reduce(f64::max)?;
        let rises = match trusted[..] {
            [.., before, last] => of_level(last) - of_level(before) > of_level(last) / (2.0 * (last[0] - 1.0)).sqrt(),
            _ => true,
        };
        let rough = self.levels.iter().filter(|[count, ..]| (FEWEST_RISING..FEWEST_BLOCKS).contains(count));
        Some(if rises { rough.map(of_level).fold(error, f64::max) } else { error })
    }

    /// All numbers, for a restart.
    #[must_use]
    pub fn state(&self) -> Vec<f64> {
        self.levels.iter().flatten().copied().collect()
    }

    /// What [`Blocking::state`] gave.
    ///
    /// # Errors
    /// When there are too few numbers.
    pub fn read(state: &mut StateReader<'_>) -> Result<Self> {
        let numbers = state.numbers(4 * LEVELS)?;
        Ok(Self { levels: numbers.chunks_exact(4).map(|level| [level[0], level[1], level[2], level[3]]).collect() })
    }
}
