//! Geometries to label, labels from other programs, and which frames are worth a label.

mod external;
pub mod label;
pub mod select;
pub mod spread;

pub use external::ExternalPotential;
