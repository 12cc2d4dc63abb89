//! What came of a run, for later reports: the one thing that its other files do not tell.

use std::path::Path;

use serde::{Deserialize, Serialize};

use cormorant_core::atomic;
use cormorant_core::json;
use cormorant_core::{Error, Result};
use cormorant_dynamics::simulation::{Outcome, PartTemperature, StageOutcome};

/// Name of the record in the folder of a run.
pub const OUTCOME: &str = "outcome.json";

/// What came of a run, over all the times that it was resumed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RunRecord {
    /// How it ended: `finished`, `stopped` by a signal, or `failed`.
    pub ending: String,
    /// What a guard or a failure said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the user was told besides.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Warnings about averages over all sessions: the last one replaces those before. Older records have them in `warnings`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<String>,
    /// Each time that it was started or resumed.
    pub sessions: Vec<Session>,
    /// How well each stage kept its conserved quantity.
    pub conservation: Vec<Conservation>,
    /// How the motion of each stage was counted, and the temperatures of its parts; empty in older records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub motion: Vec<StageMotion>,
}

/// How the motion of a stage was counted and shared.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StageMotion {
    /// Name of the stage.
    pub stage: String,
    /// Degrees of freedom that share the kinetic energy.
    pub degrees_of_freedom: usize,
    /// What was said of them.
    pub notes: Vec<String>,
    /// Temperature of each part.
    pub parts: Vec<StagePart>,
}

/// The mean temperature of a part of the kinetic energy.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StagePart {
    /// Motion of molecules, or symbol of an element.
    pub name: String,
    /// Degrees of freedom.
    pub degrees_of_freedom: f64,
    /// In K.
    pub temperature: f64,
    /// Standard error in K, where there were enough blocks.
    pub error: Option<f64>,
    /// Whether it differs from the temperature of all beyond chance.
    pub uneven: bool,
}

impl StageMotion {
    fn of(stage: &StageOutcome) -> Self {
        let part = |part: &PartTemperature| StagePart {
            name: part.name.clone(),
            degrees_of_freedom: part.degrees_of_freedom,
            temperature: part.temperature,
            error: part.error,
            uneven: part.uneven.is_some() && !stage.alarms.is_empty(),
        };
        Self {
            stage: stage.name.clone(),
            degrees_of_freedom: stage.degrees_of_freedom,
            notes: stage.notes.clone(),
            parts: stage.parts.iter().map(part).collect(),
        }
    }
}

/// How well a stage kept its conserved quantity, over every step.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Conservation {
    /// Name of the stage.
    pub stage: String,
    /// Slope of a straight line in meV/atom/ps; NaN (null in the file) of a stage too short for one.
    #[serde(serialize_with = "json::or_null", deserialize_with = "json::or_nan")]
    pub drift: f64,
    /// Largest deviation from the first value in meV/atom.
    #[serde(serialize_with = "json::or_null", deserialize_with = "json::or_nan")]
    pub largest_deviation: f64,
}

/// One process that worked on a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Session {
    /// Steps done.
    pub steps: u64,
    /// Time simulated in ps.
    pub picoseconds: f64,
    /// Wall time in s.
    pub seconds: f64,
    /// Of it, energies and forces.
    pub potential_seconds: f64,
    /// Of it, writing and watching.
    pub output_seconds: f64,
    /// Threads of the processor that the machine offered.
    pub processors: usize,
}

impl RunRecord {
    /// The record of a run in `folder`, if there is one.
    ///
    /// # Errors
    /// When it is there but cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(OUTCOME);
        match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| {
                let reason = format!("is not the record of a run ({error}); remove it, and the report does without");
                Error::data(&path, reason)
            }),
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::io(&path, source)),
        }
    }

    /// Drift (meV/atom/ps) and largest deviation (meV/atom) of the conserved quantity in `stage`, over every step.
    #[must_use]
    pub fn conservation_of(&self, stage: &str) -> Option<(f64, f64)> {
        let found = self.conservation.iter().find(|one| one.stage == stage)?;
        Some((found.drift, found.largest_deviation))
    }

    /// Add what `outcome` says of the process that just ended, and how it ended: with a `failure`, or as planned.
    #[must_use]
    pub fn with(mut self, outcome: &Outcome, failure: Option<&Error>) -> Self {
        (self.ending, self.reason) = match failure {
            None => ("finished".into(), None),
            Some(Error::Interrupted(reason)) => ("stopped".into(), Some(reason.clone())),
            Some(error) => ("failed".into(), Some(error.to_string())),
        };
        // A process that continues says again what still holds; of averages it has newer ones.
        self.alarms = outcome.stages.iter().flat_map(|stage| stage.alarms.clone()).collect();
        for warning in &outcome.warnings {
            if !self.alarms.contains(warning) && !self.warnings.contains(warning) {
                self.warnings.push(warning.clone());
            }
        }
        let conservation = |stage: &StageOutcome| Conservation {
            stage: stage.name.clone(),
            drift: stage.drift,
            largest_deviation: stage.largest_deviation,
        };
        self.conservation = outcome.stages.iter().map(conservation).collect();
        self.motion = outcome.stages.iter().map(StageMotion::of).collect();
        if outcome.steps == 0 {
            return self;
        }
        self.sessions.push(Session {
            steps: outcome.steps,
            picoseconds: outcome.picoseconds,
            seconds: outcome.elapsed.as_secs_f64(),
            potential_seconds: outcome.potential.as_secs_f64(),
            output_seconds: outcome.observers.as_secs_f64(),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
        });
        self
    }

    /// All that the user was warned of.
    pub fn all_warnings(&self) -> impl Iterator<Item = &String> {
        self.warnings.iter().chain(&self.alarms)
    }

    /// Write it into `folder`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let text = json::pretty(self).map_err(Error::Internal)?;
        atomic::write(&folder.join(OUTCOME), (text + "\n").as_bytes())
    }

    /// All sessions together.
    #[must_use]
    pub fn total(&self) -> Session {
        self.sessions.iter().fold(Session::default(), |all, one| Session {
            steps: all.steps + one.steps,
            picoseconds: all.picoseconds + one.picoseconds,
            seconds: all.seconds + one.seconds,
            potential_seconds: all.potential_seconds + one.potential_seconds,
            output_seconds: all.output_seconds + one.output_seconds,
            processors: one.processors,
        })
    }
}
