//! Dynamics of a committee, for frames that are worth a label.

use std::sync::{Arc, Mutex, PoisonError};

use cormorant_core::noise::Noise;
use cormorant_core::system::observables::{Removed, degrees_of_freedom};
use cormorant_core::system::{System, velocities};
use cormorant_core::units::PICOSECOND;
use cormorant_core::{ErrorKind, Result};
use cormorant_dynamics::dynamics::{Baoab, Langevin};
use cormorant_dynamics::simulation::{Guards, Observer, Schedule, Simulation, Snapshot, Stage, Stop};
use cormorant_potential::Potential;

/// Friction of the bath in 1/ps: strong, since only the frames count.
const FRICTION: f64 = 10.0;

/// How a run goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Exploration {
    /// Temperature in K.
    pub temperature: f64,
    /// Time step in t.
    pub time_step: f64,
    /// Steps.
    pub steps: u64,
    /// Steps between two candidates.
    pub every: u64,
    /// Spread of the force on an atom, in eV/Å, at which the run is stopped.
    pub largest_spread: f64,
    /// Seed of velocities and bath.
    pub seed: u64,
}

/// A frame of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Atoms and cell, at rest.
    pub system: System,
    /// Temperature of the bath in K.
    pub temperature: f64,
    /// Time in ps.
    pub time: f64,
    /// Largest spread of the force on an atom over the committee, in eV/Å.
    pub spread: f64,
}

/// What a run has given.
#[derive(Debug, Clone, PartialEq)]
pub struct Explored {
    /// Its frames, without the first.
    pub candidates: Vec<Candidate>,
    /// Why it did not go to its end.
    pub stopped: Option<String>,
}

/// Runs Langevin dynamics of `potential`, a committee, from `start`. A run that a guard stops has given its frames until then.
///
/// # Errors
/// When the settings are not valid, or `stop` says so.
pub fn explore(start: &System, potential: Box<dyn Potential>, how: &Exploration, stop: &Stop) -> Result<Explored> {
    let mut system = start.clone();
    (system.step, system.time) = (0, 0.0);
    let several = system.atom_count() > 1 && system.constraints.fixed().is_empty();
    let whole = Removed { translation: several, rotation: several && system.cell.is_none() };
    let removed = if degrees_of_freedom(&system, whole) > 0 { whole } else { Removed::default() };
    velocities::draw(&mut system, how.temperature, removed, &Noise::new(how.seed))?;
    let found = Arc::new(Mutex::new(Vec::new()));
    let collector =
        Collector { schedule: Schedule::every(how.every)?, temperature: how.temperature, found: Arc::clone(&found) };
    let run = || {
        let mut simulation = Simulation::new(system, potential, how.seed)?;
        simulation.stop = stop.clone();
        simulation.guards = Guards { largest_spread: Some(how.largest_spread.into()), ..Guards::default() };
        simulation.observers.push(Box::new(collector));
        let bath = Langevin::new(how.temperature, FRICTION / PICOSECOND)?;
        simulation.stages.push(Stage::new("explore", how.steps, Baoab::new(how.time_step)?).with_thermostat(bath));
        simulation.run().map(|_| ())
    };
    let ended = run();
    let stopped = match ended {
        Ok(()) => None,
        Err(error) => match error.kind() {
            ErrorKind::Interrupted | ErrorKind::Internal | ErrorKind::Io | ErrorKind::Element => return Err(error),
            _ => Some(error.to_string()),
        },
    };
    // Only this thread is left to look at it.
    let candidates = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Explored { candidates, stopped })
}

/// Keeps frames in memory.
struct Collector {
    schedule: Schedule,
    temperature: f64,
    found: Arc<Mutex<Vec<Candidate>>>,
}

impl Observer for Collector {
    fn schedule(&self) -> Schedule {
        self.schedule
    }

    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()> {
        if now.system.step == 0 {
            return Ok(());
        }
        let time = now.system.time / PICOSECOND;
        let mut system = now.system.clone();
        (system.step, system.time) = (0, 0.0);
        system.momenta.iter_mut().for_each(|momentum| *momentum = [0.0; 3]);
        let spread = now.evaluation.spread.as_ref().map_or(f64::NAN, |spread| spread.largest().1);
        let candidate = Candidate { system, temperature: self.temperature, time, spread };
        self.found.lock().unwrap_or_else(PoisonError::into_inner).push(candidate);
        Ok(())
    }

    fn persistent(&self) -> bool {
        false
    }
}
