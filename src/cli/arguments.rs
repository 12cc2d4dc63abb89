//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::analyze_arguments::AnalyzeArguments;
use super::structure::StructureArguments;
use crate::ipi::Address;
use crate::settings::{Declaration, MinimizeMethod, Precision, Preset, WallTime};
use crate::workflow::Computing;
use cormorant_core::{Error, Result};
use cormorant_fit::{StressSign, StressUnit};

/// Molecular dynamics with a learned, rotationally covariant force field.
#[derive(Debug, Parser)]
#[command(name = "cormorant", version, propagate_version = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the simulation that an input file describes
    Run {
        /// Input file (TOML)
        input: PathBuf,
        /// Threads that share the replicas of an input with [replicas] [default: one per core]
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
        threads: Option<u16>,
        /// Replace the results of an earlier run
        #[arg(long, conflicts_with = "resume")]
        force: bool,
        /// Resume from the restart file of an interrupted run
        #[arg(long)]
        resume: bool,
        /// Print errors only
        #[arg(long, short)]
        quiet: bool,
    },
    /// Minimize the energy and compute normal modes and thermochemistry
    Vibrations {
        /// Input file (TOML) with [structure], [potential] and [vibrations]
        input: PathBuf,
        /// Threads [default: one per core]
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
        threads: Option<u16>,
        /// Replace the results of an earlier run
        #[arg(long)]
        force: bool,
        /// Print errors only
        #[arg(long, short)]
        quiet: bool,
    },
    /// Fit a model to energies and forces
    Fit(FitArguments),
    /// Compare a model with labeled data, or compute energies and forces of structures
    Evaluate(EvaluateArguments),
    /// Minimize the energy of every structure of a file
    Minimize(MinimizeArguments),
    /// Analyze a trajectory: distances, motion, vibrations, shapes of molecules
    #[command(after_help = super::analyze_arguments::EXAMPLES)]
    Analyze(AnalyzeArguments),
    /// Test a model (gradients, symmetries, energy conservation, time step, high temperatures) and store the result in its file
    Certify(CertifyArguments),
    /// Validate an input file and print it with all defaults, without running it
    Check {
        /// Input file of `run`, `vibrations` or `fit` (TOML)
        input: PathBuf,
    },
    /// Print the keys of an input file as a JSON schema (draft 2020-12) or as the reference page
    Schema {
        /// Kind of input
        #[arg(value_parser = Declaration::ALL.map(|input| input.name), required_unless_present = "markdown")]
        name: Option<String>,
        /// Print the reference of all inputs in Markdown
        #[arg(long, conflicts_with = "name")]
        markdown: bool,
    },
    /// Describe a file: a model, data, a structure, a trajectory, an input, a restart file
    Describe {
        /// File, or folder of a model
        path: PathBuf,
        /// File that names the atoms, for formats that do not (default: topology.pdb beside the file)
        #[arg(long)]
        topology: Option<PathBuf>,
        #[command(flatten)]
        structure: StructureArguments,
    },
    /// Relax a crystal and compute its elastic constants
    Elastic {
        /// Input file (TOML) with [structure], [potential] and [elastic]
        input: PathBuf,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Measure the speed of a model on a structure
    Bench {
        /// Folder of the model
        #[arg(long)]
        model: PathBuf,
        /// Structure file
        #[arg(long)]
        structure: PathBuf,
        #[command(flatten)]
        reading: StructureArguments,
        #[command(flatten)]
        computing: ComputingArguments,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write the report of a run or a fit again, also while it is running
    Report {
        /// Folder of a run or a model
        folder: PathBuf,
        /// Data that the model was fitted to, for predictions that were not stored
        #[arg(long)]
        data: Option<PathBuf>,
        #[command(flatten)]
        labels: LabelArguments,
    },
    /// Compare several runs, or several fits, in one report
    Compare {
        /// Folders of runs or of models
        #[arg(required = true, num_args = 2..)]
        folders: Vec<PathBuf>,
        /// File of the report
        #[arg(long, default_value = "outputs/comparison/report.html")]
        out: PathBuf,
    },
    /// Draw a structure as an image (PNG)
    Picture {
        /// Structure or trajectory file
        structure: PathBuf,
        #[command(flatten)]
        reading: StructureArguments,
        /// File of the image
        #[arg(long, default_value = "structure.png")]
        out: PathBuf,
        /// Frame, counted from 0
        #[arg(long, default_value_t = 0)]
        frame: usize,
        /// Width in pixels
        #[arg(long, default_value_t = 800, value_parser = clap::value_parser!(u16).range(16..=4000))]
        width: u16,
        /// Height in pixels
        #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u16).range(16..=4000))]
        height: u16,
    },
    /// Download published data sets
    #[command(subcommand)]
    Data(DataCommand),
    /// Compute forces for i-PI, which moves the atoms
    Ipi {
        /// Folder of the model
        #[arg(long)]
        model: PathBuf,
        /// Structure file: the elements in the order of the atoms in i-PI, and whether there is a cell
        #[arg(long)]
        structure: PathBuf,
        #[command(flatten)]
        reading: StructureArguments,
        #[command(flatten)]
        address: AddressArguments,
        /// Number of connections, each with its own thread, so that as many beads are computed at once
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
        connections: u16,
        #[command(flatten)]
        computing: ComputingArguments,
        /// How long to wait for i-PI to start (default: 1 min), or to reconnect after it closed the connection (default: 10 s)
        #[arg(long)]
        patience: Option<WallTime>,
    },
    /// Export a model for use by other programs
    #[command(subcommand)]
    Export(ExportCommand),
}

/// Arguments of `evaluate`.
#[derive(Debug, Args)]
pub(super) struct EvaluateArguments {
    /// Folder of the model; several of them form a committee
    #[arg(long, required = true)]
    pub model: Vec<PathBuf>,
    /// Labeled data (.npz or extended XYZ); with --out or for a model of a property, any file of structures
    #[arg(long)]
    pub data: PathBuf,
    #[command(flatten)]
    pub labels: LabelArguments,
    #[command(flatten)]
    pub reading: StructureArguments,
    #[command(flatten)]
    pub computing: ComputingArguments,
    /// Print one JSON object
    #[arg(long, conflicts_with = "out")]
    pub json: bool,
    /// Write energies and forces (or the property) of every frame to this extended XYZ file and to a table beside it; labels are not needed
    #[arg(long, conflicts_with_all = ["energy_unit", "energy_key", "forces_key", "stress_key", "virial_key"])]
    pub out: Option<PathBuf>,
    /// Replace the files of --out
    #[arg(long, requires = "out")]
    pub force: bool,
}

/// Arguments of `minimize`.
#[derive(Debug, Args)]
pub(super) struct MinimizeArguments {
    /// Folder of the model; several of them form a committee
    #[arg(long, required = true)]
    pub model: Vec<PathBuf>,
    /// File of structures, in any supported format
    #[arg(long)]
    pub structures: PathBuf,
    #[command(flatten)]
    pub reading: StructureArguments,
    /// Extended XYZ file for the minima; a table (.csv) is written beside it
    #[arg(long)]
    pub out: PathBuf,
    /// Largest remaining force on an atom [default: 0.01 eV/Å]
    #[arg(long, alias = "largest-force")]
    pub force_tolerance: Option<String>,
    /// Maximum number of evaluations per structure
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub most_evaluations: u64,
    /// Method: l-bfgs or fire
    #[arg(long, default_value = "l-bfgs")]
    pub method: MinimizeMethod,
    #[command(flatten)]
    pub computing: ComputingArguments,
    /// Replace the files of an earlier run
    #[arg(long)]
    pub force: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Arguments of `fit`.
#[derive(Debug, Args)]
pub(super) struct FitArguments {
    /// Input file (TOML); or use --data and --out to fit with defaults
    #[arg(required_unless_present = "data", conflicts_with_all = ["data", "out", "energy_unit", "length_unit", "energy_key", "forces_key", "stress_key", "virial_key", "stress_unit", "stress_sign"])]
    pub input: Option<PathBuf>,
    /// Labeled data (.npz or extended XYZ)
    #[arg(long, requires = "out")]
    pub data: Option<PathBuf>,
    /// Labeled data for validation, which select the best epoch [default: a tenth of --data]
    #[arg(long, requires = "data")]
    pub validation_data: Option<PathBuf>,
    /// Labeled data for the errors in the closing table only
    #[arg(long, requires = "data")]
    pub test_data: Option<PathBuf>,
    /// Folder of the new model
    #[arg(long, requires = "data")]
    pub out: Option<PathBuf>,
    /// Preset of the settings, with --data: fast, accurate or finest
    #[arg(long, requires = "data", default_value = "fast")]
    pub preset: Preset,
    /// Folder of a model whose weights are the starting point, with --data
    #[arg(long, requires = "data")]
    pub start_from: Option<PathBuf>,
    /// Finish within this wall-clock time, e.g. "10 min"
    #[arg(long)]
    pub time_limit: Option<WallTime>,
    #[command(flatten)]
    pub labels: LabelArguments,
    /// Resume from the checkpoint of an interrupted fit
    #[arg(long)]
    pub resume: bool,
    /// Replace an existing model
    #[arg(long, conflicts_with = "resume")]
    pub force: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Arguments of `certify`.
#[derive(Debug, Args)]
pub(super) struct CertifyArguments {
    /// Folder of the model
    pub model: PathBuf,
    /// Data that it was fitted to, to record the ranges of its training frames (for models of older versions)
    #[arg(long)]
    pub data: Option<PathBuf>,
    #[command(flatten)]
    pub labels: LabelArguments,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Print the result without changing the file
    #[arg(long)]
    pub dry_run: bool,
}

/// Units of labels, for files that do not state them, and their names in extended XYZ.
#[derive(Debug, Clone, Args)]
pub(super) struct LabelArguments {
    /// Unit of the energies, if the file does not state it (eV, kcal/mol, kJ/mol, Hartree)
    #[arg(long, requires = "length_unit")]
    pub energy_unit: Option<String>,
    /// Unit of the coordinates, if the file does not state it (Å, nm, bohr); forces are in energy / length
    #[arg(long, requires = "energy_unit")]
    pub length_unit: Option<String>,
    /// Name of the energy in the comments of extended XYZ, e.g. REF_energy [default: energy]
    #[arg(long, value_name = "NAME")]
    pub energy_key: Option<String>,
    /// Name of the forces among the columns of extended XYZ [default: forces]
    #[arg(long, value_name = "NAME")]
    pub forces_key: Option<String>,
    /// Name of the stress in the comments of extended XYZ [default: stress, if present]
    #[arg(long, value_name = "NAME")]
    pub stress_key: Option<String>,
    /// Name of the virial in the comments of extended XYZ [default: virial, if present]
    #[arg(long, value_name = "NAME")]
    pub virial_key: Option<String>,
    /// Unit of the stress: eV/Å^3, GPa, MPa, kbar, bar, or eV if it is multiplied by the volume [default: energy / length³]
    #[arg(long, value_name = "UNIT")]
    pub stress_unit: Option<StressUnit>,
    /// Sign of the stress: positive under tension (ASE) or compression (VASP's OUTCAR) [default: tension]
    #[arg(long, value_name = "WORD")]
    pub stress_sign: Option<StressSign>,
}

/// Address on which i-PI listens.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(super) struct AddressArguments {
    /// Name of a Unix socket, as in the input of i-PI
    #[arg(long)]
    pub unix: Option<String>,
    /// Host and port, e.g. localhost:31415
    #[arg(long)]
    pub tcp: Option<String>,
}

impl AddressArguments {
    /// The one that was given.
    pub fn given(&self) -> Result<Address> {
        match (&self.unix, &self.tcp) {
            (Some(name), _) => Ok(Address::unix(name)),
            (None, Some(address)) => Ok(Address::Tcp(address.clone())),
            (None, None) => Err(Error::Invalid("the address of i-PI is missing: use --unix or --tcp".into())),
        }
    }
}

/// How a model is evaluated.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct ComputingArguments {
    /// Threads [default: 1 for bench, one per core for evaluate and minimize]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Floating-point format of the network
    #[arg(long, default_value = "f32")]
    pub precision: Precision,
}

impl From<ComputingArguments> for Computing {
    fn from(ComputingArguments { threads, precision }: ComputingArguments) -> Self {
        Self { threads, precision }
    }
}

/// Target of an export.
#[derive(Debug, Subcommand)]
pub(super) enum ExportCommand {
    /// A portable model of the KIM API, for LAMMPS, ASE and others
    Kim {
        /// Folder of the model
        model: PathBuf,
        /// Name of the KIM model, and of its folder
        #[arg(long)]
        name: String,
        /// Folder in which the folder of the KIM model is created
        #[arg(long, default_value = ".")]
        to: PathBuf,
        /// Floating-point format of the network
        #[arg(long, default_value = "f32")]
        precision: Precision,
        /// The shared library, if it is not in the folder of this program
        #[arg(long)]
        library: Option<PathBuf>,
    },
}

/// Commands for published data.
#[derive(Debug, Subcommand)]
pub(super) enum DataCommand {
    /// Download a data set and compare it with its published checksum
    Fetch {
        /// Name, e.g. rmd17:ethanol
        name: String,
        /// Folder in which it is stored
        #[arg(long, default_value = "inputs/data")]
        folder: PathBuf,
    },
}
