//! Fitting: labelled data in, a model out.

mod checkpoint;
pub mod checks;
mod dataset;
mod difference;
pub mod fetch;
mod label_units;
mod labelled_xyz;
mod learner;
mod md17;
mod metrics;
mod npz;
mod pace;
mod prepare;
mod references;
mod run;
mod split;
mod summary;

pub use checkpoint::{CHECKPOINT, Checkpoint, Header, PREVIOUS};
pub use dataset::{Configuration, DataSet};
pub use difference::difference;
pub use label_units::{LabelUnit, LabelUnits};
pub use learner::{Array, EpochReport, Learner, Part, State, Values};
pub use metrics::{ElementErrors, Errors, Metrics};
pub use pace::Pace;
pub use prepare::{DataPlan, FitData, SplitPlan};
pub use references::References;
pub use run::{CURVE, FitEvent, FitPlan, fit};
pub use split::Split;
pub use summary::Summary;
