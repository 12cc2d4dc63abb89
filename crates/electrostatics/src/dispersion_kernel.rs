//! Damped dispersion of two sites, and its transform.
//!
//!   g(r) = [1 − e^−x (1 + x + x²/2)] / r⁶ = h(x)/8σ⁶,      x = r²/2σ²,      h(x) = ½ ∫₀¹ s² e^−xs ds
//!   ĝ(k) = (π^(3/2)/3) (√2 σ)^−3 [(1 − 2b²) e^−b² + 2√π b³ erfc b],      b = kσ/√2
//!
//! | symbol | here       | unit  | meaning                                                        |
//! |--------|------------|-------|----------------------------------------------------------------|
//! | r      | `square` is r² | Å | distance                                                       |
//! | σ      | `smearing` | Å     | width of the Gaussians: g is 1/(48 σ⁶) at r = 0, 0.9/r⁶ at 3.3 σ, and 1/r⁶ far away |
//! | k      | `square` is k² | 1/Å | wave vector                                                  |
//!
//! This is the part that the Ewald sum of dispersion has in reciprocal space. What is nearer is left to the network. Source: Essmann et al. 1995
//! (doi:10.1063/1.470117). Checked by: `suite::dispersion`.

use super::damping::window;
use std::f64::consts::PI;

/// g in Å^−6 and (1/r) dg/dr in Å^−8, at the square of a distance.
pub(crate) fn of_pair(square: f64, smearing: f64) -> [f64; 2] {
    let variance = smearing * smearing;
    let x = 0.5 * square / variance;
    let (value, slope) = h(x);
    let unit = 0.125 / (variance * variance * variance);
    [unit * value, unit * slope / variance]
}

/// h and dh/dx.
fn h(x: f64) -> (f64, f64) {
    let decay = (-x).exp();
    if x > 8.0 {
        let value = (1.0 - decay * (1.0 + x + 0.5 * x * x)) / (x * x * x);
        return (value, 0.5 * decay / x - 3.0 * value / x);
    }
    // ∫₀¹ s^n e^−xs ds = e^−x Σ_k x^k / ((n+1)(n+2)…(n+1+k)): all terms are positive.
    let integral = |n: f64| {
        let (mut term, mut sum, mut place) = (1.0 / (n + 1.0), 0.0, n + 1.0);
        while term > 1e-17 * sum {
            sum += term;
            place += 1.0;
            term *= x / place;
        }
        decay * sum
    };
    (0.5 * integral(2.0), -0.5 * integral(3.0))
}

/// ĝ in Å^−3 and dĝ/dk² in Å^−1, with the window of the other sums.
pub(crate) fn of_wave(square: f64, smearing: f64) -> (f64, f64) {
    let length = square.sqrt();
    let (window, fall) = window(smearing * length);
    if window == 0.0 {
        return (0.0, 0.0);
    }
    let b = smearing * length * std::f64::consts::FRAC_1_SQRT_2;
    let (decay, tail) = ((-b * b).exp(), PI.sqrt() * libm::erfc(b));
    let (_, unit) = at_zero(smearing);
    let value = unit * ((1.0 - 2.0 * b * b) * decay + 2.0 * b * b * b * tail);
    let slope = unit * 0.5 * smearing * smearing * 3.0 * (b * tail - decay);
    (window * value, window * slope + value * fall * 0.5 * smearing / length)
}

/// g at r = 0, and ĝ at k = 0.
pub(crate) fn at_zero(smearing: f64) -> (f64, f64) {
    let cube = smearing * smearing * smearing;
    (1.0 / (48.0 * cube * cube), PI.powf(1.5) / (3.0 * 8.0_f64.sqrt() * cube))
}
