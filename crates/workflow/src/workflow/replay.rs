//! Frames that the model to start from labels, so that a fit keeps what that knows.

use std::fs;

use super::Models;
use super::batch::{in_frame, read_structures, require_known};
use crate::settings::{FitInput, Precision, StartInput};
use cormorant_core::parallel::share;
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_fit::{Configuration, FitData, Replay};
use cormorant_io::ReadOptions;
use cormorant_potential::{Evaluation, LearnedPotential, Potential, RequestedProperties};

impl FitInput {
    /// `data` with the frames of `replay` in `[model]`, if there are any, labeled by the model to start from.
    ///
    /// # Errors
    /// When the file or the model cannot be read, the model does not know a frame, or the data have several theories.
    pub fn with_replay(&self, data: &FitData, networks: &Models) -> Result<FitData> {
        let Some((start, file)) = self.model.start().and_then(|start| Some((start, start.replay.as_ref()?))) else {
            return Ok(data.clone());
        };
        let bytes = fs::read(file).map_err(|source| Error::io(file, source))?;
        let systems = read_structures(file, ReadOptions::default())?.systems;
        let frames = label(start, &systems, self.run.threads, networks)?;
        data.clone().with_replay(Replay::new(file, &bytes, frames))
    }
}

/// The frames with energies and forces of the model to start from, as its network gives them in double precision, without a wall.
fn label(start: &StartInput, systems: &[System], threads: usize, networks: &Models) -> Result<Vec<Configuration>> {
    let file = start.replay.as_deref().unwrap_or(&start.start_from);
    let network = networks.get(&start.start_from)?;
    let one = || Ok(LearnedPotential::new(network.as_ref(), Precision::F64, 1)?.without_wall());
    let mut potentials = (0..threads.clamp(1, systems.len().max(1))).map(|_| one()).collect::<Result<Vec<_>>>()?;
    share(&mut potentials, systems.len(), |potential, index| {
        let system = &systems[index];
        require_known(potential, system).map_err(|error| in_frame(file, index, error))?;
        let (mut found, want) = (Evaluation::default(), RequestedProperties::default());
        potential.evaluate(system, want, &mut found).map_err(|error| in_frame(file, index, error))?;
        Ok(Configuration {
            elements: system.elements.clone(),
            positions: system.positions.clone(),
            cell: system.cell,
            state: system.state,
            energy: Some(found.energy),
            forces: found.forces,
            ..Configuration::default()
        })
    })
}
