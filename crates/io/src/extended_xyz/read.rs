//! Reading extended XYZ, and plain XYZ.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::UNITS;
use super::comment::{Field, fields, pairs, plain_fields, require_atoms, rows};
use crate::labels::is_greek_name;
use crate::value::{logical, real};
use crate::{Column, Frame, ReadOptions, Species, Value};
use cormorant_core::system::{Cell, Element};
use cormorant_core::{Error, Result};

/// Longest line that is read; a longer one means that this is no XYZ file.
const LONGEST_LINE: u64 = 1 << 20;
/// Most atoms in a frame.
const MOST_ATOMS: usize = 100_000_000;
/// Atoms that room is made for before they have been seen, however many the file promises.
const FIRST_ROOM: usize = 65_536;

/// The frames of an XYZ file, one after the other.
///
/// What the file promises is never believed before it is seen, so a damaged or hostile file costs an error with its line
/// number and no memory. Columns other than positions may hold what is not a finite number; whoever uses them checks.
pub struct ExtendedXyzReader {
    path: PathBuf,
    source: Box<dyn BufRead + Send>,
    line: String,
    raw: Vec<u8>,
    line_number: u64,
    frames: u64,
    done: bool,
    options: ReadOptions,
}

impl ExtendedXyzReader {
    /// Open a file.
    ///
    /// # Errors
    /// When it cannot be read, or is empty.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::io(path, source))?;
        if file.metadata().is_ok_and(|data| data.is_dir()) {
            return Err(Error::structure(path, "is a folder, not a file"));
        }
        Ok(Self::new(path, BufReader::with_capacity(1 << 16, file)))
    }

    /// Read from any source; `path` is for messages.
    pub fn new(path: &Path, source: impl BufRead + Send + 'static) -> Self {
        Self {
            path: path.to_path_buf(),
            source: Box::new(source),
            line: String::new(),
            raw: Vec::new(),
            line_number: 0,
            frames: 0,
            done: false,
            options: ReadOptions::default(),
        }
    }

    /// The same with elements that the user gives.
    pub(crate) fn with_options(mut self, options: ReadOptions) -> Self {
        self.options = options;
        self
    }

    /// The next frame; `None` at the end of the file.
    ///
    /// # Errors
    /// When the file is damaged; the message has the number of the line.
    pub fn next_frame(&mut self) -> Result<Option<Frame>> {
        if self.done {
            return Ok(None);
        }
        let frame = self.read_frame();
        match &frame {
            Ok(Some(_)) => self.frames += 1,
            Ok(None) | Err(_) => self.done = true,
        }
        frame
    }

    /// Pass over a frame without looking at its numbers; `false` at the end of the file.
    ///
    /// # Errors
    /// When the file ends within the frame or the number of atoms is not valid.
    pub fn skip_frame(&mut self) -> Result<bool> {
        let Some(atoms) = self.atom_count()? else { return Ok(false) };
        for _ in 0..=atoms {
            if !self.next_line()? {
                return Err(self.early_end());
            }
        }
        self.frames += 1;
        Ok(true)
    }

    fn read_frame(&mut self) -> Result<Option<Frame>> {
        let Some(atoms) = self.atom_count()? else { return Ok(None) };
        if !self.next_line()? {
            return Err(self.early_end());
        }
        let given = self.options.elements.len();
        if given > 0 && given != atoms {
            return Err(self.refuse(&format!(
                "`elements` names {given} elements, but the frame has {atoms} atoms; name one for each"
            )));
        }
        let comment = std::mem::take(&mut self.line);
        let (mut frame, fields, plain) = self.understand(&comment)?;
        let mut table = Table::new(fields, plain, atoms.min(FIRST_ROOM));
        for atom in 0..atoms {
            if !self.next_line()? {
                let frame = self.frames + 1;
                let message = format!(
                    "the file ends within frame {frame}: {atom} of {atoms} atoms; copy it again, or cut it after the last whole frame"
                );
                return Err(self.refuse(&message));
            }
            if let Err(message) = table.add(&self.line, &self.options) {
                return Err(self.refuse(&message));
            }
        }
        table.require_symbols().map_err(|message| self.refuse(&message))?;
        table.finish(&mut frame);
        let trusted = matches!(frame.property("units"), Some(Value::Text(units)) if units == UNITS);
        if trusted {
            frame.velocities = frame.vectors("velo");
        }
        frame.time = frame.number("time").filter(|_| trusted);
        frame.step = match frame.property("step") {
            Some(Value::Integers(step)) if trusted => step.first().and_then(|&step| step.try_into().ok()),
            _ => None,
        };
        Ok(Some(frame))
    }

    /// The first line of a frame; blank lines before it are passed over.
    fn atom_count(&mut self) -> Result<Option<usize>> {
        loop {
            if !self.next_line()? {
                if self.frames == 0 {
                    return Err(Error::structure(&self.path, "the file is empty; use another one, or write it again"));
                }
                return Ok(None);
            }
            let text = self.line.trim().trim_start_matches('\u{feff}');
            if text.is_empty() {
                continue;
            }
            return match text.parse::<usize>() {
                Ok(0) => Err(self.refuse("the frame has 0 atoms; remove it")),
                Ok(atoms) if atoms <= MOST_ATOMS => Ok(Some(atoms)),
                Ok(atoms) => Err(self.refuse(&format!(
                    "{atoms} atoms are more than the {MOST_ATOMS} we accept; correct the number, or divide the system"
                ))),
                Err(_) => {
                    let found: String = text.chars().take(40).collect();
                    Err(self.refuse(&format!(
                        "expected the number of atoms, found {found:?}; a frame begins with a line that holds that number alone, \
                         and has as many lines of atoms"
                    )))
                }
            };
        }
    }

    /// Everything that the comment says, and what the columns mean; the flag is true for a plain XYZ frame.
    fn understand(&self, line: &str) -> Result<(Frame, Vec<Field>, bool)> {
        let mut frame = Frame::default();
        let lower = line.to_ascii_lowercase();
        let pairs = match pairs(line) {
            Ok(pairs) => pairs,
            // Whatever a person wrote above a plain XYZ file is welcome.
            Err(_) if !lower.contains("properties=") && !lower.contains("lattice=") => Vec::new(),
            Err(message) => return Err(self.refuse(&message)),
        };
        let extended = pairs.iter().any(|(key, _)| is_key(key, "Properties") || is_key(key, "Lattice"));
        if !extended {
            line.trim().clone_into(&mut frame.comment);
        }
        let (mut columns, mut periodic, mut lattice) = (None, None, None);
        for (key, text) in pairs {
            match reserved(&key) {
                "Properties" => {
                    let given = fields(&text).and_then(|fields| require_atoms(&fields).map(|()| fields));
                    columns = Some(given.map_err(|message| self.refuse(&message))?);
                }
                "Lattice" => {
                    let value = Value::from_text(&text);
                    let rows = rows(&value).ok_or_else(|| self.refuse(&format!("Lattice={text:?} is not nine numbers; write the three cell vectors in Å, one after the other")))?;
                    // Some programs write a lattice of zeros for a molecule.
                    lattice = Some(rows).filter(|rows| rows.iter().flatten().any(|&x| x != 0.0));
                }
                "pbc" => {
                    let values: Option<Vec<bool>> = match Value::from_text(&text) {
                        Value::Logicals(values) => Some(values),
                        Value::Integers(values) => Some(values.iter().map(|&value| value != 0).collect()),
                        Value::Text(_) | Value::Reals(_) => None,
                    };
                    periodic = match values.as_deref() {
                        Some([all]) => Some([*all; 3]),
                        Some([a, b, c]) => Some([*a, *b, *c]),
                        _ => {
                            return Err(self.refuse(&format!(
                                "pbc={text:?} is not three truth values; write for example pbc=\"T T T\""
                            )));
                        }
                    };
                }
                // Of a key that is there twice, the last one counts, as in ASE.
                _ if extended || text != "T" => {
                    let value = Value::from_text(&text);
                    match frame.properties.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, former)) if *former == value => {}
                        Some((_, former)) => {
                            *former = value;
                            frame.repeated.push(key);
                        }
                        None => frame.properties.push((key, value)),
                    }
                }
                _ => {}
            }
        }
        // As in ASE, a Lattice without pbc repeats in all directions.
        let cell = lattice.map(|rows| Cell::with_periodicity(rows, periodic.unwrap_or([true; 3]))).transpose();
        frame.cell = cell.map_err(|error| self.refuse(&error.to_string()))?;
        if frame.cell.is_none() && periodic.is_some_and(|periodic| periodic != [false; 3]) {
            return Err(self.refuse("pbc says that the frame repeats, but there is no Lattice; add the cell vectors, or write pbc=\"F F F\""));
        }
        let plain = columns.is_none();
        Ok((frame, columns.unwrap_or_else(plain_fields), plain))
    }

    fn next_line(&mut self) -> Result<bool> {
        self.raw.clear();
        let read = self.source.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.raw);
        let length = read.map_err(|source| Error::io(&self.path, source))?;
        if length == 0 {
            return Ok(false);
        }
        self.line_number += 1;
        if length as u64 == LONGEST_LINE && self.raw.last() != Some(&b'\n') {
            return Err(self.refuse("the line is longer than a mebibyte, so this is not an XYZ file; use another file"));
        }
        self.line.clear();
        match std::str::from_utf8(&self.raw) {
            Ok(text) => self.line.push_str(text.trim_end_matches(['\n', '\r'])),
            Err(_) if self.raw.len() > 3 && matches!(self.raw[..2], [0xff, 0xfe] | [0xfe, 0xff]) => {
                return Err(self.refuse("the file is text in UTF-16; save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE"));
            }
            Err(_) if self.raw.iter().any(|&byte| byte < b' ' && !b"\t\n\r\x0c".contains(&byte)) => {
                return Err(self.refuse(
                    "the line is not text (UTF-8), so this is not an XYZ file; use another file, or save it as text",
                ));
            }
            Err(_) => {
                self.line.extend(self.raw.iter().map(|&byte| windows_1252(byte)));
                self.line.truncate(self.line.trim_end_matches(['\n', '\r']).len());
            }
        }
        Ok(true)
    }

    fn early_end(&self) -> Error {
        self.refuse(&format!(
            "the file ends within frame {}; copy it again, or cut it after the last whole frame",
            self.frames + 1
        ))
    }

    fn refuse(&self, message: &str) -> Error {
        Error::structure(&self.path, message).at_line(self.line_number)
    }
}

/// Keys that the format itself gives a meaning, in any case: some programs write `lattice`.
const RESERVED: [&str; 3] = ["Properties", "Lattice", "pbc"];

fn is_key(found: &str, key: &str) -> bool {
    found.eq_ignore_ascii_case(key)
}

/// The reserved key that `key` is, else itself.
fn reserved(key: &str) -> &str {
    RESERVED.into_iter().find(|known| is_key(key, known)).unwrap_or(key)
}

/// The character of a byte in Windows-1252, which has all of Latin-1; what it leaves undefined is the replacement character.
///
/// Source: WHATWG Encoding Standard, index windows-1252.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}',
        '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

impl Iterator for ExtendedXyzReader {
    type Item = Result<Frame>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_frame().transpose()
    }
}

/// The atoms of a frame as they come in.
struct Table {
    fields: Vec<Field>,
    plain: bool,
    columns: Vec<Column>, // one for each field
    positions: Vec<[f64; 3]>,
    elements: Vec<Element>,
    isotopes: Vec<(usize, f64)>,
    doubtful: Option<(usize, String)>, // the first name that may be a place in a molecule as well as a metal
    has_species: bool,
    trailing: Option<Vec<Vec<f64>>>, // numbers behind the fields of a plain frame, as long as all atoms have as many
}

impl Table {
    fn new(fields: Vec<Field>, plain: bool, room: usize) -> Self {
        let columns = fields
            .iter()
            .map(|field| match field.kind {
                'S' => Column::Text(Vec::new()),
                'I' => Column::Integers(Vec::new()),
                'L' => Column::Logicals(Vec::new()),
                _ => Column::Reals(Vec::with_capacity(room.saturating_mul(field.width).min(1 << 20))),
            })
            .collect();
        let has_species = fields.iter().any(|field| field.name == "species" && field.kind == 'S');
        Self {
            fields,
            plain,
            columns,
            positions: Vec::with_capacity(room),
            elements: Vec::with_capacity(room),
            isotopes: Vec::new(),
            doubtful: None,
            has_species,
            trailing: plain.then(Vec::new),
        }
    }

    /// One line.
    fn add(&mut self, line: &str, options: &ReadOptions) -> Result<(), String> {
        let mut words = line.split_ascii_whitespace();
        let expected: usize = self.fields.iter().map(|field| field.width).sum();
        let mut position = None;
        let mut element = None;
        for (field, column) in self.fields.iter().zip(&mut self.columns) {
            let name = &field.name;
            let mut vector = [0.0; 3];
            for part in 0..field.width {
                let Some(word) = words.next() else {
                    let found = line.split_ascii_whitespace().count();
                    return Err(format!(
                        "expected {expected} columns, found {found}; give every atom the columns that Properties names"
                    ));
                };
                let wrong = |kind: &str| {
                    format!("{name}: {:?} is not {kind}; correct it, or remove the frame", shortened(word))
                };
                if name == "species" && field.kind == 'S' {
                    let atom = self.elements.len();
                    let given = options.types.get(word).or_else(|| options.elements.get(atom)).copied();
                    let species = given.map_or_else(|| element_of(word), Ok)?;
                    if given.is_none() && self.doubtful.is_none() && is_doubtful(word, species.element) {
                        self.doubtful = Some((atom, word.to_owned()));
                    }
                    self.isotopes.extend(species.mass.map(|mass| (atom, mass)));
                    element = Some(species.element);
                } else if name == "pos" && field.kind == 'R' && field.width == 3 {
                    vector[part] = real(word).ok_or_else(|| wrong("a number"))?;
                    if !vector[part].is_finite() {
                        return Err(format!("the position is {word}; correct it, or remove the frame"));
                    }
                    position = Some(vector);
                } else {
                    match column {
                        Column::Text(values) => values.push(word.to_owned()),
                        Column::Integers(values) => values.push(word.parse().map_err(|_| wrong("a whole number"))?),
                        Column::Logicals(values) => {
                            let value = logical(word).or(match word {
                                "1" => Some(true),
                                "0" => Some(false),
                                _ => None,
                            });
                            values.push(value.ok_or_else(|| wrong("T or F"))?);
                        }
                        Column::Reals(values) => values.push(real(word).ok_or_else(|| wrong("a number"))?),
                    }
                    if !self.has_species && field.kind == 'I' && matches!(name.as_str(), "Z" | "numbers") {
                        element = Some(element_of(word)?.element);
                    }
                }
            }
        }
        if let Some(rows) = &mut self.trailing {
            let numbers: Option<Vec<f64>> = words.by_ref().map(real).collect();
            match numbers.filter(|numbers| rows.first().is_none_or(|first| first.len() == numbers.len())) {
                Some(numbers) => rows.push(numbers),
                None => self.trailing = None,
            }
        }
        if !self.plain && words.next().is_some() {
            let found = line.split_ascii_whitespace().count();
            return Err(format!(
                "expected {expected} columns, found {found}; give every atom the columns that Properties names"
            ));
        }
        self.positions.push(position.ok_or("Properties has no pos:R:3; add the positions")?);
        self.elements.push(element.ok_or("Properties has neither species:S:1 nor Z:I:1; add the elements")?);
        Ok(())
    }

    /// Refuse names such as `CA` among organic atoms, where they are far more often places in a molecule than metals.
    fn require_symbols(&self) -> Result<(), String> {
        let Some((atom, name)) = &self.doubtful else { return Ok(()) };
        let organic = |element: &Element| ["H", "C", "N", "O"].contains(&element.symbol());
        if !self.elements.iter().any(organic) {
            return Ok(());
        }
        let metal = self.elements[*atom];
        let first: String = name.chars().take(1).collect::<String>().to_uppercase();
        Err(format!(
            "atom {} is called {name}, which may be {first} or {metal}; write the symbol as {first} or {metal}, or name the element: types = \
             {{ {name} = \"{first}\" }} in [structure], or --elements {name}={first}",
            atom + 1
        ))
    }

    fn finish(self, frame: &mut Frame) {
        frame.isotopes = self.isotopes;
        frame.trailing =
            self.trailing.filter(|rows| rows.first().is_some_and(|row| !row.is_empty())).unwrap_or_default();
        frame.positions = self.positions;
        frame.elements = self.elements;
        for (field, column) in self.fields.into_iter().zip(self.columns) {
            let own = (field.name == "species" && field.kind == 'S')
                || (field.name == "pos" && field.kind == 'R' && field.width == 3);
            if !own {
                frame.columns.push((field.name, field.width, column));
            }
        }
    }
}

/// `C`, `6`, `D` for deuterium, and labels such as `C1` or `C_alpha`.
fn element_of(word: &str) -> Result<Species, String> {
    if let Some(species) = Species::from_symbol(word) {
        return Ok(species);
    }
    if let Some(element) = word.parse().ok().and_then(Element::from_number) {
        return Ok(element.into());
    }
    let letters = word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len());
    if letters > 0
        && letters < word.len()
        && let Some(species) = Species::from_symbol(&word[..letters])
    {
        return Ok(species);
    }
    Err(format!("{:?} is not a chemical element; write a symbol such as C, or an atomic number", shortened(word)))
}

/// Whether a word that was read as `element` is not written as its symbol, and is the name of a place in a molecule as well.
fn is_doubtful(word: &str, element: Element) -> bool {
    let letters = word.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
    letters.len() == 2 && letters != element.symbol() && is_greek_name(letters)
}

fn shortened(word: &str) -> String {
    word.chars().take(40).collect()
}
