//! How long velocities remember themselves, and which frequencies are in them.

use super::correlate::correlate;
use super::groups::Groups;
use super::spacing::Spacing;
use super::spectrum::Spectrum;
use super::{Analysis, Blocks, Curve, Curves, Findings, Number, Sample, StateReader, VelocitySource, standard_error};
use cormorant_core::system::vector::difference;
use cormorant_core::units::{ANGSTROM_PER_PICOSECOND, PICOSECOND};
use cormorant_core::{Error, Result};

/// More numbers than this are not kept (1 GiB).
const MOST_NUMBERS: usize = 1 << 27;

/// What is made of the correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CorrelationResult {
    /// The velocity autocorrelation function of each element.
    Function,
    /// The vibrational density of states, in all and of each element.
    DensityOfStates,
}

/// Velocity autocorrelation and vibrational density of states.
///
///   C_a(τ) = ⟨v_i(t + τ) · v_i(t)⟩ over atoms i of element a and times t        D_a = ⅓ ∫ C_a dτ
///
/// | symbol | meaning                                                             | unit    |
/// |--------|---------------------------------------------------------------------|---------|
/// | τ      | lag, up to `max_lag`                                                | ps      |
/// | v      | velocity                                                            | Å/ps    |
/// | D_a    | diffusion coefficient (Green and Kubo), the integral up to `max_lag` | Å²/ps  |
///
/// Frames are taken in segments of twice the longest lag; within each, all pairs of times are used, through fast Fourier
/// transforms. Memory: the velocities of one segment. Errors are those of blocks of segments. The density of states is
/// made as the private `Spectrum` says. Source: Allen and Tildesley, 2nd edition, section 8.3. Checked by `suite::analysis::motion`.
pub struct VelocityCorrelation {
    max_lag: f64,
    source: VelocitySource,
    result: CorrelationResult,
    groups: Groups,
    masses: Vec<f64>,
    spacing: Spacing,
    last: Option<Vec<[f64; 3]>>, // positions of the last frame, when velocities are differences
    segment: Vec<f64>,           // velocities in Å/t, [frames][atoms][3]
    sums: Blocks,                // a vector for each segment: [elements][lags] of v·v per atom, then of Σ m v·v
}

impl VelocityCorrelation {
    /// Nothing seen yet; lags up to `max_lag` (t).
    ///
    /// # Errors
    /// When `max_lag` is not positive.
    pub fn new(max_lag: f64, source: VelocitySource, result: CorrelationResult) -> Result<Self> {
        if !(max_lag.is_finite() && max_lag > 0.0) {
            return Err(Error::Invalid("the longest lag must be above zero".into()));
        }
        Ok(Self {
            max_lag,
            source,
            result,
            groups: Groups::default(),
            masses: Vec::new(),
            spacing: Spacing::default(),
            last: None,
            segment: Vec::new(),
            sums: Blocks::new(0),
        })
    }

    /// Lags that are looked at, of which the first is zero; `None` before the time between frames is known.
    fn lags(&self) -> Option<usize> {
        self.spacing.interval().map(|interval| (self.max_lag / interval + 1.0e-6) as usize + 1)
    }

    fn velocities(&mut self, sample: &Sample<'_>) -> Result<()> {
        let system = sample.system;
        match self.source {
            VelocitySource::Momenta if !sample.moving => {
                let reason = "it holds no velocities; take differences of positions instead (--velocities positions)";
                Err(Error::Structure(reason.into()).at_frame(sample.frame))
            }
            VelocitySource::Momenta => {
                self.segment.extend((0..system.atom_count()).flat_map(|atom| system.velocity(atom)));
                Ok(())
            }
            VelocitySource::Positions => {
                if let (Some(last), Some(interval)) = (&self.last, self.spacing.interval()) {
                    let moved = system.positions.iter().zip(last).map(|(now, last)| difference(*now, *last));
                    self.segment.extend(moved.flat_map(|moved| moved.map(|x| x / interval)));
                }
                self.last = Some(system.positions.clone());
                Ok(())
            }
        }
    }

    /// Take the segment into the averages if it is full.
    fn close(&mut self) -> Result<()> {
        let (Some(lags), width) = (self.lags(), 3 * self.masses.len()) else { return Ok(()) };
        if lags < 4 {
            return Err(Error::Invalid(format!(
                "there are fewer than four frames in the longest lag of {} ps; choose a longer one",
                self.max_lag / PICOSECOND
            )));
        }
        if 2 * lags * width > MOST_NUMBERS {
            return Err(Error::Invalid(format!(
                "{lags} lags of {} atoms do not fit into memory; choose a shorter longest lag, or fewer frames",
                self.masses.len()
            )));
        }
        if self.segment.len() >= 2 * lags * width {
            let found = correlate(&self.segment, &self.groups, &self.masses, lags);
            if self.sums.count() == 0 {
                self.sums = Blocks::new(found.len());
            }
            self.sums.add(&found);
            self.segment.clear();
        }
        Ok(())
    }

    /// The averages, with whatever there is if not even one segment is full, and the number of lags.
    fn averages(&self) -> Result<(Blocks, usize)> {
        let frames = self.segment.len() / (3 * self.masses.len()).max(1);
        if let Some(lags) = self.lags()
            && self.sums.count() > 0
        {
            return Ok((self.sums.clone(), lags));
        }
        let lags = frames / 2;
        if lags < 4 {
            return Err(Error::TooFewFrames(format!(
                "{frames} frames with velocities are too few for a correlation; there must be at least eight"
            )));
        }
        let found = correlate(&self.segment, &self.groups, &self.masses, lags);
        let mut sums = Blocks::new(found.len());
        sums.add(&found);
        Ok((sums, lags))
    }

    fn function(&self, sums: &Blocks, lags: usize, interval: f64) -> Findings {
        // From (Å/t)² to (Å/ps)².
        let square = 1.0 / (ANGSTROM_PER_PICOSECOND * ANGSTROM_PER_PICOSECOND);
        let integral = |mean: &[f64], group: usize| {
            let function = &mean[group * lags..][..lags];
            let inner: f64 = function.iter().sum::<f64>() - 0.5 * (function[0] + function[lags - 1]);
            inner * square * interval / 3.0
        };
        let (mean, error, length) = (sums.mean(), sums.error(), sums.block_length() as f64);
        let mut findings = Findings::default();
        let mut curves = Vec::new();
        for (group, label) in self.groups.labels().into_iter().enumerate() {
            let integrals: Vec<f64> = sums.full_blocks().map(|block| integral(block, group) / length).collect();
            let name = format!("diffusion coefficient of {label}");
            let number = Number::new(name, integral(&mean, group), "Å^2/ps");
            findings.numbers.push(number.with_error(standard_error(&integrals)));
            let part = |all: &Vec<f64>| all[group * lags..][..lags].iter().map(|value| value * square).collect();
            curves.push(Curve { label, values: part(&mean), errors: error.as_ref().map(part) });
        }
        let last = super::number::rounded((lags - 1) as f64 * interval, 4);
        findings.notes.push(format!("diffusion coefficients are integrals up to a lag of {last} ps, over 3"));
        findings.curves.push(Curves {
            title: self.title().into(),
            axis: "lag".into(),
            axis_unit: "ps",
            points: (0..lags).map(|lag| lag as f64 * interval).collect(),
            symbol: "C".into(),
            unit: "Å^2/ps^2",
            curves,
            ..Curves::default()
        });
        findings
    }
}

impl Analysis for VelocityCorrelation {
    fn title(&self) -> &'static str {
        match self.result {
            CorrelationResult::Function => "velocity autocorrelation",
            CorrelationResult::DensityOfStates => "vibrational density of states",
        }
    }

    fn add(&mut self, sample: &Sample<'_>) -> Result<()> {
        self.spacing.add(sample)?;
        if self.groups.add(sample)? {
            self.masses.clone_from(&sample.system.masses);
        }
        self.velocities(sample)?;
        self.close()
    }

    fn findings(&self) -> Result<Findings> {
        let few = || Error::TooFewFrames("a correlation of velocities needs at least eight frames".into());
        let interval = self.spacing.interval().ok_or_else(few)? / PICOSECOND;
        let (sums, lags) = self.averages()?;
        let mut findings = match self.result {
            CorrelationResult::Function => self.function(&sums, lags, interval),
            CorrelationResult::DensityOfStates => {
                Spectrum { interval, lags, labels: self.groups.labels(), atoms: self.masses.len(), source: self.source }
                    .findings(&sums)
            }
        };
        findings.notes.push(match self.source {
            VelocitySource::Momenta => "velocities are those of the frames".into(),
            VelocitySource::Positions => "velocities are differences of positions".into(),
        });
        Ok(findings)
    }

    fn state(&self) -> Vec<f64> {
        let mut state = self.groups.state();
        state.extend(&self.masses);
        state.extend(self.spacing.state());
        state.push(f64::from(u8::from(self.last.is_some())));
        state.extend(self.last.iter().flatten().flatten());
        state.push(self.segment.len() as f64);
        state.extend(&self.segment);
        state.extend(self.sums.state());
        state
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let mut state = StateReader::new(state);
        self.groups = Groups::read(&mut state)?;
        let atoms = self.groups.atoms.len();
        self.masses = state.numbers(atoms)?.to_vec();
        self.spacing = Spacing::read(&mut state)?;
        self.last = if state.count()? == 1 { Some(state.vectors(atoms)?) } else { None };
        let length = state.count()? as usize;
        self.segment = state.numbers(length)?.to_vec();
        self.sums = Blocks::read(&mut state)?;
        state.end()
    }
}
