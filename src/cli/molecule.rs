//! A model and a structure as arguments, in place of an input file.

use std::path::PathBuf;

use clap::Args;

use cormorant_core::system::ElectronicState;
use cormorant_core::{Error, Result};
use cormorant_workflow::settings::declare::Key;
use cormorant_workflow::settings::{MoleculeInput, MoleculeRun, StructureInput};

/// Heading of the flags in the help.
pub(super) const WITHOUT: &str = "Without an input file";

/// The sentence of `key` with its default, for a flag that is left to the input where it is not given.
pub(super) fn with_default(key: &Key) -> String {
    format!("{} [default: {}]", key.help(), key.default_text())
}

/// What the help of `run` shows at its end.
pub(super) const RUN_EXAMPLE: &str =
    "Example:\n  cormorant run --model organic --structure molecule.xyz --temperature \"300 K\" --duration \"100 ps\"";

/// A model and a structure.
#[derive(Debug, Args)]
pub(super) struct MoleculeArguments {
    /// Folder of a model, or the name of one of the program: organic
    #[arg(long, requires = "structure", help_heading = WITHOUT)]
    pub model: Option<PathBuf>,
    /// Structure file, in any supported format
    #[arg(long, requires = "model", help_heading = WITHOUT)]
    pub structure: Option<PathBuf>,
    /// Frame of a file with several, counted from 0
    #[arg(long, requires = "structure", default_value_t = 0, help_heading = WITHOUT)]
    pub frame: usize,
    #[command(flatten)]
    pub state: MoleculeState,
    /// Folder of the results [default: one in outputs, named after the structure]
    #[arg(long, requires = "model", help_heading = WITHOUT)]
    pub output: Option<PathBuf>,
}

/// Its total charge and spin.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct MoleculeState {
    #[arg(
        long,
        requires = "structure",
        help = StructureInput::charge.help(),
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(i32).range(-1000..=1000),
        help_heading = WITHOUT
    )]
    pub charge: Option<i32>,
    #[arg(
        long,
        requires = "structure",
        help = StructureInput::multiplicity.help(),
        value_parser = clap::value_parser!(u32).range(1..=1000),
        help_heading = WITHOUT
    )]
    pub multiplicity: Option<u32>,
}

impl MoleculeArguments {
    /// Both; where there is no input file, each requires the other.
    pub(super) fn given(&self) -> Result<MoleculeInput> {
        let (Some(model), Some(structure)) = (self.model.clone(), self.structure.clone()) else {
            return Err(Error::Invalid("--model and --structure belong together; give both, or an input file".into()));
        };
        let state = ElectronicState { charge: self.state.charge, multiplicity: self.state.multiplicity };
        Ok(MoleculeInput { model, structure, frame: self.frame, state, output: self.output.clone() })
    }
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// Input file (TOML); or use --model, --structure, --temperature and --duration
    #[arg(
        required_unless_present = "model",
        conflicts_with_all = ["model", "structure", "frame", "charge", "multiplicity", "output", "temperature", "duration", "time_step", "pressure", "seed"]
    )]
    pub input: Option<PathBuf>,
    #[command(flatten)]
    pub molecule: MoleculeArguments,
    /// Temperature of the heat bath, e.g. "300 K"
    #[arg(long, requires = "model", help_heading = WITHOUT)]
    pub temperature: Option<String>,
    /// Length of the run, e.g. "100 ps"
    #[arg(long, requires = "model", help_heading = WITHOUT)]
    pub duration: Option<String>,
    /// Integration step
    #[arg(long, requires = "model", default_value = "0.5 fs", help_heading = WITHOUT)]
    pub time_step: String,
    /// Pressure of a periodic structure, e.g. "1 bar"; its cell is constant without it
    #[arg(long, requires = "model", help_heading = WITHOUT)]
    pub pressure: Option<String>,
    /// Seed of every random number
    #[arg(long, requires = "model", default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64), help_heading = WITHOUT)]
    pub seed: u64,
    /// Threads that share the replicas of an input with [replicas] [default: one per core], or with --model one evaluation
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Replace the results of an earlier run
    #[arg(long, conflicts_with = "resume")]
    pub force: bool,
    /// Resume from the restart file of an interrupted run
    #[arg(long)]
    pub resume: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}

impl RunArguments {
    /// What they say of a simulation without an input file.
    pub(super) fn without_input(&self) -> Result<(MoleculeInput, MoleculeRun)> {
        let molecule = self.molecule.given()?;
        let needed = |flag: &str, given: &Option<String>, example: &str| {
            let missing = || format!("a run without an input file needs {flag}; add for example: {flag} \"{example}\"");
            given.clone().ok_or_else(|| Error::Invalid(missing()))
        };
        let temperature = needed("--temperature", &self.temperature, "300 K")?;
        let duration = needed("--duration", &self.duration, "100 ps")?;
        let (time_step, pressure) = (self.time_step.clone(), self.pressure.clone());
        let threads = self.threads.unwrap_or(1);
        Ok((molecule, MoleculeRun { temperature, duration, time_step, pressure, seed: self.seed, threads }))
    }
}

/// Arguments of `vibrations`.
#[derive(Debug, Args)]
pub(super) struct VibrationsArguments {
    /// Input file (TOML) with [structure], [potential] and [vibrations]; or use --model and --structure
    #[arg(
        required_unless_present = "model",
        conflicts_with_all = ["model", "structure", "frame", "charge", "multiplicity", "output", "temperature"]
    )]
    pub input: Option<PathBuf>,
    #[command(flatten)]
    pub molecule: MoleculeArguments,
    /// Temperature of the thermochemistry, e.g. "298.15 K"
    #[arg(long, requires = "model", help_heading = WITHOUT)]
    pub temperature: Option<String>,
    /// Threads [default: one per core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Replace the results of an earlier run
    #[arg(long)]
    pub force: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}
