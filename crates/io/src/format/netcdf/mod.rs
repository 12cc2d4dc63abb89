//! Amber NetCDF trajectories: the classic NetCDF format with 64-bit offsets, written and, for times, read by ourselves.
//!
//! A file is a header and then one record for each frame, all of one size, so that it grows and is cut like a text. Everything is
//! big-endian; the header holds the number of records, dimensions, attributes, and for each variable its name, dimensions,
//! attributes, type, size in a record and the place of its first value. What chemfiles writes lacks the variable `time`; such files of
//! older versions are gone on with as they are.
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
mod new_header;
mod times;
mod trajectory;

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use header::header;
use new_header::new_header;
pub(crate) use times::Times;
pub(super) use trajectory::{open, truncate};

use cormorant_core::{Error, Result};

const CHAR: u32 = 2;
const FLOAT: u32 = 5;
const DOUBLE: u32 = 6;
const DIMENSIONS: u32 = 10;
const VARIABLES: u32 = 11;
const ATTRIBUTES: u32 = 12;
/// More of anything in a header is a sign of damage.
const MOST: u32 = 1 << 16;
/// Offset of the number of records.
const RECORDS: u64 = 4;

/// A variable that has a value in each record.
#[derive(Debug, Clone, PartialEq)]
struct Variable {
    name: String,
    kind: u32,
    units: String,
    /// Bytes in a record.
    size: u64,
    begin: u64,
}

/// What a header says of the records.
#[derive(Debug, Clone, PartialEq)]
struct Layout {
    /// Number of whole frames.
    pub(super) frames: u64,
    /// Place of the first record.
    first: u64,
    /// Bytes of a record.
    record: u64,
    variables: Vec<Variable>,
}

/// What one frame holds, in the orientation that lengths and angles of a cell can express.
struct Record<'a> {
    /// Time in ps.
    pub(super) time: f64,
    /// Positions in Å.
    pub(super) positions: &'a [[f64; 3]],
    /// Velocities in Å/ps.
    pub(super) velocities: Option<&'a [[f64; 3]]>,
    /// Lengths in Å and angles in degrees.
    pub(super) cell: Option<[[f64; 3]; 2]>,
}

impl Layout {
    /// Read the header of the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read or is not a classic NetCDF file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::io(path, source))?;
        let size = file.metadata().map_err(|source| Error::io(path, source))?.len();
        header(&mut BufReader::new(file), size)
            .map_err(|error| Error::structure(path, format!("is not a classic NetCDF file that can be read ({error})")))
    }

    /// Bytes of the file with this many frames.
    pub(super) fn length(&self, frames: u64) -> u64 {
        self.first + frames * self.record
    }

    /// Add `record` to `out`.
    ///
    /// # Errors
    /// When it lacks something that the file has, or the file has something that we do not write.
    pub(super) fn append(&self, out: &mut Vec<u8>, record: &Record<'_>) -> io::Result<()> {
        let wrong = |reason: String| Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
        for variable in &self.variables {
            let before = out.len();
            let missing = || wrong(format!("this frame lacks {}, which the frames before it have", variable.name));
            let mut reals = |values: &[f64]| {
                for value in values {
                    match variable.kind {
                        DOUBLE => out.extend(value.to_be_bytes()),
                        _ => out.extend((*value as f32).to_be_bytes()),
                    }
                }
            };
            match (variable.name.as_str(), record.velocities, record.cell) {
                ("time", ..) => reals(&[record.time]),
                ("coordinates", ..) => reals(record.positions.as_flattened()),
                ("velocities", Some(velocities), _) => reals(velocities.as_flattened()),
                ("cell_lengths", _, Some([lengths, _])) => reals(&lengths),
                ("cell_angles", _, Some([_, angles])) => reals(&angles),
                ("velocities" | "cell_lengths" | "cell_angles", ..) => return missing(),
                (name, ..) => return wrong(format!("the file has the variable {name:?}, which we do not write")),
            }
            if (out.len() - before) as u64 != variable.size {
                return wrong(format!("{} does not have the size that the file has", variable.name));
            }
        }
        Ok(())
    }
}
