//! What is minimized: the loss of a frame and its gradient, errors to report, a score to choose by.
//!
//! | objective | labels of a frame |
//! |---|---|
//! | [`EnergyObjective`] | energy, forces, stress, each where the frame has it, with weights of its own |
//! | [`PropertyObjective`] | a number, a vector or a tensor of the whole molecule |
//! | [`AtomObjective`] | numbers, vectors or tensors of its atoms, each where it has one |

mod accumulate;
mod atoms;
mod distant;
mod energy;
mod evaluation;
mod loss;
mod pairs;
mod property;
mod sides;

use super::graph::Graph;
use super::learner::EpochReport;
use super::metrics::{Errors, Metrics};
use cormorant_core::Result;
use cormorant_network::Worker;

pub(super) use accumulate::LARGEST_CHANGE;
pub use atoms::AtomObjective;
pub use energy::{EnergyObjective, EnergyPrediction};
pub use evaluation::FrameEvaluation;
pub use loss::{FrameLoss, ObjectiveWeights};
pub(super) use pairs::Pairs;
pub use property::PropertyObjective;
pub use sides::Sides;

/// Where a step is in the fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepPlace {
    /// Share of the schedule done, 0 to 1.
    pub progress: f64,
    /// Frames of the step.
    pub batch: usize,
    /// What stands for the label of a frame whose energy counts only relative to others, scaled.
    pub relative_energy: Option<f64>,
    /// To which sides of a frame the network is evaluated for the gradient of its forces.
    pub sides: Sides,
}

/// What a network is fitted to.
pub trait Objective: Send + Sync {
    /// A frame with its labels.
    type Label: Send + Sync;
    /// What the network says of a frame.
    type Prediction: Send;

    /// A frame made ready for a network with this cutoff in Å, or without one.
    ///
    /// # Errors
    /// When an element is not known, two atoms overlap, or the labels are not those of this objective.
    fn graph(&self, label: &Self::Label, cutoff: Option<f64>) -> Result<Graph>;

    /// Buffers for frames of this objective, for networks with this cutoff in Å, or without one.
    fn evaluation(&self, cutoff: Option<f64>) -> FrameEvaluation {
        FrameEvaluation::new(cutoff)
    }

    /// The scan relative to which the energy of a frame counts, if it does; see [`Configuration::relative_energy`].
    ///
    /// [`Configuration::relative_energy`]: crate::Configuration::relative_energy
    fn compared_within<'l>(&self, label: &'l Self::Label) -> Option<&'l str> {
        let _ = label;
        None
    }

    /// How many theories the labels are of.
    fn theories(&self) -> usize {
        1
    }

    /// The number of the theory that the labels of a frame are of, counted from 0.
    fn theory(&self, label: &Self::Label) -> usize {
        let _ = label;
        0
    }

    /// Whether losses on frames of this theory tell if a fit diverges: those of what a model to start from labeled begin at nothing.
    fn tells(&self, theory: usize) -> bool {
        let _ = theory;
        true
    }

    /// How often the training frames of the theory of this number come in a pass.
    fn repeats(&self, theory: usize) -> usize {
        let _ = theory;
        1
    }

    /// Loss of a frame of a step; adds its share of the gradient to that of `worker`.
    fn accumulate(
        &self,
        place: StepPlace,
        frame: (&Graph, &Self::Label),
        evaluation: &mut FrameEvaluation,
        worker: &mut dyn Worker,
    ) -> FrameLoss;

    /// What the network says of a frame.
    fn predict(&self, graph: &Graph, evaluation: &mut FrameEvaluation, worker: &mut dyn Worker) -> Self::Prediction;

    /// Compares a prediction with the labels of its frame.
    fn compare(&self, label: &Self::Label, prediction: &Self::Prediction, metrics: &mut Metrics);

    /// What the losses of an epoch of so many frames came to.
    fn report(&self, sum: &FrameLoss, frames: usize) -> EpochReport;

    /// The loss of an epoch with weights that do not change along the fit, so that epochs compare.
    fn steady_loss(&self, sum: &FrameLoss) -> f64 {
        sum.loss
    }

    /// Whether the forces alone tell a good model.
    fn forces_tell(&self) -> bool {
        false
    }

    /// Number by which models are compared; the smaller the better.
    fn score(&self, errors: &Errors) -> f64;

    /// Takes the mean errors that are left into constants of the objective, if it has any.
    ///
    /// # Errors
    /// When the labels are not finite.
    fn center(&mut self, labels: &[Self::Label], predictions: &[Self::Prediction]) -> Result<()> {
        let _ = (labels, predictions);
        Ok(())
    }

    /// Name and unit of the property that is fitted; none for energies and forces.
    fn property(&self) -> Option<(&str, &str)> {
        None
    }
}
