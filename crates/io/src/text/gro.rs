//! GRO of GROMACS.
//!
//! Columns: residue number (5), residue (5), name (5), number (5), then positions in nm and, if they are there, velocities in nm/ps, of
//! a width that the distance of the decimal points gives (8 by default). Source: GROMACS reference manual, "gro file format". Checked
//! by: `suite::structures`.

use std::path::Path;

use super::{FrameSource, Lines, set_species};
use crate::labels::{AtomLabel, assign};
use crate::{Frame, ReadOptions, Species};
use cormorant_core::Result;
use cormorant_core::system::Cell;

/// Å in a nm.
const NANOMETER: f64 = 10.0;

/// The frames of a GRO file.
pub(crate) struct GroReader {
    lines: Lines,
    options: ReadOptions,
    last: (Vec<AtomLabel>, Vec<Species>),
    frames: u64,
}

impl GroReader {
    pub(crate) fn open(path: &Path, options: ReadOptions) -> Result<Self> {
        Ok(Self { lines: Lines::open(path)?, options, last: Default::default(), frames: 0 })
    }

    fn vector(&self, line: &str, from: usize, width: usize, what: &str) -> Result<[f64; 3]> {
        let mut vector = [0.0; 3];
        for (k, component) in vector.iter_mut().enumerate() {
            let text = Lines::columns(line, from + k * width, from + (k + 1) * width);
            *component = self.lines.number(text, what)? * NANOMETER;
        }
        Ok(vector)
    }

    /// Three lengths, or nine numbers v1x v2y v3z v1y v1z v2x v2z v3x v3y; zeros for no cell.
    fn cell(&self, line: &str) -> Result<Option<Cell>> {
        let numbers: Result<Vec<f64>> =
            words(line).into_iter().map(|word| Ok(self.lines.number(word, "the box")? * NANOMETER)).collect();
        let rows = match *numbers?.as_slice() {
            [x, y, z] => [[x, 0.0, 0.0], [0.0, y, 0.0], [0.0, 0.0, z]],
            [xx, yy, zz, xy, xz, yx, yz, zx, zy] => [[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]],
            _ => return Err(self.lines.refuse("the box is neither three nor nine numbers; correct the line")),
        };
        if rows.iter().flatten().all(|x| *x == 0.0) {
            return Ok(None);
        }
        Cell::new(rows).map(Some).map_err(|error| self.lines.refuse(&error.to_string()))
    }
}

/// The numbers of a box; those of large boxes touch each other, and then have columns as wide as their decimal points are apart.
fn words(line: &str) -> Vec<&str> {
    let touching = line.split_whitespace().any(|word| word.matches('.').count() > 1);
    let mut points = line.match_indices('.').map(|(at, _)| at);
    match (points.next(), points.next()) {
        (Some(first), Some(second)) if touching => {
            let width = second - first;
            let line = line.trim_end();
            (0..line.len().div_ceil(width)).map(|k| Lines::columns(line, k * width, (k + 1) * width)).collect()
        }
        _ => line.split_whitespace().collect(),
    }
}

/// Width of the columns of positions, by the distance of the first two decimal points.
fn width(line: &str) -> Option<usize> {
    let first = 20 + line.get(20..)?.find('.')?;
    Some(line[first + 1..].find('.')? + 1)
}

/// The number after `key` in a title such as `water t= 10.0 step= 5000`.
fn titled(title: &str, key: &str) -> Option<f64> {
    let at = title.rfind(key)?;
    title[at + key.len()..].split_whitespace().next()?.parse().ok()
}

impl FrameSource for GroReader {
    fn next_frame(&mut self) -> Result<Option<Frame>> {
        let title = if self.frames == 0 { self.lines.next()? } else { self.lines.next_filled()? };
        let Some(title) = title else { return Ok(None) };
        let count = self.lines.require("the number of atoms")?;
        let atoms = self.lines.count(&count, "the number of atoms")?;
        let mut frame = Frame { time: titled(&title, "t="), ..Frame::default() };
        frame.step = titled(&title, "step=").filter(|step| *step >= 0.0).map(|step| step as u64);
        let mut labels = Vec::new();
        let mut velocities = Vec::new();
        let mut columns = 8;
        for atom in 0..atoms {
            let line = self.lines.require("an atom")?;
            if atom == 0 {
                columns = width(&line).ok_or_else(|| self.lines.refuse("expected the first atom of a GRO file"))?;
            }
            frame.positions.push(self.vector(&line, 20, columns, "the position")?);
            let rest = 20 + 3 * columns;
            if line.get(rest..).is_some_and(|rest| !rest.trim().is_empty()) {
                velocities.push(self.vector(&line, rest, columns, "the velocity")?);
            }
            labels.push(AtomLabel {
                name: Lines::columns(&line, 10, 15).trim().to_owned(),
                residue: Lines::columns(&line, 5, 10).trim().to_owned(),
                ..AtomLabel::default()
            });
        }
        frame.velocities = (velocities.len() == atoms).then_some(velocities);
        let cell = self.lines.require("the box")?;
        frame.cell = self.cell(&cell)?;
        if labels != self.last.0 {
            let species = assign(&labels, &self.options).map_err(|message| self.lines.refuse_file(&message))?;
            self.last = (labels, species);
        }
        set_species(&mut frame, &self.last.1);
        self.frames += 1;
        Ok(Some(frame))
    }
}
