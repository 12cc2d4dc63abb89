//! Cormorant: molecular dynamics with a learned, rotationally covariant force field.
//!
//! This crate is the program and a facade: the parts are crates of their own, each with a page to start from.
//!
//! | module | crate | what it holds |
//! |---|---|---|
//! | [`units`], [`noise`], [`parallel`], [`system`] | `cormorant-core` | units, errors, keyed noise, threads, atoms in cells |
//! | [`so3`] | `cormorant-so3` | the algebra of rotations |
//! | [`kernels`] | `cormorant-kernels` | fused vector kernels |
//! | [`model`] | `cormorant-network` | networks: contract, kinds, definitions, files, engines |
//! | [`potential`] | `cormorant-potential` | potential energy surfaces, extrapolation grades |
//! | [`io`] | `cormorant-io` | structures and trajectories |
//! | [`fit`] | `cormorant-fit` | data, objectives, optimizers, trainers |
//! | [`analysis`], [`certify`], [`dynamics`], [`elastic`], [`minimize`], [`replicas`], [`simulation`], [`vibrations`] | `cormorant-dynamics` | everything that moves atoms |
//! | [`report`] | `cormorant-report` | reports, curves, pictures |
//! | [`settings`], [`workflow`], [`cli`], [`ipi`] | this one | input files, what the program does with them, the command line, the i-PI client |

pub mod cli;
mod diagnostic;
pub mod ipi;
pub mod settings;
pub mod workflow;

pub use diagnostic::explain;

pub use cormorant_core::{
    Error, ErrorContext, ErrorKind, InputError, Result, atomic, json, noise, parallel, system, units,
};
pub use cormorant_dynamics::{analysis, certify, dynamics, elastic, minimize, replicas, simulation, vibrations};
pub use cormorant_fit as fit;
pub use cormorant_io as io;
pub use cormorant_kernels as kernels;
pub use cormorant_network as model;
pub use cormorant_potential as potential;
pub use cormorant_report as report;
pub use cormorant_so3 as so3;
