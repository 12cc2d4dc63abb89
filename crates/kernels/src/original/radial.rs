//! Radial functions r^{−q} sin(2π s_a r + φ_a) for eight waves a and q = 0 to 3, and soft cutoffs.

use super::shape::WAVES;

/// Scales s_a (1/Å) and phases φ_a of one set of waves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waves<'a> {
    pub scales: &'a [f64],
    pub phases: &'a [f64],
}

const TURN: f64 = 2.0 * std::f64::consts::PI;

impl Waves<'_> {
    /// Values at distance `r` (Å): number 4a + q is r^{−q} sin(2π s_a r + φ_a).
    pub(super) fn values(&self, r: f64) -> [f64; 4 * WAVES] {
        let mut values = [0.0; 4 * WAVES];
        for a in 0..WAVES {
            let mut value = (TURN * self.scales[a] * r + self.phases[a]).sin();
            for q in 0..4 {
                values[4 * a + q] = value;
                value /= r;
            }
        }
        values
    }

    /// Derivative of Σ gradient · values with respect to r; those with respect to s and φ are added to `scales` and `phases`.
    pub(super) fn backward(&self, r: f64, gradient: &[f64; 4 * WAVES], scales: &mut [f64], phases: &mut [f64]) -> f64 {
        let mut by_distance = 0.0;
        for a in 0..WAVES {
            let (sine, cosine) = (TURN * self.scales[a] * r + self.phases[a]).sin_cos();
            let (mut power, mut by_wave) = (1.0, 0.0);
            for q in 0..4 {
                let d = gradient[4 * a + q] * power;
                by_wave += d;
                by_distance -= d * sine * q as f64 / r;
                power /= r;
            }
            phases[a] += by_wave * cosine;
            scales[a] += by_wave * cosine * TURN * r;
            by_distance += by_wave * cosine * TURN * self.scales[a];
        }
        by_distance
    }
}

/// Radius and width below which they count as this much (Å).
const SMALLEST: f64 = 1e-3;

/// σ((max(ε, |R|) − r) / max(ε, |w|)), ε = 0.001 Å.
#[derive(Debug, Clone, Copy)]
pub(super) struct SoftCutoff {
    radius: f64,
    width: f64,
    /// Derivatives of the two clamped values with respect to the parameters.
    signs: [f64; 2],
}

impl SoftCutoff {
    pub(super) fn new(radius: f64, width: f64) -> Self {
        let sign = |x: f64| if x.abs() > SMALLEST { x.signum() } else { 0.0 };
        Self {
            radius: radius.abs().max(SMALLEST),
            width: width.abs().max(SMALLEST),
            signs: [sign(radius), sign(width)],
        }
    }

    pub(super) fn value(&self, r: f64) -> f64 {
        1.0 / (1.0 + (-(self.radius - r) / self.width).exp())
    }

    /// Derivatives with respect to radius, width and r, where the value is `value`.
    pub(super) fn derivatives(&self, r: f64, value: f64) -> [f64; 3] {
        let slope = value * (1.0 - value) / self.width;
        [slope * self.signs[0], -slope * (self.radius - r) / self.width * self.signs[1], -slope]
    }
}
