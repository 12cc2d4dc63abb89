//! MOL2 of Tripos: sections MOLECULE, ATOM and CRYSIN; the others are passed over. Checked by: `suite::elements`.

use std::path::Path;

use super::{FrameSource, Lines, set_species};
use crate::labels::{AtomLabel, Dialect, assign};
use crate::{Frame, ReadOptions};
use cormorant_core::Result;
use cormorant_core::system::Cell;

/// The molecules of a MOL2 file.
pub(crate) struct Mol2Reader {
    lines: Lines,
    options: ReadOptions,
    molecules: u64,
}

impl Mol2Reader {
    pub(crate) fn open(path: &Path, options: ReadOptions) -> Result<Self> {
        Ok(Self { lines: Lines::open(path)?, options, molecules: 0 })
    }

    /// Everything up to the next line that begins with `@<TRIPOS>`.
    fn section(&mut self) -> Result<Option<String>> {
        while let Some(line) = self.lines.next()? {
            if let Some(name) = line.trim().strip_prefix("@<TRIPOS>") {
                return Ok(Some(name.trim().to_owned()));
            }
        }
        Ok(None)
    }

    fn atoms(&mut self, count: usize, frame: &mut Frame, labels: &mut Vec<AtomLabel>) -> Result<()> {
        for _ in 0..count {
            let Some(line) = self.lines.next_filled()? else {
                return Err(self
                    .lines
                    .refuse(&format!("the file ends after {} of {count} atoms; copy it again", labels.len())));
            };
            let words: Vec<&str> = line.split_whitespace().collect();
            let [_, name, x, y, z, kind, rest @ ..] = words.as_slice() else {
                return Err(self.lines.refuse("expected number, name, x, y, z and type of an atom; correct the line"));
            };
            frame.positions.push(self.lines.vector([*x, *y, *z].into_iter(), "the position")?);
            labels.push(AtomLabel {
                name: (*name).to_owned(),
                kind: (*kind).to_owned(),
                residue: rest.get(1).copied().unwrap_or("").to_owned(),
                ..AtomLabel::default()
            });
        }
        Ok(())
    }

    fn crystal(&mut self, frame: &mut Frame) -> Result<()> {
        let line = self.lines.require("the cell")?;
        let mut words = line.split_whitespace();
        let lengths = self.lines.vector(&mut words, "the cell")?;
        let angles = self.lines.vector(&mut words, "the cell")?;
        if lengths == [1.0; 3] || lengths == [0.0; 3] {
            return Ok(());
        }
        let cell = Cell::from_lengths_and_angles(lengths, angles);
        frame.cell = Some(cell.map_err(|error| self.lines.refuse(&error.to_string()))?);
        if let Some(group) = words.next().filter(|group| *group != "1") {
            frame.notes.push(format!(
                "the cell has space group {group}: symmetry copies are not generated, so the cell may not be filled"
            ));
        }
        Ok(())
    }
}

impl FrameSource for Mol2Reader {
    fn next_frame(&mut self) -> Result<Option<Frame>> {
        let mut frame = Frame::default();
        let mut labels = Vec::new();
        let mut count = None;
        while let Some(name) = self.section()? {
            match name.as_str() {
                "MOLECULE" if count.is_some() => {
                    self.lines.put_back("@<TRIPOS>MOLECULE".into());
                    break;
                }
                "MOLECULE" => {
                    self.lines.require("the name of the molecule")?;
                    let numbers = self.lines.require("the numbers of atoms and bonds")?;
                    let first = numbers.split_whitespace().next().unwrap_or("");
                    count = Some(self.lines.count(first, "the number of atoms")?);
                }
                "ATOM" => self.atoms(count.unwrap_or(0), &mut frame, &mut labels)?,
                "CRYSIN" => self.crystal(&mut frame)?,
                _ => (),
            }
        }
        if labels.is_empty() {
            return match (self.molecules, count) {
                (0, _) | (_, Some(_)) => {
                    Err(self.lines.refuse_file("holds a molecule without @<TRIPOS>ATOM; write it again"))
                }
                _ => Ok(None),
            };
        }
        self.molecules += 1;
        let dialect = Dialect::of(labels.iter().map(|label: &AtomLabel| label.kind.as_str()));
        for label in &mut labels {
            label.settled = Some(dialect.verdict(&label.kind, &label.name));
        }
        let species = assign(&labels, &self.options).map_err(|message| self.lines.refuse_file(&message))?;
        set_species(&mut frame, &species);
        Ok(Some(frame))
    }
}
