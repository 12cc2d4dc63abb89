//! Whether all parts of a system have one temperature.

use super::{Motion, Stage};
use crate::analysis::standard_error;
use cormorant_core::units::PICOSECOND;

/// Blocks that an alarm needs.
const FEWEST_BLOCKS: usize = 16;
/// How long each of them has to be, in t: energy goes from one part of a molecule to another within picoseconds.
const SHORTEST_BLOCK: f64 = 2.0 * PICOSECOND;
/// Standard errors that a part may differ from the whole.
const SIGMAS: f64 = 6.0;
/// Part of the temperature that it may differ: momenta at full steps are short by as much in stiff vibrations.
const TOLERATED: f64 = 0.07;
/// Correlation of neighboring blocks from which on they are too short to tell anything.
const CORRELATED: f64 = 0.5;

/// Mean temperature of a part of the kinetic energy over a stage.
#[derive(Debug, Clone, PartialEq)]
pub struct PartTemperature {
    /// `internal`, `rotation` or `center of mass` of molecules, or the symbol of an element.
    pub name: String,
    /// Degrees of freedom that share it.
    pub degrees_of_freedom: f64,
    /// In K.
    pub temperature: f64,
    /// Its standard error in K from blocks, once there are enough.
    pub error: Option<f64>,
    /// How far it lies from the temperature of all, with the standard error of that, in K, where the difference is beyond chance.
    pub uneven: Option<[f64; 2]>,
}

impl Motion {
    /// The mean temperature of every part so far; nothing before there is one value. `spacing` is the time in t between two values.
    #[must_use]
    pub fn part_temperatures(&self, spacing: f64) -> Vec<PartTemperature> {
        let mean = self.blocks.mean();
        if self.blocks.count() == 0 {
            return Vec::new();
        }
        let part = |(number, (name, degrees_of_freedom)): (usize, (String, f64))| {
            let at = number + 1;
            let error = error_of(&self.block_means(|block| block[at]));
            PartTemperature { name, degrees_of_freedom, temperature: mean[at], error, uneven: self.uneven(at, spacing) }
        };
        self.named().into_iter().enumerate().map(part).collect()
    }

    fn block_means(&self, of: impl Fn(&[f64]) -> f64) -> Vec<f64> {
        let length = self.blocks.block_length() as f64;
        self.blocks.full_blocks().map(|block| of(block) / length).collect()
    }

    /// The difference of part `at` from all, if it is beyond [`SIGMAS`] of its standard error and [`TOLERATED`].
    ///
    /// The error is that of block means, enlarged by √((1 + ρ)/(1 − ρ)) where neighbors are correlated by ρ > 0. Blocks that are
    /// correlated by more than half, or shorter than [`SHORTEST_BLOCK`], are shorter than what they average over: they decide nothing.
    fn uneven(&self, at: usize, spacing: f64) -> Option<[f64; 2]> {
        let differences = self.block_means(|block| block[at] - block[0]);
        if differences.len() < FEWEST_BLOCKS || self.blocks.block_length() as f64 * spacing < SHORTEST_BLOCK {
            return None;
        }
        let mean = differences.iter().sum::<f64>() / differences.len() as f64;
        let square: f64 = differences.iter().map(|value| (value - mean).powi(2)).sum();
        let product: f64 = differences.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
        let correlation = if square > 0.0 { (product / square).max(0.0) } else { 0.0 };
        if correlation > CORRELATED {
            return None;
        }
        let error = error_of(&differences)? * ((1.0 + correlation) / (1.0 - correlation)).sqrt();
        let tolerated = TOLERATED * self.blocks.mean()[0];
        (mean.abs() > tolerated.max(SIGMAS * error)).then_some([mean, error])
    }

    /// What to say of how the motion of a stage is counted.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.degrees_of_freedom == 0 && self.parts.is_none() {
            return notes;
        }
        let zero = match (self.zero.translation, self.zero.rotation) {
            (true, true) => "; total momentum and angular momentum are zero and conserved",
            (true, false) => "; total momentum is zero and conserved",
            (false, true) => "; angular momentum is zero and conserved",
            (false, false) => "",
        };
        let before = self.before.filter(|before| *before != self.degrees_of_freedom);
        let before = before.map_or(String::new(), |before| format!(" ({before} in the stage before)"));
        notes.push(format!("{} degrees of freedom{before}{zero}", self.degrees_of_freedom));
        let names = [("drift of the center of mass", self.taken[0]), ("rotation of the whole", self.taken[1])];
        let taken: Vec<_> = names.iter().filter(|(_, energy)| *energy > 0.0).collect();
        if !taken.is_empty() {
            let list: Vec<_> = taken.iter().map(|(name, energy)| format!("the {name} ({energy:.4} eV)")).collect();
            notes.push(format!("removed at the start, because this bath would keep it: {}", list.join(" and ")));
        }
        notes
    }
}

/// Time in t between two values that [`Motion`] takes in `stage`.
pub(super) fn spacing(stage: &Stage) -> f64 {
    Motion::interval(stage.steps) as f64 * stage.integrator.time_step()
}

/// Standard error of the mean of correlated block means: the largest of those from blocks, pairs of them, and so on.
fn error_of(means: &[f64]) -> Option<f64> {
    let own = standard_error(means)?;
    let pairs: Vec<f64> = means.chunks_exact(2).map(|pair| 0.5 * (pair[0] + pair[1])).collect();
    Some(error_of(&pairs).map_or(own, |other| own.max(other)))
}

/// A warning for each of `parts` that has another temperature than all, `temperature` (K), in the stage `name`.
pub(super) fn alarms(name: &str, parts: &[PartTemperature], temperature: f64) -> Vec<String> {
    let uneven = parts.iter().filter_map(|part| part.uneven.map(|uneven| (part, uneven)));
    uneven
        .map(|(part, [difference, error])| {
            let what = match part.name.as_str() {
                "internal" => "motion within molecules".into(),
                "rotation" => "rotation of molecules".into(),
                "center of mass" => "motion of the molecules' centers of mass".into(),
                element => format!("the atoms of {element}"),
            };
            format!(
                "stage {name:?}: equipartition fails. The temperature of {what} is {:.1} K, that of all is {temperature:.1} K; the \
                 difference is {difference:+.1} ± {error:.1} K. Either the bath does not reach every motion, or the time step is too \
                 long. Use the Langevin thermostat, or a shorter step",
                part.temperature
            )
        })
        .collect()
}
