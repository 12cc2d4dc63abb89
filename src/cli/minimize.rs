//! `cormorant minimize`.

use std::path::PathBuf;

use clap::Args;

use super::computing::{ComputingArguments, words};
use super::show;
use super::state::StateArguments;
use super::structure::{self, StructureArguments};
use cormorant_core::units::Dimension;
use cormorant_core::{Error, Result};
use cormorant_workflow::settings::declare::Key;
use cormorant_workflow::settings::{MinimizeInput, MinimizeMethod, Quantity};
use cormorant_workflow::workflow::{Minimized, WrittenResults, minimize_file, read_structures};

/// The key of `[minimize]` that a flag of `minimize` repeats.
const TOLERANCE: Key = MinimizeInput::force_tolerance;

/// Arguments of `minimize`.
#[derive(Debug, Args)]
pub(super) struct MinimizeArguments {
    /// Folder of the model, or the name of one of the program (organic); several of them form a committee
    #[arg(long, required = true)]
    pub model: Vec<PathBuf>,
    /// File of structures, in any supported format
    #[arg(long, alias = "structure")]
    pub structures: PathBuf,
    #[command(flatten)]
    pub reading: StructureArguments,
    #[command(flatten)]
    pub state: StateArguments,
    /// Extended XYZ file for the minima; a table (.csv) is written beside it
    #[arg(long)]
    pub out: PathBuf,
    #[arg(long, alias = "largest-force", help = TOLERANCE.help(), default_value = TOLERANCE.default_text())]
    pub force_tolerance: String,
    #[arg(
        long,
        help = MinimizeInput::most_evaluations.help(),
        default_value = MinimizeInput::most_evaluations.default_text(),
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub most_evaluations: u64,
    #[arg(
        long,
        help = MinimizeInput::method.help(),
        default_value = MinimizeInput::method.default_text(),
        value_parser = words(MinimizeMethod::WORDS)
    )]
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

/// Minimize every structure of a file.
pub(super) fn minimize(arguments: &MinimizeArguments) -> Result<()> {
    let how = MinimizeInput {
        method: arguments.method,
        force_tolerance: Quantity::new(&arguments.force_tolerance, Dimension::Force)?,
        most_evaluations: arguments.most_evaluations,
        ..MinimizeInput::default()
    };
    let files = WrittenResults::open(&arguments.out, &[&arguments.structures], arguments.force)?;
    let path = &arguments.structures;
    let read = read_structures(path, arguments.state.beside(arguments.reading.options(None)?))?;
    structure::notes(&read.notes);
    let found = minimize_file(&arguments.model, path, &read.systems, files, &how, (&arguments.computing).into())?;
    structure::notes(found.note.as_slice());
    let Minimized { structures, missed, changed, files, .. } = &found;
    if !arguments.quiet {
        println!("{structures} structures, of which {} reached {}", structures - missed, how.force_tolerance);
        show::results(files);
    }
    let most = how.most_evaluations;
    if missed == structures {
        return Err(Error::Invalid(format!(
            "no structure of {} converged within {most} evaluations; the table says how far each came: raise --most-evaluations or \
             --force-tolerance, or look whether the model knows such structures (`cormorant evaluate`)",
            path.display()
        )));
    }
    if let Some(first) = changed.first() {
        eprintln!(
            "warning: {} of {structures} have other bonds at the minimum than before, the first of them frame {first} (counted from 0): look at \
             them",
            changed.len()
        );
    }
    if *missed > 0 {
        eprintln!("warning: {missed} of {structures} did not converge within {most} evaluations; see the table");
    }
    Ok(())
}
