//! Models of a property of the molecule: a number, a vector or a tensor for every structure.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::Models;
use super::batch::{self, Computing, WrittenResults};
use cormorant_core::parallel::{cores, share};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_fit::regression::Predictor;
use cormorant_io::{FrameNumbers, TrajectoryFrame};

/// A property of every structure.
pub struct PropertyValues {
    /// Its name.
    pub property: String,
    /// Its unit.
    pub unit: String,
    /// One number for each structure, or three, or nine by rows.
    pub values: Vec<Vec<f64>>,
}

/// Whether `models` predict a property instead of energies and forces.
///
/// # Errors
/// When a model cannot be read, or one of several predicts a property.
pub fn predicts_property(networks: &Models, models: &[PathBuf]) -> Result<bool> {
    let models = Models::members(models)?;
    for model in &models {
        if networks.get(model)?.facts()?.gives_forces() {
            continue;
        }
        if models.len() > 1 {
            let reason = "predicts a property, and such models cannot form a committee; use it alone";
            return Err(Error::Invalid(format!("{}: {reason}", model.display())));
        }
        return Ok(true);
    }
    Ok(false)
}

/// The property that `model` predicts for each of `systems`, the frames of `path`.
///
/// # Errors
/// When the model cannot be read, or a structure cannot be evaluated.
pub fn predict_property(
    networks: &Models,
    model: &Path,
    path: &Path,
    systems: &[System],
    computing: Computing,
) -> Result<PropertyValues> {
    let threads = computing.threads.map_or_else(cores, usize::from).clamp(1, systems.len().max(1));
    let network = networks.get(model)?;
    let facts = network.facts()?;
    for (index, system) in systems.iter().enumerate() {
        facts.check_state(system).map_err(|reason| batch::in_frame(path, index, Error::Structure(reason)))?;
    }
    let predictor = Predictor::new(network.as_ref(), computing.engine())?;
    let mut predictors: Vec<Predictor> = (0..threads).map(|_| predictor.twin()).collect();
    let values = share(&mut predictors, systems.len(), |predictor, index| {
        predictor.predict(&systems[index]).map_err(|error| batch::in_frame(path, index, error))
    })?;
    Ok(PropertyValues { property: predictor.property().into(), unit: predictor.unit().into(), values })
}

impl PropertyValues {
    /// Write the values with their structures to `files`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, systems: &[System], files: &WrittenResults) -> Result<()> {
        let numbers = |values: &[f64]| FrameNumbers {
            name: self.property.clone(),
            unit: self.unit.clone(),
            values: values.to_vec(),
        };
        let frame = |(system, values): (&System, &[f64])| TrajectoryFrame {
            numbers: Some(numbers(values)),
            ..TrajectoryFrame::new(system)
        };
        let pairs = systems.iter().zip(self.values.iter().map(Vec::as_slice));
        let mut frames = pairs.map(|pair| (pair.0.elements.as_slice(), frame(pair)));
        files.write_frames(&mut frames, &self.table(systems))
    }

    /// Names of the columns: the property with its unit, or its components.
    pub fn columns(&self) -> impl Iterator<Item = String> {
        let components: &[&str] = match self.values.first().map_or(1, Vec::len) {
            3 => &["_x", "_y", "_z"],
            9 => &["_xx", "_xy", "_xz", "_yx", "_yy", "_yz", "_zx", "_zy", "_zz"],
            _ => &[""],
        };
        components.iter().map(move |component| format!("{}{component}/{}", self.property, self.unit))
    }

    fn table(&self, systems: &[System]) -> String {
        let columns: Vec<String> = self.columns().collect();
        let mut table = format!("frame,atoms,{}\n", columns.join(","));
        for (index, (system, values)) in systems.iter().zip(&self.values).enumerate() {
            // Writing to a string cannot fail.
            let _ = write!(table, "{index},{}", system.atom_count());
            for value in values {
                let _ = write!(table, ",{value:.9}");
            }
            table.push('\n');
        }
        table
    }
}
