//! An analysis during a run.

use std::path::PathBuf;

use cormorant_core::{Error, ErrorKind, Result};
use cormorant_dynamics::analysis::{Analysis, Sample};
use cormorant_dynamics::simulation::{Observer, Progressed, Schedule, Snapshot};

/// Stands before the numbers of an analysis in restart files; another one when an analysis keeps others. No analysis began with a negative number.
const FORM: f64 = -2.0;

/// Feeds an [`Analysis`] with the frames of a run, and writes what it found as CSV.
///
/// The files are written whole when the stage ends or the run is stopped. All that the analysis gathered goes into the
/// restart file: a run that is resumed ends with the same bits.
pub struct Analyzed {
    path: PathBuf,
    schedule: Schedule,
    analysis: Box<dyn Analysis>,
    written: Vec<PathBuf>,
    remarks: Vec<String>,
}

impl Analyzed {
    /// An analysis of the frames that `schedule` says, with its main table in `path` and others beside it.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, schedule: Schedule, analysis: Box<dyn Analysis>) -> Self {
        Self { path: path.into(), schedule, analysis, written: Vec::new(), remarks: Vec::new() }
    }

    /// Write what was found; nothing as long as there are too few frames. Inputs that would end so are refused when they are read.
    fn write(&mut self) -> Result<()> {
        match self.analysis.findings() {
            Ok(findings) => {
                self.written = findings.write(&self.path)?;
                let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.remarks = findings.notes.iter().map(|note| format!("{name}: {note}")).collect();
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::TooFewFrames => Ok(()),
            Err(error) => Err(error.in_file(&self.path)),
        }
    }
}

impl Observer for Analyzed {
    fn schedule(&self) -> Schedule {
        self.schedule
    }

    fn resume(&mut self, _now: &Snapshot<'_>, progressed: &Progressed) -> Result<()> {
        let numbers = progressed.numbers.split_first().filter(|(form, _)| **form == FORM).map(|(_, numbers)| numbers);
        let numbers = numbers.ok_or_else(|| {
            let reason = "was begun by another version of the program, which kept other numbers; run without --resume, or take it out of the input";
            Error::restart(self.path.clone(), reason)
        })?;
        self.analysis.restore(numbers).map_err(|error| error.in_restart(&self.path))
    }

    fn observe(&mut self, now: &Snapshot<'_>) -> Result<()> {
        let (system, dipole) = (now.system, now.evaluation.dipole(now.system));
        let sample = Sample { system, timed: true, unitless: false, moving: true, dipole, frame: system.step };
        self.analysis.add(&sample).map_err(|error| error.in_file(&self.path))
    }

    fn checkpoint(&mut self) -> Result<Progressed> {
        let numbers = std::iter::once(FORM).chain(self.analysis.state()).collect();
        Ok(Progressed { files: Vec::new(), numbers })
    }

    fn finish(&mut self) -> Result<()> {
        self.write()
    }

    fn remarks(&self) -> Vec<String> {
        self.remarks.clone()
    }

    fn files(&self) -> Vec<PathBuf> {
        self.written.clone()
    }
}
