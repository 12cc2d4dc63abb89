//! The parts of a DCD file that chemfiles leaves out: times in the header, and cutting off frames.
//!
//! A DCD file is a sequence of Fortran records, each between two copies of its length: the header (84 bytes, `CORD` and
//! twenty numbers), a title, the number of atoms, then for each frame the cell (48 bytes, if there is one) and x, y and z as
//! f32. Source: the CHARMM and NAMD readers as described in the VMD plugin documentation. Checked by: `suite::io`.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::chemfiles_file::ChemfilesEncoder;
use super::encoder::{Encoder, Start};
use super::growing_file::enough;
use crate::TrajectoryFrame;
use cormorant_core::{Error, Result};

/// 1 AKMA unit of time, Å·√(u·mol/kcal), in ps: the unit of the time step in the header.
pub(crate) const AKMA_TIME: f64 = 4.888_821e-2;
/// Offsets of numbers in the file: frames, first step, steps between frames, time step (f32), cell flag.
const FRAMES: u64 = 8;
const FIRST_STEP: u64 = 12;
const INTERVAL: u64 = 16;
const TIME_STEP: u64 = 44;
const HAS_CELL: u64 = 48;

/// Encodes through chemfiles, and says in the header when frames were taken.
struct DcdEncoder {
    file: ChemfilesEncoder,
    frames: u64,
    /// Step and time of the first frame.
    first: Option<(u64, f64)>,
    /// First step, steps between frames, ps for one step: until the header has them.
    times: Option<(u64, u64, f64)>,
}

/// Opens a trajectory for writing.
pub(super) fn open(start: Start) -> Result<Box<dyn Encoder>> {
    let (frames, first) = (start.frames, start.memory.first);
    Ok(Box::new(DcdEncoder { file: ChemfilesEncoder::new(start, "DCD")?, frames, first, times: None }))
}

impl Encoder for DcdEncoder {
    fn write(&mut self, frame: &TrajectoryFrame) -> Result<()> {
        self.file.write(frame)?;
        // The first two frames tell when frames are taken.
        match (self.frames, self.first) {
            (0, _) => self.first = Some((frame.step, frame.time)),
            (1, Some((step, time))) if frame.step > step => {
                let interval = frame.step - step;
                self.times = Some((step, interval, (frame.time - time) / interval as f64));
            }
            _ => {}
        }
        self.frames += 1;
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        if !self.file.close() {
            return Ok(());
        }
        if let Some((first, interval, step)) = self.times.take() {
            write_times(self.file.path(), first, interval, step)?;
        }
        self.file.sync(whole_frames(self.file.path())?)
    }
}

/// What the header says, and where the frames begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub atoms: u64,
    pub header_size: u64,
    pub frame_size: u64,
}

/// Read the layout of a DCD file that we wrote.
pub(super) fn layout(path: &Path) -> Result<Layout> {
    let mut file = File::open(path).map_err(|source| Error::io(path, source))?;
    let wrong = || Error::structure(path, "this is not a DCD file that we wrote");
    let mut number = |at: u64| -> Result<u64> {
        let mut bytes = [0; 4];
        file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut bytes)).map_err(|_| wrong())?;
        u64::try_from(i32::from_le_bytes(bytes)).map_err(|_| wrong())
    };
    if number(0)? != 84 {
        return Err(wrong());
    }
    let has_cell = number(HAS_CELL)? == 1;
    let title = number(92)?;
    let atoms = number(92 + 4 + title + 4 + 4)?;
    let header_size = 92 + 4 + title + 4 + 12;
    let frame_size = 3 * (8 + 4 * atoms) + if has_cell { 56 } else { 0 };
    Ok(Layout { atoms, header_size, frame_size })
}

/// Number of whole frames in the file, whatever the header says.
pub(super) fn whole_frames(path: &Path) -> Result<u64> {
    let layout = layout(path)?;
    let size = std::fs::metadata(path).map_err(|source| Error::io(path, source))?.len();
    Ok(size.saturating_sub(layout.header_size) / layout.frame_size)
}

/// Leaves the first `frames` frames, and says so in the header.
pub(super) fn truncate(path: &Path, frames: u64, _bytes: Option<u64>) -> Result<()> {
    enough(path, whole_frames(path)?, frames)?;
    let layout = layout(path)?;
    let file = OpenOptions::new().write(true).open(path).map_err(|source| Error::io(path, source))?;
    file.set_len(layout.header_size + frames * layout.frame_size).map_err(|source| Error::io(path, source))?;
    drop(file);
    patch(path, FRAMES, i32::try_from(frames).unwrap_or(i32::MAX).to_le_bytes())
}

/// Say in the header when frames were taken: first step, steps between frames, and ps for one step.
pub(super) fn write_times(path: &Path, first_step: u64, interval: u64, picoseconds_per_step: f64) -> Result<()> {
    let number = |value: u64| i32::try_from(value).unwrap_or(i32::MAX).to_le_bytes();
    patch(path, FIRST_STEP, number(first_step))?;
    patch(path, INTERVAL, number(interval))?;
    patch(path, TIME_STEP, ((picoseconds_per_step / AKMA_TIME) as f32).to_le_bytes())
}

fn patch(path: &Path, at: u64, bytes: [u8; 4]) -> Result<()> {
    let failed = |source| Error::io(path, source);
    let mut file = OpenOptions::new().write(true).open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(at)).map_err(failed)?;
    file.write_all(&bytes).map_err(failed)
}
