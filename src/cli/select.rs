//! `cormorant select`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::computing::{ComputingArguments, words};
use super::show;
use super::state::StateArguments;
use super::structure::{self, StructureArguments};
use cormorant_core::Result;
use cormorant_workflow::settings::SelectBy;
use cormorant_workflow::workflow::{
    Pool, SelectRequest, Selection, WrittenResults, read_structures, select as choose, write_selection,
};

/// What the help shows at its end.
pub(super) const EXAMPLES: &str = "\
Examples:
  cormorant select md.xyz --number 20 --by spread --model models/committee --out chosen.xyz
  cormorant select pool.xyz --number 50 --by distance --known labels.xyz --out chosen.xyz";

/// Arguments of `select`.
#[derive(Debug, Args)]
pub(super) struct SelectArguments {
    /// Files of structures or trajectories; their frames are a pool, one file after the other
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// How many frames are chosen
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub number: u32,
    /// Rule: evenly in time; at random; largest spread of a committee, or grade of extrapolation, in each of NUMBER blocks of time;
    /// distance from known frames and from each other
    #[arg(long, value_parser = words(SelectBy::WORDS))]
    pub by: SelectBy,
    /// Folder of the model or committee whose spread or grade counts; several models form a committee
    #[arg(long)]
    pub model: Vec<PathBuf>,
    /// Frames that are labeled already: none of them is chosen again, and the distance is measured from them
    #[arg(long)]
    pub known: Option<PathBuf>,
    /// Seed of a random choice
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: u64,
    /// Extended XYZ file for the chosen frames, with the keys reason, source_file and source_frame; a table (.csv) is written beside it
    #[arg(long)]
    pub out: PathBuf,
    #[command(flatten)]
    pub reading: StructureArguments,
    #[command(flatten)]
    pub state: StateArguments,
    #[command(flatten)]
    pub computing: ComputingArguments,
    /// Replace the files of an earlier choice
    #[arg(long)]
    pub force: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Choose frames that are worth a label.
pub(super) fn select(arguments: &SelectArguments) -> Result<()> {
    let read: Vec<&Path> = arguments.files.iter().chain(&arguments.known).map(PathBuf::as_path).collect();
    let files = WrittenResults::open(&arguments.out, &read, arguments.force)?;
    let options = arguments.state.beside(arguments.reading.options(None)?);
    let mut pool = Pool::read(&arguments.files, &options)?;
    let known = arguments.known.as_ref().map(|known| read_structures(known, options)).transpose()?;
    let out = known.as_ref().map_or(0, |known| pool.take_out(&known.systems));
    if out > 0 {
        pool.notes.push(format!("{out} frames are known already, and are not chosen from"));
    }
    if !arguments.quiet {
        structure::notes(&pool.notes);
    }
    let request = SelectRequest {
        by: arguments.by,
        number: arguments.number as usize,
        seed: arguments.seed,
        models: arguments.model.clone(),
        known: known.map(|read| read.systems).unwrap_or_default(),
        computing: (&arguments.computing).into(),
    };
    let Selection { picked, note } = choose(&pool, &request)?;
    write_selection(&pool, &picked, &files)?;
    if !arguments.quiet {
        structure::notes(note.as_slice());
        for one in &picked {
            let (file, number) = &pool.sources[one.frame];
            println!("{} frame {number}: {}", show::path(file).display(), one.reason);
        }
        println!("{} of {} frames, by {}", picked.len(), pool.systems.len(), request.by);
        show::results(&files);
    }
    Ok(())
}
