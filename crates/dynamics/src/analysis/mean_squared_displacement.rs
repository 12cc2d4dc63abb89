//! How far atoms wander.

use std::collections::VecDeque;

use super::groups::Groups;
use super::number::rounded;
use super::spacing::Spacing;
use super::{Analysis, Blocks, Curve, Curves, Findings, LineFit, Number, Sample, StateReader, standard_error};
use cormorant_core::system::observables::center_of_mass;
use cormorant_core::system::vector::{difference, dot};
use cormorant_core::units::PICOSECOND;
use cormorant_core::{Error, Result};

/// Frames that are kept on each level.
const KEPT: usize = 16;
/// Levels; the last one sees every 2³¹st frame.
const LEVELS: usize = 32;
/// Number of different lags.
const LAGS: usize = KEPT + (LEVELS - 1) * KEPT / 2;
/// Powers of the time that differ by more from 1 are not those of diffusion.
const OTHER_POWER: f64 = 0.25;
/// Fewest lags that a line is drawn through.
const FEWEST_LAGS: usize = 3;
/// 1 Å²/ps in cm²/s.
const SQUARE_CENTIMETRE_PER_SECOND: f64 = 1.0e-4;

/// Mean squared displacement of each element, and the diffusion coefficient.
///
///   MSD(τ) = ⟨|r_i(t + τ) − r_i(t)|²⟩ over atoms and times        MSD(τ) → c + 6 D τ
///
/// | symbol | meaning                                               | unit  |
/// |--------|-------------------------------------------------------|-------|
/// | τ      | lag                                                   | ps    |
/// | r      | position, never wrapped; of the center of mass of all atoms with `keep_drift = false` subtracted | Å |
/// | D      | diffusion coefficient, from a least-squares line over the window of the fit | Å²/ps |
///
/// Lags grow geometrically: 1 to 16 frames, then 18 to 32 by 2, 36 to 64 by 4 and so on, where lags of level l are taken
/// from every 2^l-th frame. So memory grows with the logarithm of the length alone, and each value is exact. Errors are
/// those of blocks; a lag that is not much shorter than a block (a sixteenth to an eighth of the whole) has none to trust.
/// Sources: Frenkel and Smit, Understanding Molecular Simulation, 2nd edition, algorithm 9 (section 4.4.2); Ramírez et al.
/// 2010, doi:10.1063/1.3491098. Checked by `suite::analysis::motion`.
pub struct MeanSquaredDisplacement {
    window: Option<(f64, f64)>,
    keep_drift: bool,
    groups: Groups,
    spacing: Spacing,
    frames: u64,
    levels: Vec<VecDeque<Vec<[f64; 3]>>>, // the latest frames of each level, [atoms][3] each
    sums: Blocks,                         // a vector of [elements + 1][LAGS]: sums over atoms, then 0 or 1 for the lag
}

impl MeanSquaredDisplacement {
    /// Nothing seen yet. `window` is the first and last lag (t) of the line whose slope is the diffusion coefficient; by
    /// default 2 and 10 percent of the length. Without `keep_drift` positions are those relative to the center of mass.
    ///
    /// # Errors
    /// When the window is empty.
    pub fn new(window: Option<(f64, f64)>, keep_drift: bool) -> Result<Self> {
        if let Some((from, to)) = window
            && !(from >= 0.0 && to > from)
        {
            return Err(Error::Invalid("the fit of the diffusion coefficient must end after it starts".into()));
        }
        Ok(Self {
            window,
            keep_drift,
            groups: Groups::default(),
            spacing: Spacing::default(),
            frames: 0,
            levels: Vec::new(),
            sums: Blocks::new(0),
        })
    }

    /// Begin a level above the last one when that is full for the first time, with every second of its frames.
    fn grow(&mut self) {
        let Some(last) = self.levels.last() else { return };
        if last.len() == KEPT && self.levels.len() < LEVELS {
            let every_second = last.iter().step_by(2).cloned().collect();
            self.levels.push(every_second);
        }
    }

    /// Mean squared displacements of the atoms of a group (Å²) at every lag in `sums`; not-a-number where there is none.
    fn means(&self, sums: &[f64], group: usize) -> Vec<f64> {
        let atoms = self.groups.counts()[group];
        let counts = &sums[self.groups.elements.len() * LAGS..];
        sums[group * LAGS..][..LAGS].iter().zip(counts).map(|(sum, count)| sum / (count * atoms)).collect()
    }

    /// D in Å²/ps by a line through `means` at the lags (ps) in the window.
    fn slope(lags: &[f64], means: &[f64], window: (f64, f64)) -> Option<f64> {
        let mut line = LineFit::default();
        let mut points = 0;
        for (lag, mean) in lags.iter().zip(means) {
            if (window.0..=window.1).contains(lag) && mean.is_finite() {
                line.add(*lag, *mean);
                points += 1;
            }
        }
        (points >= FEWEST_LAGS).then(|| line.slope() / 6.0)
    }

    /// The power of the lag (ps) with which `means` grow in the window: 1 where atoms diffuse, 2 where they fly, 0 where they are bound.
    fn power(lags: &[f64], means: &[f64], window: (f64, f64)) -> Option<f64> {
        let mut line = LineFit::default();
        let inside = lags.iter().zip(means).filter(|(lag, mean)| (window.0..=window.1).contains(*lag) && **mean > 0.0);
        let points = inside.map(|(lag, mean)| line.add(lag.ln(), mean.ln())).count();
        (points >= FEWEST_LAGS).then(|| line.slope())
    }
}

/// The lag in frames with this index.
fn lag(index: usize) -> u64 {
    let half = KEPT / 2;
    match index.checked_sub(KEPT) {
        None => index as u64 + 1,
        Some(rest) => ((half + 1 + rest % half) as u64) << (1 + rest / half),
    }
}

/// Squared displacements summed over the atoms of each element.
fn squares(now: &[[f64; 3]], before: &[[f64; 3]], kinds: &[usize], into: &mut [f64], at: usize) {
    for ((now, before), kind) in now.iter().zip(before).zip(kinds) {
        let moved = difference(*now, *before);
        into[kind * LAGS + at] += dot(moved, moved);
    }
}

impl Analysis for MeanSquaredDisplacement {
    fn title(&self) -> &'static str {
        "mean squared displacement"
    }

    fn add(&mut self, sample: &Sample<'_>) -> Result<()> {
        self.spacing.add(sample)?;
        if self.groups.add(sample)? {
            self.sums = Blocks::new((self.groups.elements.len() + 1) * LAGS);
        }
        let mut now = sample.system.positions.clone();
        if !self.keep_drift {
            let center = center_of_mass(sample.system);
            for position in &mut now {
                *position = difference(*position, center);
            }
        }
        let mut vector = vec![0.0; (self.groups.elements.len() + 1) * LAGS];
        if self.levels.is_empty() {
            self.levels.push(VecDeque::with_capacity(KEPT));
        }
        for level in 0..self.levels.len() {
            if !self.frames.is_multiple_of(1 << level) {
                break;
            }
            let kept = &mut self.levels[level];
            // Shorter lags are those of the level below.
            let (shortest, start) = if level == 0 { (1, 0) } else { (KEPT / 2 + 1, KEPT + (level - 1) * KEPT / 2) };
            for back in shortest..=kept.len() {
                let at = start + back - shortest;
                squares(&now, &kept[kept.len() - back], &self.groups.kinds, &mut vector, at);
                vector[self.groups.elements.len() * LAGS + at] = 1.0;
            }
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(now.clone());
        }
        self.grow();
        self.sums.add(&vector);
        self.frames += 1;
        Ok(())
    }

    fn findings(&self) -> Result<Findings> {
        let few = || {
            Error::TooFewFrames(
                "a mean squared displacement needs at least two frames; write more of them, or run longer".into(),
            )
        };
        let interval = self.spacing.interval().ok_or_else(few)? / PICOSECOND;
        let total = interval * (self.frames - 1) as f64;
        let sums = self.sums.sum();
        let counts = &sums[self.groups.elements.len() * LAGS..];
        let reached = counts.iter().position(|count| *count == 0.0).unwrap_or(LAGS);
        let lags: Vec<f64> = (0..LAGS).map(|index| lag(index) as f64 * interval).collect();
        let window = self.window.map_or((0.02 * total, 0.1 * total), |(a, b)| (a / PICOSECOND, b / PICOSECOND));
        let mut findings = Findings::default();
        let mut curves = Vec::new();
        for (group, label) in self.groups.labels().into_iter().enumerate() {
            let values = self.means(&sums, group);
            let blocks: Vec<Vec<f64>> = self.sums.full_blocks().map(|block| self.means(block, group)).collect();
            let error = |at: usize| {
                let known: Vec<f64> = blocks.iter().map(|block| block[at]).filter(|mean| mean.is_finite()).collect();
                standard_error(&known).unwrap_or(f64::NAN)
            };
            let slopes: Vec<f64> = blocks.iter().filter_map(|block| Self::slope(&lags, block, window)).collect();
            if let Some(value) = Self::slope(&lags, &values[..reached], window) {
                let error = standard_error(&slopes);
                let name = format!("diffusion coefficient of {label}");
                findings.numbers.push(Number::new(&name, value, "Å^2/ps").with_error(error));
                let power =
                    Self::power(&lags, &values[..reached], window).filter(|power| (power - 1.0).abs() > OTHER_POWER);
                if let Some(power) = power {
                    findings.notes.push(format!(
                        "{label}: the mean squared displacement grows as t^{power:.1} there, not as t: this is no diffusion coefficient; run longer, or set \
                         the window"
                    ));
                }
                let factor = SQUARE_CENTIMETRE_PER_SECOND;
                let error = error.map(|error| error * factor);
                findings.numbers.push(Number::new(name, value * factor, "cm^2/s").with_error(error));
            }
            let errors = (0..reached).map(error).collect();
            curves.push(Curve { label, values: values[..reached].to_vec(), errors: Some(errors) });
        }
        let (from, to) = (rounded(window.0, 4), rounded(window.1, 4));
        findings.notes.push(if findings.numbers.is_empty() {
            format!("no diffusion coefficient: fewer than {FEWEST_LAGS} lags lie between {from} and {to} ps")
        } else {
            // The lags that there are in the window, whatever was asked for.
            let within = lags[..reached].iter().filter(|lag| (window.0..=window.1).contains(*lag));
            let [first, last] =
                within.fold([f64::INFINITY, 0.0_f64], |[first, last], lag| [first.min(*lag), last.max(*lag)]);
            format!(
                "diffusion coefficients are slopes between lags of {} and {} ps, over 6",
                rounded(first, 4),
                rounded(last, 4)
            )
        });
        if self.window.is_some() && window.1 > 0.5 * total {
            findings.notes.push(format!(
                "the window goes to {to} ps, but the frames cover {} ps: the longest lags are means over few starts; take lags to a tenth of that",
                rounded(total, 4)
            ));
        }
        if !self.keep_drift {
            findings.notes.push("positions are relative to the center of mass of all atoms".into());
        }
        findings.curves.push(Curves {
            title: self.title().into(),
            axis: "lag".into(),
            axis_unit: "ps",
            points: lags[..reached].to_vec(),
            symbol: "MSD".into(),
            unit: "Å^2",
            curves,
            ..Curves::default()
        });
        Ok(findings)
    }

    fn state(&self) -> Vec<f64> {
        let mut state = self.groups.state();
        state.extend(self.spacing.state());
        state.extend([self.frames as f64, self.levels.len() as f64]);
        for level in &self.levels {
            state.push(level.len() as f64);
            state.extend(level.iter().flatten().flatten());
        }
        state.extend(self.sums.state());
        state
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let mut state = StateReader::new(state);
        self.groups = Groups::read(&mut state)?;
        self.spacing = Spacing::read(&mut state)?;
        self.frames = state.count()?;
        let levels = state.count()?;
        self.levels.clear();
        for _ in 0..levels {
            let kept = state.count()?;
            let frames = (0..kept).map(|_| state.vectors(self.groups.atoms.len()));
            self.levels.push(frames.collect::<Result<_>>()?);
        }
        self.sums = Blocks::read(&mut state)?;
        state.end()
    }
}
