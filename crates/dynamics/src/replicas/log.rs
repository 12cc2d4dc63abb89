//! Which walker was where, and which swaps were accepted, as CSV.

use std::fmt::Write;
use std::path::Path;

use super::Ladder;
use crate::simulation::LineFile;
use cormorant_core::Result;
use cormorant_core::units::PICOSECOND;

/// `exchanges.csv`: a line for each exchange, with the walker on every rung afterwards and the pairs that swapped.
pub(super) struct Log(LineFile);

impl Log {
    pub(super) fn create(path: &Path, rungs: usize) -> Result<Self> {
        let mut file = LineFile::create(path)?;
        let names: Vec<String> = (1..=rungs).map(|rung| format!("walker_at_{rung:02}")).collect();
        file.write(&format!("step,time/ps,{},swapped\n", names.join(",")))?;
        Ok(Self(file))
    }

    pub(super) fn resume(path: &Path, length: u64) -> Result<Self> {
        LineFile::resume(path, length).map(Self)
    }

    /// After an exchange at `step` and `time` (t), in which the pairs with these lower rungs swapped.
    pub(super) fn write(&mut self, step: u64, time: f64, ladder: &Ladder, swapped: &[usize]) -> Result<()> {
        let mut line = format!("{step},{}", (time / PICOSECOND * 1.0e9).round() / 1.0e9);
        // Writing to a string cannot fail; walkers and rungs are counted from 1 as the folders are.
        for walker in &ladder.walkers {
            let _ = write!(line, ",{}", walker + 1);
        }
        let pairs: Vec<String> = swapped.iter().map(|lower| format!("{}-{}", lower + 1, lower + 2)).collect();
        self.0.write(&format!("{line},{}\n", pairs.join(" ")))
    }

    /// Bring everything to disk; returns the length in bytes.
    pub(super) fn sync(&mut self) -> Result<u64> {
        self.0.sync()
    }
}
