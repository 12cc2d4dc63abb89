//! The network of 2019 as a model: configuration, first weights, file, candle operation.

mod config;
mod engine;
mod file;
mod fitting;
mod header;
mod initial;
mod new;
mod operation;

pub use config::{OriginalConfig, OriginalHarmonics, OriginalInput, OriginalOutput};
pub use file::OriginalModel;
pub use fitting::DifferentiableOriginal;
pub use header::{KIND, OriginalHeader};
pub use initial::initial_weights;
pub(super) use new::NEW;
pub use operation::OriginalNetwork;
