//! Files that grow by whole frames: texts, and records of one size.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use super::encoder::{Encoder, Start};
use crate::TrajectoryFrame;
use cormorant_core::{Error, Result};

/// A file to which whole frames are added: several go to the system at once, and what fails to fit is taken back.
pub(crate) struct GrowingFile {
    file: File,
    /// Whole frames that are not in the file yet.
    pub pending: Vec<u8>,
    /// Bytes of the file.
    length: u64,
}

impl GrowingFile {
    /// Bytes that may wait.
    const MOST: usize = 1 << 16;

    /// Opens a new file, or one that has frames already.
    pub(crate) fn open(path: &Path, frames: u64) -> Result<Self> {
        let file = open(path, frames)?;
        let length = file.metadata().map_err(|source| Error::io(path, source))?.len();
        Ok(Self { file, pending: Vec::new(), length })
    }

    /// Gives the file what waits, if it is much.
    pub(crate) fn flush_if_full(&mut self) -> std::io::Result<()> {
        if self.pending.len() >= Self::MOST { self.flush() } else { Ok(()) }
    }

    /// Gives the file what waits.
    pub(crate) fn flush(&mut self) -> std::io::Result<()> {
        if let Err(error) = self.file.write_all(&self.pending) {
            // The disk may be full: leave the file as it was. If that fails too, the first reason is the better one.
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        self.length += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// Brings the file to the disk.
    pub(crate) fn sync(&self) -> std::io::Result<()> {
        self.file.sync_data()
    }
}

/// Refuses a file that has fewer frames than were written.
pub(crate) fn enough(path: &Path, found: u64, wanted: u64) -> Result<()> {
    if found < wanted {
        return Err(Error::structure(
            path,
            format!("has {found} whole frames, but the restart file says {wanted} were written; it is damaged"),
        ));
    }
    Ok(())
}

/// Cuts a file to `length` bytes.
pub(crate) fn cut(path: &Path, length: u64) -> Result<()> {
    let failed = |source| Error::io(path, source);
    let file = OpenOptions::new().write(true).open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?.len();
    if found < length {
        let message = format!("has {found} bytes, but the restart file says {length} were written; it is damaged");
        return Err(Error::structure(path, message));
    }
    file.set_len(length).map_err(failed)
}

/// Opens a new file, or one that has frames already, for writing at its end.
pub(crate) fn open(path: &Path, frames: u64) -> Result<File> {
    let mut options = OpenOptions::new();
    options.create(true);
    if frames == 0 {
        options.write(true).truncate(true)
    } else {
        options.append(true)
    };
    options.open(path).map_err(|source| Error::io(path, source))
}

/// Writes one frame of a text; the number counts from 1.
pub(crate) type WriteFrame = fn(&mut Vec<u8>, u64, &Start, &TrajectoryFrame) -> Result<()>;

/// Encodes a format whose frames are texts one behind the other.
pub(crate) struct TextEncoder {
    start: Start,
    file: GrowingFile,
    write_frame: WriteFrame,
}

impl TextEncoder {
    pub(crate) fn open(start: Start, write_frame: WriteFrame) -> Result<Box<dyn Encoder>> {
        let file = GrowingFile::open(&start.path, start.frames)?;
        Ok(Box::new(Self { start, file, write_frame }))
    }
}

impl Encoder for TextEncoder {
    fn write(&mut self, frame: &TrajectoryFrame) -> Result<()> {
        let whole = self.file.pending.len();
        let written = (self.write_frame)(&mut self.file.pending, self.start.frames + 1, &self.start, frame);
        if written.is_err() {
            self.file.pending.truncate(whole);
        }
        written?;
        self.start.frames += 1;
        self.file.flush_if_full().map_err(|source| Error::io(&self.start.path, source))
    }

    fn flush(&mut self) -> Result<()> {
        let Self { start, file, .. } = self;
        file.flush().and_then(|()| file.sync()).map_err(|source| Error::io(&start.path, source))
    }
}
