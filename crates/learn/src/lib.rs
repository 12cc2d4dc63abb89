//! Geometries to label, labels from other programs, and which frames are worth a label.

mod external;
pub mod label;
pub mod sample;

pub use external::ExternalPotential;
