//! A kind of network of your own: a smooth repulsion with one weight, in one file and one call of `register`.
//!
//! After that call the library reads models of this kind and runs, evaluates, describes and certifies them like any other.
//!
//! ```sh
//! cargo run --release --example own_network_kind
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it computed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cormorant::dynamics::VelocityVerlet;
use cormorant::io::read_structure;
use cormorant::model::{
    Backend, Container, DataRecord, Engine, ErrorRecord, Facts, FitRecord, GraphBatch, Head, Kind, Network, Outputs,
    Precision, Record, Request, load, register,
};
use cormorant::potential::LearnedPotential;
use cormorant::simulation::{Simulation, Stage};
use cormorant::system::Element;
use cormorant::system::vector::norm;
use cormorant::units::FEMTOSECOND;
use cormorant::{Error, Result};

/// The name that models of this kind have in their headers, and how they are read.
const KIND: Kind = Kind { name: "repulsion", read: Repulsion::read, new: None };
/// Range of an edge in Å.
const CUTOFF: f64 = 4.0;
/// The weights of a model: name, shape, and offset in the packed array.
const WEIGHTS: [(&str, &[usize], usize); 1] = [("strength", &[1], 0)];

/// E_i = w Σ_j (1 − r_ij/r_c)⁴ with one weight w (eV), the same for all elements.
#[derive(Clone)]
struct Repulsion {
    path: PathBuf,
    strength: f64,
    data: DataRecord,
    fit: FitRecord,
    errors: BTreeMap<String, ErrorRecord>,
}

impl Repulsion {
    fn new(path: &Path, strength: f64) -> Self {
        Self {
            path: path.into(),
            strength,
            data: DataRecord::default(),
            fit: FitRecord::default(),
            errors: BTreeMap::new(),
        }
    }

    fn read(file: &Container<'_>) -> Result<Box<dyn Network>, String> {
        let weights = file.weights(&WEIGHTS)?;
        Ok(Box::new(Self::new(file.path, weights[0])))
    }
}

/// What the model is.
impl Network for Repulsion {
    fn path(&self) -> &Path {
        &self.path
    }

    fn facts(&self) -> Result<Facts> {
        let elements = ["H", "C", "O"].map(Element::from_symbol).into_iter().collect::<Result<Vec<_>>>()?;
        Ok(Facts {
            kind: KIND.name.into(),
            references: vec![0.0; elements.len()],
            elements,
            quantity: "energy".into(),
            unit: "eV".into(),
            head: Some(Head::Extensive),
            scale: 1.0,
            constant: 0.0,
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
        "1 weight".into()
    }

    fn record(&self) -> Record<'_> {
        Record {
            version: 1,
            program: env!("CARGO_PKG_VERSION"),
            data: &self.data,
            fit: &self.fit,
            errors: &self.errors,
            ranges: None,
            envelope: None,
            example: None,
            certificate: None,
        }
    }

    fn header_json(&self) -> Result<String> {
        Ok(format!(r#"{{"version": 1, "kind": "{}"}}"#, KIND.name))
    }

    fn encode(&self) -> Result<Vec<u8>> {
        let bytes = Container::encode(self.header_json()?, &WEIGHTS, &[self.strength]);
        bytes.map_err(|reason| Error::model(&self.path, reason))
    }

    fn engine(&self, _: &Backend, _: Precision) -> Result<Box<dyn Engine>> {
        Ok(Box::new(self.clone()))
    }
}

/// How it is computed: a batch of graphs in, energies of the atoms and gradients of the edges out.
impl Engine for Repulsion {
    fn evaluate(&mut self, batch: &GraphBatch<'_>, request: Request, into: &mut Outputs) -> Result<()> {
        batch.check(3, 1)?;
        *into = Outputs { scalars: vec![0.0; batch.atoms()], ..Outputs::default() };
        let counted = batch.counted.unwrap_or(batch.atoms());
        for (receiver, edges) in batch.offsets.windows(2).enumerate() {
            for vector in &batch.vectors[edges[0]..edges[1]] {
                let distance = norm(*vector);
                let left = (1.0 - distance / CUTOFF).max(0.0);
                into.scalars[receiver] += self.strength * left.powi(4);
                if request.gradient {
                    // Only atoms that are counted are in the sum whose gradient is taken.
                    let slope = if receiver < counted { -4.0 * self.strength * left.powi(3) / CUTOFF } else { 0.0 };
                    into.gradient.push(vector.map(|x| slope * x / distance));
                }
            }
        }
        Ok(())
    }

    fn twin(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }
}

fn main() -> Result<()> {
    register(KIND)?;
    let folder = std::env::temp_dir().join(format!("cormorant-own-network-kind-{}", std::process::id()));
    Repulsion::new(&folder, 2.0).write(&folder)?;
    let network = load(&folder)?;
    let facts = network.facts()?;
    println!("kind {}, cutoff {CUTOFF} Å, {} weight", facts.kind, facts.parameters);

    let molecule = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/structures/ethanol.xyz");
    let molecule = read_structure(&molecule, None)?;
    let potential = LearnedPotential::new(network.as_ref(), Precision::F64, 1)?;
    let mut simulation = Simulation::new(molecule, Box::new(potential), 1)?;
    let start = simulation.field().last().energy;
    simulation.stages.push(Stage::new("explosion", 500, VelocityVerlet::new(0.1 * FEMTOSECOND)?));
    let outcome = simulation.run()?;
    let end = simulation.field().last().energy;
    println!("energy {start:.4} eV at the start, {end:.4} eV after {} steps", outcome.steps);
    println!("largest deviation of the conserved energy {:.4} meV/atom", outcome.stages[0].largest_deviation);
    // Atoms that only repel each other fly apart, and no energy is lost.
    assert!(end < start && outcome.stages[0].largest_deviation < 1.0);
    std::fs::remove_dir_all(&folder).map_err(|source| cormorant::Error::io(&folder, source))
}
