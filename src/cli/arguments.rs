//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::analyze_arguments::AnalyzeArguments;
use super::build::BuildArguments;
use super::computing::{ComputingArguments, words};
use super::export::ExportCommand;
use super::ipi::AddressArguments;
use super::label::LabelArguments;
use super::labels::LabelArguments as LabelKeyArguments;
use super::learn::LearnArguments;
use super::minimize::MinimizeArguments;
use super::molecule::{RunArguments, VibrationsArguments, with_default};
use super::path::PathArguments;
use super::rank::RankArguments;
use super::sample::SampleArguments;
use super::scan::ScanArguments;
use super::select::SelectArguments;
use super::state::StateArguments;
use super::stream::StreamArguments;
use super::structure::StructureArguments;
use cormorant_workflow::settings::{DataInput, Declaration, FitInput, FitRunInput, Preset, WallTime};

/// Molecular dynamics with a learned, rotationally covariant force field.
#[derive(Debug, Parser)]
#[command(name = "cormorant", version, long_version = super::version::text(), propagate_version = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the simulation that an input file describes, or one of a molecule with a model
    #[command(after_help = super::molecule::RUN_EXAMPLE)]
    Run(RunArguments),
    /// Minimize the energy and compute normal modes and thermochemistry
    Vibrations(VibrationsArguments),
    /// Find a minimum energy path between two structures and its saddle point, by a nudged elastic band
    #[command(after_help = super::path::EXAMPLES)]
    Path(PathArguments),
    /// Scan a bond, an angle or a dihedral angle, while everything else is minimized or stays rigid
    #[command(after_help = super::scan::EXAMPLES)]
    Scan(ScanArguments),
    /// Fit a model to energies and forces
    Fit(FitArguments),
    /// Compare a model with labeled data, or compute energies and forces of structures
    Evaluate(EvaluateArguments),
    /// Answer frames of extended XYZ on standard input with energies and forces on standard output
    Stream(StreamArguments),
    /// Minimize the energy of every structure of a file
    Minimize(MinimizeArguments),
    /// Choose frames of a pool or of trajectories that are worth a label
    #[command(after_help = super::select::EXAMPLES)]
    Select(SelectArguments),
    /// Rank conformers of a molecule: minimize them, leave out what is found twice, sort them by energy
    Rank(RankArguments),
    /// Sample a structure: first geometries for labels, from thermal displacements, turns about bonds, strains or a model
    #[command(after_help = super::sample::EXAMPLES)]
    Sample(SampleArguments),
    /// Build a molecule in three dimensions from SMILES or an MDL file (SDF, MOL), through RDKit of Python
    #[command(after_help = super::build::EXAMPLES)]
    Build(BuildArguments),
    /// Learn a potential from one structure: ask a program for labels, fit, explore, select, and again
    Learn(LearnArguments),
    /// Ask another program for energies and forces of structures, and keep them
    #[command(after_help = super::label::EXAMPLES)]
    Label(LabelArguments),
    /// Analyze a trajectory: distances, motion, vibrations, shapes of molecules
    #[command(after_help = super::analyze_arguments::EXAMPLES)]
    Analyze(AnalyzeArguments),
    /// Test a model (gradients, symmetries, energy conservation, time step, high temperatures) and store the result in its file
    Certify(CertifyArguments),
    /// Validate an input file and print it with all defaults, without running it
    Check {
        /// Input file of `run`, `vibrations`, `path`, `scan` or `fit` (TOML)
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
    /// Print the completions of a shell, e.g. for ~/.local/share/bash-completion/completions/cormorant
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write a manual page (man) for each command
    Manual {
        /// Folder of the pages
        folder: PathBuf,
    },
    /// Describe a file: a model, data, a structure, a trajectory, an input, a restart file; or a model of the program
    Describe {
        /// File, folder of a model, or name of a model of the program
        #[arg(required_unless_present = "devices")]
        path: Option<PathBuf>,
        /// List the graphics processors of this machine
        #[arg(long, conflicts_with = "path")]
        devices: bool,
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
        /// Folder of the model, or the name of one of the program (organic)
        #[arg(long)]
        model: PathBuf,
        /// Structure file
        #[arg(long)]
        structure: PathBuf,
        #[command(flatten)]
        reading: StructureArguments,
        #[command(flatten)]
        state: StateArguments,
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
        labels: LabelKeyArguments,
    },
    /// Compare several runs, or several fits, in one report
    Compare {
        /// Folders of runs or of models
        #[arg(required = true, num_args = 2..)]
        folders: Vec<PathBuf>,
        /// File of the report
        #[arg(long, default_value = "outputs/comparison/report.html")]
        out: PathBuf,
        /// Replace the file if it exists
        #[arg(long)]
        force: bool,
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
        /// Folder of the model, or the name of one of the program (organic)
        #[arg(long)]
        model: PathBuf,
        /// Structure file: the elements in the order of the atoms in i-PI, and whether there is a cell
        #[arg(long)]
        structure: PathBuf,
        #[command(flatten)]
        reading: StructureArguments,
        #[command(flatten)]
        state: StateArguments,
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
    /// Folder of the model, or the name of one of the program (organic); several of them form a committee
    #[arg(long, required = true)]
    pub model: Vec<PathBuf>,
    /// Labeled data (.npz or extended XYZ); with --out or for a model of a property or of values of atoms, any file of structures
    #[arg(long)]
    pub data: PathBuf,
    #[command(flatten)]
    pub labels: LabelKeyArguments,
    #[command(flatten)]
    pub reading: StructureArguments,
    #[command(flatten)]
    pub state: StateArguments,
    #[command(flatten)]
    pub computing: ComputingArguments,
    /// Print one JSON object
    #[arg(long, conflicts_with = "out")]
    pub json: bool,
    /// Write a page (HTML) with the spread of a committee against its error to this file
    #[arg(long, conflicts_with = "out", value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Write energies and forces (or the property, or the values of the atoms) of every frame to this extended XYZ file and to a table beside it; labels are not needed
    #[arg(long, conflicts_with_all = ["energy_unit", "energy_key", "forces_key", "stress_key", "virial_key", "charge_key", "multiplicity_key"])]
    pub out: Option<PathBuf>,
    /// Replace the files of --out, or that of --report
    #[arg(long)]
    pub force: bool,
}

/// Arguments of `fit`.
#[derive(Debug, Args)]
pub(super) struct FitArguments {
    /// Input file (TOML); or use --data and --out to fit with defaults
    #[arg(required_unless_present = "data", conflicts_with_all = ["data", "out", "energy_unit", "length_unit", "force_unit", "energy_key", "forces_key", "stress_key", "virial_key", "charge_key", "multiplicity_key", "stress_unit", "stress_sign"])]
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
    #[arg(long, requires = "data", help = DataInput::split_by.help())]
    pub split_by: Option<String>,
    /// Folder of the new model
    #[arg(long, requires = "data")]
    pub out: Option<PathBuf>,
    #[arg(
        long,
        requires = "data",
        help = with_default(&FitInput::PRESET),
        value_parser = words(Preset::WORDS)
    )]
    pub preset: Option<Preset>,
    /// Folder of a model whose weights are the starting point, or the name of one of the program, with --data; from a committee, each
    /// member takes those of its number [default: organic, for few frames of molecules whose elements it knows]
    #[arg(long, requires = "data")]
    pub start_from: Option<PathBuf>,
    /// Structures that the model of the starting point labels and that are shown beside the data, so that the fit keeps what it knows, with --data
    #[arg(long, requires = "data", conflicts_with = "from_scratch")]
    pub replay: Option<PathBuf>,
    /// Start from random weights, with --data; a --preset does so too
    #[arg(long, requires = "data", conflicts_with = "start_from")]
    pub from_scratch: bool,
    /// Fit also where the forces are not the slope of the energies, with --data
    #[arg(long, requires = "data")]
    pub accept_contradictions: bool,
    #[arg(long, help = FitRunInput::time_limit.help() + ", e.g. \"10 min\"")]
    pub time_limit: Option<WallTime>,
    /// Models that are fitted, with the seeds SEED, SEED + 1, …; several are a committee [default: that of the input, or 1]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=FitInput::MOST_MEMBERS as i64))]
    pub members: Option<u16>,
    /// Seed of first weights, split and order of the frames [default: that of the input, or 1]
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub labels: LabelKeyArguments,
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
    /// Folder of the model, or the name of one of the program (organic)
    pub model: PathBuf,
    /// Data that it was fitted to, to record the ranges of its training frames (for models of older versions)
    #[arg(long)]
    pub data: Option<PathBuf>,
    #[command(flatten)]
    pub labels: LabelKeyArguments,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Print the result without changing the file
    #[arg(long)]
    pub dry_run: bool,
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
