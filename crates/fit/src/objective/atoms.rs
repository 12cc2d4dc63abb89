//! Values of the atoms of a frame, standardized; those without a label do not count.
//!
//!   L = Σ_labels ρ(|o_ic − o*_ic|/√w) / (B n)
//!
//! | symbol | here          | meaning                                                        |
//! |--------|---------------|----------------------------------------------------------------|
//! | o, o*  | `found`, `label` | outputs and labels in deviations (`AtomTarget`)             |
//! | w      | `width`       | numbers of a value, so that a turned frame has the same loss   |
//! | B      | `batch`       | frames of the step                                             |
//! | n      | `mean_labels` | mean number of labels in a training frame: every label counts alike |
//!
//! Checked by: `suite::atoms`.

use super::{FrameEvaluation, FrameLoss, Objective, StepPlace};
use crate::graph::Graph;
use crate::learner::EpochReport;
use crate::metrics::{Errors, Metrics};
use crate::penalty::penalty;
use crate::regression::{AtomSample, spreads};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_network::{AtomTarget, Scaling, Worker};

/// Thousandths.
const MILLI: f64 = 1000.0;

/// The mean penalty of the errors of standardized values of atoms.
#[derive(Debug, Clone)]
pub struct AtomObjective {
    /// Elements of the network, without references or a scale: the labels are standardized.
    scaling: Scaling,
    target: AtomTarget,
    /// Of each column, in its unit.
    spreads: Vec<f64>,
    mean_labels: f64,
    huber_delta: f64,
}

impl AtomObjective {
    /// Values that `target` turns into outputs of a network of these `elements`, as the training frames `samples` have them. Beyond
    /// `huber_delta`, in deviations, the loss grows linearly; 0 for squares throughout.
    #[must_use]
    pub fn new(elements: Vec<Element>, target: AtomTarget, samples: &[AtomSample], huber_delta: f64) -> Self {
        let labels: usize = samples.iter().map(AtomSample::labels).sum();
        let mean_labels = (labels as f64 / samples.len().max(1) as f64).max(f64::MIN_POSITIVE);
        let spreads = spreads(&target, samples, &elements);
        let scaling = Scaling { references: vec![0.0; elements.len()], elements, scale: 1.0 };
        Self { scaling, target, spreads, mean_labels, huber_delta }
    }

    /// What it is about.
    #[must_use]
    pub fn target(&self) -> &AtomTarget {
        &self.target
    }
}

impl Objective for AtomObjective {
    type Label = AtomSample;
    type Prediction = Vec<f64>;

    fn graph(&self, label: &AtomSample, cutoff: Option<f64>) -> Result<Graph> {
        let (atoms, columns) = (label.configuration.atom_count(), self.target.columns.len());
        if label.known.len() != atoms * columns || label.values.len() != atoms * self.target.width() {
            return Err(Error::Invalid(format!("a frame of {atoms} atoms needs {columns} values of each")));
        }
        Graph::unlabeled(&label.configuration, &self.scaling, cutoff)
    }

    fn accumulate(
        &self,
        StepPlace { batch, .. }: StepPlace,
        (graph, label): (&Graph, &AtomSample),
        evaluation: &mut FrameEvaluation,
        worker: &mut dyn Worker,
    ) -> FrameLoss {
        if label.labels() == 0 {
            return FrameLoss::default();
        }
        let Self { target, .. } = self;
        let (columns, width) = (target.columns.len(), target.shape.width());
        let share = 1.0 / (batch as f64 * self.mean_labels);
        let mut found = Vec::new();
        let outputs = evaluation.outputs(worker, graph);
        target.outputs(&outputs.scalars, &outputs.multipoles, &mut found);
        let mut wanted = label.values.clone();
        target.standardize(&graph.species, &mut wanted);
        let (mut loss, mut absolute) = (0.0, 0.0);
        let values = found.chunks_exact_mut(width).zip(wanted.chunks_exact(width));
        for (index, (seed, wanted)) in values.enumerate() {
            if !label.known[index] {
                seed.fill(0.0);
                continue;
            }
            seed.iter_mut().zip(wanted).for_each(|(found, label)| *found -= label);
            let square = seed.iter().map(|x| x * x).sum::<f64>() / width as f64;
            let (value, slope) = penalty(square, self.huber_delta);
            loss += value;
            let unit = target.scales[index % columns][graph.species[index / columns] as usize] / width as f64;
            absolute += unit * seed.iter().map(|x| x.abs()).sum::<f64>();
            for x in seed {
                *x *= share * slope / width as f64;
            }
        }
        let seeds = target.pull_back(graph.atoms(), &found);
        evaluation.pull_back(worker, graph, None, &seeds);
        let (loss, property_error) = (loss / self.mean_labels, absolute / self.mean_labels);
        FrameLoss { loss, property_error, ..FrameLoss::default() }
    }

    fn predict(&self, graph: &Graph, evaluation: &mut FrameEvaluation, worker: &mut dyn Worker) -> Vec<f64> {
        let mut values = Vec::new();
        let outputs = evaluation.outputs(worker, graph);
        self.target.outputs(&outputs.scalars, &outputs.multipoles, &mut values);
        self.target.restore(&graph.species, &mut values);
        values
    }

    fn compare(&self, label: &AtomSample, prediction: &Vec<f64>, metrics: &mut Metrics) {
        metrics.add_atoms(&self.target, label, prediction);
    }

    fn report(&self, sum: &FrameLoss, frames: usize) -> EpochReport {
        EpochReport {
            loss: sum.loss / frames as f64,
            energy_mae: f64::NAN,
            force_mae: f64::NAN,
            property_mae: sum.property_error / frames as f64,
            learning_rate: f64::NAN,
        }
    }

    /// Mean over the columns of the mean absolute error in deviations, in thousandths.
    fn score(&self, errors: &Errors) -> f64 {
        let columns = errors.atom_targets.iter().filter(|one| one.element.is_none());
        let (mut sum, mut count) = (0.0, 0usize);
        for (one, spread) in columns.zip(&self.spreads).filter(|(one, _)| one.mae.is_finite()) {
            sum += one.mae / spread;
            count += 1;
        }
        if count > 0 { MILLI * sum / count as f64 } else { f64::NAN }
    }

    fn property(&self) -> Option<(&str, &str)> {
        Some((self.target.quantity(), &self.target.unit))
    }
}
