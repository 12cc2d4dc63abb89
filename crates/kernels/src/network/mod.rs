//! The whole network as one operation on slices: energies forward, gradients of edge vectors and weights backward.
//!
//! The definition of the network is the composition of plain tensor operations in `cormorant_network`; this is the same
//! function, fused. `suite::network` holds the two together.

mod backward;
mod block;
mod evaluate;
mod forward;
mod gradient;
mod hidden;
mod layout;
mod moving;
mod multipole;
mod numbers;
mod plan;
mod shape;
mod table;
mod weights;
mod workspace;

pub use crate::message::pair;
pub use block::{Block, Copies, Initialization, Matrix};
pub use gradient::Gradient;
pub use layout::{LayerLayout, Layout, NumbersLayout};
pub use moving::MovingGraph;
pub use plan::{Plan, Topology};
pub use shape::Shape;
pub use table::Tabulation;
pub use weights::Weights;
pub use workspace::Workspace;
