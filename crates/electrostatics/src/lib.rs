//! Energies, forces and potentials of smeared charges, dipoles and quadrupoles, in molecules and in cells.

mod damping;
mod kernel;
mod mesh;
mod pairs;
mod self_energy;
mod sites;

pub use damping::{LARGEST, damping};
pub use kernel::functions;
pub use mesh::Mesh;
pub use pairs::pairs;
pub use self_energy::subtract_self_energy;
pub use sites::{Interaction, SYMMETRIC, Sites};
