//! Times of the frames of a file.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::layout::{DOUBLE, FLOAT, Layout};
use cormorant_core::{Error, Result};

/// Reads the times of frames.
pub(crate) struct Times {
    file: File,
    begin: u64,
    record: u64,
    frames: u64,
    kind: u32,
    /// The unit in ps.
    scale: f64,
}

impl Times {
    /// The times in the file at `path`; none if it has none in a unit that is known, or is of another kind.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>> {
        let mut magic = [0; 3];
        let mut file = File::open(path).map_err(|source| Error::io(path, source))?;
        // NetCDF-4 files, which are HDF5, are left to whoever can read them.
        if file.read_exact(&mut magic).is_err() || &magic != b"CDF" {
            return Ok(None);
        }
        let Layout { frames, record, variables, .. } = Layout::read(path)?;
        let Some(time) = variables.into_iter().find(|variable| variable.name == "time") else { return Ok(None) };
        let scale = match time.units.trim().trim_end_matches('s') {
            "" | "picosecond" | "p" => 1.0,
            "femtosecond" | "f" => 1.0e-3,
            "nanosecond" | "n" => 1.0e3,
            _ => return Ok(None),
        };
        if ![FLOAT, DOUBLE].contains(&time.kind) {
            return Ok(None);
        }
        Ok(Some(Self { file, begin: time.begin, record, frames, kind: time.kind, scale }))
    }

    /// Time of a frame in ps, if it is there.
    pub(crate) fn of(&mut self, frame: u64) -> Option<f64> {
        if frame >= self.frames {
            return None;
        }
        self.file.seek(SeekFrom::Start(self.begin + frame * self.record)).ok()?;
        let mut bytes = [0; 8];
        let time = if self.kind == DOUBLE {
            self.file.read_exact(&mut bytes).ok()?;
            f64::from_be_bytes(bytes)
        } else {
            let mut half = [0; 4];
            self.file.read_exact(&mut half).ok()?;
            f32::from_be_bytes(half).into()
        };
        Some(time * self.scale).filter(|time| time.is_finite())
    }
}
