//! What an analysis found.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::curves::number;
use super::{Curves, Map, Number};
use cormorant_core::Result;
use cormorant_core::atomic;

/// Curves, numbers and remarks of one analysis.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    /// Curves, the main ones first.
    pub curves: Vec<Curves>,
    /// Maps, the main one first.
    pub maps: Vec<Map>,
    /// Numbers worth quoting.
    pub numbers: Vec<Number>,
    /// What the reader should know: how it was normalized, what was left out.
    pub notes: Vec<String>,
}

impl Findings {
    /// The files as [`Findings::write`] names them, with their content.
    #[must_use]
    pub fn files(&self, path: &Path) -> Vec<(PathBuf, String)> {
        let mut files: Vec<(PathBuf, String)> =
            self.curves.iter().map(|curves| (beside(path, &curves.name), curves.to_csv())).collect();
        files.extend(self.maps.iter().map(|map| (beside(path, &map.name), map.to_csv())));
        if !self.numbers.is_empty() {
            let mut text = String::from("quantity,value,error,unit\n");
            for found in &self.numbers {
                let error = number(found.error.unwrap_or(f64::NAN));
                let name = if found.name.contains(',') { format!("\"{}\"", found.name) } else { found.name.clone() };
                // Writing to a text cannot fail.
                let _ = writeln!(text, "{name},{},{error},{}", number(found.value), found.unit);
            }
            files.push((beside(path, "numbers"), text));
        }
        files
    }

    /// Write everything as CSV: the main curves to `path`, further ones and the numbers beside it (`rdf.csv`,
    /// `rdf-coordination.csv`, `rdf-numbers.csv`). Returns the names of the files.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, path: &Path) -> Result<Vec<PathBuf>> {
        self.files(path).into_iter().map(|(path, text)| atomic::write(&path, text.as_bytes()).map(|()| path)).collect()
    }
}

/// `rdf.csv` and `numbers` to `rdf-numbers.csv`.
fn beside(path: &Path, name: &str) -> PathBuf {
    if name.is_empty() {
        return path.to_path_buf();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{name}.csv"))
}
