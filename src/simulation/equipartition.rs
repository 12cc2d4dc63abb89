//! Whether all parts of a system have one temperature.

use super::Motion;
use crate::analysis::standard_error;

/// Blocks that an alarm needs.
const FEWEST_BLOCKS: usize = 16;
/// Standard errors that a part may differ from the whole.
const SIGMAS: f64 = 6.0;
/// Part of the temperature that it may differ: momenta at full steps are short by as much in stiff vibrations.
const TOLERATED: f64 = 0.07;
/// Correlation of neighbouring blocks from which on they are too short to tell anything.
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
    /// The mean temperature of every part so far; nothing before there is one value.
    #[must_use]
    pub fn part_temperatures(&self) -> Vec<PartTemperature> {
        let (mean, error) = (self.blocks.mean(), self.blocks.error());
        if self.blocks.count() == 0 {
            return Vec::new();
        }
        let part = |(number, (name, degrees_of_freedom)): (usize, (String, f64))| {
            let at = number + 1;
            let error = error.as_ref().map(|error| error[at]);
            PartTemperature { name, degrees_of_freedom, temperature: mean[at], error, uneven: self.uneven(at) }
        };
        self.named().into_iter().enumerate().map(part).collect()
    }

    /// The difference of part `at` from all, if it is beyond [`SIGMAS`] of its standard error and [`TOLERATED`].
    ///
    /// The error is that of block means, enlarged by √((1 + ρ)/(1 − ρ)) where neighbours are correlated by ρ > 0; blocks that are
    /// correlated by more than half are shorter than what they average over, and decide nothing.
    fn uneven(&self, at: usize) -> Option<[f64; 2]> {
        let length = self.blocks.block_length() as f64;
        let difference = |block: &[f64]| (block[at] - block[0]) / length;
        let differences: Vec<f64> = self.blocks.full_blocks().map(difference).collect();
        if differences.len() < FEWEST_BLOCKS {
            return None;
        }
        let mean = differences.iter().sum::<f64>() / differences.len() as f64;
        let square: f64 = differences.iter().map(|value| (value - mean).powi(2)).sum();
        let product: f64 = differences.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
        let correlation = if square > 0.0 { (product / square).max(0.0) } else { 0.0 };
        if correlation > CORRELATED {
            return None;
        }
        let error = standard_error(&differences)? * ((1.0 + correlation) / (1.0 - correlation)).sqrt();
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
            notes.push(format!(
                "{} left by what came before was removed at the start, because this bath would keep it",
                list.join(" and ")
            ));
        }
        notes
    }
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
