//! Networks on a graphics processor give what the processor gives in double precision. Any adapter will do; Mesa's lavapipe is one without
//! hardware (`tests/graphics/run` installs it). Without an adapter these tests say so and do nothing.

use cormorant::model::{
    Backend, CormorantConfig, EngineOptions, GraphBatch, Model, Moments, Network, Outputs, Precision, Request,
    graphics_processors,
};
use cormorant::potential::{Committee, Evaluation, LearnedPotential, Potential, RequestedProperties};
use cormorant::system::{Cell, ElectronicState, Element, NeighborList, Neighbors, System};

use crate::learned::{ethanol, random_model};

const ALL: RequestedProperties = RequestedProperties { virial: true, atom_energies: true };

/// Whether there is a graphics processor; says so if there is none.
pub fn is_there() -> bool {
    let found = graphics_processors().is_ok_and(|found| !found.is_empty());
    if !found {
        eprintln!("skipped: no graphics processor; `tests/graphics/run` installs one that is a program");
    }
    found
}

/// The first graphics processor.
pub fn options() -> EngineOptions {
    EngineOptions { precision: Precision::F32, backend: Backend::Graphics("gpu:0".into()) }
}

fn evaluate(potential: &mut dyn Potential, system: &System) -> Evaluation {
    let mut found = Evaluation::default();
    potential.evaluate(system, ALL, &mut found).unwrap();
    found
}

fn largest<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values.into_iter().fold(0.0, |most, x| most.max(x.abs()))
}

/// Asserts that energies, forces and virial of `system` are those of double precision, within 1e-5 of the largest.
fn compare(model: &Model, system: &System, what: &str) {
    let mut precise = LearnedPotential::new(model, Precision::F64, 1).unwrap();
    let mut on_device = LearnedPotential::new(model, options(), 1).unwrap();
    assert!(on_device.device().is_some() && on_device.instruction_set().is_none());
    let (want, found) = (evaluate(&mut precise, system), evaluate(&mut on_device, system));
    let references: f64 = {
        let scaling = model.header.scaling().unwrap();
        scaling.species(&system.elements).unwrap().iter().map(|&kind| scaling.references[kind as usize]).sum()
    };
    let off = |want: &[f64], found: &[f64], scale: f64, what: &str| {
        let differences: Vec<f64> = want.iter().zip(found).map(|(want, found)| want - found).collect();
        let worst = largest(&differences) / scale;
        assert!(worst < 1e-5, "{what}: {worst:.1e}");
    };
    let [forces, found_forces] = [&want, &found].map(|one| one.forces.as_flattened());
    off(forces, found_forces, largest(forces), &format!("{what}, forces"));
    let learned = (want.energy - references).abs().max(1.0);
    off(&want.atom_energies, &found.atom_energies, learned, &format!("{what}, energies of atoms"));
    off(&[want.energy], &[found.energy], learned, &format!("{what}, energy"));
    let [virial, found_virial] = [&want, &found].map(|one| one.virial.unwrap());
    let virial = virial.as_flattened();
    off(virial, found_virial.as_flattened(), largest(virial), &format!("{what}, virial"));
    // The same bits again, and from a copy.
    let again = [evaluate(&mut on_device, system), evaluate(&mut on_device.twin(), system)];
    assert!(again.iter().all(|again| again.forces == found.forces && again.energy == found.energy), "{what}");
}

fn config(channels: usize) -> CormorantConfig {
    CormorantConfig {
        channels,
        max_edge_degree: 6,
        radial_hidden: 16,
        readout_hidden: 32,
        ..CormorantConfig::default()
    }
}

/// Water molecules on a grid, each turned another way, in a cubic cell.
fn waters(side: usize) -> System {
    let (edge, mut elements, mut positions) = (3.1 * side as f64, Vec::new(), Vec::new());
    for index in 0..side.pow(3) {
        let corner = [index / (side * side), index / side % side, index % side].map(|k| 3.1 * (k as f64 + 0.5));
        let turn = 0.7 * index as f64;
        let (s, c) = turn.sin_cos();
        let molecule = [
            ("O", [0.0, 0.0, 0.0]),
            ("H", [0.96 * c, 0.96 * s, 0.0]),
            ("H", [-0.24 * c - 0.3 * s, 0.3 * c - 0.24 * s, 0.88]),
        ];
        for (symbol, place) in molecule {
            elements.push(Element::from_symbol(symbol).unwrap());
            positions.push([0, 1, 2].map(|axis| corner[axis] + place[axis]));
        }
    }
    let cell = Cell::new([[edge, 0.0, 0.0], [0.0, edge, 0.0], [0.0, 0.0, edge]]).unwrap();
    System::new(elements, positions, Some(cell)).unwrap()
}

/// Catches: a kernel that is wrong for one number of channels, one degree, several products or layers, or for atoms with many neighbors.
#[test]
fn every_size_is_that_of_double_precision() {
    if !is_there() {
        return;
    }
    for channels in [16, 32, 64] {
        compare(&random_model(config(channels), 3), &ethanol(), &format!("{channels} channels"));
    }
    for (max_degree, max_edge_degree, layers, products) in [(0, 0, 1, 1), (1, 2, 1, 2), (2, 3, 3, 1)] {
        let config = CormorantConfig { max_degree, max_edge_degree, layers, products, ..config(16) };
        compare(&random_model(config, 5), &ethanol(), &format!("degree {max_degree}"));
    }
    let model = random_model(config(16), 3);
    // A graph that goes to the device at every step, and one that stays there.
    compare(&model, &waters(4), "64 waters");
    compare(&model, &waters(6), "216 waters");
    // Cells so small or oblique that atoms see their own images, some of them several times.
    let carbon = Element::from_symbol("C").unwrap();
    let cell = Cell::new([[2.6, 0.0, 0.0], [1.1, 2.9, 0.0], [0.4, -0.8, 3.3]]).unwrap();
    let crystal = System::new(vec![carbon; 2], vec![[0.1, 0.0, 0.0], [1.3, 0.9, 1.2]], Some(cell)).unwrap();
    compare(&model, &crystal, "oblique cell");
    let (mut elements, mut positions) = (Vec::new(), Vec::new());
    for index in 0..27 * 20 {
        let [a, b, c] = [index % 3, index / 3 % 3, index / 9].map(f64::from);
        elements.push(carbon);
        positions.push([2.6 * a + 1.1 * b + 0.4 * c + 0.1 * (a * b + c).sin(), 2.9 * b - 0.8 * c, 3.3 * c]);
    }
    let cell = Cell::new([[7.8, 0.0, 0.0], [3.3, 8.7, 0.0], [24.0, -48.0, 198.0]]).unwrap();
    compare(&model, &System::new(elements, positions, Some(cell)).unwrap(), "thin oblique rod");
}

/// Catches: charges and dipoles that the device leaves out of the energy or on the way back.
#[test]
fn charges_are_those_of_double_precision() {
    if !is_there() {
        return;
    }
    for moments in [Moments::Charges, Moments::Quadrupoles] {
        let model = crate::charged_potential::model(moments);
        let mut system = ethanol();
        system.state = ElectronicState::stated(-1, 2);
        compare(&model, &system, &format!("{moments:?}"));
    }
}

/// Catches: atoms of a halo that are computed although nobody needs them, or whose gradients go astray; frames that feel each other.
#[test]
fn halos_and_batches_are_those_of_the_processor() {
    if !is_there() {
        return;
    }
    let model = random_model(CormorantConfig { max_degree: 2, max_edge_degree: 2, ..config(16) }, 8);
    let system = ethanol();
    let species = model.header.scaling().unwrap().species(&system.elements).unwrap();
    let Neighbors { offsets, senders, vectors, .. } =
        NeighborList::new(model.header.config.cutoff, 0.0).update(&system).unwrap().clone();
    let whole = GraphBatch {
        species: &species,
        offsets: &offsets,
        senders: &senders,
        vectors: &vectors,
        ..GraphBatch::default()
    };
    let request = Request { gradient: true, parallel: false };
    let run = |backend: &Backend, precision, batch: &GraphBatch<'_>| {
        let mut outputs = Outputs::default();
        model.engine(backend, precision).unwrap().evaluate(batch, request, &mut outputs).unwrap();
        outputs
    };
    let device = Backend::Graphics("gpu:0".into());
    let halo = GraphBatch { needed: &[7, 4], counted: Some(4), ..whole };
    let want = run(&Backend::Processor, Precision::F64, &halo);
    let found = run(&device, Precision::F32, &halo);
    let scale = largest(want.gradient.as_flattened());
    for (want, found) in want.gradient.as_flattened().iter().zip(found.gradient.as_flattened()) {
        assert!((want - found).abs() < 1e-5 * scale, "{want} {found}");
    }
    for atom in 0..4 {
        assert!((want.scalars[atom] - found.scalars[atom]).abs() < 1e-5, "{want:?} {found:?}");
    }
    // 64 replicas in one batch have the bits of each alone.
    let alone = run(&device, Precision::F32, &whole);
    let (mut kinds, mut starts, mut from, mut edges) = (Vec::new(), vec![0], Vec::new(), Vec::new());
    for copy in 0..64 {
        kinds.extend(&species);
        from.extend(senders.iter().map(|sender| sender + (copy * species.len()) as u32));
        starts.extend(offsets[1..].iter().map(|offset| offset + copy * senders.len()));
        edges.extend(&vectors);
    }
    let together =
        GraphBatch { species: &kinds, offsets: &starts, senders: &from, vectors: &edges, ..GraphBatch::default() };
    let all = run(&device, Precision::F32, &together);
    assert!(all.scalars.chunks(9).all(|replica| replica == alone.scalars));
    assert!(all.gradient.chunks(senders.len()).all(|replica| replica == alone.gradient));
}

/// Catches: members of a committee that overwrite each other's arrays on the device they share.
#[test]
fn a_committee_is_its_members() {
    if !is_there() {
        return;
    }
    let small = CormorantConfig { max_degree: 1, max_edge_degree: 2, ..config(16) };
    let models = [random_model(small.clone(), 1), random_model(small, 2)];
    let one = |model: &Model| Box::new(LearnedPotential::new(model, options(), 1).unwrap()) as Box<dyn Potential>;
    let mut committee = Committee::new(models.iter().map(one).collect()).unwrap();
    let system = ethanol();
    let together = evaluate(&mut committee, &system);
    let energies: Vec<f64> = models.iter().map(|model| evaluate(one(model).as_mut(), &system).energy).collect();
    assert!((together.energy - energies.iter().sum::<f64>() / 2.0).abs() < 1e-9, "{} {energies:?}", together.energy);
    assert!(committee.device().is_some());
}

/// Catches: a device that is silently another one, or a precision that is silently less than was asked for.
#[test]
fn what_cannot_be_is_refused() {
    let model = random_model(config(16), 1);
    let refused = |model: &dyn Network, choice: &str, precision| {
        model.engine(&Backend::Graphics(choice.into()), precision).err().expect("it must be refused").to_string()
    };
    let message = refused(&model, "gpu", Precision::F64);
    assert!(message.contains("single precision; leave `precision` out"), "{message}");
    let narrow = random_model(CormorantConfig { channels: 8, layers: 1, ..config(16) }, 1);
    let message = refused(&narrow, "gpu", Precision::F32);
    assert!(message.contains("networks of 8 channels run on the processor alone"), "{message}");
    if !is_there() {
        let message = refused(&model, "gpu", Precision::F32);
        assert!(message.contains("no graphics processor was found"), "{message}");
        return;
    }
    let message = refused(&model, "Nonesuch 9000", Precision::F32);
    assert!(message.contains("is called \"Nonesuch 9000\"; there are gpu:0 "), "{message}");
    // Millions of atoms without a single edge.
    let species = vec![0; 40_000_000];
    let crowd = GraphBatch { species: &species, offsets: &vec![0; species.len() + 1], ..GraphBatch::default() };
    let mut engine = model.engine(&Backend::Graphics("gpu:0".into()), Precision::F32).unwrap();
    let message = engine.evaluate(&crowd, Request::default(), &mut Outputs::default()).unwrap_err().to_string();
    assert!(message.contains("allows no arrays for 40000000 atoms of this network, but for "), "{message}");
    let folder = tempfile::tempdir().unwrap();
    let message = refused(&crate::original_model::model(folder.path()), "gpu", Precision::F32);
    assert!(message.contains("kind `cormorant-2019`, which graphics processors do not compute"), "{message}");
}
