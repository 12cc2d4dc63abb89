//! `cormorant rank`.

use std::path::PathBuf;

use clap::Args;

use super::computing::ComputingArguments;
use super::state::StateArguments;
use super::structure::{self, StructureArguments};
use super::{depth, quantity, show};
use cormorant_core::Result;
use cormorant_workflow::settings::declare::Key;
use cormorant_workflow::settings::{MinimizeInput, Quantity};
use cormorant_workflow::workflow::{
    Ranked, RankedConformers, Ranking, WrittenResults, energy_in, rank_file, read_structures,
};

/// The key of `[minimize]` that a flag repeats.
const EVALUATIONS: Key = MinimizeInput::most_evaluations;

/// Arguments of `rank`.
#[derive(Debug, Args)]
pub(super) struct RankArguments {
    /// File of conformers of one molecule, in any supported format with several frames
    pub structures: PathBuf,
    /// Folder of the model, or the name of one of the program (organic); several of them form a committee
    #[arg(long, required = true)]
    pub model: Vec<PathBuf>,
    #[command(flatten)]
    pub reading: StructureArguments,
    #[command(flatten)]
    pub state: StateArguments,
    /// Extended XYZ file for the minima, lowest first; a table (.csv) is written beside it
    #[arg(long)]
    pub out: PathBuf,
    /// Temperature of the Boltzmann weights
    #[arg(long, default_value = "298.15 K", value_parser = quantity::temperature)]
    pub temperature: Quantity,
    /// Conformers are the same if their energies differ by less, and they have the same shape
    #[arg(long, default_value = "2 meV", value_parser = quantity::energy)]
    pub same_energy: Quantity,
    /// Conformers have the same shape if the root mean square distance of their atoms is less; identical nuclei may exchange
    #[arg(long, default_value = "0.1 Å", value_parser = quantity::length)]
    pub same_shape: Quantity,
    /// Largest force on an atom that may remain
    #[arg(long, default_value = "0.005 eV/Å", value_parser = quantity::force)]
    pub force_tolerance: Quantity,
    #[arg(
        long,
        help = EVALUATIONS.help(),
        default_value = EVALUATIONS.default_text(),
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub most_evaluations: u64,
    #[command(flatten)]
    pub computing: ComputingArguments,
    /// Replace the files of an earlier run
    #[arg(long)]
    pub force: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Minimize conformers, leave out what is found twice, and sort them by energy.
pub(super) fn rank(arguments: &RankArguments) -> Result<()> {
    let how = Ranking {
        minimize: MinimizeInput {
            force_tolerance: arguments.force_tolerance.clone(),
            most_evaluations: arguments.most_evaluations,
            ..MinimizeInput::default()
        },
        temperature: arguments.temperature.clone(),
        same_energy: arguments.same_energy.clone(),
        same_shape: arguments.same_shape.clone(),
    };
    let files = WrittenResults::open(&arguments.out, &[&arguments.structures], arguments.force)?;
    let path = &arguments.structures;
    let read = read_structures(path, arguments.state.beside(arguments.reading.options(None)?))?;
    structure::notes(&read.notes);
    let found = rank_file(&arguments.model, path, &read.systems, files, &how, (&arguments.computing).into())?;
    structure::notes(found.note.as_slice());
    if !arguments.quiet {
        print(&found, &how)?;
    }
    Ok(())
}

fn print(found: &RankedConformers, how: &Ranking) -> Result<()> {
    let RankedConformers { frames, minima, depth, files, .. } = found;
    println!(
        "{frames} frames, {} different minima (the same: less than {} and {} apart)",
        minima.len(),
        how.same_energy,
        how.same_shape
    );
    let weight = format!("weight at {}", how.temperature);
    println!("{:>4} {:>6} {:>12} {:>12} {weight:>18} {:>7}", "rank", "frame", "kcal/mol", "kJ/mol", "frames");
    for (rank, one) in minima.iter().enumerate() {
        println!(
            "{:>4} {:>6} {:>12.3} {:>12.3} {:>18.4} {:>7}{}",
            rank + 1,
            one.frames[0],
            energy_in(one.relative, "kcal/mol")?,
            energy_in(one.relative, "kJ/mol")?,
            one.weight,
            one.frames.len(),
            remarks(one)
        );
    }
    if let Some(depth) = depth {
        depth::print(depth);
    }
    let missed = minima.iter().filter(|one| !one.converged).count();
    if missed > 0 {
        let goal = &how.minimize.force_tolerance;
        println!(
            "warning: {missed} did not reach {goal}; use --precision f64, or raise --most-evaluations or --force-tolerance"
        );
    }
    show::results(files);
    Ok(())
}

/// What is not as it should be with a minimum.
fn remarks(one: &Ranked) -> String {
    let all = [
        (one.unusual, "bonded as hardly any training frame".to_string()),
        (one.outside && !one.unusual, format!("outside of the training frames (grade {:.2})", one.extrapolation[0])),
        (one.bonds_changed, "bonds changed".to_string()),
        (!one.converged, "not converged".to_string()),
    ];
    let said: Vec<String> = all.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text).collect();
    if said.is_empty() { String::new() } else { format!("  {}", said.join(", ")) }
}
