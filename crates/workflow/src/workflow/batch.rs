//! What commands over a file of structures share: reading them, models for every thread, results as extended XYZ and CSV.

use std::path::{Path, PathBuf};

use super::{Models, learned, too_alike};
use crate::settings::{DeviceInput, Precision};
use cormorant_core::atomic;
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};
use cormorant_fit::{Configuration, DataSet};
use cormorant_io::{ReadOptions, TrajectoryFrame, TrajectoryReader, extended_xyz};
use cormorant_network::EngineOptions;
use cormorant_potential::{Committee, Evaluation, LearnedPotential, Potential};

/// How models compute.
#[derive(Debug, Clone)]
pub struct Computing {
    /// Threads; by default, one for each core, but no more than there are structures.
    pub threads: Option<u16>,
    /// Floating-point format of the networks.
    pub precision: Precision,
    /// Where they compute.
    pub device: DeviceInput,
}

impl Computing {
    /// How engines compute.
    pub(super) fn engine(&self) -> EngineOptions {
        self.device.options(self.precision)
    }
}

/// The structures of a file.
pub struct Structures {
    /// One for each frame.
    pub systems: Vec<System>,
    /// What a user should know of how the file was read.
    pub notes: Vec<String>,
}

/// The structures of every frame of `path`.
///
/// # Errors
/// When the file cannot be read, is not valid or has no frames.
pub fn read_structures(path: &Path, options: ReadOptions) -> Result<Structures> {
    let mut notes = Vec::new();
    let numbered = |(index, frame): (usize, Result<cormorant_io::Frame>)| {
        let frame = frame?;
        // What holds for one frame usually holds for all.
        if notes.is_empty() {
            notes.extend(frame.notes.iter().map(|note| format!("{}: {note}", path.display())));
        }
        frame.into_system().map_err(|error| in_frame(path, index, error))
    };
    let reader = TrajectoryReader::open_with(path, options)?;
    let systems: Vec<System> = reader.enumerate().map(numbered).collect::<Result<_>>()?;
    if systems.is_empty() {
        return Err(Error::structure(path, "has no frames"));
    }
    Ok(Structures { systems, notes })
}

/// The structures of labeled data.
///
/// # Errors
/// When two atoms of a frame overlap.
pub fn structures_of(set: DataSet) -> Result<Vec<System>> {
    let system = |(index, frame): (usize, Configuration)| {
        let system = System::new(frame.elements, frame.positions, frame.cell);
        let system = system.map_err(|error| in_frame(&set.path, index, error))?;
        Ok(System { state: frame.state, ..system })
    };
    set.configurations.into_iter().enumerate().map(system).collect()
}

/// An error of frame `index`, counted from 0, of `path`.
pub(super) fn in_frame(path: &Path, index: usize, error: Error) -> Error {
    error.at_frame(index as u64).in_structure(path)
}

/// The potential of `models` (several are a committee) once for each thread, of which no more are taken than there are frames.
pub(super) fn potentials(
    networks: &Models,
    models: &[PathBuf],
    computing: &Computing,
    frames: usize,
) -> Result<Vec<Box<dyn Potential>>> {
    let threads =
        computing.threads.map_or_else(|| computing.device.side_by_side(frames), usize::from).clamp(1, frames.max(1));
    let all = networks.all(models)?;
    let first = all.iter().map(|network| learned(network.as_ref(), computing.engine(), 1));
    let first: Vec<LearnedPotential> = first.collect::<Result<_>>()?;
    let one = || {
        let mut members: Vec<Box<dyn Potential>> =
            first.iter().map(|potential| Box::new(potential.twin()) as Box<dyn Potential>).collect();
        if members.len() == 1 {
            Ok(members.remove(0))
        } else {
            Ok(Box::new(Committee::new(members)?.with_note(too_alike(&all))) as Box<dyn Potential>)
        }
    };
    (0..threads).map(|_| one()).collect()
}

/// Refuses what of `system` the potential does not know: an element, or total charge and spin. Else what a user should know of how it takes
/// the last two, if anything.
pub(super) fn require_known(potential: &dyn Potential, system: &System) -> Result<Option<String>> {
    match system.elements.iter().find(|element| !potential.accepts(**element)) {
        None => potential.check_state(system),
        Some(element) => Err(Error::Element {
            symbol: element.symbol().to_string(),
            known: potential.elements().iter().map(|known| known.symbol().to_string()).collect(),
        }),
    }
}

/// Refuse what of any frame `potential` does not know, before hours are spent on the others. The first remark, if there is one.
pub(super) fn require_all_known(path: &Path, systems: &[System], potential: &dyn Potential) -> Result<Option<String>> {
    let mut remark = None;
    for (index, system) in systems.iter().enumerate() {
        let found = require_known(potential, system).map_err(|error| in_frame(path, index, error))?;
        remark = remark.or(found);
    }
    Ok(remark)
}

/// The same, and a remark on the first frame whose structure is unusual.
pub(super) fn look_at_all(path: &Path, systems: &[System], potential: &dyn Potential) -> Result<Option<String>> {
    let known = require_all_known(path, systems, potential)?;
    for (index, system) in systems.iter().enumerate() {
        let looked = potential.check_structure(system).map_err(|error| in_frame(path, index, error))?;
        if let Some(remark) = looked.filter(|remark| Some(remark) != known.as_ref()) {
            return Ok(Some(if systems.len() > 1 { format!("frame {index}: {remark}") } else { remark }));
        }
    }
    Ok(known)
}

/// Refuse to write to `path` if it is there, unless `force` is given, and in any case if it is one of the files that are read, `inputs`.
///
/// # Errors
/// In both cases.
pub fn require_free(path: &Path, inputs: &[&Path], force: bool) -> Result<()> {
    let Ok(there) = path.canonicalize() else { return Ok(()) };
    if inputs.iter().any(|input| input.canonicalize().is_ok_and(|input| input == there)) {
        let reason = "is what this command reads, which its results must not replace; name another file for them";
        return Err(Error::Occupied(reason.into()).in_file(path));
    }
    if !force {
        return Err(Error::Occupied("already exists; --force replaces it".into()).in_file(path));
    }
    Ok(())
}

/// Where results go: a file that ends in .xyz, and the table beside it.
pub struct WrittenResults {
    /// Extended XYZ.
    pub structures: PathBuf,
    /// CSV.
    pub table: PathBuf,
}

impl WrittenResults {
    /// Refuse another extension, files that are there unless `force` is given, and in any case those that the same command reads, `inputs`.
    ///
    /// # Errors
    /// In all three cases.
    pub fn open(out: &Path, inputs: &[&Path], force: bool) -> Result<Self> {
        let extension = out.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if !matches!(extension, "xyz" | "extxyz") {
            let reason = "results are written as extended XYZ; name a file that ends in .xyz";
            return Err(Error::Invalid(format!("{}: {reason}", out.display())));
        }
        let results = Self { structures: out.to_path_buf(), table: out.with_extension("csv") };
        for path in [&results.structures, &results.table] {
            require_free(path, inputs, force)?;
        }
        Ok(results)
    }

    /// Write the structures with energies and forces, grades of extrapolation and closest contacts where there are any, and the
    /// table.
    pub(super) fn write(&self, found: &[(System, Evaluation)], depths: &[Option<[f64; 2]>], table: &str) -> Result<()> {
        let frame_of = |(system, evaluation): &(System, Evaluation), depth: Option<[f64; 2]>| {
            let mut frame = TrajectoryFrame::new(system).with_energy_and_forces(evaluation.energy, &evaluation.forces);
            if let Some(virial) = &evaluation.virial {
                frame = frame.with_virial(virial);
            }
            if let Some(spread) = &evaluation.spread {
                frame = frame.with_spread(spread.energy, &spread.forces);
            }
            frame = frame.with_charges(&evaluation.charges, evaluation.dipole(system));
            frame.extrapolation = depth;
            frame
        };
        let depths = depths.iter().copied().chain(std::iter::repeat(None));
        let mut frames = found.iter().zip(depths).map(|(one, depth)| (one.0.elements.as_slice(), frame_of(one, depth)));
        self.write_frames(&mut frames, table)
    }

    /// Write frames, numbered from 0, and the table.
    pub(super) fn write_frames(
        &self,
        frames: &mut dyn Iterator<Item = (&[Element], TrajectoryFrame)>,
        table: &str,
    ) -> Result<()> {
        atomic::write_with(&self.structures, |out| {
            frames.enumerate().try_for_each(|(index, (elements, mut frame))| {
                frame.step = index as u64;
                extended_xyz::write_frame(out, elements, &frame)
            })
        })?;
        atomic::write(&self.table, table.as_bytes())
    }
}

/// Length of the largest force in eV/Å.
pub(super) fn largest_force(evaluation: &Evaluation) -> f64 {
    evaluation.forces.iter().map(|force| cormorant_core::system::vector::norm(*force)).fold(0.0, f64::max)
}
