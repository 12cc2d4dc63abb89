//! What a fit is asked to do.

use super::{Models, RunMode};
use crate::settings::FitInput;
use cormorant_fit::{AskStop, FitData};

/// A fit as its caller wants it.
#[derive(Clone, Copy)]
pub struct FitCall<'f> {
    /// What is fitted, and how.
    pub input: &'f FitInput,
    /// To which data.
    pub data: &'f FitData,
    /// Models that were read so far, among them the one to start from.
    pub networks: &'f Models,
    /// What becomes of an earlier fit in the same folder.
    pub mode: RunMode,
    /// What follows the epochs.
    pub closing: Closing,
    /// Asked after every batch; true ends the fit in order.
    pub stop: AskStop<'f>,
}

/// What a fit leaves beside weights and errors. All of it by default; models that are soon replaced can do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// Trials of the model (gradients, energy conservation, high temperatures), recorded in its file.
    pub certificate: bool,
    /// The page with charts.
    pub report: bool,
}

impl Default for Closing {
    fn default() -> Self {
        Self { certificate: true, report: true }
    }
}
