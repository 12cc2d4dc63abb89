//! Lines of a text file with their numbers.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use cormorant_core::{Error, Result};

/// Longest line that is read.
const LONGEST_LINE: u64 = 1 << 20;
/// Most atoms in a frame.
const MOST_ATOMS: usize = 100_000_000;

/// The lines of a file. Bytes that are not UTF-8 are replaced: comments may be in any encoding, numbers are not.
pub(crate) struct Lines {
    path: PathBuf,
    source: BufReader<File>,
    raw: Vec<u8>,
    waiting: Option<String>,
    number: u64,
}

impl Lines {
    /// Open a file.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::io(path, source))?;
        let source = BufReader::with_capacity(1 << 16, file);
        Ok(Self { path: path.to_path_buf(), source, raw: Vec::new(), waiting: None, number: 0 })
    }

    /// The next line without its end; `None` at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<String>> {
        if let Some(line) = self.waiting.take() {
            self.number += 1;
            return Ok(Some(line));
        }
        self.raw.clear();
        let read = self.source.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.raw);
        let length = read.map_err(|source| Error::io(&self.path, source))?;
        if length == 0 {
            return Ok(None);
        }
        self.number += 1;
        if length as u64 == LONGEST_LINE && self.raw.last() != Some(&b'\n') {
            return Err(self.refuse("the line is longer than a mebibyte, so this is not a text file of atoms"));
        }
        Ok(Some(String::from_utf8_lossy(&self.raw).trim_end_matches(['\n', '\r']).to_owned()))
    }

    /// The next line, which there must be; `what` is for the message.
    pub(crate) fn require(&mut self, what: &str) -> Result<String> {
        match self.next()? {
            Some(line) => Ok(line),
            None => Err(self.refuse(&format!("the file ends where {what} should be; copy it again"))),
        }
    }

    /// Put a line back.
    pub(crate) fn put_back(&mut self, line: String) {
        self.waiting = Some(line);
        self.number -= 1;
    }

    /// The next line that is not blank.
    pub(crate) fn next_filled(&mut self) -> Result<Option<String>> {
        while let Some(line) = self.next()? {
            if !line.trim().is_empty() {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    /// An error at the line that was read last.
    pub(crate) fn refuse(&self, message: &str) -> Error {
        Error::structure(&self.path, message).at_line(self.number)
    }

    /// An error of the whole file.
    pub(crate) fn refuse_file(&self, message: &str) -> Error {
        Error::structure(&self.path, message)
    }

    /// A finite number.
    pub(crate) fn number(&self, word: &str, what: &str) -> Result<f64> {
        crate::value::real(word.trim()).filter(|value| value.is_finite()).ok_or_else(|| {
            let word: String = word.trim().chars().take(40).collect();
            self.refuse(&format!("{what} is {word:?}, not a number; correct the line"))
        })
    }

    /// Three finite numbers at the start of a list of words.
    pub(crate) fn vector<'a>(&self, mut words: impl Iterator<Item = &'a str>, what: &str) -> Result<[f64; 3]> {
        let mut vector = [0.0; 3];
        for component in &mut vector {
            let word = words.next().ok_or_else(|| self.refuse(&format!("{what} has fewer than three numbers")))?;
            *component = self.number(word, what)?;
        }
        Ok(vector)
    }

    /// A number of atoms.
    pub(crate) fn count(&self, word: &str, what: &str) -> Result<usize> {
        match word.trim().parse::<usize>() {
            Ok(count @ 1..=MOST_ATOMS) => Ok(count),
            _ => {
                let word: String = word.trim().chars().take(40).collect();
                Err(self.refuse(&format!("{what} is {word:?}; expected a whole number from 1 to {MOST_ATOMS}")))
            }
        }
    }

    /// The part of a line in these columns (counted from 0, end excluded), as far as it reaches.
    pub(crate) fn columns(line: &str, from: usize, to: usize) -> &str {
        let end = to.min(line.len());
        if from >= end { "" } else { line.get(from..end).unwrap_or("") }
    }
}
