//! What came of a run.

use std::path::PathBuf;
use std::time::Duration;

use super::equipartition::{alarms, spacing};
use super::{PartTemperature, Stage};
use cormorant_core::units::{FEMTOSECOND, PICOSECOND};

/// What came of one stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StageOutcome {
    /// Name of the stage.
    pub name: String,
    /// Steps done, of a stopped run fewer than asked for.
    pub steps: u64,
    /// Time step in t.
    pub time_step: f64,
    /// Name of the integrator.
    pub integrator: &'static str,
    /// Name of the thermostat.
    pub thermostat: &'static str,
    /// Whether the thermostat samples the canonical ensemble.
    pub canonical: bool,
    /// Temperature of the bath in K: at the first step, and at the last where it is another.
    pub bath_temperature: Option<[f64; 2]>,
    /// Pressure that is kept, likewise, in eV/Å³; in eV/Å² for a slab, eV/Å for a wire.
    pub pressure: Option<[f64; 2]>,
    /// In how many directions the system repeats; 0 without a cell.
    pub dimensions: usize,
    /// Mean temperature in K.
    pub temperature: f64,
    /// Standard error of the mean temperature in K, if the stage was long enough to tell and its bath stays at one temperature.
    pub temperature_error: Option<f64>,
    /// Slope of the conserved quantity by a straight line through every step, in meV/atom/ps.
    pub drift: f64,
    /// Largest deviation of the conserved quantity from its first value, in meV/atom.
    pub largest_deviation: f64,
    /// Degrees of freedom that share the kinetic energy.
    pub degrees_of_freedom: usize,
    /// Mean temperatures of parts of the kinetic energy.
    pub parts: Vec<PartTemperature>,
    /// How the motion was counted, and what was taken out of it at the start.
    pub notes: Vec<String>,
    /// Warnings that parts have different temperatures, in a stage with a bath.
    pub alarms: Vec<String>,
}

impl StageOutcome {
    /// What came of `stage` for a system of this many atoms that repeats in so many directions.
    pub(super) fn new(stage: &Stage, atoms: usize, dimensions: usize) -> Self {
        let statistics = &stage.statistics;
        let per_atom = 1000.0 / atoms as f64;
        let parts = stage.motion.part_temperatures(spacing(stage));
        // Without a bath nothing brings the parts to one temperature.
        let bath = stage.thermostat.temperature();
        // The observers of a stage that a restart has passed know nothing.
        let live = stage.observers.iter().flat_map(|observer| observer.remarks());
        let remarks: Vec<String> = if stage.remarks.is_empty() { live.collect() } else { stage.remarks.clone() };
        let alarms = bath.map_or(Vec::new(), |_| alarms(&stage.name, &parts, statistics.temperature.mean()));
        Self {
            name: stage.name.clone(),
            // The state before the first step is counted in the averages too.
            steps: statistics.temperature.count().saturating_sub(1),
            time_step: stage.integrator.time_step(),
            integrator: stage.integrator.name(),
            thermostat: stage.thermostat.name(),
            canonical: stage.thermostat.canonical(),
            // The bath of a stage that a restart has passed stands where the input puts it; what the input asks for is the same in any case.
            bath_temperature: stage.ramp.map(<[f64; 2]>::from).or(bath.map(|bath| [bath, bath])),
            pressure: stage
                .pressure_ramp
                .map(<[f64; 2]>::from)
                .or(stage.pressure().map(|pressure| [pressure, pressure])),
            dimensions,
            temperature: statistics.temperature.mean(),
            temperature_error: statistics.temperature.error().filter(|_| stage.ramp.is_none()),
            drift: statistics.conserved.slope() * per_atom * PICOSECOND,
            largest_deviation: statistics.largest_deviation * per_atom,
            degrees_of_freedom: stage.motion.degrees_of_freedom,
            parts,
            notes: stage.motion.notes().into_iter().chain(remarks).collect(),
            alarms,
        }
    }

    /// Length of the stage in ps.
    #[must_use]
    pub fn picoseconds(&self) -> f64 {
        self.steps as f64 * self.time_step / PICOSECOND
    }

    /// Time step in fs.
    #[must_use]
    pub fn femtoseconds_per_step(&self) -> f64 {
        self.time_step / FEMTOSECOND
    }
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// Every stage that was started, also before the last restart.
    pub stages: Vec<StageOutcome>,
    /// Number of atoms.
    pub atoms: usize,
    /// Steps done by this process (after a resume, without those before).
    pub steps: u64,
    /// Time simulated by this process, in ps.
    pub picoseconds: f64,
    /// Wall time of this process's steps.
    pub elapsed: Duration,
    /// Of it, time spent on energies and forces.
    pub potential: Duration,
    /// Of it, time spent on observers and restarts.
    pub observers: Duration,
    /// Files written.
    pub files: Vec<PathBuf>,
    /// What the user should know, e.g. that a resumed run is not bit-exact, with the alarms of all stages.
    pub warnings: Vec<String>,
}

impl Outcome {
    /// Simulated nanoseconds per day of wall time.
    #[must_use]
    pub fn nanoseconds_per_day(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { self.picoseconds * 1.0e-3 * 86_400.0 / seconds } else { 0.0 }
    }

    /// Wall time of one step in ms.
    #[must_use]
    pub fn milliseconds_per_step(&self) -> f64 {
        if self.steps > 0 { self.elapsed.as_secs_f64() * 1.0e3 / self.steps as f64 } else { 0.0 }
    }
}
