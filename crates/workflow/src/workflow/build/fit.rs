//! The parts of a fit from its input.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::Models;
use super::start::Start;
use super::theories::{no_readout, references_of_theories, weights_of_theories};
use crate::settings::{
    DataInput, FitInput, FitRunInput, Input, LabelUnitsInput, MomentsInput, NetworkInput, StartInput, WallTime,
};
use cormorant_core::noise::Noise;
use cormorant_core::system::{ElectronicState, NeighborList, System};
use cormorant_core::{Error, Result};
use cormorant_fit::{
    Configuration, DataPlan, EnergyLearner, EnergyObjective, Errors, FitData, FitPlan, LabelKeys, LabelScale, MANY,
    Reserve, SplitPlan, StressConvention, Summary, TheoryPlan, TimeBudget, TrainerConfig, Wanted, energy_learner,
};
use cormorant_fit::{index_digest, seen_bonding, surroundings, with_noise};
use cormorant_network::{
    DataRecord, Envelope, ErrorRecord, FileRecord, FitRecord, Head, Header, Model, Network, NewNetwork, RecordMut,
    Scaling, kind,
};

/// Distance in Å beyond which atoms do not feel each other, where the network does not say.
const USUAL_CUTOFF: f64 = 5.0;

impl DataInput {
    /// Which data are read, and how they are divided, at random by `seed`; atoms farther apart than `cutoff` (Å) are isolated,
    /// unless the network has `electrostatics`.
    pub(super) fn plan(&self, seed: u64, cutoff: Option<f64>, electrostatics: bool) -> DataPlan {
        // A file of their own leaves no validation frames to deal.
        let validation = if self.validation_file.is_some() { Some(0) } else { self.validation };
        let (train, test) = (self.train, self.test.unwrap_or(0));
        let split = match &self.split {
            Some(file) => SplitPlan::Listed { file: file.clone(), train },
            None => SplitPlan::of(self.split_key.clone(), self.split_by.clone(), Wanted { train, validation, test }),
        };
        DataPlan {
            file: self.file.clone(),
            sha256: self.sha256.clone(),
            units: self.units.as_ref().map(|LabelUnitsInput { units, .. }| *units),
            keys: LabelKeys {
                stress_convention: StressConvention {
                    unit: self.stress_unit,
                    sign: self.stress_sign.unwrap_or_default(),
                },
                ..self.keys.clone()
            },
            weights: self.weights.clone(),
            theory: self.theory_key.clone().map(|key| TheoryPlan {
                key,
                first: self.theory.clone(),
                repeats: self.repeats.clone(),
            }),
            split,
            validation_file: self.validation_file.clone(),
            test_file: self.test_file.clone(),
            seed: self.split_seed.unwrap_or(seed),
            electrostatics,
            cutoff: cutoff.unwrap_or(USUAL_CUTOFF),
        }
    }
}

impl FitRunInput {
    /// How long the fit goes on.
    pub(super) fn time_budget(&self) -> TimeBudget {
        TimeBudget { epochs: self.epochs, time_limit: self.time_limit.as_ref().map(WallTime::duration) }
    }

    /// Without what does not change the result: a fit may continue with another number of threads.
    pub(super) fn identity(&self) -> Self {
        Self { threads: 1, checkpoint_every: Self::default().checkpoint_every, ..self.clone() }
    }
}

impl FitInput {
    /// Which data are read, and how they are divided.
    pub fn data_plan(&self) -> DataPlan {
        self.data_plan_with(&Models::default())
    }

    /// The same with the model to start from out of `networks`, which reads each file once.
    pub fn data_plan_with(&self, networks: &Models) -> DataPlan {
        let (cutoff, electrostatics) = match &self.model {
            NetworkInput::New(model) => (Some(model.cutoff.value()), model.electrostatics != MomentsInput::None),
            NetworkInput::Registered(_) => (None, false),
            // A model that cannot be read is refused when the fit starts from it.
            NetworkInput::Started(start) => {
                let start = start.of_member(0, self.members).and_then(|start| Start::read(&start, networks)).ok();
                let facts = start.and_then(|start| start.network.facts().ok());
                facts.map_or((None, false), |facts| (facts.cutoff, facts.has_charges()))
            }
        };
        self.data.plan(self.seed, cutoff, electrostatics)
    }

    /// The same with what depends on the number of training frames settled, and the model to start from pinned by its SHA-256.
    ///
    /// # Errors
    /// When there is no such model, or it is not the one that the input names.
    pub fn settled(&self, data: &FitData) -> Result<Self> {
        self.settled_with(data, &Models::default())
    }

    /// The same with the model to start from out of `networks`, which reads each file once.
    ///
    /// # Errors
    /// As for [`settled`](Self::settled).
    pub fn settled_with(&self, data: &FitData, networks: &Models) -> Result<Self> {
        let mut settled = self.clone();
        settled.run.settle(data.frames_of_a_pass());
        let molecules = data.molecules_of_a_pass();
        settled.optimizer.settle(molecules);
        settled.loss.settle(molecules);
        if let NetworkInput::Started(start) = &mut settled.model {
            start.start_sha256 = Some(Start::read(start, networks)?.sha256);
        }
        Ok(settled)
    }

    /// The network that is fitted: a new one whose energies are scaled by the root mean square force of the training frames, or that
    /// of the model to start from, out of `networks`, with its weights and its scale.
    ///
    /// # Errors
    /// When two atoms overlap, or the model to start from is not available or cannot take the elements of the data.
    pub fn network(&self, data: &FitData, networks: &Models) -> Result<Box<dyn Network>> {
        let folder = &self.output.folder;
        match &self.model {
            NetworkInput::New(model) => {
                let config = model.config();
                let neighbors = mean_neighbors(data.train.iter(), config.cutoff)?;
                let header = Header::new(config, &scaling(data), neighbors, model.knot_spacing.value());
                let network = Model::fresh(folder.clone(), header).map_err(|reason| Error::model(folder, reason))?;
                Ok(Box::new(network))
            }
            NetworkInput::Registered(model) => {
                let settings = model.values();
                let new = NewNetwork {
                    path: folder,
                    settings: &settings,
                    scaling: scaling(data),
                    quantity: "energy",
                    unit: "eV",
                    head: Head::Extensive,
                    constant: 0.0,
                    mean_neighbors: &|cutoff| mean_neighbors(data.train.iter(), cutoff),
                };
                let wrong = |reason| Error::Invalid(format!("[model] of kind {}: {reason}", model.kind));
                let kind = kind(model.kind).and_then(|kind| kind.new);
                let kind = kind.ok_or_else(|| wrong("this program does not know it".to_string()))?;
                (kind.make)(&new).map_err(wrong)
            }
            NetworkInput::Started(start) => {
                let found = Start::read(start, networks)?.for_elements(data, start.keeps_elements())?;
                let facts = found.facts()?;
                facts.require_forces().map_err(|reason| Error::model(&start.start_from, reason))?;
                let has_knots =
                    kind(&facts.kind).and_then(|kind| kind.new).is_some_and(|new| new.keys.contains(&"knot_spacing"));
                let settings = if has_knots {
                    serde_json::json!({ "knot_spacing": start.knot_spacing.value() })
                } else {
                    serde_json::json!({})
                };
                found.renewed(folder, &settings)
            }
        }
    }

    /// What fits `network`, with further models to start from out of `networks`.
    ///
    /// # Errors
    /// When two atoms overlap, the threads cannot be started, or a model that stands for a theory cannot be read.
    pub fn learner(&self, network: &dyn Network, data: &FitData, networks: &Models) -> Result<Box<dyn EnergyLearner>> {
        let parts = [data.shown(), Arc::clone(&data.validation), Arc::clone(&data.test)];
        let (facts, config) = (network.facts()?, self.trainer_config(data));
        let mut trainable = network.trainable(self.run.precision.into())?;
        let mut objective =
            EnergyObjective::new(facts.scaling(), &config, &data.train).with_long_range(facts.long_range);
        let mut weights = self.model.start().and_then(|start| {
            let (weights, noise) = (network.weights()?, Noise::new(self.seed));
            Some(start.noise().map_or(Cow::Borrowed(weights), |share| {
                Cow::Owned(with_noise(weights, trainable.parameters(), share, noise))
            }))
        });
        if let Some(theories) = data.taught() {
            let references = references_of_theories(&facts.scaling(), data, &theories, weights.is_some());
            objective = objective.with_theories(theories.clone().into_owned(), references);
        }
        // What is replayed has no readout of its own: that of the data would be held to nothing beyond them then.
        if let Some(theories) = &data.theories {
            if let (Some(start), Some(plain)) = (self.model.start(), &weights) {
                weights =
                    Some(Cow::Owned(weights_of_theories(start, trainable.parameters(), theories, plain, networks)?));
            }
            trainable = trainable.with_readouts(theories.names()).ok_or_else(|| no_readout(network.path()))?;
        }
        energy_learner(trainable, facts.cutoff, objective, (&config).into(), parts, weights.as_deref())
    }

    fn trainer_config(&self, data: &FitData) -> TrainerConfig {
        TrainerConfig {
            batch: self.optimizer.frames_per_step(),
            final_batch: self.optimizer.frames_per_last_step(),
            learning_rate: self.optimizer.first_rate(),
            final_rate_share: self.optimizer.final_rate_share,
            rate_power: self.optimizer.power(),
            weight_decay: self.optimizer.weight_decay,
            average_decay: self.optimizer.average_decay,
            clip: self.optimizer.clip,
            force_weight: self.loss.force_weight,
            energy_weight: self.loss.energy_weight,
            final_energy_weight: self.loss.last_energy_weight(),
            virial_weight: self.loss.virial_weight,
            dipole_weight: self.loss.dipole_weight,
            huber_delta: self.loss.huber_delta.value(),
            threads: self.run.threads,
            seed: self.seed,
            elements_alike: data.compositions >= MANY,
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
            pace: self.run.time_budget(),
            patience: self.run.patience,
            validate_every: self.run.validate_every,
            checkpoint_every: self.run.checkpoint_every.duration(),
            resume,
            begun: data.begun,
            reserve: Reserve::default(),
            table: false,
        })
    }

    /// The resolved input without what does not change the result.
    pub(in crate::workflow) fn identity(&self, folder: &Path) -> Result<String> {
        let mut copy = self.clone();
        copy.run = self.run.identity();
        Input::Fit(Box::new(copy)).to_toml(Some(folder))
    }
}

/// References of the data, and as unit the size of what is to be learned.
fn scaling(data: &FitData) -> Scaling {
    Scaling {
        elements: data.references.energies.keys().copied().collect(),
        references: data.references.energies.values().copied().collect(),
        scale: if data.train.iter().any(Configuration::has_forces) {
            LabelScale::of(&data.train).unit()
        } else {
            scale_of_energies(data)
        },
    }
}

/// For energies alone: the root mean square in eV of what the references leave of them, over the root of the number of atoms.
fn scale_of_energies(data: &FitData) -> f64 {
    let rest = |frame: &Configuration| {
        Some((frame.energy? - data.references.sum(&frame.elements)).powi(2) / frame.atom_count().max(1) as f64)
    };
    let squares: Vec<f64> = data.train.iter().filter_map(rest).collect();
    let scale = (squares.iter().sum::<f64>() / squares.len().max(1) as f64).sqrt();
    // Isolated atoms leave nothing.
    if scale > 0.0 { scale } else { 1.0 }
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

/// Records in `network`, which has its weights, all that is known of the fit and its data; not its certificate, and not its errors, which are
/// those of the model that is read from the file. `envelope` is the record of the surroundings in the training frames, if the kind keeps one.
///
/// # Errors
/// When two atoms of a frame overlap.
pub fn record_fit(
    network: &mut dyn Network,
    (input, data, summary): (&FitInput, &FitData, &Summary),
    envelope: Option<Envelope>,
) -> Result<()> {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if let Some(record) = network.record_mut() {
        *record.data = DataRecord {
            file: name(&input.data.file),
            sha256: data.hash.clone(),
            units: data.units.clone(),
            split_by: input.data.split_by.clone(),
            theory: data.theory.clone(),
            validation_file: FileRecord::of(input.data.validation_file.as_deref(), data.validation_hash.as_deref()),
            test_file: FileRecord::of(input.data.test_file.as_deref(), data.test_hash.as_deref()),
            findings: data.report.findings.iter().map(|finding| finding.text.clone()).collect(),
            ..DataRecord::default()
        }
        .with_parts([&data.split.train, &data.split.validation, &data.split.test], index_digest);
        *record.fit = FitRecord {
            seed: input.seed,
            epochs: summary.epochs,
            best_epoch: summary.best_epoch,
            seconds: summary.seconds,
            threads: input.run.threads,
            started_from: input.model.start().and_then(|start| start.start_sha256.clone()),
            start_noise: input.model.start().and_then(StartInput::noise),
            replayed: data.replay.as_ref().and_then(|replay| FileRecord::of(Some(&replay.file), Some(&replay.sha256))),
        };
        if let Some(place) = record.domain.and_then(|domain| domain.envelope) {
            *place = envelope;
        }
    }
    record_ranges(network, &data.known())
}

/// The surroundings of each element in the training frames, where `network` keeps them.
///
/// # Errors
/// When two atoms of a frame overlap.
pub fn surroundings(network: &mut dyn Network, train: &[Configuration]) -> Result<Option<Envelope>> {
    let facts = network.facts()?;
    let keeps = network.record_mut().and_then(|record| record.domain).is_some_and(|domain| domain.envelope.is_some());
    let cutoff = facts.cutoff.filter(|_| keeps);
    cutoff.map(|cutoff| surroundings::envelope(train, &facts.scaling(), cutoff)).transpose()
}

/// Writes into the header with which errors the model reproduces the frames: those of the potential that runs use.
pub fn record_errors(network: &mut dyn Network, summary: &Summary) {
    let Some(place) = network.record_mut() else { return };
    if let Some(errors_of) = place.errors_of {
        *errors_of = Some("the model as runs use it, with its repulsive wall at short distances".into());
    }
    *place.errors = summary.parts.iter().map(|(part, errors)| (part.name().to_string(), record(errors))).collect();
}

/// Writes into the header what the training frames hold: shortest distances, ranges, surroundings, an example.
///
/// # Errors
/// When two atoms of a frame overlap, or an element is not one of the model's.
pub fn record_domain(network: &mut dyn Network, train: &[Configuration]) -> Result<()> {
    let envelope = surroundings(network, train)?;
    if let Some(place) = network.record_mut().and_then(|record| record.domain).and_then(|domain| domain.envelope) {
        *place = envelope;
    }
    record_ranges(network, train)
}

/// All of it but the surroundings.
fn record_ranges(network: &mut dyn Network, train: &[Configuration]) -> Result<()> {
    let facts = network.facts()?;
    let (scaling, path) = (facts.scaling(), network.path().to_path_buf());
    let Some(RecordMut { data, domain: Some(domain), .. }) = network.record_mut() else {
        let reason = format!("is of kind `{}`, which records nothing of its training frames", facts.kind);
        return Err(Error::model(path, reason));
    };
    data.shortest_distances = shortest_distances(train)?;
    data.bonding = seen_bonding(train)?;
    // Of no use to a network that does not know them.
    let knows = facts.has_charges();
    data.set_states(train.iter().map(|frame| frame.state).filter(|_| knows));
    *domain.ranges = Some(surroundings::ranges(train, &scaling)?);
    *domain.example = surroundings::example(train, &scaling)?;
    if let Some(example) = domain.example.as_mut().filter(|example| !knows || example.state.is_neutral_singlet()) {
        example.state = ElectronicState::default();
    }
    Ok(())
}

pub(super) fn record(errors: &Errors) -> ErrorRecord {
    ErrorRecord {
        frames: errors.frames,
        energy_mae: errors.energy_mae,
        energy_rmse: errors.energy_rmse,
        force_mae: errors.force_mae,
        force_rmse: errors.force_rmse,
        stress_mae: errors.stress_mae,
        stress_rmse: errors.stress_rmse,
        dipole_mae: errors.dipole_mae,
        dipole_rmse: errors.dipole_rmse,
        properties: errors.properties.clone(),
        atom_targets: errors.atom_targets.clone(),
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
