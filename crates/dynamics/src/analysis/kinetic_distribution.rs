//! The kinetic energy against its exact distribution.

use statrs::distribution::{ChiSquared, ContinuousCDF, Gamma};

use super::{Analysis, Blocking, Curve, Curves, Findings, Number, Sample, StateReader};
use cormorant_core::system::observables::kinetic_energy;
use cormorant_core::units::BOLTZMANN;
use cormorant_core::{Error, Result};

/// Bins of equal probability of the test.
const TEST_BINS: usize = 20;
/// Bins of the picture.
const SHOWN_BINS: usize = 50;
/// Probability left out of the picture at either end.
const LEFT_OUT: f64 = 1.0e-4;
/// Effective samples in each bin of the test, below which it says nothing.
const FEWEST_PER_BIN: f64 = 5.0;

/// Distribution of the kinetic energy, and how well it agrees with that of the canonical ensemble.
///
///   p(K) = (βK)^{f/2 − 1} e^{−βK} β / Γ(f/2)        χ² = Σ_b (n_b − n/B)² / (n/B) / g        g = n σ²(K̄) / σ²(K)
///
/// | symbol | meaning                                                              | unit |
/// |--------|----------------------------------------------------------------------|------|
/// | K      | kinetic energy                                                       | eV   |
/// | β      | 1/kT at the temperature of the bath                                  | 1/eV |
/// | f      | degrees of freedom that the temperature counts                       | 1    |
/// | n, n_b | samples in all, and in bin b of B = 20 bins of equal probability     | 1    |
/// | g      | statistical inefficiency: samples that are worth an independent one, by blocking ([`Blocking`]) | 1 |
/// | χ²     | follows the chi-square distribution with B − 1 degrees if the sampling is right | 1 |
///
/// Bins forget at least as fast as K itself, so that g is an upper bound and the test rather too lenient for correlated
/// samples. Sources: Shirts 2013, doi:10.1021/ct300688p (the distribution); Flyvbjerg and Petersen 1989,
/// doi:10.1063/1.457480 (g). Checked by `suite::analysis::energies`.
pub struct KineticDistribution {
    temperature: f64,
    freedom: usize,
    exact: Gamma,     // of K / kT
    test: Vec<f64>,   // upper ends of all bins of the test but the last, in kT
    range: [f64; 2],  // of the picture, in kT
    counts: Vec<f64>, // [TEST_BINS]
    shown: Vec<f64>,  // [SHOWN_BINS]
    energies: Blocking,
}

impl KineticDistribution {
    /// Nothing seen yet; for `temperature` (K) and so many degrees of freedom.
    ///
    /// # Errors
    /// When the temperature is not positive or there is no degree of freedom.
    pub fn new(temperature: f64, freedom: usize) -> Result<Self> {
        let refuse = || {
            Error::Invalid(format!("{freedom} degrees of freedom at {temperature} K have no distribution of energies"))
        };
        if !(temperature.is_finite() && temperature > 0.0 && freedom > 0) {
            return Err(refuse());
        }
        let exact = Gamma::new(0.5 * freedom as f64, 1.0).map_err(|_| refuse())?;
        let quantile = |probability: f64| exact.inverse_cdf(probability);
        Ok(Self {
            temperature,
            freedom,
            test: (1..TEST_BINS).map(|bin| quantile(bin as f64 / TEST_BINS as f64)).collect(),
            range: [quantile(LEFT_OUT), quantile(1.0 - LEFT_OUT)],
            counts: vec![0.0; TEST_BINS],
            shown: vec![0.0; SHOWN_BINS],
            energies: Blocking::default(),
            exact,
        })
    }

    /// Take one more kinetic energy in eV.
    pub fn add_energy(&mut self, kinetic: f64) {
        let reduced = kinetic / (BOLTZMANN * self.temperature);
        self.energies.add(kinetic);
        self.counts[self.test.partition_point(|end| *end <= reduced)] += 1.0;
        let [from, to] = self.range;
        let place = (reduced - from) / (to - from) * SHOWN_BINS as f64;
        if (0.0..SHOWN_BINS as f64).contains(&place) {
            self.shown[place as usize] += 1.0;
        }
    }

    /// Samples that are worth an independent one; `None` before there are enough to tell.
    #[must_use]
    pub fn inefficiency(&self) -> Option<f64> {
        let error = self.energies.error()?;
        let variance = self.energies.variance();
        (variance > 0.0).then(|| (error * error * self.energies.count() as f64 / variance).max(1.0))
    }

    /// χ² over its 19 degrees of freedom, and the probability of one as large or larger; `None` before there are enough
    /// samples.
    #[must_use]
    pub fn chi_square(&self) -> Option<(f64, f64)> {
        let inefficiency = self.inefficiency()?;
        let expected = self.energies.count() as f64 / TEST_BINS as f64;
        if expected / inefficiency < FEWEST_PER_BIN {
            return None;
        }
        let squares: f64 = self.counts.iter().map(|count| (count - expected).powi(2) / expected).sum();
        let degrees = (TEST_BINS - 1) as f64;
        let chi_square = squares / inefficiency;
        let distribution = ChiSquared::new(degrees).ok()?;
        Some((chi_square / degrees, distribution.sf(chi_square)))
    }
}

impl Analysis for KineticDistribution {
    fn title(&self) -> &'static str {
        "distribution of the kinetic energy"
    }

    fn add(&mut self, sample: &Sample<'_>) -> Result<()> {
        if !sample.moving {
            return Err(Error::Structure(
                "it holds no velocities; use a trajectory with them, such as one that was written as .xyz".into(),
            )
            .at_frame(sample.frame));
        }
        self.add_energy(kinetic_energy(sample.system));
        Ok(())
    }

    fn findings(&self) -> Result<Findings> {
        let count = self.energies.count() as f64;
        if count == 0.0 {
            return Err(Error::TooFewFrames("there are no kinetic energies to take a distribution of".into()));
        }
        let thermal = BOLTZMANN * self.temperature;
        let [from, to] = self.range;
        let width = (to - from) / SHOWN_BINS as f64;
        let inefficiency = self.inefficiency().unwrap_or(1.0);
        let middle = |bin: usize| from + (bin as f64 + 0.5) * width;
        let factor = 1.0 / (count * width * thermal);
        // Means over the bins, so that wide bins do not make a difference of their own.
        let exact = |bin: usize| {
            let edge = from + bin as f64 * width;
            (self.exact.cdf(edge + width) - self.exact.cdf(edge)) / (width * thermal)
        };
        let error = |count: &f64| (count.max(1.0) * inefficiency).sqrt() * factor;
        let found = Curve {
            label: "found".into(),
            values: self.shown.iter().map(|count| count * factor).collect(),
            errors: Some(self.shown.iter().map(error).collect()),
        };
        let exact = Curve { label: "exact".into(), values: (0..SHOWN_BINS).map(exact).collect(), errors: None };
        let temperature = |energy: f64| 2.0 * energy / (self.freedom as f64 * BOLTZMANN);
        let mean = Number::new("mean temperature", temperature(self.energies.mean()), "K");
        let mut numbers = vec![mean.with_error(self.energies.error().map(temperature))];
        let mut notes = vec![format!("exact: {} degrees of freedom at {} K", self.freedom, self.temperature)];
        if let Some((reduced, probability)) = self.chi_square() {
            numbers.push(Number::new("chi-square per degree of freedom", reduced, ""));
            numbers.push(Number::new("probability of a larger chi-square", probability, ""));
            numbers.push(Number::new("independent samples", count / inefficiency, ""));
        } else {
            notes.push("too few independent samples for a test".into());
        }
        let curves = Curves {
            title: self.title().into(),
            axis: "K".into(),
            axis_unit: "eV",
            points: (0..SHOWN_BINS).map(|bin| middle(bin) * thermal).collect(),
            symbol: "p".into(),
            unit: "1/eV",
            curves: vec![found, exact],
            ..Curves::default()
        };
        Ok(Findings { curves: vec![curves], numbers, notes, ..Findings::default() })
    }

    fn state(&self) -> Vec<f64> {
        [self.counts.as_slice(), &self.shown, &self.energies.state()].concat()
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let mut state = StateReader::new(state);
        self.counts = state.numbers(TEST_BINS)?.to_vec();
        self.shown = state.numbers(SHOWN_BINS)?.to_vec();
        self.energies = Blocking::read(&mut state)?;
        state.end()
    }
}
