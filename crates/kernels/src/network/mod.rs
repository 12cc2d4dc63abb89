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
mod tile;
mod two_layers;
mod weights;
mod workspace;

pub use crate::pair_tile::species_pair as pair;
pub use crate::topology::Topology;
pub use block::{Block, Copies, Initialization, Matrix};
pub use gradient::Gradient;
pub use layout::{LayerLayout, Layout, NumbersLayout};
pub use moving::MovingGraph;
pub use plan::Plan;
pub use shape::Shape;
pub use table::Tabulation;
pub use weights::Weights;
pub use workspace::Workspace;
