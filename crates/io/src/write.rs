//! Trajectories out, written while the simulation continues.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::empty_box::{empty_box, vacuum};
use super::format::{Encoder, Start};
use super::{TrajectoryFormat, TrajectoryFrame, TrajectoryMemory, truncate};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};

/// Frames that may wait to be written before the simulation waits for them.
const WAITING: usize = 16;

/// Writes a trajectory in a thread of its own, which also owns the file.
///
/// Errors of the thread come up at the next call. Dropping a writer closes the file; only [`TrajectoryWriter::finish`]
/// says whether that went well.
///
/// To continue a run: call [`TrajectoryWriter::flush`] before each restart file is written and keep
/// [`TrajectoryWriter::frames`] in it; [`TrajectoryWriter::append`] then cuts off what came after and continues.
pub struct TrajectoryWriter {
    path: PathBuf,
    format: TrajectoryFormat,
    atoms: usize,
    frames: u64,
    memory: TrajectoryMemory,
    note: Option<String>,
    messages: Option<SyncSender<Message>>,
    thread: Option<JoinHandle<Result<()>>>,
}

enum Message {
    Frame(Box<TrajectoryFrame>),
    Flush(SyncSender<()>),
}

impl TrajectoryWriter {
    /// A new trajectory of `system` at `path`, replacing what was there. No frame is written yet.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(path: &Path, format: TrajectoryFormat, system: &System) -> Result<Self> {
        let empty_box = match &system.cell {
            None => format.needs_box().then(|| empty_box(system)),
            Some(_) if format.keeps_periodicity() => None,
            Some(_) => vacuum(system),
        };
        Self::start(path, format, system, 0, TrajectoryMemory { empty_box, ..TrajectoryMemory::default() })
    }

    /// Continue with a trajectory of which `frames` frames are to stay; `memory` is what its writer remembered.
    ///
    /// # Errors
    /// When the file has fewer whole frames, or cannot be written.
    pub fn append(
        path: &Path,
        format: TrajectoryFormat,
        system: &System,
        frames: u64,
        memory: TrajectoryMemory,
    ) -> Result<Self> {
        truncate(path, format, frames, memory.bytes)?;
        Self::start(path, format, system, frames, memory)
    }

    fn start(
        path: &Path,
        format: TrajectoryFormat,
        system: &System,
        frames: u64,
        memory: TrajectoryMemory,
    ) -> Result<Self> {
        let empty_box = memory.empty_box;
        let note = note(format, system, empty_box);
        let start = Start { path: path.to_path_buf(), elements: system.elements.clone(), memory, frames };
        let (messages, inbox) = sync_channel(WAITING);
        let (opened, wait) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("trajectory".into())
            .spawn(move || {
                let mut encoder = format.open(start)?;
                let _ = opened.send(());
                write_all(encoder.as_mut(), &inbox)
            })
            .map_err(|source| Error::io(path, source))?;
        let mut writer = Self {
            path: path.to_path_buf(),
            format,
            atoms: system.atom_count(),
            frames,
            memory,
            note,
            messages: Some(messages),
            thread: Some(thread),
        };
        if wait.recv().is_err() {
            return Err(writer.failure());
        }
        Ok(writer)
    }

    /// Where the trajectory is written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its format.
    #[must_use]
    pub fn format(&self) -> TrajectoryFormat {
        self.format
    }

    /// Number of frames, those from before an [`TrajectoryWriter::append`] included.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// What it has to be given to continue after a restart.
    #[must_use]
    pub fn memory(&self) -> TrajectoryMemory {
        self.memory
    }

    /// What a user should know about the file, e.g. that it has a box where the system has none.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Add a frame. Velocities, energies and forces that the format cannot keep are left out.
    ///
    /// # Errors
    /// When the number of atoms changed, or writing this frame or one before it failed.
    pub fn write(&mut self, frame: TrajectoryFrame) -> Result<()> {
        if frame.positions.len() != self.atoms {
            let found = frame.positions.len();
            return Err(Error::structure(&self.path, format!("{found} atoms in a trajectory of {}", self.atoms)));
        }
        self.memory.first.get_or_insert((frame.step, frame.time));
        self.send(Message::Frame(Box::new(frame)))?;
        self.frames += 1;
        Ok(())
    }

    /// Wait until everything written so far is on the disk and the file is complete.
    ///
    /// # Errors
    /// When writing failed.
    pub fn flush(&mut self) -> Result<()> {
        let (done, wait) = sync_channel(1);
        self.send(Message::Flush(done))?;
        wait.recv().map_err(|_| self.failure())?;
        let metadata = std::fs::metadata(&self.path).map_err(|source| Error::io(&self.path, source))?;
        self.memory.bytes = Some(metadata.len());
        Ok(())
    }

    /// Write what is left and close the file.
    ///
    /// # Errors
    /// When writing failed.
    pub fn finish(mut self) -> Result<()> {
        drop(self.messages.take());
        self.outcome()
    }

    fn send(&mut self, message: Message) -> Result<()> {
        match &self.messages {
            Some(messages) if messages.send(message).is_ok() => Ok(()),
            _ => Err(self.failure()),
        }
    }

    /// The error that ended the thread.
    fn failure(&mut self) -> Error {
        drop(self.messages.take());
        self.outcome().err().unwrap_or_else(|| Error::structure(&self.path, "the trajectory is already closed"))
    }

    fn outcome(&mut self) -> Result<()> {
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(outcome)) => outcome,
            Some(Err(_)) => Err(Error::Internal("the trajectory writer failed".into()).in_file(&self.path)),
            None => Ok(()),
        }
    }
}

impl Drop for TrajectoryWriter {
    fn drop(&mut self) {
        drop(self.messages.take());
        let _ = self.outcome();
    }
}

/// The life of the thread: until the writer hangs up.
fn write_all(encoder: &mut dyn Encoder, inbox: &Receiver<Message>) -> Result<()> {
    for message in inbox {
        match message {
            Message::Frame(frame) => encoder.write(&frame)?,
            Message::Flush(done) => {
                encoder.flush()?;
                let _ = done.send(());
            }
        }
    }
    encoder.flush()
}

/// What a user should know of the cell of a slab or wire in a trajectory of this format; nothing where the format keeps it whole.
#[must_use]
pub fn cell_note(format: TrajectoryFormat, system: &System) -> Option<String> {
    system.cell.as_ref().filter(|cell| cell.dimensions() < 3)?;
    note(format, system, vacuum(system))
}

/// What a user should know of the masses of `system` in a trajectory of this format, if anything.
#[must_use]
pub fn mass_note(format: TrajectoryFormat, system: &System) -> Option<String> {
    (!system.has_standard_masses() && format != TrajectoryFormat::ExtendedXyz).then(|| {
        format!("{format} does not keep masses: programs that read it, `cormorant analyze` among them, take the standard ones; extended XYZ keeps them")
    })
}

/// What a user should know of a trajectory in this format.
fn note(format: TrajectoryFormat, system: &System, empty_box: Option<f64>) -> Option<String> {
    let Some(cell) = &system.cell else {
        let edge = empty_box?;
        return Some(format!("the system has no cell, so {format} says a cube of {edge} Å without periodic images"));
    };
    if cell.dimensions() == 3 || format.keeps_periodicity() {
        return None;
    }
    let box_of = match empty_box {
        Some(edge) => format!("with {edge} Å of vacuum in each open direction"),
        None => "as it was stated".into(),
    };
    Some(format!(
        "{format} cannot store which directions are periodic, so programs that read it will treat all three as periodic: the cell of this {} is \
         written {box_of}; extended XYZ keeps pbc",
        cell.kind()
    ))
}
