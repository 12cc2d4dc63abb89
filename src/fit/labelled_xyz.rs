//! Labelled extended XYZ.

use std::path::Path;

use super::dataset::Configuration;
use super::label_units::LabelUnits;
use crate::{Error, Result};

/// The configurations of the file at `path`, with a sentence on their units.
pub(super) fn read(path: &Path, _given: Option<LabelUnits>) -> Result<(Vec<Configuration>, String)> {
    Err(Error::data(path, "is not an npz archive"))
}
