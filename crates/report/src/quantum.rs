//! Quantum energies over time, as CSV.

use std::path::PathBuf;

use super::table::decimal;
use cormorant_core::Result;
use cormorant_core::units::PICOSECOND;
use cormorant_dynamics::dynamics::ring_polymer::Estimators;
use cormorant_dynamics::simulation::ObserverFile;
use cormorant_dynamics::simulation::{Observer, Progressed, Schedule, Snapshot};

/// Writes the estimators of a path integral: step, time, quantum potential, kinetic and total energy, size of the rings.
pub struct Quantum {
    lines: ObserverFile,
    schedule: Schedule,
    beads: usize,
    temperature: f64,
}

impl Quantum {
    /// A table in `path` for `beads` copies at `temperature` (K).
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, schedule: Schedule, beads: usize, temperature: f64) -> Self {
        Self { lines: ObserverFile::new(path.into()), schedule, beads, temperature }
    }
}

impl Observer for Quantum {
    fn schedule(&self) -> Schedule {
        self.schedule
    }

    fn begin(&mut self, _first: &Snapshot<'_>) -> Result<()> {
        self.lines.begin("step,time/ps,potential/eV,kinetic/eV,total/eV,gyration/Å\n")
    }

    fn resume(&mut self, _now: &Snapshot<'_>, progressed: &Progressed) -> Result<()> {
        self.lines.resume(progressed)
    }

    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()> {
        let Estimators { potential, kinetic, gyration } =
            Estimators::of(now.system, now.evaluation, self.beads, self.temperature);
        let (step, time) = (now.system.step, decimal(now.system.time / PICOSECOND, 9));
        let row = format!("{step},{time},{potential:.9},{kinetic:.9},{:.9},{gyration:.6}\n", potential + kinetic);
        self.lines.write(&row)
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
