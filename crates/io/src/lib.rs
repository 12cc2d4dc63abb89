//! Structures and trajectories in and out; the only place that knows chemfiles.
//!
//! Units in every file: Å, ps, Å/ps, eV and eV/Å.

mod convert;
mod dcd;
mod electronic_state;
pub mod extended_xyz;
mod folder_lock;
mod foreign;
mod format;
mod frame;
mod frame_numbers;
mod labels;
mod netcdf;
pub mod pdb;
mod read;
mod read_options;
mod sink;
mod species;
mod structure_format;
mod text;
mod trajectory_frame;
mod truncate;
mod unused;
mod value;
mod velocity_unit;
mod write;

pub use electronic_state::{charged, names_charge, names_spin};
pub use extended_xyz::ExtendedXyzReader;
pub use folder_lock::FolderLock;
pub use foreign::foreign_data;
pub use format::TrajectoryFormat;
pub use frame::Frame;
pub use frame_numbers::FrameNumbers;
pub use read::{TrajectoryReader, read_frame, read_structure};
pub use read_options::ReadOptions;
pub use species::Species;
pub use structure_format::StructureFormat;
pub use trajectory_frame::TrajectoryFrame;
pub use truncate::truncate;
pub use unused::{Unused, UnusedPlace};
pub use value::{Column, Value};
pub use velocity_unit::velocity_unit;
pub use write::{TrajectoryMemory, TrajectoryWriter, cell_note};
