//! Fits to labels of several theories: one body, and references and a readout for each.

use std::fs;
use std::path::Path;

use super::cli::{cormorant, text};
use super::training::{config, frames, scaling};
use cormorant::fit::{
    Configuration, DataPlan, EnergyObjective, Learner, Part, SplitPlan, Theories, TheoryPlan, Trainer,
};
use cormorant::kernels::network::Layout;
use cormorant::model::{
    CormorantConfig, DifferentiableCormorant, GraphBatch, Outputs, PreparedNetwork, ReadoutPlaces, Readouts, Trainable,
    load,
};

use crate::prepare::plan;

/// How the second theory differs from the first: a factor and a constant in eV.
const FACTOR: f64 = 0.8;
const CONSTANT: f64 = 100.0;

fn of(theory: &str, frame: &Configuration) -> Configuration {
    let mut one = frame.clone();
    one.groups.push(("theory".into(), theory.into()));
    if theory == "B" {
        one.energy = one.energy.map(|energy| FACTOR * energy + CONSTANT);
        one.forces.iter_mut().flatten().for_each(|force| *force *= FACTOR);
    }
    one
}

fn small() -> CormorantConfig {
    CormorantConfig { max_degree: 1, max_edge_degree: 1, layers: 1, products: 1, ..CormorantConfig::default() }
}

fn planned(first: Option<&str>) -> TheoryPlan {
    TheoryPlan { key: "theory".into(), first: first.map(String::from), ..TheoryPlan::default() }
}

fn names() -> Vec<String> {
    ["A", "B"].map(String::from).to_vec()
}

/// A trainer on `of_a` frames of theory A and eight of B, with forty of B for validation.
fn trainer(of_a: usize, threads: usize) -> Trainer<f32> {
    let all = frames();
    let train: Vec<Configuration> =
        all[..of_a].iter().map(|one| of("A", one)).chain(all[100..108].iter().map(|one| of("B", one))).collect();
    let plan = planned((of_a > 0).then_some("A"));
    let theories = Theories::of(&plan, &train.iter().collect::<Vec<_>>()).unwrap();
    trainer_of(theories, train, threads)
}

fn trainer_of(theories: Theories, train: Vec<Configuration>, threads: usize) -> Trainer<f32> {
    let all = frames();
    let validation = all[120..160].iter().map(|one| of("B", one)).collect();
    let config = config(threads, 0.03, 4);
    let plain = scaling(&all[..8]);
    let references =
        |name: &String| if name == "A" { plain.references.clone() } else { scaling(&[of("B", &all[100])]).references };
    let references = theories.names().iter().map(references).collect();
    let shape = small().shape(plain.elements.len(), 8.0);
    let network = DifferentiableCormorant::<f32>::new(&shape, config.knot_spacing);
    let network: Box<dyn Trainable<f32>> =
        Box::new(PreparedNetwork::new(network, &vec![0.0; Layout::new(&shape).len()]));
    let places = ReadoutPlaces::of(network.parameters()).unwrap();
    let network = Box::new(Readouts::new(network, places, theories.names()));
    let objective = EnergyObjective::new(plain, &config, &train).with_theories(theories, references);
    Trainer::of(network, Some(shape.cutoff), objective, (&config).into(), [train, validation, Vec::new()]).unwrap()
}

fn pass(trainer: &mut Trainer<f32>, epochs: u64) {
    for number in 0..epochs {
        let share = |number: u64| number as f64 / epochs as f64;
        trainer.epoch(number, share(number), share(number + 1), &|| false).unwrap().unwrap();
    }
}

/// Force MAE of B in meV/Å on frames that were not learned from.
fn error(of_a: usize, epochs: u64) -> f64 {
    let mut trainer = trainer(of_a, 2);
    pass(&mut trainer, epochs);
    trainer.center_energies().unwrap();
    let errors = trainer.evaluate(Part::Validation).unwrap();
    assert!(
        errors.energy_mae < 300.0,
        "energies of B are off by {} meV: whose references are these?",
        errors.energy_mae
    );
    errors.force_mae
}

/// Catches: frames of one theory that teach those of the other nothing, and frames that are fitted or judged with the readout of the other.
#[test]
fn few_frames_of_a_theory_learn_from_many_of_another() {
    let (alone, beside) = (error(0, 600), error(100, 45));
    assert!(beside < 0.8 * alone, "{beside} meV/Å beside frames of the other theory, {alone} alone");
}

/// Catches: batches that mix theories, orders that depend on threads, and a pass that goes on elsewhere than it paused.
#[test]
fn threads_and_pauses_do_not_change_a_bit() {
    let weights = |threads: usize| {
        let mut trainer = trainer(30, threads);
        trainer.epoch(0, 0.0, 1.0, &|| false).unwrap();
        trainer.average()
    };
    let one = weights(1);
    assert_eq!(one, weights(3));
    let mut first = trainer(30, 1);
    let asked = std::sync::atomic::AtomicU64::new(0);
    let stop = || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 4;
    assert!(first.epoch(0, 0.0, 1.0, &stop).unwrap().is_none());
    let mut second = trainer(30, 1);
    second.restore(&first.state()).unwrap();
    second.epoch(0, 0.0, 1.0, &|| false).unwrap();
    assert_eq!(one, second.average());
}

/// Catches: a theory that is asked for several times in a pass and comes once, or whose rounds are all in one order.
#[test]
fn a_theory_may_come_several_times_in_a_pass() {
    let all = frames();
    let train: Vec<Configuration> =
        all[..6].iter().map(|one| of("A", one)).chain(all[6..8].iter().map(|one| of("B", one))).collect();
    let steps = |repeats: usize| {
        let plan = TheoryPlan { repeats: [("B".to_string(), repeats)].into(), ..planned(Some("A")) };
        let theories = Theories::of(&plan, &train.iter().collect::<Vec<_>>()).unwrap();
        let mut trainer = trainer_of(theories, train.clone(), 1);
        trainer.epoch(0, 0.0, 1.0, &|| false).unwrap();
        trainer.average()
    };
    assert_ne!(steps(1), steps(5));
    let plan = TheoryPlan { repeats: [("C".to_string(), 2)].into(), ..planned(None) };
    let message = Theories::of(&plan, &train.iter().collect::<Vec<_>>()).unwrap_err().to_string();
    assert!(message.contains("`repeats` in [data] names"), "{message}");
}

/// Catches: a readout at the wrong place among the weights, and gradients that go to the readout of another theory or to none.
#[test]
fn a_readout_has_its_own_weights_and_gradient() {
    let shape = small().shape(2, 3.0);
    let plain = || {
        PreparedNetwork::new(DifferentiableCormorant::<f64>::new(&shape, 0.05), &vec![0.0; Layout::new(&shape).len()])
    };
    let places = ReadoutPlaces::of(plain().parameters()).unwrap();
    let mut both = Readouts::new(Box::new(plain()), places.clone(), &names());
    let count = both.parameters().count();
    let all: Vec<f64> = (0..count).map(|k| (0.37 * k as f64).sin()).collect();
    let (vectors, senders) = ([[1.0, 0.2, 0.1], [-1.0, -0.2, -0.1]], [1, 0]);
    let batch = GraphBatch {
        species: &[0, 1],
        offsets: &[0, 1, 2],
        senders: &senders,
        vectors: &vectors,
        ..GraphBatch::default()
    };
    for number in 0..2 {
        let mut alone = plain();
        let weights = places.plain(&all, number);
        let (mut expected, mut found) = (Outputs::default(), Outputs::default());
        let gradient = |network: &mut dyn Trainable<f64>, into: &mut Outputs| {
            for worker in &mut network.workers(1) {
                worker.clear();
                worker.forward(&batch, into);
                worker.parameter_gradient(&batch, &[1.0, 2.0]);
            }
            network.gradient(1, false).to_vec()
        };
        alone.replace(&weights, None, false);
        let of_plain = gradient(&mut alone, &mut expected);
        both.read_out(number);
        both.replace(&all, None, false);
        let of_both = gradient(&mut both, &mut found);
        assert_eq!(expected.scalars, found.scalars);
        assert_eq!(places.plain(&of_both, number), of_plain, "readout {number}");
        let other: f64 = places.readout(&places.plain(&of_both, 1 - number)).iter().map(|x| x.abs()).sum();
        assert_eq!(other, 0.0, "the readout of theory {} is moved by a frame of theory {number}", 1 - number);
        assert!(places.readout(&of_plain).iter().any(|x| x.abs() > 1e-3));
    }
}

/// The file of two theories: `of_a` frames of A, `of_b` of B.
fn write(path: &Path, of_a: usize, of_b: usize) {
    let source =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2.xyz")).unwrap();
    let lines: Vec<&str> = source.lines().collect();
    let frames: Vec<&[&str]> = lines.chunks(11).collect();
    let mut out = String::new();
    for (index, frame) in frames[..of_a + of_b].iter().enumerate() {
        let (theory, factor, constant) = if index < of_a { ("A", 1.0, 0.0) } else { ("B", FACTOR, CONSTANT) };
        let energy: f64 = frame[1].split(" energy=").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        out += &format!(
            "9\nProperties=species:S:1:pos:R:3:forces:R:3 energy={:.7} pbc=\"F F F\" theory={theory}\n",
            factor * energy + constant
        );
        for atom in &frame[2..] {
            let words: Vec<&str> = atom.split_whitespace().collect();
            let force: Vec<String> =
                words[4..7].iter().map(|x| format!("{:.6}", factor * x.parse::<f64>().unwrap())).collect();
            out += &format!("{} {}\n", words[..4].join(" "), force.join(" "));
        }
    }
    fs::write(path, out).unwrap();
}

fn input(name: &str, data: &str, model: &str, epochs: usize) -> String {
    input_of(name, &format!("file = \"two.xyz\"\n{data}"), model, epochs)
}

/// The input of a fit with these lines of `[data]` and `[model]`.
pub fn input_of(name: &str, data: &str, model: &str, epochs: usize) -> String {
    format!(
        "version = 1\nname = \"{name}\"\nseed = 1\n[output]\nfolder = \"{name}\"\n[data]\n{data}\n[model]\n{model}\n\
         [run]\nepochs = {epochs}\nthreads = 1\n"
    )
}

pub const SMALL: &str = "channels = 8\nmax_degree = 1\nmax_edge_degree = 1\nlayers = 1\nproducts = 1";

/// Catches: a model of another theory that is missing or has another body, records that do not tell theories apart, frames of another theory
/// that are judged because their key is unusual, and a fit that starts from both but forgets a readout.
#[test]
fn each_theory_has_a_model() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(&at.join("two.xyz"), 40, 20);
    fs::write(at.join("fit.toml"), input("two", "theory_key = \"theory\"", SMALL, 20)).unwrap();
    let out = cormorant(at, &["fit", "fit.toml"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let said = text(&out.stdout);
    assert!(said.contains("theory A: ") && said.contains("theory B: "), "{said}");
    assert!(said.contains("report: two/theories/B/report.html") && at.join("two/theories/B/report.html").exists());
    // A model of somebody else in that place is left alone.
    fs::create_dir_all(at.join("other/theories/B")).unwrap();
    fs::copy(at.join("two/model.safetensors"), at.join("other/theories/B/model.safetensors")).unwrap();
    fs::write(at.join("other.toml"), input("other", "theory_key = \"theory\"", SMALL, 1)).unwrap();
    let refused = text(&cormorant(at, &["fit", "other.toml"]).stderr);
    assert!(refused.contains("other/theories/B: contains a model already"), "{refused}");
    let [a, b] = [at.join("two"), at.join("two/theories/B")].map(|model| load(&model).unwrap());
    for (model, name) in [(&a, "A"), (&b, "B")] {
        assert_eq!(model.record().data.theory.as_ref().map(|theory| theory.name.as_str()), Some(name));
    }
    let (of_a, of_b) = (a.weights().unwrap(), b.weights().unwrap());
    let trainable = a.trainable(cormorant::model::Precision::F64).unwrap();
    let places = ReadoutPlaces::of(trainable.parameters()).unwrap();
    assert_ne!(places.readout(of_a), places.readout(of_b));
    assert_eq!(places.joined(of_a, &[places.readout(of_b)]).unwrap(), of_b, "the bodies differ");
    let shift: f64 = a
        .facts()
        .unwrap()
        .scaling()
        .references
        .iter()
        .zip(b.facts().unwrap().scaling().references)
        .map(|(a, b)| FACTOR * a - b)
        .sum();
    assert!(shift.abs() > 1.0, "references of both theories are alike");
    let said = text(&cormorant(at, &["evaluate", "--model", "two/theories/B", "--data", "two.xyz"]).stdout);
    assert!(said.contains("40 frames have another `theory` than B"), "{said}");
    // Under a key that no other command reads.
    let renamed = fs::read_to_string(at.join("two.xyz")).unwrap().replace("theory=", "level=");
    fs::write(at.join("levels.xyz"), renamed).unwrap();
    let of_levels = input("levels", "theory_key = \"level\"", SMALL, 1).replace("two.xyz", "levels.xyz");
    fs::write(at.join("levels.toml"), of_levels).unwrap();
    assert!(cormorant(at, &["fit", "levels.toml"]).status.success());
    let said = text(&cormorant(at, &["evaluate", "--model", "levels", "--data", "levels.xyz"]).stdout);
    assert!(said.contains("20 frames have another `level` than A"), "{said}");
    // One epoch at the smallest rate, so that the readouts are nearly those of before.
    let rate = "start_from = \"two\"\n[optimizer]\nlearning_rate = 1e-9";
    let data = "theory_key = \"theory\"\ntheory = \"B\"";
    fs::write(at.join("more.toml"), input("more", data, rate, 1)).unwrap();
    let out = cormorant(at, &["fit", "more.toml"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    for (was, is) in [(of_a, "more/theories/A"), (of_b, "more")] {
        let is = load(&at.join(is)).unwrap();
        let apart = was.iter().zip(is.weights().unwrap()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart < 1e-4, "weights moved by {apart}");
    }
}

/// Catches: a key that a fit with one readout does not use, and does not refuse.
#[test]
fn other_fits_refuse_theories() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("two.xyz"), 12, 6);
    let data = "labels = \"energies\"\ntheory_key = \"theory\"";
    fs::write(folder.path().join("fit.toml"), input("two", data, "", 1)).unwrap();
    let said = text(&cormorant(folder.path(), &["fit", "fit.toml"]).stderr);
    assert!(said.contains("`theory_key` is for fits to energies and forces"), "{said}");
}

/// Catches: frames without a theory, or of one without training frames, that pass; a wrong name of the first theory; theories that nobody
/// was told of.
#[test]
fn what_is_wrong_with_theories_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("two.xyz");
    write(&file, 12, 6);
    let read = |theory: Option<(&str, Option<&str>)>| {
        let theory = theory.map(|(key, first)| TheoryPlan { key: key.into(), ..planned(first) });
        DataPlan { theory, ..plan(&file, SplitPlan::Counted { train: None, validation: None, test: 0 }) }.read()
    };
    let note = read(None).unwrap().notes.join("\n");
    assert!(note.contains("2 theories (A, B)") && note.contains("theory_key"), "{note}");
    let message = read(Some(("theory", Some("C")))).unwrap_err().to_string();
    assert!(message.contains("there are A, B"), "{message}");
    let message = read(Some(("level", None))).unwrap_err().to_string();
    assert!(message.contains("level=NAME"), "{message}");
    let data = read(Some(("theory", None))).unwrap();
    assert!(data.notes.iter().all(|note| !note.contains("theories (")), "{:?}", data.notes);
    assert_eq!(data.theories.as_ref().unwrap().names(), names());
    assert_eq!(data.of_theories[0].report.findings, [], "theories are taken for outliers of each other");
    let frames = |number: usize| data.of_theory(number).train.len();
    assert_eq!(frames(0) + frames(1), data.train.len());
}
