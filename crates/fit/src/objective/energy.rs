//! Energies, forces and stresses, each where a frame has them.

use super::{FrameEvaluation, FrameLoss, Objective, ObjectiveWeights, StepPlace};
use crate::configuration::Configuration;
use crate::graph::Graph;
use crate::label_scale::LabelScale;
use crate::learner::EpochReport;
use crate::metrics::{Errors, Metrics};
use crate::references::least_squares;
use crate::schedule::TrainerConfig;
use crate::theories::Theories;
use cormorant_core::Result;
use cormorant_electrostatics::LongRange;
use cormorant_network::{Scaling, Worker};

/// meV per eV.
const MILLI: f64 = 1000.0;

/// The loss of energies, forces and stresses; the weight of the energy changes along the fit.
#[derive(Debug, Clone)]
pub struct EnergyObjective {
    /// From outputs to eV, for each theory; the closing of a fit changes the references. The unit is one for all.
    scalings: Vec<Scaling>,
    /// Which theory labels are of, where there are several.
    theories: Option<Theories>,
    config: TrainerConfig,
    forces_tell: bool,
    /// What acts at any distance, if anything.
    long_range: Option<LongRange>,
}

/// What a network says of one frame, in eV and Å.
pub struct EnergyPrediction {
    energy: f64,
    forces: Vec<[f64; 3]>,
    virial: [[f64; 3]; 3],
    dipole: Option<[f64; 3]>,
}

impl EnergyObjective {
    /// The weights of `config`, for a network whose outputs `scaling` turns into eV; `train` are the frames for training.
    #[must_use]
    pub fn new(scaling: Scaling, config: &TrainerConfig, train: &[Configuration]) -> Self {
        let forces_tell = LabelScale::of(train).forces_tell();
        Self { scalings: vec![scaling], theories: None, config: config.clone(), forces_tell, long_range: None }
    }

    /// The same for a network whose outputs behind the scalars stand for what acts at any distance, if they do.
    #[must_use]
    pub fn with_long_range(self, long_range: Option<LongRange>) -> Self {
        Self { long_range, ..self }
    }

    /// The same for labels of several `theories`, whose reference energies in eV `references` are, for the elements of the network.
    #[must_use]
    pub fn with_theories(self, theories: Theories, references: Vec<Vec<f64>>) -> Self {
        let scaling = self.scalings[0].clone();
        let scalings = references.into_iter().map(|references| Scaling { references, ..scaling.clone() }).collect();
        Self { scalings, theories: Some(theories), ..self }
    }

    /// What turns outputs for the theory of this number into eV.
    #[must_use]
    pub fn scaling(&self, theory: usize) -> &Scaling {
        &self.scalings[theory]
    }

    /// What one unit of the outputs stands for, in eV.
    fn unit(&self) -> f64 {
        self.scalings[0].scale
    }
}

impl Objective for EnergyObjective {
    type Label = Configuration;
    type Prediction = EnergyPrediction;

    fn graph(&self, label: &Configuration, cutoff: Option<f64>) -> Result<Graph> {
        let theory = self.theory(label);
        let graph = Graph { theory, ..Graph::within(label, self.scaling(theory), cutoff)? };
        match self.long_range {
            Some(long_range) => graph.with_sites(label, long_range),
            None => Ok(graph),
        }
    }

    fn evaluation(&self, cutoff: Option<f64>) -> FrameEvaluation {
        FrameEvaluation::new(cutoff).with_long_range(self.long_range, self.unit())
    }

    fn compared_within<'l>(&self, label: &'l Configuration) -> Option<&'l str> {
        label.relative_energy.and_then(|_| label.scan())
    }

    fn theories(&self) -> usize {
        self.scalings.len()
    }

    fn theory(&self, label: &Configuration) -> usize {
        self.theories.as_ref().map_or(0, |theories| theories.number(label))
    }

    fn tells(&self, theory: usize) -> bool {
        self.theories.as_ref().is_none_or(|theories| !theories.is_replay(theory))
    }

    fn repeats(&self, theory: usize) -> usize {
        self.theories.as_ref().map_or(1, |theories| theories.repeats(theory))
    }

    fn accumulate(
        &self,
        StepPlace { progress, batch, relative_energy, sides }: StepPlace,
        (graph, _): (&Graph, &Configuration),
        evaluation: &mut FrameEvaluation,
        worker: &mut dyn Worker,
    ) -> FrameLoss {
        let parts = ObjectiveWeights {
            force: self.config.force_weight,
            energy: self.config.energy_weight(progress),
            virial: self.config.virial_weight,
            dipole: self.config.dipole_weight,
            huber_delta: self.config.huber_delta / self.unit(),
        };
        let energy = graph.energy.or(relative_energy);
        evaluation.accumulate(worker, (graph, energy), parts, (1.0 / batch as f64, sides))
    }

    fn predict(&self, graph: &Graph, evaluation: &mut FrameEvaluation, worker: &mut dyn Worker) -> EnergyPrediction {
        let scaling = self.scaling(graph.theory);
        evaluation.evaluate(worker, graph);
        let energy = evaluation.energy * scaling.scale + scaling.reference_energy(&graph.species);
        let forces = evaluation.forces.iter().map(|force| force.map(|x| x * scaling.scale)).collect();
        let virial = evaluation.virial.map(|row| row.map(|x| x * scaling.scale));
        EnergyPrediction { energy, forces, virial, dipole: evaluation.dipole(graph) }
    }

    fn compare(&self, label: &Configuration, prediction: &EnergyPrediction, metrics: &mut Metrics) {
        metrics.add(label, prediction.energy, &prediction.forces, Some(&prediction.virial));
        metrics.add_dipole(label, prediction.dipole);
    }

    fn report(&self, sum: &FrameLoss, frames: usize) -> EpochReport {
        // Over the frames that have the label; NaN where none does.
        let unit = |frames: usize| self.unit() * MILLI / frames as f64;
        EpochReport {
            loss: sum.loss / frames as f64,
            energy_mae: sum.energy_error * unit(sum.energies),
            force_mae: sum.force_error * unit(sum.forces),
            property_mae: f64::NAN,
            learning_rate: f64::NAN,
        }
    }

    fn steady_loss(&self, sum: &FrameLoss) -> f64 {
        let TrainerConfig { energy_weight, final_energy_weight, .. } = self.config;
        let weight = if energy_weight > 0.0 { energy_weight } else { final_energy_weight };
        // What was summed up carries the weights of its steps; the penalty of the energy without any is beside it.
        sum.other_loss + weight * sum.energy_penalty
    }

    fn forces_tell(&self) -> bool {
        self.forces_tell
    }

    fn score(&self, errors: &Errors) -> f64 {
        if !errors.force_mae.is_finite() {
            // Energies that count within their scan alone are all that there is, where there are no others.
            if errors.energy_mae.is_nan() { errors.relative_energy_mae.unwrap_or(f64::NAN) } else { errors.energy_mae }
        } else if self.forces_tell || !errors.energy_mae.is_finite() {
            errors.force_mae
        } else {
            // Forces of meV/Å and energies of meV per atom, in the proportion in which they make the unit of the network.
            errors.force_mae + 2.0 * errors.energy_mae_per_atom
        }
    }

    fn center(&mut self, labels: &[Configuration], predictions: &[EnergyPrediction]) -> Result<()> {
        for theory in 0..self.scalings.len() {
            let errors: Vec<_> = labels
                .iter()
                .zip(predictions)
                .filter(|(label, _)| self.theory(label) == theory)
                .filter_map(|(label, prediction)| Some((label.elements.as_slice(), label.energy? - prediction.energy)))
                .collect();
            if errors.is_empty() {
                continue;
            }
            let scaling = &mut self.scalings[theory];
            for (element, shift) in least_squares(&errors)?.energies {
                if let Some(place) = scaling.elements.iter().position(|known| *known == element) {
                    scaling.references[place] += shift;
                }
            }
        }
        Ok(())
    }
}
