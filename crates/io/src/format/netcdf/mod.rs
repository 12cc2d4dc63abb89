//! Amber NetCDF trajectories: the classic NetCDF format with 64-bit offsets, written and, for times, read by ourselves.
//!
//! A file is a header and then one record for each frame, all of one size, so that it grows and is cut like a text. Everything is
//! big-endian; the header holds the number of records, dimensions, attributes, and for each variable its name, dimensions,
//! attributes, type, size in a record and the place of its first value. What chemfiles writes lacks the variable `time`; such files of
//! older versions are continued as they are.
//!
//! | variable       | shape in a record | type | unit               |
//! |----------------|-------------------|------|--------------------|
//! | `time`         | 1                 | f32  | ps                 |
//! | `coordinates`  | `[atoms][3]`      | f32  | Å                  |
//! | `velocities`   | `[atoms][3]`      | f32  | Å/ps               |
//! | `cell_lengths` | `[3]`             | f64  | Å                  |
//! | `cell_angles`  | `[3]`             | f64  | degrees            |
//!
//! Sources: the NetCDF Classic format specification; Amber NetCDF Trajectory/Restart Convention 1.0. Checked by `suite::io`.

mod header;
mod layout;
mod new_header;
mod times;
mod trajectory;

pub(crate) use times::Times;
pub(super) use trajectory::{open, truncate};
