//! What watches a simulation.

use std::path::PathBuf;

use super::{Motion, Schedule};
use cormorant_core::Result;
use cormorant_core::system::System;
use cormorant_potential::{Evaluation, RequestedProperties};

/// The state of a run as observers see it.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot<'a> {
    /// Atoms, momenta, step and time.
    pub system: &'a System,
    /// Energy and forces at these positions; the virial if the observer wanted it.
    pub evaluation: &'a Evaluation,
    /// Kinetic energy in eV that the temperature belongs to: of the momenta on which the bath acts.
    pub kinetic: f64,
    /// The momenta (√(u·eV)) that this is the energy of.
    pub momenta: &'a [[f64; 3]],
    /// What Σ p ⊗ p / m (eV) lacks for the pressure, see [`crate::dynamics::Integrator::kinetic_tensor_correction`]; zero where the
    /// evaluation has no virial.
    pub kinetic_tensor_correction: [[f64; 3]; 3],
    /// The conserved quantity in eV: kinetic and potential energy and all heat and work given away since the start.
    pub conserved: f64,
    /// Temperature in K.
    pub temperature: f64,
    /// Degrees of freedom that the temperature counts.
    pub degrees_of_freedom: usize,
    /// How the motion is counted, and its parts.
    pub motion: &'a Motion,
    /// Name of the stage.
    pub stage: &'a str,
    /// Time step of the stage, in t.
    pub time_step: f64,
    /// Step within the stage.
    pub stage_step: u64,
    /// Steps of the stage.
    pub stage_steps: u64,
    /// Steps of the whole run; `system.step` counts up to it.
    pub run_steps: u64,
    /// Instruction set whose rounding the numbers have; `None` where they are the same on every machine.
    pub instruction_set: Option<&'static str>,
    /// Graphics processor whose rounding they have, where one computes.
    pub device: Option<&'a str>,
    /// What the user should know so far; it only grows.
    pub warnings: &'a [String],
}

/// How far a file has been written, for continuing from there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileMark {
    /// Name of the file, without its folder.
    pub name: String,
    /// How much of it there is: frames of a trajectory, bytes of anything else.
    pub extent: u64,
}

/// What an observer needs to continue after a restart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Progressed {
    /// Its files.
    pub files: Vec<FileMark>,
    /// Its numbers.
    pub numbers: Vec<f64>,
}

/// Something that watches a run: writes a trajectory, a table, progress.
///
/// An observer is either started or resumed, then called when its schedule says so, and finished.
pub trait Observer: Send {
    /// When to be called.
    fn schedule(&self) -> Schedule;

    /// What it needs beyond energy and forces.
    fn want(&self) -> RequestedProperties {
        RequestedProperties::default()
    }

    /// The run starts (or the stage does). Files of an earlier run are replaced.
    ///
    /// # Errors
    /// When a file cannot be created.
    fn begin(&mut self, first: &Snapshot<'_>) -> Result<()> {
        let _ = first;
        Ok(())
    }

    /// The run continues from `now` where `progressed` was saved; what came later is cut off.
    ///
    /// # Errors
    /// When a file is missing or shorter than it was.
    fn resume(&mut self, now: &Snapshot<'_>, progressed: &Progressed) -> Result<()> {
        let _ = (now, progressed);
        Ok(())
    }

    /// It is time to look.
    ///
    /// # Errors
    /// When what was seen cannot be written.
    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()>;

    /// Bring everything to disk and say how far it went, for a restart.
    ///
    /// # Errors
    /// When the files cannot be written.
    fn checkpoint(&mut self) -> Result<Progressed> {
        Ok(Progressed::default())
    }

    /// No more will come.
    ///
    /// # Errors
    /// When the files cannot be completed.
    fn finish(&mut self) -> Result<()> {
        Ok(())
    }

    /// Whether it has to be told of a restart. What only shows (progress) need not be there when a run is resumed.
    fn persistent(&self) -> bool {
        true
    }

    /// What there is to say of what it found, for the summary.
    fn remarks(&self) -> Vec<String> {
        Vec::new()
    }

    /// Files that it wrote, for the summary.
    fn files(&self) -> Vec<PathBuf> {
        Vec::new()
    }
}

/// Whose turn it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Run,
    Stage,
    Both,
}

/// Where the observers were.
pub(super) struct Resumed {
    pub(super) run: Vec<Progressed>,
    pub(super) stage: Vec<Progressed>,
}
