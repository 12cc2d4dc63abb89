//! Autocorrelation by fast Fourier transforms.

use phastft::fft_f64_dit_with_planner;
use phastft::planner::{Direction, PlannerDit64};

use super::groups::Groups;

/// Autocorrelations of `velocities` `[frames][atoms][3]` at the lags 0 to `lags` − 1, which must be fewer than frames.
///
/// Returns `[elements][lags]` averaged over the atoms of each element and the pairs of times, then `[elements][lags]` summed
/// over the atoms times their masses. The transform of |v̂|², zero-padded so that the end does not meet the beginning, is
/// the correlation (Wiener and Khinchin). Checked against the double loop by `suite::analysis::motion`.
pub(super) fn correlate(velocities: &[f64], groups: &Groups, masses: &[f64], lags: usize) -> Vec<f64> {
    let counts = groups.counts();
    autocorrelations(velocities, 3 * masses.len(), 2 * counts.len(), lags, |coordinate| {
        let atom = coordinate / 3;
        let kind = groups.kinds[atom];
        [(kind, 1.0 / counts[kind]), (counts.len() + kind, masses[atom])]
    })
}

/// Autocorrelations of a `series` `[frames][width]` at the lags 0 to `lags` − 1, `[sums][lags]`, averaged over the pairs of times:
/// that of each coordinate is added to the sums that `shares` names, with their weights.
pub(super) fn autocorrelations<const N: usize>(
    series: &[f64],
    width: usize,
    sums: usize,
    lags: usize,
    shares: impl Fn(usize) -> [(usize, f64); N],
) -> Vec<f64> {
    let frames = series.len() / width;
    let size = (frames + lags).next_power_of_two();
    let planner = PlannerDit64::new(size);
    let transform = |real: &mut [f64], imaginary: &mut [f64]| {
        fft_f64_dit_with_planner(real, imaginary, Direction::Forward, &planner);
    };
    let (mut real, mut imaginary) = (vec![0.0; size], vec![0.0; size]);
    let mut powers = vec![vec![0.0; size]; sums];
    for coordinate in 0..width {
        real.fill(0.0);
        imaginary.fill(0.0);
        for (frame, value) in real[..frames].iter_mut().enumerate() {
            *value = series[frame * width + coordinate];
        }
        transform(&mut real, &mut imaginary);
        for (place, weight) in shares(coordinate) {
            for (sum, (x, y)) in powers[place].iter_mut().zip(real.iter().zip(&imaginary)) {
                *sum += weight * (x * x + y * y);
            }
        }
    }
    let mut correlations = Vec::with_capacity(powers.len() * lags);
    for mut power in powers {
        // A power spectrum is even, so that the transform back is the same as the one there, but for the factor 1 / size.
        imaginary.fill(0.0);
        transform(&mut power, &mut imaginary);
        let average = |(lag, sum): (usize, &f64)| sum / (size as f64 * (frames - lag) as f64);
        correlations.extend(power[..lags].iter().enumerate().map(average));
    }
    correlations
}
