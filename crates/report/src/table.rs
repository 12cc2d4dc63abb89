//! Energies and temperature over time, as CSV.

use std::fmt::Write;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use cormorant_core::system::Cell;
use cormorant_core::system::observables::{pressure, pressure_tensor};
use cormorant_core::units::{ATOMIC_MASS, PICOSECOND, pressure_unit};
use cormorant_core::{Error, Result};
use cormorant_dynamics::simulation::ObserverFile;
use cormorant_dynamics::simulation::{Observer, Progressed, Schedule, Snapshot};
use cormorant_potential::RequestedProperties;

/// Heads of the columns that a committee adds.
const SPREAD: &str = ",energy_spread/eV,largest_force_spread/(eV/Å),atom_of_largest";

/// Heads of the columns that charges add.
const DIPOLE: &str = ",dipole_x/(e·Å),dipole_y/(e·Å),dipole_z/(e·Å)";

/// Head of the column that a cell in three dimensions adds behind its volume.
const DENSITY: &str = ",density/(g/cm^3)";

/// 1 u/Å³ in g/cm³.
const ATOMIC_DENSITY: f64 = ATOMIC_MASS * 1.0e27;

/// Writes a CSV table: step, time, energies, the conserved quantity, temperature; with a cell also pressure, volume and density, for a
/// slab the force per length within its plane (`surface_pressure`, N/m) and its area, for a wire the force along its axis
/// (`axial_force`, nN) and its length, all positive where the system pushes outwards; with a committee the spread of the energy,
/// the largest spread of a force and the atom (from 1) that has it; with charges the
/// dipole about the center of mass; if asked for, the temperatures of parts that have degrees of
/// freedom of their own.
///
/// Units are in the heads. Numbers are decimal with a fixed number of places, so that columns can be compared by eye.
pub struct Table {
    lines: ObserverFile,
    schedule: Schedule,
    dimensions: usize, // that pressure is written for; 0 for none
    beads: usize,
    density: bool,
    parts: bool,
    whole: bool, // parts were asked for, and there is one alone
    row: String,
}

impl Table {
    /// A table in `path`, with a line whenever `schedule` says so.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, schedule: Schedule) -> Self {
        let (lines, row) = (ObserverFile::new(path.into()), String::new());
        Self { lines, schedule, dimensions: 0, beads: 1, density: false, parts: false, whole: false, row }
    }

    /// With pressure, volume and density, for systems with a cell that repeats along as many vectors as `cell`, in which each atom is
    /// there `beads` times.
    #[must_use]
    pub fn with_pressure(mut self, cell: &Cell, beads: usize) -> Self {
        (self.dimensions, self.beads) = (cell.dimensions(), beads);
        self.density = self.dimensions == 3;
        self
    }

    /// With the temperatures of parts: internal motion, rotation and centers of mass of molecules, and of each element.
    #[must_use]
    pub fn with_parts(mut self) -> Self {
        self.parts = true;
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
        if let Some(cell) = now.system.cell.as_ref().filter(|_| self.dimensions > 0) {
            let virial = now.evaluation.virial.unwrap_or_default();
            let tensor = pressure_tensor(now.system, &now.evaluation.forces, &virial).unwrap_or_default();
            let mid_step = cell.along_repeating(&now.kinetic_tensor_correction);
            let pressure = (pressure(cell, &tensor) + pressure(cell, &mid_step) / cell.measure())
                / pressure_unit(self.dimensions).1;
            write!(row, ",{pressure:.6},{:.6}", cell.measure())?;
            if self.density {
                let mass = now.system.masses.iter().sum::<f64>() / self.beads as f64;
                write!(row, ",{:.6}", ATOMIC_DENSITY * mass / cell.measure())?;
            }
        }
        if let Some(spread) = &now.evaluation.spread {
            let (atom, largest) = spread.largest();
            write!(row, ",{:.9},{largest:.9},{}", spread.energy, atom + 1)?;
        }
        for component in now.evaluation.dipole(now.system).into_iter().flatten() {
            write!(row, ",{component:.9}")?;
        }
        if self.parts {
            for temperature in now.motion.temperatures(now.system, now.momenta, now.kinetic) {
                write!(row, ",{temperature:.4}")?;
            }
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

    fn want(&self) -> RequestedProperties {
        RequestedProperties { virial: self.dimensions > 0, ..RequestedProperties::default() }
    }

    fn begin(&mut self, first: &Snapshot<'_>) -> Result<()> {
        let more = match self.dimensions {
            0 => "",
            1 => ",axial_force/nN,length/Å",
            2 => ",surface_pressure/(N/m),area/Å^2",
            _ => ",pressure/GPa,volume/Å^3",
        };
        let density = if self.density { DENSITY } else { "" };
        let spread = if first.evaluation.spread.is_some() { SPREAD } else { "" };
        let dipole = if first.evaluation.dipole(first.system).is_some() { DIPOLE } else { "" };
        let head = "step,time/ps,potential/eV,kinetic/eV,total/eV,conserved/eV,temperature/K";
        self.whole = first.motion.named().is_empty();
        let part = |(name, _): &(String, f64)| format!(",temperature_{}/K", name.replace(' ', "_"));
        let parts: String = if self.parts { first.motion.named().iter().map(part).collect() } else { String::new() };
        self.lines.begin(&format!("{head}{more}{density}{spread}{dipole}{parts}\n"))
    }

    fn resume(&mut self, now: &Snapshot<'_>, progressed: &Progressed) -> Result<()> {
        self.whole = now.motion.named().is_empty();
        // A run that was begun before there was this column goes on without it.
        let head = File::open(self.lines.path()).ok().and_then(|file| BufReader::new(file).lines().next()?.ok());
        self.density &= head.is_none_or(|head| head.contains(DENSITY));
        self.lines.resume(progressed)
    }

    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()> {
        self.fill_row(now).map_err(|_| Error::Internal("a line of the table could not be put together".into()))?;
        self.lines.write(&self.row)
    }

    fn checkpoint(&mut self) -> Result<Progressed> {
        self.lines.checkpoint()
    }

    fn finish(&mut self) -> Result<()> {
        self.lines.checkpoint().map(|_| ())
    }

    fn remarks(&self) -> Vec<String> {
        if !(self.parts && self.whole) {
            return Vec::new();
        }
        let name = self.lines.path().file_name().unwrap_or_default().to_string_lossy();
        vec![format!(
            "{name}: `split_temperature` adds no column: all motion that counts is of one kind, and all moving atoms are of one element"
        )]
    }

    fn files(&self) -> Vec<PathBuf> {
        vec![self.lines.path().to_path_buf()]
    }
}
