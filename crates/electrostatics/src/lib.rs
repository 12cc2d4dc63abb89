//! Energies, forces and potentials of smeared charges, dipoles and quadrupoles, in molecules and in cells.

mod kernel;
mod pairs;
mod sites;

pub use kernel::functions;
pub use pairs::pairs;
pub use sites::{Interaction, SYMMETRIC, Sites};
