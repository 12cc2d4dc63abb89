//! From velocity correlations to the vibrational density of states.

use std::f64::consts::PI;

use phastft::fft_f64_dit_with_planner;
use phastft::planner::{Direction, PlannerDit64};

use super::{Blocks, Curve, Curves, Findings, Number, VelocitySource, standard_error};

/// Speed of light in cm/ps, exact: what turns 1/ps into 1/cm.
const SPEED_OF_LIGHT: f64 = 2.997_924_58e-2;
/// Maxima below this share of the highest one are not listed.
const SMALLEST_PEAK: f64 = 0.05;
/// More maxima than this are not listed.
const MOST_PEAKS: usize = 12;

/// How a density of states is made of mass-weighted velocity correlations.
///
///   D(ν̃) = A ∫₀^L w(τ) Σ_i m_i ⟨v_i(τ) · v_i(0)⟩ cos(2πcν̃τ) dτ / sinc²(πcν̃Δ)        ∫ D dν̃ = 3 N
///
/// | symbol | code name  | meaning                                                         | unit |
/// |--------|------------|-----------------------------------------------------------------|------|
/// | ν̃      | `points`   | wavenumber                                                      | 1/cm |
/// | D      |            | modes per wavenumber                                            | cm   |
/// | w      |            | cos²(πτ/2L), which makes lines about 1/L wide                   | 1    |
/// | L      | `lags` · Δ | longest lag                                                     | ps   |
/// | Δ      | `interval` | time between frames; the last factor only for velocities from positions | ps |
/// | N      | `atoms`    | number of atoms                                                 | 1    |
///
/// Parts of single elements add up to the whole. Source: Thomas et al. 2013, doi:10.1039/c3cp44302g (power
/// spectrum of mass-weighted velocities). Checked by `suite::analysis::motion` (frequency, width and integral).
pub(super) struct Spectrum {
    pub(super) interval: f64,
    pub(super) lags: usize,
    pub(super) labels: Vec<String>,
    pub(super) atoms: usize,
    pub(super) source: VelocitySource,
}

impl Spectrum {
    /// What `sums` of [`correlate`](super::correlate::correlate) say.
    pub(super) fn findings(&self, sums: &Blocks) -> Findings {
        let kinds = self.labels.len();
        let points: Vec<f64> = (0..=self.size() / 2).map(|at| at as f64 * self.wavenumber_step()).collect();
        let parts = self.densities(&sums.mean());
        let blocks: Vec<Vec<Vec<f64>>> = sums.full_blocks().map(|block| self.densities(block)).collect();
        let curve = |label: String, at: usize| {
            let error = |point: usize| standard_error(&blocks.iter().map(|block| block[at][point]).collect::<Vec<_>>());
            let errors = (0..points.len()).map(error).collect();
            Curve { label, values: parts[at].clone(), errors }
        };
        let mut curves = vec![curve("all".into(), kinds)];
        if kinds > 1 {
            curves.extend(self.labels.iter().enumerate().map(|(at, label)| curve(label.clone(), at)));
        }
        let mut findings = Findings::default();
        for (number, peak) in self.peaks(&parts[kinds]).into_iter().enumerate() {
            findings.numbers.push(Number::new(format!("maximum {}", number + 1), peak, "1/cm"));
        }
        findings.notes.push(format!(
            "lines are about {:.1} 1/cm wide; frequencies above {:.0} 1/cm cannot be distinguished from lower ones",
            1.0 / ((self.lags - 1) as f64 * self.interval * SPEED_OF_LIGHT),
            0.5 / (self.interval * SPEED_OF_LIGHT)
        ));
        findings.curves.push(Curves {
            title: "vibrational density of states".into(),
            axis: "wavenumber".into(),
            axis_unit: "1/cm",
            points,
            symbol: "D".into(),
            unit: "cm",
            curves,
            ..Curves::default()
        });
        findings
    }

    /// Length of the transform; four times finer than the resolution, so that curves look smooth.
    fn size(&self) -> usize {
        8 * self.lags.next_power_of_two()
    }

    fn wavenumber_step(&self) -> f64 {
        1.0 / (self.size() as f64 * self.interval * SPEED_OF_LIGHT)
    }

    /// Densities of states of each element, and of all at the end, each at `size / 2 + 1` points.
    fn densities(&self, correlations: &[f64]) -> Vec<Vec<f64>> {
        let kinds = self.labels.len();
        let size = self.size();
        let planner = PlannerDit64::new(size);
        let mut parts = Vec::with_capacity(kinds + 1);
        for function in correlations[kinds * self.lags..].chunks_exact(self.lags) {
            let (mut real, mut imaginary) = (vec![0.0; size], vec![0.0; size]);
            for (lag, value) in function.iter().enumerate() {
                let window = (0.5 * PI * lag as f64 / self.lags as f64).cos().powi(2);
                real[lag] = window * value;
                real[(size - lag) % size] = window * value;
            }
            fft_f64_dit_with_planner(&mut real, &mut imaginary, Direction::Forward, &planner);
            let density = |(at, value): (usize, &f64)| value / self.weakening(at);
            parts.push(real[..=size / 2].iter().enumerate().map(density).collect::<Vec<f64>>());
        }
        let mut all = vec![0.0; size / 2 + 1];
        for part in &parts {
            for (sum, value) in all.iter_mut().zip(part) {
                *sum += value;
            }
        }
        let ends = 0.5 * (all[0] + all[size / 2]);
        let integral = (all.iter().sum::<f64>() - ends) * self.wavenumber_step();
        parts.push(all);
        let factor = if integral > 0.0 { 3.0 * self.atoms as f64 / integral } else { 0.0 };
        for value in parts.iter_mut().flatten() {
            *value *= factor;
        }
        parts
    }

    /// How much weaker a motion appears in velocities from differences of positions.
    fn weakening(&self, at: usize) -> f64 {
        if self.source == VelocitySource::Momenta || at == 0 {
            return 1.0;
        }
        let phase = PI * at as f64 / self.size() as f64;
        (phase.sin() / phase).powi(2)
    }

    /// Wavenumbers of the highest maxima, in order, each the vertex of the parabola through three points.
    fn peaks(&self, density: &[f64]) -> Vec<f64> {
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
}
