//! How far each epoch advances the schedule.

use std::time::Duration;

/// The length of a fit: a number of epochs, a time, or whichever ends first.
///
/// Under a time limit, the schedule is fitted to it: after every epoch the share that is left is divided by the number of
/// epochs that still fit, so that the learning rate reaches its end when the time does. Where an epoch is long, that is done again
/// while it lasts, and the last epoch may end before all frames had their turn. Without a limit, nothing depends on the clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeBudget {
    /// Number of epochs, if it is limited.
    pub epochs: Option<u64>,
    /// Time for all epochs, if it is limited.
    pub time_limit: Option<Duration>,
}

/// Where a fit stands within a pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassPlace {
    /// Epochs done.
    pub epoch: u64,
    /// Share of the next one done, 0 to 1.
    pub share: f64,
    /// Share of the schedule done, 0 to 1.
    pub progress: f64,
    /// Seconds spent.
    pub seconds: f64,
}

/// Epochs assumed before any has been timed.
const ASSUMED_EPOCHS: f64 = 1000.0;

impl TimeBudget {
    /// Where the schedule will stand after the next epoch, given what is done: `epoch` epochs in `seconds`, at `progress`,
    /// the last of them taking `seconds_per_epoch` each. 1 means that the next epoch is the last.
    #[must_use]
    pub fn next(&self, epoch: u64, progress: f64, seconds: f64, seconds_per_epoch: Option<f64>) -> f64 {
        let by_count = self.epochs.map(|epochs| epochs.saturating_sub(epoch).max(1) as f64);
        let by_time = self.time_limit.map(|limit| match seconds_per_epoch {
            None => ASSUMED_EPOCHS,
            Some(one) => ((limit.as_secs_f64() - seconds) / one.max(1.0e-9)).floor().max(1.0),
        });
        let left = match (by_count, by_time) {
            // Exact, so that a resumed fit computes the same shares.
            (Some(_), None) => {
                return self.epochs.map_or(1.0, |epochs| ((epoch + 1) as f64 / epochs.max(1) as f64).min(1.0));
            }
            (Some(count), Some(time)) => count.min(time),
            (None, Some(time)) => time,
            (None, None) => ASSUMED_EPOCHS,
        };
        if left <= 1.0 { 1.0 } else { progress + (1.0 - progress) / left }
    }

    /// Where the schedule will stand at the end of a pass that is long beside the limit, so that it ends with the time: beyond 1 where
    /// the time ends before the pass. `place` is where the fit stands, and a pass takes `seconds_per_epoch`.
    #[must_use]
    pub fn rest(&self, place: PassPlace, seconds_per_epoch: f64) -> f64 {
        let PassPlace { epoch, share, progress, seconds } = place;
        let rest = 1.0 - share;
        let by_count = self.epochs.map_or(f64::INFINITY, |epochs| epochs.saturating_sub(epoch).max(1) as f64 - share);
        let by_time = self
            .time_limit
            .map_or(f64::INFINITY, |limit| (limit.as_secs_f64() - seconds).max(1.0e-6) / seconds_per_epoch.max(1.0e-9));
        // The last pass by count ends where the schedule does, without an error in the last bit.
        let last = self.epochs.is_some_and(|epochs| epoch + 1 >= epochs);
        if last && by_count <= by_time { 1.0 } else { progress + (1.0 - progress) * rest / by_count.min(by_time) }
    }
}
