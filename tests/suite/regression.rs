//! Fits to one number per molecule: the optimizer, the splits and the data of 2019, and the same bits whatever happens.

use std::io::Write;

use cormorant::fit::qm9::{Property, Qm9};
use cormorant::fit::regression::{AmsGrad, Head, RegressionConfig, Sample, Standard};
use cormorant::fit::{
    DataSet, FrameEvaluation, Graph, Learner, Part, PropertyObjective, Trainer, legacy_permutation, md17_split,
    qm9_split,
};
use cormorant::model::{
    CormorantConfig, Differentiable, DifferentiableCormorant, DifferentiableOriginal, Doubles, GraphBatch,
    OriginalConfig, PreparedNetwork, Scaling, Trainable,
};
use cormorant::system::Element;

#[test]
fn amsgrad_steps() {
    // Catches plain Adam, and the maximum taken of corrected moments: both forget a large gradient sooner.
    let mut optimizer = AmsGrad::new(vec![0.0_f64]);
    assert!(optimizer.step(&[1.0], 0.1));
    assert!((optimizer.weights[0] + 0.1 / (1.0 + 1e-8)).abs() < 1e-15);
    // By hand: m = 0.09 + 0.1 g, v = 0.999e-3 + 1e-3 g², v̂ stays 1e-3 for g = 0.
    assert!(optimizer.step(&[0.0], 0.1));
    let (m, v) = (0.09 / (1.0 - 0.81), 1e-3_f64.sqrt() / (1.0 - 0.999_f64.powi(2)).sqrt());
    let expected = -0.1 / (1.0 + 1e-8) - 0.1 * m / (v + 1e-8);
    assert!((optimizer.weights[0] - expected).abs() < 1e-14, "{} {expected}", optimizer.weights[0]);
    assert!(!optimizer.step(&[f64::NAN], 0.1), "a gradient that is not finite must be skipped");
    assert_eq!(optimizer.steps, 2);
}

#[test]
fn splits_of_2019() {
    // Catches any other generator, seeding, masking or order of exchanges than the original's.
    assert_eq!(legacy_permutation(10, 0)[..6], [2, 8, 4, 9, 1, 6]);
    let [train, validation, test] = md17_split(133_770).unwrap();
    assert_eq!((train.len(), validation.len(), test.len()), (50_000, 10_000, 10_000));
    assert_eq!(train[..3], [441, 89_263, 67_038]);
    assert_eq!((validation[0], test[0]), (97_492, 90_910));
    assert!(md17_split(69_999).is_none());
    let parts = qm9_split(130_831);
    assert_eq!(parts.each_ref().map(Vec::len), [100_000, 17_748, 13_083]);
    let mut all = parts.concat();
    all.sort_unstable();
    assert!(all.iter().copied().eq(0..130_831));
}

/// Methane and ammonia as in the tables of qm9pack, columns in another order, and as published files.
const TABLE: &str = r#"XYZ_file,Index,SMILES,Elements,XYZ_Ang,RotA_GHz,Dipole_debye,Polarizability_bohr3,HOMO_au,LUMO_au,HOMO_LUMO_gap_au,R2_bohr2,ZPVE_au,InternalEnergy_0K_au,InternalEnergy_298K_au,Enthalphy_298K_au,GibbsFreeEnergy_298K_au,Heatcapacity_Cv_cal_mol_K
"b.xyz",2,"N","['N','H','H','H']","[[-0.0404260543,1.0241077531,0.0625637998],[0.0172574639,0.0125452063,-0.0273771593],[0.9157893661,1.3587451948,-0.0287577581],[-0.5202777357,1.3435321258,-0.7755426124]]",293.60975,1.6256,9.46,-0.257,0.0829,0.3399,26.1563,0.034358,-56.525887,-56.523026,-56.522082,-56.544961,6.316
"a.xyz",1,"C","['C','H','H','H','H']","[[-0.0126981359,1.0858041578,0.0080009958],[0.002150416,-0.0060313176,0.0019761204],[1.0117308433,1.4637511618,0.0002765748],[-0.540815069,1.4475266138,-0.8766437152],[-0.5238136345,1.4379326443,0.9063972942]]",157.7118,0.,13.21,-0.3877,0.1171,0.5048,35.3641,0.044749,-40.47893,-40.476062,-40.475117,-40.498597,6.469
"#;
const METHANE: &str = "5\ngdb 1\t157.7118\t157.70997\t157.70699\t0.\t13.21\t-0.3877\t0.1171\t0.5048\t35.3641\t0.044749\t\
-40.47893\t-40.476062\t-40.475117\t-40.498597\t6.469\t\nC\t-0.0126981359\t 1.0858041578\t 0.0080009958\t-0.535689\n\
H\t 2.150416*^-3\t-0.0060313176\t 0.0019761204\t 0.133921\nH\t 1.0117308433\t 1.4637511618\t 0.0002765748\t 0.133922\n\
H\t-0.540815069\t 1.4475266138\t-0.8766437152\t 0.133923\nH\t-0.5238136345\t 1.4379326443\t 0.9063972942\t 0.133923\n\
1341.307\t1341.3284\nC\tC\t\nInChI=1S/CH4/h1H4\tInChI=1S/CH4/h1H4\n";

fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, text) in files {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", text.len()).as_bytes());
        bytes.extend(header);
        bytes.extend(text.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.extend([0; 1024]);
    bytes
}

#[test]
fn qm9_is_read_from_tables_and_archive() {
    // Catches a column taken for another, units, references, the exponents of the published files, and molecules that failed
    // the authors' check.
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("qm9.csv");
    std::fs::write(&table, TABLE).unwrap();
    let set = Qm9::read(&table).unwrap();
    assert_eq!(set.molecules.iter().map(|one| one.index).collect::<Vec<_>>(), [1, 2]);
    let methane = &set.molecules[0];
    assert_eq!(methane.elements.len(), 5);
    assert_eq!(methane.positions[1], [0.002150416, -0.0060313176, 0.0019761204]);
    // Atomisation energy of methane at this level of theory: −395.99959 kcal/mol (MoleculeNet), 23.0605 kcal/mol in an eV.
    let u0 = methane.labeled(Property::U0).energy.unwrap();
    assert!((u0 - -395.999_59 / 23.0605).abs() < 1e-3, "{u0}");
    let value = |property: Property| methane.labeled(property).energy.unwrap();
    assert!((value(Property::Cv) - (6.469 - 5.0 * 2.981)).abs() < 1e-12);
    assert!((value(Property::Gap) - (0.1171 + 0.3877) * 27.2114).abs() < 1e-9);
    assert!((value(Property::Zpve) - 0.044749 * 27211.4).abs() < 1e-9);
    assert_eq!([value(Property::Mu), value(Property::Alpha), value(Property::R2)], [0.0, 13.21, 35.3641]);

    let archive = folder.path().join("dsgdb9nsd.xyz.tar.bz2");
    let bad = METHANE.replace("gdb 1", "gdb 21725");
    let mut encoder =
        bzip2::write::BzEncoder::new(std::fs::File::create(&archive).unwrap(), bzip2::Compression::fast());
    encoder.write_all(&tar(&[("dsgdb9nsd_000001.xyz", METHANE), ("dsgdb9nsd_021725.xyz", &bad)])).unwrap();
    encoder.finish().unwrap();
    let message = Qm9::read(&archive).unwrap_err().to_string();
    assert!(message.contains("uncharacterized.txt"), "{message}");
    std::fs::write(folder.path().join("uncharacterized.txt"), "List\n=====\n 21725  CCC  1.0\n").unwrap();
    let published = Qm9::read(&archive).unwrap();
    assert_eq!(published.molecules.as_slice(), std::slice::from_ref(methane));

    std::fs::write(&table, TABLE.replace("13.21", "thirteen")).unwrap();
    let message = Qm9::read(&table).unwrap_err().to_string();
    assert!(message.contains("line 3"), "{message}");
    std::fs::write(&table, "Index,Elements\n").unwrap();
    let message = Qm9::read(&table).unwrap_err().to_string();
    assert!(message.contains("\"XYZ_Ang\""), "{message}");
}

fn ethanol(count: usize) -> Vec<Sample> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2.xyz");
    let mut frames = DataSet::read(&path, None).unwrap().configurations;
    frames.truncate(count);
    frames.into_iter().map(Sample::from).collect()
}

fn elements() -> Vec<Element> {
    [1, 6, 8].map(|number| Element::from_number(number).unwrap()).into()
}

fn config(averaged: bool, threads: usize) -> RegressionConfig {
    RegressionConfig {
        batch: 5,
        learning_rate: 5e-3,
        final_learning_rate: 1e-4,
        huber_delta: 0.0,
        warm_up: 0,
        averaged: averaged.then_some((0.9, 2.0)),
        threads,
        seed: 4,
    }
}

/// A trainer of a property.
type PropertyTrainer = Trainer<f64, PropertyObjective>;

fn original(threads: usize) -> PropertyTrainer {
    let settings = OriginalConfig { channels: 4, levels: 2, max_degree: 1, max_edge_degree: 1, ..Default::default() };
    let network = DifferentiableOriginal::<f32>::new(&settings.shape(vec![1, 6, 8]));
    let zeros = vec![0.0; network.parameters().count()];
    let frames = ethanol(20);
    let (standard, part) = (Standard::of(&frames), frames[..5].to_vec());
    let objective = PropertyObjective::new(elements(), None, standard, 0.0);
    let network = Box::new(PreparedNetwork::new(network, &zeros));
    Trainer::of(network, None, objective, (&config(false, threads)).into(), [frames, part, Vec::new()]).unwrap()
}

fn production(head: Head, threads: usize) -> PropertyTrainer {
    let mut frames = ethanol(20);
    if head == Head::Dipole {
        for frame in &mut frames {
            let [a, b] = [0, 2].map(|atom: usize| frame.configuration.positions[atom]);
            frame.target = (0..3).map(|axis| b[axis] - a[axis]).collect();
        }
    }
    let standard = if head == Head::Dipole { Standard::about_zero(&frames) } else { Standard::of(&frames) };
    learner(head, config(true, threads), standard, frames)
}

fn learner(head: Head, config: RegressionConfig, standard: Standard, frames: Vec<Sample>) -> PropertyTrainer {
    let settings = CormorantConfig {
        max_degree: 1,
        max_edge_degree: 2,
        layers: 1,
        products: 1,
        radial_hidden: 16,
        multipole: head.multipole(),
        ..Default::default()
    };
    let network = DifferentiableCormorant::<f32>::new(&settings.shape(3, 8.0), 0.04);
    let zeros = vec![0.0; network.parameters().count()];
    let network = Box::new(Doubles::new(Box::new(PreparedNetwork::new(network, &zeros))));
    let part = frames[..5].to_vec();
    let objective = PropertyObjective::new(elements(), Some(head), standard, config.huber_delta);
    let parts = [frames, part, Vec::new()];
    Trainer::of(network, Some(settings.cutoff), objective, (&config).into(), parts).unwrap()
}

/// Trains; the loss must fall, and threads and interruptions must not be seen in any bit.
fn exact(make: impl Fn(usize) -> PropertyTrainer) {
    let go = |trainer: &mut PropertyTrainer, epochs: std::ops::Range<u64>| -> f64 {
        let share = |epoch: u64| epoch as f64 / 12.0;
        let mut loss = f64::NAN;
        for epoch in epochs {
            loss = trainer.epoch(epoch, share(epoch), share(epoch + 1), &|| false).unwrap().unwrap().loss;
        }
        loss
    };
    let mut one = make(1);
    let first = go(&mut one, 0..1);
    let state = one.state();
    let last = go(&mut one, 1..12);
    assert!(last < 0.9 * first, "the loss went from {first} to {last}");
    let mut two = make(2);
    two.restore(&state).unwrap();
    go(&mut two, 1..12);
    assert_eq!(one.average(), two.average(), "two threads and a restored state");
    assert!(one.evaluate(Part::Validation).unwrap().energy_mae.is_finite());
    assert!(one.evaluate(Part::Validation).unwrap().force_mae.is_nan());
}

#[test]
fn the_network_of_2019_learns_and_repeats_itself() {
    // Catches sums that depend on threads, and optimizer state that is not restored.
    exact(original);
}

#[test]
fn the_production_network_learns_numbers() {
    // Catches the same, for numbers and vectors.
    exact(|threads| production(Head::Extensive, threads));
    exact(|threads| production(Head::Intensive, threads));
    exact(|threads| production(Head::Dipole, threads));
}

#[test]
fn recipes_belong_to_optimizers() {
    // Catches a fit of 2019 that is told of new steps when only those of the production network changed, and the reverse.
    assert_eq!(original(1).recipe(), 0);
    assert!(production(Head::Extensive, 1).recipe() > 0);
}

#[test]
fn large_errors_count_by_size() {
    // Catches a loss that takes no notice of `huber_delta`: one label that is off by fifty deviations draws all others along.
    let error_of_others = |huber_delta: f64| -> f64 {
        let mut frames = ethanol(20);
        let standard = Standard::of(&frames);
        frames[3].target[0] += 50.0 * standard.deviation;
        let mut trainer =
            learner(Head::Extensive, RegressionConfig { huber_delta, ..config(true, 1) }, standard, frames);
        for epoch in 0..12 {
            let share = |epoch: u64| epoch as f64 / 12.0;
            trainer.epoch(epoch, share(epoch), share(epoch + 1), &|| false).unwrap().unwrap();
        }
        let pairs = trainer.predictions(Part::Train).unwrap();
        let others = pairs.iter().enumerate().filter(|(place, _)| *place != 3);
        others.map(|(_, (label, found))| (label.target[0] - found[0]).abs()).sum()
    };
    let (squares, sizes) = (error_of_others(0.0), error_of_others(0.1));
    assert!(sizes < 0.5 * squares, "errors of the others: {squares} with squares, {sizes} with sizes");
}

#[test]
fn heads_scale_as_they_say() {
    // Catches an intensive number that grows with the molecule: two copies far apart have twice the extensive number and the
    // same intensive one.
    let settings = CormorantConfig::default();
    let frame = ethanol(1).remove(0).configuration;
    let mut two = frame.clone();
    two.elements.extend(frame.elements.clone());
    two.positions.extend(frame.positions.iter().map(|[x, y, z]| [x + 50.0, *y, *z]));
    for (head, factor) in [(Head::Extensive, 2.0), (Head::Intensive, 1.0)] {
        let scaling = Scaling { elements: elements(), references: vec![0.0; 3], scale: 1.0 };
        let network = DifferentiableCormorant::<f64>::new(&settings.shape(3, 8.0), 0.04);
        let [one, both] = [&frame, &two].map(|one| Graph::new(one, &scaling, settings.cutoff).unwrap());
        let batch = GraphBatch {
            species: &one.species,
            offsets: &one.offsets,
            senders: &one.senders,
            vectors: &one.vectors,
            ..GraphBatch::default()
        };
        let packed = network.initial(cormorant::noise::Noise::new(1), &[batch]);
        let mut network = PreparedNetwork::new(network, &packed);
        let mut evaluation = FrameEvaluation::new(Some(settings.cutoff));
        let mut number = |graph| {
            let mut number = [0.0];
            evaluation.numbers(network.workers(1)[0].as_mut(), graph, Some(head), &mut number);
            number[0]
        };
        let (single, double) = (number(&one), number(&both));
        assert!((double - factor * single).abs() < 1e-9 * single.abs(), "{head:?}: {single} {double}");
    }
}
