//! The parts of a fit to values of atoms from its input.

use super::divided::{Parts, identity, note_shared};
use super::fit::{mean_neighbors, shortest_distances};
use crate::settings::{RegressionData, RegressionInput, RegressionModel, TargetDataInput};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_fit::regression::AtomSample;
use cormorant_fit::{AtomLearner, AtomObjective, FitPlan, atom_learner, count_labels, elements_of, labeled_atoms};
use cormorant_network::{AtomHeader, AtomModel, AtomShape, AtomTarget, DataRecord, Network};

/// Frames with values of their atoms, divided.
pub struct AtomSet {
    /// What is fitted, and how it is standardized.
    pub target: AtomTarget,
    /// Training, validation and test frames.
    pub parts: [Vec<AtomSample>; 3],
    /// Elements of the training frames, by atomic number.
    pub elements: Vec<Element>,
    /// Where the frames came from.
    pub record: DataRecord,
    /// Lines for the user.
    pub notes: String,
}

impl RegressionInput {
    /// What is read of values of atoms; none where something else is fitted.
    #[must_use]
    pub fn targets(&self) -> Option<&TargetDataInput> {
        if let RegressionData::Targets(data) = &self.data { Some(data) } else { None }
    }

    /// Reads and divides frames with values of atoms.
    ///
    /// # Errors
    /// When the input asks for something else, the data cannot be read or hold too few frames, or a part has no labels, or labels of an
    /// element that no training atom has.
    pub fn atom_set(&self) -> Result<AtomSet> {
        let data = self.targets().ok_or_else(|| Error::Internal("the input has no `target`".into()))?;
        let wrong = |reason: String| Error::data(&data.file, reason);
        let columns = data.columns();
        let plan = Parts {
            file: &data.file,
            counts: [data.train, data.validation, data.test],
            files: [data.validation_file.as_deref(), data.test_file.as_deref()],
            split_by: data.split_by.as_deref(),
            split_key: data.split_key.as_deref(),
            seed: self.seed,
        };
        let keys = plan.keys();
        let read = labeled_atoms(&data.file, &columns, &keys)?;
        let mut other_notes = Vec::new();
        let divided = plan.divide(&read.samples, |one| &one.configuration, &mut |path| {
            let other = labeled_atoms(path, &columns, &keys)?;
            if other.shape != read.shape {
                let [here, there] = [&other, &read].map(|one| one.shape.description());
                let reason = format!("a value is {here}, but in {} it is {there}", data.file.display());
                return Err(Error::data(path, reason));
            }
            other_notes.extend(other.notes.iter().map(|note| format!("{}: {note}", path.display())));
            Ok((other.hash, other.samples))
        })?;
        other_notes.extend(divided.notes.iter().map(|note| format!("note: {note}")));
        let units = format!("{} of each atom in {}", columns.names.join(", "), data.target_unit);
        let mut record = divided.record(&data.file, read.hash, units);
        let parts = divided.frames;
        let elements = elements_of(parts[0].iter().map(|one| one.configuration.elements.as_slice()));
        let target = data.standard().target(&columns, (read.shape, &data.target_unit), &parts[0], &elements);
        self.require(&target).map_err(wrong)?;
        let mut notes = format!("{}\n", data.file.display());
        for note in read.notes.iter().chain(&other_notes) {
            notes.push_str(&format!("{note}\n"));
        }
        for (part, name) in parts.iter().zip(["training", "validation", "test"]) {
            let part: Vec<&AtomSample> = part.iter().collect();
            let (labels, of_elements) = count_labels(&part, columns.names.len());
            notes.push_str(&format!("{} {name} frames, {labels} atoms with labels\n", part.len()));
            if labels == 0 && !part.is_empty() {
                return Err(wrong(format!("no atom of the {name} frames has a label; ask for more of them")));
            }
            let known = |element: &Element| elements.binary_search(element).is_ok_and(|place| target.labeled[place]);
            if let Some(element) = of_elements.keys().find(|element| !known(element)) {
                return Err(wrong(format!(
                    "{name} frames have labels of {element}, which no training frame has; train on more frames, or leave {element} out with \
                     `target_elements`"
                )));
            }
        }
        note_shared(&mut notes, &parts, |one| &one.configuration);
        notes.push_str(&said(&target, &elements));
        record.shortest_distances = shortest_distances(parts[0].iter().map(|one| &one.configuration))?;
        Ok(AtomSet { target, parts, elements, record, notes })
    }

    /// Refuses a network whose activations do not turn as the values do.
    fn require(&self, target: &AtomTarget) -> Result<(), String> {
        let RegressionModel::Production { model, .. } = &self.model else { return Ok(()) };
        let degree = target.shape.multipole();
        if model.max_degree < degree {
            let what = target.shape.description();
            return Err(format!(
                "the target is {what}, which needs activations of degree {degree} or more; write max_degree = {degree} in [model], or leave it out"
            ));
        }
        if model.config().long_range().is_some() {
            return Err("`electrostatics` and `dispersion` in [model] are for energies, not for values of atoms; leave them out".into());
        }
        Ok(())
    }

    /// The network that the input asks for, fitted to nothing yet.
    ///
    /// # Errors
    /// When two atoms overlap.
    pub fn atom_network(&self, set: &AtomSet) -> Result<Box<dyn Network>> {
        let folder = &self.output.folder;
        let RegressionModel::Production { model, .. } = &self.model else {
            return Err(Error::Internal("values of atoms need the production network".into()));
        };
        let config = model.config();
        let neighbors = mean_neighbors(set.parts[0].iter().map(|one| &one.configuration), config.cutoff)?;
        let header = AtomHeader::new(config, &set.target, &set.elements, neighbors, model.knot_spacing.value());
        let network = AtomModel::fresh(folder.clone(), header).map_err(|reason| Error::model(folder, reason))?;
        Ok(Box::new(network))
    }

    /// What fits `network`, with fresh weights.
    ///
    /// # Errors
    /// When a frame does not fit it.
    pub fn atom_learner(&self, network: &dyn Network, set: &AtomSet) -> Result<Box<dyn AtomLearner>> {
        let config = self.optimizer.config(self.run.threads, self.seed);
        let trainable = network.trainable(self.run.precision.into())?;
        let objective = AtomObjective::new(set.elements.clone(), set.target.clone(), &set.parts[0], config.huber_delta);
        atom_learner(trainable, network.facts()?.cutoff, objective, (&config).into(), set.parts.clone())
    }

    /// How the loop of fitting goes, in the folder of the model.
    ///
    /// # Errors
    /// When a path cannot be written down.
    pub fn atom_plan(&self, set: &AtomSet, resume: bool) -> Result<FitPlan> {
        self.plan_for(&identity(&set.record), resume)
    }

    /// The same with what depends on the number of training frames settled.
    #[must_use]
    pub fn settled_atoms(&self, set: &AtomSet) -> Self {
        self.settled_for(set.parts[0].len())
    }
}

/// What is taken off the labels, and what their unit is in the loss.
fn said(target: &AtomTarget, elements: &[Element]) -> String {
    let mut text = String::new();
    let unit = &target.unit;
    for (column, name) in target.columns.iter().enumerate() {
        let of = |table: &[Vec<f64>]| -> String {
            let row = &table[column];
            if row.iter().all(|x| *x == row[0]) {
                return format!("{:.6}", row[0]);
            }
            let labeled = elements.iter().zip(row).zip(&target.labeled).filter(|(_, labeled)| **labeled);
            labeled.map(|((element, x), _)| format!("{element} {x:.6}")).collect::<Vec<_>>().join(", ")
        };
        if matches!(target.shape, AtomShape::Scalar | AtomShape::SymmetricTensor) {
            text.push_str(&format!("{name}: mean taken off in {unit}: {}; ", of(&target.shifts)));
        } else {
            text.push_str(&format!("{name}: "));
        }
        text.push_str(&format!("deviation in {unit}: {}\n", of(&target.scales)));
    }
    text
}
