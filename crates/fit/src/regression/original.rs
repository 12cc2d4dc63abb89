//! The network of 2019 as a regressor.

use super::regressor::Regressor;
use crate::Configuration;
use cormorant_core::noise::Noise;
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_kernels::network::Matrix;
use cormorant_kernels::original::{Gradient, Molecule, Network, Operations, Shape, Weights, Workspace};
use cormorant_network::original_initial_weights;

/// The network of 2019, for molecules of certain elements.
pub struct OriginalRegressor<T> {
    network: Network<T>,
    elements: Vec<Element>,
}

impl<T: Operations> OriginalRegressor<T> {
    /// The network of `shape`, whose atomic numbers are those of `elements`.
    #[must_use]
    pub fn new(shape: &Shape, elements: Vec<Element>) -> Self {
        Self { network: Network::new(shape), elements }
    }
}

impl<T: Operations> Regressor for OriginalRegressor<T> {
    type Molecule = (Vec<u32>, Vec<[f64; 3]>);
    type Weights = Weights<T>;
    type Gradient = Gradient<T>;
    type Space = Workspace<T>;

    fn parameters(&self) -> usize {
        self.network.layout().len()
    }

    fn scales(&self) -> Vec<f64> {
        vec![1.0; self.parameters()]
    }

    fn matrices(&self) -> Vec<Matrix> {
        Vec::new()
    }

    fn initial(&self, noise: Noise, _: &[Self::Molecule]) -> Vec<f64> {
        original_initial_weights(self.network.layout(), noise)
    }

    fn molecule(&self, configuration: &Configuration) -> Result<Self::Molecule> {
        if configuration.cell.is_some() {
            return Err(Error::Invalid("the network of 2019 knows no cell; fit `cormorant` to periodic data".into()));
        }
        let place = |element: &Element| {
            self.elements.iter().position(|known| known == element).map(|k| k as u32).ok_or_else(|| Error::Element {
                symbol: element.symbol().into(),
                known: self.elements.iter().map(|known| known.symbol().into()).collect(),
            })
        };
        let positions = &configuration.positions;
        for (i, x) in positions.iter().enumerate() {
            if positions[..i].contains(x) {
                return Err(Error::Invalid(format!("atom {} stands where another atom stands", i + 1)));
            }
        }
        Ok((configuration.elements.iter().map(place).collect::<Result<_>>()?, positions.clone()))
    }

    fn weights(&self, packed: &[f64]) -> Weights<T> {
        self.network.weights(packed)
    }

    fn gradient(&self, weights: &Weights<T>) -> Gradient<T> {
        self.network.gradient(weights)
    }

    fn clear(&self, gradient: &mut Gradient<T>) {
        gradient.fill_zero();
    }

    fn add(&self, sum: &mut Gradient<T>, more: &mut Gradient<T>) {
        sum.add(more);
    }

    fn packed(&self, weights: &mut Weights<T>, gradient: &mut Gradient<T>) -> Vec<f64> {
        self.network.packed_gradient(weights, gradient)
    }

    fn space(&self) -> Workspace<T> {
        Workspace::default()
    }

    fn outputs(&self) -> usize {
        1
    }

    fn predict(
        &self,
        weights: &Weights<T>,
        (species, positions): &Self::Molecule,
        space: &mut Workspace<T>,
        into: &mut [f64],
    ) {
        self.network.forward(weights, Molecule { species, positions }, space);
        into[0] = space.energy;
    }

    fn backward(
        &self,
        weights: &Weights<T>,
        (species, positions): &Self::Molecule,
        space: &mut Workspace<T>,
        seeds: &[f64],
        gradient: &mut Gradient<T>,
    ) {
        self.network.backward(weights, Molecule { species, positions }, space, seeds[0], Some(gradient), None);
    }
}
