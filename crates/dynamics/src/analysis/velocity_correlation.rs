//! How long velocities remember themselves, and which frequencies are in them.

use super::correlate::correlate;
use super::cosine_transform::CosineTransform;
use super::groups::Groups;
use super::segments::Segments;
use super::spacing::Spacing;
use super::spectrum::Spectrum;
use super::{Analysis, Blocks, Curve, Curves, Findings, Number, Sample, StateReader, VelocitySource, standard_error};
use cormorant_core::system::vector::difference;
use cormorant_core::units::{ANGSTROM_PER_PICOSECOND, PICOSECOND};
use cormorant_core::{Error, Result};

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
    source: VelocitySource,
    result: CorrelationResult,
    groups: Groups,
    masses: Vec<f64>,
    spacing: Spacing,
    last: Option<Vec<[f64; 3]>>, // positions of the last frame, when velocities are differences
    // Of velocities in Å/t, [atoms][3] for each frame; of each: [elements][lags] of v·v per atom, then of Σ m v·v.
    segments: Segments,
}

impl VelocityCorrelation {
    /// Nothing seen yet; lags up to `max_lag` (t).
    ///
    /// # Errors
    /// When `max_lag` is not positive.
    pub fn new(max_lag: f64, source: VelocitySource, result: CorrelationResult) -> Result<Self> {
        Ok(Self {
            source,
            result,
            groups: Groups::default(),
            masses: Vec::new(),
            spacing: Spacing::default(),
            last: None,
            segments: Segments::new(max_lag)?,
        })
    }

    fn velocities(&mut self, sample: &Sample<'_>) -> Result<()> {
        let system = sample.system;
        match self.source {
            VelocitySource::Momenta if !sample.moving => {
                let reason = "it holds no velocities; take differences of positions instead (--velocities positions)";
                Err(Error::Structure(reason.into()).at_frame(sample.frame))
            }
            VelocitySource::Momenta => {
                self.segments.extend((0..system.atom_count()).flat_map(|atom| system.velocity(atom)));
                Ok(())
            }
            VelocitySource::Positions => {
                if let (Some(last), Some(interval)) = (&self.last, self.spacing.interval()) {
                    let moved = system.positions.iter().zip(last).map(|(now, last)| difference(*now, *last));
                    self.segments.extend(moved.flat_map(|moved| moved.map(|x| x / interval)));
                }
                self.last = Some(system.positions.clone());
                Ok(())
            }
        }
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
        let Self { groups, masses, spacing, segments, .. } = self;
        let found = |numbers: &[f64], lags| correlate(numbers, groups, masses, lags);
        segments.close(spacing.interval(), 3 * masses.len(), found)
    }

    fn findings(&self) -> Result<Findings> {
        let few = || {
            Error::TooFewFrames(
                "a correlation of velocities needs at least eight frames; write more of them, or run longer".into(),
            )
        };
        let interval = self.spacing.interval().ok_or_else(few)? / PICOSECOND;
        let found = |numbers: &[f64], lags| correlate(numbers, &self.groups, &self.masses, lags);
        let width = 3 * self.masses.len();
        let (sums, lags) = self.segments.averages(self.spacing.interval(), width, "frames with velocities", found)?;
        let mut findings = match self.result {
            CorrelationResult::Function => self.function(&sums, lags, interval),
            CorrelationResult::DensityOfStates => {
                let differences = self.source == VelocitySource::Positions;
                let transform = CosineTransform { interval, lags, differences };
                Spectrum { transform, labels: self.groups.labels(), atoms: self.masses.len() }.findings(&sums)
            }
        };
        findings.notes.push(match self.source {
            VelocitySource::Momenta => "velocities are those of the frames".into(),
            VelocitySource::Positions if self.result == CorrelationResult::Function => {
                "velocities are differences of positions: means over the time between frames, whose correlation at short lags is too small".into()
            }
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
        state.extend(self.segments.state());
        state
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let mut state = StateReader::new(state);
        self.groups = Groups::read(&mut state)?;
        let atoms = self.groups.atoms.len();
        self.masses = state.numbers(atoms)?.to_vec();
        self.spacing = Spacing::read(&mut state)?;
        self.last = if state.count()? == 1 { Some(state.vectors(atoms)?) } else { None };
        self.segments.restore(&mut state)?;
        state.end()
    }
}
