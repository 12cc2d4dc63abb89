//! Kernels as text.

mod atom_backward;
mod atom_forward;
mod atoms;
mod code;
mod dialect;
mod edges;
mod first_message;
mod frame;
mod message;
mod moving;
mod network;
mod rotate;

pub use code::{GROUPS, Kernel, Parameter};
pub use dialect::Dialect;
pub use frame::Grid;
pub use moving::{THREADS, UNIT};
pub use network::{LayerKernels, MovingKernels, NetworkKernels};
