//! What a model can be trusted with, measured on the model itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The outcome of the trials of `cormorant_dynamics::certify`, stored in the header of the model.
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
    /// Largest force between two lone atoms 0.001 Å within the cutoff, in eV/Å, less that 0.001 Å beyond it.
    pub cutoff_force: f64,
    /// Its charges; absent for a model without, and in certificates of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charges: Option<ChargeTrial>,
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
    /// Trajectories at increasing temperatures, up to the first that fails.
    pub heat: Vec<HeatTrial>,
    /// Trials for which there was no time, or not enough: what stands above for them is a part, or nothing. Empty where everything
    /// was tried; `cormorant certify` tries everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<TrialPart>,
}

/// A part of the trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialPart {
    /// Forces against energies, and rotations.
    Symmetries,
    /// Two lone atoms of each pair of elements, and the force at the cutoff.
    Pairs,
    /// The largest stable time step.
    TimeStep,
    /// The drift of the energy.
    Drift,
    /// Trajectories at ever higher temperatures.
    Heat,
    /// Squeezed bonds.
    Bonds,
}

impl TrialPart {
    /// Words for tables and messages.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Symmetries => "forces against energies",
            Self::Pairs => "pairs of atoms",
            Self::TimeStep => "time steps",
            Self::Drift => "drift of the energy",
            Self::Heat => "temperatures",
            Self::Bonds => "squeezed bonds",
        }
    }
}

/// Charges of a model that has some.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargeTrial {
    /// By how much the charges of the example do not add up to its total charge, in e (f64).
    pub sum_error: f64,
    /// By how much the force on two lone atoms 30 Å apart, which hold a charge of +2 e together, is not k q q / r², over that (f64).
    pub tail_error: f64,
    /// Lowest charge of an atom of the example, in e.
    pub lowest: f64,
    /// Highest charge of an atom of the example, in e.
    pub highest: f64,
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
    /// What stands for a number of a model that ran away, or failed before it could be measured.
    pub const RUNAWAY: f64 = f64::MAX;

    /// Whether `part` was tried to its end.
    #[must_use]
    pub fn tried(&self, part: TrialPart) -> bool {
        !self.left_out.contains(&part)
    }

    /// The drift in meV/atom/ps, if the model held long enough for one.
    #[must_use]
    pub fn known_drift(&self) -> Option<f64> {
        Some(self.drift).filter(|drift| drift.abs() < Self::RUNAWAY && self.drift_picoseconds > 0.0)
    }

    /// The largest stable time step in words, e.g. `2 fs`.
    #[must_use]
    pub fn time_step_in_words(&self) -> String {
        match (self.tried(TrialPart::TimeStep), self.time_step) {
            (true, step) => format!("{step} fs"),
            (false, step) if step > 0.0 => format!("at least {step} fs"),
            (false, _) => "not tested, for lack of time".into(),
        }
    }

    /// The drift in words.
    #[must_use]
    pub fn drift_in_words(&self) -> String {
        match self.known_drift() {
            Some(drift) if drift.abs() < 1000.0 => {
                format!("{drift:.4} meV/atom/ps over {:.2} ps", self.drift_picoseconds)
            }
            Some(drift) => format!("{drift:.1e} meV/atom/ps over {:.2} ps: it diverges", self.drift_picoseconds),
            None if self.tried(TrialPart::Drift) => "not measured, because trajectories at 300 K fail".into(),
            None => "not tested, for lack of time".into(),
        }
    }

    /// What was left out, and what to do about it; none if everything was tried.
    #[must_use]
    pub fn gaps(&self) -> Option<String> {
        let parts: Vec<_> = self.left_out.iter().map(|part| part.words()).collect();
        let list = parts.join(", ");
        (!parts.is_empty()).then(|| {
            format!("the time limit left out, in whole or in part: {list}; `cormorant certify` tests everything")
        })
    }

    /// Highest temperature in K whose trajectory did not fail; 0 if none was passed.
    #[must_use]
    pub fn highest_temperature(&self) -> f64 {
        self.heat.iter().filter(|trial| trial.failure.is_none()).map(|trial| trial.temperature).fold(0.0, f64::max)
    }
}
