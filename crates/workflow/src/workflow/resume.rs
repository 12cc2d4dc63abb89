//! Resuming a run, also one that is to become longer.

use std::path::Path;

use crate::settings::{Input, RESTART};
use cormorant_core::Result;
use cormorant_dynamics::simulation::{Restart, Simulation};

/// Put `simulation`, whose input is set, where the restart file in `folder` was written. Whether the input has changed since, in what
/// may change: the length of the stage under way, and the stages after it.
///
/// # Errors
/// When the file is damaged or belongs to another input.
pub(super) fn resume(simulation: &mut Simulation, folder: &Path) -> Result<bool> {
    let path = folder.join(RESTART);
    let restart = Restart::read(&path)?;
    let text = simulation.input.clone();
    let same = Input::means(&restart.input, &text, folder);
    let place = [restart.stage as u64, restart.stage_step];
    let longer = !same && Input::continues(&restart.input, &text, folder, place);
    if same || longer {
        simulation.input = restart.input;
    }
    simulation.resume(&path)?;
    if longer {
        simulation.input = text;
    }
    Ok(longer)
}
