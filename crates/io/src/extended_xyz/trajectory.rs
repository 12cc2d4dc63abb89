//! Extended XYZ as a trajectory format.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::write_frame;
use crate::format::{Encoder, Start, TextEncoder, cut, enough};
use cormorant_core::{Error, Result};

/// Opens a trajectory for writing.
pub(crate) fn open(start: Start) -> Result<Box<dyn Encoder>> {
    TextEncoder::open(start, |out, _, start, frame| {
        write_frame(out, &start.elements, frame).map_err(|source| Error::io(&start.path, source))
    })
}

/// Leaves the first `frames` frames, which take `bytes` if that is known.
pub(crate) fn truncate(path: &Path, frames: u64, bytes: Option<u64>) -> Result<()> {
    cut(path, bytes.map_or_else(|| end(path, frames), Ok)?)
}

/// Offset just after frame number `frames`.
fn end(path: &Path, frames: u64) -> Result<u64> {
    let failed = |source| Error::io(path, source);
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let mut offset = 0;
    let mut line = Vec::new();
    for frame in 0..frames {
        let mut rest = 1_u64; // lines of the frame still to come
        let mut first = true;
        while rest > 0 {
            line.clear();
            offset += file.read_until(b'\n', &mut line).map_err(failed)? as u64;
            if line.last() != Some(&b'\n') {
                enough(path, frame, frames)?;
            }
            rest -= 1;
            if first {
                let count = std::str::from_utf8(&line).ok().and_then(|text| text.trim().parse::<u64>().ok());
                rest = 1 + count.ok_or_else(|| Error::structure(path, format!("frame {} is damaged", frame + 1)))?;
                first = false;
            }
        }
    }
    Ok(offset)
}
