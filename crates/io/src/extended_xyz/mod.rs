//! Extended XYZ, read and written by ourselves because chemfiles keeps six digits only.
//!
//! A frame is the number of atoms, a comment of `key=value` pairs, and one line for each atom. Numbers are written with the
//! fewest digits that read back as the same bits. `Properties=` comes first, because some viewers otherwise show only the
//! first frame. Units: Å, eV, eV/Å; velocities (`velo`) in Å/ps and times in ps, as the key `units` of each frame says.

mod comment;
mod read;
mod trajectory;
mod write;

pub use read::ExtendedXyzReader;
pub(super) use trajectory::{open, truncate};
pub use write::write_frame;

/// The value of the key `units` that our files carry; without it, the unit of `velo` in a file is not certain.
pub const UNITS: &str = "Angstrom eV eV/Angstrom Angstrom/ps ps";
