//! Whether the dipoles are there that analyses of an input ask for.

use std::path::Path;

use super::Models;
use crate::settings::{Input, RunInput};
use cormorant_core::{ErrorKind, Result};

/// Refuses, at its line of the input at `path`, an analysis that needs dipoles where the potential of `run` has no charges. It would end the
/// run when its stage begins. A model that cannot be read says nothing here.
///
/// # Errors
/// When there is such an analysis, or the input cannot be read again.
pub fn require_charges(path: &Path, run: &RunInput, networks: &Models) -> Result<()> {
    let Some(place) = run.first_of_dipoles() else { return Ok(()) };
    let charged = match run.potential.has_charges(networks) {
        Ok(charged) => charged,
        Err(error) if error.kind() == ErrorKind::Internal => return Err(error),
        Err(_) => return Ok(()),
    };
    if charged {
        return Ok(());
    }
    let message = "this analysis needs the dipole, but the potential has no charges";
    let remedy = "leave it out, or use a model that was fitted with `electrostatics` in [model]";
    Err(Input::error_at_write(path, place, message, remedy))
}
