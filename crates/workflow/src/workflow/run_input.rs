//! What is to be run.

use std::path::Path;

use crate::settings::{Input, RunInput};
use cormorant_core::{Error, Result};

/// What becomes of the results of an earlier run or fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunMode {
    /// Replace what an earlier run left.
    pub force: bool,
    /// Continue from the restart file.
    pub resume: bool,
}

/// The simulation that the file `path` asks for.
///
/// # Errors
/// When the file is not valid or is the input of something else.
pub fn run_input(path: &Path) -> Result<RunInput> {
    match Input::read(path)? {
        Input::Run(run) => Ok(*run),
        other => Err(Error::Invalid(format!("{}: {}", path.display(), other.purpose()))),
    }
}
