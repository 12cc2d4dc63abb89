//! What a model can be trusted with, measured on the model itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The outcome of the trials of [`crate::certify`], stored in the header of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Version of the program that made it.
    pub program: String,
    /// Instruction set that it was made with.
    pub instruction_set: String,
    /// Atoms of the example that the trials were made on.
    pub atoms: usize,
    /// Largest difference of a force from central differences of the energy, over the largest force (f64).
    pub force_error: f64,
    /// Largest change of a force when the example is turned, turned back, in eV/Å (f64).
    pub rotation_error: f64,
    /// Largest change of a force when atoms are renumbered, in eV/Å (f64).
    pub permutation_error: f64,
    /// Largest difference of a force between single and double precision, in eV/Å.
    pub precision_error: f64,
    /// Largest force between two lone atoms 0.001 Å within the cutoff, in eV/Å.
    pub cutoff_force: f64,
    /// Two lone atoms of each pair of elements, e.g. `H-C`.
    pub pairs: BTreeMap<String, PairTrial>,
    /// Bonds of the example squeezed below what the training frames held, the worst of each pair of elements; empty in
    /// certificates of earlier versions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bonds: BTreeMap<String, BondTrial>,
    /// Drift of the energy at constant energy, 300 K and 0.5 fs, in meV/atom/ps.
    pub drift: f64,
    /// Length of the trial that gave the drift, in ps.
    pub drift_picoseconds: f64,
    /// Longest time step in fs tried at 300 K that keeps the energy; 0 if none did.
    pub time_step: f64,
    /// Trajectories at ever higher temperatures, up to the first that fails.
    pub heat: Vec<HeatTrial>,
}

/// How the model treats two atoms alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairTrial {
    /// Distance in Å below which the atoms repel each other at every distance down to 0.3 Å; 0.3 if they do not there.
    pub repulsive_below: f64,
    /// Energy at 0.3 Å over that of the atoms apart, in eV.
    pub nearest_energy: f64,
    /// Lowest energy over that of the atoms apart, in eV, at any distance from 0.3 Å to the cutoff.
    pub lowest_energy: f64,
    /// Where it is, in Å.
    pub lowest_at: f64,
}

/// How the model treats the bonds between two elements when they are squeezed: a network that fits its frames well may still
/// pull atoms together just beyond them. Every bond is judged by the shortest that it was itself in the training frames.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BondTrial {
    /// Bonds that were tried.
    pub bonds: usize,
    /// The one whose repulsion stops growing first, by its share of the shortest that it was: its atoms, counted from 0. All
    /// distances but the last are of this bond. Absent in certificates of earlier versions, which judged by pair of elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub atoms: Option<[usize; 2]>,
    /// The shortest in Å that it was in the training frames.
    pub shortest: f64,
    /// Distance in Å down to which its repulsion should grow.
    pub tried_to: f64,
    /// Distance in Å down to which its repulsion grows.
    pub sound_to: f64,
    /// Distance in Å down to which all of the bonds repel; where they do all the way, it is that at which the wall of a learned
    /// potential begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repels_to: Option<f64>,
}

impl BondTrial {
    /// Whether the repulsion grew all the way.
    #[must_use]
    pub fn sound(&self) -> bool {
        self.sound_to <= self.tried_to + 1.0e-9
    }
}

/// A short trajectory under a strong Langevin bath.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeatTrial {
    /// Temperature of the bath in K.
    pub temperature: f64,
    /// Length in ps; shorter than planned if it failed.
    pub picoseconds: f64,
    /// Highest grade of extrapolation on the way; 0 where the model has no record of surroundings.
    pub grade: f64,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

impl Certificate {
    /// Highest temperature in K whose trajectory did not fail; 0 if none was passed.
    #[must_use]
    pub fn highest_temperature(&self) -> f64 {
        self.heat.iter().filter(|trial| trial.failure.is_none()).map(|trial| trial.temperature).fold(0.0, f64::max)
    }
}
