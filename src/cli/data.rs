//! `cormorant data`.

use std::io::IsTerminal;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use super::arguments::DataCommand;
use cormorant_core::Result;
use cormorant_fit::fetch;

/// Do what was asked for with published data.
pub(super) fn data(command: DataCommand) -> Result<()> {
    match command {
        DataCommand::Fetch { name, folder } => fetch(&name, &folder),
    }
}

fn fetch(name: &str, folder: &Path) -> Result<()> {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::no_length() } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bytes} of {total_bytes}  {bar:40}  {binary_bytes_per_sec}  {eta}")
    {
        bar.set_style(style);
    }
    let mut progress = |done: u64, total: Option<u64>| {
        if let Some(total) = total {
            bar.set_length(total);
        }
        bar.set_position(done);
    };
    let fetched = fetch::fetch(name, folder, &mut progress)?;
    bar.finish_and_clear();
    match &fetched.url {
        Some(url) => println!("{} from {url}", fetched.path.display()),
        None => println!("{} was here already", fetched.path.display()),
    }
    println!("{}", fetched.checked);
    println!("SHA-256 {}", fetched.sha256);
    Ok(())
}
