//! Fitting properties of whole molecules: energies alone as in 2019, numbers, vectors and tensors.

mod config;
mod predictor;
mod sample;
mod standard;
mod tensor_property;

pub use crate::amsgrad::AmsGrad;
pub use config::RegressionConfig;
pub use cormorant_network::Head;
pub use predictor::Predictor;
pub use sample::Sample;
pub use standard::Standard;
pub use tensor_property::TensorProperty;
