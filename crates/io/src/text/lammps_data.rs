//! Data files of LAMMPS.
//!
//! Header, then sections. Elements come from `Masses` (with the comments behind them), from `Atom Type Labels`, or from the user.
//! The unit style is in the first line of files that `write_data` wrote; where it is not, lengths are Å (metal and real), and the
//! unit of velocities is not guessed. Source: LAMMPS manual, read_data. Checked by: `suite::structures`.

use std::collections::BTreeMap;
use std::path::Path;

use super::{FrameSource, Lines, set_species};
use crate::labels::{AtomLabel, Verdict, assign, by_mass};
use crate::{Frame, ReadOptions, Species};
use cormorant_core::Result;
use cormorant_core::system::Cell;
use cormorant_core::units::BOHR;

/// Names of sections after the header.
const SECTIONS: [&str; 35] = [
    "Atoms",
    "Velocities",
    "Masses",
    "Ellipsoids",
    "Lines",
    "Triangles",
    "Bodies",
    "Bonds",
    "Angles",
    "Dihedrals",
    "Impropers",
    "Atom Type Labels",
    "Bond Type Labels",
    "Angle Type Labels",
    "Dihedral Type Labels",
    "Improper Type Labels",
    "Pair Coeffs",
    "PairIJ Coeffs",
    "Bond Coeffs",
    "Angle Coeffs",
    "Dihedral Coeffs",
    "Improper Coeffs",
    "BondBond Coeffs",
    "BondAngle Coeffs",
    "MiddleBondTorsion Coeffs",
    "EndBondTorsion Coeffs",
    "AngleTorsion Coeffs",
    "AngleAngleTorsion Coeffs",
    "BondBond13 Coeffs",
    "AngleAngle Coeffs",
    "CMAP",
    "Bond Coeff",
    "Pair Coeff",
    "Angle Coeff",
    "Dihedral Coeff",
];

/// Length in Å and velocity in Å/ps of the unit styles whose atoms are real ones.
pub(super) fn unit_style(name: &str) -> Option<(f64, f64)> {
    // 1 bohr / atomic time unit of LAMMPS's electron style (1.03275e-15 s).
    match name {
        "metal" => Some((1.0, 1.0)),
        "real" => Some((1.0, 1000.0)),
        "electron" => Some((BOHR, BOHR / 1.032_75e-3)),
        "nano" => Some((10.0, 1.0e-2)),
        "micro" => Some((1.0e4, 1.0e-2)),
        "si" => Some((1.0e10, 1.0e-2)),
        "cgs" => Some((1.0e8, 1.0e-4)),
        _ => None,
    }
}

/// The one frame of a data file.
pub(crate) struct LammpsDataReader {
    lines: Lines,
    options: ReadOptions,
    done: bool,
}

#[derive(Default)]
struct Content {
    style: Option<(f64, f64)>,
    atoms: usize,
    types: usize,
    box_rows: [[f64; 3]; 3],
    bounded: bool,
    masses: BTreeMap<usize, (f64, String)>,
    labels: BTreeMap<usize, String>,
    atom_style: Option<String>,
    rows: Vec<Vec<String>>,
    velocities: BTreeMap<u64, [f64; 3]>,
}

impl LammpsDataReader {
    pub(crate) fn open(path: &Path, options: ReadOptions) -> Result<Self> {
        Ok(Self { lines: Lines::open(path)?, options, done: false })
    }

    fn content(&mut self) -> Result<Content> {
        let mut content = Content::default();
        let title = self.lines.require("the title")?;
        if let Some(name) = title.split("units =").nth(1).and_then(|rest| rest.split_whitespace().next()) {
            content.style = Some(unit_style(name).ok_or_else(|| {
                self.lines.refuse(&format!(
                    "the unit style {name} has no real lengths or is not known; write the file in metal or real"
                ))
            })?);
        }
        while let Some(line) = self.lines.next()? {
            let (text, comment) = line.split_once('#').unwrap_or((&line, ""));
            let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if SECTIONS.contains(&name.as_str()) {
                self.section(&name, comment.trim(), &mut content)?;
            } else if !name.is_empty() {
                self.header(&name, &mut content)?;
            }
        }
        Ok(content)
    }

    fn header(&mut self, text: &str, content: &mut Content) -> Result<()> {
        let words: Vec<&str> = text.split(' ').collect();
        let numbers = || self.lines.vector(words.iter().copied(), "the box");
        let bounds =
            || -> Result<f64> { Ok(self.lines.number(words[1], "the box")? - self.lines.number(words[0], "the box")?) };
        match words.as_slice() {
            [count, "atoms"] => content.atoms = self.lines.count(count, "the number of atoms")?,
            [count, "atom", "types"] => content.types = self.lines.count(count, "the number of atom types")?,
            [_, _, "xlo", "xhi"] => (content.box_rows[0][0], content.bounded) = (bounds()?, true),
            [_, _, "ylo", "yhi"] => content.box_rows[1][1] = bounds()?,
            [_, _, "zlo", "zhi"] => content.box_rows[2][2] = bounds()?,
            [.., "xy", "xz", "yz"] => {
                let [xy, xz, yz] = numbers()?;
                (content.box_rows[1][0], content.box_rows[2][0], content.box_rows[2][1]) = (xy, xz, yz);
            }
            [.., "avec"] => (content.box_rows[0], content.bounded) = (numbers()?, true),
            [.., "bvec"] => content.box_rows[1] = numbers()?,
            [.., "cvec"] => content.box_rows[2] = numbers()?,
            _ => (), // numbers of bonds and the like
        }
        Ok(())
    }

    fn section(&mut self, name: &str, comment: &str, content: &mut Content) -> Result<()> {
        if !matches!(name, "Masses" | "Atom Type Labels" | "Atoms" | "Velocities") {
            return Ok(()); // its lines are passed over by the header
        }
        if name == "Atoms" && !comment.is_empty() {
            content.atom_style = comment.split_whitespace().next().map(str::to_owned);
        }
        let size = if matches!(name, "Atoms" | "Velocities") { content.atoms } else { content.types };
        for _ in 0..size {
            let Some(line) = self.lines.next_filled()? else {
                return Err(self.lines.refuse(&format!("the file ends within the section {name}; copy it again")));
            };
            let (text, comment) = line.split_once('#').unwrap_or((&line, ""));
            let words: Vec<&str> = text.split_whitespace().collect();
            if words.len() < 2 {
                return Err(self.lines.refuse(&format!("expected a line of the section {name}")));
            }
            match name {
                "Masses" => {
                    let mass = self.lines.number(words[1], "the mass")?;
                    let label = comment.split_whitespace().next().unwrap_or("").to_owned();
                    content.masses.insert(self.type_number(words[0], content)?, (mass, label));
                }
                "Atom Type Labels" => {
                    content.labels.insert(self.lines.count(words[0], "the type")?, words[1].to_owned());
                }
                "Velocities" => {
                    let id = words[0].parse().map_err(|_| self.lines.refuse("expected the number of an atom"))?;
                    content.velocities.insert(id, self.lines.vector(words[1..].iter().copied(), "the velocity")?);
                }
                _ => content.rows.push(words.into_iter().map(str::to_owned).collect()),
            }
        }
        Ok(())
    }

    /// The number of a type, which may be given by its label.
    fn type_number(&self, word: &str, content: &Content) -> Result<usize> {
        match content.labels.iter().find(|(_, label)| *label == word) {
            Some((number, _)) => Ok(*number),
            None => self.lines.count(word, "the atom type"),
        }
    }

    fn species(&self, numbers: &[usize], content: &Content) -> Result<Vec<Species>> {
        let label = |number: &usize| {
            let mut label = AtomLabel { type_number: Some(*number), ..AtomLabel::default() };
            let written = content.labels.get(number).cloned();
            if let Some((mass, comment)) = content.masses.get(number) {
                let hint = written.unwrap_or_else(|| comment.clone());
                label.mass = Some(*mass);
                label.settled = Some(by_mass(*mass, &hint));
                label.kind = hint;
            } else if let Some(written) = written {
                let species =
                    Species::from_symbol(&written).filter(|one| one.element.symbol() == written || written == "D");
                label.settled = Some(species.map_or(Verdict::Unknown, Verdict::Is));
                label.kind = written;
            }
            label
        };
        let labels: Vec<AtomLabel> = numbers.iter().map(label).collect();
        assign(&labels, &self.options).map_err(|message| self.lines.refuse_file(&message))
    }
}

/// Where type and position are in a line of `Atoms`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Layout {
    kind: usize,
    position: usize,
}

impl Layout {
    /// By the name of the style, as `write_data` puts it behind `Atoms`.
    fn of_style(style: &str) -> Option<Self> {
        let (kind, position) = match style {
            "atomic" | "spin" => (1, 2),
            "charge" | "dipole" | "dpd" => (1, 3),
            "angle" | "bond" | "molecular" => (2, 3),
            "full" => (2, 4),
            "sphere" | "ellipsoid" | "peri" | "body" => (1, 4),
            "electron" => (1, 5),
            _ => return None,
        };
        Some(Self { kind, position })
    }

    /// By the words in the lines: three whole numbers at the end are images, the rest is one of the usual styles.
    fn by_columns(rows: &[Vec<String>], is_type: impl Fn(&str) -> bool) -> Option<Self> {
        let width = rows.first()?.len();
        if rows.iter().any(|row| row.len() != width) {
            return None;
        }
        let whole = |column: usize| rows.iter().all(|row| row[column].parse::<i64>().is_ok());
        let types = |column: usize| rows.iter().all(|row| is_type(&row[column]));
        let images = width >= 8 && (width - 3..width).all(whole);
        match width - if images { 3 } else { 0 } {
            5 if types(1) => Some(Self { kind: 1, position: 2 }),
            6 if types(2) && whole(1) => Some(Self { kind: 2, position: 3 }),
            6 if types(1) => Some(Self { kind: 1, position: 3 }),
            7 if types(2) && whole(1) => Some(Self { kind: 2, position: 4 }),
            _ => None,
        }
    }
}

impl FrameSource for LammpsDataReader {
    fn next_frame(&mut self) -> Result<Option<Frame>> {
        if std::mem::replace(&mut self.done, true) {
            return Ok(None);
        }
        let content = self.content()?;
        if content.rows.is_empty() {
            return Err(self.lines.refuse_file("holds no section Atoms, so it is not a data file of LAMMPS"));
        }
        let is_type = |word: &str| self.type_number(word, &content).is_ok_and(|number| number <= content.types);
        let layout = content.atom_style.as_deref().and_then(Layout::of_style);
        let layout = layout.or_else(|| Layout::by_columns(&content.rows, is_type)).ok_or_else(|| {
            self.lines.refuse_file(
                "does not state its atom style; write it behind the name of the section, as in: Atoms # full",
            )
        })?;
        let (length, velocity) = content.style.unwrap_or((1.0, f64::NAN));
        let mut rows: Vec<(u64, usize, [f64; 3])> = Vec::new();
        for row in &content.rows {
            let id = row[0]
                .parse()
                .map_err(|_| self.lines.refuse_file(&format!("Atoms: {:?} is not the number of an atom", row[0])))?;
            let kind = row.get(layout.kind).map_or("", String::as_str);
            let position = self.lines.vector(row.iter().skip(layout.position).map(String::as_str), "the position")?;
            rows.push((id, self.type_number(kind, &content)?, position.map(|x| x * length)));
        }
        rows.sort_by_key(|(id, _, _)| *id);
        let mut frame = Frame { positions: rows.iter().map(|row| row.2).collect(), ..Frame::default() };
        if content.bounded {
            let rows = content.box_rows.map(|row| row.map(|x| x * length));
            frame.cell = Some(Cell::new(rows).map_err(|error| self.lines.refuse_file(&format!("the box: {error}")))?);
        }
        let numbers: Vec<usize> = rows.iter().map(|row| row.1).collect();
        set_species(&mut frame, &self.species(&numbers, &content)?);
        if content.style.is_none() {
            frame.notes.push("the file does not state its unit style; lengths are read as Å (metal, real)".into());
        }
        let velocities: Option<Vec<[f64; 3]>> =
            rows.iter().map(|row| content.velocities.get(&row.0).copied()).collect();
        if let Some(velocities) = velocities.filter(|all| all.iter().flatten().any(|x| *x != 0.0)) {
            frame.set_velocities("the section Velocities", velocities, content.style.map(|_| velocity), &self.options);
        }
        Ok(Some(frame))
    }
}
