//! Limits that a run must not leave.

use std::path::{Path, PathBuf};

use crate::dynamics::Field;
use crate::io::{TrajectoryFrame, atomic, extended_xyz};
use crate::potential::Evaluation;
use crate::system::System;
use crate::{Error, Result};

/// What stops a run before it turns to nonsense. Energies and forces that are not finite always do.
#[derive(Debug, Clone, PartialEq)]
pub struct Guards {
    /// Largest distance in Å that an atom may move within one step.
    pub largest_displacement: Option<f64>,
    /// Highest temperature in K.
    pub highest_temperature: Option<f64>,
    /// Where the offending frame is saved, as extended XYZ.
    pub frame: Option<PathBuf>,
}

impl Default for Guards {
    /// An atom may move 0.5 Å in a step, which no stable run comes near; temperature is not limited.
    fn default() -> Self {
        Self { largest_displacement: Some(0.5), highest_temperature: None, frame: None }
    }
}

impl Guards {
    /// Check the state after a step of `time_step` (t) at `temperature` (K).
    ///
    /// # Errors
    /// When the energy or a force is not finite, or a limit is left; the atom is named.
    pub fn check(&self, system: &System, evaluation: &Evaluation, time_step: f64, temperature: f64) -> Result<()> {
        // One sum tells whether any number is not finite; which one is looked up only then.
        let sum: f64 = evaluation.forces.iter().flatten().sum::<f64>() + evaluation.energy + temperature;
        if !sum.is_finite() {
            not_finite(system, evaluation, temperature)?;
        }
        if let Some(limit) = self.largest_displacement {
            check_displacements(system, time_step, limit)?;
        }
        match self.highest_temperature {
            Some(limit) if temperature > limit => Err(Error::Numerical {
                step: system.step,
                quantity: format!("the temperature has passed the limit of {limit} K; in K it is"),
                value: temperature,
            }),
            _ => Ok(()),
        }
    }
}

/// Name the number that is not finite, if one is.
fn not_finite(system: &System, evaluation: &Evaluation, temperature: f64) -> Result<()> {
    let error = |quantity: String, value: f64| Err(Error::Numerical { step: system.step, quantity, value });
    for (atom, force) in evaluation.forces.iter().enumerate() {
        if let Some(value) = force.iter().find(|component| !component.is_finite()) {
            let symbol = system.elements[atom].symbol();
            return error(format!("the force on atom {} ({symbol}) is", atom + 1), *value);
        }
    }
    if !evaluation.energy.is_finite() {
        return error("the potential energy is".into(), evaluation.energy);
    }
    if !temperature.is_finite() {
        return error("the temperature is".into(), temperature);
    }
    Ok(())
}

/// Refuse a step in which an atom moved farther than `limit`: |p|·Δt/m, which needs no memory of where it was.
fn check_displacements(system: &System, time_step: f64, limit: f64) -> Result<()> {
    for (atom, (momentum, mass)) in system.momenta.iter().zip(&system.masses).enumerate() {
        let square = momentum.iter().map(|component| component * component).sum::<f64>();
        let reach = limit * mass / time_step;
        if square > reach * reach {
            return Err(Error::Numerical {
                step: system.step,
                quantity: format!(
                    "atom {} ({}) moves more than {limit} Å in a step (the time step is too long, or the potential has \
                     left what it knows); in Å it moves",
                    atom + 1,
                    system.elements[atom].symbol()
                ),
                value: square.sqrt() * time_step / mass,
            });
        }
    }
    Ok(())
}

/// Write one frame as extended XYZ, with energy and forces if they belong to these positions.
pub(super) fn write_frame(path: &Path, system: &System, field: &Field, evaluated: bool) -> Result<()> {
    let mut frame = TrajectoryFrame::new(system).with_velocities(system);
    if evaluated {
        frame = frame.with_energy_and_forces(field.last().energy, &field.last().forces);
    }
    atomic::write_with(path, |out| extended_xyz::write_frame(out, &system.elements, &frame))
}
