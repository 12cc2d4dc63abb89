//! Frames of a pool that are worth a label.

use std::collections::HashSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::Models;
use super::batch::{self, Computing, WrittenResults, read_structures};
use super::depth::Depth;
use super::errors::predict;
use crate::settings::SelectBy;
use cormorant_core::noise::Noise;
use cormorant_core::parallel::share;
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};
use cormorant_io::{ReadOptions, TrajectoryFrame};
use cormorant_learn::select::{Surroundings, at_random, evenly, farthest, largest_of_blocks};
use cormorant_potential::RequestedProperties;

/// How many frames are chosen, and how.
#[derive(Debug, Clone)]
pub struct SelectRequest {
    /// The rule.
    pub by: SelectBy,
    /// How many.
    pub number: usize,
    /// Seed of a random choice.
    pub seed: u64,
    /// The models whose spread or grade counts.
    pub models: Vec<PathBuf>,
    /// Frames from which the distance is measured.
    pub known: Vec<System>,
    /// How the models compute.
    pub computing: Computing,
}

/// Frames from which some are chosen, in the order of time.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    /// The frames.
    pub systems: Vec<System>,
    /// File of each and its number there, counted from 0.
    pub sources: Vec<(PathBuf, usize)>,
    /// What a user should know of how the files were read.
    pub notes: Vec<String>,
}

/// A frame that was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Picked {
    /// Its number in the pool.
    pub frame: usize,
    /// Why.
    pub reason: String,
    /// Spread in eV/Å, grade or distance, where the rule has one.
    pub score: Option<f64>,
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// The frames.
    pub picked: Vec<Picked>,
    /// What a user should know of how the models take total charge and spin, if anything.
    pub note: Option<String>,
}

impl Pool {
    /// The frames of `files`, one file after the other.
    ///
    /// # Errors
    /// When a file cannot be read or has no frames.
    pub fn read(files: &[PathBuf], options: &ReadOptions) -> Result<Self> {
        let mut pool = Self::default();
        for file in files {
            let read = read_structures(file, options.clone())?;
            pool.sources.extend((0..read.systems.len()).map(|frame| (file.clone(), frame)));
            pool.systems.extend(read.systems);
            pool.notes.extend(read.notes);
        }
        Ok(pool)
    }

    /// Takes out the frames that are among `known` ones, to 1e-4 Å, and says how many there were.
    pub fn take_out(&mut self, known: &[System]) -> usize {
        let known: HashSet<Vec<i64>> = known.iter().map(place).collect();
        let before = self.systems.len();
        let frames = std::mem::take(&mut self.systems).into_iter().zip(std::mem::take(&mut self.sources));
        (self.systems, self.sources) = frames.filter(|(system, _)| !known.contains(&place(system))).unzip();
        before - self.systems.len()
    }

    /// An error of a frame, at its place.
    fn at(&self, frame: usize, error: Error) -> Error {
        let (file, number) = &self.sources[frame];
        batch::in_frame(file, *number, error)
    }
}

/// Elements and positions in units of 1e-4 Å.
fn place(system: &System) -> Vec<i64> {
    let elements = system.elements.iter().map(|element| i64::from(element.number()));
    let positions = system.positions.iter().flatten().map(|x| (x * 1.0e4).round() as i64);
    elements.chain(positions).collect()
}

/// Chooses frames of `pool`, in the order of time; by distance, in the order in which they were chosen.
///
/// # Errors
/// When there are fewer frames than asked for, a model cannot be read, does not know an element or has not what the rule needs, or
/// a frame cannot be evaluated.
pub fn select(pool: &Pool, request: &SelectRequest) -> Result<Selection> {
    let (count, number) = (pool.systems.len(), request.number);
    if number > count {
        let reason =
            format!("{number} frames are asked for, but there are only {count}; ask for fewer, or name more files");
        return Err(Error::Invalid(reason));
    }
    let plain = |frames: Vec<usize>, reason: &str| {
        frames.into_iter().map(|frame| Picked { frame, reason: reason.into(), score: None }).collect()
    };
    let mut note = None;
    let picked = match request.by {
        SelectBy::Time => plain(evenly(count, number), &format!("middle of one of {number} blocks of time")),
        SelectBy::Random => {
            let seed = request.seed;
            plain(at_random(count, number, &Noise::new(seed)), &format!("at random with seed {seed}"))
        }
        SelectBy::Spread => {
            let spreads = spreads(pool, request, &mut note)?;
            largest(&spreads, number, &|spread| format!("largest spread of its block: {spread:.3} eV/Å"))
        }
        SelectBy::Grade => {
            let grades = grades(pool, request)?;
            largest(&grades, number, &|grade| format!("largest grade of extrapolation of its block: {grade:.2}"))
        }
        SelectBy::Distance => by_distance(pool, request)?,
    };
    Ok(Selection { picked, note })
}

/// The frame of the largest score of each block.
fn largest(scores: &[f64], number: usize, reason: &dyn Fn(f64) -> String) -> Vec<Picked> {
    let picked = |frame: usize| Picked { frame, reason: reason(scores[frame]), score: Some(scores[frame]) };
    largest_of_blocks(scores, number).into_iter().map(picked).collect()
}

/// The largest spread of the force on an atom of each frame, in eV/Å; `note` is the first that there is to be said of charges.
fn spreads(pool: &Pool, request: &SelectRequest, note: &mut Option<String>) -> Result<Vec<f64>> {
    let networks = Models::default();
    if Models::members(&request.models)?.len() < 2 {
        let reason = "the rule `spread` needs a committee: name one, or several models of the same thing, with --model";
        return Err(Error::Invalid(reason.into()));
    }
    let mut potentials = batch::potentials(&networks, &request.models, &request.computing, pool.systems.len())?;
    // Before hours are spent on the others.
    for (frame, system) in pool.systems.iter().enumerate() {
        let remark = batch::require_known(potentials[0].as_ref(), system).map_err(|error| pool.at(frame, error))?;
        *note = note.take().or(remark);
    }
    share(&mut potentials, pool.systems.len(), |potential, frame| {
        let found = predict(potential.as_mut(), &pool.systems[frame], RequestedProperties::default());
        let found = found.map_err(|error| pool.at(frame, error))?;
        let spread = found.spread.map_or(f64::NAN, |spread| {
            // A spread that is not a number is beyond all.
            if spread.forces.iter().any(|one| one.is_nan()) { f64::NAN } else { spread.largest().1 }
        });
        Ok(spread)
    })
}

/// The grade of extrapolation of each frame.
fn grades(pool: &Pool, request: &SelectRequest) -> Result<Vec<f64>> {
    if request.models.is_empty() {
        return Err(Error::Invalid("the rule `grade` needs a model; name one with --model".into()));
    }
    let threads = request.computing.threads.map_or_else(cormorant_core::parallel::cores, usize::from);
    let found = Depth::of(&Models::default(), &request.models, &pool.systems, threads)?;
    let Some(depth) = found else {
        let reason = "the models record nothing of their training frames, so that there are no grades; use another rule, \
                      or `cormorant certify MODEL --data FILE`";
        return Err(Error::Invalid(reason.into()));
    };
    Ok((0..pool.systems.len()).map(|frame| depth.numbers(frame)[0]).collect())
}

/// Frames far from the known ones and from each other.
fn by_distance(pool: &Pool, request: &SelectRequest) -> Result<Vec<Picked>> {
    let all = || pool.systems.iter().chain(&request.known).flat_map(|system| system.elements.iter().copied());
    let mut elements: Vec<Element> = all().collect();
    elements.sort_unstable();
    elements.dedup();
    let [own, known] = [&pool.systems, &request.known].map(|systems| Surroundings::of(systems, &elements));
    let picked = farthest(&own?, &known?, request.number).into_iter().map(|one| {
        let reason = match one.distance {
            None => "the first frame, since nothing is known".to_string(),
            Some(distance) if distance.is_infinite() => "an element that no known frame has".to_string(),
            Some(distance) => format!("surroundings farthest from all known: {distance:.3}"),
        };
        Picked { frame: one.frame, reason, score: one.distance.filter(|distance| distance.is_finite()) }
    });
    Ok(picked.collect())
}

/// Write the frames of `pool` that were `picked` to `files`, each with why it was and where it is from.
///
/// # Errors
/// When they cannot be written.
pub fn write_selection(pool: &Pool, picked: &[Picked], files: &WrittenResults) -> Result<()> {
    let shown = |path: &Path| path.to_string_lossy().into_owned();
    let mut table = String::from("frame,source_file,source_frame,score,reason\n");
    for (index, one) in picked.iter().enumerate() {
        let (file, number) = &pool.sources[one.frame];
        let score = one.score.map_or_else(String::new, |score| format!("{score:.6}"));
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{index},\"{}\",{number},{score},\"{}\"", shown(file).replace('"', "\"\""), one.reason);
    }
    let frame = |one: &Picked| {
        let (file, number) = &pool.sources[one.frame];
        let mut frame = TrajectoryFrame::new(&pool.systems[one.frame]);
        frame.keys =
            vec![("reason", one.reason.clone()), ("source_file", shown(file)), ("source_frame", number.to_string())];
        frame
    };
    let mut frames = picked.iter().map(|one| (pool.systems[one.frame].elements.as_slice(), frame(one)));
    files.write_frames(&mut frames, &table)
}
