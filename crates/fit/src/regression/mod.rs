//! Fitting numbers of whole molecules: energies alone as in 2019, and molecular properties.

mod amsgrad;
mod descent;
mod original;
mod predictor;
mod production;
mod regressor;
mod sample;
mod standard;
mod tensor_property;
mod trainer;

pub use amsgrad::AmsGrad;
pub use cormorant_network::Head;
pub use descent::Descent;
pub use original::OriginalRegressor;
pub use predictor::Predictor;
pub use production::ProductionRegressor;
pub use regressor::Regressor;
pub use sample::Sample;
pub use standard::Standard;
pub use tensor_property::TensorProperty;
pub use trainer::{RegressionConfig, RegressionTrainer};
