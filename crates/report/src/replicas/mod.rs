//! The report of many runs from one input, with or without exchange of configurations.

mod energies;
mod plan;
mod report;
mod walks;

pub use plan::ReplicasPlan;
pub use report::report_replicas;
