//! Structures and trajectories in and out; the only place that knows chemfiles.

pub mod atomic;
pub mod extended_xyz;
mod frame;
mod trajectory_frame;
mod value;

pub use frame::Frame;
pub use trajectory_frame::TrajectoryFrame;
pub use value::{Column, Value};
