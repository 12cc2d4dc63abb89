//! The production network on a graphics processor, and how to learn which there are.

#[cfg(feature = "gpu")]
mod engine;

use super::network::Engine;
use cormorant_core::Result;
use cormorant_kernels::network::Shape;

/// For each graphics processor that a driver offers: how inputs name it, and what it is.
///
/// # Errors
/// When the program was built without them.
pub fn graphics_processors() -> Result<Vec<(String, String)>> {
    #[cfg(feature = "gpu")]
    return Ok(engine::list());
    #[cfg(not(feature = "gpu"))]
    return Err(left_out());
}

/// The engine for packed `weights` of a network of `shape`, whose radial functions have knots `knot_spacing` Å apart.
///
/// # Errors
/// When the program was built without graphics processors, or that of this name cannot be used.
pub(super) fn engine(shape: &Shape, weights: &[f64], knot_spacing: f64, choice: &str) -> Result<Box<dyn Engine>> {
    #[cfg(feature = "gpu")]
    return engine::make(shape, weights, knot_spacing, choice);
    #[cfg(not(feature = "gpu"))]
    {
        let _ = (shape, weights, knot_spacing, choice);
        Err(left_out())
    }
}

#[cfg(not(feature = "gpu"))]
fn left_out() -> cormorant_core::Error {
    cormorant_core::Error::Invalid(
        "this program was built without graphics processors; build it with the feature `gpu`, or compute on the processor: device = \"cpu\""
            .into(),
    )
}
