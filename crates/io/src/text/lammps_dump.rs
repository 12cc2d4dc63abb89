//! Text dumps of LAMMPS (`dump atom`, `dump custom`, usually .lammpstrj).
//!
//! The columns are named in the file. Atoms are sorted by id. Bounds of an oblique box are those of its bounding box: xlo_bound =
//! xlo + min(0, xy, xz, xy+xz), and so on. Source: LAMMPS manual, dump and Howto_triclinic. Checked by: `suite::structures`.

use std::path::Path;

use super::lammps_data::unit_style;
use super::{FrameSource, Lines, set_species};
use crate::labels::{AtomLabel, assign};
use crate::{Frame, ReadOptions};
use cormorant_core::Result;
use cormorant_core::system::Cell;
use cormorant_core::system::vector::{plus, times};

/// The frames of a dump.
pub(crate) struct LammpsDumpReader {
    lines: Lines,
    options: ReadOptions,
    style: Option<(f64, f64)>,
}

/// Cell, its corner, and which directions repeat.
struct Bounds {
    rows: [[f64; 3]; 3],
    origin: [f64; 3],
    periodic: [bool; 3],
}

impl LammpsDumpReader {
    pub(crate) fn open(path: &Path, options: ReadOptions) -> Result<Self> {
        Ok(Self { lines: Lines::open(path)?, options, style: None })
    }

    fn bounds(&mut self, words: &[&str]) -> Result<Bounds> {
        let oblique = words.contains(&"xy");
        let general = words.contains(&"abc");
        let mut table = [[0.0; 3]; 3];
        for row in &mut table {
            let line = self.lines.require("the bounds of the box")?;
            let numbers: Result<Vec<f64>> =
                line.split_whitespace().map(|word| self.lines.number(word, "the box")).collect();
            match (numbers?.as_slice(), oblique || general) {
                ([a, b], false) => *row = [*a, *b, 0.0],
                ([a, b, c, ..], true) => *row = [*a, *b, *c],
                _ => return Err(self.lines.refuse("expected the bounds of the box")),
            }
        }
        let flags: Vec<&&str> =
            words.iter().filter(|word| word.len() == 2 && word.chars().all(|c| "pfsm".contains(c))).collect();
        let periodic = match flags.as_slice() {
            [x, y, z] => [x, y, z].map(|flag| **flag == "pp"),
            _ => [true; 3],
        };
        if general {
            return Err(self
                .lines
                .refuse("general triclinic boxes are not read; write the dump without triclinic/general"));
        }
        let [xy, xz, yz] = [table[0][2], table[1][2], table[2][2]];
        let low = |shifts: [f64; 4]| shifts.into_iter().fold(0.0, f64::min);
        let high = |shifts: [f64; 4]| shifts.into_iter().fold(0.0, f64::max);
        let x_shifts = [0.0, xy, xz, xy + xz];
        let y_shifts = [0.0, yz, 0.0, 0.0];
        let origin = [table[0][0] - low(x_shifts), table[1][0] - low(y_shifts), table[2][0]];
        let end = [table[0][1] - high(x_shifts), table[1][1] - high(y_shifts), table[2][1]];
        let rows = [[end[0] - origin[0], 0.0, 0.0], [xy, end[1] - origin[1], 0.0], [xz, yz, end[2] - origin[2]]];
        Ok(Bounds { rows, origin, periodic })
    }

    fn atoms(&mut self, count: usize, names: &[&str], bounds: &Bounds, frame: &mut Frame) -> Result<()> {
        let column = |name: &str| names.iter().position(|found| *found == name);
        let triple = |names: [&str; 3]| Some([column(names[0])?, column(names[1])?, column(names[2])?]);
        let direct = triple(["xu", "yu", "zu"]).or_else(|| triple(["x", "y", "z"]));
        let scaled = triple(["xsu", "ysu", "zsu"]).or_else(|| triple(["xs", "ys", "zs"]));
        let Some(place) = direct.or(scaled) else {
            return Err(self
                .lines
                .refuse("the dump has no positions; it needs the columns x y z, xu yu zu, xs ys zs or xsu ysu zsu"));
        };
        let moving = triple(["vx", "vy", "vz"]);
        let (length, velocity) = self.style.unwrap_or((1.0, f64::NAN));
        let mut rows = Vec::new();
        for atom in 0..count {
            let line = self.lines.require("an atom")?;
            let words: Vec<&str> = line.split_whitespace().collect();
            if words.len() < names.len() {
                return Err(self.lines.refuse(&format!("expected {} columns, found {}", names.len(), words.len())));
            }
            let vector = |at: [usize; 3], what| self.lines.vector(at.into_iter().map(|k| words[k]), what);
            let found = vector(place, "the position")?;
            let position = if direct.is_some() { found } else { plus(bounds.origin, 1.0, times(found, &bounds.rows)) };
            let text = |name| column(name).map_or("", |k| words[k]).to_owned();
            let label = AtomLabel {
                symbol: text("element"),
                type_number: column("type").and_then(|k| words[k].parse().ok()),
                kind: column("type").map_or("", |k| words[k]).parse::<usize>().map_or(text("type"), |_| String::new()),
                mass: column("mass").and_then(|k| words[k].parse().ok()),
                ..AtomLabel::default()
            };
            let id = column("id").and_then(|k| words[k].parse().ok()).unwrap_or(atom as u64);
            rows.push((
                id,
                label,
                position.map(|x| x * length),
                moving.map(|at| vector(at, "the velocity")).transpose()?,
            ));
        }
        rows.sort_by_key(|row| row.0);
        let labels: Vec<AtomLabel> = rows.iter().map(|row| row.1.clone()).collect();
        let species = assign(&labels, &self.options).map_err(|message| self.lines.refuse_file(&message))?;
        set_species(frame, &species);
        frame.positions = rows.iter().map(|row| row.2).collect();
        if let Some(velocities) = rows.into_iter().map(|row| row.3).collect::<Option<Vec<_>>>() {
            frame.set_velocities("the columns vx vy vz", velocities, self.style.map(|_| velocity), &self.options);
        }
        Ok(())
    }
}

impl FrameSource for LammpsDumpReader {
    fn next_frame(&mut self) -> Result<Option<Frame>> {
        let mut frame = Frame::default();
        let (mut count, mut bounds) = (0, None);
        while let Some(line) = self.lines.next_filled()? {
            let Some(item) = line.trim().strip_prefix("ITEM:") else {
                return Err(self.lines.refuse("expected a line that begins with ITEM:, as in a dump of LAMMPS"));
            };
            let words: Vec<&str> = item.split_whitespace().collect();
            match words.as_slice() {
                ["UNITS", ..] => {
                    let name = self.lines.require("the unit style")?;
                    let style = unit_style(name.trim());
                    self.style = Some(style.ok_or_else(|| self.lines.refuse("this unit style has no real lengths"))?);
                }
                ["TIMESTEP", ..] => frame.step = self.lines.require("the time step")?.trim().parse().ok(),
                ["TIME", ..] => drop(self.lines.require("the time")?),
                ["NUMBER", ..] => {
                    let text = self.lines.require("the number of atoms")?;
                    count = self.lines.count(&text, "the number of atoms")?;
                }
                ["BOX", "BOUNDS", rest @ ..] => bounds = Some(self.bounds(rest)?),
                ["ATOMS", names @ ..] => {
                    let Some(bounds) = &bounds else {
                        return Err(self.lines.refuse("the box should be before the atoms"));
                    };
                    let length = self.style.map_or(1.0, |style| style.0);
                    let cell = Cell::with_periodicity(bounds.rows.map(|row| row.map(|x| x * length)), bounds.periodic);
                    frame.cell = Some(cell.map_err(|error| self.lines.refuse(&format!("the box: {error}")))?);
                    self.atoms(count, names, bounds, &mut frame)?;
                    if self.style.is_none() {
                        frame
                            .notes
                            .push("the file does not state its unit style; lengths are read as Å (metal, real)".into());
                    }
                    return Ok(Some(frame));
                }
                _ => return Err(self.lines.refuse("this item of a dump of LAMMPS is not known")),
            }
        }
        Ok(None)
    }
}
