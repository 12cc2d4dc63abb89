//! Infrared spectra from how the dipole moves.

use std::f64::consts::PI;

use super::correlate::autocorrelations;
use super::cosine_transform::CosineTransform;
use super::segments::Segments;
use super::spacing::Spacing;
use super::{Analysis, Blocks, Curve, Curves, Findings, Number, Sample, StateReader, standard_error};
use cormorant_core::system::vector::difference;
use cormorant_core::units::{BOLTZMANN, CENTIMETER, COULOMB, KILOMETER_PER_MOLE, PICOSECOND, SPEED_OF_LIGHT};
use cormorant_core::{Error, Result};

/// Infrared absorption from the autocorrelation of the time derivative of the dipole.
///
///   α(ω) n(ω) = β / (6 ε₀ c V) ∫ ⟨Ṁ(0) · Ṁ(t)⟩ e^{−iωt} dt,   from −∞ to ∞
///
/// | symbol | code name | meaning | unit |
/// |--------|-----------|---------|------|
/// | α n | | absorption coefficient times refractive index | 1/cm |
/// | ω | | angular frequency, of which the wavenumber is ω/2πc | 1/t |
/// | β | | 1/(kB · `temperature`) | 1/eV |
/// | ε₀ | | from e²/4πε₀ = `COULOMB` | |
/// | c | `SPEED_OF_LIGHT` | speed of light | Å/t |
/// | V | `volume` / `frames` | mean volume of the cell | Å³ |
/// | M | `dipole` of a [`Sample`] | dipole | e·Å |
///
/// The motion is classical and the prefactor the quantum one with the harmonic correction βħω/(1 − e^{−βħω}), with which ħ drops out
/// (π β / 3 ε₀ c V times 1/2π of the integral): the integral over a vibration is the one of its quantum transition. With rings of
/// path integrals it is the Kubo transform, which needs no correction. Without a volume (molecules, slabs, wires) it is N_A α n V, in
/// km/mol for each 1/cm. Ṁ are differences between frames; window and their correction are those of the private `CosineTransform`.
/// Frames are taken in segments of twice the longest lag. Source: Ramírez et al. 2004, doi:10.1063/1.1774986 (correction); Thomas et al. 2013,
/// doi:10.1039/c3cp44302g (derivative of the dipole). Checked by `suite::infrared`.
pub struct InfraredSpectrum {
    temperature: f64,
    spacing: Spacing,
    atoms: usize,
    frames: u64,
    volume: f64, // sum over the frames, Å³; 0 without a volume
    last: Option<[f64; 3]>,
    segments: Segments, // of Ṁ in e·Å/t, [3] for each frame; of each [lags] of Ṁ·Ṁ
}

impl InfraredSpectrum {
    /// Nothing seen yet; lags up to `max_lag` (t), at `temperature` (K).
    ///
    /// # Errors
    /// When `max_lag` or `temperature` is not positive.
    pub fn new(max_lag: f64, temperature: f64) -> Result<Self> {
        if !(temperature.is_finite() && temperature > 0.0) {
            return Err(Error::Invalid("the temperature of an infrared spectrum must be above zero".into()));
        }
        let (spacing, segments) = (Spacing::default(), Segments::new(max_lag)?);
        Ok(Self { temperature, spacing, atoms: 0, frames: 0, volume: 0.0, last: None, segments })
    }

    /// Counts the frame and its volume.
    fn count(&mut self, sample: &Sample<'_>) -> Result<()> {
        let atoms = sample.system.atom_count();
        let volume = sample.system.cell.and_then(|cell| cell.volume());
        if self.frames == 0 {
            self.atoms = atoms;
        } else if atoms != self.atoms || volume.is_some() != (self.volume > 0.0) {
            let reason = "it has other atoms, or another kind of cell, than the frames before it";
            return Err(Error::Structure(reason.into()).at_frame(sample.frame));
        }
        self.frames += 1;
        self.volume += volume.unwrap_or(0.0);
        Ok(())
    }

    /// What one (e·Å/t)²·ps of the integral over both signs of time is: 1/cm of absorption, or km/mol per 1/cm.
    fn unit(&self) -> f64 {
        let cross_section = 4.0 * PI * COULOMB / (6.0 * SPEED_OF_LIGHT * BOLTZMANN * self.temperature) * PICOSECOND;
        if self.volume > 0.0 {
            cross_section * CENTIMETER / (self.volume / self.frames as f64)
        } else {
            cross_section / (KILOMETER_PER_MOLE * CENTIMETER)
        }
    }
}

/// ⟨Ṁ·Ṁ⟩ at each of the lags.
fn correlate(numbers: &[f64], lags: usize) -> Vec<f64> {
    autocorrelations(numbers, 3, 1, lags, |_| [(0, 1.0)])
}

impl Analysis for InfraredSpectrum {
    fn title(&self) -> &'static str {
        "infrared spectrum"
    }

    fn add(&mut self, sample: &Sample<'_>) -> Result<()> {
        let dipole = sample.require_dipole("an infrared spectrum")?;
        self.spacing.add(sample)?;
        self.count(sample)?;
        if let (Some(last), Some(interval)) = (self.last, self.spacing.interval()) {
            self.segments.extend(difference(dipole, last).into_iter().map(|change| change / interval));
        }
        self.last = Some(dipole);
        self.segments.close(self.spacing.interval(), 3, correlate)
    }

    fn findings(&self) -> Result<Findings> {
        let few = || {
            Error::TooFewFrames(
                "an infrared spectrum needs at least nine frames; write more of them, or run longer".into(),
            )
        };
        let interval = self.spacing.interval().ok_or_else(few)? / PICOSECOND;
        let (sums, lags) = self.segments.averages(self.spacing.interval(), 3, "steps between frames", correlate)?;
        let transform = CosineTransform { interval, lags, differences: true };
        Ok(self.spectrum(&transform, &sums))
    }

    fn state(&self) -> Vec<f64> {
        let mut state = vec![self.atoms as f64, self.frames as f64, self.volume];
        state.extend(self.spacing.state());
        state.push(f64::from(u8::from(self.last.is_some())));
        state.extend(self.last.iter().flatten());
        state.extend(self.segments.state());
        state
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let mut state = StateReader::new(state);
        (self.atoms, self.frames, self.volume) = (state.count()? as usize, state.count()?, state.number()?);
        self.spacing = Spacing::read(&mut state)?;
        self.last = if state.count()? == 1 { state.vectors(1)?.pop() } else { None };
        self.segments.restore(&mut state)?;
        state.end()
    }
}

impl InfraredSpectrum {
    fn spectrum(&self, transform: &CosineTransform, sums: &Blocks) -> Findings {
        let bulk = self.volume > 0.0;
        let factor = self.unit() * transform.interval;
        let of = |correlation: &[f64], count: f64| -> Vec<f64> {
            transform.of(correlation).into_iter().map(|value| value * factor / count).collect()
        };
        let values = of(&sums.mean(), 1.0);
        let blocks: Vec<Vec<f64>> = sums.full_blocks().map(|block| of(block, sums.block_length() as f64)).collect();
        let error =
            |read: &dyn Fn(&[f64]) -> f64| standard_error(&blocks.iter().map(|block| read(block)).collect::<Vec<_>>());
        let errors = (0..values.len()).map(|point| error(&|block| block[point])).collect();
        let mut findings = Findings::default();
        for (number, peak) in transform.peaks(&values).into_iter().enumerate() {
            findings.numbers.push(Number::new(format!("maximum {}", number + 1), peak, "1/cm"));
        }
        let whole = Number::new("integral", transform.integral(&values), if bulk { "1/cm^2" } else { "km/mol" });
        findings.numbers.push(whole.with_error(error(&|block| transform.integral(block))));
        findings.notes.push(transform.note());
        findings.notes.push(format!("classical motion at {} K with the harmonic quantum correction", self.temperature));
        if bulk {
            findings.notes.push("absorption coefficient times refractive index".into());
        }
        findings.curves.push(Curves {
            title: self.title().into(),
            axis: "wavenumber".into(),
            axis_unit: "1/cm",
            points: transform.points(),
            symbol: if bulk { "αn" } else { "A" }.into(),
            unit: if bulk { "1/cm" } else { "km cm/mol" },
            curves: vec![Curve { label: "all".into(), values, errors }],
            ..Curves::default()
        });
        findings
    }
}
