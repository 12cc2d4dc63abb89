//! Reading the header of a file.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::layout::{ATTRIBUTES, CHAR, DIMENSIONS, DOUBLE, FLOAT, Layout, MOST, VARIABLES, Variable};
use cormorant_core::{Error, Result};

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

/// The layout of a file of `size` bytes.
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
