//! Errors of a potential on labeled frames: one definition for the closing table of a fit and for `evaluate`.

use std::path::Path;

use super::batch::require_known;
use crate::settings::Precision;
use cormorant_core::Result;
use cormorant_core::parallel::share;
use cormorant_core::system::System;
use cormorant_fit::{Configuration, Errors, FitData, Metrics, Part};
use cormorant_network::{Network, as_read};
use cormorant_potential::{Evaluation, LearnedPotential, Potential, RequestedProperties};

/// What `potentials`, one for each thread, give for each of `frames`, which are those of `path`.
pub(super) fn predictions(
    potentials: &mut [Box<dyn Potential>],
    path: &Path,
    frames: &[Configuration],
) -> Result<Vec<Evaluation>> {
    share(potentials, frames.len(), |potential, index| {
        let frame = &frames[index];
        let want = RequestedProperties { virial: frame.virial.is_some(), atom_energies: false };
        let system = System::new(frame.elements.clone(), frame.positions.clone(), frame.cell);
        system
            .and_then(|system| predict(potential.as_mut(), &system, want))
            .map_err(|error| error.at_frame(index as u64).in_data(path))
    })
}

/// Energy and forces of one system, and the virial if it is wanted.
pub(super) fn predict(potential: &mut dyn Potential, system: &System, want: RequestedProperties) -> Result<Evaluation> {
    require_known(potential, &system.elements)?;
    let mut found = Evaluation::default();
    potential.evaluate(system, want, &mut found)?;
    Ok(found)
}

/// Errors of predictions. They are added in the order of the frames, so that the sums do not depend on the number of threads.
pub(super) fn errors(frames: &[Configuration], found: &[Evaluation]) -> Errors {
    let mut metrics = Metrics::default();
    for (frame, found) in frames.iter().zip(found) {
        metrics.add(frame, found.energy, &found.forces, found.virial.as_ref());
    }
    metrics.errors()
}

/// The closing table: errors of `model`, as it is read from its file and as runs use it, on each part of `data`.
pub(super) fn closing_table(
    model: &dyn Network,
    data: &FitData,
    file: &Path,
    precision: Precision,
    threads: usize,
) -> Result<Vec<(Part, Errors)>> {
    let model = as_read(model)?;
    let parts = [(Part::Train, &data.train), (Part::Validation, &data.validation), (Part::Test, &data.test)];
    let most = parts.iter().map(|(_, frames)| frames.len()).max().unwrap_or(1);
    // The wall is part of it, as in every run.
    let one = || Ok(Box::new(LearnedPotential::new(model.as_ref(), precision.into(), 1)?) as Box<dyn Potential>);
    let mut potentials = (0..threads.clamp(1, most.max(1))).map(|_| one()).collect::<Result<Vec<_>>>()?;
    let mut table = Vec::new();
    for (part, frames) in parts.into_iter().filter(|(_, frames)| !frames.is_empty()) {
        let found = predictions(&mut potentials, file, frames)?;
        table.push((part, errors(frames, &found)));
    }
    Ok(table)
}
