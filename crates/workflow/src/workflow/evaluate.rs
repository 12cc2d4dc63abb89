//! Models against labeled data, and what they give for structures without labels.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::Models;
use super::batch::{self, Computing, WrittenResults};
use super::depth::Depth;
use super::errors::{self, Compared, predict};
use super::spread_comparison::SpreadComparison;
use cormorant_core::parallel::share;
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_fit::{Configuration, DataSet, Errors, GroupMetrics};
use cormorant_network::TheoryRecord;
use cormorant_potential::{Evaluation, RequestedProperties};

/// Models against labeled data.
pub struct Comparison {
    /// Errors on all frames.
    pub errors: Errors,
    /// Errors on groups of frames.
    pub groups: GroupMetrics,
    /// How far the frames are from the training frames; none for models that record nothing of them.
    pub depth: Option<Depth>,
    /// How far the spread tells the error; none where there is no committee.
    pub spread: Option<SpreadComparison>,
    /// What a user should know of how charges, spins and dipole moments are taken.
    pub notes: Vec<String>,
}

/// Compare the potential of `models` (several are a committee) with the labels of `set`.
///
/// # Errors
/// When a model cannot be read or does not know an element, or a frame cannot be evaluated.
pub fn compare_with_labels(
    networks: &Models,
    models: &[PathBuf],
    set: &DataSet,
    computing: Computing,
) -> Result<Comparison> {
    let (frames, others) = of_its_theory(networks, models, set)?;
    let frames = frames.as_ref();
    let mut potentials = batch::potentials(networks, models, &computing, frames.len())?;
    let systems = frames.iter().map(Configuration::system).collect::<Result<Vec<_>>>()?;
    let in_data = |error: Error| error.in_data(&set.path);
    let note = batch::require_all_known(&set.path, &systems, potentials[0].as_ref()).map_err(in_data)?;
    let Compared { errors, groups, spreads } = errors::compare(&mut potentials, &set.path, frames)?;
    let depth = Depth::of(networks, models, &systems, potentials.len())?;
    let unused = errors.dipole_mae.is_none() && frames.iter().any(|frame| frame.dipole.is_some());
    let unused = unused.then(|| "`dipole` is not used: the model has no charges".to_string());
    let notes = note.into_iter().chain(unused).chain(others).collect();
    Ok(Comparison { errors, groups, depth, spread: SpreadComparison::of(spreads), notes })
}

/// The keys of comments by which frames of the theory that `models` were fitted to are told from others; those that the first was fitted among.
///
/// # Errors
/// When a model cannot be read.
pub fn theory_keys(networks: &Models, models: &[PathBuf]) -> Result<Vec<String>> {
    Ok(theory_of(networks, models)?.into_iter().map(|theory| theory.key).collect())
}

/// The theory that the first of `models` was fitted to among others, if it was.
fn theory_of(networks: &Models, models: &[PathBuf]) -> Result<Option<TheoryRecord>> {
    let network = networks.all(models)?;
    Ok(network.first().and_then(|network| network.record().data.theory.clone()))
}

/// The frames whose labels are of the theory that `models` were fitted to, where those of several are told apart, and what is said of the others.
///
/// # Errors
/// When a model cannot be read, or no frame is of its theory.
fn of_its_theory<'s>(
    networks: &Models,
    models: &[PathBuf],
    set: &'s DataSet,
) -> Result<(Cow<'s, [Configuration]>, Option<String>)> {
    let all = Cow::Borrowed(set.configurations.as_slice());
    let Some(TheoryRecord { key, name }) = theory_of(networks, models)? else { return Ok((all, None)) };
    let of_others = |one: &&Configuration| one.group(&key).is_some_and(|theory| theory != name);
    let others = all.iter().filter(of_others).count();
    if others == 0 {
        return Ok((all, None));
    }
    let frames: Vec<Configuration> = all.iter().filter(|one| !of_others(one)).cloned().collect();
    if frames.is_empty() {
        let reason = format!(
            "has no frame with {key}={name}, to which the model was fitted; take the model of another theory, or other frames"
        );
        return Err(Error::data(&set.path, reason));
    }
    let note =
        format!("{others} frames have another `{key}` than {name}, to which the model was fitted, and are left out");
    Ok((Cow::Owned(frames), Some(note)))
}

/// Energies and forces that were written to files.
pub struct Predictions {
    /// Number of structures.
    pub structures: usize,
    /// How far they are from the training frames; none for models that record nothing of them.
    pub depth: Option<Depth>,
    /// What a user should know of how charges and spins are taken, if anything.
    pub note: Option<String>,
    /// The files.
    pub files: WrittenResults,
}

/// Write energies and forces of `systems`, the frames of `path`, with stress where there is a cell, to `files`.
///
/// # Errors
/// When a model cannot be read or does not know an element, a frame cannot be evaluated, or `files` cannot be written.
pub fn predict_file(
    networks: &Models,
    models: &[PathBuf],
    path: &Path,
    systems: Vec<System>,
    files: WrittenResults,
    computing: Computing,
) -> Result<Predictions> {
    let mut potentials = batch::potentials(networks, models, &computing, systems.len())?;
    let note = batch::require_all_known(path, &systems, potentials[0].as_ref())?;
    let found = share(&mut potentials, systems.len(), |potential, index| {
        let want = RequestedProperties { virial: systems[index].cell.is_some(), atom_energies: false };
        predict(potential.as_mut(), &systems[index], want).map_err(|error| batch::in_frame(path, index, error))
    })?;
    let spread = found[0].spread.is_some();
    let more = if spread { ",energy_spread/eV,largest_force_spread/(eV/Å)" } else { "" };
    let depth = Depth::of(networks, models, &systems, potentials.len())?;
    let outside = if depth.is_some() { ",grade/1,closest_contact/1" } else { "" };
    let mut table = format!("frame,atoms,energy/eV,largest_force/(eV/Å){more}{outside}\n");
    for (index, one) in found.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(table, "{index},{},{:.9},{:.6}", one.forces.len(), one.energy, batch::largest_force(one));
        if let Some(spread) = &one.spread {
            let _ = write!(table, ",{:.9},{:.6}", spread.energy, spread.largest().1);
        }
        if let Some(depth) = &depth {
            let [grade, contact] = depth.numbers(index);
            let _ = write!(table, ",{grade:.4},{contact:.4}");
        }
        table.push('\n');
    }
    let pairs: Vec<(System, Evaluation)> = systems.into_iter().zip(found).collect();
    let numbers: Vec<_> = (0..pairs.len()).map(|frame| depth.as_ref().map(|depth| depth.numbers(frame))).collect();
    files.write(&pairs, &numbers, &table)?;
    Ok(Predictions { structures: pairs.len(), depth, note, files })
}
