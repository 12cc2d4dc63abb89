//! What replicas were meant to do.

use std::path::PathBuf;

use crate::run::RunPlan;

/// Many runs from one input. Files need not exist yet.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicasPlan {
    /// Name of the whole.
    pub name: String,
    /// Its folder, in which those of the members are.
    pub folder: PathBuf,
    /// The resolved input of the whole, as text.
    pub input: String,
    /// How often configurations are exchanged, in words; `None` for independent runs.
    pub exchange: Option<String>,
    /// The members, each under the name of its folder, in the order of the ladder.
    pub members: Vec<RunPlan>,
}
