//! Cormorant: molecular dynamics with a learned, rotationally covariant force field.

pub mod analysis;
pub mod certify;
pub mod cli;
pub mod domain;
pub mod dynamics;
pub mod elastic;
mod error;
pub mod fit;
pub mod input;
pub mod io;
pub mod ipi;
pub mod kernels;
pub mod minimize;
pub mod model;
pub mod noise;
pub mod parallel;
pub mod potential;
pub mod replicas;
pub mod report;
pub mod simulation;
pub mod so3;
pub mod system;
pub mod units;
pub mod vibrations;

pub use error::{Error, Result};
