//! Energies, forces and potentials of smeared charges, dipoles and quadrupoles, in molecules and in cells.

mod charge_state;
mod damping;
mod derivatives;
mod electrostatics;
mod kernel;
mod mesh;
mod moments;
mod pairs;
mod phases;
mod pieces;
mod reciprocal;
mod self_energy;
mod sites;
mod structure;
mod wave_rows;

pub use charge_state::{CHARGE, ChargeState, NUMBERS};
pub use damping::{LARGEST, damping};
pub use electrostatics::{Electrostatics, Multipoles, Places};
pub use kernel::functions;
pub use mesh::Mesh;
pub use moments::width;
pub use pairs::pairs;
pub use reciprocal::{Waves, waves};
pub use self_energy::subtract_self_energy;
pub use sites::{Interaction, SYMMETRIC, Sites};
