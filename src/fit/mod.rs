//! Fitting: labelled data in, a model out.

mod dataset;
mod label_units;
mod labelled_xyz;
mod md17;
mod npz;

pub use dataset::{Configuration, DataSet};
pub use label_units::{LabelUnit, LabelUnits};
