//! What a limited fit keeps back for the time after its epochs.

use std::time::Duration;

/// Most of the limit that the certificate may take.
const CERTIFICATE: f64 = 0.15;
/// Most of the limit that the report may take.
const REPORT: f64 = 0.15;
/// Most of the limit that everything after the epochs may take.
const MOST: f64 = 0.5;
/// Factor on estimates: a machine that is busy is slower later than it was when it was measured.
const CAUTION: f64 = 1.2;

/// Shares of a time limit for what follows the epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reserve {
    /// For the closing table and what the header records.
    pub closing: Duration,
    /// For the certificate: trials for which this is too short are left out.
    pub certificate: Duration,
    /// For predictions and report.
    pub report: Duration,
}

impl Reserve {
    /// What to keep back of `limit` where the parts would take so many seconds.
    #[must_use]
    pub fn of(limit: Duration, closing: f64, certificate: f64, report: f64) -> Self {
        let limit = limit.as_secs_f64();
        let certificate = (CAUTION * certificate).min(CERTIFICATE * limit);
        let report = (CAUTION * report).min(REPORT * limit);
        let closing = (CAUTION * closing).min(MOST * limit - certificate - report);
        let duration = |seconds: f64| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or_default();
        Self { closing: duration(closing), certificate: duration(certificate), report: duration(report) }
    }

    /// All of it.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.closing + self.certificate + self.report
    }
}
