//! Structures and trajectories in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::format::{AKMA_TIME, Times};
use super::text::MdlRemarks;
use super::text::{
    AmberReader, CifReader, FrameSource, GroReader, LammpsDataReader, LammpsDumpReader, Mol2Reader, PdbReader,
    PoscarReader,
};
use super::{ExtendedXyzReader, Frame, ReadOptions, Species, StructureFormat, convert, hydrogens, text};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};

/// Read one frame of a structure or trajectory file as a system; the first one if `frame` is `None`, counted from 0.
///
/// Velocities are taken over where the format fixes their unit (TRR, GRO, Amber NetCDF, POSCAR, extended XYZ of our own, momenta of
/// ASE) or the options give it.
///
/// # Errors
/// When the file cannot be read or understood, has no such frame, or does not name the elements of its atoms.
pub fn read_structure(path: &Path, frame: Option<usize>) -> Result<System> {
    to_system(path, read_frame(path, frame, &ReadOptions::default())?)
}

/// Read one frame of a structure or trajectory file; the first one if `frame` is `None`, counted from 0.
///
/// # Errors
/// As for [`read_structure`].
pub fn read_frame(path: &Path, frame: Option<usize>, options: &ReadOptions) -> Result<Frame> {
    let wanted = frame.unwrap_or(0);
    let mut reader = TrajectoryReader::open_with(path, options.clone())?;
    for passed in 0..wanted {
        if !reader.skip_frame()? {
            return Err(Error::structure(
                path,
                format!("has {passed} frames; there is no frame {wanted} (counted from 0)"),
            ));
        }
    }
    reader.next_frame()?.ok_or_else(|| Error::structure(path, format!("there is no frame {wanted} (counted from 0)")))
}

fn to_system(path: &Path, frame: Frame) -> Result<System> {
    frame.into_system().map_err(|error| error.in_structure(path))
}

/// The frames of a file in any format that we or chemfiles read, one after the other.
///
/// Not `Send`: handles of chemfiles stay in the thread that opened them.
pub struct TrajectoryReader {
    path: PathBuf,
    options: ReadOptions,
    source: Source,
}

enum Source {
    Xyz(Box<ExtendedXyzReader>),
    Text(Box<dyn FrameSource>),
    Chemfiles {
        trajectory: chemfiles::Trajectory,
        frame: chemfiles::Frame,
        format: StructureFormat,
        species: Option<Vec<Species>>, // of the topology
        next: usize,
        total: usize,
        time_unit: f64,           // in ps, of the times that chemfiles tells
        times: Option<Times>,     // of Amber NetCDF, which chemfiles passes over
        remarks: Vec<MdlRemarks>, // of SDF, the same
    },
}

impl TrajectoryReader {
    /// Open a file that names its atoms.
    ///
    /// # Errors
    /// When it cannot be opened, is empty, or the format is not known.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, ReadOptions::default())
    }

    /// Open a file whose atoms are named in another one, such as `topology.pdb` beside a DCD file.
    ///
    /// # Errors
    /// When a file cannot be opened or understood.
    pub fn open_with_topology(path: &Path, topology: Option<&Path>) -> Result<Self> {
        Self::open_with(path, ReadOptions::with_topology(topology.map(Path::to_path_buf)))
    }

    /// Open a file of which the user says what it does not say itself.
    ///
    /// # Errors
    /// When a file cannot be opened or understood, or the options do not fit it.
    pub fn open_with(path: &Path, options: ReadOptions) -> Result<Self> {
        let recognized = StructureFormat::recognize(path);
        let format = match options.format {
            Some(format) => format,
            None => recognized?,
        };
        let kept = named_by_topology(&options, format)?;
        let source = match format {
            StructureFormat::Xyz => Source::Xyz(Box::new(ExtendedXyzReader::open(path)?.with_options(options.clone()))),
            StructureFormat::Pdb => Source::Text(Box::new(PdbReader::open(path, kept)?)),
            StructureFormat::Gro => Source::Text(Box::new(GroReader::open(path, kept)?)),
            StructureFormat::Mol2 => Source::Text(Box::new(Mol2Reader::open(path, kept)?)),
            StructureFormat::Poscar => Source::Text(Box::new(PoscarReader::open(path, kept)?)),
            StructureFormat::LammpsData => Source::Text(Box::new(LammpsDataReader::open(path, kept)?)),
            StructureFormat::LammpsDump => Source::Text(Box::new(LammpsDumpReader::open(path, kept)?)),
            StructureFormat::AmberRestart => {
                let species = options.topology.as_deref().map(|topology| topology_species(topology, &options));
                Source::Text(Box::new(AmberReader::open(path, kept, species.transpose()?)?))
            }
            StructureFormat::Cif | StructureFormat::MmCif => match CifReader::open(path, &kept)? {
                Some(reader) => Source::Text(Box::new(reader)),
                // The operations of a group that the file names alone are known to chemfiles.
                None => Source::chemfiles(path, StructureFormat::Cif, &options)?,
            },
            StructureFormat::AmberTopology | StructureFormat::Psf => {
                let reason =
                    "is a topology without positions; name the file of the coordinates, and this one as `topology`";
                return Err(Error::structure(path, reason));
            }
            _ => Source::chemfiles(path, format, &options)?,
        };
        Ok(Self { path: path.to_path_buf(), options, source })
    }

    /// The next frame; `None` at the end.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn next_frame(&mut self) -> Result<Option<Frame>> {
        let mut bonds_stated = false;
        let found = match &mut self.source {
            Source::Xyz(reader) => reader.next_frame()?,
            Source::Text(reader) => reader.next_frame()?,
            Source::Chemfiles { trajectory, frame, format, species, next, total, time_unit, times, remarks } => {
                if *next >= *total {
                    return Ok(None);
                }
                trajectory.read_step(*next, frame).map_err(|error| convert::failed(&self.path, &error))?;
                let index = *next as u64;
                *next += 1;
                let mut found = convert::from_chemfiles(&self.path, frame, *format, species.as_deref(), &self.options)?;
                let recorded = times.as_mut().and_then(|times| times.of(index));
                found.time = recorded.or(found.time.map(|time| time * *time_unit));
                if let Some(remarks) = remarks.get(index as usize) {
                    remarks.apply(&mut found).map_err(|reason| Error::structure(&self.path, reason))?;
                    bonds_stated = remarks.has_bonds();
                }
                Some(found)
            }
        };
        found.map(|frame| self.noted(frame, bonds_stated)).transpose()
    }

    /// The frame in our units with its masses and velocities, and with what there is to say.
    fn noted(&self, mut frame: Frame, bonds_stated: bool) -> Result<Frame> {
        let refuse = |reason: String| Error::structure(&self.path, reason);
        frame.bring_to_angstrom().map_err(refuse)?;
        frame.take_masses().map_err(refuse)?;
        frame.find_velocities(&self.options);
        frame.state = self.options.state;
        if self.options.velocity_unit.is_some() && frame.velocities.is_none() {
            frame.notes.push("velocity_unit is set, but the file has no velocities".into());
        }
        frame.notes.extend(frame.masses_note());
        frame.notes.extend(frame.move_mask_note());
        // Bonds of the file are better evidence than distances; a crystal may have no hydrogen.
        if !bonds_stated && frame.repeating_cell().is_none() {
            frame.notes.extend(hydrogens::missing_by_distances(&frame.elements, &frame.positions));
        }
        Ok(frame)
    }

    /// Pass over a frame; `false` at the end.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn skip_frame(&mut self) -> Result<bool> {
        match &mut self.source {
            Source::Xyz(reader) => reader.skip_frame(),
            Source::Text(reader) => reader.skip_frame(),
            Source::Chemfiles { next, total, .. } => {
                let there = *next < *total;
                *next += usize::from(there);
                Ok(there)
            }
        }
    }

    /// Number of frames from here to the end; afterwards the reader is at the end.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn count(&mut self) -> Result<u64> {
        let mut count = 0;
        while self.skip_frame()? {
            count += 1;
        }
        Ok(count)
    }
}

/// The species of every atom that `path` names. Elements and types that the user gives hold for it.
fn topology_species(path: &Path, options: &ReadOptions) -> Result<Vec<Species>> {
    match StructureFormat::recognize(path)? {
        StructureFormat::AmberTopology => text::prmtop(path, options),
        StructureFormat::Psf => text::psf(path, options),
        _ => {
            let options = ReadOptions { topology: None, format: None, ..options.clone() };
            let mut reader = TrajectoryReader::open_with(path, options)?;
            let frame = reader.next_frame()?.ok_or_else(|| Error::structure(path, "holds no frame"))?;
            Ok(frame.species())
        }
    }
}

/// The options for a text format: a topology names every atom.
fn named_by_topology(options: &ReadOptions, format: StructureFormat) -> Result<ReadOptions> {
    let own = matches!(
        format,
        StructureFormat::Pdb
            | StructureFormat::Gro
            | StructureFormat::Mol2
            | StructureFormat::LammpsData
            | StructureFormat::LammpsDump
            | StructureFormat::Poscar
    );
    match &options.topology {
        Some(topology) if own => {
            let elements = topology_species(topology, options)?;
            Ok(ReadOptions { elements, types: BTreeMap::default(), topology: None, ..options.clone() })
        }
        _ => Ok(options.clone()),
    }
}

impl Source {
    /// What chemfiles reads.
    fn chemfiles(path: &Path, format: StructureFormat, options: &ReadOptions) -> Result<Self> {
        convert::silence();
        let failed = |error: chemfiles::Error| convert::failed(path, &error);
        let mut trajectory = match format.chemfiles_name() {
            "" => chemfiles::Trajectory::open(path, 'r').map_err(failed)?,
            name => chemfiles::Trajectory::open_with_format(path, 'r', name).map_err(failed)?,
        };
        let species = options.topology.as_deref().map(|topology| topology_species(topology, options)).transpose()?;
        let total = trajectory.nsteps();
        // chemfiles multiplies the time step of a DCD header with the steps, but leaves it in the unit of the header.
        let time_unit = if format == StructureFormat::Dcd { AKMA_TIME } else { 1.0 };
        let times = if format == StructureFormat::AmberNetCdf { Times::open(path)? } else { None };
        let remarks = if format == StructureFormat::Sdf { text::remarks(path)? } else { Vec::new() };
        let frame = chemfiles::Frame::new();
        Ok(Self::Chemfiles { trajectory, frame, format, species, next: 0, total, time_unit, times, remarks })
    }
}

impl Iterator for TrajectoryReader {
    type Item = Result<Frame>;

    fn next(&mut self) -> Option<Self::Item> {
        let frame = self.next_frame();
        if frame.is_err()
            && let Source::Chemfiles { next, total, .. } = &mut self.source
        {
            *next = *total; // one error ends the iteration
        }
        frame.transpose()
    }
}
