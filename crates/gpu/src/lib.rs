//! The `cormorant` network on graphics processors of any vendor.
//!
//! Kernels are text that this crate writes from the same tables as the vector kernels of the processor ([`emit`]), in WGSL, which wgpu
//! hands to Vulkan, Metal or Direct3D, and in CUDA C. A [`Device`] runs them; [`GpuNetwork`] is a network with its weights on a device,
//! and [`GpuWorkspace`] what one evaluation needs there.
//!
//! | module or item | what it holds |
//! |---|---|
//! | [`emit`] | kernels as text |
//! | [`Device`] | what a graphics processor is asked to do; one file for each way to reach one |
//! | [`adapters`], [`open`] | which there are, and the choice of one |
//! | [`GpuNetwork`], [`GpuWorkspace`] | forward and backward pass |
//! | [`GpuTurns`] | one workspace for several threads, whose small graphs it evaluates together |
//! | [`MovingGraph`] | a graph that stays on the device while its atoms move |
//!
//! All arithmetic there is in single precision. Sums over edges and channels have a fixed order: one adapter with one driver gives the same
//! bits every time. Energies of atoms come back one by one and are added by the processor in double precision.
//!
//! # Example
//! ```
//! use cormorant_gpu::{adapters, open};
//!
//! for adapter in adapters() {
//!     println!("gpu:{} {adapter}", adapter.index);
//! }
//! if adapters().is_empty() {
//!     assert!(open("gpu").is_err());
//! }
//! ```

mod adapter;
mod arrays;
pub mod device;
pub mod emit;
mod error;
mod moving;
mod moving_arrays;
mod network;
mod turns;
mod workspace;

pub use adapter::Adapter;
pub use cormorant_kernels::network::MovingGraph;
pub use device::{Device, adapters, open};
pub use error::GpuError;
pub use moving::MovingOutputs;
pub use network::GpuNetwork;
pub use turns::{GpuTurns, GraphOutputs};
pub use workspace::GpuWorkspace;
