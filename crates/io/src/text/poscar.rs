//! POSCAR and CONTCAR of VASP.
//!
//! Comment; scale (negative: the volume in Å³; three: one for each axis); three cell vectors; symbols (VASP 5); numbers of atoms;
//! perhaps "Selective dynamics"; "Direct" or "Cartesian"; positions; perhaps velocities, in Å/fs or in cell vectors for each time
//! step. Source: the VASP wiki, page POSCAR. Checked by: `suite::structures`.

use std::path::Path;

use super::{FrameSource, Lines, set_species};
use crate::held_atoms::held_note;
use crate::labels::{AtomLabel, assign};
use crate::{Frame, ReadOptions, Species};
use cormorant_core::Result;
use cormorant_core::system::Cell;
use cormorant_core::system::vector::{cross, dot, times};

/// The one frame of a POSCAR.
pub(crate) struct PoscarReader {
    lines: Lines,
    options: ReadOptions,
    done: bool,
}

/// Å/ps in Å/fs.
const PER_FEMTOSECOND: f64 = 1000.0;

impl PoscarReader {
    pub(crate) fn open(path: &Path, options: ReadOptions) -> Result<Self> {
        Ok(Self { lines: Lines::open(path)?, options, done: false })
    }

    /// Scales of the axes, and the cell vectors before them.
    fn lattice(&mut self) -> Result<([f64; 3], [[f64; 3]; 3])> {
        let line = self.lines.require("the scale")?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut numbers = words.iter().map_while(|word| crate::value::real(word));
        let first = numbers.next().ok_or_else(|| self.lines.refuse("expected the scale of a POSCAR, a number"))?;
        let more: Vec<f64> = numbers.collect();
        let mut rows = [[0.0; 3]; 3];
        for row in &mut rows {
            let line = self.lines.require("a cell vector")?;
            *row = self.lines.vector(line.split_whitespace(), "the cell vector")?;
        }
        if let [second, third] = *more.as_slice() {
            return Ok(([first, second, third], rows));
        }
        if first == 0.0 {
            return Err(self.lines.refuse("the scale of the POSCAR (line 2) is 0"));
        }
        let volume = dot(rows[0], cross(rows[1], rows[2])).abs();
        let scale = if first < 0.0 { (-first / volume).cbrt() } else { first };
        Ok(([scale; 3], rows))
    }

    /// Symbols and numbers of atoms; no symbols in files of VASP 4.
    fn species(&mut self, comment: &str) -> Result<Vec<(String, usize)>> {
        let mut line = self.lines.require("the symbols of the elements")?;
        let mut symbols: Vec<String> = Vec::new();
        if line.split_whitespace().next().is_some_and(|word| word.parse::<u64>().is_err()) {
            let bare = |word: &str| word.split(['_', '/', '.']).next().unwrap_or(word).to_owned();
            symbols = line.split_whitespace().map(bare).collect();
            line = self.lines.require("the numbers of atoms")?;
        }
        let words = line.split_whitespace().map_while(|word| word.parse::<u64>().is_ok().then_some(word));
        let counts: Vec<usize> =
            words.map(|word| self.lines.count(word, "a number of atoms")).collect::<Result<_>>()?;
        if counts.is_empty() {
            return Err(self.lines.refuse("expected the numbers of atoms of each element"));
        }
        if symbols.is_empty() {
            // Files of VASP 4 usually name the elements in the comment.
            let named: Vec<String> = comment.split_whitespace().map(str::to_owned).collect();
            let proper = |word: &String| Species::from_symbol(word).is_some();
            symbols = if named.len() == counts.len() && named.iter().all(proper) { named } else { Vec::new() };
        } else if symbols.len() != counts.len() {
            let message = format!(
                "{} symbols but {} numbers of atoms; give each element its number",
                symbols.len(),
                counts.len()
            );
            return Err(self.lines.refuse(&message));
        }
        symbols.resize(counts.len(), String::new());
        Ok(symbols.into_iter().zip(counts).collect())
    }

    /// Whether the line "Direct" or "Cartesian" is the latter, and whether "Selective dynamics" comes before it.
    fn is_cartesian(&mut self) -> Result<(bool, bool)> {
        let mut line = self.lines.require("Direct or Cartesian")?;
        let selective = line.trim_start().starts_with(['S', 's']);
        if selective {
            line = self.lines.require("Direct or Cartesian")?;
        }
        Ok((line.trim_start().starts_with(['C', 'c', 'K', 'k']), selective))
    }

    /// Velocities after the positions, if they are there and not zero.
    fn velocities(&mut self, atoms: usize, frame: &mut Frame) -> Result<()> {
        let Some(mut mode) = self.lines.next()? else { return Ok(()) };
        if mode.trim_start().starts_with(['L', 'l']) {
            // "Lattice velocities and vectors": a number, three velocities and three vectors.
            for _ in 0..7 {
                self.lines.require("the velocities of the lattice")?;
            }
            let Some(line) = self.lines.next()? else { return Ok(()) };
            mode = line;
        }
        let direct = mode.trim_start().starts_with(['D', 'd']);
        let mut velocities = Vec::new();
        for atom in 0..atoms {
            let Some(line) = self.lines.next()?.filter(|line| !line.trim().is_empty()) else {
                if atom == 0 {
                    return Ok(());
                }
                return Err(self.lines.refuse(&format!("velocities for {atom} of {atoms} atoms; copy the file again")));
            };
            velocities.push(self.lines.vector(line.split_whitespace(), "the velocity")?.map(|x| x * PER_FEMTOSECOND));
        }
        if velocities.iter().flatten().all(|x| *x == 0.0) {
            return Ok(());
        }
        if direct {
            frame.unused_velocities = Some(
                "the velocities of the file are in cell vectors for each time step (Direct), which the file does not name, and are not \
                 used"
                .into(),
            );
        } else {
            frame.velocities = Some(velocities);
        }
        Ok(())
    }
}

impl FrameSource for PoscarReader {
    fn next_frame(&mut self) -> Result<Option<Frame>> {
        if std::mem::replace(&mut self.done, true) {
            return Ok(None);
        }
        let comment = self.lines.require("the comment")?;
        let (scale, unscaled) = self.lattice()?;
        let rows = unscaled.map(|row| [0, 1, 2].map(|k| row[k] * scale[k]));
        let kinds = self.species(&comment)?;
        let (cartesian, selective) = self.is_cartesian()?;
        let cell = Cell::new(rows).map_err(|error| self.lines.refuse_file(&format!("the cell: {error}")))?;
        let mut frame = Frame { cell: Some(cell), ..Frame::default() };
        let (mut labels, mut held) = (Vec::new(), Vec::new());
        for (number, (symbol, count)) in kinds.iter().enumerate() {
            for _ in 0..*count {
                let line = self.lines.require("a position")?;
                let found = self.lines.vector(line.split_whitespace(), "the position")?;
                let position = if cartesian { [0, 1, 2].map(|k| found[k] * scale[k]) } else { times(found, &rows) };
                frame.positions.push(position);
                let flags = || line.split_whitespace().skip(3).take(3);
                if selective && flags().any(|flag| flag.trim_start_matches('.').starts_with(['F', 'f'])) {
                    held.push(labels.len());
                }
                // Some programs write the symbol behind the position.
                let behind = || line.split_whitespace().skip(3).find(|word| !matches!(*word, "T" | "F" | "!" | "#"));
                let symbol = if symbol.is_empty() { behind().unwrap_or("") } else { symbol };
                let symbol = if Species::from_symbol(symbol).is_some() { symbol } else { "" };
                labels.push(AtomLabel { symbol: symbol.into(), type_number: Some(number + 1), ..AtomLabel::default() });
            }
        }
        let unknown = kinds.iter().find(|(symbol, _)| !symbol.is_empty() && Species::from_symbol(symbol).is_none());
        if let Some((symbol, _)) = unknown.filter(|_| self.options.elements.is_empty()) {
            let message = format!("{symbol:?} is not a chemical element; correct the line of symbols (line 6)");
            return Err(self.lines.refuse_file(&message));
        }
        let species = assign(&labels, &self.options).map_err(|message| self.lines.refuse_file(&message))?;
        set_species(&mut frame, &species);
        frame.notes.extend(held_note("selective dynamics", &held, species.len()));
        self.velocities(species.len(), &mut frame)?;
        Ok(Some(frame))
    }
}
