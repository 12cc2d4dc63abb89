//! Structures and trajectories in and out; the only place that knows chemfiles.
//!
//! Units in every file: Å, ps, Å/ps, eV and eV/Å.

pub mod atomic;
mod claim;
mod convert;
mod dcd;
pub mod extended_xyz;
mod foreign;
mod format;
mod frame;
mod frame_numbers;
mod netcdf;
pub mod pdb;
mod read;
mod sink;
mod trajectory_frame;
mod truncate;
mod value;
mod write;

pub use claim::Claim;
pub use extended_xyz::ExtendedXyzReader;
pub(crate) use foreign::{foreign, foreign_data};
pub use format::TrajectoryFormat;
pub use frame::Frame;
pub use frame_numbers::FrameNumbers;
pub use read::{TrajectoryReader, read_structure};
pub use trajectory_frame::TrajectoryFrame;
pub use truncate::truncate;
pub use value::{Column, Value};
pub use write::{TrajectoryMemory, TrajectoryWriter};
