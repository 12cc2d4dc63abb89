//! Everything that moves atoms, and what is measured of their motion.
//!
//! | module         | what it holds |
//! |----------------|---------------|
//! | [`dynamics`]   | integrators, thermostats, barostats |
//! | [`simulation`] | runs in stages, with guards, observers and restart files |
//! | [`minimize`]   | local minima of the energy, with and without the cell |
//! | [`vibrations`] | Hessians, normal modes, thermochemistry |
//! | [`elastic`]    | elastic constants |
//! | [`paths`]      | minimum energy paths, scans of internal coordinates |
//! | [`replicas`]   | copies at several temperatures, with exchange |
//! | [`analysis`]   | averages with errors, distributions, correlation functions, spectra |
//! | [`certify`]    | trials of a finished model |
//!
//! Every random number is keyed by seed, step and purpose, and every sum has a fixed order. A run therefore has the same bits
//! for any number of threads, and after any interruption. Every ensemble has a conserved quantity, since every bath reports the
//! heat that it took. `examples/own_observer.rs` watches a run.
//!
//! # Example
//! Two argon atoms vibrate in a Lennard-Jones well:
//!
//! ```
//! use cormorant_core::system::{Element, System};
//! use cormorant_core::units::FEMTOSECOND;
//! use cormorant_dynamics::dynamics::VelocityVerlet;
//! use cormorant_dynamics::simulation::{Simulation, Stage};
//! use cormorant_potential::LennardJones;
//!
//! # fn main() -> cormorant_core::Result<()> {
//! let argon = Element::from_symbol("Ar")?;
//! let pair = System::new(vec![argon; 2], vec![[0.0; 3], [3.9, 0.0, 0.0]], None)?;
//! let mut simulation = Simulation::new(pair, Box::new(LennardJones::argon(10.0)?), 1)?;
//! simulation.stages.push(Stage::new("vibration", 500, VelocityVerlet::new(2.0 * FEMTOSECOND)?));
//! let outcome = simulation.run()?;
//! assert_eq!(outcome.steps, 500);
//! assert!(outcome.stages[0].largest_deviation < 0.01); // meV/atom
//! # Ok(())
//! # }
//! ```

pub mod analysis;
pub mod certify;
pub mod dynamics;
pub mod elastic;
mod free_motion;
pub mod minimize;
pub mod paths;
pub mod replicas;
pub mod simulation;
pub mod vibrations;
