//! One engine for everything that evaluates a network.

use std::sync::Arc;

use candle_core::{Device, Module, Tensor, Var};
use cormorant::kernels::Real;
use cormorant::model::{
    Backend, CandleModel, CormorantConfig, EdgeGradient, Edges, FusedNetwork, GraphBatch, Model, Network,
    OriginalNetwork, Outputs, Precision, Request, collect_edges,
};
use cormorant::potential::{Evaluation, LearnedPotential, Potential, RequestedProperties};
use cormorant::system::{Cell, NeighborList, Neighbors, System};

use crate::learned::{ethanol, random_model};
use crate::original_model::{model as original_model, molecule};

const GRADIENT: Request = Request { gradient: true, parallel: false };

fn model() -> Model {
    random_model(CormorantConfig { radial_hidden: 16, ..CormorantConfig::default() }, 21)
}

fn neighbors(model: &Model, system: &System) -> (Vec<u32>, Neighbors) {
    let species = model.header.scaling().unwrap().species(&system.elements).unwrap();
    (species, NeighborList::new(model.header.config.cutoff, 0.0).update(system).unwrap().clone())
}

fn batch<'a>(species: &'a [u32], neighbors: &'a Neighbors) -> GraphBatch<'a> {
    let Neighbors { offsets, senders, vectors, .. } = neighbors;
    GraphBatch { species, offsets, senders, vectors, ..GraphBatch::default() }
}

/// Energies of the atoms and edge gradients by candle's autograd through the fused operation.
fn by_candle<T: Real>(model: &Model, species: &[u32], neighbors: &Neighbors) -> (Vec<f64>, Vec<[f64; 3]>) {
    let network = FusedNetwork::<T>::new(&model.header.shape(), model.header.knot_spacing);
    let edges =
        Edges { species: species.to_vec(), offsets: neighbors.offsets.clone(), senders: neighbors.senders.clone() };
    let flat = neighbors.vectors.as_flattened().to_vec();
    let vectors = Var::from_vec(flat, (neighbors.edge_count(), 3), &Device::Cpu).unwrap();
    let weights = Tensor::new(model.weights.clone(), &Device::Cpu).unwrap();
    let energies = network.atom_energies(&Arc::new(edges), &vectors, &weights, false).unwrap();
    let gradients = energies.sum_all().unwrap().backward().unwrap();
    let gradient = gradients.get(&vectors).unwrap().flatten_all().unwrap().to_vec1::<f64>().unwrap();
    (energies.to_vec1().unwrap(), gradient.as_chunks::<3>().0.to_vec())
}

/// Catches: a simulation that computes another function than the candle operation which defines its forces.
#[test]
fn candle_and_the_loop_agree() {
    let (model, system) = (model(), ethanol());
    let (species, neighbors) = neighbors(&model, &system);
    for precision in [Precision::F32, Precision::F64] {
        let (energies, gradient) = match precision {
            Precision::F32 => by_candle::<f32>(&model, &species, &neighbors),
            Precision::F64 => by_candle::<f64>(&model, &species, &neighbors),
        };
        let mut outputs = Outputs::default();
        let mut engine = model.engine(&Backend::Processor, precision).unwrap();
        engine.evaluate(&batch(&species, &neighbors), GRADIENT, &mut outputs).unwrap();
        assert_eq!(outputs.scalars, energies, "{precision:?}");
        assert_eq!(outputs.gradient, gradient, "{precision:?}");
        // The potential adds scale and references, and nothing else.
        let mut found = Evaluation::default();
        let want = RequestedProperties { virial: true, atom_energies: true };
        let mut potential = LearnedPotential::new(&model, precision, 1).unwrap().without_wall();
        potential.evaluate(&system, want, &mut found).unwrap();
        let scaling = model.header.scaling().unwrap();
        let mut forces = vec![[0.0; 3]; system.atom_count()];
        let mut virial = [[0.0; 3]; 3];
        let receivers = neighbors.offsets.windows(2).enumerate().flat_map(|(atom, run)| vec![atom; run[1] - run[0]]);
        let edges = receivers.enumerate().map(|(edge, receiver)| EdgeGradient {
            receiver,
            sender: neighbors.senders[edge] as usize,
            vector: neighbors.vectors[edge],
            gradient: gradient[edge].map(|g| g * scaling.scale),
        });
        collect_edges(edges, &mut forces, Some(&mut virial));
        assert_eq!(found.forces, forces, "{precision:?}");
        assert_eq!(found.virial, Some(virial), "{precision:?}");
        for (atom, energy) in found.atom_energies.iter().enumerate() {
            assert_eq!(*energy, energies[atom] * scaling.scale + scaling.references[species[atom] as usize]);
        }
    }
}

/// Catches: a candle module whose energy is another one than that of simulations, or whose autograd loses an edge or a cell.
#[test]
fn the_candle_module_gives_the_forces_of_the_loop() {
    let model = model();
    let folder = tempfile::tempdir().unwrap();
    let original = original_model(folder.path());
    let mut crystal = ethanol();
    crystal.cell = Some(Cell::new([[7.0, 0.0, 0.0], [0.8, 6.5, 0.0], [-0.4, 0.9, 6.0]]).unwrap());
    let cases: [(&dyn Network, System); 3] = [(&model, ethanol()), (&model, crystal), (&original, molecule())];
    for (network, system) in cases {
        let module = CandleModel::new(network, Precision::F64, &system.elements, system.cell).unwrap();
        let flat = system.positions.as_flattened().to_vec();
        let positions = Var::from_vec(flat, (system.atom_count(), 3), &Device::Cpu).unwrap();
        let energy = module.forward(&positions).unwrap();
        let gradients = energy.backward().unwrap();
        let gradient = gradients.get(&positions).unwrap().flatten_all().unwrap().to_vec1::<f64>().unwrap();
        let mut found = Evaluation::default();
        let mut potential = LearnedPotential::new(network, Precision::F64, 1).unwrap().without_wall();
        potential.evaluate(&system, RequestedProperties::default(), &mut found).unwrap();
        let energy = energy.to_vec1::<f64>().unwrap()[0];
        let kind = network.facts().unwrap().kind;
        if system.cell.is_none() {
            assert_eq!(energy, found.energy, "{kind}");
        }
        assert!((energy - found.energy).abs() < 1e-10 * found.energy.abs(), "{kind}: {energy} {}", found.energy);
        let largest = gradient.iter().fold(0.0f64, |most, x| most.max(x.abs()));
        for (force, slope) in found.forces.as_flattened().iter().zip(&gradient) {
            assert!((force + slope).abs() < 1e-12 * largest, "{kind}: {force} against {slope}");
        }
    }
}

/// Catches: the network of 2019 on edges that is another one than on positions, in any bit of its energy or forces.
#[test]
fn the_network_of_2019_keeps_its_bits_on_edges() {
    let folder = tempfile::tempdir().unwrap();
    let (model, system) = (original_model(folder.path()), molecule());
    let header = &model.header;
    let elements = header.elements().unwrap();
    let species = system.elements.iter().map(|one| elements.iter().position(|known| known == one).unwrap() as u32);
    let species = Arc::new(species.collect::<Vec<u32>>());
    let weights = Tensor::new(model.weights.clone(), &Device::Cpu).unwrap();
    let flat = system.positions.as_flattened().to_vec();
    let positions = Var::from_vec(flat, (system.atom_count(), 3), &Device::Cpu).unwrap();
    let network = OriginalNetwork::<f32>::new(&header.shape().unwrap());
    let output = network.apply(&species, &positions, &weights).unwrap();
    let gradients = output.backward().unwrap();
    let gradient = gradients.get(&positions).unwrap().flatten_all().unwrap().to_vec1::<f64>().unwrap();
    let mut found = Evaluation::default();
    let mut potential = LearnedPotential::new(&model, Precision::F32, 1).unwrap();
    potential.evaluate(&system, RequestedProperties::default(), &mut found).unwrap();
    assert_eq!(found.energy, output.to_vec1::<f64>().unwrap()[0] * header.deviation + header.mean);
    let forces: Vec<f64> = gradient.iter().map(|x| -x * header.deviation).collect();
    assert_eq!(found.forces.as_flattened(), forces);
}

/// Catches: frames of a batch that feel each other, or whose bits depend on the company they are in.
#[test]
fn frames_of_a_batch_keep_their_bits() {
    let model = model();
    let (mut one, mut two) = (ethanol(), ethanol());
    one.positions.iter_mut().for_each(|x| x[1] *= 1.02);
    two.positions.reverse();
    two.elements.reverse();
    let graphs = [neighbors(&model, &one), neighbors(&model, &two), neighbors(&model, &one)];
    let mut engine = model.engine(&Backend::Processor, Precision::F32).unwrap();
    let (mut species, mut all, mut expected) = (Vec::new(), Neighbors::default(), Outputs::default());
    let mut frames = vec![0];
    all.offsets.push(0);
    for (kinds, graph) in &graphs {
        let mut outputs = Outputs::default();
        engine.evaluate(&batch(kinds, graph), GRADIENT, &mut outputs).unwrap();
        expected.scalars.extend(outputs.scalars);
        expected.gradient.extend(outputs.gradient);
        let (atoms, edges) = (species.len(), all.senders.len());
        species.extend(kinds);
        all.senders.extend(graph.senders.iter().map(|sender| sender + atoms as u32));
        all.vectors.extend(&graph.vectors);
        all.offsets.extend(graph.offsets[1..].iter().map(|offset| offset + edges));
        frames.push(species.len());
    }
    let together = GraphBatch { frames: &frames, ..batch(&species, &all) };
    assert_eq!(together.frame_ranges().map(|frame| frame.len()).collect::<Vec<_>>(), [9, 9, 9]);
    let mut found = Outputs::default();
    engine.twin().evaluate(&together, GRADIENT, &mut found).unwrap();
    assert_eq!(found, expected);
    engine.evaluate(&together, Request::default(), &mut found).unwrap();
    assert_eq!((found.scalars, found.gradient.len()), (expected.scalars, 0));
}

/// Catches: a batch of arrays that do not belong together, which ends in a panic or in numbers of nothing.
#[test]
fn broken_batches_are_refused() {
    let (model, system) = (model(), ethanol());
    let (species, graph) = neighbors(&model, &system);
    let whole = batch(&species, &graph);
    let (strange, far) = (vec![7; 9], vec![9; graph.senders.len()]);
    let broken = [
        (GraphBatch { vectors: &whole.vectors[1..], ..whole }, "as many edge vectors as senders"),
        (GraphBatch { offsets: &whole.offsets[1..], ..whole }, "one run of edges"),
        (GraphBatch { senders: &far, ..whole }, "senders that are atoms"),
        (GraphBatch { species: &strange, ..whole }, "elements that the network knows"),
        (GraphBatch { needed: &[9], ..whole }, "needs no more atoms in a hop"),
        (GraphBatch { counted: Some(10), ..whole }, "counts no more atoms"),
        (GraphBatch { frames: &[0, 4], ..whole }, "frames that cover all atoms"),
    ];
    let mut engine = model.engine(&Backend::Processor, Precision::F64).unwrap();
    for (batch, reason) in broken {
        let message = engine.evaluate(&batch, GRADIENT, &mut Outputs::default()).unwrap_err().to_string();
        assert!(message.contains(reason), "{message}");
    }
    let folder = tempfile::tempdir().unwrap();
    let mut engine = original_model(folder.path()).engine(&Backend::Processor, Precision::F64).unwrap();
    let halo = GraphBatch { counted: Some(3), ..whole };
    let message = engine.evaluate(&halo, GRADIENT, &mut Outputs::default()).unwrap_err().to_string();
    assert!(message.contains("couples all atoms"), "{message}");
}
