//! Amber NetCDF as a trajectory format.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use super::layout::{Layout, RECORDS, Record};
use super::new_header::new_header;
use crate::format::encoder::{Encoder, Start};
use crate::format::growing_file::{GrowingFile, cut, enough};
use crate::{TrajectoryFrame, convert};
use cormorant_core::{Error, Result};

/// Records after a header, which is known once there is a frame.
struct NetCdfEncoder {
    start: Start,
    file: GrowingFile,
    layout: Option<Layout>,
}

/// Opens a trajectory for writing.
pub(crate) fn open(start: Start) -> Result<Box<dyn Encoder>> {
    let file = GrowingFile::open(&start.path, start.frames)?;
    let layout = if start.frames == 0 { None } else { Some(Layout::read(&start.path)?) };
    Ok(Box::new(NetCdfEncoder { start, file, layout }))
}

/// Leaves the first `frames` records, which end at `bytes` if that is known, and says so in the header.
pub(crate) fn truncate(path: &Path, frames: u64, bytes: Option<u64>) -> Result<()> {
    let layout = Layout::read(path)?;
    if bytes.is_none() {
        enough(path, layout.frames, frames)?;
    }
    cut(path, bytes.unwrap_or(layout.length(frames))).and_then(|()| set_records(path, frames))
}

impl Encoder for NetCdfEncoder {
    fn write(&mut self, frame: &TrajectoryFrame) -> Result<()> {
        let Self { start, file, layout } = self;
        write_record(&start.path, file, layout, frame, start.memory.empty_box)?;
        start.frames += 1;
        file.flush_if_full().map_err(|source| Error::io(&start.path, source))
    }

    fn flush(&mut self) -> Result<()> {
        let Self { start, file, layout } = self;
        let failed = |source| Error::io(&start.path, source);
        file.flush().map_err(failed)?;
        if layout.is_some() {
            // The number of frames goes into the header last: until then readers see those that were there.
            set_records(&start.path, start.frames)?;
        }
        file.sync().map_err(failed)
    }
}

/// The number of records in the header of a classic NetCDF file: bytes 4 to 8, big-endian.
fn set_records(path: &Path, records: u64) -> Result<()> {
    let failed = |source| Error::io(path, source);
    let mut file = OpenOptions::new().write(true).open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(RECORDS)).map_err(failed)?;
    file.write_all(&u32::try_from(records).unwrap_or(u32::MAX).to_be_bytes()).map_err(failed)
}

/// Add a frame to the records of an Amber NetCDF file; the first one makes the header.
fn write_record(
    path: &Path,
    out: &mut GrowingFile,
    layout: &mut Option<Layout>,
    frame: &TrajectoryFrame,
    empty_box: Option<f64>,
) -> Result<()> {
    let own = convert::closed(frame.cell.as_ref(), empty_box)?;
    let (cell, positions) = convert::upright(own.as_ref(), &frame.positions)?;
    let velocities = frame.velocities.as_ref().map(|velocities| convert::upright(own.as_ref(), velocities));
    let velocities = velocities.transpose()?.map(|(_, velocities)| velocities);
    let cell = cell.map(|cell| [cell.lengths(), cell.angles()]).or(empty_box.map(|edge| [[edge; 3], [90.0; 3]]));
    let record = Record { time: frame.time, positions: &positions, velocities: velocities.as_deref(), cell };
    let layout = match layout {
        Some(layout) => layout,
        None => {
            // Written at once, so that the layout can be read back as from any file.
            out.pending = new_header(&record);
            out.flush().map_err(|source| Error::io(path, source))?;
            layout.insert(Layout::read(path)?)
        }
    };
    let whole = out.pending.len();
    layout.append(&mut out.pending, &record).map_err(|source| {
        out.pending.truncate(whole);
        Error::structure(path, source.to_string())
    })
}
