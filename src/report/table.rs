//! Energies and temperature over time, as CSV.

use std::fmt::Write;
use std::path::PathBuf;

use super::lines::Lines;
use crate::potential::Want;
use crate::simulation::{Observer, Progressed, Schedule, Snapshot};
use crate::system::observables::pressure_tensor;
use crate::units::{GIGAPASCAL, PICOSECOND};
use crate::{Error, Result};

/// Heads of the columns that a committee adds.
const SPREAD: &str = ",energy_spread/eV,largest_force_spread/(eV/Å),atom_of_largest";

/// Writes a CSV table: step, time, energies, the conserved quantity, temperature; with a cell also pressure and volume, with a
/// committee the spread of the energy, the largest spread of a force and the atom (from 1) that has it.
///
/// Units stand in the heads. Numbers are decimal with a fixed number of places, so that columns can be compared by eye.
pub struct Table {
    lines: Lines,
    schedule: Schedule,
    pressure: bool,
    row: String,
}

impl Table {
    /// A table in `path`, with a line whenever `schedule` says so.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, schedule: Schedule) -> Self {
        Self { lines: Lines::new(path.into()), schedule, pressure: false, row: String::new() }
    }

    /// With pressure and volume, for systems with a cell.
    #[must_use]
    pub fn with_pressure(mut self) -> Self {
        self.pressure = true;
        self
    }

    fn fill_row(&mut self, now: &Snapshot<'_>) -> std::fmt::Result {
        let row = &mut self.row;
        row.clear();
        let potential = now.evaluation.energy;
        write!(row, "{},{}", now.system.step, decimal(now.system.time / PICOSECOND, 9))?;
        for energy in [potential, now.kinetic, potential + now.kinetic, now.conserved] {
            write!(row, ",{energy:.9}")?;
        }
        write!(row, ",{:.4}", now.temperature)?;
        if self.pressure {
            let virial = now.evaluation.virial.unwrap_or_default();
            let tensor = pressure_tensor(now.system, &now.evaluation.forces, &virial).unwrap_or_default();
            let volume = now.system.cell.as_ref().map_or(f64::NAN, crate::system::Cell::volume);
            let mid_step = now.kinetic_tensor_correction;
            let trace: f64 = (0..3).map(|axis| tensor[axis][axis] + mid_step[axis][axis] / volume).sum();
            let pressure = trace / 3.0 / GIGAPASCAL;
            write!(row, ",{pressure:.6},{volume:.6}")?;
        }
        if let Some(spread) = &now.evaluation.spread {
            let (atom, largest) = spread.largest();
            write!(row, ",{:.9},{largest:.9},{}", spread.energy, atom + 1)?;
        }
        writeln!(row)
    }
}

/// The shortest text of `value` rounded to `places`; a sum of many steps then shows no rounding dust.
pub(super) fn decimal(value: f64, places: i32) -> f64 {
    let scale = 10.0_f64.powi(places);
    (value * scale).round() / scale
}

impl Observer for Table {
    fn schedule(&self) -> Schedule {
        self.schedule
    }

    fn want(&self) -> Want {
        Want { virial: self.pressure, ..Want::default() }
    }

    fn begin(&mut self, first: &Snapshot<'_>) -> Result<()> {
        let more = if self.pressure { ",pressure/GPa,volume/Å^3" } else { "" };
        let spread = if first.evaluation.spread.is_some() { SPREAD } else { "" };
        let head = "step,time/ps,potential/eV,kinetic/eV,total/eV,conserved/eV,temperature/K";
        self.lines.begin(&format!("{head}{more}{spread}\n"))
    }

    fn resume(&mut self, _now: &Snapshot<'_>, progressed: &Progressed) -> Result<()> {
        self.lines.resume(progressed)
    }

    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()> {
        self.fill_row(now).map_err(|_| Error::Invalid("a line of the table could not be put together".into()))?;
        self.lines.write(&self.row)
    }

    fn checkpoint(&mut self) -> Result<Progressed> {
        self.lines.checkpoint()
    }

    fn finish(&mut self) -> Result<()> {
        self.lines.checkpoint().map(|_| ())
    }

    fn files(&self) -> Vec<PathBuf> {
        vec![self.lines.path().to_path_buf()]
    }
}
