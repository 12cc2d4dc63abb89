//! `cormorant export`.

use std::path::PathBuf;

use clap::Subcommand;

use super::computing::{PRECISION, words};
use super::show;
use cormorant_core::Result;
use cormorant_workflow::settings::{DeviceInput, Precision};
use cormorant_workflow::workflow::export_kim;

/// Target of an export.
#[derive(Debug, Subcommand)]
pub(super) enum ExportCommand {
    /// A portable model of the KIM API, for LAMMPS, ASE and others
    Kim {
        /// Folder of the model
        model: PathBuf,
        /// Name of the KIM model, and of its folder
        #[arg(long)]
        name: String,
        /// Folder in which the folder of the KIM model is created
        #[arg(long, default_value = ".")]
        to: PathBuf,
        #[arg(long, help = PRECISION, default_value = "f32", value_parser = words(Precision::WORDS))]
        precision: Precision,
        /// Where each process computes: cpu, gpu (the first graphics processor), gpu:rank (one for each process of a machine), or a part of its name
        #[arg(long, default_value = "cpu", value_parser = DeviceInput::new)]
        device: DeviceInput,
        /// The shared library, if it is not in the folder of this program
        #[arg(long)]
        library: Option<PathBuf>,
    },
}

/// Export a model.
pub(super) fn export(command: ExportCommand) -> Result<()> {
    let ExportCommand::Kim { model, name, to, precision, device, library } = command;
    let written = export_kim(&model, &name, &to, precision, &device, library)?;
    let elements = written.elements.iter().map(|element| element.symbol()).collect::<Vec<_>>().join(" ");
    let (folder, reach) = (show::path(&written.folder), written.receptive_field);
    println!("{}: reaches {reach} Å, {precision}, {elements}", folder.display());
    println!("programs find it with: export KIM_API_PORTABLE_MODELS_DIR={}", written.models.display());
    println!("LAMMPS: kim init {name} metal; kim interactions {elements}");
    Ok(())
}
