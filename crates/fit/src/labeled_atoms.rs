//! Values of atoms in the columns of extended XYZ.
//!
//! | column of             | numbers of an atom                                            |
//! |-----------------------|---------------------------------------------------------------|
//! | a number              | 1                                                             |
//! | a vector              | 3: x, y, z                                                    |
//! | a symmetric tensor    | 9, row by row, or 6 where the user says so: xx, yy, zz, yz, xz, xy |
//!
//! A value that is not a number is missing. Units are the user's. Checked by: `suite::atoms`.

use std::collections::BTreeMap;
use std::path::Path;

use super::configuration::Configuration;
use super::dataset::fingerprint;
use super::label_frame::groups;
use super::regression::{AtomColumns, AtomSample};
use super::state_check::require_neutral;
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_io::{ExtendedXyzReader, Frame, Unused, UnusedPlace};
use cormorant_network::AtomShape;

/// Largest trace, as a share of the largest tensor, up to which tensors count as traceless: what rounding in a file leaves.
const TRACELESS: f64 = 1.0e-3;

/// What a file of values of atoms holds.
#[derive(Debug, Clone, PartialEq)]
pub struct LabeledAtoms {
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
    /// The frames.
    pub samples: Vec<AtomSample>,
    /// What a value is made of.
    pub shape: AtomShape,
    /// Remarks for the user.
    pub notes: Vec<String>,
}

/// The frames of the file at `path` with the values in `columns`, and the groups that their comments name under the usual keys and `keys`.
///
/// # Errors
/// When the file cannot be read, holds no frame, no frame has the columns, or they are not what [`AtomColumns::read`] takes.
pub fn labeled_atoms(path: &Path, columns: &AtomColumns, keys: &[String]) -> Result<LabeledAtoms> {
    let (hash, _) = fingerprint(path)?;
    let mut reader = ExtendedXyzReader::open(path)?;
    let mut reading = Reading::default();
    while let Some(mut frame) = reader.next_frame()? {
        let place = reading.samples.len();
        let wrong = |reason: String| Error::data(path, format!("frame {place} (counted from 0): {reason}"));
        frame.bring_to_angstrom().map_err(wrong)?;
        require_neutral(frame.electronic_state().map_err(wrong)?, "leave the frame out").map_err(wrong)?;
        reading.add(frame, columns, keys).map_err(wrong)?;
    }
    reading.finish(hash, columns).map_err(|reason| Error::data(path, reason))
}

/// How many of the atoms in `samples`, which have `columns` columns, have labels: in all, and of each element.
#[must_use]
pub fn count_labels(samples: &[&AtomSample], columns: usize) -> (usize, BTreeMap<Element, usize>) {
    let (mut all, mut elements) = (0, BTreeMap::new());
    for sample in samples {
        for (element, known) in sample.configuration.elements.iter().zip(sample.known.chunks_exact(columns.max(1))) {
            if known.contains(&true) {
                all += 1;
                *elements.entry(*element).or_default() += 1;
            }
        }
    }
    (all, elements)
}

#[derive(Default)]
struct Reading {
    samples: Vec<AtomSample>,
    width: Option<usize>,
    trace: f64,
    size: f64,
    /// Frames without the columns.
    bare: usize,
    unused: Unused,
    /// Names of the columns of the first frame.
    first: Vec<String>,
}

impl Reading {
    fn add(&mut self, frame: Frame, columns: &AtomColumns, keys: &[String]) -> Result<(), String> {
        if self.samples.is_empty() {
            self.first = frame.columns.iter().map(|(name, width, _)| format!("`{name}` ({width})")).collect();
        }
        let found = columns.read(&frame)?;
        self.unused.add_frame(&frame, |place, name| match place {
            // What weighs or divides the frames of other fits; all else says what a frame is, or holds other labels.
            UnusedPlace::Key => !matches!(name, "weight" | "split") || keys.iter().any(|key| key == name),
            UnusedPlace::Column | UnusedPlace::Array => columns.use_column(name) || is_usual(name),
        });
        let (cell, groups) = (frame.repeating_cell(), groups(&frame, keys));
        let count = frame.elements.len() * columns.names.len();
        let configuration = Configuration {
            elements: frame.elements,
            positions: frame.positions,
            cell,
            groups,
            ..Configuration::default()
        };
        let Some(found) = found else {
            self.bare += 1;
            self.samples.push(AtomSample { configuration, values: Vec::new(), known: vec![false; count] });
            return Ok(());
        };
        if self.width.is_some_and(|width| width != found.width) {
            return Err("the target has another number of components than in the frames before".into());
        }
        self.width = Some(found.width);
        self.trace = self.trace.max(found.trace);
        self.size = self.size.max(found.size);
        self.samples.push(AtomSample { configuration, values: found.values, known: found.known });
        Ok(())
    }

    fn finish(mut self, hash: String, columns: &AtomColumns) -> Result<LabeledAtoms, String> {
        if self.samples.is_empty() {
            return Err("holds no frame; use another file".into());
        }
        let names = columns.names.join("`, `");
        let Some(width) = self.width else {
            let found = if self.first.is_empty() { "none".into() } else { self.first.join(", ") };
            return Err(format!(
                "there is no column `{names}` in any frame; beside species and positions the first has {found}"
            ));
        };
        for sample in self.samples.iter_mut().filter(|sample| sample.values.is_empty()) {
            sample.values = vec![0.0; sample.known.len() * width];
        }
        let shape = match width {
            1 => AtomShape::Scalar,
            3 => AtomShape::Vector,
            _ if self.trace <= TRACELESS * self.size => AtomShape::TracelessTensor,
            _ => AtomShape::SymmetricTensor,
        };
        let all: Vec<&AtomSample> = self.samples.iter().collect();
        let (labeled, elements) = count_labels(&all, columns.names.len());
        if labeled == 0 {
            return Err(format!(
                "no atom has a value of `{names}` that counts; check nan, `target_mask` and `target_elements`"
            ));
        }
        let atoms: usize = self.samples.iter().map(|sample| sample.configuration.atom_count()).sum();
        let elements: Vec<String> = elements.iter().map(|(element, count)| format!("{element} {count}")).collect();
        let mut notes = vec![format!(
            "{}, {} for each atom: {labeled} of {atoms} atoms in {} frames have labels ({})",
            columns.names.join(", "),
            shape.description(),
            self.samples.len(),
            elements.join(", ")
        )];
        if self.bare > 0 {
            notes.push(format!("{} frames have no column `{names}`: their atoms have no labels", self.bare));
        }
        if !self.unused.is_empty() {
            notes.push(self.unused.to_string());
        }
        Ok(LabeledAtoms { hash, samples: self.samples, shape, notes })
    }
}

/// Columns of labels of energies and of motion, which nobody misses in a fit to other values.
fn is_usual(name: &str) -> bool {
    matches!(name, "Z" | "numbers" | "forces" | "force" | "velo" | "momenta" | "masses" | "tags")
}
