//! A table over many fits: `cargo bench --bench studies -- inputs/qm9/degree-*.toml`, or `inputs/curves/*.toml`.
//!
//! Every input is fitted, or gone on with, by the program itself; a finished model is only read. Rows come as they are done: one
//! for a property, two for energies and forces. Errors are mean absolute ones.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints a table")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use cormorant::model::{DataRecord, ErrorRecord, FitRecord, load};
use cormorant::settings::Input;

/// What a header says, whatever the kind of the model.
struct Fitted {
    parameters: usize,
    data: DataRecord,
    fit: FitRecord,
    errors: BTreeMap<String, ErrorRecord>,
    /// Unit of a property; none for energies and forces.
    property: Option<String>,
}

impl Fitted {
    fn load(folder: &Path) -> cormorant::Result<Self> {
        let network = load(folder)?;
        let (facts, record) = (network.facts()?, network.record());
        let energies = facts.gives_forces() && facts.gives_atom_energies();
        Ok(Self {
            parameters: facts.parameters,
            data: record.data.clone(),
            fit: record.fit.clone(),
            errors: record.errors.clone(),
            property: (!energies).then_some(facts.unit),
        })
    }

    fn print(&self, name: &str) {
        let row = |unit: &str, digits: usize, error: &dyn Fn(&ErrorRecord) -> f64| {
            let of = |part: &str| self.errors.get(part).map_or(f64::NAN, error);
            let (parameters, count) = (self.parameters, self.data.train.len());
            let FitRecord { epochs, seconds, .. } = self.fit;
            let [validation, test] = [of("validation"), of("test")];
            println!(
                "| {name} | {parameters} | {count} | {epochs} | {seconds:.0} | {unit} | {validation:.digits$} | {test:.digits$} |"
            );
        };
        match &self.property {
            Some(unit) => row(unit, 4, &|errors| errors.in_unit(unit).mae),
            None => {
                row("meV", 2, &|errors| errors.energy_mae);
                row("meV/Å", 2, &|errors| errors.force_mae);
            }
        }
    }
}

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
    println!("| input | parameters | trained on | epochs | seconds | unit | validation MAE | test MAE |");
    println!("|---|---|---|---|---|---|---|---|");
    for path in inputs {
        let folder = match Input::read(&path)? {
            Input::Regression(input) => input.output.folder,
            Input::Fit(input) => input.output.folder,
            other => {
                eprintln!("{}: {}", path.display(), other.purpose());
                continue;
            }
        };
        let program = env!("CARGO_BIN_EXE_cormorant");
        let status = Command::new(program).arg("fit").arg(&path).args(["--resume", "--quiet"]).status();
        if !status.is_ok_and(|status| status.success()) {
            eprintln!("{}: did not finish", path.display());
            continue;
        }
        Fitted::load(&folder)?.print(&path.file_stem().unwrap_or_default().to_string_lossy());
    }
    Ok(())
}
