//! Predictions of a model beside their labels, small enough to are beside the model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use cormorant_core::Result;
use cormorant_fit::{Configuration, Metrics};
use cormorant_potential::{Evaluation, Potential, RequestedProperties};

/// Name of the file in the folder of a model.
pub const PREDICTIONS: &str = "predictions.safetensors";
/// More frames of a part than this are not evaluated, but as many evenly chosen ones.
const MOST_EVALUATED: usize = 2000;
/// Force components that are kept of a part, evenly chosen by frame.
const MOST_COMPONENTS: usize = 7_500;
/// Frames with the largest errors that are kept besides.
const WORST: usize = 6;

/// Predictions of a model on the frames that it was not fitted to, or of the training frames if there are no others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Predictions {
    /// The parts of the data, the most telling first.
    pub parts: Vec<PredictedPart>,
    /// The frames of the first part with the largest root mean square error of their forces, the worst first.
    pub worst: Vec<PredictedFrame>,
    /// What the checks of the data found, line by line.
    pub findings: Vec<String>,
}

/// Predictions on a part of the data.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PredictedPart {
    /// Its name: `test`, `validation` or `train`.
    pub name: String,
    /// Errors over all evaluated frames.
    pub errors: PartErrors,
    /// Evenly chosen frames, for pictures.
    pub frames: Vec<PredictedFrame>,
}

/// Errors over a part of the data.
///
/// Errors of labels that no frame has are NaN here and `null` in the file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PartErrors {
    /// Frames of the part.
    pub frames: usize,
    /// Of them evaluated.
    pub evaluated: usize,
    /// MAE and RMSE of the energy per atom in meV.
    #[serde(with = "or_null")]
    pub energy_per_atom: [f64; 2],
    /// MAE and RMSE of the energy of a frame in meV.
    #[serde(with = "or_null")]
    pub energy: [f64; 2],
    /// MAE and RMSE of the force components in meV/Å.
    #[serde(with = "or_null")]
    pub force: [f64; 2],
    /// Largest error of a force component in meV/Å.
    pub force_largest: f64,
    /// Per element: MAE and RMSE of the force components in meV/Å, and the number of atoms.
    pub elements: BTreeMap<String, (f64, f64, usize)>,
}

/// Two numbers, or `null` where they are NaN.
mod or_null {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
    pub(super) fn serialize<S: Serializer>(pair: &[f64; 2], into: S) -> Result<S::Ok, S::Error> {
        pair.iter().all(|number| number.is_finite()).then_some(*pair).serialize(into)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(source: D) -> Result<[f64; 2], D::Error> {
        Ok(Option::deserialize(source)?.unwrap_or([f64::NAN; 2]))
    }
}

/// One frame with label and prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictedFrame {
    /// Number of the frame in its part, counted from 0.
    pub index: usize,
    /// Atoms and labels.
    pub label: Configuration,
    /// Predicted energy in eV.
    pub energy: f64,
    /// Predicted forces in eV/Å.
    pub forces: Vec<[f64; 3]>,
}

impl PredictedFrame {
    /// Root mean square error of the force components in eV/Å.
    #[must_use]
    pub fn force_rmse(&self) -> f64 {
        let pairs = self.forces.iter().flatten().zip(self.label.forces.iter().flatten());
        let (sum, count) = pairs.fold((0.0, 0.0), |(sum, count), (a, b)| (sum + (a - b) * (a - b), count + 1.0_f64));
        (sum / count.max(1.0)).sqrt()
    }
}

impl Predictions {
    /// Let `potential` predict the frames of each named part, and keep what a report needs.
    ///
    /// # Errors
    /// When a frame cannot be evaluated.
    pub fn new(
        potential: &mut dyn Potential,
        parts: &[(&str, Vec<&Configuration>)],
        findings: Vec<String>,
    ) -> Result<Self> {
        let mut all = Self { findings, ..Self::default() };
        for (name, labels) in parts.iter().filter(|(_, labels)| !labels.is_empty()) {
            let chosen = evenly(labels.len(), MOST_EVALUATED);
            let evaluated: Vec<PredictedFrame> =
                chosen.into_iter().map(|index| predict(potential, labels[index], index)).collect::<Result<_>>()?;
            let mut metrics = Metrics::default();
            for frame in &evaluated {
                metrics.add(&frame.label, frame.energy, &frame.forces, None);
            }
            if all.parts.is_empty() {
                let mut order: Vec<&PredictedFrame> = evaluated.iter().collect();
                // By the energies where the first part has no forces.
                let has_forces = evaluated.iter().any(|frame| frame.label.has_forces());
                let error = |frame: &PredictedFrame| match frame.label.energy {
                    Some(label) if !has_forces => (frame.energy - label).abs(),
                    _ => frame.force_rmse(),
                };
                order.sort_by(|a, b| error(b).total_cmp(&error(a)));
                all.worst = order.into_iter().take(WORST).cloned().collect();
            }
            let atoms = evaluated.iter().map(|frame| frame.forces.len()).max().unwrap_or(1);
            let kept = evenly(evaluated.len(), (MOST_COMPONENTS / (3 * atoms.max(1))).max(2));
            let frames = kept.into_iter().map(|index| evaluated[index].clone()).collect();
            let errors = errors(&metrics, labels.len());
            all.parts.push(PredictedPart { name: (*name).to_string(), errors, frames });
        }
        Ok(all)
    }
}

/// At most `most` of `count` numbers from 0, evenly spaced.
fn evenly(count: usize, most: usize) -> Vec<usize> {
    let chosen = count.min(most);
    (0..chosen).map(|number| number * count / chosen).collect()
}

fn predict(potential: &mut dyn Potential, label: &Configuration, index: usize) -> Result<PredictedFrame> {
    let system = label.system()?;
    let mut found = Evaluation::default();
    potential.evaluate(&system, RequestedProperties::default(), &mut found)?;
    Ok(PredictedFrame { index, label: label.clone(), energy: found.energy, forces: found.forces })
}

fn errors(metrics: &Metrics, frames: usize) -> PartErrors {
    let found = metrics.errors();
    let elements =
        found.elements.iter().map(|one| (one.element.to_string(), (one.force_mae, one.force_rmse, one.atoms)));
    PartErrors {
        frames,
        evaluated: found.frames,
        energy_per_atom: [found.energy_mae_per_atom, found.energy_rmse_per_atom],
        energy: [found.energy_mae, found.energy_rmse],
        force: [found.force_mae, found.force_rmse],
        force_largest: found.force_largest,
        elements: elements.collect(),
    }
}
