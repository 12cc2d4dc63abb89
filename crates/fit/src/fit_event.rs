//! What happens during a fit.

use std::time::Duration;

use super::learner::EpochReport;
use super::metrics::Errors;

/// What happens during a fit, for progress bars and messages.
#[derive(Debug, Clone)]
pub enum FitEvent<'e> {
    /// The fit continues from a checkpoint.
    Resumed {
        /// Epochs done.
        epoch: u64,
        /// Share of the next one done, 0 to 1.
        share: f64,
        /// Why an older checkpoint is used, if it is, and that the fit began with other steps, if it did.
        notice: Option<String>,
    },
    /// An epoch is done.
    Epoch {
        /// Its number, counted from 1.
        epoch: u64,
        /// Share of the schedule done, 0 to 1.
        progress: f64,
        /// What it did.
        report: EpochReport,
        /// Errors on the validation frames, where they were computed.
        validation: Option<&'e Errors>,
        /// Whether this is the best epoch so far.
        best: bool,
        /// Time spent so far, interruptions not counted.
        elapsed: Duration,
        /// Estimate of the time left for the epochs.
        left: Duration,
    },
    /// An epoch that takes long is under way; about once a second.
    Within {
        /// Its number, counted from 1.
        epoch: u64,
        /// Share of it done, 0 to 1.
        share: f64,
        /// Share of the schedule done, 0 to 1.
        progress: f64,
        /// What it did so far.
        report: EpochReport,
        /// Time spent so far, interruptions not counted.
        elapsed: Duration,
        /// Estimate of the time left for the epochs.
        left: Duration,
    },
    /// The epochs are over and the closing table is computed.
    Closing,
    /// Something else takes its time, before or after the epochs.
    Busy {
        /// What is done now.
        what: &'e str,
        /// Share of it done, 0 to 1, where that is known.
        share: Option<f64>,
    },
}
