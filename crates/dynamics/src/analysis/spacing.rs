//! Frames at equal distances in time.

use super::number::rounded;
use super::{Sample, StateReader};
use cormorant_core::units::FEMTOSECOND;
use cormorant_core::{Error, Result};

/// Largest relative deviation of one interval from the first.
const TOLERANCE: f64 = 1.0e-3;
/// Relative rounding of times that a file keeps in single precision.
const ROUNDING: f64 = 1.0e-6;

/// Finds the time between frames, and sees to it that it stays the same.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Spacing {
    first: Option<f64>,
    last: Option<f64>,
    /// Intervals so far.
    count: u64,
}

impl Spacing {
    /// Take the time of one more frame.
    ///
    /// # Errors
    /// When it is not known, or the interval is not that of the frames before.
    pub(super) fn add(&mut self, sample: &Sample<'_>) -> Result<()> {
        let refuse = |reason: String| Err(Error::Structure(reason).at_frame(sample.frame));
        if sample.unitless {
            return refuse(
                "the file states `time` without a unit: its comments lack the key `units` of our own files; give the time between frames \
                 with its unit (--spacing \"10 fs\")"
                    .into(),
            );
        }
        if !sample.timed {
            return refuse(
                "the file does not state its time; give the time between frames (--spacing \"10 fs\")".into(),
            );
        }
        let time = sample.system.time;
        if let Some(last) = self.last {
            let found = time - last;
            // Of times that a file keeps in single precision one interval is uncertain, all of them together are not.
            let usual = self.interval().unwrap_or(found);
            // Not-a-number fails both comparisons.
            let equal = (found - usual).abs() <= TOLERANCE * usual + ROUNDING * time.abs();
            if !(found > 0.0 && equal) {
                return refuse(format!(
                    "it is {} fs after the frame before, the others are {} fs apart; choose frames at equal distances, or \
                     give the time between them (--spacing \"10 fs\")",
                    rounded(found / FEMTOSECOND, 6),
                    rounded(usual / FEMTOSECOND, 6)
                ));
            }
            self.count += 1;
        }
        self.first.get_or_insert(time);
        self.last = Some(time);
        Ok(())
    }

    /// Mean time between frames in t; `None` before the second one.
    pub(super) fn interval(&self) -> Option<f64> {
        let whole = self.last? - self.first?;
        (self.count > 0).then(|| whole / self.count as f64)
    }

    /// For a restart.
    pub(super) fn state(&self) -> [f64; 3] {
        let [first, last] = [self.first, self.last].map(|time| time.unwrap_or(f64::INFINITY));
        [first, last, self.count as f64]
    }

    /// What [`Spacing::state`] gave.
    pub(super) fn read(state: &mut StateReader<'_>) -> Result<Self> {
        let mut next = || state.number().map(|time| Some(time).filter(|time| time.is_finite()));
        let (first, last) = (next()?, next()?);
        Ok(Self { first, last, count: state.number()? as u64 })
    }
}
