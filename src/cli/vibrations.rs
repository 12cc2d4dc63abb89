//! `cormorant vibrations`.

use std::path::Path;

use super::folder::OutputFolder;
use super::run::RunMode;
use super::show;
use crate::input::Input;
use cormorant_core::{Error, Result, parallel};
use cormorant_report::{Films, VibrationsSummary, write_vibrations};

/// Compute the normal modes that the input at `path` asks for.
pub(super) fn vibrations(path: &Path, threads: Option<u16>, force: bool, quiet: bool) -> Result<()> {
    let input = Input::read(path)?;
    let Input::Vibrations(vibrations) = &input else {
        return Err(Error::Invalid(format!("{}: {}", path.display(), input.purpose())));
    };
    let target = &vibrations.output.folder;
    let text = input.to_toml(Some(target))?;
    super::structure::notes(&vibrations.structure.load()?.notes);
    let found = vibrations.compute(threads.map_or_else(parallel::cores, usize::from))?;
    let folder = OutputFolder::open(target, RunMode { force, resume: false, quiet })?;
    folder.write_input(&text)?;
    let films = Films {
        modes: vibrations.vibrations.films.clone(),
        frames: vibrations.vibrations.frames,
        amplitude: vibrations.vibrations.amplitude.value(),
    };
    let files = write_vibrations(folder.path(), &found, &films);
    if files.is_err() {
        folder.discard_if_nothing_was_done(0);
    }
    let files = files?;
    if !quiet {
        let elements = &found.system.elements;
        println!("{}: {} ({} atoms)", vibrations.name, cormorant_core::system::formula(elements), elements.len());
        print!("{}", VibrationsSummary(&found));
        println!("{} files in {}", files.len() + 1, show::path(target).display());
    }
    Ok(())
}
