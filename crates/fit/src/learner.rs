//! What the loop of fitting asks of whatever is fitted.

use std::collections::BTreeMap;

use super::metrics::Errors;
use cormorant_core::Result;

/// Something that learns from labeled configurations, epoch by epoch.
///
/// All that influences later epochs is in [`Learner::state`], so that a restored learner continues with the same bits.
pub trait Learner {
    /// One pass over the training frames. `number` counts from 0 and keys the order of the frames; the schedule runs from
    /// `from` to `to` meanwhile, as shares of the whole between 0 and 1.
    ///
    /// `stop` is asked between two batches. If it says so, the pass ends there with `None`; the learner is then of no use
    /// before it is restored to a state from between two epochs.
    ///
    /// # Errors
    /// When a loss or a gradient is not finite and the learner cannot help itself.
    fn epoch(&mut self, number: u64, from: f64, to: f64, stop: AskStop<'_>) -> Result<Option<EpochReport>>;

    /// Errors on one part of the split, of the parameters that would be saved now (the averaged ones, if they are).
    ///
    /// # Errors
    /// When a prediction is not finite.
    fn evaluate(&mut self, part: Part) -> Result<Errors>;

    /// Number by which validation results are compared; the smaller the better. By default the force MAE in meV/Å, or the
    /// energy MAE in meV where there are no forces to compare.
    fn score(&self, errors: &Errors) -> f64 {
        if errors.force_mae.is_finite() { errors.force_mae } else { errors.energy_mae }
    }

    /// Name and unit of the property that is learned; none for energies and forces.
    fn property(&self) -> Option<(&str, &str)> {
        None
    }

    /// The parameters that would be saved now.
    fn parameters(&self) -> State;

    /// Replaces the parameters that would be saved; called with what [`Learner::parameters`] gave at the best epoch.
    ///
    /// # Errors
    /// When names or shapes are not those of this learner.
    fn set_parameters(&mut self, parameters: &State) -> Result<()>;

    /// Takes the mean errors that the energies of the training frames are left with into the constants added to them. Called
    /// once, when the parameters of the best epoch are set.
    ///
    /// # Errors
    /// When the frames cannot be evaluated.
    fn center_energies(&mut self) -> Result<()> {
        Ok(())
    }

    /// Everything that later epochs depend on: parameters, averages, moments, counters.
    fn state(&self) -> State;

    /// Replaces everything that later epochs depend on.
    ///
    /// # Errors
    /// When names or shapes are not those of this learner.
    fn restore(&mut self, state: &State) -> Result<()>;

    /// Number of the way in which parameters move; a fit that continues with another one says so. 0 where it never changed.
    fn recipe(&self) -> u32 {
        0
    }
}

/// What is asked whether to stop; any thread may ask.
pub type AskStop<'a> = &'a (dyn Fn() -> bool + Sync);

/// Named arrays.
pub type State = BTreeMap<String, Array>;

/// One array of a state.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Lengths of the axes; empty for one number.
    pub shape: Vec<usize>,
    /// The numbers, the last axis fastest.
    pub values: Values,
}

/// The numbers of an array.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
    /// Counters.
    U64(Vec<u64>),
}

/// Which frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Frames that the parameters are fitted to.
    Train,
    /// Frames that choose the best epoch.
    Validation,
    /// Frames for the final table alone.
    Test,
}

/// What one epoch did, averaged over its batches while the parameters moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EpochReport {
    /// Mean loss; dimensionless or in the learner's own unit.
    pub loss: f64,
    /// MAE of the energies in meV; NaN where there are none, like the next two.
    pub energy_mae: f64,
    /// MAE of the force components in meV/Å.
    pub force_mae: f64,
    /// MAE of the numbers of a property in its unit.
    pub property_mae: f64,
    /// Learning rate at the end of the epoch.
    pub learning_rate: f64,
}
