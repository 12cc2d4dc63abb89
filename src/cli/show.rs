//! Errors and numbers for people to read.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use crate::diagnostic::explain;
use cormorant_core::{Error, Result};
use cormorant_report::page::REPORT;
use cormorant_workflow::workflow::WrittenResults;
pub(super) use cormorant_workflow::workflow::shown_path as path;

/// Print `error` on standard error, with the offending line when it is about an input file.
pub(super) fn error(error: &Error) {
    eprint!("{}", explain(error, colored()));
}

/// Color only on a terminal, and not when NO_COLOR is set (<https://no-color.org>).
fn colored() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Say where results are.
pub(super) fn results(files: &WrittenResults) {
    println!("results are in {} and {}", path(&files.structures).display(), path(&files.table).display());
}

/// Say how the report of the finished model in `folder` is made, if it has none: the fit may have been killed while it wrote it.
pub(super) fn missing_report(folder: &Path, data: &Path) {
    if !folder.join(REPORT).exists() {
        let (folder, data) = (path(folder), path(data));
        println!("it has no report; `cormorant report {} --data {}` makes it", folder.display(), data.display());
    }
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
