//! The program itself, so that `pip install` brings the command `cormorant` too.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the program with `arguments`, the first of which is its own name; its exit status.
///
/// It takes the signals over, as the program does: Ctrl-C saves the state and ends it.
#[pyfunction]
pub(crate) fn program(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| cormorant::cli::status(arguments))
}
