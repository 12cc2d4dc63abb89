//! Structures and trajectories in.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{ExtendedXyzReader, Frame, convert, dcd, foreign, netcdf};
use crate::system::System;
use crate::{Error, Result};

/// Read one frame of a structure or trajectory file as a system; the first one if `frame` is `None`, counted from 0.
///
/// Velocities are taken over where the format fixes their unit (TRR, GRO, Amber NetCDF, extended XYZ of our own).
///
/// # Errors
/// When the file cannot be read or understood, has no such frame, or does not name the elements of its atoms.
pub fn read_structure(path: &Path, frame: Option<usize>) -> Result<System> {
    let wanted = frame.unwrap_or(0);
    let mut reader = TrajectoryReader::open(path)?;
    for passed in 0..wanted {
        if !reader.skip_frame()? {
            return Err(Error::structure(
                path,
                format!("has {passed} frames; there is no frame {wanted} (counted from 0)"),
            ));
        }
    }
    let Some(found) = reader.next_frame()? else {
        return Err(Error::structure(path, format!("there is no frame {wanted} (counted from 0)")));
    };
    found.into_system().map_err(|error| match error {
        Error::Invalid(reason) => Error::structure(path, reason),
        other => other,
    })
}

/// The frames of a file in any format that we or chemfiles read, one after the other.
///
/// Not `Send`: handles of chemfiles stay in the thread that opened them.
pub struct TrajectoryReader {
    path: PathBuf,
    source: Source,
}

enum Source {
    Own(Box<ExtendedXyzReader>),
    Chemfiles {
        trajectory: chemfiles::Trajectory,
        frame: chemfiles::Frame,
        next: usize,
        total: usize,
        velocities: bool,
        time_unit: f64,               // in ps, of the times that chemfiles tells
        times: Option<netcdf::Times>, // of Amber NetCDF, which chemfiles passes over
    },
}

/// The first bytes of a file, 8 at most.
fn start(path: &Path) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(8).read_to_end(&mut start));
    read.map(|_| start).map_err(|source| Error::io(path, source))
}

impl TrajectoryReader {
    /// Open a file that names its atoms.
    ///
    /// # Errors
    /// When it cannot be opened, is empty, or the format is not known.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with_topology(path, None)
    }

    /// Open a file whose atoms are named in another one, such as `topology.pdb` beside a DCD file.
    ///
    /// # Errors
    /// When a file cannot be opened or understood.
    pub fn open_with_topology(path: &Path, topology: Option<&Path>) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("").to_ascii_lowercase();
        let own = matches!(extension.as_str(), "xyz" | "extxyz");
        if own {
            let reader = ExtendedXyzReader::open(path)?;
            return Ok(Self { path: path.to_path_buf(), source: Source::Own(Box::new(reader)) });
        }
        let size = File::open(path).and_then(|file| file.metadata()).map_err(|source| Error::io(path, source))?;
        if size.is_dir() {
            return Err(Error::structure(path, "is a folder, not a file"));
        }
        if size.len() == 0 {
            return Err(Error::structure(path, "the file is empty; name another one, or write it again"));
        }
        if let Some(reason) = foreign(&start(path)?) {
            return Err(Error::structure(path, reason));
        }
        convert::silence();
        let failed = |error: chemfiles::Error| convert::failed(path, &error);
        let mut trajectory = chemfiles::Trajectory::open(path, 'r').map_err(failed)?;
        if let Some(topology) = topology {
            trajectory.set_topology_file(topology).map_err(|error| convert::failed(topology, &error))?;
        }
        let total = trajectory.nsteps();
        let velocities = matches!(extension.as_str(), "trr" | "gro" | "nc" | "ncrst");
        // chemfiles multiplies the time step of a DCD header with the steps, but leaves it in the unit of the header.
        let time_unit = if extension == "dcd" { dcd::AKMA_TIME } else { 1.0 };
        let times = if extension == "nc" { netcdf::Times::open(path)? } else { None };
        let frame = chemfiles::Frame::new();
        let source = Source::Chemfiles { trajectory, frame, next: 0, total, velocities, time_unit, times };
        Ok(Self { path: path.to_path_buf(), source })
    }

    /// The next frame; `None` at the end.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn next_frame(&mut self) -> Result<Option<Frame>> {
        match &mut self.source {
            Source::Own(reader) => reader.next_frame(),
            Source::Chemfiles { trajectory, frame, next, total, velocities, time_unit, times } => {
                if *next >= *total {
                    return Ok(None);
                }
                trajectory.read_step(*next, frame).map_err(|error| convert::failed(&self.path, &error))?;
                let index = *next as u64;
                *next += 1;
                let mut found = convert::from_chemfiles(&self.path, frame, *velocities)?;
                let recorded = times.as_mut().and_then(|times| times.of(index));
                found.time = recorded.or(found.time.map(|time| time * *time_unit));
                Ok(Some(found))
            }
        }
    }

    /// Pass over a frame; `false` at the end.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn skip_frame(&mut self) -> Result<bool> {
        match &mut self.source {
            Source::Own(reader) => reader.skip_frame(),
            Source::Chemfiles { next, total, .. } => {
                let there = *next < *total;
                *next += usize::from(there);
                Ok(there)
            }
        }
    }

    /// Number of frames from here to the end; afterwards the reader is at the end.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn count(&mut self) -> Result<u64> {
        let mut count = 0;
        while self.skip_frame()? {
            count += 1;
        }
        Ok(count)
    }
}

impl Iterator for TrajectoryReader {
    type Item = Result<Frame>;

    fn next(&mut self) -> Option<Self::Item> {
        let frame = self.next_frame();
        if frame.is_err()
            && let Source::Chemfiles { next, total, .. } = &mut self.source
        {
            *next = *total; // one error ends the iteration
        }
        frame.transpose()
    }
}
