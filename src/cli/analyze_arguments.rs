//! Arguments of `cormorant analyze`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::quantity::{length, temperature, time, time_from_zero};
use super::structure::StructureArguments;
use cormorant_core::{Error, Result};
use cormorant_dynamics::analysis::VelocitySource;
use cormorant_workflow::settings::declare::Kind;
use cormorant_workflow::settings::{AnalysisInput, BIN, Compared, Drift, MAX_LAG, Quantity, suggestion};

/// An example of each kind, shown at the end of the help.
pub(super) const EXAMPLES: &str = "\
Examples:
  cormorant analyze water.dcd --topology topology.pdb rdf --reach \"6 Å\"
      pairs of elements up to 6 Å, and the number of atoms within each distance
  cormorant analyze water.xtc msd --fit-from \"2 ps\" --fit-to \"10 ps\"
      diffusion coefficients of each element from the slope between 2 and 10 ps
  cormorant analyze water.trr vacf --max-lag \"1 ps\"
      velocity autocorrelation, and diffusion coefficients by its integral
  cormorant analyze ethanol.xyz vdos --max-lag \"2 ps\" --velocities positions
      vibrational spectrum, with velocities from differences of positions
  cormorant analyze ethanol.xyz ir --temperature \"300 K\"
      infrared spectrum, of a trajectory of a model with charges
  cormorant analyze water.xyz --first 1000 dielectric --temperature \"300 K\"
      dielectric constant of a box of molecules, of a trajectory of a model with charges
  cormorant analyze ethanol.xyz --first 1000 --stride 10 bonds
      lengths of every bond, by the elements of its atoms, from every tenth frame after the first thousand
  cormorant analyze ethanol.xyz angles 2-3-4
      one angle, at the second of three atoms (counted from 1)
  cormorant analyze ethanol.xyz dihedrals 1-2-3-4 2-3-4-9
      two dihedral angles, each separately
  cormorant analyze peptide.nc --no-cell rmsd --reference native.pdb --without-hydrogen
      deviation of the heavy atoms from a structure over time
  cormorant analyze peptide.nc map 5-7-9-15 7-9-15-17
      joint distribution of two dihedral angles (Ramachandran)
  cormorant analyze water.xyz --beside data.xyz rdf
      the same for other frames, as dashed lines in the same chart
  cormorant analyze water.dcd --topology topology.pdb radial-distribution \"reach=6 Å\"
      any kind of [[stage.write]] by its name there, with its keys; options come before the name
Results are tables (CSV) and charts (SVG); the last lines of the output list them.";

/// What the key of an analysis means, for the flag that repeats it.
fn help(kind: &str, key: &str) -> String {
    Kind::key(AnalysisInput::KINDS, kind, key).help()
}

/// The trajectory, its frames, and the folder of the results.
#[derive(Debug, Args)]
pub(super) struct AnalyzeArguments {
    /// Trajectory: .xyz, .dcd, .xtc, .trr, .nc, .pdb, and other formats of chemfiles
    pub trajectory: PathBuf,
    /// File that names the atoms, for formats that do not (default: topology.pdb beside the trajectory)
    #[arg(long, global = true)]
    pub topology: Option<PathBuf>,
    #[command(flatten)]
    pub reading: StructureArguments,
    /// Folder of the results (default: analysis/ beside the trajectory)
    #[arg(long, global = true)]
    pub out: Option<PathBuf>,
    /// Replace existing results
    #[arg(long, global = true)]
    pub force: bool,
    /// First frame, counted from 0
    #[arg(long, global = true, default_value_t = 0)]
    pub first: u64,
    /// Frame before which to stop (default: all)
    #[arg(long, global = true)]
    pub end: Option<u64>,
    /// Read only every n-th frame
    #[arg(long, global = true, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub stride: u64,
    /// Time between frames, e.g. "10 fs", for files in which it is missing or wrong
    #[arg(long, global = true, value_parser = time)]
    pub spacing: Option<Quantity>,
    /// Unwrap atoms that jump across the cell (default: true, except for our own .xyz, which is never wrapped)
    #[arg(long, global = true)]
    pub unwrap: Option<bool>,
    /// Ignore the cell of the file, for a molecule in an empty box (.trr and .nc always have one)
    #[arg(long, global = true)]
    pub no_cell: bool,
    /// Another trajectory for the same analysis, such as the data of the fit, drawn as dashed lines in the same chart
    #[arg(long, global = true)]
    pub beside: Option<PathBuf>,
    #[command(subcommand)]
    pub kind: AnalysisKind,
}

/// Kinds of analyses.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum AnalysisKind {
    /// Radial distribution functions of every pair of elements (distances, without a cell)
    Rdf {
        #[arg(long, value_parser = length, help = help("radial-distribution", "reach"))]
        reach: Option<Quantity>,
        #[arg(long, value_parser = length, default_value = BIN, help = help("radial-distribution", "bin"))]
        bin: Quantity,
    },
    /// Mean squared displacement and diffusion coefficient
    Msd {
        #[arg(long, value_parser = time_from_zero, requires = "fit_to", help = help("mean-squared-displacement", "fit_from"))]
        fit_from: Option<Quantity>,
        #[arg(long, value_parser = time, requires = "fit_from", help = help("mean-squared-displacement", "fit_to"))]
        fit_to: Option<Quantity>,
        /// Use positions relative to the center of mass of all atoms
        #[arg(long)]
        remove_drift: bool,
    },
    /// Velocity autocorrelation, and diffusion coefficient from its integral
    Vacf {
        #[arg(
            long,
            alias = "longest",
            value_parser = time,
            default_value = MAX_LAG,
            help = help("velocity-autocorrelation", "max_lag")
        )]
        max_lag: Quantity,
        /// Source of the velocities (default: the file, if it has them)
        #[arg(long)]
        velocities: Option<VelocityWord>,
    },
    /// Vibrational density of states
    Vdos {
        #[arg(
            long,
            alias = "longest",
            value_parser = time,
            default_value = MAX_LAG,
            help = help("vibrational-density-of-states", "max_lag")
        )]
        max_lag: Quantity,
        /// Source of the velocities (default: the file, if it has them)
        #[arg(long)]
        velocities: Option<VelocityWord>,
    },
    /// Infrared spectrum, from frames with the dipole in their comments
    Ir {
        #[arg(long, value_parser = temperature, help = help("infrared", "temperature"))]
        temperature: Quantity,
        #[arg(long, value_parser = time, default_value = MAX_LAG, help = help("infrared", "max_lag"))]
        max_lag: Quantity,
    },
    /// Dielectric constant of a bulk, from frames with the dipole in their comments
    Dielectric {
        #[arg(long, value_parser = temperature, help = help("dielectric-constant", "temperature"))]
        temperature: Quantity,
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
        #[arg(long, help = help("root-mean-square-deviation", "reference"))]
        reference: Option<PathBuf>,
        /// Compare heavy atoms only
        #[arg(long)]
        without_hydrogen: bool,
    },
    /// Map of two dihedral angles (Ramachandran)
    Map {
        /// Dihedral angle on the first axis, e.g. 5-7-9-15
        one: String,
        /// Dihedral angle on the second axis, e.g. 7-9-15-17
        other: String,
    },
    // Any kind of `[[stage.write]]` under its own name, with KEY=VALUE; so a new one needs no flags of its own.
    #[command(external_subcommand)]
    Other(Vec<String>),
}

impl AnalysisKind {
    /// The same as in an input, and the source of the velocities, if it is set.
    pub(super) fn request(&self) -> Result<(AnalysisInput, Option<VelocitySource>)> {
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
            Self::Vacf { max_lag, velocities: word } => {
                velocities = source(word);
                AnalysisInput::VelocityAutocorrelation { max_lag }
            }
            Self::Vdos { max_lag, velocities: word } => {
                velocities = source(word);
                AnalysisInput::VibrationalDensityOfStates { max_lag }
            }
            Self::Ir { temperature, max_lag } => AnalysisInput::Infrared { max_lag, temperature },
            Self::Dielectric { temperature } => AnalysisInput::DielectricConstant { temperature },
            Self::Bonds { atoms } => AnalysisInput::BondLengths { atoms },
            Self::Angles { atoms } => AnalysisInput::BondAngles { atoms },
            Self::Dihedrals { atoms } => AnalysisInput::DihedralAngles { atoms },
            Self::Rmsd { reference, without_hydrogen } => {
                let compare = if without_hydrogen { Compared::Heavy } else { Compared::All };
                AnalysisInput::RootMeanSquareDeviation { reference, compare }
            }
            Self::Map { one, other } => AnalysisInput::DihedralMap { dihedrals: vec![one, other] },
            Self::Other(words) => {
                let (kind, keys) = words.split_first().map_or(("", &[][..]), |(kind, keys)| (kind.as_str(), keys));
                known(kind)?;
                AnalysisInput::from_keys(kind, keys)?
            }
        };
        Ok((input, velocities))
    }
}

/// Refuses a kind that is neither a command nor one of an input.
fn known(kind: &str) -> Result<()> {
    let short = ["rdf", "msd", "vacf", "vdos", "ir", "dielectric", "bonds", "angles", "dihedrals", "rmsd", "map"];
    let known: Vec<&str> = short.into_iter().chain(AnalysisInput::KINDS.iter().map(|kind| kind.word)).collect();
    if known.contains(&kind) {
        return Ok(());
    }
    Err(Error::Invalid(format!("{kind:?} is not an analysis; {}", suggestion(kind, &known, "analyses are"))))
}

/// Where velocities come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum VelocityWord {
    /// The frames of the file
    File,
    /// Differences of positions between successive frames
    Positions,
}
