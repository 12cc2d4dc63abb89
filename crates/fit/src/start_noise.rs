//! Noise on the weights that a fit starts from.

use cormorant_core::noise::{Consumer, Noise};
use cormorant_network::Parameters;

/// `weights` with noise, so that members of a committee which start from one model end apart where their frames leave room:
///
///   w ← w + s·rms(tensor)·N(0, 1)
///
/// | symbol | here      | unit | shape |
/// |--------|-----------|------|-------|
/// | w      | `weights`, tensor after tensor as `parameters` says | 1 | `[parameters]` |
/// | s      | `share`   | 1    | scalar |
///
/// Without it members differ in the order of their frames alone, and their spread is 20 to 30 times smaller than their error.
/// Checked by `suite::committee_start`.
#[must_use]
pub fn with_noise(weights: &[f64], parameters: &Parameters, share: f64, noise: Noise) -> Vec<f64> {
    let mut weights = weights.to_vec();
    let mut rest = weights.as_mut_slice();
    for (index, block) in parameters.blocks.iter().enumerate() {
        let (tensor, behind) = rest.split_at_mut(block.size().min(rest.len()));
        let squares: f64 = tensor.iter().map(|weight| weight * weight).sum();
        let size = share * (squares / tensor.len().max(1) as f64).sqrt();
        let mut stream = noise.stream(Consumer::StartingWeights, 0, index as u64);
        for weight in tensor {
            *weight += size * stream.normal();
        }
        rest = behind;
    }
    weights
}
