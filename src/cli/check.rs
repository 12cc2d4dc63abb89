//! `cormorant check` and `cormorant schema`.

use std::path::Path;

use super::show;
use cormorant_core::{Error, Result};
use cormorant_workflow::settings::{Declaration, Input, reference};
use cormorant_workflow::workflow::{Models, require_charges};

/// Validate `path` and print the resolved input, and say which of the files that it reads are missing. Of these, models alone are looked into, where
/// an analysis depends on what they give.
pub(super) fn check(path: &Path) -> Result<()> {
    let input = Input::read(path)?;
    if let Input::Run(run) = &input {
        require_charges(path, run, &Models::default())?;
    }
    print!("{}", input.to_toml(None)?);
    for missing in input.missing_sources() {
        eprintln!("warning: {} does not exist, and the input reads it", show::path(&missing).display());
    }
    Ok(())
}

/// Print the JSON schema of the input `name`, or the reference of all inputs.
pub(super) fn schema(name: Option<&str>, markdown: bool) -> Result<()> {
    if markdown {
        print!("{}", reference());
        return Ok(());
    }
    let input = Declaration::ALL.into_iter().find(|input| Some(input.name) == name);
    let input = input.ok_or_else(|| Error::Invalid("name an input, or ask for --markdown".into()))?;
    println!("{}", cormorant_core::json::text(&input.schema()).map_err(Error::Invalid)?);
    Ok(())
}
