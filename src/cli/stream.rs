//! `cormorant stream`.

use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::computing::{PRECISION, words};
use cormorant_core::{Error, Result};
use cormorant_workflow::settings::{PotentialInput, Precision};
use cormorant_workflow::workflow::stream as answer;

/// Arguments of `stream`.
#[derive(Debug, Args)]
pub(super) struct StreamArguments {
    /// File with `version = 1` and [potential], such as the input of a run
    #[arg(required_unless_present = "model", conflicts_with = "model")]
    pub input: Option<PathBuf>,
    /// Folder of a model, or the name of one of the program (organic)
    #[arg(long)]
    pub model: Option<PathBuf>,
    #[arg(long, requires = "model", help = PRECISION, default_value = "f32", value_parser = words(Precision::WORDS))]
    pub precision: Precision,
}

/// Answer the frames on standard input.
pub(super) fn stream(arguments: &StreamArguments) -> Result<()> {
    let potential = match (&arguments.input, &arguments.model) {
        (Some(path), _) => PotentialInput::of_file(path)?,
        (None, Some(model)) => PotentialInput::of_model(model.clone(), arguments.precision),
        (None, None) => return Err(Error::Invalid("name a file with [potential], or --model".into())),
    };
    let mut out = std::io::stdout().lock();
    answer(&potential, BufReader::new(std::io::stdin()), &mut out)?;
    out.flush().map_err(|source| Error::io(Path::new("standard output"), source))
}
