//! Trajectories that chemfiles writes.

use std::fs::File;
use std::path::Path;

use super::encoder::{Encoder, Start};
use super::growing_file::{self, cut, enough};
use crate::{TrajectoryFrame, convert};
use cormorant_core::{Error, Result};

/// Encodes a format through chemfiles.
pub(super) struct ChemfilesEncoder {
    start: Start,
    format: &'static str,
    open: Option<Box<Open>>, // none between a flush and the next frame
}

struct Open {
    trajectory: chemfiles::Trajectory,
    frame: chemfiles::Frame,
}

impl ChemfilesEncoder {
    /// A file in the format that chemfiles knows as `format`.
    pub(super) fn new(start: Start, format: &'static str) -> Result<Self> {
        // Opened by ourselves first: the message of the system is better than that of chemfiles.
        growing_file::open(&start.path, start.frames)?;
        Ok(Self { start, format, open: None })
    }

    pub(super) fn path(&self) -> &Path {
        &self.start.path
    }

    /// Closes the file, which completes it; the next frame opens it again. False where it was closed already.
    pub(super) fn close(&mut self) -> bool {
        self.open.take().is_some()
    }

    /// Brings a closed file to the disk. chemfiles does not notice when closing fails, as on a full disk: see whether the frames
    /// are there.
    pub(super) fn sync(&self, found: u64) -> Result<()> {
        let Start { path, frames, .. } = &self.start;
        if found != *frames {
            let message = format!("{frames} frames were written but {found} are in the file; is the disk full?");
            return Err(Error::structure(path, message));
        }
        let failed = |source| Error::io(path, source);
        File::open(path).map_err(failed)?.sync_data().map_err(failed)
    }

    fn start(&self) -> Result<Box<Open>> {
        convert::silence();
        let Start { path, elements, frames, .. } = &self.start;
        let mode = if *frames == 0 { 'w' } else { 'a' };
        let trajectory = chemfiles::Trajectory::open_with_format(path, mode, self.format)
            .map_err(|error| convert::failed(path, &error))?;
        let mut frame = chemfiles::Frame::new();
        for element in elements {
            frame.add_atom(&chemfiles::Atom::new(element.symbol()), [0.0; 3], None);
        }
        Ok(Box::new(Open { trajectory, frame }))
    }
}

/// Opens a trajectory for writing.
pub(super) fn open(start: Start, format: &'static str) -> Result<Box<dyn Encoder>> {
    Ok(Box::new(ChemfilesEncoder::new(start, format)?))
}

impl Encoder for ChemfilesEncoder {
    fn write(&mut self, frame: &TrajectoryFrame) -> Result<()> {
        if self.open.is_none() {
            self.open = Some(self.start()?);
        }
        let Some(open) = &mut self.open else { return Ok(()) };
        convert::to_chemfiles(frame, self.start.memory.empty_box, &mut open.frame)?;
        open.trajectory.write(&open.frame).map_err(|error| convert::failed(&self.start.path, &error))?;
        self.start.frames += 1;
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        if !self.close() {
            return Ok(());
        }
        let path = self.path();
        let opened = chemfiles::Trajectory::open_with_format(path, 'r', self.format);
        let found = opened.map_err(|error| convert::failed(path, &error))?.nsteps() as u64;
        self.sync(found)
    }
}

/// Leaves the first `frames` frames: by length where it is known, else by copying what is to stay to a new file.
pub(super) fn truncate(path: &Path, format: &str, frames: u64, bytes: Option<u64>) -> Result<()> {
    if let Some(bytes) = bytes {
        return cut(path, bytes);
    }
    convert::silence();
    let failed = |error: chemfiles::Error| convert::failed(path, &error);
    let mut source = chemfiles::Trajectory::open_with_format(path, 'r', format).map_err(failed)?;
    let found = source.nsteps() as u64;
    enough(path, found, frames)?;
    if found == frames {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = tempfile::Builder::new()
        .prefix(".unfinished-")
        .tempdir_in(folder)
        .map_err(|source| Error::io(folder, source))?;
    let shortened = temporary.path().join("trajectory");
    let mut target = chemfiles::Trajectory::open_with_format(&shortened, 'w', format).map_err(failed)?;
    let mut frame = chemfiles::Frame::new();
    for _ in 0..frames {
        source.read(&mut frame).map_err(failed)?;
        target.write(&frame).map_err(failed)?;
    }
    drop(target);
    std::fs::rename(&shortened, path).map_err(|source| Error::io(path, source))
}
