//! How a fit with a time limit divides its time.

use std::time::{Duration, Instant};

use cormorant_dynamics::certify;
use cormorant_fit::{FitData, Reserve};

/// Time in seconds of the report beside its predictions: pictures, charts, one page.
const PAGE: f64 = 1.0;
/// Frames of a part that the report predicts at most.
const PREDICTED: usize = 2000;
/// A report that comes later than this after the limit is left out: so much of it, or ...
const LATE_SHARE: f64 = 0.05;
/// ... so long, whichever is more.
const LATE: Duration = Duration::from_secs(2);

/// The limit of a fit, from reading its data to its report.
#[derive(Debug, Clone, Copy)]
pub(super) struct FitBudget {
    begun: Instant,
    limit: Option<Duration>,
    /// What the time after the epochs is kept for.
    pub reserve: Reserve,
    /// Expected time of the report.
    report: Duration,
}

impl FitBudget {
    /// The division of `limit` for a network that takes `per_atom` seconds on one of `threads` threads.
    pub fn new(data: &FitData, limit: Option<Duration>, per_atom: f64, threads: usize) -> Self {
        let atoms = |frames: &[cormorant_fit::Configuration]| {
            frames.iter().map(cormorant_fit::Configuration::atom_count).sum::<usize>() as f64
        };
        let first = |frames: &[cormorant_fit::Configuration]| atoms(&frames[..frames.len().min(PREDICTED)]);
        let (train, others) = (atoms(&data.train), atoms(&data.validation) + atoms(&data.test));
        let closing = (2.0 * train + others) * per_atom / threads.max(1) as f64;
        let frame = train / data.train.len().max(1) as f64;
        // Each theory has a model, whose trials take as long.
        let models = data.of_theories.len().max(1) as f64;
        let certificate = models * certify::evaluations(frame) * frame * per_atom;
        let report =
            PAGE + (first(&data.validation) + first(&data.test)) * per_atom + (55.0 * frame * per_atom).min(1.0);
        let reserve = limit.map(|limit| Reserve::of(limit, closing, certificate, report)).unwrap_or_default();
        Self { begun: data.begun, limit, reserve, report: Duration::try_from_secs_f64(report).unwrap_or_default() }
    }

    /// What is left now for the certificate of the next one of so many `models`.
    pub fn share_of_certificates(&self, models: usize) -> Option<Duration> {
        Some(certificate_time(self.limit?, self.begun.elapsed(), self.reserve.report, models))
    }

    /// Whether there is time for the report.
    pub fn has_time_for_report(&self) -> bool {
        self.limit.is_none_or(|limit| reports(limit, self.begun.elapsed(), self.report))
    }
}

/// The time that a limit leaves for the certificate of one of so many `models` after `spent`, with so much kept for the report.
fn certificate_time(limit: Duration, spent: Duration, report: Duration, models: usize) -> Duration {
    limit.saturating_sub(spent).saturating_sub(report) / models.max(1) as u32
}

/// Whether a report that takes so long is written after `spent`.
fn reports(limit: Duration, spent: Duration, report: Duration) -> bool {
    spent + report <= limit + LATE.max(limit.mul_f64(LATE_SHARE))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{certificate_time, reports};

    /// Catches: a certificate that uses up the time of the report, or continues after the limit, or leaves none to the models behind it; a report that comes much too late.
    #[test]
    fn what_follows_the_epochs_keeps_the_limit() {
        let seconds = Duration::from_secs;
        assert_eq!(certificate_time(seconds(60), seconds(50), seconds(4), 1), seconds(6));
        assert_eq!(certificate_time(seconds(60), seconds(50), seconds(4), 2), seconds(3));
        assert_eq!(certificate_time(seconds(60), seconds(58), seconds(4), 1), Duration::ZERO);
        assert_eq!(certificate_time(seconds(60), seconds(80), seconds(4), 0), Duration::ZERO);
        assert!(reports(seconds(60), seconds(55), seconds(4)) && reports(seconds(60), seconds(60), seconds(3)));
        assert!(!reports(seconds(60), seconds(61), seconds(4)) && !reports(seconds(10), seconds(10), seconds(3)));
    }
}
