//! Structures and trajectories, read and written. This is the only crate that uses chemfiles.
//!
//! | items | what they are |
//! |---|---|
//! | [`read_structure`], [`read_frame`], [`ReadOptions`], [`StructureFormat`] | one frame of any file that is understood |
//! | [`TrajectoryReader`], [`ExtendedXyzReader`] | frame after frame |
//! | [`TrajectoryWriter`], [`TrajectoryFormat`], [`TrajectoryFrame`] | trajectories, written by a thread of their own while the simulation continues |
//! | [`extended_xyz`], [`pdb`] | formats of our own, with every bit of every number where the format allows |
//! | [`Frame`], [`Species`], [`FrameNumbers`], [`AtomNumbers`] | what a file says before it becomes a system |
//! | [`Unused`] | what a file holds and nobody uses, for notes to the user |
//! | [`truncate`](fn@truncate) | trajectories cut to a number of frames, for runs that are resumed |
//! | [`FolderLock`] | one writer for each folder |
//!
//! Units: Å, ps, Å/ps, eV and eV/Å in every file that has no units of its own. Readers convert where a format fixes other
//! units, and where the comment of extended XYZ states one ([`Frame::bring_to_angstrom`]); [`velocity_unit`] reads the unit of velocities
//! where the format leaves it open.
//!
//! # Example
//! A molecule is written as a trajectory of one frame and read back without losing a bit:
//!
//! ```
//! use cormorant_core::system::{Element, System};
//! use cormorant_io::{TrajectoryFormat, TrajectoryFrame, TrajectoryWriter, read_structure};
//!
//! # fn main() -> cormorant_core::Result<()> {
//! let hydrogen = Element::from_symbol("H")?;
//! let molecule = System::new(vec![hydrogen; 2], vec![[0.0; 3], [0.1 + 0.64, 0.0, 0.0]], None)?;
//! let path = std::env::temp_dir().join(format!("cormorant-io-{}.xyz", std::process::id()));
//! let mut writer = TrajectoryWriter::create(&path, TrajectoryFormat::from_path(&path)?, &molecule)?;
//! writer.write(TrajectoryFrame::new(&molecule))?;
//! writer.finish()?;
//! assert_eq!(read_structure(&path, None)?.positions, molecule.positions);
//! # std::fs::remove_file(&path).map_err(|source| cormorant_core::Error::io(&path, source))
//! # }
//! ```

mod atom_numbers;
mod convert;
mod electronic_state;
mod empty_box;
pub mod extended_xyz;
mod folder_lock;
mod foreign;
mod format;
mod frame;
mod frame_numbers;
mod held_atoms;
mod hydrogens;
mod isotopes;
mod labels;
mod length_unit;
mod masses;
pub mod pdb;
mod read;
mod read_options;
mod species;
mod structure_format;
mod text;
mod trajectory_frame;
mod trajectory_memory;
mod truncate;
mod unused;
mod value;
mod velocity_unit;
mod write;

pub use atom_numbers::AtomNumbers;
pub use electronic_state::{StateKeys, names_charge, names_spin};
pub use extended_xyz::ExtendedXyzReader;
pub use folder_lock::FolderLock;
pub use foreign::foreign_data;
pub use format::TrajectoryFormat;
pub use frame::Frame;
pub use frame_numbers::FrameNumbers;
pub use length_unit::{LENGTH_UNITS, states_length};
pub use read::{TrajectoryReader, read_frame, read_structure};
pub use read_options::ReadOptions;
pub use species::Species;
pub use structure_format::StructureFormat;
pub use text::formal_charge;
pub use trajectory_frame::{BEADS, TrajectoryFrame};
pub use trajectory_memory::TrajectoryMemory;
pub use truncate::truncate;
pub use unused::{Unused, UnusedPlace};
pub use value::{Column, Value};
pub use velocity_unit::velocity_unit;
pub use write::{TrajectoryWriter, cell_note, mass_note};
