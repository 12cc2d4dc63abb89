//! Errors and numbers for people to read.

use std::error::Error as _;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use cormorant_core::{Error, Result};

/// Print `error` on standard error, with the offending line when it is about an input file.
pub(super) fn error(error: &Error) {
    eprint!("{}", explain(error, colored()));
}

/// What the program prints about `error`: the offending line when it is about an input file, and what to do.
#[must_use]
pub fn explain(error: &Error, colored: bool) -> String {
    if let Error::Input(mistake) = error
        && let Some(text) = super::diagnostic::draw(mistake, colored)
    {
        return text;
    }
    let mut explanation = format!("error: {error}\n");
    let mut cause = error.source();
    while let Some(inner) = cause {
        // Most variants already show their cause in the message itself.
        let text = inner.to_string();
        if !error.to_string().contains(&text) {
            explanation.push_str(&format!("  because: {text}\n"));
        }
        cause = inner.source();
    }
    if error.exit_status() == 2 {
        explanation.push_str(
            "  this is a fault of cormorant, not of your input; please report it with the input that led to it\n",
        );
    }
    explanation
}

/// Color only on a terminal, and not when NO_COLOR is set (<https://no-color.org>).
fn colored() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// `path` as seen from the current folder, if it is below it.
pub(super) fn path(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).map_or_else(|_| path.to_path_buf(), Path::to_path_buf)
}

/// Say where a report is, if not `quiet`.
///
/// # Errors
/// When there is none: what it tells of is over and stands, but something promised was not written.
pub(super) fn report(written: Result<PathBuf>, quiet: bool) -> Result<()> {
    let page = written.map_err(|error| {
        Error::Invalid(format!(
            "no report could be written: {error} (everything else is complete; `cormorant report FOLDER` tries again)"
        ))
    })?;
    if !quiet {
        println!("report: {}", path(&page).display());
    }
    Ok(())
}
