//! Restart files: the full state of a run, to continue bit for bit.
//!
//! A safetensors file. Tensors are f64: `positions` (Å), `momenta` (√(u·eV)), `forces` (eV/Å), `masses` (u), `cell` (Å,
//! rows are vectors, absent without a cell), `scalars` (time in t, energy given to baths by earlier stages in eV, potential
//! energy in eV), `integrator`, `thermostat`, `barostat`, `statistics` (a row for each stage started), `run.k` and `stage.k` (numbers of
//! the observers); `guards` what they warned of; `motion` how the motion of each stage is counted; `elements` are atomic numbers (u8). Everything else is one JSON text under the key `cormorant`, with a
//! blake3 checksum over itself and all tensors. The file holds no code and no wall-clock time: equal states give equal bytes.

use std::collections::HashMap;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::{FileMark, Progressed};
use cormorant_core::atomic;
use cormorant_core::json;
use cormorant_core::system::{Cell, ElectronicState, Element, System};
use cormorant_core::{Error, Result};

/// Version of the format that we write.
const VERSION: u32 = 1;
/// Name of the format.
const FORMAT: &str = "cormorant restart";
/// What to do about a file that cannot be read.
const REMEDY: &str = "; copy it again, or start the run again with --force";
/// Larger files are refused before they are read.
const LARGEST: u64 = 1 << 33;
/// Key of the JSON text. A single key, because the order of several would not be certain.
const KEY: &str = "cormorant";

/// The full state of a run between two steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Restart {
    /// Atoms, momenta, cell, step and time.
    pub system: System,
    /// Potential energy in eV, to recognize the potential.
    pub energy: f64,
    /// Forces in eV/Å, to recognize the potential.
    pub forces: Vec<[f64; 3]>,
    /// Name of the potential.
    pub potential: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Index of the stage.
    pub stage: usize,
    /// Steps done within the stage.
    pub stage_step: u64,
    /// Degrees of freedom counted in the stage.
    pub degrees_of_freedom: usize,
    /// Energy in eV that earlier stages gave to their baths.
    pub carried: f64,
    /// State of the stage's integrator.
    pub integrator: Vec<f64>,
    /// State of the stage's thermostat.
    pub thermostat: Vec<f64>,
    /// State of the stage's barostat; empty without one.
    pub barostat: Vec<f64>,
    /// Averages of every stage started.
    pub statistics: Vec<Vec<f64>>,
    /// Observers of the run.
    pub run_observers: Vec<Progressed>,
    /// Observers of the stage.
    pub stage_observers: Vec<Progressed>,
    /// What the guards warned of so far; empty in older files.
    pub guards: Vec<f64>,
    /// How the motion of every stage started is counted and shared; empty in older files.
    pub motion: Vec<f64>,
    /// What the observers of every stage before this one said when it ended; empty where none said anything, and in older files.
    pub remarks: Vec<Vec<String>>,
    /// Instruction set whose rounding the forces have; none where they are the same on every machine, and in older files.
    pub instruction_set: Option<String>,
    /// Graphics processor whose rounding they have, where one computed them.
    pub device: Option<String>,
    /// The resolved input.
    pub input: String,
}

/// What is not numbers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: String,
    version: u32,
    program: String,
    units: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instruction_set: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    potential: String,
    step: u64,
    stage: usize,
    stage_step: u64,
    degrees_of_freedom: usize,
    // Left out where nothing is stated, as in files written before it could be.
    #[serde(default, skip_serializing_if = "ElectronicState::is_unstated")]
    state: ElectronicState,
    seed: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<Vec<String>>,
    run_files: Vec<Vec<FileMark>>,
    stage_files: Vec<Vec<FileMark>>,
    input_hash: String,
    input: String,
    checksum: String,
}

/// Format and version alone, so that a future file is recognized before its other keys are not.
#[derive(Deserialize)]
struct Edition {
    format: String,
    version: u32,
}

/// A tensor as it goes into the file: name, type, shape, bytes.
type Raw = (String, Dtype, Vec<usize>, Vec<u8>);

impl Restart {
    /// Write to `path`; the file that was there stays whole until the new one is.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        atomic::write(path, &self.to_bytes(path)?)
    }

    /// The file as bytes; `path` is for messages.
    fn to_bytes(&self, path: &Path) -> Result<Vec<u8>> {
        let failed = |reason: String| Error::restart(path, reason);
        self.finite().map_err(failed)?;
        let tensors = self.tensors();
        let files = |observers: &[Progressed]| observers.iter().map(|observer| observer.files.clone()).collect();
        let mut head = Head {
            format: FORMAT.into(),
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").into(),
            units: "Å, u, eV, K, t = Å·√(u/eV)".into(),
            instruction_set: self.instruction_set.clone(),
            device: self.device.clone(),
            potential: self.potential.clone(),
            step: self.system.step,
            stage: self.stage,
            stage_step: self.stage_step,
            degrees_of_freedom: self.degrees_of_freedom,
            state: self.system.state,
            seed: self.seed,
            remarks: self.remarks.clone(),
            run_files: files(&self.run_observers),
            stage_files: files(&self.stage_observers),
            input_hash: blake3::hash(self.input.as_bytes()).to_hex().to_string(),
            input: self.input.clone(),
            checksum: String::new(),
        };
        let to_json = |head: &Head| json::text(head).map_err(failed);
        head.checksum = checksum(&to_json(&head)?, &tensors);
        let metadata = HashMap::from([(KEY.to_string(), to_json(&head)?)]);
        let views = tensors
            .iter()
            .map(|(name, dtype, shape, bytes)| {
                TensorView::new(*dtype, shape.clone(), bytes).map(|view| (name.as_str(), view))
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| failed(error.to_string()))?;
        safetensors::serialize(views, Some(metadata)).map_err(|error| failed(error.to_string()))
    }

    /// Refuses a state that no run could continue with.
    fn finite(&self) -> Result<(), String> {
        let system = &self.system;
        let vectors = [("positions", &system.positions), ("momenta", &system.momenta), ("forces", &self.forces)];
        for (what, vectors) in vectors {
            if let Some(atom) = vectors.iter().position(|vector| vector.iter().any(|x| !x.is_finite())) {
                let (found, atom) = (vectors[atom], atom + 1);
                return Err(format!("cannot be written: the {what} of atom {atom} are {found:?}, not finite numbers"));
            }
        }
        let scalars = [("time", system.time), ("heat", self.carried), ("energy", self.energy)];
        match scalars.into_iter().find(|(_, value)| !value.is_finite()) {
            Some((what, value)) => Err(format!("cannot be written: the {what} is {value}, not a finite number")),
            None => Ok(()),
        }
    }

    /// Every tensor, ordered by name.
    fn tensors(&self) -> Vec<Raw> {
        let system = &self.system;
        let atoms = system.atom_count();
        let elements = system.elements.iter().map(|element| element.number()).collect();
        let statistics = self.statistics.concat();
        let columns = statistics.len() / self.statistics.len().max(1);
        let mut tensors = vec![
            real("barostat", &[self.barostat.len()], &self.barostat),
            ("elements".into(), Dtype::U8, vec![atoms], elements),
            real("forces", &[atoms, 3], self.forces.as_flattened()),
            real("guards", &[self.guards.len()], &self.guards),
            real("integrator", &[self.integrator.len()], &self.integrator),
            real("masses", &[atoms], &system.masses),
            real("momenta", &[atoms, 3], system.momenta.as_flattened()),
            real("motion", &[self.motion.len()], &self.motion),
            real("positions", &[atoms, 3], system.positions.as_flattened()),
            real("scalars", &[3], &[system.time, self.carried, self.energy]),
            real("statistics", &[self.statistics.len(), columns], &statistics),
            real("thermostat", &[self.thermostat.len()], &self.thermostat),
        ];
        if let Some(cell) = &system.cell {
            tensors.push(real("cell", &[3, 3], cell.rows().as_flattened()));
            // Left out where all directions repeat, as in files written before some could be open.
            if cell.dimensions() < 3 {
                tensors.push(real("periodic", &[3], &cell.periodic().map(|repeats| f64::from(u8::from(repeats)))));
            }
        }
        for (scope, observers) in [("run", &self.run_observers), ("stage", &self.stage_observers)] {
            for (index, observer) in observers.iter().enumerate() {
                tensors.push(real(&format!("{scope}.{index}"), &[observer.numbers.len()], &observer.numbers));
            }
        }
        tensors.sort_by(|(left, ..), (right, ..)| left.cmp(right));
        tensors
    }

    /// Read and verify the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, is damaged, is not ours or of a later version.
    pub fn read(path: &Path) -> Result<Self> {
        let size = std::fs::metadata(path).map_err(|source| Error::io(path, source))?.len();
        if size > LARGEST {
            return Err(Error::restart(path, format!("it has {size} bytes; at most {LARGEST} are read{REMEDY}")));
        }
        let bytes = std::fs::read(path).map_err(|source| Error::io(path, source))?;
        Self::from_bytes(&bytes).map_err(|reason| Error::restart(path, format!("{reason}{REMEDY}")))
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        const DAMAGED: &str = "it is damaged or not a restart file";
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| format!("{DAMAGED} ({error})"))?;
        let text =
            metadata.metadata().as_ref().and_then(|map| map.get(KEY)).ok_or_else(|| {
                format!("it is {}, not a restart file", of_another_kind(metadata.metadata().as_ref()))
            })?;
        let edition: Edition = serde_json::from_str(text).map_err(|error| format!("{DAMAGED} ({error})"))?;
        if edition.format != FORMAT {
            return Err(format!("it is a {:?}, not a {FORMAT:?}", edition.format));
        }
        if edition.version != VERSION {
            return Err(format!(
                "it has version {}, but this program reads version {VERSION}; use the program that wrote it",
                edition.version
            ));
        }
        let mut head: Head = serde_json::from_str(text).map_err(|error| format!("{DAMAGED} ({error})"))?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| format!("{DAMAGED} ({error})"))?;
        let reader = Reader { tensors };
        let found = std::mem::take(&mut head.checksum);
        let blank = serde_json::to_string(&head).map_err(|error| error.to_string())?;
        // Under a fuzzer nothing damaged would get past the checksum.
        if !cfg!(fuzzing) && checksum(&blank, &reader.raw()) != found {
            return Err("its checksum does not match its content: it is damaged".into());
        }
        reader.assemble(head)
    }
}

/// What a safetensors file is that is no restart file.
fn of_another_kind(metadata: Option<&HashMap<String, String>>) -> String {
    match metadata.and_then(|map| map.get("format")).map(String::as_str) {
        Some("cormorant-model") => "a model".into(),
        Some(format) => format!("a safetensors file of format {format:?}"),
        None => "a safetensors file of another program".into(),
    }
}

/// Checksum over the JSON text (with an empty checksum in it) and the tensors in the order of their names.
fn checksum(head: &str, tensors: &[Raw]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(head.len() as u64).to_le_bytes());
    hasher.update(head.as_bytes());
    for (name, dtype, shape, bytes) in tensors {
        hasher.update(format!("\n{name} {dtype:?} {shape:?} {}\n", bytes.len()).as_bytes());
        hasher.update(bytes);
    }
    hasher.finalize().to_hex().to_string()
}

fn real(name: &str, shape: &[usize], values: &[f64]) -> Raw {
    let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    (name.to_string(), Dtype::F64, shape.to_vec(), bytes)
}

/// Tensors of a file that is being read.
struct Reader<'a> {
    tensors: SafeTensors<'a>,
}

impl Reader<'_> {
    /// Every tensor, ordered by name.
    fn raw(&self) -> Vec<Raw> {
        let mut raw: Vec<Raw> = self
            .tensors
            .iter()
            .map(|(name, view)| (name.to_string(), view.dtype(), view.shape().to_vec(), view.data().to_vec()))
            .collect();
        raw.sort_by(|(left, ..), (right, ..)| left.cmp(right));
        raw
    }

    fn reals(&self, name: &str) -> Result<Vec<f64>, String> {
        let view = self.tensors.tensor(name).map_err(|_| format!("it lacks {name:?}"))?;
        if view.dtype() != Dtype::F64 {
            return Err(format!("{name:?} is not of type f64"));
        }
        let (numbers, _) = view.data().as_chunks::<8>();
        Ok(numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
    }

    /// What older files lack is empty.
    fn optional(&self, name: &str) -> Result<Vec<f64>, String> {
        if self.tensors.tensor(name).is_ok() { self.reals(name) } else { Ok(Vec::new()) }
    }

    fn vectors(&self, name: &str, atoms: usize) -> Result<Vec<[f64; 3]>, String> {
        let numbers = self.reals(name)?;
        if numbers.len() != 3 * atoms {
            return Err(format!("{name:?} has {} numbers for {atoms} atoms", numbers.len()));
        }
        let (vectors, _) = numbers.as_chunks::<3>();
        Ok(vectors.to_vec())
    }

    fn system(&self, head: &Head, time: f64) -> Result<System, String> {
        let elements = self.tensors.tensor("elements").map_err(|_| "it lacks \"elements\"")?;
        let elements = elements
            .data()
            .iter()
            .map(|number| Element::from_number(*number).ok_or(format!("{number} is not an atomic number")))
            .collect::<Result<Vec<_>, _>>()?;
        let atoms = elements.len();
        let cell = match self.tensors.tensor("cell") {
            Ok(_) => {
                let rows: [[f64; 3]; 3] =
                    self.vectors("cell", 3)?.try_into().map_err(|_| "its cell does not have three vectors")?;
                let periodic = match self.tensors.tensor("periodic") {
                    Ok(_) => match self.reals("periodic")?[..] {
                        [a, b, c] => [a, b, c].map(|repeats| repeats != 0.0),
                        _ => return Err("its periodicity does not have three entries".into()),
                    },
                    Err(_) => [true; 3],
                };
                Some(Cell::with_periodicity(rows, periodic).map_err(|error| error.to_string())?)
            }
            Err(_) => None,
        };
        let mut system =
            System::new(elements, self.vectors("positions", atoms)?, cell).map_err(|error| error.to_string())?;
        system.momenta = self.vectors("momenta", atoms)?;
        system.masses = self.reals("masses")?;
        if system.masses.len() != atoms || !system.masses.iter().all(|mass| mass.is_finite() && *mass > 0.0) {
            return Err("its masses make no sense".into());
        }
        if !system.momenta.iter().flatten().all(|momentum| momentum.is_finite()) {
            return Err("a momentum is not finite".into());
        }
        (system.step, system.time, system.state) = (head.step, time, head.state);
        Ok(system)
    }

    fn progressed(&self, scope: &str, files: Vec<Vec<FileMark>>) -> Result<Vec<Progressed>, String> {
        let with_numbers = |(index, files)| Ok(Progressed { files, numbers: self.reals(&format!("{scope}.{index}"))? });
        files.into_iter().enumerate().map(with_numbers).collect()
    }

    fn assemble(&self, head: Head) -> Result<Restart, String> {
        let [time, carried, energy]: [f64; 3] =
            self.reals("scalars")?.try_into().map_err(|_| "its \"scalars\" are not three")?;
        let system = self.system(&head, time)?;
        let stages = head.stage.checked_add(1).ok_or("its stage makes no sense")?;
        let statistics = self.reals("statistics")?;
        if statistics.len() % stages != 0 || statistics.is_empty() {
            return Err("its averages do not fit its stages".into());
        }
        Ok(Restart {
            energy,
            forces: self.vectors("forces", system.atom_count())?,
            system,
            potential: head.potential,
            seed: head.seed,
            stage: head.stage,
            stage_step: head.stage_step,
            degrees_of_freedom: head.degrees_of_freedom,
            carried,
            integrator: self.reals("integrator")?,
            thermostat: self.reals("thermostat")?,
            barostat: self.reals("barostat")?,
            statistics: statistics.chunks_exact(statistics.len() / stages).map(<[f64]>::to_vec).collect(),
            run_observers: self.progressed("run", head.run_files)?,
            stage_observers: self.progressed("stage", head.stage_files)?,
            guards: self.optional("guards")?,
            motion: self.optional("motion")?,
            remarks: head.remarks,
            instruction_set: head.instruction_set,
            device: head.device,
            input: head.input,
        })
    }
}
