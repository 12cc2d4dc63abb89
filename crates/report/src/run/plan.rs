//! What a run was meant to do, as far as a report needs to know.

use std::path::PathBuf;

use crate::page::Fact;
use cormorant_core::system::Element;

/// What a run was meant to do. Files need not exist yet.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPlan {
    /// Name of the run.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The resolved input, as text.
    pub input: String,
    /// Where the atoms came from.
    pub structure: String,
    /// The atoms; empty if the structure cannot be read any more.
    pub elements: Vec<Element>,
    /// What moved them, in few words.
    pub potential: String,
    /// More about it: data it was fitted to, errors, certificate.
    pub about_potential: Vec<Fact>,
    /// What would have stopped the run.
    pub guards: String,
    /// The stages, in order.
    pub stages: Vec<StagePlan>,
}

/// What a stage was meant to do.
#[derive(Debug, Clone, PartialEq)]
pub struct StagePlan {
    /// Name.
    pub name: String,
    /// Integrator and baths in words.
    pub ensemble: String,
    /// Temperature of the bath at its end in K; `None` without a bath.
    pub temperature: Option<f64>,
    /// Whether the bath keeps this temperature from beginning to end and samples the canonical ensemble.
    pub canonical: bool,
    /// Length in ps.
    pub duration: f64,
    /// Time step in fs.
    pub time_step: f64,
    /// Tables of energies.
    pub tables: Vec<PathBuf>,
    /// Main tables of analyses.
    pub analyses: Vec<PathBuf>,
    /// Tables of quantum energies.
    pub quantum: Vec<PathBuf>,
    /// Trajectories.
    pub trajectories: Vec<WrittenTrajectory>,
}

/// A trajectory that a stage writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenTrajectory {
    /// The file.
    pub path: PathBuf,
    /// Time between frames in fs, rounded; for formats that keep no time.
    pub every: u64,
}
