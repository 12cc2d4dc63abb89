//! The weight of a wave vector in the sum over wave vectors, for Gaussian charges.
//!
//!   A(k) = w(k) exp(−σ²k²/2) / k²
//!
//! | symbol | here             | unit | definition                                               |
//! |--------|------------------|------|----------------------------------------------------------|
//! | k²     | `square`         | 1/Å² | square of the wave vector                                |
//! | σ      | `smearing`       | Å    | width of the Gaussians                                   |
//! | w      | `window`         | 1    | 1 below σk = [`WHOLE`], smoothly to 0 at σk = [`LARGEST`]  |
//! | A      | `damping`        | Å²   |                                                          |
//!
//! The window lets wave vectors come and go without a jump when the cell changes. Where it acts the exponential is 1e-6 and less.
//! Checked by: `suite::electrostatic_mesh::damping_is_smooth`.

/// Value of σk below which all of a wave vector counts.
const WHOLE: f64 = 5.2;
/// Value of σk from which on a wave vector does not count.
pub const LARGEST: f64 = 5.8;

/// A(k) in Å² and its derivative with respect to k², in Å⁴, at the square of a wave vector that is not zero.
#[must_use]
pub fn damping(square: f64, smearing: f64) -> (f64, f64) {
    let length = square.sqrt();
    let (window, slope) = window(smearing * length);
    if window == 0.0 {
        return (0.0, 0.0);
    }
    let half = 0.5 * smearing * smearing;
    let decay = (-half * square).exp() / square;
    let value = window * decay;
    (value, decay * slope * 0.5 * smearing / length - value * (half + 1.0 / square))
}

/// w and dw/dx at x = σk: a smooth step with two continuous derivatives.
pub(crate) fn window(x: f64) -> (f64, f64) {
    let t = ((x - WHOLE) / (LARGEST - WHOLE)).clamp(0.0, 1.0);
    let step = t * t * t * (10.0 - t * (15.0 - 6.0 * t));
    let slope = 30.0 * t * t * (1.0 - t) * (1.0 - t);
    (1.0 - step, -slope / (LARGEST - WHOLE))
}
