//! A property of a molecule: a number, a vector or a tensor, standardized.

use super::{FrameEvaluation, FrameLoss, Objective, StepPlace};
use crate::graph::Graph;
use crate::learner::EpochReport;
use crate::metrics::{Errors, Metrics};
use crate::penalty::penalty;
use crate::regression::{Sample, Standard};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_network::{Head, Scaling, Worker};

/// Thousandths: meV per eV.
const MILLI: f64 = 1000.0;

/// The mean penalty of the errors of standardized labels; the error of a molecule is the mean over its numbers, so that a turned
/// molecule has the same.
#[derive(Debug, Clone)]
pub struct PropertyObjective {
    /// Elements of the network, without references or a scale: the labels are standardized.
    scaling: Scaling,
    head: Option<Head>,
    standard: Standard,
    huber_delta: f64,
    /// Name and unit; none for energies in eV.
    property: Option<(String, String)>,
}

impl PropertyObjective {
    /// Labels that `standard` turns into outputs of `head` (none for networks that give a molecule's number themselves), for a
    /// network of these `elements`. Beyond `huber_delta`, in deviations, the loss grows linearly; 0 for squares throughout. It is
    /// about energies in eV until [`Self::named`].
    #[must_use]
    pub fn new(elements: Vec<Element>, head: Option<Head>, standard: Standard, huber_delta: f64) -> Self {
        let scaling = Scaling { references: vec![0.0; elements.len()], elements, scale: 1.0 };
        Self { scaling, head, standard, huber_delta, property: None }
    }

    /// The same of a property with a name and a unit; `energy` in `eV` stays what it is.
    #[must_use]
    pub fn named(self, quantity: &str, unit: &str) -> Self {
        let energy = quantity == "energy" && unit == "eV";
        Self { property: (!energy).then(|| (quantity.to_string(), unit.to_string())), ..self }
    }

    /// Mean and deviation of the training labels.
    #[must_use]
    pub fn standard(&self) -> Standard {
        self.standard
    }

    /// Numbers of a molecule.
    fn outputs(&self) -> usize {
        self.head.map_or(1, Head::outputs)
    }
}

impl Objective for PropertyObjective {
    type Label = Sample;
    type Prediction = Vec<f64>;

    fn graph(&self, label: &Sample, cutoff: Option<f64>) -> Result<Graph> {
        let (outputs, found) = (self.outputs(), label.target.len());
        if found != outputs {
            return Err(Error::Invalid(format!("a molecule has {found} labels, the network gives {outputs}")));
        }
        let configuration = &label.configuration;
        let mut graph = Graph::unlabeled(configuration, &self.scaling, cutoff)?;
        if let Some(head) = self.head {
            head.require(configuration.cell.is_some())?;
            if head.multipole() > 0 {
                graph.arms = Head::arms(&configuration.positions);
            }
        }
        Ok(graph)
    }

    fn accumulate(
        &self,
        StepPlace { batch, .. }: StepPlace,
        (graph, label): (&Graph, &Sample),
        evaluation: &mut FrameEvaluation,
        worker: &mut dyn Worker,
    ) -> FrameLoss {
        let width = self.outputs() as f64;
        let share = 1.0 / (batch as f64 * width);
        let mut numbers = vec![0.0; self.outputs()];
        evaluation.numbers(worker, graph, self.head, &mut numbers);
        let (mut squares, mut absolute) = (0.0, 0.0);
        for (found, label) in numbers.iter_mut().zip(&label.target) {
            *found -= (label - self.standard.mean) / self.standard.deviation;
            squares += *found * *found;
            absolute += found.abs();
        }
        let (loss, slope) = penalty(squares / width, self.huber_delta);
        for error in &mut numbers {
            *error *= share * slope;
        }
        evaluation.pull_back(worker, graph, self.head, &numbers);
        FrameLoss { loss, property_error: absolute / width, ..FrameLoss::default() }
    }

    fn predict(&self, graph: &Graph, evaluation: &mut FrameEvaluation, worker: &mut dyn Worker) -> Vec<f64> {
        let mut numbers = vec![0.0; self.outputs()];
        evaluation.numbers(worker, graph, self.head, &mut numbers);
        self.standard.restore(&mut numbers);
        numbers
    }

    fn compare(&self, label: &Sample, prediction: &Vec<f64>, metrics: &mut Metrics) {
        let atoms = label.configuration.atom_count();
        match &self.property {
            None => metrics.add_numbers(atoms, &label.target, prediction),
            Some((quantity, unit)) => metrics.add_property((quantity, unit), atoms, &label.target, prediction),
        }
    }

    fn report(&self, sum: &FrameLoss, frames: usize) -> EpochReport {
        let mae = sum.property_error / frames as f64 * self.standard.deviation;
        let of_property = self.property.is_some();
        EpochReport {
            loss: sum.loss / frames as f64,
            energy_mae: if of_property { f64::NAN } else { mae * MILLI },
            force_mae: f64::NAN,
            property_mae: if of_property { mae } else { f64::NAN },
            learning_rate: f64::NAN,
        }
    }

    fn score(&self, errors: &Errors) -> f64 {
        // In thousandths, as in checkpoints from the first day on.
        errors.properties.first().map_or(errors.energy_mae, |property| property.mae * MILLI)
    }

    fn property(&self) -> Option<(&str, &str)> {
        self.property.as_ref().map(|(quantity, unit)| (quantity.as_str(), unit.as_str()))
    }
}
