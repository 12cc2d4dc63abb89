//! Ways to reach a graphics processor.

mod contract;
mod open;
mod wgpu;

pub use contract::{Buffer, Command, Device, Program};
pub use open::{adapters, open};
