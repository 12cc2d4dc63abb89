//! How many frames the steps of a fit have.

/// Frames per step along a fit, which go from the first number to the last by equal factors:
///
///   N = N₀ (N₁/N₀)ᵖ
///
/// | symbol | here | meaning |
/// |---|---|---|
/// | N₀, N₁ | `first`, `last` | frames per step at the beginning and at the end |
/// | p | `progress` | share of the schedule that is done, 0 to 1 |
///
/// Few frames per step learn most at first, many average the noise that is left at last (Smith et al. 2018, arXiv:1711.00489). Checked by
/// `suite::trainer::batches_grow`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchSizes {
    /// At the beginning.
    pub first: usize,
    /// At the end.
    pub last: usize,
}

impl BatchSizes {
    /// Frames per step of a pass that begins at `progress`; 1 at least.
    #[must_use]
    pub fn at(self, progress: f64) -> usize {
        let [first, last] = [self.first, self.last].map(|size| size.max(1) as f64);
        (first * (last / first).powf(progress.clamp(0.0, 1.0))).round() as usize
    }

    /// The most frames of a step.
    #[must_use]
    pub fn largest(self) -> usize {
        self.first.max(self.last)
    }
}

impl From<usize> for BatchSizes {
    fn from(size: usize) -> Self {
        Self { first: size, last: size }
    }
}
