//! `cormorant evaluate` with models of a property.

use std::fmt::Write;
use std::path::Path;

use super::arguments::EvaluateArguments;
use super::show;
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_workflow::workflow::{Models, WrittenResults, predict_property, read_structures, structures_of};

/// The property of every structure: as a table, as JSON, or to files.
pub(super) fn evaluate(networks: &Models, arguments: &EvaluateArguments) -> Result<()> {
    let files =
        arguments.out.as_ref().map(|out| WrittenResults::open(out, &[&arguments.data], arguments.force)).transpose()?;
    let path = &arguments.data;
    let systems = structures(arguments)?;
    let found = predict_property(networks, &arguments.model[0], path, &systems, (&arguments.computing).into())?;
    if let Some(files) = files {
        found.write(&systems, &files)?;
        println!("{} structures", systems.len());
        show::results(&files);
    } else if arguments.json {
        let of_frame = |values: &Vec<f64>| match values.as_slice() {
            [number] => serde_json::json!(number),
            several => serde_json::json!(several),
        };
        let values: Vec<_> = found.values.iter().map(of_frame).collect();
        println!("{}", serde_json::json!({ "property": found.property, "unit": found.unit, "values": values }));
    } else {
        let mut line = format!("{:>8}{:>8}", "frame", "atoms");
        for column in found.columns() {
            let _ = write!(line, "{column:>24}");
        }
        println!("{line}");
        for (index, (system, values)) in systems.iter().zip(&found.values).enumerate() {
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
        let read = read_structures(path, arguments.state.beside(arguments.reading.options(None)?))?;
        super::structure::notes(&read.notes);
        return Ok(read.systems);
    }
    structures_of(arguments.labels.read(path)?)
}

/// Whether `path` is an archive of numpy arrays.
fn is_archive(path: &Path) -> Result<bool> {
    use std::io::Read;
    let mut start = Vec::new();
    let file = std::fs::File::open(path).map_err(|source| Error::io(path, source))?;
    file.take(2).read_to_end(&mut start).map_err(|source| Error::io(path, source))?;
    Ok(start == b"PK")
}
