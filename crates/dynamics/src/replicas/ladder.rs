//! Who is where on a ladder of temperatures.

/// Which walker is on each rung, and how often neighbors were swapped.
///
/// A rung is a replica with its temperature; a walker is the configuration that began there and wanders.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// The walker on each rung, both counted from 0.
    pub walkers: Vec<usize>,
    /// Attempts to swap rung k with rung k + 1.
    pub attempts: Vec<u64>,
    /// Those that were accepted.
    pub accepted: Vec<u64>,
}

impl Ladder {
    /// Every walker at home, nothing tried.
    #[must_use]
    pub fn new(rungs: usize) -> Self {
        let pairs = vec![0; rungs.saturating_sub(1)];
        Self { walkers: (0..rungs).collect(), attempts: pairs.clone(), accepted: pairs }
    }

    /// Put down an attempt to swap rung `lower` with the next one.
    pub fn note(&mut self, lower: usize, accepted: bool) {
        self.attempts[lower] += 1;
        if accepted {
            self.accepted[lower] += 1;
            self.walkers.swap(lower, lower + 1);
        }
    }

    /// Share of the attempts between rung `lower` and the next one that were accepted; `None` before the first.
    #[must_use]
    pub fn acceptance(&self, lower: usize) -> Option<f64> {
        (self.attempts[lower] > 0).then(|| self.accepted[lower] as f64 / self.attempts[lower] as f64)
    }
}
