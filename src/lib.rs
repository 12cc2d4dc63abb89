//! Molecular dynamics with a learned, rotationally covariant force field.
//!
//! This crate is the program `cormorant` and a facade over its parts. Each part is a crate of its own whose page says what it
//! is for and has an example.
//!
//! | module | crate | what it holds |
//! |---|---|---|
//! | [`units`], [`noise`], [`parallel`], [`system`] | `cormorant-core` | units, errors, keyed noise, threads, atoms in cells |
//! | [`so3`] | `cormorant-so3` | the algebra of rotations |
//! | [`kernels`] | `cormorant-kernels` | fused vector kernels |
//! | [`electrostatics`] | `cormorant-electrostatics` | sums of smeared charges, dipoles and quadrupoles |
//! | [`model`] | `cormorant-network` | networks: contract, kinds, definitions, files, engines |
//! | [`potential`] | `cormorant-potential` | potential energy surfaces, extrapolation grades |
//! | [`io`] | `cormorant-io` | structures and trajectories |
//! | [`fit`] | `cormorant-fit` | data, objectives, optimizers, trainers |
//! | [`analysis`], [`certify`], [`dynamics`], [`elastic`], [`minimize`], [`paths`], [`replicas`], [`simulation`], [`vibrations`] | `cormorant-dynamics` | everything that moves atoms |
//! | [`learn`] | `cormorant-learn` | geometries to label, labels from other programs, which frames are worth a label |
//! | [`report`] | `cormorant-report` | reports, charts, images |
//! | [`settings`], [`workflow`] | `cormorant-workflow` | input files, what the program does with them |
//! | [`cli`], [`ipi`] | this one | the command line, the i-PI client |
//!
//! `ARCHITECTURE.md` explains how they fit together, and which files to touch for what. The folder `examples/` has programs
//! that use this library: a model is evaluated (`evaluate`), a potential, an observer and a kind of network are added
//! (`own_potential`, `own_observer`, `own_network_kind`), and a network is fitted (`fit_in_memory`).
//!
//! # Example
//! Ethanol at 300 K for 50 fs with a shipped model:
//!
//! ```
//! use std::path::Path;
//!
//! use cormorant::dynamics::{Baoab, Langevin};
//! use cormorant::io::read_structure;
//! use cormorant::model::load;
//! use cormorant::noise::Noise;
//! use cormorant::potential::{LearnedPotential, Precision};
//! use cormorant::simulation::{Simulation, Stage};
//! use cormorant::system::{observables::Removed, velocities};
//! use cormorant::units::{FEMTOSECOND, PICOSECOND};
//!
//! # fn main() -> cormorant::Result<()> {
//! let mut molecule = read_structure(Path::new("inputs/structures/ethanol.xyz"), None)?;
//! velocities::draw(&mut molecule, 300.0, Removed::default(), &Noise::new(1))?;
//! let network = load(Path::new("models/ethanol"))?;
//! let potential = LearnedPotential::new(network.as_ref(), Precision::F32, 1)?;
//! let mut simulation = Simulation::new(molecule, Box::new(potential), 1)?;
//! let bath = Langevin::new(300.0, 10.0 / PICOSECOND)?;
//! simulation.stages.push(Stage::new("warm-up", 100, Baoab::new(0.5 * FEMTOSECOND)?).with_thermostat(bath));
//! let outcome = simulation.run()?;
//! assert!(outcome.stages[0].temperature > 0.0);
//! # Ok(())
//! # }
//! ```

pub mod cli;
mod diagnostic;
pub mod ipi;

pub use diagnostic::explain;

pub use cormorant_core::{
    Error, ErrorContext, ErrorKind, InputError, Result, atomic, json, noise, parallel, system, units,
};
pub use cormorant_dynamics::{analysis, certify, dynamics, elastic, minimize, paths, replicas, simulation, vibrations};
pub use cormorant_electrostatics as electrostatics;
pub use cormorant_fit as fit;
pub use cormorant_io as io;
pub use cormorant_kernels as kernels;
pub use cormorant_learn as learn;
pub use cormorant_network as model;
pub use cormorant_potential as potential;
pub use cormorant_report as report;
pub use cormorant_so3 as so3;
pub use cormorant_workflow::{settings, workflow};
