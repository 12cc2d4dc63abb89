//! A fitted property, ready to be asked for other molecules.

use std::path::Path;

use super::sample::invariant;
use super::{OriginalRegressor, ProductionRegressor, Regressor, Standard};
use crate::fit::Configuration;
use crate::kernels::original::Operations;
use crate::model::{ModelKind, OriginalModel, PropertyModel, Scaling};
use crate::system::{Element, System};
use crate::{Error, Result};

/// A model of a property with what an evaluation needs; each thread has one of its own.
pub struct Predictor {
    property: String,
    unit: String,
    standard: Standard,
    elements: Vec<Element>,
    references: Vec<f64>,
    network: Box<dyn Network>,
}

/// A network of either kind with its weights.
trait Network: Send {
    /// The outputs for a molecule, before mean, deviation and references.
    fn outputs(&mut self, configuration: &Configuration) -> Result<Vec<f64>>;
}

struct Ready<R: Regressor> {
    regressor: R,
    weights: R::Weights,
    space: R::Space,
}

impl<R: Regressor + Send> Network for Ready<R> {
    fn outputs(&mut self, configuration: &Configuration) -> Result<Vec<f64>> {
        let molecule = self.regressor.molecule(configuration)?;
        let mut outputs = vec![0.0; self.regressor.outputs()];
        self.regressor.predict(&self.weights, &molecule, &mut self.space, &mut outputs);
        Ok(outputs)
    }
}

fn ready<R: Regressor + Send + 'static>(regressor: R, packed: &[f64]) -> Box<dyn Network> {
    let (weights, space) = (regressor.weights(packed), regressor.space());
    Box::new(Ready { regressor, weights, space })
}

impl Predictor {
    /// Whether the model in folder `path` predicts a property, and not an energy with its forces.
    ///
    /// # Errors
    /// When there is no model.
    pub fn is_meant(path: &Path) -> Result<bool> {
        Ok(match ModelKind::of(path)? {
            ModelKind::Production => false,
            ModelKind::Property => true,
            ModelKind::Original => OriginalModel::load(path)?.header.target != "energy",
        })
    }

    /// The model in folder `path`, to be computed in precision `T`.
    ///
    /// # Errors
    /// When there is no model, or it is one of energies and forces.
    pub fn load<T: Operations>(path: &Path) -> Result<Self> {
        let failed = |reason| Error::model(path, reason);
        let (elements, network, mean, deviation, references, property, unit) = match ModelKind::of(path)? {
            ModelKind::Production => return Err(failed("is a model of energies and forces, not of a property".into())),
            ModelKind::Property => {
                let PropertyModel { header: it, weights, .. } = PropertyModel::load(path)?;
                let elements = it.elements().map_err(failed)?;
                let scaling = Scaling { elements: elements.clone(), references: it.references.clone(), scale: 1.0 };
                let network = ProductionRegressor::<T>::new(&it.shape(), scaling, it.knot_spacing, it.head);
                (elements, ready(network, &weights), it.mean, it.deviation, it.references, it.target, it.unit)
            }
            ModelKind::Original => {
                let OriginalModel { header: it, weights, .. } = OriginalModel::load(path)?;
                let elements = it.elements().map_err(failed)?;
                let network = OriginalRegressor::<T>::new(&it.shape().map_err(failed)?, elements.clone());
                (elements, ready(network, &weights), it.mean, it.deviation, it.references, it.target, it.unit)
            }
        };
        Ok(Self { property, unit, standard: Standard { mean, deviation }, elements, references, network })
    }

    /// Name of the property.
    #[must_use]
    pub fn property(&self) -> &str {
        &self.property
    }

    /// Unit of the property.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The property of `system` in [`Self::unit`], references of its atoms included.
    ///
    /// # Errors
    /// When the system holds an element that the model does not know, has a cell where the network knows none, or two atoms
    /// stand on one spot.
    pub fn predict(&mut self, system: &System) -> Result<Vec<f64>> {
        let configuration = Configuration {
            elements: system.elements.clone(),
            positions: system.positions.clone(),
            cell: system.cell,
            ..Configuration::default()
        };
        let mut values = self.network.outputs(&configuration)?;
        let of = |element| self.elements.iter().position(|known| known == element).map_or(0.0, |k| self.references[k]);
        let reference: f64 = system.elements.iter().map(of).sum();
        self.standard.restore(&mut values);
        for &place in invariant(values.len()) {
            values[place] += reference;
        }
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(Error::Invalid(format!(
                "the model gives {value} for its {}: the structure is too far from what it was fitted to",
                self.property
            )));
        }
        Ok(values)
    }
}
