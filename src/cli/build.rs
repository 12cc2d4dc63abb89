//! `cormorant build`.

use std::path::PathBuf;

use clap::Args;

use super::show;
use cormorant_core::Result;
use cormorant_workflow::workflow::{BuildRequest, build_molecule};

/// What the help shows at its end.
pub(super) const EXAMPLES: &str = "Examples:
  cormorant build CCO --out ethanol.xyz
  cormorant build \"CC(=O)Nc1ccc(O)cc1\" --conformers 20 --out conformers.xyz
  cormorant build drawn.mol --out molecule.xyz";

/// Arguments of `build`.
#[derive(Debug, Args)]
pub(super) struct BuildArguments {
    /// SMILES, or a file of MDL (.sdf, .mol); one with a geometry and hydrogens stays as it is
    #[arg(allow_hyphen_values = true)]
    pub molecule: String,
    /// Extended XYZ file of the molecule, with its charge in the comment
    #[arg(long)]
    pub out: PathBuf,
    /// Number of conformers, lowest energy of the force field first [default: 1]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub conformers: Option<u32>,
    /// Seed of the geometries
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(..=i64::from(i32::MAX)))]
    pub seed: u32,
    /// The Python that has RDKit
    #[arg(long, env = "CORMORANT_PYTHON", default_value = "python3")]
    pub python: PathBuf,
    /// Replace an existing file
    #[arg(long)]
    pub force: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Build a molecule and say what it is.
pub(super) fn build(arguments: &BuildArguments) -> Result<()> {
    let built = build_molecule(&BuildRequest {
        molecule: arguments.molecule.clone(),
        conformers: arguments.conformers,
        seed: arguments.seed,
        python: arguments.python.clone(),
        out: arguments.out.clone(),
        force: arguments.force,
    })?;
    if built.charge != 0 {
        eprintln!(
            "warning: the total charge is {:+}; the comment of the file states it, and models that were fitted to neutral molecules \
             refuse the molecule",
            built.charge
        );
    }
    for remark in &built.remarks {
        eprintln!("note: {remark}");
    }
    if arguments.quiet {
        return Ok(());
    }
    let formula = cormorant_core::system::formula(&built.elements);
    let noun = if built.conformers == 1 { "conformer" } else { "conformers" };
    let origin = built.origin.unwrap_or_else(|| "as in the file".into());
    println!("{formula} ({} atoms), {} {noun}, {origin}", built.elements.len(), built.conformers);
    if let Some(asked) = arguments.conformers.filter(|asked| *asked as usize > built.conformers) {
        println!("note: {asked} conformers were requested; for the others no geometry was found");
    }
    println!("written to {}", show::path(&arguments.out).display());
    Ok(())
}
