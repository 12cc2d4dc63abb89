//! `cormorant evaluate`.

use std::path::Path;

use super::arguments::{ComputingArguments, UnitArguments};
use super::known::require_known;

use crate::fit::{Configuration, DataSet, Errors, Metrics};
use crate::input::build::learned;
use crate::potential::{Evaluation, Potential, Want};
use crate::system::System;
use crate::{Error, Result};

/// Compare `model` with the labels of `data`.
pub(super) fn evaluate(
    model: &Path,
    data: &Path,
    units: &UnitArguments,
    computing: ComputingArguments,
    json: bool,
) -> Result<()> {
    let set = DataSet::read(data, units.units()?)?;
    let errors = errors(model, &set, computing)?;
    if json {
        let object = serde_json::to_string(&errors).map_err(|error| Error::Invalid(error.to_string()))?;
        println!("{object}");
        return Ok(());
    }
    println!("{}: {}", data.display(), set.units);
    println!("{} frames, {} atoms in all", errors.frames, errors.atoms);
    line("", "MAE", "RMSE");
    numbers("energy / meV", errors.energy_mae, errors.energy_rmse);
    numbers("energy / (meV/atom)", errors.energy_mae_per_atom, errors.energy_rmse_per_atom);
    numbers("force / (meV/Å)", errors.force_mae, errors.force_rmse);
    for one in &errors.elements {
        numbers(&format!("  on {} / (meV/Å)", one.element), one.force_mae, one.force_rmse);
    }
    if let (Some(mae), Some(rmse)) = (errors.virial_mae_per_atom, errors.virial_rmse_per_atom) {
        numbers("virial / (meV/atom)", mae, rmse);
    }
    println!("largest error of a force component: {:.1} meV/Å", errors.force_largest);
    Ok(())
}

fn line(name: &str, first: &str, second: &str) {
    println!("{name:<28}{first:>12}{second:>12}");
}

fn numbers(name: &str, mae: f64, rmse: f64) {
    line(name, &format!("{mae:.3}"), &format!("{rmse:.3}"));
}

/// Errors over all frames, which the threads share among them.
fn errors(model: &Path, set: &DataSet, computing: ComputingArguments) -> Result<Errors> {
    let frames = &set.configurations;
    let threads = usize::from(computing.threads).clamp(1, frames.len().max(1));
    let potentials: Vec<Box<dyn Potential>> =
        (0..threads).map(|_| learned(model, computing.precision, 1)).collect::<Result<_>>()?;
    let share = frames.len().div_ceil(threads).max(1);
    let parts: Vec<Vec<Evaluation>> = std::thread::scope(|scope| {
        let workers: Vec<_> = potentials
            .into_iter()
            .zip(frames.chunks(share).enumerate())
            .map(|(potential, (part, frames))| scope.spawn(move || predict(potential, set, part * share, frames)))
            .collect();
        let lost = || Error::Invalid("a thread of the evaluation was lost".into());
        workers.into_iter().map(|worker| worker.join().map_err(|_| lost())?).collect::<Result<_>>()
    })?;
    // Added in the order of the frames, so that the sums do not depend on the number of threads.
    let mut metrics = Metrics::default();
    for (frame, found) in frames.iter().zip(parts.iter().flatten()) {
        metrics.add(frame, found.energy, &found.forces, found.virial.as_ref());
    }
    Ok(metrics.errors())
}

/// Predictions for `frames`, the first of which is number `first` of the file.
fn predict(
    mut potential: Box<dyn Potential>,
    set: &DataSet,
    first: usize,
    frames: &[Configuration],
) -> Result<Vec<Evaluation>> {
    let mut predict = |frame: &Configuration| {
        let system = System::new(frame.elements.clone(), frame.positions.clone(), frame.cell)?;
        require_known(potential.as_ref(), &system.elements)?;
        let mut found = Evaluation::default();
        let want = Want { virial: frame.virial.is_some(), atom_energies: false };
        potential.evaluate(&system, want, &mut found)?;
        Ok(found)
    };
    let numbered = |(index, frame): (usize, &Configuration)| {
        predict(frame).map_err(|error| match error {
            Error::Invalid(reason) => Error::data(&set.path, format!("frame {}: {reason}", first + index)),
            other => other,
        })
    };
    frames.iter().enumerate().map(numbered).collect()
}
