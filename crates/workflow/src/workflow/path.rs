//! A minimum energy path, with its files.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::depth::Depth;
use super::folder::OutputFolder;
use super::{Models, RunMode};
use crate::settings::{Input, PathInput, RESTART};
use cormorant_core::system::{BondedPair, System, find_bonds};
use cormorant_core::{Error, Result};
use cormorant_dynamics::paths::{
    ElasticBand, Ends, FoundPath, FreeMotion, PathState, PotentialSurface, Surface, interpolate,
};
use cormorant_dynamics::simulation::Stop;
use cormorant_report::write_path;

/// The state is saved when this much time has passed.
const SAVE_EVERY: Duration = Duration::from_secs(5);
/// How far atoms are moved for the frequencies of the saddle point, in Å.
const DISPLACEMENT: f64 = 0.005;
/// An image that lies lower than its neighbors by more than this (eV) is a minimum on the way.
const REST: f64 = 1.0e-3;

/// A path that was written to a folder.
pub struct PathFound {
    /// The path.
    pub path: FoundPath,
    /// Bonds that are there at the first end alone, and at the second alone, as `O4-H9`.
    pub bonds: [Vec<String>; 2],
    /// What a user should be warned of.
    pub warnings: Vec<String>,
    /// How far the images are from the training frames; none for models that record nothing of them.
    pub depth: Option<Depth>,
    /// The files, without the input.
    pub files: Vec<PathBuf>,
}

/// Find the path that `input` asks for, on `threads` threads, and write it to its folder.
///
/// `notes` are told what a user should know of how the structures were read, before anything takes long; `progress` the band before
/// every step. When `stop` is raised the state is saved.
///
/// # Errors
/// When a file cannot be read, the ends do not belong together, the folder is not available, or it was stopped.
pub fn find_path(
    input: &PathInput,
    threads: usize,
    mode: RunMode,
    stop: &Stop,
    notes: &mut dyn FnMut(&[String]),
    progress: &mut dyn FnMut(&ElasticBand),
) -> Result<PathFound> {
    let target = &input.output.folder;
    let text = Input::Path(Box::new(input.clone())).to_toml(Some(target))?;
    let (mut ends, mut said) = input.ends()?;
    let networks = Models::default();
    let remark = input.potential.structure_remark(&ends.first, &networks);
    said.extend(remark.map_err(|error| error.in_structure(&input.structure.file))?);
    notes(&said);
    let mut potentials = input.potentials(&ends.first, threads, &networks)?;
    let free = FreeMotion::of(&ends.first, potentials[0].as_ref());
    let mut warnings = Vec::new();
    let stored = if mode.resume { Some(stored(input, target)?) } else { None };
    let images = if let Some(state) = &stored {
        for (end, positions) in [&mut ends.first, &mut ends.second].into_iter().zip(&state.ends) {
            if end.atom_count() != positions.len() {
                return Err(Error::restart(
                    target.join(RESTART),
                    "it has another number of atoms; start again with --force",
                ));
            }
            end.positions.clone_from(positions);
        }
        vec![ends.first.positions.clone(); input.path.images]
    } else {
        warnings.extend(input.minimize_ends(&mut ends, &networks)?);
        ends.superpose(free).map_err(|error| error.in_structure(&input.final_structure.file))?;
        let images = interpolate(&ends, input.path.images, free, input.initial_path());
        images.map_err(|error| error.in_structure(&input.final_structure.file))?
    };
    let folder = OutputFolder::open(target, mode)?;
    folder.write_input(&text)?;
    let band = {
        let mut surface = PotentialSurface::new(&mut potentials, &ends.first);
        let run = Run { input, ends: &ends, text: &text, folder: folder.path(), stop };
        run.relaxed(images, stored.as_ref(), free, &mut surface, progress)
    };
    if band.is_err() && !folder.path().join(RESTART).is_file() {
        folder.discard_if_nothing_was_done(0);
    }
    let mut path = FoundPath::new(ends.first.clone(), band?, input.path.force_tolerance.value());
    if input.path.check_saddle {
        path.check_saddle(&mut potentials, DISPLACEMENT)?;
    }
    conclude(input, path, &ends, warnings, folder.path(), (potentials.len(), &networks))
}

/// What a path is relaxed with.
struct Run<'a> {
    input: &'a PathInput,
    ends: &'a Ends,
    text: &'a str,
    folder: &'a Path,
    stop: &'a Stop,
}

impl Run<'_> {
    fn relaxed(
        &self,
        images: Vec<Vec<[f64; 3]>>,
        stored: Option<&PathState>,
        free: FreeMotion,
        surface: &mut dyn Surface,
        progress: &mut dyn FnMut(&ElasticBand),
    ) -> Result<ElasticBand> {
        let Ends { first, second } = self.ends;
        let mut known = surface.evaluate(&[first.positions.clone(), second.positions.clone()])?;
        let (Some(last), Some(begin)) = (known.pop(), known.pop()) else {
            return Err(Error::Internal("an end was not evaluated".into()));
        };
        let settings = self.input.band_settings();
        let mut band = ElasticBand::new(self.ends, [begin, last], images, &settings, free, surface)?;
        match stored {
            Some(state) => band.restore(&state.band, surface)?,
            None => self.save(&band)?,
        }
        let mut saved = Instant::now();
        let relaxed = band.relax(surface, &mut |band| {
            progress(band);
            if self.stop.asked() {
                self.save(band)?;
                return Err(Error::Interrupted("the path is saved; continue with --resume".into()));
            }
            if saved.elapsed() >= SAVE_EVERY {
                self.save(band)?;
                saved = Instant::now();
            }
            Ok(())
        });
        relaxed?;
        self.save(&band)?;
        Ok(band)
    }

    fn save(&self, band: &ElasticBand) -> Result<()> {
        let ends = [self.ends.first.positions.clone(), self.ends.second.positions.clone()];
        PathState { ends, band: band.state(), input: self.text.to_string() }.write(&self.folder.join(RESTART))
    }
}

/// The state in `folder`, if it belongs to `input` but for when it ends.
fn stored(input: &PathInput, folder: &Path) -> Result<PathState> {
    let file = folder.join(RESTART);
    if !file.is_file() {
        let reason = "has no restart.safetensors to resume from; run without --resume";
        return Err(Error::Invalid(format!("{}: {reason}", super::shown_path(folder).display())));
    }
    let state = PathState::read(&file)?;
    let same = match Input::from_text(state.input.clone(), &folder.join(super::folder::INPUT)) {
        Ok(Input::Path(mut then)) => {
            then.path.most_steps = input.path.most_steps;
            then.path.check_saddle = input.path.check_saddle;
            then.path.force_tolerance = input.path.force_tolerance.clone();
            *then == *input
        }
        _ => false,
    };
    if !same {
        let reason = "it belongs to another input (only most_steps, force_tolerance and check_saddle may change); start again with --force";
        return Err(Error::restart(&file, reason));
    }
    Ok(state)
}

fn conclude(
    input: &PathInput,
    path: FoundPath,
    ends: &Ends,
    mut warnings: Vec<String>,
    folder: &Path,
    (threads, networks): (usize, &Models),
) -> Result<PathFound> {
    let systems: Vec<System> = (0..path.band.len()).map(|image| path.system(image)).collect();
    let depth = Depth::of_networks(&input.potential.networks(networks)?, &systems, threads)?;
    let known: Vec<Option<[f64; 2]>> =
        (0..systems.len()).map(|image| depth.as_ref().map(|depth| depth.numbers(image))).collect();
    for image in path.band.rests(REST) {
        warnings.push(format!(
            "image {image} is near a minimum between the ends: the path has several barriers; find a path for each part"
        ));
    }
    let bonds = changed(&ends.first, &ends.second)?;
    let files = write_path(folder, &path, &known)?;
    Ok(PathFound { path, bonds, warnings, depth, files })
}

/// Bonds of the first structure alone and of the second alone.
fn changed(first: &System, second: &System) -> Result<[Vec<String>; 2]> {
    let atoms = |bond: &BondedPair| [bond.first, bond.second];
    let (one, other): (Vec<_>, Vec<_>) =
        (find_bonds(first)?.iter().map(atoms).collect(), find_bonds(second)?.iter().map(atoms).collect());
    let name = |atom: usize| format!("{}{}", first.elements[atom].symbol(), atom + 1);
    let beside = |these: &[[usize; 2]], those: &[[usize; 2]]| -> Vec<String> {
        let alone = these.iter().filter(|bond| !those.contains(bond));
        alone.map(|[a, b]| format!("{}-{}", name(*a), name(*b))).collect()
    };
    Ok([beside(&one, &other), beside(&other, &one)])
}
