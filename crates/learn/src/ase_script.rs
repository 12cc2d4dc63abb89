//! The script that asks calculators of ASE.

use std::path::Path;

use crate::plain_calculator;
use cormorant_core::{Error, Result, atomic};

/// The script; it is part of the Python module too.
const SCRIPT: &str = include_str!("../../../interfaces/python/python/cormorant/label.py");
/// Its name where it is written.
const FILE: &str = "label_with_ase.py";

/// The command that asks `calculator` (module, class and arguments) in `python`, with the script written into `folder`.
///
/// # Errors
/// When the calculator is not named as it has to be, or the folder cannot be written.
pub fn ase_command(calculator: &str, python: &str, folder: &Path) -> Result<String> {
    let calculator =
        plain_calculator(calculator).map_err(|[what, remedy]| Error::Invalid(format!("{what}; {remedy}")))?;
    std::fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
    let script = std::path::absolute(folder.join(FILE)).map_err(|source| Error::io(folder, source))?;
    if std::fs::read(&script).ok().as_deref() != Some(SCRIPT.as_bytes()) {
        atomic::write(&script, SCRIPT.as_bytes())?;
    }
    let quoted = format!("'{}'", script.display().to_string().replace('\'', "'\\''"));
    Ok(format!("{python} {quoted} {calculator}"))
}
