//! `cormorant schema`.

use crate::settings::{Declaration, reference};
use cormorant_core::{Error, Result};

/// Print the JSON schema of the input `name`, or the reference of all inputs.
pub(super) fn schema(name: Option<&str>, markdown: bool) -> Result<()> {
    if markdown {
        print!("{}", reference());
        return Ok(());
    }
    let input = Declaration::ALL.into_iter().find(|input| Some(input.name) == name);
    let input = input.ok_or_else(|| Error::Invalid("name an input, or ask for --markdown".into()))?;
    println!("{}", cormorant_core::json::text(&input.schema()).map_err(Error::Internal)?);
    Ok(())
}
