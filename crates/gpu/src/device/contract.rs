//! What a graphics processor is asked to do.

use crate::adapter::Adapter;
use crate::emit::{Dialect, Kernel};
use crate::error::GpuError;

/// An array on a device, by its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Buffer(pub usize);

/// A kernel made ready on a device, by its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Program(pub usize);

/// One piece of work.
#[derive(Debug, Clone)]
pub enum Command {
    /// Sets an array to zero.
    Clear(Buffer),
    /// Runs a kernel on its buffers, in the order of its parameters, with as many workgroups.
    Run {
        /// Which.
        program: Program,
        /// Its buffers.
        buffers: Vec<Buffer>,
        /// Workgroups.
        groups: usize,
    },
}

/// A graphics processor with a queue. Work is done in the order in which it was given.
pub trait Device: Send + Sync {
    /// Which one it is.
    fn adapter(&self) -> &Adapter;

    /// The language of its kernels.
    fn dialect(&self) -> Dialect;

    /// Makes a kernel ready.
    ///
    /// # Errors
    /// When the kernel needs more than the device has, or the driver refuses it.
    fn program(&self, kernel: &Kernel) -> Result<Program, GpuError>;

    /// An array of `bytes`, set to zero.
    ///
    /// # Errors
    /// When there is no room for it.
    fn buffer(&self, bytes: usize) -> Result<Buffer, GpuError>;

    /// Gives an array back.
    fn release(&self, buffer: Buffer);

    /// Copies `bytes` to the beginning of an array.
    ///
    /// # Errors
    /// When the device is lost.
    fn write(&self, buffer: Buffer, bytes: &[u8]) -> Result<(), GpuError>;

    /// Hands over work.
    ///
    /// # Errors
    /// When the device is lost.
    fn submit(&self, commands: &[Command]) -> Result<(), GpuError>;

    /// Copies the beginning of arrays back, all at once, when all work before is done.
    ///
    /// # Errors
    /// When the device is lost.
    fn read(&self, into: &mut [(Buffer, &mut [u8])]) -> Result<(), GpuError>;
}
