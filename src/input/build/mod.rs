//! From an input to the objects that do it.

mod potential;
mod simulation;
mod stage;

pub use potential::learned;
