//! `cormorant vibrations`.

use std::path::Path;

use super::molecule::VibrationsArguments;
use super::{show, structure};
use cormorant_core::{Error, Result, parallel};
use cormorant_report::VibrationsSummary;
use cormorant_workflow::settings::{Input, VibrationsInput};
use cormorant_workflow::workflow;

/// Compute the normal modes that the input asks for, or what the arguments stand for.
pub(super) fn vibrations(arguments: &VibrationsArguments) -> Result<()> {
    let &VibrationsArguments { threads, force, quiet, .. } = arguments;
    let input = match &arguments.input {
        Some(path) => read(path)?,
        None => arguments.molecule.given()?.vibrations(arguments.temperature.as_deref())?,
    };
    let threads = threads.map_or_else(parallel::cores, usize::from);
    let found = workflow::vibrations(&input, threads, force, &mut structure::notes)?;
    if !quiet {
        let elements = &found.vibrations.system.elements;
        println!("{}: {} ({} atoms)", input.name, cormorant_core::system::formula(elements), elements.len());
        print!("{}", VibrationsSummary(&found.vibrations));
        for warning in &found.warnings {
            eprintln!("warning: {warning}");
        }
        println!("{} files in {}", found.files.len() + 1, show::path(&input.output.folder).display());
    }
    Ok(())
}

fn read(path: &Path) -> Result<VibrationsInput> {
    match Input::read_for(path, "vibrations")? {
        Input::Vibrations(input) => Ok(*input),
        other => Err(Error::Invalid(format!("{}: {}", path.display(), other.purpose()))),
    }
}
