//! What stands at the end of a trajectory writer: an open file of some format.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::write::TrajectoryMemory;
use super::{TrajectoryFormat, TrajectoryFrame, convert, dcd, extended_xyz, netcdf, pdb};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};

/// An open trajectory. Lives and dies in the writer's thread, because chemfiles handles must not change threads.
pub(super) struct Sink {
    path: PathBuf,
    format: TrajectoryFormat,
    elements: Vec<Element>,
    empty_box: Option<f64>,
    frames: u64,
    handle: Handle,
    started: Option<(u64, f64)>, // step and time of the first frame, until the header has been written
    times: Option<(u64, u64, f64)>, // what the DCD header is to say
}

enum Handle {
    Text(Text),
    /// Records after a header, which is known once there is a frame.
    NetCdf(Text, Option<netcdf::Layout>),
    Chemfiles(Option<Box<Chemfiles>>), // none between a flush and the next frame
}

/// A text, or records, that grow by whole frames: several go to the system at once, and what fails to fit is taken back.
struct Text {
    file: File,
    /// Whole frames that are not in the file yet.
    pending: Vec<u8>,
    /// Bytes of the file.
    length: u64,
}

impl Text {
    /// Bytes that may wait.
    const MOST: usize = 1 << 16;

    fn flush(&mut self) -> std::io::Result<()> {
        if let Err(error) = self.file.write_all(&self.pending) {
            // The disk may be full: leave the file as it was. If that fails too, the first reason is the better one.
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        self.length += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }
}

struct Chemfiles {
    trajectory: chemfiles::Trajectory,
    frame: chemfiles::Frame,
}

impl Sink {
    /// Open a new file, or one that already has `frames` frames.
    pub(super) fn open(
        path: &Path,
        format: TrajectoryFormat,
        elements: Vec<Element>,
        memory: TrajectoryMemory,
        frames: u64,
    ) -> Result<Self> {
        // Opened by ourselves first: the message of the system is better than that of chemfiles.
        let mut options = OpenOptions::new();
        options.create(true);
        if frames == 0 {
            options.write(true).truncate(true)
        } else {
            options.append(true)
        };
        let file = options.open(path).map_err(|source| Error::io(path, source))?;
        let handle = match format {
            TrajectoryFormat::ExtendedXyz | TrajectoryFormat::Pdb | TrajectoryFormat::NetCdf => {
                let length = file.metadata().map_err(|source| Error::io(path, source))?.len();
                let text = Text { file, pending: Vec::new(), length };
                if format == TrajectoryFormat::NetCdf {
                    let layout = if frames == 0 { None } else { Some(netcdf::Layout::read(path)?) };
                    Handle::NetCdf(text, layout)
                } else {
                    Handle::Text(text)
                }
            }
            _ => Handle::Chemfiles(None),
        };
        let TrajectoryMemory { empty_box, first: started, .. } = memory;
        Ok(Self { path: path.to_path_buf(), format, elements, empty_box, frames, handle, started, times: None })
    }

    pub(super) fn write(&mut self, frame: &TrajectoryFrame) -> Result<()> {
        let failed = |source| Error::io(&self.path, source);
        match &mut self.handle {
            Handle::Text(out) if self.format == TrajectoryFormat::Pdb => {
                let own = convert::closed(frame.cell.as_ref(), self.empty_box)?;
                let (cell, positions) = convert::upright(own.as_ref(), &frame.positions)?;
                let pending = &mut out.pending;
                pdb::write_model(pending, self.frames + 1, &self.elements, &positions, cell.as_ref())
                    .map_err(failed)?;
            }
            Handle::Text(out) => {
                extended_xyz::write_frame(&mut out.pending, &self.elements, frame).map_err(failed)?;
            }
            Handle::NetCdf(out, layout) => {
                write_record(&self.path, out, layout, frame, self.empty_box)?;
            }
            Handle::Chemfiles(handle) => {
                let open = match handle {
                    Some(open) => open,
                    None => handle.insert(Box::new(open(&self.path, self.format, &self.elements, self.frames)?)),
                };
                convert::to_chemfiles(frame, self.empty_box, &mut open.frame)?;
                open.trajectory.write(&open.frame).map_err(|error| convert::failed(&self.path, &error))?;
            }
        }
        if let Handle::Text(out) | Handle::NetCdf(out, _) = &mut self.handle
            && out.pending.len() >= Text::MOST
        {
            out.flush().map_err(failed)?;
        }
        self.note_time(frame);
        self.frames += 1;
        Ok(())
    }

    /// The first two frames tell when frames are taken.
    fn note_time(&mut self, frame: &TrajectoryFrame) {
        match (self.frames, self.started) {
            (0, _) => self.started = Some((frame.step, frame.time)),
            (1, Some((step, time))) if frame.step > step => {
                let interval = frame.step - step;
                self.times = Some((step, interval, (frame.time - time) / interval as f64));
            }
            _ => {}
        }
    }

    /// Bring everything written so far to the disk, in a state that any program can read.
    pub(super) fn flush(&mut self) -> Result<()> {
        let failed = |source| Error::io(&self.path, source);
        match &mut self.handle {
            Handle::Text(out) => {
                out.flush().map_err(failed)?;
                out.file.sync_data().map_err(failed)
            }
            Handle::NetCdf(out, layout) => {
                out.flush().map_err(failed)?;
                if layout.is_some() {
                    // The number of frames goes into the header last: until then readers see those that were there.
                    let frames = u32::try_from(self.frames).unwrap_or(u32::MAX);
                    let mut header = OpenOptions::new().write(true).open(&self.path).map_err(failed)?;
                    header.seek(SeekFrom::Start(netcdf::RECORDS)).map_err(failed)?;
                    header.write_all(&frames.to_be_bytes()).map_err(failed)?;
                }
                out.file.sync_data().map_err(failed)
            }
            Handle::Chemfiles(handle) => {
                // Only closing completes a file of chemfiles; the next frame opens it again.
                if handle.take().is_none() {
                    return Ok(());
                }
                if self.format == TrajectoryFormat::Dcd
                    && let Some((first, interval, step)) = self.times.take()
                {
                    dcd::write_times(&self.path, first, interval, step)?;
                }
                self.check_size()?;
                let file = File::open(&self.path).map_err(failed)?;
                file.sync_data().map_err(failed)
            }
        }
    }

    /// chemfiles does not notice when closing fails, as on a full disk: see whether the frames are there.
    fn check_size(&self) -> Result<()> {
        let found = match self.format {
            TrajectoryFormat::Dcd => dcd::whole_frames(&self.path)?,
            _ => {
                let name = self.format.chemfiles_name();
                let opened = chemfiles::Trajectory::open_with_format(&self.path, 'r', name);
                opened.map_err(|error| convert::failed(&self.path, &error))?.nsteps() as u64
            }
        };
        if found != self.frames {
            let message = format!("{} frames were written but {found} are in the file; is the disk full?", self.frames);
            return Err(Error::structure(&self.path, message));
        }
        Ok(())
    }
}

/// Add a frame to the records of an Amber NetCDF file; the first one makes the header.
fn write_record(
    path: &Path,
    out: &mut Text,
    layout: &mut Option<netcdf::Layout>,
    frame: &TrajectoryFrame,
    empty_box: Option<f64>,
) -> Result<()> {
    let own = convert::closed(frame.cell.as_ref(), empty_box)?;
    let (cell, positions) = convert::upright(own.as_ref(), &frame.positions)?;
    let velocities = frame.velocities.as_ref().map(|velocities| convert::upright(own.as_ref(), velocities));
    let velocities = velocities.transpose()?.map(|(_, velocities)| velocities);
    let cell = cell.map(|cell| [cell.lengths(), cell.angles()]).or(empty_box.map(|edge| [[edge; 3], [90.0; 3]]));
    let record = netcdf::Record { time: frame.time, positions: &positions, velocities: velocities.as_deref(), cell };
    let layout = match layout {
        Some(layout) => layout,
        None => {
            // Written at once, so that the layout can be read back as from any file.
            out.pending = netcdf::new_header(&record);
            out.flush().map_err(|source| Error::io(path, source))?;
            layout.insert(netcdf::Layout::read(path)?)
        }
    };
    let whole = out.pending.len();
    layout.append(&mut out.pending, &record).map_err(|source| {
        out.pending.truncate(whole);
        Error::structure(path, source.to_string())
    })
}

fn open(path: &Path, format: TrajectoryFormat, elements: &[Element], frames: u64) -> Result<Chemfiles> {
    convert::silence();
    let mode = if frames == 0 { 'w' } else { 'a' };
    let trajectory = chemfiles::Trajectory::open_with_format(path, mode, format.chemfiles_name())
        .map_err(|error| convert::failed(path, &error))?;
    let mut frame = chemfiles::Frame::new();
    for element in elements {
        frame.add_atom(&chemfiles::Atom::new(element.symbol()), [0.0; 3], None);
    }
    Ok(Chemfiles { trajectory, frame })
}
