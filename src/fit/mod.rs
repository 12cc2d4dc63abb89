//! Fitting: labelled data in, a model out.

pub mod checks;
mod dataset;
pub mod fetch;
mod label_units;
mod labelled_xyz;
mod md17;
mod metrics;
mod npz;
mod references;
mod split;

pub use dataset::{Configuration, DataSet};
pub use label_units::{LabelUnit, LabelUnits};
pub use metrics::{ElementErrors, Errors, Metrics};
pub use references::References;
pub use split::Split;
