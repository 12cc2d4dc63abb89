//! What may stand behind `cormorant analyze`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::quantity::{length, time};
use super::structure::StructureArguments;
use crate::settings::{AnalysisInput, Compared, Drift, Quantity};
use cormorant_dynamics::analysis::VelocitySource;

/// An example of each kind, for the end of the help.
pub(super) const EXAMPLES: &str = "\
Examples:
  cormorant analyze water.dcd --topology topology.pdb rdf --reach \"6 Å\"
      pairs of elements up to 6 Å, and how many atoms are within each distance
  cormorant analyze water.xtc msd --fit-from \"2 ps\" --fit-to \"10 ps\"
      diffusion coefficients of each element from the slope between 2 and 10 ps
  cormorant analyze water.trr vacf --longest \"1 ps\"
      velocity autocorrelation, and diffusion coefficients by its integral
  cormorant analyze ethanol.xyz vdos --longest \"2 ps\" --velocities positions
      spectrum of vibrations, with velocities from differences of positions
  cormorant analyze ethanol.xyz --first 1000 --stride 10 bonds
      lengths of every bond, by the elements of its atoms, from every tenth frame after the first thousand
  cormorant analyze ethanol.xyz angles 2-3-4
      one angle, at the second of three atoms, which are counted from 1
  cormorant analyze ethanol.xyz dihedrals 1-2-3-4 2-3-4-9
      two dihedral angles, each by itself
  cormorant analyze peptide.nc --no-cell rmsd --reference native.pdb --without-hydrogen
      deviation of the heavy atoms from a structure over time
  cormorant analyze peptide.nc map 5-7-9-15 7-9-15-17
      how often two dihedral angles go together (Ramachandran)
  cormorant analyze water.xyz --beside data.xyz rdf
      the same of other frames, drawn in dashes in the same picture
Results are tables (CSV) and pictures (SVG); the last lines printed name them.";

/// Which trajectory, which frames, and where results go.
#[derive(Debug, Args)]
pub(super) struct AnalyzeArguments {
    /// Trajectory: .xyz, .dcd, .xtc, .trr, .nc, .pdb, and whatever else chemfiles reads
    pub trajectory: PathBuf,
    /// File that names the atoms, for formats that do not (default: topology.pdb beside the trajectory)
    #[arg(long, global = true)]
    pub topology: Option<PathBuf>,
    #[command(flatten)]
    pub reading: StructureArguments,
    /// Folder of the results (default: analysis/ beside the trajectory)
    #[arg(long, global = true)]
    pub out: Option<PathBuf>,
    /// Replace results that are there already
    #[arg(long, global = true)]
    pub force: bool,
    /// First frame, counted from 0
    #[arg(long, global = true, default_value_t = 0)]
    pub first: u64,
    /// Frame before which to end (default: all)
    #[arg(long, global = true)]
    pub end: Option<u64>,
    /// ExtrapolationCheck at every so many frames
    #[arg(long, global = true, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub stride: u64,
    /// Time between frames, e.g. "10 fs", for files that do not say or say it wrong
    #[arg(long, global = true, value_parser = time)]
    pub spacing: Option<Quantity>,
    /// Whether atoms that jump across the cell are led back (default: true, but for our own .xyz, which never wraps)
    #[arg(long, global = true)]
    pub unwrap: Option<bool>,
    /// Leave out the cell in the file, for a molecule in an empty box (.trr and .nc cannot be without one)
    #[arg(long, global = true)]
    pub no_cell: bool,
    /// Another trajectory, such as the data of the fit, for the same analysis: drawn in dashes in the same picture
    #[arg(long, global = true)]
    pub beside: Option<PathBuf>,
    #[command(subcommand)]
    pub kind: AnalysisKind,
}

/// What to look for.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum AnalysisKind {
    /// Radial distribution functions of every pair of elements; distances of a molecule without a cell
    Rdf {
        /// Largest distance (default: half of the least height of the cell, at most 10 Å)
        #[arg(long, value_parser = length)]
        reach: Option<Quantity>,
        /// Width of a bin
        #[arg(long, value_parser = length, default_value = "0.05 Å")]
        bin: Quantity,
    },
    /// Mean squared displacement and diffusion coefficient
    Msd {
        /// Lag where the line of the diffusion coefficient starts (default: 2 % of the length)
        #[arg(long, value_parser = time, requires = "fit_to")]
        fit_from: Option<Quantity>,
        /// Lag where it ends (default: 10 % of the length)
        #[arg(long, value_parser = time, requires = "fit_from")]
        fit_to: Option<Quantity>,
        /// Take positions relative to the center of mass of all atoms
        #[arg(long)]
        remove_drift: bool,
    },
    /// Velocity autocorrelation, and diffusion coefficient by its integral
    Vacf {
        /// Longest lag
        #[arg(long, value_parser = time, default_value = "2 ps")]
        longest: Quantity,
        /// Where velocities come from (default: the file, if it has them)
        #[arg(long)]
        velocities: Option<VelocityWord>,
    },
    /// Vibrational density of states
    Vdos {
        /// Longest lag of the correlation; lines are 33 1/cm over its number of ps wide
        #[arg(long, value_parser = time, default_value = "2 ps")]
        longest: Quantity,
        /// Where velocities come from (default: the file, if it has them)
        #[arg(long)]
        velocities: Option<VelocityWord>,
    },
    /// Distributions of bond lengths
    Bonds {
        /// Pairs of atoms counted from 1, e.g. 1-2 1-5 (default: every bond of the first frame, by elements)
        atoms: Vec<String>,
    },
    /// Distributions of angles
    Angles {
        /// Triples of atoms counted from 1, e.g. 2-1-5 (default: every angle of the first frame, by elements)
        atoms: Vec<String>,
    },
    /// Distributions of dihedral angles
    Dihedrals {
        /// Four atoms counted from 1, e.g. 5-7-9-15 (default: every dihedral angle of the first frame, by elements)
        atoms: Vec<String>,
    },
    /// Root mean square deviation from a reference after the best superposition
    Rmsd {
        /// Structure of the same atoms (default: the first frame)
        #[arg(long)]
        reference: Option<PathBuf>,
        /// Compare heavy atoms only
        #[arg(long)]
        without_hydrogen: bool,
    },
    /// Map of two dihedral angles (Ramachandran)
    Map {
        /// The one on the first axis, e.g. 5-7-9-15
        one: String,
        /// The one on the second axis, e.g. 7-9-15-17
        other: String,
    },
}

impl AnalysisKind {
    /// The same as an input would ask for it, and where velocities come from, if that is said.
    pub(super) fn request(&self) -> (AnalysisInput, Option<VelocitySource>) {
        let source = |word: Option<VelocityWord>| {
            word.map(|word| match word {
                VelocityWord::File => VelocitySource::Momenta,
                VelocityWord::Positions => VelocitySource::Positions,
            })
        };
        let mut velocities = None;
        let input = match self.clone() {
            Self::Rdf { reach, bin } => AnalysisInput::RadialDistribution { reach, bin },
            Self::Msd { fit_from, fit_to, remove_drift } => {
                let drift = if remove_drift { Drift::Remove } else { Drift::Keep };
                AnalysisInput::MeanSquaredDisplacement { fit_from, fit_to, drift }
            }
            Self::Vacf { longest, velocities: word } => {
                velocities = source(word);
                AnalysisInput::VelocityAutocorrelation { longest }
            }
            Self::Vdos { longest, velocities: word } => {
                velocities = source(word);
                AnalysisInput::VibrationalDensityOfStates { longest }
            }
            Self::Bonds { atoms } => AnalysisInput::BondLengths { atoms },
            Self::Angles { atoms } => AnalysisInput::BondAngles { atoms },
            Self::Dihedrals { atoms } => AnalysisInput::DihedralAngles { atoms },
            Self::Rmsd { reference, without_hydrogen } => {
                let compare = if without_hydrogen { Compared::Heavy } else { Compared::All };
                AnalysisInput::RootMeanSquareDeviation { reference, compare }
            }
            Self::Map { one, other } => AnalysisInput::DihedralMap { dihedrals: vec![one, other] },
        };
        (input, velocities)
    }

    /// Name of the file with the main result.
    pub(super) fn file(&self) -> &'static str {
        match self {
            Self::Rdf { .. } => "rdf.csv",
            Self::Msd { .. } => "msd.csv",
            Self::Vacf { .. } => "vacf.csv",
            Self::Vdos { .. } => "vdos.csv",
            Self::Bonds { .. } => "bonds.csv",
            Self::Angles { .. } => "angles.csv",
            Self::Dihedrals { .. } => "dihedrals.csv",
            Self::Rmsd { .. } => "rmsd.csv",
            Self::Map { .. } => "map.csv",
        }
    }
}

/// Where velocities come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum VelocityWord {
    /// The frames of the file
    File,
    /// Differences of positions between successive frames
    Positions,
}
