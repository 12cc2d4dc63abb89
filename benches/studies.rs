//! A table over many fits: `cargo bench --bench studies -- inputs/qm9/degree-*.toml`.
//!
//! Every input is fitted, or gone on with, by the program itself; a finished model is only read. Rows come as they are done.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints a table")]

use std::path::{Path, PathBuf};
use std::process::Command;

use cormorant::input::Input;
use cormorant::model::{ErrorRecord, ModelKind, OriginalModel, PropertyModel};

fn main() -> cormorant::Result<()> {
    let inputs: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| Path::new(argument).extension().is_some_and(|it| it == "toml"))
        .map(PathBuf::from)
        .collect();
    if inputs.is_empty() {
        println!("name the inputs: cargo bench --bench studies -- inputs/qm9/degree-*.toml");
        return Ok(());
    }
    println!("| input | parameters | molecules | epochs | seconds | unit | validation MAE | test MAE |");
    println!("|---|---|---|---|---|---|---|---|");
    for path in inputs {
        let Input::Regression(input) = Input::read(&path)? else {
            eprintln!("{}: is no fit to one number per molecule", path.display());
            continue;
        };
        let program = env!("CARGO_BIN_EXE_cormorant");
        let status = Command::new(program).arg("fit").arg(&path).args(["--resume", "--quiet"]).status();
        if !status.is_ok_and(|status| status.success()) {
            eprintln!("{}: did not finish", path.display());
            continue;
        }
        let folder = &input.output.folder;
        let (parameters, data, fit, errors, unit) = match ModelKind::of(folder)? {
            ModelKind::Original => {
                let OriginalModel { header, weights, .. } = OriginalModel::load(folder)?;
                (weights.len(), header.data, header.fit, header.errors, header.unit)
            }
            _ => {
                let PropertyModel { header, weights, .. } = PropertyModel::load(folder)?;
                (weights.len(), header.data, header.fit, header.errors, header.unit)
            }
        };
        // Headers count in thousandths of the unit.
        let of = |part: &str| errors.get(part).map_or(f64::NAN, |errors: &ErrorRecord| errors.energy_mae / 1000.0);
        println!(
            "| {} | {parameters} | {} | {} | {:.0} | {unit} | {:.4} | {:.4} |",
            path.file_stem().unwrap_or_default().to_string_lossy(),
            data.train.len(),
            fit.epochs,
            fit.seconds,
            of("validation"),
            of("test")
        );
    }
    Ok(())
}
