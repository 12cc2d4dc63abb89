//! The first frames.

use std::fs;

use super::explore::SELECTED;
use super::frames::{read_requests, write_requests};
use super::{LearnEvent, Learner, Round};
use crate::settings::{Quantity, SampleMethod};
use crate::workflow::Models;
use cormorant_core::noise::Noise;
use cormorant_core::system::{ElectronicState, System};
use cormorant_core::{Error, Result};
use cormorant_learn::label::{Request, nearby};
use cormorant_learn::sample::{self, RattleSettings, StrainSettings, ThermalSettings};

/// Strained cells.
const STRAIN: StrainSettings =
    StrainSettings { volumes: [0.94, 1.08], largest_strain: 0.03, amplitude: 0.06, shortest: 0.7 };
/// Displaced atoms.
const RATTLE: RattleSettings = RattleSettings { amplitude: 0.06, shortest: 0.7 };

impl Learner<'_> {
    /// The frames of round 0: the structure itself, those that are sampled, and behind the first of them one that is close to it.
    pub(super) fn first_frames(&mut self) -> Result<Vec<Request>> {
        let folder = Round::folder(&self.folder, 0);
        let path = folder.join(SELECTED);
        if path.is_file() {
            return read_requests(&path);
        }
        (self.report)(LearnEvent::Busy { round: 0, what: "first frames", share: None });
        let mut structures = vec![self.input.structure.system()?];
        for file in &self.input.start.also {
            structures.push(cormorant_io::read_structure(file, None)?);
        }
        self.require_known_states(&structures)?;
        let noise = Noise::new(self.input.seed);
        let mut systems = vec![structures[0].clone()];
        let left = self.input.start.frames - 2;
        for (number, structure) in structures.iter().enumerate() {
            let share = (number + 1) * left / structures.len() - number * left / structures.len();
            let noise = Noise::new(self.input.seed.wrapping_add(number as u64));
            systems.extend(self.sampled(structure, share, noise)?);
        }
        // At the structure itself the forces may be zero, and then every unit and sign would pass.
        if let Some(sampled) = systems.get(1) {
            systems.insert(2, nearby(sampled, noise));
        }
        let requests: Vec<Request> = systems.into_iter().map(|system| self.request(system, "start")).collect();
        fs::create_dir_all(&folder).map_err(|source| Error::io(&folder, source))?;
        write_requests(&path, &requests)?;
        Ok(requests)
    }

    /// `count` frames sampled from the first structure, for round `round`, whose runs gave too few.
    pub(super) fn more_samples(&self, round: usize, count: usize) -> Result<Vec<Request>> {
        let noise = Noise::new(self.input.seed ^ (round as u64) << 32);
        let reason = format!("sampled in round {round}");
        let systems = self.sampled(&self.input.structure.system()?, count, noise)?;
        Ok(systems.into_iter().map(|system| self.request(system, &reason)).collect())
    }

    /// A request for `system` at rest.
    fn request(&self, mut system: System, reason: &str) -> Request {
        (system.step, system.time) = (0, 0.0);
        system.momenta.iter_mut().for_each(|momentum| *momentum = [0.0; 3]);
        self.request_of(system, reason)
    }

    /// A request for `system` in the state that it states, or else in that of the input.
    pub(super) fn request_of(&self, system: System, reason: &str) -> Request {
        let labels = &self.input.labels;
        Request::stated(system, (labels.charge, labels.multiplicity), self.ledger.theory(), reason)
    }

    /// Refuses charges and spins that the committee would not know, before any label is asked for.
    fn require_known_states(&self, structures: &[System]) -> Result<()> {
        let knows = match &self.input.start.model {
            Some(model) => Models::default().all(std::slice::from_ref(model))?[0].facts()?.has_charges(),
            None => self.input.has_electrostatics(),
        };
        let labels = &self.input.labels;
        let of_labels = ElectronicState::stated(labels.charge as i32, labels.multiplicity as u32);
        let stated = structures.iter().map(|system| system.state).chain([of_labels]);
        match stated.into_iter().find(|state| !knows && !state.is_neutral_singlet()) {
            None => Ok(()),
            Some(state) => Err(Error::Invalid(format!(
                "{state}: a network without charges does not know it; set electrostatics = \"charges\" in [committee], or start from a model with charges"
            ))),
        }
    }

    fn sampled(&self, structure: &System, count: usize, noise: Noise) -> Result<Vec<System>> {
        let start = &self.input.start;
        let hottest = self.input.explore.temperatures.iter().map(Quantity::value).fold(0.0, f64::max);
        let temperature = start.temperature.as_ref().map_or(hottest, Quantity::value);
        let thermally = || sample::thermal(structure, &ThermalSettings::at(temperature), count, &noise);
        let strained = || sample::strain(structure, &STRAIN, count, &noise);
        let found = match start.sample {
            SampleMethod::Strain => strained()?,
            SampleMethod::Rattle => sample::rattle(structure, &RATTLE, count, &noise)?,
            SampleMethod::Auto if structure.cell.is_some_and(|cell| cell.dimensions() == 3) => strained()?,
            SampleMethod::Thermal | SampleMethod::Auto => thermally()?,
        };
        Ok(found.systems)
    }
}

impl Round {
    /// A record of nothing.
    pub(super) fn empty() -> Self {
        Self {
            number: 0,
            run_length: 0.0,
            stopped: 0,
            first_stop: None,
            largest_spread: 0.0,
            candidates: 0,
            spent: 0,
            labels: 0,
            training: 0,
            blind: 0,
            force_rmse: None,
            force_mae: None,
            energy_mae: None,
            calibration: None,
        }
    }
}
