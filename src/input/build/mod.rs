//! From an input to the objects that do it.

mod analysis;
mod fit;
mod potential;
mod simulation;
mod stage;

pub use fit::{save, scaling};
pub use potential::learned;
