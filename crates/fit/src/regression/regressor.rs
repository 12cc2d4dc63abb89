//! What the regression trainer asks of a network.

use crate::Configuration;
use cormorant_core::Result;
use cormorant_core::noise::Noise;
use cormorant_kernels::network::Matrix;

/// A network that gives one number for a molecule, or several: a vector or a tensor.
pub trait Regressor: Sync {
    /// A molecule as the network wants it.
    type Molecule: Send + Sync;
    /// Weights as the kernels want them.
    type Weights: Send + Sync;
    /// Gradient with respect to the weights.
    type Gradient: Send;
    /// Memory of one evaluation.
    type Space: Send;

    /// Number of parameters.
    fn parameters(&self) -> usize;
    /// Size of a typical entry of each parameter, by which steps may be scaled.
    fn scales(&self) -> Vec<f64>;
    /// Matrices among the parameters, in their order, that may move by orthogonal steps.
    fn matrices(&self) -> Vec<Matrix>;
    /// First parameters; `molecules` are some of the training set, for networks that start from what they see.
    fn initial(&self, noise: Noise, molecules: &[Self::Molecule]) -> Vec<f64>;
    /// The molecule of a configuration.
    ///
    /// # Errors
    /// When an element is not known, two atoms stand on one spot, or there is a cell and the network knows none.
    fn molecule(&self, configuration: &Configuration) -> Result<Self::Molecule>;
    /// Weights from the packed parameters.
    fn weights(&self, packed: &[f64]) -> Self::Weights;
    /// Room for a gradient, zero.
    fn gradient(&self, weights: &Self::Weights) -> Self::Gradient;
    /// Sets a gradient to zero.
    fn clear(&self, gradient: &mut Self::Gradient);
    /// sum ← sum + more.
    fn add(&self, sum: &mut Self::Gradient, more: &mut Self::Gradient);
    /// The gradient in the order of the packed parameters.
    fn packed(&self, weights: &mut Self::Weights, gradient: &mut Self::Gradient) -> Vec<f64>;
    /// Room for an evaluation.
    fn space(&self) -> Self::Space;
    /// How many numbers a molecule has.
    fn outputs(&self) -> usize;
    /// The numbers of a molecule, `into` as many as [`Self::outputs`]; what [`Self::backward`] needs stays in `space`.
    fn predict(&self, weights: &Self::Weights, molecule: &Self::Molecule, space: &mut Self::Space, into: &mut [f64]);
    /// Adds the sum of `seeds` times the derivatives of the numbers that were computed last in `space`.
    fn backward(
        &self,
        weights: &Self::Weights,
        molecule: &Self::Molecule,
        space: &mut Self::Space,
        seeds: &[f64],
        gradient: &mut Self::Gradient,
    );
}
