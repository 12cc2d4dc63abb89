//! What acts at any distance, in molecules, slabs and cells: smeared charges, dipoles and quadrupoles, and dispersion.
//!
//! | items | what they are |
//! |---|---|
//! | [`LongRangeEnergy`], [`LongRange`], [`Places`] | from the numbers that a network gives its atoms to an energy and its derivatives |
//! | [`Electrostatics`], [`Multipoles`], [`COEFFICIENT`] | the part of charges and multipoles, and the unit of that of dispersion |
//! | [`ChargeState`], [`NUMBERS`], [`width`] | charges that add up to the total charge, and the energy of holding them |
//! | [`Sites`], [`Interaction`] | multipoles at their places, and what comes of them |
//! | [`pairs`], [`waves`], [`Waves`], [`Mesh`] | the sum over pairs, over wave vectors, and by a particle mesh |
//! | [`functions`], [`damping`], [`subtract_self_energy`] | the smeared potential, the weight of a wave vector, a site with itself |
//!
//! Every sum has a fixed order, so that the bits do not depend on the number of threads. Everything is in f64.
//!
//! # Example
//! Sodium chloride: the energy of an ion pair in the crystal is the Madelung constant over the distance.
//!
//! ```
//! use cormorant_core::units::COULOMB;
//! use cormorant_electrostatics::{Interaction, Sites, waves};
//!
//! let edge = 5.64; // Å
//! let corners = (0..8).map(|n| [n / 4, n / 2 % 2, n % 2]);
//! let positions: Vec<[f64; 3]> = corners.clone().map(|corner| corner.map(|n| 0.5 * edge * f64::from(n))).collect();
//! let charges: Vec<f64> = corners.map(|corner| if corner.iter().sum::<i32>() % 2 == 0 { 1.0 } else { -1.0 }).collect();
//! let sites = Sites { positions: &positions, charges: &charges, ..Sites::default() };
//! let mut found = Interaction::default();
//! waves(&sites, [[edge, 0.0, 0.0], [0.0, edge, 0.0], [0.0, 0.0, edge]], 0.3, false, &mut found);
//! let madelung = -found.energy / 4.0 * 0.5 * edge / COULOMB; // of each of the four pairs
//! assert!((madelung - 1.747_564_59).abs() < 1e-6);
//! ```

mod charge_state;
mod damping;
mod derivatives;
mod dispersion;
mod dispersion_kernel;
mod electrostatics;
mod field;
mod kernel;
mod lattice;
mod law;
mod long_range;
mod mesh;
mod moments;
mod pairs;
mod phases;
mod pieces;
mod places;
mod reciprocal;
mod self_energy;
mod sites;
mod slab;
mod structure;
mod sums;
mod symmetric;
mod wave_rows;

pub use charge_state::{CHARGE, ChargeState, NUMBERS};
pub use damping::{LARGEST, damping};
pub use dispersion::COEFFICIENT;
pub use electrostatics::{Electrostatics, Multipoles};
pub use kernel::functions;
pub use long_range::{LongRange, LongRangeEnergy};
pub use mesh::Mesh;
pub use moments::width;
pub use pairs::pairs;
pub use places::Places;
pub use reciprocal::{Waves, waves};
pub use self_energy::subtract_self_energy;
pub use sites::{Interaction, Sites};
pub use symmetric::SYMMETRIC;
