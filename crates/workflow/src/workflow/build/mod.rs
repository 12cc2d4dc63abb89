//! From settings to the objects that do it.

mod atoms;
mod constraints;
mod divided;
mod elastic;
mod fit;
mod general;
mod labels;
mod minimize;
mod models;
mod path;
mod plumed;
mod potential;
mod potential_source;
mod regression;
mod report;
mod scan;
mod simulation;
mod stage;
mod start;
mod structure;
mod structures;
mod theories;
mod vibrations;

pub use atoms::AtomSet;
pub(super) use fit::{record_domain, record_errors, record_fit, surroundings};
pub use models::{ModelOrigin, Models};
pub(super) use potential::too_alike;
pub use potential::{learned, learned_together};
pub use regression::RegressionSet;
pub use structure::LoadedStructure;
pub(super) use structures::Structures;
pub(super) use theories::{THEORIES, model_of_theory, take_weights, theory_folder};
