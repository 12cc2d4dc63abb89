//! `cormorant minimize`.

use super::arguments::MinimizeArguments;
use super::{show, structure};
use crate::settings::{MinimizeInput, Quantity};
use crate::workflow::{Minimized, WrittenResults, minimize_file, read_structures};
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// Minimize every structure of a file.
pub(super) fn minimize(arguments: &MinimizeArguments) -> Result<()> {
    let default = MinimizeInput::default();
    let how = MinimizeInput {
        method: arguments.method,
        force_tolerance: match &arguments.force_tolerance {
            Some(text) => Quantity::new(text, Dimension::Force)?,
            None => default.force_tolerance,
        },
        most_evaluations: arguments.most_evaluations,
        ..MinimizeInput::default()
    };
    let files = WrittenResults::open(&arguments.out, arguments.force)?;
    let path = &arguments.structures;
    let read = read_structures(path, arguments.reading.options(None)?)?;
    structure::notes(&read.notes);
    let found = minimize_file(&arguments.model, path, &read.systems, files, &how, arguments.computing.into())?;
    if !arguments.quiet {
        let Minimized { structures, missed, files } = &found;
        println!("{structures} structures, of which {} reached {}", structures - missed, how.force_tolerance);
        if *missed > 0 {
            println!("warning: {missed} did not within {} evaluations; the table says which", how.most_evaluations);
        }
        show::results(files);
    }
    Ok(())
}
