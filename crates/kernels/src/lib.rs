//! Fused operations of the networks on plain slices, generic over f32 and f64.
//!
//! The definition of each network is a composition of plain tensor operations in `cormorant-network`. This crate computes the
//! same functions many times faster, forward and backward; tests hold both together.
//!
//! | module or item | what it holds |
//! |---|---|
//! | [`network`] | the `cormorant` network: sizes, layout of the weights, forward and backward pass |
//! | [`original`] | the same for the network of 2019 |
//! | [`tables`] | constants, for kernels elsewhere |
//! | [`InstructionSet`], [`instruction_set`] | which vector instructions are used, chosen when the program runs |
//! | [`Real`] | f32 or f64, with every operation of the kernels |
//! | [`Scalar`] | what they need of a number |
//! | [`Aligned`] | arrays aligned for vector loads |
//! | [`Orthogonal`] | the step of the optimizer that needs a matrix product |
//! | [`product_flops`], [`peak_flops`] | operation counts for the benches |
//!
//! # Layout
//! Everywhere `[atoms][rows][channels]`. Channels are fastest, and 8 or a multiple of [`LANES`]; rows are those of [`cormorant_so3`].
//! Every operation works on blocks of 16 channels, or on 8 where there are no more. Results do not depend on the number of threads.
//!
//! This is the only crate with `unsafe` code apart from borders to C and to devices: raw loads and stores over ranges that the
//! constructors in [`network`] have checked. `tests/memory/run` runs it under AddressSanitizer.
//!
//! # Example
//! Energies of two atoms at a distance of 1 Å, from a network whose weights are all the same:
//!
//! ```
//! use cormorant_kernels::network::{Plan, Shape, Topology, Weights, Workspace};
//!
//! let shape = Shape {
//!     species: 1,
//!     channels: 16,
//!     max_degree: 1,
//!     max_edge_degree: 1,
//!     layers: 1,
//!     products: 1,
//!     element_products: false,
//!     element_features: false,
//!     radial_functions: 4,
//!     radial_hidden: 16,
//!     readout_hidden: 16,
//!     multipole: 0,
//!     multipole_copies: 1,
//!     numbers: 0,
//!     moments: 0,
//!     cutoff: 5.0,
//!     mean_neighbors: 1.0,
//! };
//! let plan = Plan::<f64>::new(&shape);
//! let weights = Weights::splined(&plan, &vec![0.1; plan.layout.len()], 0.04, 0.0);
//! let topology = Topology { species: &[0, 0], offsets: &[0, 1, 2], senders: &[1, 0], needed: &[] };
//! let mut space = Workspace::new(&plan);
//! plan.forward(&weights, &topology, &[[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]], &mut space, false);
//! // Energies are invariant under inversion, so the two atoms have the same.
//! assert!((space.atom_energies[0] - space.atom_energies[1]).abs() < 1e-12);
//! ```
#![allow(unsafe_code, reason = "vector loads and stores on checked ranges")]

mod add_rows;
mod aligned;
mod dispatch;
mod edge_tile;
mod first_edges;
mod first_message;
mod frame;
mod matmul;
mod message;
mod narrow;
pub mod network;
pub mod original;
mod orthogonal;
mod pair_tile;
mod pairs;
mod product;
mod radial;
mod real;
mod rotate;
mod scalar;
mod simd;
mod topology;
mod turns;

/// Constants of the kernels, for those who write other kernels of the same operations.
pub mod tables {
    pub use crate::frame::polar_series;
    pub use crate::message::{message_function, message_functions};
    pub use crate::turns::{at_pole, turns};
}

pub use aligned::Aligned;
pub use dispatch::{InstructionSet, instruction_set, peak_flops};
pub use orthogonal::Orthogonal;
pub use product::product_flops;
pub use real::Real;
pub use scalar::Scalar;

/// Channels that one vector operation handles.
pub const LANES: usize = 16;
