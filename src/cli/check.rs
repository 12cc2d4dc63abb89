//! `cormorant check`.

use std::path::Path;

use crate::settings::Input;
use cormorant_core::Result;

/// Validate `path` and print the resolved input.
pub(super) fn check(path: &Path) -> Result<()> {
    let input = Input::read(path)?;
    print!("{}", input.to_toml(None)?);
    Ok(())
}
