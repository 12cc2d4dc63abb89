//! Models of values of atoms: numbers, vectors or tensors for every atom of every structure.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::Models;
use super::batch::{self, Computing, WrittenResults};
use cormorant_core::parallel::{cores, share};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_fit::regression::{AtomColumns, AtomPredictor, AtomSample};
use cormorant_fit::{Configuration, Errors, Metrics};
use cormorant_io::{AtomNumbers, ReadOptions, TrajectoryFrame, TrajectoryReader};
use cormorant_network::AtomTarget;

/// What is behind the name of a column with predictions.
const PREDICTED: &str = "_predicted";

/// A structure, what is predicted for its atoms, and their labels where the file has some.
pub struct AtomFrame {
    /// The structure.
    pub system: System,
    /// `[atoms][columns][width]`; NaN for elements that had no labels in training.
    pub predicted: Vec<f64>,
    /// The labels in the same order; none where the frame has no such columns.
    pub labels: Option<AtomSample>,
}

/// Values of the atoms of every structure of a file.
pub struct AtomPredictions {
    /// What is predicted.
    pub target: AtomTarget,
    /// One for each structure.
    pub frames: Vec<AtomFrame>,
    /// What a user should know of how the file was read.
    pub notes: Vec<String>,
}

/// Whether `models` are one model of values of atoms.
///
/// # Errors
/// When a model cannot be read, or one of several predicts values of atoms.
pub fn predicts_atoms(networks: &Models, models: &[PathBuf]) -> Result<bool> {
    let models = Models::members(models)?;
    for model in &models {
        if networks.get(model)?.atoms().is_none() {
            continue;
        }
        if models.len() > 1 {
            let reason = "predicts values of atoms, and such models cannot form a committee; use it alone";
            return Err(Error::Invalid(format!("{}: {reason}", model.display())));
        }
        return Ok(true);
    }
    Ok(false)
}

/// The values that `model` predicts for the atoms of each structure of `path`.
///
/// # Errors
/// When the model or the file cannot be read, labels are not of the shape of the model, or a structure cannot be evaluated.
pub fn predict_atoms(
    networks: &Models,
    model: &Path,
    path: &Path,
    options: ReadOptions,
    computing: Computing,
) -> Result<AtomPredictions> {
    let network = networks.get(model)?;
    let predictor = AtomPredictor::new(network.as_ref(), computing.engine())?;
    let target = predictor.target().clone();
    let (mut frames, mut notes) = read(path, options, &target)?;
    let facts = network.facts()?;
    for (index, frame) in frames.iter().enumerate() {
        let found = facts.check_state(&frame.system);
        let found = found.map_err(|reason| batch::in_frame(path, index, Error::Structure(reason)))?;
        notes.extend(found.filter(|_| index == 0));
    }
    let threads = computing.threads.map_or_else(cores, usize::from).clamp(1, frames.len().max(1));
    let mut predictors: Vec<AtomPredictor> = (0..threads).map(|_| predictor.twin()).collect();
    let values = share(&mut predictors, frames.len(), |predictor, index| {
        predictor.predict(&frames[index].system).map_err(|error| batch::in_frame(path, index, error))
    })?;
    for (frame, values) in frames.iter_mut().zip(values) {
        frame.predicted = values;
    }
    Ok(AtomPredictions { target, frames, notes })
}

/// The structures of a file with the labels that it has.
fn read(path: &Path, options: ReadOptions, target: &AtomTarget) -> Result<(Vec<AtomFrame>, Vec<String>)> {
    let (columns, mut notes, mut frames) = (AtomColumns::of(target), Vec::new(), Vec::new());
    for (index, frame) in TrajectoryReader::open_with(path, options)?.enumerate() {
        let frame = frame?;
        if notes.is_empty() {
            notes.extend(frame.notes.iter().map(|note| format!("{}: {note}", path.display())));
        }
        let wrong = |reason: String| batch::in_frame(path, index, Error::Structure(reason));
        // What was written by `evaluate` marks missing labels by NaN alone.
        let masked = columns.mask.as_ref().is_some_and(|mask| frame.columns.iter().any(|(name, ..)| name == mask));
        let columns = if masked { columns.clone() } else { AtomColumns { mask: None, ..columns.clone() } };
        let found = columns.read(&frame).map_err(wrong)?;
        if let Some(found) = found.as_ref().filter(|found| found.width != target.shape.width()) {
            let (has, wants) = (found.width, target.shape.description());
            return Err(wrong(format!(
                "`{}` has {has} numbers for each atom, and the model predicts {wants}; leave the column out, or take another model",
                target.names()
            )));
        }
        let system = frame.into_system().map_err(|error| batch::in_frame(path, index, error))?;
        let labels = found.map(|found| AtomSample {
            configuration: Configuration { elements: system.elements.clone(), ..Configuration::default() },
            values: found.values,
            known: found.known,
        });
        frames.push(AtomFrame { system, predicted: Vec::new(), labels });
    }
    if frames.is_empty() {
        return Err(Error::structure(path, "has no frames"));
    }
    Ok((frames, notes))
}

impl AtomPredictions {
    /// Atoms of all structures.
    #[must_use]
    pub fn atoms(&self) -> usize {
        self.frames.iter().map(|frame| frame.system.atom_count()).sum()
    }

    /// Errors against the labels that the file has; none if it has none.
    #[must_use]
    pub fn errors(&self) -> Option<Errors> {
        let mut metrics = Metrics::default();
        let labeled = self.frames.iter().filter_map(|frame| Some((frame, frame.labels.as_ref()?)));
        let mut any = false;
        for (frame, labels) in labeled {
            any |= labels.labels() > 0;
            metrics.add_atoms(&self.target, labels, &frame.predicted);
        }
        any.then(|| metrics.errors())
    }

    /// Write the structures with labels and predictions, the latter under the name of the column with `_predicted` behind it, and a table
    /// with the errors of each structure.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, files: &WrittenResults) -> Result<()> {
        let (columns, width) = (self.target.columns.len(), self.target.shape.width());
        let pick = |values: &[f64], column: usize| -> Vec<f64> {
            values.chunks_exact(columns * width).flat_map(|atom| atom[column * width..][..width].to_vec()).collect()
        };
        let of_frame = |frame: &AtomFrame| {
            let mut written = Vec::new();
            for (column, name) in self.target.columns.iter().enumerate() {
                if let Some(labels) = &frame.labels {
                    let mut values = labels.values.clone();
                    for (value, known) in values.chunks_exact_mut(width).zip(&labels.known) {
                        if !known {
                            value.fill(f64::NAN);
                        }
                    }
                    written.push(AtomNumbers { name: name.clone(), width, values: pick(&values, column) });
                }
                let values = pick(&frame.predicted, column);
                written.push(AtomNumbers { name: format!("{name}{PREDICTED}"), width, values });
            }
            let keys = vec![("target_unit", self.target.unit.clone())];
            TrajectoryFrame { columns: written, keys, ..TrajectoryFrame::new(&frame.system) }
        };
        let mut frames = self.frames.iter().map(|frame| (frame.system.elements.as_slice(), of_frame(frame)));
        files.write_frames(&mut frames, &self.table())
    }

    /// A line for each structure and column: labels, errors and correlation over its atoms.
    fn table(&self) -> String {
        let unit = &self.target.unit;
        let mut table = format!("frame,atoms,column,labels,mae/{unit},rmse/{unit},correlation/1\n");
        for (index, frame) in self.frames.iter().enumerate() {
            let mut metrics = Metrics::default();
            let none = AtomSample::default();
            metrics.add_atoms(&self.target, frame.labels.as_ref().unwrap_or(&none), &frame.predicted);
            for one in metrics.errors().atom_targets.iter().filter(|one| one.element.is_none()) {
                let number = |x: f64| if x.is_nan() { String::new() } else { format!("{x:.9}") };
                let [mae, rmse, correlation] = [one.mae, one.rmse, one.correlation].map(number);
                let (atoms, column, labels) = (frame.system.atom_count(), &one.column, one.labels);
                // Writing to a string cannot fail.
                let _ = writeln!(table, "{index},{atoms},{column},{labels},{mae},{rmse},{correlation}");
            }
        }
        table
    }
}
