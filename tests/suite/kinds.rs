//! Kinds of networks: a third, toy one in this file, added with one line, and what every kind says of itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Once;

use cormorant::model::{
    Backend, Container, DataRecord, Engine, ErrorRecord, Facts, FitRecord, GraphBatch, Head, Kind, Network, Outputs,
    Precision, Record, Request, load, register,
};
use cormorant::potential::{Committee, Evaluation, LearnedPotential, PartialPotential, Potential, RequestedProperties};
use cormorant::report::Progress;
use cormorant::simulation::Stop;
use cormorant::system::Element;
use cormorant::workflow::Models;
use cormorant::workflow::{RunMode, run_input, simulate};

use crate::cli::cormorant;
use crate::original_model::{model as original_model, molecule};
use crate::reading::openings;

/// Catches on the way what a new kind still has to tell the program beside this file.
const TOY: Kind = Kind { name: "toy-pairs", read: Toy::read, new: None };

fn add_the_toy() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| register(TOY).unwrap());
}

/// E_i = a Σ_j (1 − r_ij/r_c)⁴ with one weight a: smooth at the cutoff, repulsive, the same for all elements.
#[derive(Clone)]
struct Toy {
    path: PathBuf,
    weight: f64,
    data: DataRecord,
    fit: FitRecord,
    errors: std::collections::BTreeMap<String, ErrorRecord>,
}

const CUTOFF: f64 = 4.0;

impl Toy {
    fn new(path: &Path, weight: f64) -> Self {
        let mut data = DataRecord { file: "nothing.xyz".into(), ..DataRecord::default() };
        for pair in ["H-H", "H-C", "H-O", "C-C", "C-O", "O-O"] {
            data.shortest_distances.insert(pair.into(), 0.5);
        }
        Self { path: path.into(), weight, data, fit: FitRecord::default(), errors: BTreeMap::default() }
    }

    fn read(file: &Container<'_>) -> Result<Box<dyn Network>, String> {
        Ok(Box::new(Self::new(file.path, file.weights(&[("weight", &[1], 0)])?[0])))
    }
}

impl Network for Toy {
    fn path(&self) -> &Path {
        &self.path
    }

    fn facts(&self) -> cormorant::Result<Facts> {
        Ok(Facts {
            kind: TOY.name.into(),
            elements: [1, 6, 8].map(|number| Element::from_number(number).unwrap()).to_vec(),
            quantity: "energy".into(),
            unit: "eV".into(),
            head: Some(Head::Extensive),
            scale: 2.0,
            constant: 0.0,
            references: vec![-1.0, -2.0, -3.0],
            cutoff: Some(CUTOFF),
            hops: 1,
            parameters: 1,
            shortest_distances: None,
            bonding: None,
            long_range: None,
            states: Vec::new(),
        })
    }

    fn sizes(&self) -> String {
        "one weight".into()
    }

    fn record(&self) -> Record<'_> {
        Record {
            version: 1,
            program: "0.1.0",
            data: &self.data,
            fit: &self.fit,
            errors: &self.errors,
            ranges: None,
            envelope: None,
            example: None,
            certificate: None,
        }
    }

    fn header_json(&self) -> cormorant::Result<String> {
        Ok(format!("{{\"version\": 1, \"kind\": \"{}\"}}", TOY.name))
    }

    fn encode(&self) -> cormorant::Result<Vec<u8>> {
        let bytes = Container::encode(self.header_json()?, &[("weight", &[1], 0)], &[self.weight]);
        bytes.map_err(cormorant::Error::Invalid)
    }

    fn engine(&self, _: &Backend, _: Precision) -> cormorant::Result<Box<dyn Engine>> {
        Ok(Box::new(self.clone()))
    }
}

impl Engine for Toy {
    fn evaluate(&mut self, batch: &GraphBatch<'_>, request: Request, into: &mut Outputs) -> cormorant::Result<()> {
        batch.check(3, 1)?;
        *into = Outputs { scalars: vec![0.0; batch.atoms()], ..Outputs::default() };
        let counted = batch.counted.unwrap_or(batch.atoms());
        for (receiver, run) in batch.offsets.windows(2).enumerate() {
            for vector in &batch.vectors[run[0]..run[1]] {
                let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
                let left = (1.0 - length / CUTOFF).max(0.0);
                into.scalars[receiver] += self.weight * left.powi(4);
                if request.gradient {
                    let slope = if receiver < counted { -4.0 * self.weight * left.powi(3) / CUTOFF } else { 0.0 };
                    into.gradient.push(vector.map(|x| slope * x / length));
                }
            }
        }
        Ok(())
    }

    fn twin(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }
}

fn toy(folder: &Path) -> Box<dyn Network> {
    add_the_toy();
    Toy::new(folder, 0.7).write(folder).unwrap();
    load(folder).unwrap()
}

fn input(folder: &Path, model: &str) -> PathBuf {
    let path = folder.join("run.toml");
    let system = molecule();
    let atoms = system.elements.iter().zip(&system.positions);
    let lines: Vec<_> = atoms.map(|(element, [x, y, z])| format!("{element} {x} {y} {z}\n")).collect();
    let lines = lines.concat();
    std::fs::write(folder.join("molecule.xyz"), format!("9\n\n{lines}")).unwrap();
    let text = format!(
        "version = 1\nname = \"kinds\"\nstructure = {{ file = \"molecule.xyz\" }}\npotential = {{ model = \"{model}\" }}\n\
         output = {{ folder = \"out\" }}\nminimize = {{ largest_force = \"0.5 eV/Å\" }}\n\
         velocities = {{ temperature = \"100 K\" }}\nstage = [{{ duration = \"5 fs\", time_step = \"0.25 fs\" }}]\n"
    );
    std::fs::write(&path, text).unwrap();
    path
}

/// Catches: a kind that needs more than its file and one line to be evaluated, alone, in a committee, in parts and in a run.
#[test]
fn a_toy_kind_is_served_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let network = toy(&folder.path().join("toy"));
    let system = molecule();
    let mut potential = LearnedPotential::new(network.as_ref(), Precision::F64, 1).unwrap();
    let mut found = Evaluation::default();
    potential.evaluate(&system, RequestedProperties { virial: true, atom_energies: true }, &mut found).unwrap();
    let mut expected = -2.0 * 2.0 - 3.0 - 6.0;
    for (i, x) in system.positions.iter().enumerate() {
        for y in system.positions.iter().take(i) {
            let length = (0..3).map(|axis| (x[axis] - y[axis]).powi(2)).sum::<f64>().sqrt();
            expected += 2.0 * 2.0 * 0.7 * (1.0 - length / CUTOFF).max(0.0).powi(4);
        }
    }
    assert!((found.energy - expected).abs() < 1e-12, "{} {expected}", found.energy);
    let mut moved = system.clone();
    let mut energy = |shift: f64| {
        moved.positions[3][1] = system.positions[3][1] + shift;
        let mut found = Evaluation::default();
        potential.evaluate(&moved, RequestedProperties::default(), &mut found).unwrap();
        found.energy
    };
    let force = -(energy(1e-4) - energy(-1e-4)) / 2e-4;
    assert!((found.forces[3][1] - force).abs() < 1e-7);
    let members = (0..2).map(|_| Box::new(LearnedPotential::new(network.as_ref(), Precision::F64, 1).unwrap()) as _);
    let mut committee = Committee::new(members.collect()).unwrap();
    let mut mean = Evaluation::default();
    committee.evaluate(&system, RequestedProperties::default(), &mut mean).unwrap();
    assert_eq!((mean.energy, mean.forces), (found.energy, found.forces));
    assert_eq!(PartialPotential::new(network.as_ref(), Precision::F64).unwrap().receptive_field(), CUTOFF);

    let path = input(folder.path(), "toy");
    let manner = RunMode { force: true, resume: false };
    let quiet = Box::new(Progress::new(cormorant::report::Display::Lines(Box::new(std::io::sink()))));
    let done = simulate(&run_input(&path).unwrap(), manner, Stop::default(), quiet, &mut |simulation, _| {
        assert_eq!(simulation.field().potential().name(), "toy-pairs toy");
    });
    assert_eq!(done.unwrap().outcome.steps, 20);
    let page = std::fs::read_to_string(folder.path().join("out/report.html")).unwrap();
    assert!(page.contains("nothing.xyz"), "the report does not say what the model was fitted to");
}

/// Catches: a refusal that depends on the name of a kind instead of on what the network can do.
#[test]
fn refusals_come_from_the_facts() {
    let folder = tempfile::tempdir().unwrap();
    let original = original_model(folder.path());
    let facts = original.facts().unwrap();
    assert!(facts.gives_forces() && !facts.is_periodic() && !facts.gives_atom_energies());
    assert_eq!(facts.receptive_field(), None);
    let message = PartialPotential::new(&original, Precision::F64).err().unwrap().to_string();
    assert!(message.contains("couples all atoms") && message.contains("KIM"), "{message}");
    original.write(folder.path()).unwrap();
    let shown = folder.path().display().to_string();
    let output = cormorant(folder.path(), &["export", "kim", &shown, "--name", "No"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && text.contains("couples all atoms"), "{text}");
    let mut property = facts;
    property.quantity = "gap".into();
    let message = property.require_forces().unwrap_err();
    assert!(message.starts_with("predicts gap and provides no forces"), "{message}");
    add_the_toy();
    let twice = register(TOY).unwrap_err().to_string();
    assert!(twice.contains("toy-pairs"), "{twice}");
}

/// Catches: a command that reads a model file again for each thing that it wants to know of it.
#[test]
fn a_run_reads_each_model_once() {
    add_the_toy();
    let folder = tempfile::tempdir().unwrap();
    let models = Models::default();
    let target = folder.path().join("toy");
    Toy::new(&target, 0.7).write(&target).unwrap();
    let first = models.get(&target).unwrap();
    std::fs::remove_dir_all(&target).unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &models.get(&target).unwrap()));
    // The whole command.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = input(folder.path(), &root.join("models/ethanol").display().to_string());
    let count = openings(folder.path(), &["run", &path.display().to_string()], "model.safetensors");
    assert!(count.is_none_or(|count| count == 1), "opened {count:?} times");
}
