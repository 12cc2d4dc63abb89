//! What is where in a file.

use std::io;

pub(super) const CHAR: u32 = 2;
pub(super) const FLOAT: u32 = 5;
pub(super) const DOUBLE: u32 = 6;
pub(super) const DIMENSIONS: u32 = 10;
pub(super) const VARIABLES: u32 = 11;
pub(super) const ATTRIBUTES: u32 = 12;
/// More of anything in a header is a sign of damage.
pub(super) const MOST: u32 = 1 << 16;
/// Offset of the number of records.
pub(super) const RECORDS: u64 = 4;

/// A variable that has a value in each record.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) kind: u32,
    pub(super) units: String,
    /// Bytes in a record.
    pub(super) size: u64,
    pub(super) begin: u64,
}

/// What a header says of the records.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// Number of whole frames.
    pub(super) frames: u64,
    /// Place of the first record.
    pub(super) first: u64,
    /// Bytes of a record.
    pub(super) record: u64,
    pub(super) variables: Vec<Variable>,
}

/// What one frame holds, in the orientation that lengths and angles of a cell can express.
pub(super) struct Record<'a> {
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
