//! A table of numbers with heads, as our CSV files hold it.

use std::path::Path;

use cormorant_core::{Error, Result};

/// Columns of numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    /// Heads with units, e.g. `time/ps`.
    pub heads: Vec<String>,
    /// The numbers of each head; all of one length. What is empty in the file, or the name of an instruction
    /// set, is not-a-number.
    pub values: Vec<Vec<f64>>,
}

impl Columns {
    /// Read a CSV file of numbers. A last line that is not complete, as of a run still continuing, is left out.
    ///
    /// # Errors
    /// When the file cannot be read, or a line has other than as many numbers as there are heads.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::io(path, source))?;
        Self::parse(path, &text)
    }

    /// The same of a text; `path` is for messages.
    ///
    /// # Errors
    /// When a line has other than as many numbers as there are heads.
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        let complete = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut lines = complete.lines();
        let heads: Vec<String> = lines.next().unwrap_or("").split(',').map(str::to_string).collect();
        let mut values = vec![Vec::new(); heads.len()];
        for (number, line) in lines.enumerate() {
            let words: Vec<&str> = line.split(',').collect();
            let wrong = |what: String| Err(Error::data(path, what).at_line(number as u64 + 2));
            if words.len() != heads.len() {
                return wrong(format!("{} numbers under {} heads", words.len(), heads.len()));
            }
            for (column, word) in values.iter_mut().zip(words) {
                match (word.is_empty(), word.parse()) {
                    (true, _) => column.push(f64::NAN),
                    (false, Ok(value)) => column.push(value),
                    (false, Err(_)) => return wrong(format!("{word:?} is not a number")),
                }
            }
        }
        Ok(Self { heads, values })
    }

    /// The numbers under `head`.
    #[must_use]
    pub fn get(&self, head: &str) -> Option<&[f64]> {
        self.heads.iter().position(|one| one == head).map(|column| self.values[column].as_slice())
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.first().map_or(0, Vec::len)
    }

    /// Points of one column over another; none if either is missing.
    #[must_use]
    pub fn points(&self, x: &str, y: &str) -> Vec<[f64; 2]> {
        match (self.get(x), self.get(y)) {
            (Some(x), Some(y)) => x.iter().zip(y).map(|(&x, &y)| [x, y]).collect(),
            _ => Vec::new(),
        }
    }
}
