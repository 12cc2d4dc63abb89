//! Normal modes, with their files.

use std::path::PathBuf;

use super::folder::OutputFolder;
use super::{Models, RunMode};
use crate::settings::{Input, VibrationsInput};
use cormorant_core::Result;
use cormorant_core::system::bonds_changed;
use cormorant_dynamics::vibrations::Vibrations;
use cormorant_report::{Animations, write_vibrations};

/// Normal modes that were written to a folder.
pub struct VibrationsFound {
    /// The modes and what follows from them.
    pub vibrations: Vibrations,
    /// What a user should know of the minimum.
    pub warnings: Vec<String>,
    /// The files, without the input.
    pub files: Vec<PathBuf>,
}

/// What to say of a molecule that became another one.
const CHANGED_BONDS: &str = "minimizing changed bonds: the modes are those of other molecules than the structure file has; look at the minimum in the folder of the results";

/// Compute the normal modes that `input` asks for on `threads` threads, and write them to its folder.
///
/// `notes` are told what a user should know of how the structure was read, before anything takes long.
///
/// # Errors
/// When a file cannot be read, no minimum is found, or the folder is not available.
pub fn vibrations(
    input: &VibrationsInput,
    threads: usize,
    force: bool,
    notes: &mut dyn FnMut(&[String]),
) -> Result<VibrationsFound> {
    let target = &input.output.folder;
    let text = Input::Vibrations(Box::new(input.clone())).to_toml(Some(target))?;
    let loaded = input.structure.load()?;
    let networks = Models::default();
    let remark = input.potential.structure_remark(&loaded.system, &networks);
    let mut said = loaded.notes;
    said.extend(remark.map_err(|error| error.in_structure(&input.structure.file))?);
    said.extend(input.potential.dipole_remark(&networks)?);
    notes(&said);
    let before = loaded.system.cell.is_none().then(|| loaded.system.clone());
    let found = input.compute(loaded.system, threads, &networks)?;
    let changed = before.map_or(Ok(false), |before| bonds_changed(&before, &found.system))?;
    let warnings = changed.then(|| CHANGED_BONDS.to_string()).into_iter().collect();
    let folder = OutputFolder::open(target, RunMode { force, resume: false })?;
    folder.write_input(&text)?;
    let animations = Animations {
        modes: input.vibrations.animations.clone(),
        frames: input.vibrations.frames,
        amplitude: input.vibrations.amplitude.value(),
    };
    let files = write_vibrations(folder.path(), &found, &animations);
    if files.is_err() {
        folder.discard_if_nothing_was_done(0);
    }
    Ok(VibrationsFound { vibrations: found, warnings, files: files? })
}
