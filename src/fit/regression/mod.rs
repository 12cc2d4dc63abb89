//! Fitting one number per molecule: energies alone as in 2019, and molecular properties.

mod amsgrad;
mod descent;
mod original;
mod production;
mod regressor;
mod standard;
mod trainer;

pub use amsgrad::AmsGrad;
pub use descent::Descent;
pub use original::OriginalRegressor;
pub use production::{Head, ProductionRegressor};
pub use regressor::Regressor;
pub use standard::Standard;
pub use trainer::{RegressionConfig, RegressionTrainer};
