//! PDB.
//!
//! Columns as in the format description of the wwPDB, version 3.3. A cell of 1 Å, or of zeros, says that there is none. A single
//! CRYST1 holds for every model after it. Checked by: `suite::elements`, `suite::structures`.

use std::collections::HashSet;
use std::path::Path;

use super::pdb_alternatives::{Alternative, chosen};
use super::{FrameSource, Lines, set_species};
use crate::labels::{AtomLabel, NamePlace, Verdict, assign};
use crate::{Frame, ReadOptions, Species, Value};
use cormorant_core::Result;
use cormorant_core::system::Cell;

/// The models of a PDB file.
pub(crate) struct PdbReader {
    lines: Lines,
    options: ReadOptions,
    cell: Option<Cell>,
    group: Option<String>, // space group, where it is not P 1
    last: (Vec<AtomLabel>, Vec<Species>),
    models: u64,
}

/// Atoms of a model as they come in.
#[derive(Default)]
struct Model {
    labels: Vec<AtomLabel>,
    positions: Vec<[f64; 3]>,
    alternatives: Vec<Alternative>,
    partly: usize, // occupancy below 1 and not an alternative
    empty: usize,  // of these, with occupancy 0
    charges: Vec<Option<i64>>,
    off_columns: bool, // a name that does not keep to the columns
}

impl Model {
    /// Keep one location of each atom; the note on it where atoms have several.
    fn choose(&mut self) -> Option<String> {
        let (left_out, note) = chosen(&std::mem::take(&mut self.alternatives))?;
        self.labels = without(&left_out, std::mem::take(&mut self.labels));
        self.positions = without(&left_out, std::mem::take(&mut self.positions));
        self.charges = without(&left_out, std::mem::take(&mut self.charges));
        Some(note)
    }
}

impl PdbReader {
    pub(crate) fn open(path: &Path, options: ReadOptions) -> Result<Self> {
        let lines = Lines::open(path)?;
        let mut reader = Self { lines, options, cell: None, group: None, last: Default::default(), models: 0 };
        if let Some(line) = only_crystal(path)? {
            reader.unit_cell(&line)?;
        }
        Ok(reader)
    }

    fn model(&mut self) -> Result<Option<Model>> {
        let mut model = Model::default();
        while let Some(line) = self.lines.next()? {
            match Lines::columns(&line, 0, 6).trim_end() {
                "CRYST1" | "MODEL" if !model.labels.is_empty() => {
                    self.lines.put_back(line);
                    break;
                }
                "CRYST1" => self.unit_cell(&line)?,
                "ATOM" | "HETATM" => self.atom(&line, &mut model)?,
                "ENDMDL" | "END" if !model.labels.is_empty() => break,
                _ => (),
            }
        }
        // Some programs write 0 for every atom.
        if model.empty == model.labels.len() {
            (model.partly, model.empty) = (0, 0);
        }
        Ok((!model.labels.is_empty()).then_some(model))
    }

    fn unit_cell(&mut self, line: &str) -> Result<()> {
        let number = |from, to| {
            let text = Lines::columns(line, from, to);
            if text.trim().is_empty() { Ok(0.0) } else { self.lines.number(text, "CRYST1") }
        };
        let lengths = [number(6, 15)?, number(15, 24)?, number(24, 33)?];
        let angles = [number(33, 40)?, number(40, 47)?, number(47, 54)?];
        let dummy = lengths == [1.0; 3] || lengths == [0.0; 3];
        self.cell = if dummy {
            None
        } else {
            let cell = Cell::from_lengths_and_angles(lengths, angles);
            Some(cell.map_err(|error| self.lines.refuse(&format!("CRYST1: {error}")))?)
        };
        let group = Lines::columns(line, 55, 66).trim();
        let primitive = matches!(group.replace(' ', "").as_str(), "" | "P1");
        self.group = (!dummy && !primitive).then(|| group.to_owned());
        Ok(())
    }

    fn atom(&mut self, line: &str, model: &mut Model) -> Result<()> {
        let field = |from, to| Lines::columns(line, from, to);
        let alternative = field(16, 17).chars().next().unwrap_or(' ');
        let occupancy: f64 = field(54, 60).trim().parse().unwrap_or(1.0);
        if alternative != ' ' {
            model.alternatives.push(Alternative {
                atom: model.labels.len(),
                letter: alternative,
                place: field(21, 27).to_owned(),
                residue: field(17, 21).trim().to_owned(),
                name: field(12, 16).to_owned(),
                occupancy,
            });
        } else if occupancy < 1.0 {
            model.partly += 1;
            model.empty += usize::from(occupancy <= 0.0);
        }
        let what = "the position";
        let position = [(30, 38), (38, 46), (46, 54)].map(|(from, to)| self.lines.number(field(from, to), what));
        let [x, y, z] = position;
        model.positions.push([x?, y?, z?]);
        model.charges.push(formal_charge(field(78, 80)));
        let raw = format!("{:<4}", field(12, 16));
        let (place, off) = place(&raw);
        model.off_columns |= off;
        let symbol = field(76, 78).trim();
        let symbol = if symbol.chars().all(|c| c.is_ascii_alphabetic()) { symbol } else { "" };
        model.labels.push(AtomLabel {
            name: raw.trim().to_owned(),
            residue: field(17, 21).trim().to_owned(),
            symbol: symbol.to_owned(),
            place,
            settled: Species::tritium().filter(|_| symbol.eq_ignore_ascii_case("T")).map(Verdict::Is),
            ..AtomLabel::default()
        });
        Ok(())
    }

    fn species(&mut self, mut labels: Vec<AtomLabel>, off_columns: bool) -> Result<&[Species]> {
        if off_columns {
            for label in &mut labels {
                label.place = NamePlace::Free;
            }
        }
        if labels != self.last.0 {
            let species = assign(&labels, &self.options).map_err(|message| self.lines.refuse_file(&message))?;
            self.last = (labels, species);
        }
        Ok(&self.last.1)
    }
}

/// The CRYST1 record of a file that has one alone, wherever it is: it holds for every model. Long trajectories are looked at in part.
fn only_crystal(path: &Path) -> Result<Option<String>> {
    const MOST_LINES: usize = 1_000_000;
    let mut lines = Lines::open(path)?;
    let mut found = None;
    for _ in 0..MOST_LINES {
        let Some(line) = lines.next()? else { break };
        if line.starts_with("CRYST1") {
            if found.is_some() {
                return Ok(None);
            }
            found = Some(line);
        }
    }
    Ok(found)
}

/// The entries of the atoms that are not in `left_out`.
fn without<T>(left_out: &HashSet<usize>, all: Vec<T>) -> Vec<T> {
    all.into_iter().enumerate().filter(|(atom, _)| !left_out.contains(atom)).map(|(_, one)| one).collect()
}

/// The charge of an atom: `1+`, `2-`, or with the sign in front as some programs write it.
fn formal_charge(text: &str) -> Option<i64> {
    let text = text.trim();
    let (digits, sign) = match (text.strip_suffix(['+', '-']), text.strip_prefix(['+', '-'])) {
        (Some(digits), _) => (digits, text.chars().last()),
        (_, Some(digits)) => (digits, text.chars().next()),
        _ => return None,
    };
    let size: i64 = if digits.is_empty() { 1 } else { digits.parse().ok()? };
    Some(if sign == Some('-') { -size } else { size })
}

/// Where a name of four columns begins, and whether it shows that the file does not keep to the columns: a one-letter element with
/// a digit in column 13 (`C1  `), or alone there.
fn place(raw: &str) -> (NamePlace, bool) {
    let mut characters = raw.chars();
    let (first, second) = (characters.next().unwrap_or(' '), characters.next().unwrap_or(' '));
    let full = raw.trim().len() == 4;
    match (first, second) {
        (' ', _) => (NamePlace::Second, false),
        (digit, letter) if digit.is_ascii_digit() && letter.is_ascii_alphabetic() => (NamePlace::Second, false),
        _ if full => (NamePlace::Free, false),
        (letter, other) if letter.is_ascii_alphabetic() && !other.is_ascii_alphabetic() => (NamePlace::Free, true),
        _ => (NamePlace::First, false),
    }
}

impl FrameSource for PdbReader {
    fn next_frame(&mut self) -> Result<Option<Frame>> {
        let Some(mut model) = self.model()? else {
            if self.models == 0 {
                return Err(self
                    .lines
                    .refuse_file("holds no ATOM or HETATM record, so it is not a PDB file of a structure"));
            }
            return Ok(None);
        };
        self.models += 1;
        let alternatives = model.choose();
        let mut frame = Frame { positions: model.positions, cell: self.cell, ..Frame::default() };
        let charges: Vec<i64> = model.charges.into_iter().flatten().collect();
        if !charges.is_empty() {
            let charge = charges.iter().sum();
            frame.properties.push(("formal_charge".into(), Value::Integers(vec![charge])));
        }
        let species = self.species(model.labels, model.off_columns)?.to_vec();
        set_species(&mut frame, &species);
        if let Some(group) = &self.group {
            frame.notes.push(format!(
                "the file holds the asymmetric unit of space group {group} alone: symmetry copies are not generated, so the cell is \
                 not filled"
            ));
        }
        frame.notes.extend(alternatives);
        if model.partly > 0 {
            let none =
                if model.empty > 0 { format!(" ({} of them 0.00: not observed)", model.empty) } else { String::new() };
            frame
                .notes
                .push(format!("{} atoms have an occupancy below 1{none} and are read as full atoms", model.partly));
        }
        Ok(Some(frame))
    }
}
