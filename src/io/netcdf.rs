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

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use crate::{Error, Result};

const CHAR: u32 = 2;
const FLOAT: u32 = 5;
const DOUBLE: u32 = 6;
const DIMENSIONS: u32 = 10;
const VARIABLES: u32 = 11;
const ATTRIBUTES: u32 = 12;
/// More of anything in a header is a sign of damage.
const MOST: u32 = 1 << 16;
/// Offset of the number of records.
pub(super) const RECORDS: u64 = 4;

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
pub(super) struct Layout {
    /// Number of whole frames.
    pub(super) frames: u64,
    /// Place of the first record.
    first: u64,
    /// Bytes of a record.
    record: u64,
    variables: Vec<Variable>,
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

/// The header of a file whose frames are like `record`, without frames yet.
pub(super) fn new_header(record: &Record<'_>) -> Vec<u8> {
    let atoms = record.positions.len() as u32;
    let labels: [(&str, Vec<u32>, &[u8]); 3] = [
        ("spatial", vec![1], b"xyz\0"),
        ("cell_spatial", vec![3], b"abc\0"),
        ("cell_angular", vec![4, 5], b"alphabeta gamma\0"),
    ];
    let mut variables: Vec<(&str, Vec<u32>, u32, &str, u64)> = vec![
        ("time", vec![0], FLOAT, "picosecond", 4),
        ("coordinates", vec![0, 2, 1], FLOAT, "angstrom", 12 * u64::from(atoms)),
    ];
    if record.velocities.is_some() {
        variables.push(("velocities", vec![0, 2, 1], FLOAT, "angstrom/picosecond", 12 * u64::from(atoms)));
    }
    if record.cell.is_some() {
        variables.push(("cell_lengths", vec![0, 3], DOUBLE, "angstrom", 24));
        variables.push(("cell_angles", vec![0, 4], DOUBLE, "degree", 24));
    }
    // The places of values depend on the length of the header, which does not depend on them.
    let make = |start: u64| {
        let mut out = b"CDF\x02\0\0\0\0".to_vec();
        list(&mut out, DIMENSIONS, 6);
        for (dimension, length) in
            [("frame", 0), ("spatial", 3), ("atom", atoms), ("cell_spatial", 3), ("cell_angular", 3), ("label", 5)]
        {
            text(&mut out, dimension);
            out.extend(u32::to_be_bytes(length));
        }
        let about = [
            ("title", ""),
            ("application", "cormorant"),
            ("program", "cormorant"),
            ("programVersion", env!("CARGO_PKG_VERSION")),
            ("Conventions", "AMBER"),
            ("ConventionVersion", "1.0"),
        ];
        list(&mut out, ATTRIBUTES, about.len() as u32);
        for (name, value) in about {
            attribute(&mut out, name, value);
        }
        list(&mut out, VARIABLES, (labels.len() + variables.len()) as u32);
        let mut place = start;
        for (name, dimensions, bytes) in &labels {
            variable(&mut out, name, dimensions, None, CHAR, [bytes.len() as u64, place]);
            place += bytes.len() as u64;
        }
        for (name, dimensions, kind, unit, size) in &variables {
            variable(&mut out, name, dimensions, Some(unit), *kind, [*size, place]);
            place += size;
        }
        out
    };
    let length = make(0).len() as u64;
    let mut out = make(length);
    for (_, _, bytes) in labels {
        out.extend_from_slice(bytes);
    }
    out
}

fn list(out: &mut Vec<u8>, tag: u32, count: u32) {
    out.extend(tag.to_be_bytes());
    out.extend(count.to_be_bytes());
}

/// A name or a value, filled up with zeros to a multiple of four bytes.
fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u32).to_be_bytes());
    out.extend_from_slice(text.as_bytes());
    out.resize(out.len().next_multiple_of(4), 0);
}

fn attribute(out: &mut Vec<u8>, name: &str, value: &str) {
    text(out, name);
    out.extend(CHAR.to_be_bytes());
    text(out, value);
}

fn variable(out: &mut Vec<u8>, name: &str, dimensions: &[u32], unit: Option<&str>, kind: u32, [size, place]: [u64; 2]) {
    text(out, name);
    out.extend((dimensions.len() as u32).to_be_bytes());
    for dimension in dimensions {
        out.extend(dimension.to_be_bytes());
    }
    match unit {
        Some(unit) => {
            list(out, ATTRIBUTES, 1);
            attribute(out, "units", unit);
        }
        None => list(out, 0, 0),
    }
    out.extend(kind.to_be_bytes());
    out.extend(u32::try_from(size).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(place.to_be_bytes());
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn number(from: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    Ok(u32::from_be_bytes(bytes))
}

/// A number of things, which cannot be large in a header.
fn count(from: &mut impl Read) -> io::Result<u32> {
    number(from).and_then(|count| if count <= MOST { Ok(count) } else { Err(damaged("a number makes no sense")) })
}

fn padded(from: &mut impl Read, length: u32) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length.next_multiple_of(4) as usize];
    from.read_exact(&mut bytes)?;
    bytes.truncate(length as usize);
    Ok(bytes)
}

fn name(from: &mut impl Read) -> io::Result<String> {
    let length = count(from)?;
    Ok(String::from_utf8_lossy(&padded(from, length)?).into_owned())
}

/// The number of things in a list; none where the tag says that it is absent.
fn listed(from: &mut impl Read, tag: u32) -> io::Result<u32> {
    match (number(from)?, count(from)?) {
        (found, count) if found == tag || (found == 0 && count == 0) => Ok(count),
        _ => Err(damaged("a list is missing")),
    }
}

/// Bytes of a value of a type.
fn width(kind: u32) -> io::Result<u32> {
    match kind {
        1 | CHAR => Ok(1),
        3 => Ok(2),
        4 | FLOAT => Ok(4),
        DOUBLE => Ok(8),
        _ => Err(damaged("a type is not known")),
    }
}

/// Attributes; the text of `units` comes back.
fn units(from: &mut impl Read) -> io::Result<String> {
    let mut units = String::new();
    for _ in 0..listed(from, ATTRIBUTES)? {
        let (attribute, kind, length) = (name(from)?, number(from)?, count(from)?);
        let value = padded(from, length * width(kind)?)?;
        if attribute == "units" && kind == CHAR {
            units = String::from_utf8_lossy(&value).trim_end_matches('\0').into();
        }
    }
    Ok(units)
}

fn header(from: &mut impl Read, size: u64) -> io::Result<Layout> {
    let mut magic = [0; 4];
    from.read_exact(&mut magic)?;
    let wide = match &magic {
        b"CDF\x01" => false,
        b"CDF\x02" => true,
        _ => return Err(damaged("it does not begin with CDF")),
    };
    let frames = number(from)?;
    let dimensions =
        (0..listed(from, DIMENSIONS)?).map(|_| Ok((name(from)?, number(from)?))).collect::<io::Result<Vec<_>>>()?;
    units(from)?;
    let mut variables = Vec::new();
    for _ in 0..listed(from, VARIABLES)? {
        let name = name(from)?;
        let mut shape = Vec::new();
        for _ in 0..count(from)? {
            let dimension = number(from)? as usize;
            shape.push(dimensions.get(dimension).ok_or_else(|| damaged("a dimension is missing"))?.1);
        }
        let (units, kind, _) = (units(from)?, number(from)?, number(from)?);
        let begin = if wide { u64::from(number(from)?) << 32 | u64::from(number(from)?) } else { number(from)?.into() };
        // Only the first dimension of a variable can be the one that grows, which has length 0.
        if shape.first() == Some(&0) {
            let values = shape[1..].iter().try_fold(1_u64, |all, &length| all.checked_mul(length.into()));
            let bytes = values.and_then(|values| values.checked_mul(width(kind).ok()?.into()));
            let size = bytes.and_then(|bytes| bytes.checked_next_multiple_of(4)).ok_or_else(|| damaged("a size"))?;
            variables.push(Variable { name, kind, units, size, begin });
        }
    }
    variables.sort_by_key(|variable| variable.begin);
    let first = variables.first().ok_or_else(|| damaged("it has no frames"))?.begin;
    let sum = variables.iter().try_fold(0_u64, |sum, variable| sum.checked_add(variable.size));
    let record = sum.filter(|&record| record > 0 && record < 1 << 40).ok_or_else(|| damaged("a size"))?;
    let whole = size.saturating_sub(first) / record;
    Ok(Layout { frames: u64::from(frames).min(whole), first, record, variables })
}

/// Reads the times of frames.
pub(super) struct Times {
    file: File,
    begin: u64,
    record: u64,
    frames: u64,
    kind: u32,
    /// The unit in ps.
    scale: f64,
}

impl Times {
    /// The times in the file at `path`; none if it has none in a unit that is known, or is of another kind.
    pub(super) fn open(path: &Path) -> Result<Option<Self>> {
        let mut magic = [0; 3];
        let mut file = File::open(path).map_err(|source| Error::io(path, source))?;
        // NetCDF-4 files, which are HDF5, are left to whoever can read them.
        if file.read_exact(&mut magic).is_err() || &magic != b"CDF" {
            return Ok(None);
        }
        let Layout { frames, record, variables, .. } = Layout::read(path)?;
        let Some(time) = variables.into_iter().find(|variable| variable.name == "time") else { return Ok(None) };
        let scale = match time.units.trim().trim_end_matches('s') {
            "" | "picosecond" | "p" => 1.0,
            "femtosecond" | "f" => 1.0e-3,
            "nanosecond" | "n" => 1.0e3,
            _ => return Ok(None),
        };
        if ![FLOAT, DOUBLE].contains(&time.kind) {
            return Ok(None);
        }
        Ok(Some(Self { file, begin: time.begin, record, frames, kind: time.kind, scale }))
    }

    /// Time of a frame in ps, if it is there.
    pub(super) fn of(&mut self, frame: u64) -> Option<f64> {
        if frame >= self.frames {
            return None;
        }
        self.file.seek(SeekFrom::Start(self.begin + frame * self.record)).ok()?;
        let mut bytes = [0; 8];
        let time = if self.kind == DOUBLE {
            self.file.read_exact(&mut bytes).ok()?;
            f64::from_be_bytes(bytes)
        } else {
            let mut half = [0; 4];
            self.file.read_exact(&mut half).ok()?;
            f32::from_be_bytes(half).into()
        };
        Some(time * self.scale).filter(|time| time.is_finite())
    }
}
