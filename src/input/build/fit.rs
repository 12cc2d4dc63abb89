//! The parts of a fit from its input.

use std::collections::BTreeMap;
use std::path::Path;

use super::start::Start;
use crate::domain;
use crate::fit::{Configuration, DataPlan, Errors, FitData, FitPlan, Pace, SplitPlan, Summary, Trainer, TrainerConfig};
use crate::input::{DataInput, FitInput, Input, LabelUnitsInput, NetworkInput, WallTime};
use crate::kernels::Real;
use crate::model::{CormorantConfig, DataRecord, ErrorRecord, FileRecord, FitRecord, Header, Model, Network, Scaling};
use crate::system::{NeighborList, System};
use crate::{Error, Result};

impl DataInput {
    /// Which data are read, and how they are divided, at random by `seed`.
    pub(super) fn plan(&self, seed: u64) -> DataPlan {
        let split = match &self.split {
            Some(file) => SplitPlan::Listed { file: file.clone(), train: self.train },
            None => {
                // A file of their own leaves no validation frames to deal.
                let validation = if self.validation_file.is_some() { Some(0) } else { self.validation };
                SplitPlan::Counted { train: self.train, validation, test: self.test.unwrap_or(0) }
            }
        };
        DataPlan {
            file: self.file.clone(),
            sha256: self.sha256.clone(),
            units: self.units.as_ref().map(|LabelUnitsInput { units, .. }| *units),
            keys: self.keys.clone(),
            weights: self.weights.clone(),
            split,
            validation_file: self.validation_file.clone(),
            test_file: self.test_file.clone(),
            seed,
        }
    }
}

impl FitInput {
    /// Which data are read, and how they are divided.
    pub fn data_plan(&self) -> DataPlan {
        self.data.plan(self.seed)
    }

    /// The same with what depends on the number of training frames settled, and the model to start from pinned by its SHA-256.
    ///
    /// # Errors
    /// When there is no such model, or it is not the one that the input names.
    pub fn settled(&self, data: &FitData) -> Result<Self> {
        let mut settled = self.clone();
        settled.run.settle(data.train.len());
        if let NetworkInput::Started(start) = &mut settled.model {
            start.start_sha256 = Some(Start::read(start)?.sha256);
        }
        Ok(settled)
    }

    /// A trainer with fresh weights, its energies scaled by the root mean square force of the training frames; or with the
    /// weights and the scale of the model to start from.
    ///
    /// # Errors
    /// When two atoms stand on one spot, the threads cannot be started, or the model to start from is not to be had or does not
    /// know an element of the data.
    pub fn trainer<T: Real>(&self, data: &FitData) -> Result<Trainer<T>> {
        let parts = [data.train.clone(), data.validation.clone(), data.test.clone()];
        match &self.model {
            NetworkInput::New(model) => {
                let config = model.config();
                let shape = config.shape(data.elements.len(), mean_neighbors(&data.train, config.cutoff)?);
                Trainer::new(&shape, scaling(data), self.trainer_config(), parts)
            }
            NetworkInput::Started(start) => {
                let start = Start::read(start)?;
                start.accepts(data)?;
                let Model { path, header, weights } = start.model;
                let scaling = header.scaling().map_err(|reason| Error::model(&path, reason))?;
                let mut trainer = Trainer::new(&header.shape(), scaling, self.trainer_config(), parts)?;
                trainer.start_from(&weights)?;
                Ok(trainer)
            }
        }
    }

    fn trainer_config(&self) -> TrainerConfig {
        TrainerConfig {
            batch: self.optimizer.batch,
            learning_rate: self.optimizer.learning_rate,
            final_rate_share: self.optimizer.final_rate_share,
            weight_decay: self.optimizer.weight_decay,
            average_decay: self.optimizer.average_decay,
            clip: self.optimizer.clip,
            force_weight: self.loss.force_weight,
            energy_weight: self.loss.energy_weight,
            final_energy_weight: self.loss.final_energy_weight,
            virial_weight: self.loss.virial_weight,
            huber_delta: self.loss.huber_delta.value(),
            threads: self.run.threads,
            seed: self.seed,
            knot_spacing: self.model.knot_spacing(),
        }
    }

    /// How the loop of fitting goes, in the folder of the model.
    ///
    /// # Errors
    /// When a path cannot be written down.
    pub fn plan(&self, data: &FitData, resume: bool) -> Result<FitPlan> {
        Ok(FitPlan {
            folder: self.output.folder.clone(),
            configuration: self.identity(&self.output.folder)?,
            data: data.identity(),
            pace: Pace { epochs: self.run.epochs, time_limit: self.run.time_limit.as_ref().map(WallTime::duration) },
            patience: self.run.patience,
            validate_every: self.run.validate_every,
            checkpoint_every: self.run.checkpoint_every.duration(),
            resume,
        })
    }

    /// The resolved input without what does not change the result: a fit may go on with another number of threads.
    fn identity(&self, folder: &Path) -> Result<String> {
        let mut copy = self.clone();
        copy.run.threads = 1;
        copy.run.checkpoint_every = super::super::FitRunInput::default().checkpoint_every;
        Input::Fit(Box::new(copy)).to_toml(Some(folder))
    }
}

/// References of the data, and the root mean square force of the training frames as unit, or where there are none, the spread of
/// their energies.
fn scaling(data: &FitData) -> Scaling {
    let squares: f64 = data.train.iter().flat_map(|frame| frame.forces.iter().flatten()).map(|x| x * x).sum();
    let components: usize = data.train.iter().map(|frame| 3 * frame.forces.len()).sum();
    let mut scale = (squares / components.max(1) as f64).sqrt();
    if components == 0 {
        // Energies alone: the root mean square of what the references leave, over the root of the number of atoms.
        let rest = |frame: &Configuration| {
            Some((frame.energy? - data.references.sum(&frame.elements)).powi(2) / frame.atom_count().max(1) as f64)
        };
        let squares: Vec<f64> = data.train.iter().filter_map(rest).collect();
        scale = (squares.iter().sum::<f64>() / squares.len().max(1) as f64).sqrt();
    }
    Scaling {
        elements: data.references.energies.keys().copied().collect(),
        references: data.references.energies.values().copied().collect(),
        // Data without forces, such as isolated atoms, leave the unit at 1 eV.
        scale: if scale > 0.0 { scale } else { 1.0 },
    }
}

pub(super) fn mean_neighbors<'a>(frames: impl IntoIterator<Item = &'a Configuration>, cutoff: f64) -> Result<f64> {
    let (mut edges, mut atoms) = (0, 0);
    for frame in frames {
        let system = System::new(frame.elements.clone(), frame.positions.clone(), frame.cell)?;
        edges += NeighborList::new(cutoff, 0.0).update(&system)?.edge_count();
        atoms += system.atom_count();
    }
    // At least one, so that a message from a lone pair is not scaled without bound.
    Ok((edges as f64 / atoms.max(1) as f64).max(1.0))
}

/// The fitted model with all that is known of its data; not yet certified, and not yet in a file.
///
/// # Errors
/// When two atoms of a frame stand on one spot.
pub fn fitted<T: Real>(trainer: &Trainer<T>, input: &FitInput, data: &FitData, summary: &Summary) -> Result<Model> {
    let folder = &input.output.folder;
    let shape = trainer.shape();
    let config = CormorantConfig::of(shape);
    let mut header = Header::new(config, trainer.scaling(), shape.mean_neighbors, input.model.knot_spacing());
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    header.data = DataRecord {
        file: name(&input.data.file),
        sha256: data.hash.clone(),
        units: data.units.clone(),
        train: data.split.train.clone(),
        validation: data.split.validation.clone(),
        test: data.split.test.clone(),
        validation_file: FileRecord::of(input.data.validation_file.as_deref(), data.validation_hash.as_deref()),
        test_file: FileRecord::of(input.data.test_file.as_deref(), data.test_hash.as_deref()),
        shortest_distances: BTreeMap::new(),
    };
    header.fit = FitRecord {
        seed: input.seed,
        epochs: summary.epochs,
        best_epoch: summary.best_epoch,
        seconds: summary.seconds,
        threads: input.run.threads,
        started_from: input.model.start().and_then(|start| start.start_sha256.clone()),
    };
    header.errors = summary.parts.iter().map(|(part, errors)| (part.name().to_string(), record(errors))).collect();
    let mut model = Model { path: folder.clone(), header, weights: trainer.average() };
    record_domain(&mut model, &data.train)?;
    Ok(model)
}

/// Writes into the header what the training frames hold: shortest distances, ranges, surroundings, an example.
///
/// # Errors
/// When two atoms of a frame stand on one spot, or an element is not one of the model's.
pub fn record_domain(network: &mut dyn Network, train: &[Configuration]) -> Result<()> {
    let facts = network.facts()?;
    let (scaling, path) = (facts.scaling(), network.path().to_path_buf());
    let Some(record) = network.record_mut() else {
        let reason = format!("is of kind `{}`, which records nothing of its training frames", facts.kind);
        return Err(Error::model(path, reason));
    };
    *record.shortest_distances = shortest_distances(train)?;
    *record.ranges = Some(domain::ranges(train, &scaling)?);
    if let (Some(envelope), Some(cutoff)) = (record.envelope, facts.cutoff) {
        *envelope = Some(domain::envelope(train, &scaling, cutoff)?);
    }
    *record.example = domain::example(train, &scaling)?;
    Ok(())
}

pub(super) fn record(errors: &Errors) -> ErrorRecord {
    ErrorRecord {
        frames: errors.frames,
        energy_mae: errors.energy_mae,
        energy_rmse: errors.energy_rmse,
        force_mae: errors.force_mae,
        force_rmse: errors.force_rmse,
    }
}

/// The shortest distance of each pair of elements, up to 6 Å, e.g. `C-H`.
pub(super) fn shortest_distances<'a>(
    frames: impl IntoIterator<Item = &'a Configuration>,
) -> Result<BTreeMap<String, f64>> {
    let mut shortest: BTreeMap<String, f64> = BTreeMap::new();
    for frame in frames {
        let system = System::new(frame.elements.clone(), frame.positions.clone(), frame.cell)?;
        let mut list = NeighborList::new(6.0, 0.0);
        let neighbors = list.update(&system)?;
        for receiver in 0..system.atom_count() {
            for edge in neighbors.offsets[receiver]..neighbors.offsets[receiver + 1] {
                let (a, b) = (system.elements[receiver], system.elements[neighbors.senders[edge] as usize]);
                let distance = neighbors.vectors[edge].iter().map(|x| x * x).sum::<f64>().sqrt();
                let entry = shortest.entry(format!("{}-{}", a.min(b), a.max(b))).or_insert(distance);
                *entry = entry.min(distance);
            }
        }
    }
    Ok(shortest)
}
