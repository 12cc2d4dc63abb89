//! Trainers behind one face, whatever the precision of their weights.
//!
//! A caller decides at run time with which precision it fits. Here that choice ends, so that trainers are compiled once, with this
//! crate, and not again with each that fits.

use std::sync::Arc;

use super::configuration::Configuration;
use super::learner::{Learner, Part};
use super::objective::{AtomObjective, EnergyObjective, PropertyObjective};
use super::regression::{AtomSample, Sample};
use super::schedule::TrainerSettings;
use super::trainer::Trainer;
use cormorant_core::Result;
use cormorant_core::system::Element;
use cormorant_kernels::Real;
use cormorant_network::{Doubles, Scaling, TrainableNetwork};

/// A trainer for energies, forces and stresses.
pub trait EnergyLearner: Learner {
    /// The weights that would be saved now, packed in the order of the network, with all readouts.
    fn average(&self) -> Vec<f64>;
    /// Those of the network for the theory of this number alone.
    fn weights_of(&self, theory: usize) -> Vec<f64>;
    /// What turns the network's output for the theory of this number into eV.
    fn scaling(&self, theory: usize) -> &Scaling;
    /// Seconds that a prediction for one atom takes one thread, measured now.
    fn seconds_per_atom(&mut self) -> f64;
}

/// A trainer for a property of molecules.
pub trait PropertyLearner: Learner {
    /// The weights that would be saved now, packed in the order of the network.
    fn average(&self) -> Vec<f64>;
    /// Each number of the property with what is predicted for it, in the unit of the property, frame by frame.
    ///
    /// # Errors
    /// When a frame cannot be evaluated.
    fn pairs(&mut self, part: Part) -> Result<Vec<[f64; 2]>>;
}

/// A trainer for values of atoms.
pub trait AtomLearner: Learner {
    /// The weights that would be saved now, packed in the order of the network.
    fn average(&self) -> Vec<f64>;
    /// Every component of every label with what is predicted for it, in the unit of the values, frame by frame.
    ///
    /// # Errors
    /// When a frame cannot be evaluated.
    fn points(&mut self, part: Part) -> Result<Vec<AtomPoint>>;
}

/// A component of a label and what is predicted for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtomPoint {
    /// Number of the column, counted from 0.
    pub column: usize,
    /// The element of the atom.
    pub element: Element,
    /// The label.
    pub reference: f64,
    /// What is predicted.
    pub prediction: f64,
}

/// A trainer of `network`, which has this cutoff in Å or none, for energies, forces and stresses; from `weights` instead of fresh ones
/// if there are any.
///
/// # Errors
/// When there is nothing to train on, a frame does not fit the network, or the weights are not its own.
pub fn energy_learner(
    network: TrainableNetwork,
    cutoff: Option<f64>,
    objective: EnergyObjective,
    settings: TrainerSettings,
    parts: [Arc<Vec<Configuration>>; 3],
    weights: Option<&[f64]>,
) -> Result<Box<dyn EnergyLearner>> {
    fn begin<P: Real>(mut trainer: Trainer<P>, weights: Option<&[f64]>) -> Result<Box<dyn EnergyLearner>> {
        weights.map_or(Ok(()), |weights| trainer.start_from(weights))?;
        Ok(Box::new(trainer))
    }
    match network {
        TrainableNetwork::F32(network) => {
            begin(Trainer::sharing(network, cutoff, objective, settings, parts)?, weights)
        }
        TrainableNetwork::F64(network) => {
            begin(Trainer::sharing(network, cutoff, objective, settings, parts)?, weights)
        }
    }
}

/// A trainer of `network`, which has this cutoff in Å or none, with fresh weights for a property. Its weights move in double precision,
/// whatever the network computes in.
///
/// # Errors
/// When there is nothing to train on, or a molecule does not fit the network.
pub fn property_learner(
    network: TrainableNetwork,
    cutoff: Option<f64>,
    objective: PropertyObjective,
    settings: TrainerSettings,
    parts: [Vec<Sample>; 3],
) -> Result<Box<dyn PropertyLearner>> {
    let network = match network {
        TrainableNetwork::F32(network) => Box::new(Doubles::new(network)),
        TrainableNetwork::F64(network) => network,
    };
    Ok(Box::new(Trainer::of(network, cutoff, objective, settings, parts)?))
}

/// A trainer of `network`, which has this cutoff in Å, with fresh weights for values of atoms. Its weights move in double precision,
/// whatever the network computes in.
///
/// # Errors
/// When there is nothing to train on, or a frame does not fit the network.
pub fn atom_learner(
    network: TrainableNetwork,
    cutoff: Option<f64>,
    objective: AtomObjective,
    settings: TrainerSettings,
    parts: [Vec<AtomSample>; 3],
) -> Result<Box<dyn AtomLearner>> {
    let network = match network {
        TrainableNetwork::F32(network) => Box::new(Doubles::new(network)),
        TrainableNetwork::F64(network) => network,
    };
    Ok(Box::new(Trainer::of(network, cutoff, objective, settings, parts)?))
}

impl AtomLearner for Trainer<f64, AtomObjective> {
    fn average(&self) -> Vec<f64> {
        Self::average(self)
    }

    fn points(&mut self, part: Part) -> Result<Vec<AtomPoint>> {
        let (columns, width) = (self.objective().target().columns.len(), self.objective().target().shape.width());
        let mut points = Vec::new();
        for (label, found) in self.predictions(part)? {
            for (atom, column, value) in label.each(columns) {
                let element = label.configuration.elements[atom];
                let found = &found[(atom * columns + column) * width..][..width];
                let point = |(&reference, &prediction)| AtomPoint { column, element, reference, prediction };
                points.extend(value.iter().zip(found).map(point));
            }
        }
        Ok(points)
    }
}

impl<P: Real> EnergyLearner for Trainer<P> {
    fn average(&self) -> Vec<f64> {
        Self::average(self)
    }

    fn weights_of(&self, theory: usize) -> Vec<f64> {
        Self::weights_of(self, theory)
    }

    fn scaling(&self, theory: usize) -> &Scaling {
        Self::scaling(self, theory)
    }

    fn seconds_per_atom(&mut self) -> f64 {
        Self::seconds_per_atom(self)
    }
}

impl PropertyLearner for Trainer<f64, PropertyObjective> {
    fn average(&self) -> Vec<f64> {
        Self::average(self)
    }

    fn pairs(&mut self, part: Part) -> Result<Vec<[f64; 2]>> {
        let pairs = self.predictions(part)?;
        Ok(pairs.iter().flat_map(|(label, found)| label.target.iter().zip(found).map(|(x, y)| [*x, *y])).collect())
    }
}
