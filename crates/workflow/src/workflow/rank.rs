//! Conformers of a molecule in the order of their energies.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::Models;
use super::batch::{self, Computing, WrittenResults};
use super::depth::Depth;
use super::minimize::{Descent, descend};
use crate::settings::{MinimizeInput, Quantity};
use cormorant_core::parallel::share;
use cormorant_core::system::{System, bonds_changed};
use cormorant_core::units::{self, BOLTZMANN, Dimension};
use cormorant_core::{Error, Result};
use cormorant_dynamics::analysis::matched_deviation;
use cormorant_io::TrajectoryFrame;

/// How conformers are ranked.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// How each is minimized.
    pub minimize: MinimizeInput,
    /// Temperature of the weights.
    pub temperature: Quantity,
    /// Two minima are the same if their energies differ by less,
    pub same_energy: Quantity,
    /// and the root mean square distance of their atoms is less.
    pub same_shape: Quantity,
}

/// One of the different minima.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Frames that lead to it, counted from 0; the first is the one that is written.
    pub frames: Vec<usize>,
    /// Energy in eV.
    pub energy: f64,
    /// Energy above the lowest in eV.
    pub relative: f64,
    /// Share of it at the temperature, 0 to 1.
    pub weight: f64,
    /// Grade of extrapolation and closest contact over the shortest in training; NaN where nothing is known.
    pub extrapolation: [f64; 2],
    /// Whether it is outside of what the models were trained on.
    pub outside: bool,
    /// Whether that is because of an atom that is bonded as hardly any training frame has it.
    pub unusual: bool,
    /// Whether the minimization reached its goal.
    pub converged: bool,
    /// Whether atoms that were bonded are not any more, or the other way round.
    pub bonds_changed: bool,
}

/// Conformers in the order of their energies.
pub struct RankedConformers {
    /// Number of frames.
    pub frames: usize,
    /// The different minima, lowest first.
    pub minima: Vec<Ranked>,
    /// How far they are from the training frames, in the same order; none for models that record nothing of them.
    pub depth: Option<Depth>,
    /// What a user should know of how charges and spins are taken, if anything.
    pub note: Option<String>,
    /// Where they are, with a table.
    pub files: WrittenResults,
}

/// Minimize each of `systems`, the frames of `path`, with the potential of `models` (several are a committee), leave out what is found
/// twice, and sort by energy. Weights are exp(−ΔE/kT) over their sum: of energies, without vibrations.
///
/// # Errors
/// When the frames are not of one molecule, a model cannot be read or does not know an element, a frame cannot be evaluated, or
/// `files` cannot be written.
pub fn rank_file(
    models: &[PathBuf],
    path: &Path,
    systems: &[System],
    files: WrittenResults,
    how: &Ranking,
    computing: Computing,
) -> Result<RankedConformers> {
    require_one_molecule(path, systems)?;
    let networks = Models::default();
    let mut potentials: Vec<Option<_>> =
        batch::potentials(&networks, models, &computing, systems.len())?.into_iter().map(Some).collect();
    let note = match potentials.first() {
        Some(Some(first)) => batch::require_all_known(path, systems, first.as_ref())?,
        _ => None,
    };
    let found = share(&mut potentials, systems.len(), |potential, index| {
        descend(potential, &systems[index], &how.minimize).map_err(|error| batch::in_frame(path, index, error))
    })?;
    let groups = distinct(&found, how);
    let kept: Vec<&Descent> = groups.iter().map(|frames| &found[frames[0]]).collect();
    let relaxed: Vec<System> = kept.iter().map(|descent| descent.system.clone()).collect();
    let depth = Depth::of(&networks, models, &relaxed, potentials.len())?;
    let energies: Vec<f64> = kept.iter().map(|descent| descent.minimum.energy).collect();
    let weights = weights(&energies, how.temperature.value());
    let mut minima = Vec::with_capacity(kept.len());
    for (place, (descent, frames)) in kept.iter().zip(groups).enumerate() {
        let bonds_changed = bonds_changed(&systems[frames[0]], &descent.system)?;
        minima.push(Ranked {
            energy: energies[place],
            relative: energies[place] - energies[0],
            weight: weights[place],
            extrapolation: depth.as_ref().map_or([f64::NAN; 2], |depth| depth.numbers(place)),
            outside: depth.as_ref().is_some_and(|depth| depth.is_outside(place)),
            unusual: depth.as_ref().is_some_and(|depth| depth.unusual[place].is_some()),
            converged: descent.minimum.converged,
            bonds_changed,
            frames,
        });
    }
    write(&files, &kept, &minima, &how.temperature)?;
    Ok(RankedConformers { frames: systems.len(), minima, depth, note, files })
}

/// Relative energies of different molecules mean nothing.
fn require_one_molecule(path: &Path, systems: &[System]) -> Result<()> {
    let first = &systems[0];
    for (index, system) in systems.iter().enumerate() {
        if system.state.filled() != first.state.filled() {
            let reason = "has another total charge or spin than the first frame; rank conformers of one state, each in a file of its own";
            return Err(batch::in_frame(path, index, Error::Structure(reason.into())));
        }
        if system.elements != first.elements {
            let reason = "has not the atoms of the first frame in the same order; rank conformers of one molecule, \
                          or minimize different ones with `cormorant minimize`";
            return Err(batch::in_frame(path, index, Error::Structure(reason.into())));
        }
        if system.masses != first.masses {
            let reason = "has other masses than the first frame: isotopomers have the same energies but are different molecules; rank each in a file of its own";
            return Err(batch::in_frame(path, index, Error::Structure(reason.into())));
        }
        if system.cell.is_some() {
            let reason =
                "has a cell; conformers are single molecules, and `cormorant minimize` takes periodic structures";
            return Err(batch::in_frame(path, index, Error::Structure(reason.into())));
        }
    }
    Ok(())
}

/// The frames that lead to each of the different minima, lowest energy first; the frames of a minimum by growing energy.
fn distinct(found: &[Descent], how: &Ranking) -> Vec<Vec<usize>> {
    let energy = |index: usize| found[index].minimum.energy;
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|a, b| energy(*a).total_cmp(&energy(*b)).then(a.cmp(b)));
    let (near, alike) = (how.same_energy.value(), how.same_shape.value());
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for index in order {
        let system = &found[index].system;
        let same = |group: &Vec<usize>| {
            let other = &found[group[0]].system;
            energy(index) - energy(group[0]) < near
                && matched_deviation((&system.elements, &system.masses), &system.positions, &other.positions) < alike
        };
        match groups.iter().rposition(same) {
            Some(place) => groups[place].push(index),
            None => groups.push(vec![index]),
        }
    }
    groups
}

/// Boltzmann weights of `energies` (eV), the lowest first, at `temperature` (K).
fn weights(energies: &[f64], temperature: f64) -> Vec<f64> {
    let factors: Vec<f64> =
        energies.iter().map(|energy| (-(energy - energies[0]) / (BOLTZMANN * temperature)).exp()).collect();
    let sum: f64 = factors.iter().sum();
    factors.iter().map(|factor| factor / sum).collect()
}

/// An energy in eV in `unit`.
///
/// # Errors
/// When it is no unit of energy.
pub fn energy_in(energy: f64, unit: &str) -> Result<f64> {
    Ok(energy / units::conversion(unit, Dimension::Energy)?)
}

fn write(files: &WrittenResults, kept: &[&Descent], minima: &[Ranked], temperature: &Quantity) -> Result<()> {
    let mut table = format!(
        "rank,frame,energy/eV,relative_energy/(kcal/mol),relative_energy/(kJ/mol),weight at {temperature},frames,grade/1,\
         closest_contact/1,converged,bonds_changed\n"
    );
    for (rank, one) in minima.iter().enumerate() {
        let [grade, contact] = one.extrapolation;
        let (kilocalories, kilojoules) = (energy_in(one.relative, "kcal/mol")?, energy_in(one.relative, "kJ/mol")?);
        let frames = one.frames.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "{},{},{:.9},{kilocalories:.4},{kilojoules:.4},{:.6},{frames},{grade:.4},{contact:.4},{},{}",
            rank + 1,
            one.frames[0],
            one.energy,
            one.weight,
            one.converged,
            one.bonds_changed
        );
    }
    let frame = |(descent, one): (&&Descent, &Ranked)| {
        let evaluation = &descent.evaluation;
        let mut frame = TrajectoryFrame::new(&descent.system).with_energy_and_forces(one.energy, &evaluation.forces);
        if let Some(spread) = &evaluation.spread {
            frame = frame.with_spread(spread.energy, &spread.forces);
        }
        frame = frame.with_charges(&evaluation.charges, evaluation.dipole(&descent.system));
        frame.extrapolation = Some(one.extrapolation);
        frame.keys = vec![("source_frame", one.frames[0].to_string()), ("weight", format!("{:.6}", one.weight))];
        frame
    };
    let mut frames = kept.iter().zip(minima).map(|pair| (pair.0.system.elements.as_slice(), frame(pair)));
    files.write_frames(&mut frames, &table)
}
