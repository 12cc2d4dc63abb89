//! How the loop of fitting goes.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::reserve::Reserve;
use super::time_budget::TimeBudget;

/// How to fit.
#[derive(Debug, Clone)]
pub struct FitPlan {
    /// Folder of checkpoints and learning curve; made if it is not there.
    pub folder: PathBuf,
    /// The resolved input: a checkpoint of another one is refused.
    pub configuration: String,
    /// SHA-256 of the data: a checkpoint of other data is refused.
    pub data: String,
    /// Length of the fit.
    pub pace: TimeBudget,
    /// Stop after this many epochs without a noticeable improvement on the validation frames.
    pub patience: Option<u64>,
    /// Validate after every so many epochs, and after the last.
    pub validate_every: u64,
    /// Write a checkpoint when this much time has passed since the last, and at the end.
    pub checkpoint_every: Duration,
    /// Whether to continue from a checkpoint; without it, a folder that has one is refused.
    pub resume: bool,
    /// When the work began whose time is limited: before the data were read.
    pub begun: Instant,
    /// What of the limit is kept for the time after the epochs; at least a few hundredths of it are.
    pub reserve: Reserve,
    /// Whether the closing table is made here, by the learner; else whoever asked for the fit makes it.
    pub table: bool,
}
