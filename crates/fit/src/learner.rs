//! What the loop of fitting asks of whatever is fitted.

use std::collections::BTreeMap;

use super::metrics::Errors;
use cormorant_core::Result;

/// Something that learns from labeled configurations, epoch by epoch.
///
/// All that influences later epochs is in [`Learner::state`], so that a restored learner continues with the same bits.
pub trait Learner {
    /// One pass over the training frames. `number` counts from 0 and keys the order of the frames; the schedule runs from
    /// `from` to `to` meanwhile, as shares of the whole between 0 and 1. If `to` is beyond 1, the pass ends where the schedule does.
    ///
    /// `stop` is asked between two batches. If it says so, the pass ends there with `None`. A learner that can pause
    /// ([`Learner::pauses`]) goes on with the next call for the same number; another one is of no use then before it is restored to
    /// a state from between two epochs. A call that goes on with the same `from` and `to` continues as if there had been no pause; with
    /// others, the schedule runs between them over what is left of the pass.
    ///
    /// # Errors
    /// When a loss or a gradient is not finite and the learner cannot help itself.
    fn epoch(&mut self, number: u64, from: f64, to: f64, stop: AskStop<'_>) -> Result<Option<EpochReport>>;

    /// Whether a pass can be paused: its state is then whole between any two batches, and not between two epochs alone.
    fn pauses(&self) -> bool {
        false
    }

    /// Where a pass that was paused stands; none between two epochs.
    fn under_way(&self) -> Option<UnderWay> {
        None
    }

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

/// Where a pass stands that was paused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnderWay {
    /// Number of the epoch, counted from 0.
    pub number: u64,
    /// Share of the pass done, 0 to 1.
    pub share: f64,
    /// Where the schedule runs from.
    pub from: f64,
    /// Where it runs to.
    pub to: f64,
    /// Where it stands.
    pub progress: f64,
    /// What the batches so far came to.
    pub report: EpochReport,
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

impl Part {
    /// Its place where there is one thing for each part.
    pub(super) fn index(self) -> usize {
        match self {
            Self::Train => 0,
            Self::Validation => 1,
            Self::Test => 2,
        }
    }

    /// Name for tables and metadata.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
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
