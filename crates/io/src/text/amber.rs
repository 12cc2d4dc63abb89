//! Coordinate and restart files of AMBER in ASCII (inpcrd, rst7).
//!
//! A title; the number of atoms, perhaps the time in ps; positions in Å, six numbers of twelve columns in a line; perhaps velocities in
//! Å·20.455/ps; perhaps lengths and angles of the box. Atoms are named by a topology. Source: ambermd.org, file formats. Checked by:
//! `suite::structures`.

use std::path::Path;

use super::{FrameSource, Lines, set_species};
use crate::labels::{AtomLabel, assign};
use crate::{Frame, ReadOptions, Species};
use cormorant_core::Result;
use cormorant_core::system::Cell;

/// 1 AMBER unit of velocity in Å/ps.
const VELOCITY: f64 = 20.455;

/// The one frame of a restart file.
pub(crate) struct AmberReader {
    lines: Lines,
    options: ReadOptions,
    /// Of the topology.
    species: Option<Vec<Species>>,
    done: bool,
}

impl AmberReader {
    /// `species` are those that a topology names.
    pub(crate) fn open(path: &Path, options: ReadOptions, species: Option<Vec<Species>>) -> Result<Self> {
        Ok(Self { lines: Lines::open(path)?, options, species, done: false })
    }

    /// The numbers of a line: twelve columns each.
    fn numbers(&self, line: &str) -> Result<Vec<f64>> {
        let line = line.trim_end();
        (0..line.len().div_ceil(12))
            .map(|k| self.lines.number(Lines::columns(line, 12 * k, 12 * (k + 1)), "a coordinate"))
            .collect()
    }
}

impl FrameSource for AmberReader {
    fn next_frame(&mut self) -> Result<Option<Frame>> {
        if std::mem::replace(&mut self.done, true) {
            return Ok(None);
        }
        self.lines.require("the title")?;
        let line = self.lines.require("the number of atoms")?;
        let mut words = line.split_whitespace();
        let atoms = self.lines.count(words.next().unwrap_or(""), "the number of atoms")?;
        let time = words.next().and_then(crate::value::real);
        let mut numbers: Vec<f64> = Vec::new();
        let block = 3 * atoms;
        while let Some(line) = self.lines.next_filled()? {
            let found = self.numbers(&line)?;
            numbers.extend(found);
        }
        let velocities = numbers.len() >= 2 * block;
        let filled = if velocities { 2 * block } else { block };
        if numbers.len() < block || !matches!(numbers.len() - filled, 0 | 3 | 6) {
            let message = format!("{} numbers are not those of {atoms} atoms; copy the file again", numbers.len());
            return Err(self.lines.refuse_file(&message));
        }
        let vectors = |from: usize, scale: f64| -> Vec<[f64; 3]> {
            numbers[from..from + block].chunks_exact(3).map(|v| [v[0] * scale, v[1] * scale, v[2] * scale]).collect()
        };
        let mut frame = Frame { positions: vectors(0, 1.0), time, ..Frame::default() };
        frame.velocities = velocities.then(|| vectors(block, VELOCITY));
        let cell = match &numbers[filled..] {
            [a, b, c] => Some(([*a, *b, *c], [90.0; 3])),
            [a, b, c, angles @ ..] if angles.len() == 3 => Some(([*a, *b, *c], [angles[0], angles[1], angles[2]])),
            _ => None,
        };
        if let Some((lengths, angles)) = cell.filter(|(lengths, _)| lengths.iter().all(|length| *length > 0.0)) {
            let cell = Cell::from_lengths_and_angles(lengths, angles);
            frame.cell = Some(cell.map_err(|error| self.lines.refuse_file(&format!("the box: {error}")))?);
        }
        let species = match self.species.take() {
            Some(species) => species,
            None => assign(&vec![AtomLabel::default(); atoms], &self.options).map_err(|_| {
                self.lines.refuse_file(
                    "coordinates of AMBER do not name their atoms; give the topology: topology = \"FILE.prmtop\" in [structure], or \
                     --topology of `analyze` and `describe`; or one element for each atom: --elements O,H,H",
                )
            })?,
        };
        if species.len() != atoms {
            let message = format!("has {atoms} atoms, but the topology has {}", species.len());
            return Err(self.lines.refuse_file(&message));
        }
        set_species(&mut frame, &species);
        Ok(Some(frame))
    }
}
