//! How a network was fitted.

use serde::{Deserialize, Serialize};

/// How long the fit took and with what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitRecord {
    /// Seed of weights, split and order of frames.
    pub seed: u64,
    /// Epochs done.
    pub epochs: u64,
    /// Epoch whose weights were kept.
    pub best_epoch: u64,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Threads.
    pub threads: usize,
    /// SHA-256 of the model that it started from, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_from: Option<String>,
}
