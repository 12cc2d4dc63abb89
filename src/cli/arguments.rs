//! What may stand on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Molecular dynamics with a learned, rotationally covariant force field.
#[derive(Debug, Parser)]
#[command(name = "cormorant", version, propagate_version = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Validate an input file and print it with every default filled in; runs nothing
    Check {
        /// Input file of `run` or `fit` (TOML)
        input: PathBuf,
    },
}
