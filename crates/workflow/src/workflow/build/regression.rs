//! The parts of a regression from its input.

use std::path::Path;
use std::sync::Arc;

use super::divided::{Parts, file_name, identity, note_shared};
use super::fit::{mean_neighbors, record, shortest_distances};
use crate::settings::{Input, MomentDataInput, RegressionData, RegressionInput, RegressionModel};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_fit::qm9::{Property, Qm9};
use cormorant_fit::regression::{Head, Sample, Standard};
use cormorant_fit::{
    Configuration, FitPlan, PropertyLearner, PropertyObjective, References, Reserve, Summary, elements_of,
    labeled_moments, property_learner, qm9_split,
};
use cormorant_network::{DataRecord, FileRecord, FitRecord, Network, NewNetwork, Scaling, kind};

/// Labeled molecules of a regression, references taken off the labels.
pub struct RegressionSet {
    /// What is fitted: `energy`, or the name of a property.
    pub target: String,
    /// Its unit.
    pub unit: String,
    /// Training, validation and test molecules.
    pub parts: [Vec<Sample>; 3],
    /// Elements of the training molecules, by atomic number.
    pub elements: Vec<Element>,
    /// Reference of an atom of each element, in `unit`, already taken off.
    pub references: Vec<f64>,
    /// Mean and deviation by which the labels are standardized.
    pub standard: Standard,
    /// Where the molecules came from.
    pub record: DataRecord,
    /// How the outputs of the atoms become the target.
    pub head: Head,
    /// Lines for the user.
    pub notes: String,
}

impl RegressionInput {
    /// Reads and divides the data.
    ///
    /// # Errors
    /// When the data cannot be read or hold too few molecules.
    pub fn set(&self) -> Result<RegressionSet> {
        let mut set = match &self.data {
            RegressionData::Energies { .. } => self.energies()?,
            RegressionData::Property(_) => self.property()?,
            RegressionData::Moments(data) => self.moments(data)?,
            RegressionData::Targets(_) => return Err(Error::Internal("the input has a `target` of atoms".into())),
        };
        let additive = matches!(self.model, RegressionModel::Production { .. }) && set.head.is_additive();
        if additive {
            // An extensive number has no constant part: what is common goes into references of the elements.
            let borrowed: Vec<&Configuration> = set.parts[0].iter().map(|one| &one.configuration).collect();
            let fitted = References::fitted(&borrowed)?;
            for one in set.parts.iter_mut().flatten() {
                one.take_off(fitted.sum(&one.configuration.elements));
            }
            for (element, reference) in set.elements.iter().zip(&mut set.references) {
                *reference += fitted.energies.get(element).copied().unwrap_or(0.0);
            }
        }
        set.standard = match set.head {
            Head::Extensive | Head::Intensive => Standard::of(&set.parts[0]),
            Head::Dipole | Head::DipoleNorm | Head::Polarizability => Standard::about_zero(&set.parts[0]),
        };
        if additive {
            set.standard.mean = 0.0;
        }
        Ok(set)
    }

    /// The same with what depends on the number of training molecules settled.
    #[must_use]
    pub fn settled(&self, set: &RegressionSet) -> Self {
        self.settled_for(set.parts[0].len())
    }

    fn energies(&self) -> Result<RegressionSet> {
        let RegressionData::Energies { data, .. } = &self.data else {
            return Err(Error::Internal("the input asks for a property".into()));
        };
        let read = data.plan(self.seed, None, false).read()?;
        let notes = read.to_string();
        let record = DataRecord {
            file: file_name(&data.file),
            sha256: read.hash.clone(),
            units: read.units.clone(),
            train: read.split.train.clone(),
            validation: read.split.validation.clone(),
            test: read.split.test.clone(),
            validation_file: FileRecord::of(data.validation_file.as_deref(), read.validation_hash.as_deref()),
            test_file: FileRecord::of(data.test_file.as_deref(), read.test_hash.as_deref()),
            shortest_distances: shortest_distances(read.train.iter())?,
            split_by: data.split_by.clone(),
            ..DataRecord::default()
        };
        let all = read.train.iter().chain(read.validation.iter()).chain(read.test.iter());
        let missing = all.filter(|one| one.energy.is_none()).count();
        if missing > 0 {
            return Err(Error::data(
                &data.file,
                format!("{missing} frames have no energy, which is what is fitted; leave them out"),
            ));
        }
        let without = |frames: Arc<Vec<Configuration>>| -> Vec<Sample> {
            let bare = |one| Configuration { forces: Vec::new(), virial: None, ..one };
            Arc::unwrap_or_clone(frames).into_iter().map(|one| bare(one).into()).collect()
        };
        Ok(RegressionSet {
            target: "energy".into(),
            unit: "eV".into(),
            parts: [without(read.train), without(read.validation), without(read.test)],
            references: vec![0.0; read.elements.len()],
            elements: read.elements,
            standard: Standard { mean: 0.0, deviation: 1.0 },
            record,
            head: Head::Extensive,
            notes,
        })
    }

    fn property(&self) -> Result<RegressionSet> {
        let RegressionData::Property(data) = &self.data else {
            return Err(Error::Internal("the input asks for energies".into()));
        };
        let property = Property::from_name(data.property)
            .ok_or_else(|| Error::Invalid(format!("{} is not a property of QM9", data.property)))?;
        let set = Qm9::read(&data.file)?;
        let mut lists = qm9_split(set.molecules.len());
        for (list, (name, wanted)) in
            lists.iter_mut().zip([("training", data.train), ("validation", data.validation), ("test", data.test)])
        {
            let wanted = wanted.unwrap_or(list.len());
            if wanted > list.len() {
                let found = list.len();
                return Err(Error::data(
                    &data.file,
                    format!("has {found} {name} molecules by the split of 2019, but {wanted} were asked for"),
                ));
            }
            list.truncate(wanted);
        }
        let pick = |list: &[usize]| -> Vec<Configuration> {
            list.iter().map(|&index| set.molecules[index].labeled(property)).collect()
        };
        let parts = [pick(&lists[0]), pick(&lists[1]), pick(&lists[2])];
        let elements = elements_of(parts.iter().flatten().map(|one| one.elements.as_slice()));
        let references: Vec<f64> = elements.iter().map(|&element| property.reference(element)).collect();
        let counts: Vec<String> = lists.iter().map(|list| list.len().to_string()).collect();
        let notes = format!(
            "QM9, {} molecules: {} ({}), {} for training, {} for validation, {} for test (split of 2019)\n",
            set.molecules.len(),
            property.name(),
            property.unit(),
            counts[0],
            counts[1],
            counts[2]
        );
        let [train, validation, test] = lists;
        let record = DataRecord {
            file: file_name(&data.file),
            sha256: set.hash,
            units: format!("{} in {}", property.name(), property.unit()),
            train,
            validation,
            test,
            shortest_distances: shortest_distances(&parts[0])?,
            ..DataRecord::default()
        };
        Ok(RegressionSet {
            target: property.name().into(),
            unit: property.unit().into(),
            parts: parts.map(|part| part.into_iter().map(Sample::from).collect()),
            elements,
            references,
            standard: Standard { mean: 0.0, deviation: 1.0 },
            record,
            head: if self.model.predicts_vector() {
                Head::DipoleNorm
            } else if property.is_extensive() {
                Head::Extensive
            } else {
                Head::Intensive
            },
            notes,
        })
    }

    fn moments(&self, data: &MomentDataInput) -> Result<RegressionSet> {
        let plan = Parts {
            file: &data.file,
            counts: [data.train, data.validation, data.test],
            files: [data.validation_file.as_deref(), data.test_file.as_deref()],
            split_by: data.split_by.as_deref(),
            split_key: data.split_key.as_deref(),
            seed: self.seed,
        };
        let keys = plan.keys();
        let mut read = |path: &Path| labeled_moments(path, data.moment, data.unit, &keys);
        let (hash, samples) = read(&data.file)?;
        let mut divided = plan.divide(&samples, |one| &one.configuration, &mut read)?;
        let said = std::mem::take(&mut divided.notes);
        let mut record = divided.record(&data.file, hash, format!("{} in {}", data.property, data.unit));
        let parts = divided.frames;
        let elements = elements_of(parts[0].iter().map(|one| one.configuration.elements.as_slice()));
        let mut notes = format!(
            "{}: {} in {}\n{} training, {} validation and {} test molecules\n",
            data.file.display(),
            data.property,
            data.unit,
            parts[0].len(),
            parts[1].len(),
            parts[2].len()
        );
        for note in &said {
            notes.push_str(&format!("note: {note}\n"));
        }
        note_shared(&mut notes, &parts, |one| &one.configuration);
        record.shortest_distances = shortest_distances(parts[0].iter().map(|one| &one.configuration))?;
        Ok(RegressionSet {
            target: data.property.into(),
            unit: data.unit.into(),
            parts,
            references: vec![0.0; elements.len()],
            elements,
            standard: Standard { mean: 0.0, deviation: 1.0 },
            record,
            head: data.moment.head(),
            notes,
        })
    }

    /// The network that the input asks for, fitted to nothing yet.
    ///
    /// # Errors
    /// When two atoms overlap.
    pub fn network(&self, set: &RegressionSet) -> Result<Box<dyn Network>> {
        let Standard { mean, deviation } = set.standard;
        let references = set.references.clone();
        let settings = self.model.settings();
        let new = NewNetwork {
            path: &self.output.folder,
            settings: &settings,
            scaling: Scaling { elements: set.elements.clone(), references, scale: deviation },
            quantity: &set.target,
            unit: &set.unit,
            head: set.head,
            constant: mean,
            mean_neighbors: &|cutoff| mean_neighbors(training(set), cutoff),
        };
        let wrong = |reason| Error::model(&self.output.folder, reason);
        let name = self.model.kind();
        let kind =
            kind(name).and_then(|kind| kind.new).ok_or_else(|| wrong(format!("{name} is no kind that is fitted")))?;
        (kind.make)(&new).map_err(wrong)
    }

    /// What fits `network`, with fresh weights.
    ///
    /// # Errors
    /// When a molecule does not fit it, or networks of its kind are not fitted to such labels.
    pub fn learner(&self, network: &dyn Network, set: &RegressionSet) -> Result<Box<dyn PropertyLearner>> {
        let facts = network.facts()?;
        let trainable = network.trainable(self.run.precision.into())?;
        let config = self.optimizer.config(self.run.threads, self.seed);
        let objective = PropertyObjective::new(set.elements.clone(), facts.head, set.standard, config.huber_delta)
            .named(&set.target, &set.unit);
        property_learner(trainable, facts.cutoff, objective, (&config).into(), set.parts.clone())
    }

    /// How the loop of fitting goes, in the folder of the model.
    ///
    /// # Errors
    /// When a path cannot be written down.
    pub fn plan(&self, set: &RegressionSet, resume: bool) -> Result<FitPlan> {
        self.plan_for(&identity(&set.record), resume)
    }

    /// The same for data with this SHA-256.
    pub(super) fn plan_for(&self, hash: &str, resume: bool) -> Result<FitPlan> {
        let mut identity = self.clone();
        identity.run = self.run.identity();
        Ok(FitPlan {
            folder: self.output.folder.clone(),
            configuration: Input::Regression(Box::new(identity)).to_toml(Some(&self.output.folder))?,
            data: hash.into(),
            pace: self.run.time_budget(),
            patience: self.run.patience,
            validate_every: self.run.validate_every,
            checkpoint_every: self.run.checkpoint_every.duration(),
            resume,
            begun: std::time::Instant::now(),
            reserve: Reserve::default(),
            table: true,
        })
    }

    /// Gives `network` the weights of the fit and all that is known of its data, `data`, and writes its model.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(
        &self,
        data: &DataRecord,
        network: &mut dyn Network,
        weights: Vec<f64>,
        summary: &Summary,
    ) -> Result<()> {
        network.set_weights(weights)?;
        if let Some(place) = network.record_mut() {
            *place.data = data.clone();
            *place.fit = self.fit_record(summary);
            let parts = summary.parts.iter();
            *place.errors = parts.map(|(part, errors)| (part.name().to_string(), record(errors))).collect();
        }
        network.write(&self.output.folder)
    }

    /// How the fit went.
    pub(super) fn fit_record(&self, summary: &Summary) -> FitRecord {
        FitRecord {
            seed: self.seed,
            epochs: summary.epochs,
            best_epoch: summary.best_epoch,
            seconds: summary.seconds,
            threads: self.run.threads,
            started_from: None,
            start_noise: None,
            replayed: None,
        }
    }

    /// The same with what depends on the number of training molecules settled.
    #[must_use]
    pub(super) fn settled_for(&self, training: usize) -> Self {
        let mut settled = self.clone();
        settled.run.settle(training);
        settled
    }
}

fn training(set: &RegressionSet) -> impl Iterator<Item = &Configuration> {
    set.parts[0].iter().map(|one| &one.configuration)
}
