//! Quantum energies over time, as CSV.

use std::path::PathBuf;

use super::lines::LineFile;
use super::table::decimal;
use crate::Result;
use crate::dynamics::ring_polymer::Estimators;
use crate::simulation::{FileMark, Observer, Progressed, Schedule, Snapshot};
use crate::units::PICOSECOND;

/// Writes the estimators of a path integral: step, time, quantum potential, kinetic and total energy, size of the rings.
pub struct Quantum {
    path: PathBuf,
    schedule: Schedule,
    beads: usize,
    temperature: f64,
    file: Option<LineFile>,
}

impl Quantum {
    /// A table in `path` for `beads` copies at `temperature` (K).
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, schedule: Schedule, beads: usize, temperature: f64) -> Self {
        Self { path: path.into(), schedule, beads, temperature, file: None }
    }
}

impl Observer for Quantum {
    fn schedule(&self) -> Schedule {
        self.schedule
    }

    fn begin(&mut self, _first: &Snapshot<'_>) -> Result<()> {
        let mut file = LineFile::create(&self.path)?;
        file.write("step,time/ps,potential/eV,kinetic/eV,total/eV,gyration/Å\n")?;
        self.file = Some(file);
        Ok(())
    }

    fn resume(&mut self, _now: &Snapshot<'_>, progressed: &Progressed) -> Result<()> {
        let length = progressed.files.first().map_or(0, |mark| mark.extent);
        self.file = Some(LineFile::resume(&self.path, length)?);
        Ok(())
    }

    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()> {
        let Estimators { potential, kinetic, gyration } =
            Estimators::of(now.system, now.evaluation, self.beads, self.temperature);
        let (step, time) = (now.system.step, decimal(now.system.time / PICOSECOND, 9));
        let row = format!("{step},{time},{potential:.9},{kinetic:.9},{:.9},{gyration:.6}\n", potential + kinetic);
        self.file.as_mut().map_or(Ok(()), |file| file.write(&row))
    }

    fn checkpoint(&mut self) -> Result<Progressed> {
        let length = self.file.as_mut().map_or(Ok(0), LineFile::sync)?;
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Progressed { files: vec![FileMark { name, extent: length }], numbers: Vec::new() })
    }

    fn finish(&mut self) -> Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.sync().map(|_| ()))
    }

    fn files(&self) -> Vec<PathBuf> {
        vec![self.path.clone()]
    }
}
