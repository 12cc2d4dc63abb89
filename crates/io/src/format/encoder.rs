//! What a trajectory format implements to be written.

use std::path::PathBuf;

use crate::{TrajectoryFrame, TrajectoryMemory};
use cormorant_core::Result;
use cormorant_core::system::Element;

/// An open trajectory file. It lives and dies in the writer's thread, because chemfiles handles must not change threads.
pub(crate) trait Encoder {
    /// Adds a frame. Velocities, energies and forces that the format cannot keep are left out.
    fn write(&mut self, frame: &TrajectoryFrame) -> Result<()>;

    /// Brings everything written so far to the disk, in a state that any program can read.
    fn flush(&mut self) -> Result<()>;
}

/// What an encoder starts with: a new file, or one that already has `frames` frames.
pub(crate) struct Start {
    pub path: PathBuf,
    pub elements: Vec<Element>,
    pub memory: TrajectoryMemory,
    pub frames: u64,
}
