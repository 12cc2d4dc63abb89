//! How commands read structures: what a user says of a file that the file does not, and what there is to say of it.

use std::path::{Path, PathBuf};

use clap::Args;

use super::state::StateArguments;
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_io::{Frame, ReadOptions, Species, StructureFormat, read_frame, velocity_unit};

/// What a file of structures does not say.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct StructureArguments {
    /// Format of the file, where its name and content do not tell, e.g. vasp, lammps-data, pdb
    #[arg(long, global = true, value_name = "NAME")]
    pub format: Option<String>,
    /// Elements by atom names or types (CA=C,OW=O), or in the order of the atom types or atoms (Si,O)
    #[arg(long, global = true, value_name = "LIST", value_delimiter = ',')]
    pub elements: Vec<String>,
    /// Unit of the velocities in the file, where the format leaves it open, e.g. "Å/ps"
    #[arg(long, global = true, value_name = "UNIT")]
    pub velocity_unit: Option<String>,
}

impl StructureArguments {
    /// As options of reading.
    pub(super) fn options(&self, topology: Option<PathBuf>) -> Result<ReadOptions> {
        let mut options = ReadOptions { topology, ..ReadOptions::default() };
        options.format = self.format.as_deref().map(StructureFormat::from_name).transpose()?;
        options.velocity_unit = self.velocity_unit.as_deref().map(velocity_unit).transpose()?;
        for entry in &self.elements {
            let (name, symbol) =
                entry.rsplit_once('=').map_or((None, entry.as_str()), |(name, symbol)| (Some(name), symbol));
            let species = Species::from_symbol(symbol).ok_or_else(|| {
                Error::Invalid(format!(
                    "--elements: {symbol:?} is not a chemical element; write for instance CA=C,OW=O or Si,O"
                ))
            })?;
            match name {
                Some(name) => drop(options.types.insert(name.trim().to_owned(), species)),
                None => options.elements.push(species),
            }
        }
        Ok(options)
    }

    /// A frame of `path` as a system in `state`; what there is to say of it goes to standard error.
    pub(super) fn read(&self, path: &Path, frame: Option<usize>, state: StateArguments) -> Result<System> {
        let found = read_frame(path, frame, &state.beside(self.options(None)?))?;
        say(path, &found);
        found.into_system().map_err(|error| error.in_structure(path))
    }
}

/// Print the notes of a frame on standard error.
pub(super) fn say(path: &Path, frame: &Frame) {
    notes(&frame.notes.iter().map(|note| format!("{}: {note}", path.display())).collect::<Vec<_>>());
}

/// Print notes on standard error.
pub(super) fn notes(notes: &[String]) {
    for note in notes {
        eprintln!("note: {note}");
    }
}
