//! How large losses are towards the end of a pass, without regard to single frames.
//!
//!   m_k = m_{k−1} + a_k (ln x_k − m_{k−1}),   a_k = max(1/k, 4/max(K, 40)),   typical = exp m
//!
//! | symbol | here | meaning |
//! |---|---|---|
//! | x_k | `loss`, `force_error` | mean over the frames of batch k, counted from 1 |
//! | K   | `batches` | batches of the pass |
//! | m   | `logarithms` | mean of the logarithms over about the last quarter of the pass, or the last ten batches |
//!
//! A fit that diverges has large losses in all batches from then on. One atom pushed into another may have a force that is off by 10⁷ meV/Å in one
//! batch, which says nothing of the fit and is most of a plain mean. Checked by: `suite::training`.

use super::objective::FrameLoss;

/// Share of a pass that counts.
const SHARE: f64 = 0.25;
/// Of a short pass so many batches count.
const FEWEST: f64 = 10.0;

/// Typical loss and force error of the batches of a pass.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TypicalLoss {
    /// Of loss and force error.
    pub(super) logarithms: [f64; 2],
    /// Finite batches so far.
    pub(super) count: f64,
}

impl TypicalLoss {
    /// Adds a batch of so many frames, out of `batches` of the pass, whose losses add up to `loss` with weights that do not change and whose
    /// sums are `sum`. Those that are not finite are judged elsewhere.
    pub fn add(&mut self, loss: f64, sum: &FrameLoss, frames: usize, batches: usize) {
        let found = [loss, sum.force_error].map(|sum| (sum / frames.max(1) as f64).max(f64::MIN_POSITIVE).ln());
        if !(loss.is_finite() && sum.force_error.is_finite()) {
            return;
        }
        self.count += 1.0;
        let share = (1.0 / self.count).max(1.0 / (SHARE * batches as f64).max(FEWEST));
        for (mean, new) in self.logarithms.iter_mut().zip(found) {
            *mean += share * (new - *mean);
        }
    }

    /// The typical loss and force error; infinite where no batch was finite.
    #[must_use]
    pub fn values(&self) -> [f64; 2] {
        if self.count == 0.0 { [f64::INFINITY; 2] } else { self.logarithms.map(f64::exp) }
    }
}
