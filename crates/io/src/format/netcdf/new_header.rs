//! The header of a new file.

use super::layout::{ATTRIBUTES, CHAR, DIMENSIONS, DOUBLE, FLOAT, Record, VARIABLES};

/// The header of a file whose frames are like `record`, without frames yet.
pub(crate) fn new_header(record: &Record<'_>) -> Vec<u8> {
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
