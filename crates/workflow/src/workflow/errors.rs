//! Errors of a potential on labeled frames: one definition for the closing table of a fit and for `evaluate`.

use std::path::Path;

use crate::settings::Precision;
use cormorant_core::Result;
use cormorant_core::parallel::share;
use cormorant_core::system::System;
use cormorant_fit::{Configuration, Errors, FitData, GroupMetrics, Metrics, Part, PartGroups, Replay};
use cormorant_learn::spread::SpreadErrors;
use cormorant_network::{Network, as_read};
use cormorant_potential::{Evaluation, LearnedPotential, Potential, RequestedProperties};

/// Frames whose predictions are in memory at the same time.
const AT_ONCE: usize = 4096;

/// What the labels of frames say of a potential.
pub(super) struct Compared {
    pub(super) errors: Errors,
    pub(super) groups: GroupMetrics,
    /// Spread and error of energies (meV) and of forces (meV/Å); empty without a committee.
    pub(super) spreads: [SpreadErrors; 2],
}

/// Errors of what `potentials`, one for each thread, give for `frames`, which are those of `path`, and of their groups. They are added
/// in the order of the frames, so that the sums do not depend on the number of threads.
pub(super) fn compare(
    potentials: &mut [Box<dyn Potential>],
    path: &Path,
    frames: &[Configuration],
) -> Result<Compared> {
    let (mut metrics, mut groups) = (Metrics::default(), GroupMetrics::default());
    let mut spreads = [SpreadErrors::of_numbers(), SpreadErrors::of_vectors()];
    for (number, some) in frames.chunks(AT_ONCE).enumerate() {
        let found = share(potentials, some.len(), |potential, index| {
            let frame = &some[index];
            let want = RequestedProperties { virial: frame.virial.is_some(), atom_energies: false };
            frame
                .system()
                .and_then(|system| predict(potential.as_mut(), &system, want))
                .map_err(|error| error.at_frame((number * AT_ONCE + index) as u64).in_data(path))
        })?;
        for (frame, found) in some.iter().zip(&found) {
            metrics.add(frame, found.energy, &found.forces, found.virial.as_ref());
            metrics.add_dipole(frame, frame.dipole.and_then(|_| found.dipole(&frame.system().ok()?)));
            groups.add(frame, found.energy, &found.forces);
            add_spread(&mut spreads, frame, found);
        }
    }
    Ok(Compared { errors: metrics.errors(), groups, spreads })
}

/// Adds the spreads of a frame with the errors of its labels.
fn add_spread([energies, forces]: &mut [SpreadErrors; 2], frame: &Configuration, found: &Evaluation) {
    let Some(spread) = &found.spread else { return };
    if let Some(label) = frame.energy {
        energies.add(1000.0 * spread.energy, &[1000.0 * (found.energy - label)]);
    }
    for ((label, force), spread) in frame.forces.iter().zip(&found.forces).zip(&spread.forces) {
        forces.add(1000.0 * spread, &[0, 1, 2].map(|axis| 1000.0 * (force[axis] - label[axis])));
    }
}

/// Energy and forces of one system, which the potential was asked about before, and the virial if it is wanted.
pub(super) fn predict(potential: &mut dyn Potential, system: &System, want: RequestedProperties) -> Result<Evaluation> {
    let mut found = Evaluation::default();
    potential.evaluate(system, want, &mut found)?;
    Ok(found)
}

/// Errors on each part, and on the groups of frames of each part that names any.
pub(super) type ClosingTable = (Vec<(Part, Errors)>, Vec<PartGroups>);

/// The closing table: errors of `model`, as it is read from its file and as runs use it, on each part of `data`, and on the groups of
/// their frames.
pub(super) fn closing_table(
    model: &dyn Network,
    data: &FitData,
    file: &Path,
    precision: Precision,
    threads: usize,
) -> Result<ClosingTable> {
    let parts = [(Part::Train, &data.train), (Part::Validation, &data.validation), (Part::Test, &data.test)];
    let most = parts.iter().map(|(_, frames)| frames.len()).max().unwrap_or(1);
    let mut potentials = as_runs_use_it(model, precision, threads.clamp(1, most.max(1)))?;
    let (mut table, mut of_groups) = (Vec::new(), Vec::new());
    for (part, frames) in parts.into_iter().filter(|(_, frames)| !frames.is_empty()) {
        let Compared { errors, groups, .. } = compare(&mut potentials, file, frames)?;
        table.push((part, errors));
        of_groups.extend(PartGroups::of(part, &groups));
    }
    Ok((table, of_groups))
}

/// The errors of `model` on what was replayed, against the labels of the model that the fit started from.
pub(super) fn on_replayed(
    model: &dyn Network,
    replay: &Replay,
    precision: Precision,
    threads: usize,
) -> Result<Errors> {
    let mut potentials = as_runs_use_it(model, precision, threads.clamp(1, replay.frames.len().max(1)))?;
    Ok(compare(&mut potentials, &replay.file, &replay.frames)?.errors)
}

/// The potential of `model`, as it is read from its file, for each of so many threads. The wall is part of it, as in every run.
fn as_runs_use_it(model: &dyn Network, precision: Precision, threads: usize) -> Result<Vec<Box<dyn Potential>>> {
    let model = as_read(model)?;
    let one = || Ok(Box::new(LearnedPotential::new(model.as_ref(), precision, 1)?) as Box<dyn Potential>);
    (0..threads).map(|_| one()).collect()
}
