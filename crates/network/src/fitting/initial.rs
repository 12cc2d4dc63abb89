//! First weights: drawn from our own stream, then rescaled layer by layer so that activations have unit size.
//!
//! Source: Mishkin, Matas 2016, All you need is a good init (arXiv:1511.06422). Without it, several products in a row
//! explode: an activation is a polynomial of high degree in the weights.

use crate::network::GraphBatch;
use cormorant_core::noise::{Consumer, Noise};
use cormorant_kernels::Real;
use cormorant_kernels::network::{Initialization, Plan, Weights, Workspace};

/// Size of what a product adds, relative to what it adds to.
const PRODUCT_SIZE: f64 = 0.5;
/// Mean square of a degree beside the largest of all degrees, below which it counts as this much. In crystals with thermal motion
/// the faintest degree has 0.008 or more, in molecules 0.1.
const FAINTEST: f64 = 0.002;
/// Below this much there is nothing but rounding, and the degree stays as it is.
const EMPTY: f64 = 1.0e-9;

/// Draws the weights of `plan` and rescales them on `frames`.
#[must_use]
pub fn initial_weights<T: Real>(plan: &Plan<T>, noise: Noise, frames: &[GraphBatch<'_>], spacing: f64) -> Vec<T> {
    let mut packed = Vec::with_capacity(plan.layout.len());
    for (index, block) in plan.layout.blocks.iter().enumerate() {
        let mut stream = noise.stream(Consumer::Parameters, 0, index as u64);
        packed.extend((0..block.len()).map(|_| match block.initialization {
            Initialization::Normal(deviation) => T::from_f64(deviation * stream.normal()),
            Initialization::Zero => T::ZERO,
        }));
    }
    let mut space = Workspace::new(plan);
    for layer in 0..plan.shape.layers {
        for stage in 0..=plan.shape.products {
            let weights = Weights::splined(plan, &packed, spacing, 0.0);
            let mut squares = vec![0.0; plan.shape.max_degree + 1];
            for frame in frames {
                plan.forward(&weights, &frame.topology(), frame.vectors, &mut space, false);
                let sizes = space.mean_squares(plan, layer, stage, frame.atoms());
                for (sum, size) in squares.iter_mut().zip(sizes) {
                    *sum += size / frames.len() as f64;
                }
            }
            // Degrees that symmetry empties, as on the sites of a crystal at rest, are not blown up from what rounding or a tiny
            // displacement leaves of them: forces would be that many times too large.
            let largest = squares.iter().copied().fold(0.0, f64::max);
            for (l, square) in squares.iter().enumerate() {
                if *square > (EMPTY * largest).max(1e-20) && square.is_finite() {
                    rescale(plan, &mut packed, layer, stage, l, square.max(FAINTEST * largest));
                }
            }
        }
    }
    packed
}

/// Rescales what makes degree `l` of stage `stage`, whose mean square is `square`.
fn rescale<T: Real>(plan: &Plan<T>, packed: &mut [T], layer: usize, stage: usize, l: usize, square: f64) {
    let layout = &plan.layout.layers[layer];
    let mut scale = |offset: usize, factor: f64| {
        let block = plan.layout.blocks.iter().find(|block| block.offset == offset);
        let length = block.map_or(0, cormorant_kernels::network::Block::len);
        for x in &mut packed[offset..offset + length] {
            *x *= T::from_f64(factor);
        }
    };
    if stage == 0 {
        let factor = square.sqrt().recip();
        scale(layout.mix[l], factor);
        if let Some(&residual) = layout.residual.get(l) {
            scale(residual, factor);
        }
    } else if let Some(&offset) = layout.products[stage - 1].get(l) {
        // Before the product the size was one, so this much was added.
        let added = (square - 1.0).max(1e-12).sqrt();
        scale(offset, (PRODUCT_SIZE / added).min(1.0));
    }
}
