//! A third kind of network, a pair potential of learned Gaussians, in this file and the one line of `register`: fitted, run,
//! evaluated, certified, described, and refused for KIM by what it is.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Once;

use cormorant::fit::{DataSet, Part};
use cormorant::model::{
    Certificate, DataRecord, Differentiable, DomainMut, Engine, ErrorRecord, Example, Facts, FitRecord, GraphBatch,
    Head, Kind, Network, NetworkHeader, NewKind, NewNetwork, Outputs, ParameterBlock, Parameters, Precision,
    PreparedNetwork, Ranges, Record, RecordMut, Request, StoredNetwork, TrainableNetwork, load, register,
};
use cormorant::noise::{Consumer, Noise};
use cormorant::report::{Display, Progress};
use cormorant::settings::{DeviceInput, Precision as PrecisionInput};
use cormorant::simulation::Stop;
use cormorant::system::Element;
use cormorant::workflow::{
    Computing, Models, RunMode, compare_with_labels, export_kim, fit_input, run_input, simulate, train,
};
use serde::{Deserialize, Serialize};

/// E_i = σ Σ_j Σ_k w_(Z_i Z_j)k exp(−(r − c_k)²/2s²) (1 − r²/r_c²)³ + E0_(Z_i), with centers c_k evenly spaced by s.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Toy {
    version: u64,
    kind: String,
    program: String,
    elements: Vec<String>,
    references: Vec<f64>,
    scale: f64,
    cutoff: f64,
    bumps: usize,
    data: DataRecord,
    fit: FitRecord,
    errors: BTreeMap<String, ErrorRecord>,
    ranges: Option<Ranges>,
    example: Option<Example>,
    certificate: Option<Certificate>,
}

const TOY: Kind = Kind {
    name: "toy-gaussians",
    read: |file| Ok(Box::new(StoredNetwork::<Toy>::decode(file.bytes, file.path)?)),
    new: Some(NewKind { keys: &["cutoff", "bumps"], make: Toy::make }),
};

impl Toy {
    fn make(new: &NewNetwork<'_>) -> Result<Box<dyn Network>, String> {
        let header = Self {
            version: 1,
            kind: TOY.name.into(),
            program: "a test".into(),
            elements: new.scaling.elements.iter().map(|element| element.symbol().to_string()).collect(),
            references: new.scaling.references.clone(),
            scale: new.scaling.scale,
            cutoff: new.settings["cutoff"].as_f64().ok_or("`cutoff` is not a length")?,
            bumps: new.settings["bumps"].as_u64().ok_or("`bumps` is not a number")? as usize,
            data: DataRecord::default(),
            fit: FitRecord::default(),
            errors: BTreeMap::new(),
            ranges: None,
            example: None,
            certificate: None,
        };
        Ok(Box::new(StoredNetwork::fresh(new.path.to_path_buf(), header)?))
    }

    fn gaussians(&self) -> Gaussians {
        Gaussians { species: self.elements.len(), bumps: self.bumps, cutoff: self.cutoff }
    }
}

impl NetworkHeader for Toy {
    const KIND: &'static str = TOY.name;
    const WHAT: &'static str = "a toy";

    fn fault(&self) -> Option<String> {
        (self.bumps < 2).then(|| "has too few bumps".into())
    }

    fn tensors(&self) -> Result<Vec<(String, Vec<usize>)>, String> {
        Ok(vec![("bumps".into(), self.gaussians().shape())])
    }

    fn facts(&self, parameters: usize) -> Result<Facts, String> {
        let elements = self.elements.iter().map(|symbol| Element::from_symbol(symbol));
        Ok(Facts {
            kind: TOY.name.into(),
            elements: elements.collect::<Result<_, _>>().map_err(|error| error.to_string())?,
            quantity: "energy".into(),
            unit: "eV".into(),
            head: Some(Head::Extensive),
            scale: self.scale,
            constant: 0.0,
            references: self.references.clone(),
            cutoff: Some(self.cutoff),
            hops: 1,
            parameters,
            shortest_distances: Some(self.data.shortest_distances.clone()),
            bonding: None,
            long_range: None,
            states: Vec::new(),
        })
    }

    fn sizes(&self, parameters: usize) -> String {
        format!("{} Gaussians for each pair of elements, {parameters} parameters", self.bumps)
    }

    fn record(&self) -> Record<'_> {
        Record {
            version: self.version,
            program: &self.program,
            data: &self.data,
            fit: &self.fit,
            errors: &self.errors,
            ranges: self.ranges.as_ref(),
            envelope: None,
            example: self.example.as_ref(),
            certificate: self.certificate.as_ref(),
        }
    }

    fn record_mut(&mut self) -> RecordMut<'_> {
        RecordMut {
            data: &mut self.data,
            fit: &mut self.fit,
            errors: &mut self.errors,
            errors_of: None,
            references: &mut self.references,
            domain: Some(DomainMut {
                ranges: &mut self.ranges,
                envelope: None,
                example: &mut self.example,
                certificate: &mut self.certificate,
            }),
        }
    }

    fn engine(&self, weights: &[f64], _: Precision) -> Result<Box<dyn Engine>, String> {
        Ok(Box::new(ToyEngine { gaussians: self.gaussians(), weights: weights.to_vec() }))
    }

    fn trainable(&self, weights: &[f64], _: Precision) -> Result<TrainableNetwork, String> {
        Ok(TrainableNetwork::F64(Box::new(PreparedNetwork::new(self.gaussians(), weights))))
    }
}

/// The function: linear in its weights `[pairs][bumps]`.
#[derive(Clone)]
struct Gaussians {
    species: usize,
    bumps: usize,
    cutoff: f64,
}

impl Gaussians {
    fn shape(&self) -> Vec<usize> {
        vec![self.species * (self.species + 1) / 2, self.bumps]
    }

    /// For every edge and bump: edge, receiver, its weight, the value, and the gradient in the edge vector.
    fn each(&self, batch: &GraphBatch<'_>, mut visit: impl FnMut(usize, usize, usize, f64, [f64; 3])) {
        let width = self.cutoff / self.bumps as f64;
        for (receiver, edges) in batch.offsets.windows(2).enumerate() {
            for edge in edges[0]..edges[1] {
                let vector = batch.vectors[edge];
                let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
                if length >= self.cutoff {
                    continue;
                }
                let [a, b] = [receiver, batch.senders[edge] as usize].map(|atom| batch.species[atom] as usize);
                let pair = a.max(b) * (a.max(b) + 1) / 2 + a.min(b);
                let (left, square) = (1.0 - (length / self.cutoff).powi(2), self.cutoff * self.cutoff);
                for bump in 0..self.bumps {
                    let x = (length - width * (bump as f64 + 0.5)) / width;
                    let (gauss, smooth) = ((-0.5 * x * x).exp(), left.powi(3));
                    let slope = gauss * (-x / width * smooth - 6.0 * left * left * length / square);
                    let along = vector.map(|component| slope * component / length);
                    visit(edge, receiver, pair * self.bumps + bump, gauss * smooth, along);
                }
            }
        }
    }
}

impl Differentiable for Gaussians {
    type Parameter = f64;
    type Weights = Vec<f64>;
    type Gradient = Vec<f64>;
    type Space = ();

    fn parameters(&self) -> Parameters {
        let block = ParameterBlock { name: "bumps".into(), shape: self.shape(), scale: 1.0 };
        Parameters { blocks: vec![block], matrices: Vec::new() }
    }

    fn initial(&self, _: Noise, _: &[GraphBatch<'_>]) -> Vec<f64> {
        vec![0.0; self.parameters().count()]
    }

    fn ready(&self, packed: &[f64]) -> Vec<f64> {
        packed.to_vec()
    }

    fn gradient(&self, weights: &Vec<f64>) -> Vec<f64> {
        vec![0.0; weights.len()]
    }

    fn clear(&self, _: &Vec<f64>, gradient: &mut Vec<f64>) {
        gradient.fill(0.0);
    }

    fn add(&self, _: &Vec<f64>, sum: &mut Vec<f64>, others: &[&Vec<f64>], _: bool) {
        for other in others {
            sum.iter_mut().zip(*other).for_each(|(sum, x)| *sum += x);
        }
    }

    fn packed<'g>(&self, _: &mut Vec<f64>, gradient: &'g mut Vec<f64>, _: bool) -> Cow<'g, [f64]> {
        Cow::Borrowed(gradient)
    }

    fn space(&self) {}

    fn forward(&self, weights: &Vec<f64>, batch: &GraphBatch<'_>, (): &mut (), into: &mut Outputs) {
        into.multipoles.clear();
        into.scalars.clear();
        into.scalars.resize(batch.atoms(), 0.0);
        self.each(batch, |_, receiver, weight, value, _| into.scalars[receiver] += weights[weight] * value);
    }

    fn edge_gradient(
        &self,
        weights: &Vec<f64>,
        batch: &GraphBatch<'_>,
        (): &mut (),
        seeds: &[f64],
        into: &mut [[f64; 3]],
    ) {
        into.fill([0.0; 3]);
        self.each(batch, |edge, receiver, weight, _, slope| {
            for (sum, x) in into[edge].iter_mut().zip(slope) {
                *sum += seeds[receiver] * weights[weight] * x;
            }
        });
    }

    fn parameter_gradient(
        &self,
        _: &Vec<f64>,
        batch: &GraphBatch<'_>,
        (): &mut (),
        seeds: &[f64],
        into: &mut Vec<f64>,
    ) {
        self.each(batch, |_, receiver, weight, value, _| into[weight] += seeds[receiver] * value);
    }
}

#[derive(Clone)]
struct ToyEngine {
    gaussians: Gaussians,
    weights: Vec<f64>,
}

impl Engine for ToyEngine {
    fn evaluate(&mut self, batch: &GraphBatch<'_>, request: Request, into: &mut Outputs) -> cormorant::Result<()> {
        batch.check(self.gaussians.species, 1)?;
        self.gaussians.forward(&self.weights, batch, &mut (), into);
        into.gradient.clear();
        if request.gradient {
            let mut seeds = vec![0.0; batch.atoms()];
            seeds[..batch.counted.unwrap_or(batch.atoms())].fill(1.0);
            into.gradient.resize(batch.edges(), [0.0; 3]);
            self.gaussians.edge_gradient(&self.weights, batch, &mut (), &seeds, &mut into.gradient);
        }
        Ok(())
    }

    fn twin(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }
}

fn add_the_toy() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| register(TOY).unwrap());
}

/// Water molecules with the energies and forces of three springs, as `water.xyz`, and an input that fits the toy to them.
fn write_input(folder: &Path, model: &str) {
    let mut text = String::new();
    for frame in 0..60 {
        let mut random = Noise::new(7).stream(Consumer::Test, frame, 0);
        let rest = [[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]];
        let positions = rest.map(|p| p.map(|x| x + 0.08 * random.normal()));
        let (mut energy, mut forces) = (-2067.0, [[0.0; 3]; 3]);
        for (i, j, length) in [(0, 1, 0.96), (0, 2, 0.96), (1, 2, 1.52)] {
            let d = [0, 1, 2].map(|axis| positions[j][axis] - positions[i][axis]);
            let r = d.iter().map(|x| x * x).sum::<f64>().sqrt();
            energy += 10.0 * (r - length) * (r - length);
            for axis in 0..3 {
                let pull = 20.0 * (r - length) * d[axis] / r;
                forces[i][axis] += pull;
                forces[j][axis] -= pull;
            }
        }
        let _ = writeln!(text, "3\nProperties=species:S:1:pos:R:3:forces:R:3 energy={energy:.10} pbc=\"F F F\"");
        for (symbol, (x, f)) in ["O", "H", "H"].iter().zip(positions.iter().zip(forces)) {
            let _ = writeln!(text, "{symbol} {} {} {} {} {} {}", x[0], x[1], x[2], f[0], f[1], f[2]);
        }
    }
    std::fs::write(folder.join("water.xyz"), text).unwrap();
    let input = format!(
        "version = 1\nname = \"toy\"\noutput = {{ folder = \"toy\" }}\n\
         [data]\nfile = \"water.xyz\"\nunits = {{ energy = \"eV\", length = \"Å\" }}\ntrain = 40\nvalidation = 10\n\
         [model]\n{model}\n[optimizer]\nbatch = 4\nlearning_rate = 0.3\n[run]\nepochs = 60\nthreads = 2\n"
    );
    std::fs::write(folder.join("fit.toml"), input).unwrap();
    let run = "version = 1\nname = \"run\"\nstructure = { file = \"start.xyz\" }\npotential = { model = \"toy\" }\n\
               output = { folder = \"out\" }\nvelocities = { temperature = \"100 K\" }\n\
               stage = [{ duration = \"200 fs\", time_step = \"0.2 fs\" }]\n";
    std::fs::write(folder.join("run.toml"), run).unwrap();
    std::fs::write(folder.join("start.xyz"), "3\n\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n").unwrap();
}

/// The command line in this process, which knows the toy.
fn command(arguments: &[&str]) -> bool {
    let arguments = ["cormorant"].iter().chain(arguments).map(|argument| (*argument).into());
    format!("{:?}", cormorant::cli::main(arguments)) == format!("{:?}", ExitCode::SUCCESS)
}

const MODE: RunMode = RunMode { force: true, resume: false };

/// Catches: a kind that needs more than its file and one line to be fitted, run, evaluated, certified and described, and one that is
/// handed to a program that does not know it.
#[test]
fn a_third_kind_is_one_file_and_one_line() {
    add_the_toy();
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write_input(here, "kind = \"toy-gaussians\"\ncutoff = \"3 Å\"\nbumps = 12");

    // Fit: the springs are within reach of the Gaussians.
    let input = fit_input(&here.join("fit.toml"), false).unwrap();
    let data = input.data_plan().read().unwrap();
    let fitted = train(&input, &data, MODE, &|| false, &mut |_| {}, &mut |_| {}).unwrap();
    let errors = fitted.summary.errors(Part::Validation).unwrap();
    let labels = 1000.0 * data.report.force_rms;
    assert!(errors.force_mae < 0.1 * labels, "{} meV/Å of {labels}", errors.force_mae);
    let quantities: Vec<_> = errors.quantities().into_iter().map(|one| (one.quantity, one.unit)).collect();
    assert!(quantities.contains(&("force".into(), "meV/Å".into())), "{quantities:?}");

    // Its file says all that is known of it.
    let model = here.join("toy");
    let network = load(&model).unwrap();
    let record = network.record();
    assert_eq!((record.data.file.as_str(), record.fit.epochs, record.frames("train")), ("water.xyz", 60, 40));
    let certificate = record.certificate.expect("a fit ends with a certificate");
    assert!(certificate.force_error < 1e-6 && certificate.rotation_error < 1e-9, "{certificate:?}");
    assert!(std::fs::read_to_string(model.join("report.html")).unwrap().contains("12 Gaussians"));

    // Evaluate: the same errors again.
    let set = DataSet::read(&here.join("water.xyz"), None).unwrap();
    let computing = Computing { threads: Some(1), precision: PrecisionInput::F32, device: DeviceInput::processor() };
    let compared = compare_with_labels(&Models::default(), std::slice::from_ref(&model), &set, computing).unwrap();
    assert!(compared.errors.force_mae < 0.1 * labels);

    // Run: the energy is kept.
    let run = run_input(&here.join("run.toml")).unwrap();
    let quiet = Box::new(Progress::new(Display::Lines(Box::new(std::io::sink()))));
    let done = simulate(&run, MODE, Stop::default(), quiet, &mut |_, _| {}).unwrap();
    assert_eq!(done.outcome.steps, 1000);
    let deviation = done.outcome.stages[0].largest_deviation;
    assert!(deviation < 0.2, "the energy changes by {deviation} meV/atom");

    // Certify and describe, by the command line; go on from it in another fit.
    let shown = model.display().to_string();
    assert!(command(&["certify", &shown]) && command(&["describe", &shown]));
    write_input(here, "start_from = \"toy\"");
    let further =
        std::fs::read_to_string(here.join("fit.toml")).unwrap().replace("folder = \"toy\"", "folder = \"more\"");
    std::fs::write(here.join("fit.toml"), further.replace("epochs = 60", "epochs = 2")).unwrap();
    let input = fit_input(&here.join("fit.toml"), false).unwrap();
    train(&input, &data, MODE, &|| false, &mut |_| {}, &mut |_| {}).unwrap();
    assert!(load(&here.join("more")).unwrap().record().fit.started_from.is_some());

    // KIM: its library has another list of kinds.
    let refused = export_kim(&model, "Toy", here, PrecisionInput::F32, &DeviceInput::processor(), None)
        .err()
        .unwrap()
        .to_string();
    assert!(refused.contains("toy-gaussians") && refused.contains("no other knows"), "{refused}");
}

/// Catches: keys of a kind that are read by another, or unknown ones that are passed over.
#[test]
fn keys_of_a_kind_are_its_own() {
    add_the_toy();
    let folder = tempfile::tempdir().unwrap();
    for (model, expected) in [
        ("kind = \"toy-gaussians\"\ncutof = \"3 Å\"\nbumps = 12", "cutoff"),
        ("kind = \"toy-gaussian\"\ncutoff = \"3 Å\"", "toy-gaussians"),
        ("kind = \"toy-gaussians\"\ncutoff = \"3 fs\"\nbumps = 12", "fs"),
    ] {
        write_input(folder.path(), model);
        // With the remedy.
        let message = format!("{:?}", fit_input(&folder.path().join("fit.toml"), false).unwrap_err());
        assert!(message.contains(expected), "{model}: {message}");
    }
}
