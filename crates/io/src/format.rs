//! The kinds of trajectory that we write.

use std::fmt;
use std::path::Path;

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
/// Energies and forces stand in extended XYZ alone. All but extended XYZ want the first cell vector along x and the second
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

impl TrajectoryFormat {
    /// Every format.
    pub const ALL: [Self; 6] = [Self::ExtendedXyz, Self::Dcd, Self::Xtc, Self::Trr, Self::NetCdf, Self::Pdb];

    /// The format that the extension of a file asks for.
    ///
    /// # Errors
    /// When we write no such format; the message lists those we do.
    pub fn from_path(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
        match extension.to_ascii_lowercase().as_str() {
            "xyz" | "extxyz" => Ok(Self::ExtendedXyz),
            "dcd" => Ok(Self::Dcd),
            "xtc" => Ok(Self::Xtc),
            "trr" => Ok(Self::Trr),
            "nc" => Ok(Self::NetCdf),
            "pdb" => Ok(Self::Pdb),
            _ => Err(Error::structure(
                path,
                "trajectories are written as .dcd, .xyz, .extxyz, .xtc, .trr, .nc or .pdb; choose one of these endings",
            )),
        }
    }

    /// Whether velocities can be written.
    #[must_use]
    pub fn keeps_velocities(self) -> bool {
        matches!(self, Self::ExtendedXyz | Self::Trr | Self::NetCdf)
    }

    /// Whether energies and forces can be written.
    #[must_use]
    pub fn keeps_energies(self) -> bool {
        self == Self::ExtendedXyz
    }

    /// Whether readers need a second file that names the atoms.
    #[must_use]
    pub fn needs_topology(self) -> bool {
        matches!(self, Self::Dcd | Self::Xtc | Self::Trr | Self::NetCdf)
    }

    /// The name under which chemfiles knows the format.
    pub(super) fn chemfiles_name(self) -> &'static str {
        match self {
            Self::ExtendedXyz => "XYZ",
            Self::Dcd => "DCD",
            Self::Xtc => "XTC",
            Self::Trr => "TRR",
            Self::NetCdf => "Amber NetCDF",
            Self::Pdb => "PDB",
        }
    }

    /// The name under which VMD knows the format, for `mol new ... type`.
    #[must_use]
    pub fn vmd_name(self) -> &'static str {
        match self {
            Self::ExtendedXyz => "xyz",
            Self::Dcd => "dcd",
            Self::Xtc => "xtc",
            Self::Trr => "trr",
            Self::NetCdf => "netcdf",
            Self::Pdb => "pdb",
        }
    }
}

impl fmt::Display for TrajectoryFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ExtendedXyz => "extended XYZ",
            Self::Dcd => "DCD",
            Self::Xtc => "XTC",
            Self::Trr => "TRR",
            Self::NetCdf => "Amber NetCDF",
            Self::Pdb => "PDB",
        })
    }
}
