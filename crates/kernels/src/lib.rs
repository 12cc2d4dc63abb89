//! Fused operations of the network on plain slices, generic over f32 and f64.
//!
//! Layout everywhere: `[atoms][rows][channels]`, channels fastest and a multiple of [`LANES`], rows as in [`cormorant_so3`].
//! Every operation works on blocks of 16 channels; the instruction set is chosen when the program runs
//! ([`InstructionSet`]). This is the only folder with `unsafe` code: raw loads and stores over ranges that the
//! constructors in [`network`] have checked.
#![allow(unsafe_code, reason = "vector loads and stores on checked ranges")]

mod aligned;
mod dispatch;
mod first_message;
mod frame;
mod matmul;
mod message;
pub mod network;
pub mod original;
mod orthogonal;
mod product;
mod radial;
mod real;
mod rotate;
mod simd;

pub use aligned::Aligned;
pub use dispatch::{InstructionSet, instruction_set, peak_flops};
pub use orthogonal::Orthogonal;
pub use product::product_flops;
pub use real::Real;

/// Channels that one vector operation handles.
pub const LANES: usize = 16;
