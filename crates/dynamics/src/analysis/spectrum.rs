//! From velocity correlations to the vibrational density of states.

use super::cosine_transform::CosineTransform;
use super::{Blocks, Curve, Curves, Findings, Number, standard_error};

/// How a density of states is made of mass-weighted velocity correlations.
///
///   D(ν̃) = A ∫₀^L w(τ) Σ_i m_i ⟨v_i(τ) · v_i(0)⟩ cos(2πcν̃τ) dτ / sinc²(πcν̃Δ)        ∫ D dν̃ = 3 N
///
/// | symbol | code name  | meaning                                                         | unit |
/// |--------|------------|-----------------------------------------------------------------|------|
/// | ν̃      | `points`   | wavenumber                                                      | 1/cm |
/// | D      |            | modes per wavenumber                                            | cm   |
/// | w, L, Δ | `transform` | window, longest lag and time between frames, see [`CosineTransform`]; the last factor only for velocities from positions | 1, ps, ps |
/// | N      | `atoms`    | number of atoms                                                 | 1    |
///
/// Parts of single elements add up to the whole. Source: Thomas et al. 2013, doi:10.1039/c3cp44302g (power
/// spectrum of mass-weighted velocities). Checked by `suite::analysis::motion` (frequency, width and integral).
pub(super) struct Spectrum {
    pub(super) transform: CosineTransform,
    pub(super) labels: Vec<String>,
    pub(super) atoms: usize,
}

impl Spectrum {
    /// What `sums` of [`correlate`](super::correlate::correlate) say.
    pub(super) fn findings(&self, sums: &Blocks) -> Findings {
        let kinds = self.labels.len();
        let points = self.transform.points();
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
        for (number, peak) in self.transform.peaks(&parts[kinds]).into_iter().enumerate() {
            findings.numbers.push(Number::new(format!("maximum {}", number + 1), peak, "1/cm"));
        }
        findings.notes.push(self.transform.note());
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

    /// Densities of states of each element, and of all at the end, at the points of the transform.
    fn densities(&self, correlations: &[f64]) -> Vec<Vec<f64>> {
        let lags = self.transform.lags;
        let weighted = &correlations[self.labels.len() * lags..];
        let mut parts: Vec<Vec<f64>> =
            weighted.chunks_exact(lags).map(|function| self.transform.of(function)).collect();
        let mut all = vec![0.0; parts.first().map_or(0, Vec::len)];
        for part in &parts {
            for (sum, value) in all.iter_mut().zip(part) {
                *sum += value;
            }
        }
        let integral = self.transform.integral(&all);
        parts.push(all);
        let factor = if integral > 0.0 { 3.0 * self.atoms as f64 / integral } else { 0.0 };
        for value in parts.iter_mut().flatten() {
            *value *= factor;
        }
        parts
    }
}
