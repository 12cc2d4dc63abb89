//! `cormorant path`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::activity::Activity;
use super::computing::words;
use super::molecule::{MoleculeArguments, WITHOUT, with_default};
use super::{depth, show, structure};
use cormorant_core::{Error, Result, parallel};
use cormorant_dynamics::paths::ElasticBand;
use cormorant_dynamics::simulation::Stop;
use cormorant_report::PathSummary;
use cormorant_workflow::settings::{BandInput, GivenKeys, InitialImages, Input, PathInput};
use cormorant_workflow::workflow::{PathFound, RunMode, find_path};

/// What the help shows at its end.
pub(super) const EXAMPLES: &str = "Examples:
  cormorant path inputs/path-acetylacetone.toml
  cormorant path --model organic --structure reactant.xyz --to product.xyz --check-saddle
  cormorant path inputs/path-acetylacetone.toml --resume     # after an interruption, or with more steps";

/// Arguments of `path`.
#[derive(Debug, Args)]
pub(super) struct PathArguments {
    /// Input file (TOML) with [structure], [final_structure], [potential] and [path]; or use --model, --structure and --to
    #[arg(
        required_unless_present = "model",
        conflicts_with_all = ["model", "structure", "frame", "charge", "multiplicity", "output", "to", "to_frame", "images", "initial", "no_climb", "keep_ends", "force_tolerance", "most_steps"]
    )]
    pub input: Option<PathBuf>,
    #[command(flatten)]
    pub molecule: MoleculeArguments,
    /// Structure file of the other end: the same atoms in the same order
    #[arg(long, requires = "model", help_heading = WITHOUT)]
    pub to: Option<PathBuf>,
    /// Frame of that file, counted from 0
    #[arg(long, requires = "to", default_value_t = 0, help_heading = WITHOUT)]
    pub to_frame: usize,
    #[arg(long, requires = "model", help = with_default(&BandInput::images), value_parser = clap::value_parser!(u32).range(1..=1000), help_heading = WITHOUT)]
    pub images: Option<u32>,
    #[arg(long, requires = "model", help = with_default(&BandInput::initial), value_parser = words(InitialImages::WORDS), help_heading = WITHOUT)]
    pub initial: Option<InitialImages>,
    /// Leave the highest image where the springs hold it
    #[arg(long, requires = "model", help_heading = WITHOUT)]
    pub no_climb: bool,
    /// Leave the ends as they are
    #[arg(long, requires = "model", help_heading = WITHOUT)]
    pub keep_ends: bool,
    #[arg(long, requires = "model", help = with_default(&BandInput::force_tolerance), help_heading = WITHOUT)]
    pub force_tolerance: Option<String>,
    #[arg(long, requires = "model", help = with_default(&BandInput::most_steps), value_parser = clap::value_parser!(u32).range(1..=1_000_000_000), help_heading = WITHOUT)]
    pub most_steps: Option<u32>,
    /// Check that the saddle point has exactly one imaginary frequency
    #[arg(long)]
    pub check_saddle: bool,
    /// Threads that share the images [default: one per core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Replace the results of an earlier run
    #[arg(long, conflicts_with = "resume")]
    pub force: bool,
    /// Continue with the path that was saved when it was interrupted or ran out of steps
    #[arg(long)]
    pub resume: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Find the path that the input asks for, or what the arguments stand for.
pub(super) fn path(arguments: &PathArguments) -> Result<()> {
    let &PathArguments { threads, force, resume, quiet, .. } = arguments;
    let mut input = match &arguments.input {
        Some(path) => read(path)?,
        None => without_input(arguments)?,
    };
    input.path.check_saddle |= arguments.check_saddle;
    let threads = threads.map_or_else(parallel::cores, usize::from);
    let activity = Activity::new(quiet);
    let mut progress = |band: &ElasticBand| {
        let worst = band.residuals().iter().copied().fold(0.0, f64::max);
        let what = if band.climbing().is_some() { "climbing" } else { "relaxing" };
        activity.show(&format!("{what}, step {}, largest force across the path {worst:.4} eV/Å", band.steps()), None);
    };
    let mode = RunMode { force, resume };
    let found = find_path(&input, threads, mode, &Stop::on_signals()?, &mut structure::notes, &mut progress);
    activity.finish();
    let found = found?;
    if !quiet {
        print(&input, &found);
    }
    Ok(())
}

fn print(input: &PathInput, found: &PathFound) {
    let elements = &found.path.first.elements;
    let formula = cormorant_core::system::formula(elements);
    println!("{}: {formula} ({} atoms), {} images between the ends", input.name, elements.len(), input.path.images);
    print!("{}", PathSummary(&found.path));
    for (what, bonds) in ["broken", "formed"].iter().zip(&found.bonds) {
        if !bonds.is_empty() {
            println!("bonds {what}: {}", bonds.join(", "));
        }
    }
    for warning in &found.warnings {
        println!("warning: {warning}");
    }
    if let Some(depth) = &found.depth {
        depth::print(depth);
    }
    println!("{} files in {}", found.files.len() + 2, show::path(&input.output.folder).display());
}

fn without_input(arguments: &PathArguments) -> Result<PathInput> {
    let Some(to) = &arguments.to else {
        let reason = "a path needs its other end; add for example: --to product.xyz";
        return Err(Error::Invalid(reason.into()));
    };
    let initial = arguments.initial.map(|initial| initial.to_string());
    let keys = GivenKeys::default()
        .plain("path", "images", arguments.images)
        .text("path", "initial", initial.as_deref())
        .plain("path", "climb", arguments.no_climb.then_some(false))
        .plain("path", "minimize_ends", arguments.keep_ends.then_some(false))
        .text("path", "force_tolerance", arguments.force_tolerance.as_deref())
        .plain("path", "most_steps", arguments.most_steps);
    arguments.molecule.given()?.path((to, arguments.to_frame), &keys)
}

fn read(path: &Path) -> Result<PathInput> {
    match Input::read(path)? {
        Input::Path(input) => Ok(*input),
        other => Err(Error::Invalid(format!("{}: {}", path.display(), other.purpose()))),
    }
}
