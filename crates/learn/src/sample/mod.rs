//! First geometries of a structure, for labels: from a model of its stiffness that needs no program, from random or systematic
//! displacements, or from a potential that is there already.
//!
//! | method | function | where the frames come from |
//! |---|---|---|
//! | thermal | [`thermal`] | thermal displacements in a model Hessian |
//! | rattle | [`rattle`] | a Gaussian displacement of every coordinate of an atom |
//! | torsions | [`torsions`] | turns about bonds |
//! | strain | [`strain`] | volumes and random strains of the cell, with rattled atoms |
//! | modes | [`modes`] | thermal displacements along normal modes of a potential |
//! | trajectory | [`trajectory`] | molecular dynamics with a potential |
//!
//! Every function takes a system, settings and, where it draws, a [`Noise`](cormorant_core::noise::Noise): the same seed gives the
//! same bits. None of them gives the structure itself among its frames.

mod contact;
mod harmonic;
pub mod lindh;
mod model_hessian;
mod modes;
mod rattle;
mod redraw;
mod strain;
mod terms;
mod thermal;
mod torsions;
mod trajectory;

pub use contact::{Contact, closest_contact};
pub use cormorant_dynamics::analysis::{Coordinate, Site};
pub use harmonic::Harmonic;
pub use model_hessian::ModelHessian;
pub use modes::modes;
pub use rattle::{RattleSettings, rattle};
pub use redraw::Redrawn;
pub use strain::{StrainSettings, strain};
pub use thermal::{ThermalModel, ThermalSettings, thermal};
pub use torsions::{TorsionScan, TorsionSettings, rotatable_bonds, torsions};
pub use trajectory::{TrajectorySettings, trajectory};
