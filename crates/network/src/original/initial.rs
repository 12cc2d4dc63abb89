//! First weights, with the laws of the original.

use cormorant_core::noise::{Consumer, Noise};
use cormorant_kernels::original::{Layout, Start};

/// Packed first weights of a network of 2019: uniform, normal or given, as [`Layout`] says for each block.
#[must_use]
pub fn initial_weights(layout: &Layout, noise: Noise) -> Vec<f64> {
    let mut packed = Vec::with_capacity(layout.len());
    for (index, block) in layout.blocks.iter().enumerate() {
        let mut stream = noise.stream(Consumer::Parameters, 0, index as u64);
        match &block.start {
            Start::Uniform(bound) => packed.extend((0..block.len()).map(|_| bound * (2.0 * stream.uniform() - 1.0))),
            Start::Normal(deviation) => packed.extend((0..block.len()).map(|_| deviation * stream.normal())),
            Start::Given(values) => packed.extend_from_slice(values),
        }
    }
    packed
}
