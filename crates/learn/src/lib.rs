//! Geometries to label, labels from other programs, and which frames are worth a label.
//!
//! | items | what they are |
//! |---|---|
//! | [`label`] | structures go to a program, a person or a queue, and what comes back is checked and kept in a ledger |
//! | [`ExternalPotential`] | the same program as a potential |
//! | [`fn@explore`], [`Candidate`] | dynamics of a committee, which is stopped where its members disagree |
//! | [`ipi`] | the socket of i-PI's protocol, for its clients and for who asks them |
//! | [`ErrorInterval`], [`Forecast`] | the error on blind frames, and what more labels would make of it |

mod ase_script;
mod blind;
mod calculator;
mod explore;
mod external;
mod forecast;
pub mod ipi;
pub mod label;
mod process_group;
pub mod sample;
pub mod select;
pub mod slices;
pub mod spread;

pub use ase_script::ase_command;
pub use blind::ErrorInterval;
pub use calculator::plain_calculator;
pub use explore::{Candidate, Exploration, Explored, explore};
pub use external::ExternalPotential;
pub use forecast::Forecast;
