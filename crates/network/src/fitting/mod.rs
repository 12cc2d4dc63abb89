//! What a trainer asks of a network, whatever its kind.
//!
//! ```text
//! a kind implements Differentiable ── PreparedNetwork ─→ Trainable, which a trainer holds
//!                                                          └─ workers: one frame each at a time, and a gradient of their own
//! ```
//!
//! A kind states three functions of a batch of graphs: its outputs, their gradient with respect to edge vectors, and their gradient
//! with respect to its parameters. Losses of energies, forces, stresses and molecular properties all follow from these three.

mod cormorant;
mod differentiable;
mod doubles;
mod initial;
mod parameters;
mod prepared;
mod readout_places;
mod readouts;
mod trainable;

pub use cormorant::DifferentiableCormorant;
pub(super) use cormorant::{trainable, trainable_in_doubles};
pub use differentiable::Differentiable;
pub use doubles::Doubles;
pub use initial::initial_weights;
pub use parameters::{ParameterBlock, Parameters};
pub use prepared::PreparedNetwork;
pub use readout_places::ReadoutPlaces;
pub use readouts::Readouts;
pub use trainable::{EdgeLengths, Trainable, TrainableNetwork, Worker};
