//! `cormorant vibrations`.

use std::path::Path;

use super::{show, structure};
use cormorant_core::{Error, Result, parallel};
use cormorant_report::VibrationsSummary;
use cormorant_workflow::settings::Input;
use cormorant_workflow::workflow;

/// Compute the normal modes that the input at `path` asks for.
pub(super) fn vibrations(path: &Path, threads: Option<u16>, force: bool, quiet: bool) -> Result<()> {
    let input = match Input::read(path)? {
        Input::Vibrations(input) => input,
        other => return Err(Error::Invalid(format!("{}: {}", path.display(), other.purpose()))),
    };
    let threads = threads.map_or_else(parallel::cores, usize::from);
    let found = workflow::vibrations(&input, threads, force, &mut structure::notes)?;
    if !quiet {
        let elements = &found.vibrations.system.elements;
        println!("{}: {} ({} atoms)", input.name, cormorant_core::system::formula(elements), elements.len());
        print!("{}", VibrationsSummary(&found.vibrations));
        println!("{} files in {}", found.files.len() + 1, show::path(&input.output.folder).display());
    }
    Ok(())
}
