//! The closing summary of a run.

use std::fmt;

use super::progress::spell;
use cormorant_core::units::pressure_unit;
use cormorant_dynamics::simulation::{Outcome, StageOutcome};

/// The outcome of a run as text for people: a paragraph for each stage, the speed, where the time went, the files.
#[derive(Debug, Clone, Copy)]
pub struct Summary<'a>(pub &'a Outcome);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = self.0;
        for stage in &outcome.stages {
            write_stage(out, stage)?;
        }
        writeln!(
            out,
            "{} atoms, {} steps in {}: {:.3} ns/day, {:.3} ms/step",
            outcome.atoms,
            outcome.steps,
            spell(outcome.elapsed),
            outcome.nanoseconds_per_day(),
            outcome.milliseconds_per_step()
        )?;
        let total = outcome.elapsed.as_secs_f64();
        if total > 0.0 {
            let share = |part: f64| 100.0 * part / total;
            let (potential, observers) = (outcome.potential.as_secs_f64(), outcome.observers.as_secs_f64());
            writeln!(
                out,
                "time: {:.1} % energies and forces, {:.1} % output, {:.1} % the rest",
                share(potential),
                share(observers),
                share((total - potential - observers).max(0.0))
            )?;
        }
        for warning in &outcome.warnings {
            writeln!(out, "warning: {warning}")?;
        }
        // Several trajectories share a topology.
        let mut files: Vec<_> = Vec::new();
        for file in &outcome.files {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        for (index, file) in files.into_iter().enumerate() {
            writeln!(out, "{} {}", if index == 0 { "files:" } else { "      " }, file.display())?;
        }
        Ok(())
    }
}

/// What a bath keeps: at one value, or from one to another.
fn kept([first, last]: [f64; 2], digits: usize) -> String {
    if first == last { format!("at {first:.digits$}") } else { format!("from {first:.digits$} to {last:.digits$}") }
}

fn write_stage(out: &mut fmt::Formatter<'_>, stage: &StageOutcome) -> fmt::Result {
    write!(
        out,
        "{}: {} ps in {} steps of {} fs, {}",
        stage.name,
        round(stage.picoseconds()),
        stage.steps,
        round(stage.femtoseconds_per_step()),
        stage.integrator
    )?;
    if let Some(temperatures) = stage.bath_temperature {
        let doubt = if stage.canonical { "" } else { " (not canonical)" };
        write!(out, ", {} {} K{doubt}", stage.thermostat, kept(temperatures, 1))?;
    }
    if let Some(pressures) = stage.pressure {
        let (unit, size) = pressure_unit(stage.dimensions);
        write!(out, ", {} {unit}", kept(pressures.map(|pressure| pressure / size), 4))?;
    }
    write!(out, "\n  temperature {:.1}", stage.temperature)?;
    if let Some(error) = stage.temperature_error {
        write!(out, " ± {error:.1}")?;
    }
    writeln!(
        out,
        " K, drift of the conserved quantity {:.2e} meV/atom/ps, largest deviation {:.2e} meV/atom",
        stage.drift, stage.largest_deviation
    )?;
    for note in &stage.notes {
        writeln!(out, "  {note}")?;
    }
    write_parts(out, stage)?;
    Ok(())
}

/// Temperatures of the parts, motions of molecules in one line and elements in another.
fn write_parts(out: &mut fmt::Formatter<'_>, stage: &StageOutcome) -> fmt::Result {
    let (motions, elements): (Vec<_>, Vec<_>) =
        stage.parts.iter().partition(|part| part.name.starts_with(char::is_lowercase));
    for (head, parts) in [("temperature of molecules", motions), ("temperature by element", elements)] {
        for (number, part) in parts.iter().enumerate() {
            let start = if number == 0 { format!("  {head}: ") } else { ", ".into() };
            write!(out, "{start}{} {:.1}", part.name, part.temperature)?;
            if let Some(error) = part.error {
                write!(out, " ± {error:.1}")?;
            }
            if number + 1 == parts.len() {
                writeln!(out, " K")?;
            }
        }
    }
    Ok(())
}

/// Without the rounding dust of converted units.
fn round(value: f64) -> f64 {
    (value * 1.0e9).round() / 1.0e9
}
