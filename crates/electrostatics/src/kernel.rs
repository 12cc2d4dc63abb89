//! The potential of a smeared charge and its radial derivatives.
//!
//!   G(r) = erf(r / √2σ) / r,      f_n(r) = (1/r d/dr)^n G = (2α/√π) (−2α²)^n F_n(α²r²),      α = 1/√2σ
//!
//! | symbol | here        | unit     |
//! |--------|-------------|----------|
//! | σ      | `smearing`  | Å        |
//! | F_n    | `boys`      |          |
//! | f_n    | `functions` | 1/Å^(2n+1) |
//!
//! F_n is the Boys function ∫₀¹ t^2n exp(−x t²) dt: by its series where x is small, from the error function upwards where that loses
//! nothing. Source: Helgaker, Jørgensen, Olsen, Molecular Electronic-Structure Theory (2000), equations 9.8.6 to 9.8.14.
//! Checked by: `suite::electrostatics::kernel_is_the_derivative`.

use std::f64::consts::PI;

/// Orders of derivatives: those of the energy of two quadrupoles and of its force.
pub const ORDERS: usize = 6;

/// From here on the recursion upwards keeps all digits that count.
const LARGE: f64 = 14.0;

/// G and its radial derivatives f_0 to f_5 at the square of a distance, for Gaussians of width `smearing` (Å) between two sites.
#[must_use]
pub fn functions(square: f64, smearing: f64) -> [f64; ORDERS] {
    let twice = 1.0 / (smearing * smearing); // 2α²
    let mut factor = (2.0 * twice / PI).sqrt(); // 2α/√π
    boys(0.5 * twice * square).map(|value| {
        let function = factor * value;
        factor *= -twice;
        function
    })
}

/// F_0 to F_5.
fn boys(x: f64) -> [f64; ORDERS] {
    let mut values = [0.0; ORDERS];
    let decay = (-x).exp();
    if x < LARGE {
        // F_n = e^−x Σ_k (2x)^k / ((2n+1)(2n+3)…(2n+2k+1)) for the highest, then downwards.
        let highest = ORDERS - 1;
        let (mut term, mut sum, mut odd) = (1.0 / (2 * highest + 1) as f64, 0.0, (2 * highest + 1) as f64);
        while term > 1e-17 * sum {
            sum += term;
            odd += 2.0;
            term *= 2.0 * x / odd;
        }
        values[highest] = decay * sum;
        for n in (0..highest).rev() {
            values[n] = (2.0 * x * values[n + 1] + decay) / (2 * n + 1) as f64;
        }
    } else {
        let root = x.sqrt();
        values[0] = 0.5 * PI.sqrt() / root * libm::erf(root);
        for n in 1..ORDERS {
            values[n] = ((2 * n - 1) as f64 * values[n - 1] - decay) / (2.0 * x);
        }
    }
    values
}
