//! `cormorant evaluate` with models of a property.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::arguments::EvaluateArguments;
use super::batch::{self, Results};
use cormorant_core::parallel::{cores, share};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_fit::regression::Predictor;
use cormorant_io::{FrameNumbers, TrajectoryFrame};
use cormorant_network::load;

/// Whether `models` predict a property instead of energies and forces.
pub(super) fn is_meant(models: &[PathBuf]) -> Result<bool> {
    for model in models {
        if load(model)?.facts()?.gives_forces() {
            continue;
        }
        if models.len() > 1 {
            let reason = "predicts a property, and such models make no committee; name it alone";
            return Err(Error::Invalid(format!("{}: {reason}", model.display())));
        }
        return Ok(true);
    }
    Ok(false)
}

/// The property of every structure: as a table, as JSON, or to files.
pub(super) fn evaluate(arguments: &EvaluateArguments) -> Result<()> {
    let results = arguments.out.as_ref().map(|out| Results::open(out, arguments.force)).transpose()?;
    let path = &arguments.data;
    let systems = structures(arguments)?;
    let threads = arguments.computing.threads.map_or_else(cores, usize::from).clamp(1, systems.len());
    let network = load(&arguments.model[0])?;
    let predictor = Predictor::new(network.as_ref(), arguments.computing.precision.into())?;
    let mut predictors: Vec<Predictor> = (0..threads).map(|_| predictor.twin()).collect();
    let values = share(&mut predictors, systems.len(), |predictor, index| {
        predictor.predict(&systems[index]).map_err(|error| batch::in_frame(path, index, error))
    })?;
    let (property, unit) = (predictors[0].property(), predictors[0].unit());
    if let Some(results) = results {
        let numbers =
            |values: &[f64]| FrameNumbers { name: property.into(), unit: unit.into(), values: values.to_vec() };
        let frame = |(system, values): (&System, &[f64])| TrajectoryFrame {
            numbers: Some(numbers(values)),
            ..TrajectoryFrame::new(system)
        };
        let pairs = systems.iter().zip(values.iter().map(Vec::as_slice));
        let mut frames = pairs.map(|pair| (pair.0.elements.as_slice(), frame(pair)));
        results.write_frames(&mut frames, &table(property, unit, &systems, &values))?;
        println!("{} structures", systems.len());
        results.announce();
    } else if arguments.json {
        let of_frame = |values: &Vec<f64>| match values.as_slice() {
            [number] => serde_json::json!(number),
            several => serde_json::json!(several),
        };
        let values: Vec<_> = values.iter().map(of_frame).collect();
        println!("{}", serde_json::json!({ "property": property, "unit": unit, "values": values }));
    } else {
        let mut line = format!("{:>8}{:>8}", "frame", "atoms");
        for head in heads(property, unit, values[0].len()) {
            let _ = write!(line, "{head:>24}");
        }
        println!("{line}");
        for (index, (system, values)) in systems.iter().zip(&values).enumerate() {
            let mut line = format!("{index:>8}{:>8}", system.atom_count());
            for value in values {
                let _ = write!(line, "{value:>24.6}");
            }
            println!("{line}");
        }
    }
    Ok(())
}

/// The structures of the file, labels or not.
fn structures(arguments: &EvaluateArguments) -> Result<Vec<System>> {
    let path = &arguments.data;
    if !is_archive(path)? {
        return batch::systems(path, &arguments.reading);
    }
    let frames = arguments.labels.read(path)?.configurations.into_iter().enumerate();
    let system = |(index, frame): (usize, cormorant_fit::Configuration)| {
        System::new(frame.elements, frame.positions, frame.cell).map_err(|error| batch::in_frame(path, index, error))
    };
    frames.map(system).collect()
}

/// Whether `path` is an archive of numpy arrays.
fn is_archive(path: &Path) -> Result<bool> {
    use std::io::Read;
    let mut start = Vec::new();
    let file = std::fs::File::open(path).map_err(|source| Error::io(path, source))?;
    file.take(2).read_to_end(&mut start).map_err(|source| Error::io(path, source))?;
    Ok(start == b"PK")
}

/// Heads of the columns of a property.
fn heads(property: &str, unit: &str, count: usize) -> impl Iterator<Item = String> {
    let components: &[&str] = match count {
        3 => &["_x", "_y", "_z"],
        9 => &["_xx", "_xy", "_xz", "_yx", "_yy", "_yz", "_zx", "_zy", "_zz"],
        _ => &[""],
    };
    components.iter().map(move |component| format!("{property}{component}/{unit}"))
}

fn table(property: &str, unit: &str, systems: &[System], values: &[Vec<f64>]) -> String {
    let heads: Vec<String> = heads(property, unit, values.first().map_or(1, Vec::len)).collect();
    let mut table = format!("frame,atoms,{}\n", heads.join(","));
    for (index, (system, values)) in systems.iter().zip(values).enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(table, "{index},{}", system.atom_count());
        for value in values {
            let _ = write!(table, ",{value:.9}");
        }
        table.push('\n');
    }
    table
}
