//! The list of trajectory formats that we write: a new format is a file of its own and an entry here.

mod chemfiles_file;
mod dcd;
mod encoder;
mod growing_file;
mod netcdf;

pub(crate) use dcd::AKMA_TIME;
pub(crate) use encoder::{Encoder, Start};
pub(crate) use growing_file::{TextEncoder, cut, enough};
pub(crate) use netcdf::Times;

use std::fmt;
use std::path::Path;

use crate::{extended_xyz, pdb};
use cormorant_core::{Error, Result};

/// A trajectory format.
///
/// | format       | file         | positions | velocities | cell      | atoms    |
/// |--------------|--------------|-----------|------------|-----------|----------|
/// | extended XYZ | `.xyz`, `.extxyz` | all bits | all bits | all bits | yes      |
/// | DCD          | `.dcd`       | f32       | no         | yes       | topology |
/// | XTC          | `.xtc`       | 0.01 Å    | no         | yes       | topology |
/// | TRR          | `.trr`       | f32       | f32        | yes       | topology |
/// | Amber NetCDF | `.nc`        | f32       | f32        | yes       | topology |
/// | PDB          | `.pdb`       | 0.001 Å   | no         | 0.001 Å   | yes      |
///
/// Energies and forces are in extended XYZ alone. All but extended XYZ want the first cell vector along x and the second
/// in the xy plane: frames of other cells are turned so. A system without a cell gets a large empty box in TRR and NetCDF,
/// because readers fail or wrap without one ([`TrajectoryWriter::note`](super::TrajectoryWriter::note) says so).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrajectoryFormat {
    /// Extended XYZ, written by ourselves.
    ExtendedXyz,
    /// DCD of CHARMM, NAMD and OpenMM, through chemfiles.
    Dcd,
    /// Compressed trajectory of GROMACS, through chemfiles.
    Xtc,
    /// Full trajectory of GROMACS, through chemfiles.
    Trr,
    /// Amber NetCDF, through chemfiles.
    NetCdf,
    /// PDB with one model for each frame, written by ourselves.
    Pdb,
}

/// What the program has to know of a format.
struct Entry {
    name: &'static str,
    extensions: &'static [&'static str],
    keeps_velocities: bool,
    keeps_energies: bool,
    /// Whether cells are kept as they are, and which of their directions repeat.
    keeps_periodicity: bool,
    /// Whether readers fail or wrap without a box.
    needs_box: bool,
    needs_topology: bool,
    /// Names of the format in VMD and in PyMOL.
    viewers: [&'static str; 2],
    open: fn(Start) -> Result<Box<dyn Encoder>>,
    truncate: fn(&Path, u64, Option<u64>) -> Result<()>,
}

/// An entry of a format whose atoms are in a topology beside the file.
const COORDINATES: Entry = Entry {
    name: "",
    extensions: &[],
    keeps_velocities: false,
    keeps_energies: false,
    keeps_periodicity: false,
    needs_box: false,
    needs_topology: true,
    viewers: ["", ""],
    open: dcd::open,
    truncate: dcd::truncate,
};

/// The formats in the order of [`TrajectoryFormat::ALL`].
const ENTRIES: [Entry; 6] = [
    Entry {
        name: "extended XYZ",
        extensions: &["xyz", "extxyz"],
        keeps_velocities: true,
        keeps_energies: true,
        keeps_periodicity: true,
        needs_topology: false,
        viewers: ["xyz", "xyz"],
        open: extended_xyz::open,
        truncate: extended_xyz::truncate,
        ..COORDINATES
    },
    Entry { name: "DCD", extensions: &["dcd"], viewers: ["dcd", "dcd"], ..COORDINATES },
    Entry {
        name: "XTC",
        extensions: &["xtc"],
        viewers: ["xtc", "xtc"],
        open: |start| chemfiles_file::open(start, "XTC"),
        truncate: |path, frames, bytes| chemfiles_file::truncate(path, "XTC", frames, bytes),
        ..COORDINATES
    },
    Entry {
        name: "TRR",
        extensions: &["trr"],
        keeps_velocities: true,
        needs_box: true,
        viewers: ["trr", "trr"],
        open: |start| chemfiles_file::open(start, "TRR"),
        truncate: |path, frames, bytes| chemfiles_file::truncate(path, "TRR", frames, bytes),
        ..COORDINATES
    },
    Entry {
        name: "Amber NetCDF",
        extensions: &["nc"],
        keeps_velocities: true,
        needs_box: true,
        viewers: ["netcdf", "netcdf"],
        open: netcdf::open,
        truncate: netcdf::truncate,
        ..COORDINATES
    },
    Entry {
        name: "PDB",
        extensions: &["pdb"],
        needs_topology: false,
        viewers: ["pdb", "pdb"],
        open: pdb::open,
        truncate: pdb::truncate,
        ..COORDINATES
    },
];

impl TrajectoryFormat {
    /// Every format.
    pub const ALL: [Self; 6] = [Self::ExtendedXyz, Self::Dcd, Self::Xtc, Self::Trr, Self::NetCdf, Self::Pdb];

    fn entry(self) -> &'static Entry {
        &ENTRIES[self as usize]
    }

    /// The format that the extension of a file asks for.
    ///
    /// # Errors
    /// When we write no such format; the message lists those we do.
    pub fn from_path(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("").to_ascii_lowercase();
        let found = Self::ALL.into_iter().find(|format| format.extensions().contains(&extension.as_str()));
        found.ok_or_else(|| {
            let known: Vec<String> = Self::all_extensions().map(|extension| format!(".{extension}")).collect();
            let known = known.join(", ");
            Error::structure(path, format!("trajectories are written as {known}; choose one of these extensions"))
        })
    }

    /// Extensions of its files, without the dot.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        self.entry().extensions
    }

    /// Extensions of all formats, without the dot.
    pub fn all_extensions() -> impl Iterator<Item = &'static str> {
        ENTRIES.iter().flat_map(|entry| entry.extensions).copied()
    }

    /// Whether velocities can be written.
    #[must_use]
    pub fn keeps_velocities(self) -> bool {
        self.entry().keeps_velocities
    }

    /// Whether energies and forces can be written.
    #[must_use]
    pub fn keeps_energies(self) -> bool {
        self.entry().keeps_energies
    }

    /// Whether any cell is kept as it is, with the directions along which it repeats.
    #[must_use]
    pub fn keeps_periodicity(self) -> bool {
        self.entry().keeps_periodicity
    }

    /// Whether a system without a cell gets a large empty box, because readers fail or wrap without one.
    #[must_use]
    pub fn needs_box(self) -> bool {
        self.entry().needs_box
    }

    /// Whether readers need a second file that names the atoms.
    #[must_use]
    pub fn needs_topology(self) -> bool {
        self.entry().needs_topology
    }

    /// The name under which VMD knows the format, for `mol new ... type`.
    #[must_use]
    pub fn vmd_name(self) -> &'static str {
        self.entry().viewers[0]
    }

    /// The name under which PyMOL knows the format, for `load_traj`.
    #[must_use]
    pub fn pymol_name(self) -> &'static str {
        self.entry().viewers[1]
    }

    /// Opens a file for writing.
    pub(super) fn open(self, start: Start) -> Result<Box<dyn Encoder>> {
        (self.entry().open)(start)
    }

    /// Leaves the first `frames` frames, which take `bytes` if that is known.
    pub(super) fn truncate(self, path: &Path, frames: u64, bytes: Option<u64>) -> Result<()> {
        (self.entry().truncate)(path, frames, bytes)
    }
}

impl fmt::Display for TrajectoryFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.entry().name)
    }
}
