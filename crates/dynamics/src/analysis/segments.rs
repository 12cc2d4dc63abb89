//! Streams in segments of twice the longest lag, and the mean of their correlations.

use super::{Blocks, StateReader};
use cormorant_core::units::PICOSECOND;
use cormorant_core::{Error, Result};

/// More numbers than this are not kept (1 GiB).
const MOST_NUMBERS: usize = 1 << 27;

/// Collects numbers, `width` for each frame, until there are frames for twice the longest lag; what becomes of a full segment
/// is averaged. Memory: one segment, and the blocks of the averages.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Segments {
    max_lag: f64,
    numbers: Vec<f64>, // of the segment that is being filled, [frames][width]
    sums: Blocks,      // a vector for each segment
    full: usize,       // lags of the first segment, and of all after it; 0 before there is one
}

impl Segments {
    /// Nothing yet; lags up to `max_lag` (t).
    ///
    /// # Errors
    /// When `max_lag` is not positive.
    pub(super) fn new(max_lag: f64) -> Result<Self> {
        if !(max_lag.is_finite() && max_lag > 0.0) {
            return Err(Error::Invalid("the longest lag must be above zero".into()));
        }
        Ok(Self { max_lag, numbers: Vec::new(), sums: Blocks::new(0), full: 0 })
    }

    /// Take numbers of one more frame.
    pub(super) fn extend(&mut self, numbers: impl Iterator<Item = f64>) {
        self.numbers.extend(numbers);
    }

    /// Lags that are looked at, of which the first is zero; `None` before the time between frames (t) is known.
    fn lags(&self, interval: Option<f64>) -> Option<usize> {
        // The interval is the mean so far, which the times of a file in single precision let change in its last digits.
        let lags = |interval| if self.full > 0 { self.full } else { (self.max_lag / interval + 1.0e-6) as usize + 1 };
        interval.map(lags)
    }

    /// Take the segment into the averages if it is full: what `correlate` makes of its numbers and the number of lags.
    ///
    /// # Errors
    /// When the longest lag has fewer than four frames or more than fit into memory.
    pub(super) fn close(
        &mut self,
        interval: Option<f64>,
        width: usize,
        correlate: impl Fn(&[f64], usize) -> Vec<f64>,
    ) -> Result<()> {
        let Some(lags) = self.lags(interval) else { return Ok(()) };
        if lags < 4 {
            return Err(Error::Invalid(format!(
                "there are fewer than four frames in the longest lag of {} ps; choose a longer one",
                self.max_lag / PICOSECOND
            )));
        }
        if 2 * lags * width > MOST_NUMBERS {
            return Err(Error::Invalid(format!(
                "{lags} lags of {} atoms do not fit into memory; choose a shorter longest lag, or fewer frames",
                width / 3
            )));
        }
        if self.numbers.len() >= 2 * lags * width {
            let found = correlate(&self.numbers, lags);
            self.full = lags;
            if self.sums.count() == 0 {
                self.sums = Blocks::new(found.len());
            }
            self.sums.add(&found);
            self.numbers.clear();
        }
        Ok(())
    }

    /// The averages, with whatever there is if not even one segment is full, and the number of lags.
    ///
    /// # Errors
    /// When there are fewer than eight frames; `what` says of which.
    pub(super) fn averages(
        &self,
        interval: Option<f64>,
        width: usize,
        what: &str,
        correlate: impl Fn(&[f64], usize) -> Vec<f64>,
    ) -> Result<(Blocks, usize)> {
        let frames = self.numbers.len() / width.max(1);
        if let Some(lags) = self.lags(interval)
            && self.sums.count() > 0
        {
            return Ok((self.sums.clone(), lags));
        }
        let lags = frames / 2;
        if lags < 4 {
            return Err(Error::TooFewFrames(format!(
                "{frames} {what} are too few for a correlation; there must be at least eight"
            )));
        }
        let found = correlate(&self.numbers, lags);
        let mut sums = Blocks::new(found.len());
        sums.add(&found);
        Ok((sums, lags))
    }

    /// For a restart.
    pub(super) fn state(&self) -> Vec<f64> {
        let mut state = vec![self.full as f64, self.numbers.len() as f64];
        state.extend(&self.numbers);
        state.extend(self.sums.state());
        state
    }

    /// Continue from what [`Segments::state`] gave.
    pub(super) fn restore(&mut self, state: &mut StateReader<'_>) -> Result<()> {
        self.full = state.count()? as usize;
        let length = state.count()? as usize;
        self.numbers = state.numbers(length)?.to_vec();
        self.sums = Blocks::read(state)?;
        Ok(())
    }
}
