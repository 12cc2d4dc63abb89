//! `cormorant export`.

use super::arguments::ExportCommand;
use super::show;
use crate::workflow::export_kim;
use cormorant_core::Result;

/// Export a model.
pub(super) fn export(command: ExportCommand) -> Result<()> {
    let ExportCommand::Kim { model, name, to, precision, library } = command;
    let written = export_kim(&model, &name, &to, precision, library)?;
    let elements = written.elements.iter().map(|element| element.symbol()).collect::<Vec<_>>().join(" ");
    let (folder, reach) = (show::path(&written.folder), written.receptive_field);
    println!("{}: reaches {reach} Å, {precision}, {elements}", folder.display());
    println!("programs find it with: export KIM_API_PORTABLE_MODELS_DIR={}", written.models.display());
    println!("LAMMPS: kim init {name} metal; kim interactions {elements}");
    Ok(())
}
