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
//! Checked by: `suite::electrostatics::kernel_is_the_derivative` and `kernel_has_no_seam`.

use std::f64::consts::PI;

/// Orders of derivatives: those of the energy of two quadrupoles and of its force.
pub const ORDERS: usize = 6;

/// G and its radial derivatives f_0 to f_5 at the square of a distance, for Gaussians of width `smearing` (Å) between two sites.
#[must_use]
pub fn functions(square: f64, smearing: f64) -> [f64; ORDERS] {
    first_functions(square, smearing)
}

/// The first N of [`functions`].
#[inline]
pub(crate) fn first_functions<const N: usize>(square: f64, smearing: f64) -> [f64; N] {
    let twice = 1.0 / (smearing * smearing); // 2α²
    let mut factor = (2.0 * twice / PI).sqrt(); // 2α/√π
    boys(0.5 * twice * square).map(|value| {
        let function = factor * value;
        factor *= -twice;
        function
    })
}

/// F_0 to F_(N−1).
#[inline]
fn boys<const N: usize>(x: f64) -> [f64; N] {
    let decay = (-x).exp();
    if x > const { large(N) } { upwards(x, decay) } else { downwards(x, decay) }
}

/// From here on the recursion upwards keeps 13 digits: it multiplies the rounding of F_0 by (2N − 3)!!/(2x)^(N−1).
const fn large(orders: usize) -> f64 {
    ((orders - 1) * (orders - 1)) as f64 / 16.0
}

/// (2n + 1) F_n = 2x F_(n+1) + e^−x, from the error function.
#[inline]
fn upwards<const N: usize>(x: f64, decay: f64) -> [f64; N] {
    let root = x.sqrt();
    let half = 0.5 / x;
    let mut values = [0.0; N];
    values[0] = const { 0.5 * 1.772_453_850_905_516 } * (libm::erf(root) / root);
    for n in 1..N {
        values[n] = ((2 * n - 1) as f64 * half) * values[n - 1] - decay * half;
    }
    values
}

/// The same from F_n = e^−x Σ_k (2x)^k / ((2n+1)(2n+3)…(2n+2k+1)) of the highest.
#[inline]
fn downwards<const N: usize>(x: f64, decay: f64) -> [f64; N] {
    let series = const { series(N) };
    let square = x * x;
    let (mut even, mut odd) = (0.0, 0.0);
    for [first, second] in series[..N + 3].iter().rev() {
        even = even * square + first;
        odd = odd * square + second;
    }
    let mut values = [0.0; N];
    values[N - 1] = decay * (even + x * odd);
    for n in (0..N - 1).rev() {
        let share = 1.0 / (2 * n + 1) as f64;
        values[n] = (2.0 * x * share) * values[n + 1] + decay * share;
    }
    values
}

/// Pairs of terms of the series, of which the first N + 3 count: below `large` the next is 1e-17 of the sum.
const PAIRS: usize = ORDERS + 3;

/// 2^k / ((2n+1)(2n+3)…(2n+2k+1)) for the highest of `orders`.
const fn series(orders: usize) -> [[f64; 2]; PAIRS] {
    let mut terms = [[0.0; 2]; PAIRS];
    let mut odd = 2 * orders - 1;
    let mut term = 1.0 / odd as f64;
    let mut k = 0;
    while k < 2 * PAIRS {
        terms[k / 2][k % 2] = term;
        odd += 2;
        term *= 2.0 / odd as f64;
        k += 1;
    }
    terms
}
