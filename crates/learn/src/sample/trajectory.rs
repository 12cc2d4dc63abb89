//! Frames of molecular dynamics.

use cormorant_core::noise::Noise;
use cormorant_core::system::observables::Removed;
use cormorant_core::system::{System, velocities};
use cormorant_core::units::PICOSECOND;
use cormorant_core::{Error, Result};
use cormorant_dynamics::dynamics::{Baoab, Langevin, positive};
use cormorant_dynamics::simulation::{Simulation, Stage};
use cormorant_potential::Potential;

/// Friction of the bath in 1/ps.
const FRICTION: f64 = 10.0;

/// A short run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrajectorySettings {
    /// Temperature in K.
    pub temperature: f64,
    /// Length in t.
    pub duration: f64,
    /// Time step in t.
    pub time_step: f64,
}

/// `count` frames, evenly in time and the last at the end, of Langevin dynamics (BAOAB, friction 10/ps) of `system` under `potential`.
///
/// # Errors
/// When the potential cannot be evaluated, an atom moves more than 0.5 Å in a step, or there are fewer steps than frames.
pub fn trajectory(
    system: &System,
    potential: Box<dyn Potential>,
    settings: &TrajectorySettings,
    count: usize,
    noise: &Noise,
) -> Result<Vec<System>> {
    positive("the duration", settings.duration)?;
    positive("the time step", settings.time_step)?;
    let steps = (settings.duration / settings.time_step).round() as u64;
    if steps < count as u64 {
        return Err(Error::Invalid(format!(
            "{count} frames need as many steps, and the run has {steps}: make it longer"
        )));
    }
    let mut start = System { step: 0, time: 0.0, ..system.clone() };
    velocities::draw(&mut start, settings.temperature, Removed::default(), noise)?;
    let mut simulation = Simulation::new(start, potential, noise.seed())?;
    let bath = Langevin::new(settings.temperature, FRICTION / PICOSECOND)?;
    simulation.stages.push(Stage::new("sample", steps, Baoab::new(settings.time_step)?).with_thermostat(bath));
    let mut systems = Vec::with_capacity(count);
    for frame in 1..=count as u64 {
        simulation.run_to(frame * steps / count as u64)?;
        systems.push(simulation.system.clone());
    }
    Ok(systems)
}
