//! Fitting properties of whole molecules: energies alone as in 2019, numbers, vectors and tensors; and values of atoms.

mod atom_columns;
mod atom_predictor;
mod atom_sample;
mod atom_standard;
mod config;
mod predictor;
mod sample;
mod standard;
mod tensor_property;

pub use crate::amsgrad::AmsGrad;
pub use atom_columns::{AtomColumns, AtomValues};
pub use atom_predictor::AtomPredictor;
pub use atom_sample::AtomSample;
pub use atom_standard::{AtomStandard, Together, spreads};
pub use config::RegressionConfig;
pub use cormorant_network::Head;
pub use predictor::Predictor;
pub use sample::Sample;
pub use standard::Standard;
pub use tensor_property::TensorProperty;
