//! From correlations to spectra.

use std::f64::consts::PI;

use phastft::fft_f64_dit_with_planner;
use phastft::planner::{Direction, PlannerDit64};

/// Speed of light in cm/ps, exact: what turns 1/ps into 1/cm.
const SPEED_OF_LIGHT: f64 = 2.997_924_58e-2;
/// Maxima below this share of the highest one are not listed.
const SMALLEST_PEAK: f64 = 0.05;
/// More maxima than this are not listed.
const MOST_PEAKS: usize = 12;

/// The cosine transform of a correlation, with a window that makes lines about 1/L wide:
///
///   S(ν̃) = Σ_{|n| < lags} w(nΔ) C(nΔ) cos(2πcν̃nΔ) / sinc²(πcν̃Δ)        w(τ) = cos²(πτ/2L)
///
/// | symbol | code name     | meaning                                                         | unit |
/// |--------|---------------|-----------------------------------------------------------------|------|
/// | ν̃      | `points`      | wavenumber                                                      | 1/cm |
/// | L      | `lags` · Δ    | longest lag                                                     | ps   |
/// | Δ      | `interval`    | time between frames                                             | ps   |
/// | sinc²  | `differences` | only for derivatives that are differences between frames, which weakens them | 1 |
pub(super) struct CosineTransform {
    pub(super) interval: f64,
    pub(super) lags: usize,
    pub(super) differences: bool,
}

impl CosineTransform {
    /// Length of the transform; four times finer than the resolution, so that curves look smooth.
    fn size(&self) -> usize {
        8 * self.lags.next_power_of_two()
    }

    /// Distance of the points in 1/cm.
    pub(super) fn wavenumber_step(&self) -> f64 {
        1.0 / (self.size() as f64 * self.interval * SPEED_OF_LIGHT)
    }

    /// Wavenumbers in 1/cm, from zero to half the rate of the frames.
    pub(super) fn points(&self) -> Vec<f64> {
        (0..=self.size() / 2).map(|at| at as f64 * self.wavenumber_step()).collect()
    }

    /// The transform of `correlation` `[lags]` at the points.
    pub(super) fn of(&self, correlation: &[f64]) -> Vec<f64> {
        let size = self.size();
        let planner = PlannerDit64::new(size);
        let (mut real, mut imaginary) = (vec![0.0; size], vec![0.0; size]);
        for (lag, value) in correlation.iter().enumerate() {
            let window = (0.5 * PI * lag as f64 / self.lags as f64).cos().powi(2);
            real[lag] = window * value;
            real[(size - lag) % size] = window * value;
        }
        fft_f64_dit_with_planner(&mut real, &mut imaginary, Direction::Forward, &planner);
        real[..=size / 2].iter().enumerate().map(|(at, value)| value / self.weakening(at)).collect()
    }

    /// The integral of `values` at the points over wavenumbers.
    pub(super) fn integral(&self, values: &[f64]) -> f64 {
        let ends = 0.5 * (values[0] + values[self.size() / 2]);
        (values.iter().sum::<f64>() - ends) * self.wavenumber_step()
    }

    /// How much weaker a motion appears in differences between frames.
    fn weakening(&self, at: usize) -> f64 {
        if !self.differences || at == 0 {
            return 1.0;
        }
        let phase = PI * at as f64 / self.size() as f64;
        (phase.sin() / phase).powi(2)
    }

    /// Wavenumbers of the highest maxima, in order, each the vertex of the parabola through three points.
    pub(super) fn peaks(&self, density: &[f64]) -> Vec<f64> {
        let highest = density.iter().copied().fold(0.0, f64::max);
        let mut found: Vec<(f64, f64)> = density
            .windows(3)
            .enumerate()
            .filter(|(_, three)| three[1] > SMALLEST_PEAK * highest && three[1] > three[0] && three[1] >= three[2])
            .map(|(at, three)| {
                let shift = 0.5 * (three[0] - three[2]) / (three[0] - 2.0 * three[1] + three[2]);
                (three[1], ((at + 1) as f64 + shift) * self.wavenumber_step())
            })
            .collect();
        found.sort_by(|one, other| other.0.total_cmp(&one.0));
        found.truncate(MOST_PEAKS);
        let mut places: Vec<f64> = found.into_iter().map(|(_, place)| place).collect();
        places.sort_by(f64::total_cmp);
        places
    }

    /// What a reader should know of resolution and range.
    pub(super) fn note(&self) -> String {
        format!(
            "lines are about {:.1} 1/cm wide; frequencies above {:.0} 1/cm cannot be distinguished from lower ones",
            1.0 / ((self.lags - 1) as f64 * self.interval * SPEED_OF_LIGHT),
            0.5 / (self.interval * SPEED_OF_LIGHT)
        )
    }
}
