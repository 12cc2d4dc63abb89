//! `cormorant completions` and `cormorant manual`: what a shell and `man` know of the program.

use std::io;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use super::arguments::Arguments;
use cormorant_core::{Error, Result};

/// Print the completions of commands and options for `shell`.
pub(super) fn completions(shell: Shell) {
    clap_complete::generate(shell, &mut Arguments::command(), "cormorant", &mut io::stdout());
}

/// Write a manual page for each command into `folder`, which is made if necessary.
pub(super) fn manual(folder: &Path) -> Result<()> {
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Arguments::command(), folder));
    written.map_err(|source| Error::io(folder, source))
}
