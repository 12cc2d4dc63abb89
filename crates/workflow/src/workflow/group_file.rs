//! Errors of all groups of frames, as a table in the folder of a model.

use std::fmt::Write;
use std::path::Path;

use cormorant_core::atomic;
use cormorant_core::{Error, Result};
use cormorant_fit::{GroupErrors, PartGroups, RelativeErrors, Summary};

/// Name of the table.
pub const GROUP_ERRORS: &str = "group-errors.csv";
/// What stands in place of a name in a line over all groups of a key.
const ALL: &str = "(all)";
const HEADS: &str = "part,key,name,frames,energy_mae/meV,energy_rmse/meV,relative_energy_mae/meV,relative_energy_rmse/meV,\
                     force_mae/(meV/Å),force_rmse/(meV/Å)\n";

/// Writes a line for every group of every part, and one for each key over the relative energies of all its groups. Where there is
/// no group, there is no table.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn write(folder: &Path, summary: &Summary) -> Result<()> {
    let path = folder.join(GROUP_ERRORS);
    if summary.groups.is_empty() {
        return match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::io(&path, source)),
            _ => Ok(()),
        };
    }
    let mut table = HEADS.to_string();
    for PartGroups { part, groups, relative } in &summary.groups {
        for GroupErrors { key, name, frames, energy, relative_energy, force } in groups {
            let numbers = [energy, relative_energy, force].map(|pair| cells(*pair)).join(",");
            let name = quoted(name);
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{},{},{name},{frames},{numbers}", part.name(), quoted(key));
        }
        for RelativeErrors { key, frames, energy, .. } in relative {
            let numbers = [None, Some(*energy), None].map(cells).join(",");
            let _ = writeln!(table, "{},{},{ALL},{frames},{numbers}", part.name(), quoted(key));
        }
    }
    atomic::write(&path, table.as_bytes())
}

/// Two cells, empty where nothing was compared.
fn cells(pair: Option<[f64; 2]>) -> String {
    pair.map_or_else(|| ",".to_string(), |[mae, rmse]| format!("{mae:.4},{rmse:.4}"))
}

/// A cell of text.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_string() }
}
