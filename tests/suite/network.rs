//! The fused network against its definition.

use candle_core::{DType, Device, Tensor, Var};
use cormorant::fit::{FrameEvaluation, FrameWeights, Graph, ObjectiveWeights, Sides};
use cormorant::kernels::Real;
use cormorant::kernels::network::{Gradient, Layout, Plan, Shape, Topology, Weights, Workspace};
use cormorant::model::{
    Composition, CormorantConfig, DifferentiableCormorant, Edges, FusedNetwork, Moments, Network, PreparedNetwork,
    Trainable,
};
use cormorant::noise::{Consumer, Noise};
use cormorant::settings::ModelInput;

pub(crate) struct Case {
    pub(crate) shape: Shape,
    pub(crate) species: Vec<u32>,
    pub(crate) offsets: Vec<usize>,
    pub(crate) senders: Vec<u32>,
    pub(crate) vectors: Vec<[f64; 3]>,
    pub(crate) weights: Vec<f64>,
}

impl Case {
    /// A random cluster of `atoms` atoms of `species` kinds and random weights.
    pub(crate) fn new(config: &CormorantConfig, atoms: usize, species: usize, seed: u64) -> Self {
        let shape = config.shape(species, 6.0);
        let mut random = Noise::new(seed).stream(Consumer::Test, 0, 0);
        let positions: Vec<[f64; 3]> = (0..atoms)
            .map(|k| [0, 1, 2].map(|axis| 1.6 * ((k >> axis) & 1) as f64 + 0.9 * (k / 8) as f64 + random.uniform()))
            .collect();
        let kinds = (0..atoms).map(|k| (k % species) as u32).collect();
        let (mut offsets, mut senders, mut vectors) = (vec![0], Vec::new(), Vec::new());
        for i in 0..atoms {
            for j in 0..atoms {
                let vector = [0, 1, 2].map(|axis| positions[j][axis] - positions[i][axis]);
                if i != j && vector.iter().map(|x| x * x).sum::<f64>() < shape.cutoff * shape.cutoff {
                    senders.push(j as u32);
                    vectors.push(vector);
                }
            }
            offsets.push(senders.len());
        }
        let layout = Layout::new(&shape);
        let weights = layout
            .blocks
            .iter()
            .flat_map(|block| (0..block.len()).map(|_| block.scale).collect::<Vec<_>>())
            .map(|scale| 0.7 * scale * random.normal())
            .collect();
        Self { shape, species: kinds, offsets, senders, vectors, weights }
    }

    pub(crate) fn topology(&self) -> Topology<'_> {
        Topology { species: &self.species, offsets: &self.offsets, senders: &self.senders, needed: &[] }
    }

    pub(crate) fn edges(&self) -> Vec<(f64, usize)> {
        let mut edges = Vec::new();
        for i in 0..self.species.len() {
            for e in self.offsets[i]..self.offsets[i + 1] {
                let (a, b) = (self.species[i] as usize, self.species[self.senders[e] as usize] as usize);
                let distance = self.vectors[e].iter().map(|x| x * x).sum::<f64>().sqrt();
                edges.push((distance, a.max(b) * (a.max(b) + 1) / 2 + a.min(b)));
            }
        }
        edges
    }

    /// What the numbers of the atoms' multipoles count in the sum whose gradients are compared.
    fn multipole_seeds(&self) -> Vec<f64> {
        (0..self.species.len() * self.shape.multipole_rows()).map(|k| 0.4 + (k as f64).sin()).collect()
    }

    /// Energies with multipoles behind them, edge gradients and weight gradients of the plain composition in f64.
    pub(crate) fn composed(&self) -> (Vec<f64>, Vec<[f64; 3]>, Vec<f64>) {
        let flat: Vec<f64> = self.vectors.iter().flatten().copied().collect();
        let vectors =
            Var::from_tensor(&Tensor::from_vec(flat, (self.vectors.len(), 3), &Device::Cpu).unwrap()).unwrap();
        let weights = Var::from_tensor(&Tensor::new(self.weights.clone(), &Device::Cpu).unwrap()).unwrap();
        let network = Composition::new(&self.shape, DType::F64);
        let (energies, multipoles) = network.readouts(&self.topology(), &vectors, &weights).unwrap();
        let mut sum = energies.sum_all().unwrap();
        let mut numbers: Vec<f64> = energies.to_vec1().unwrap();
        if let Some(multipoles) = multipoles {
            let multipoles = multipoles.flatten_all().unwrap();
            let seeds = Tensor::new(self.multipole_seeds(), &Device::Cpu).unwrap();
            sum = (sum + (&multipoles * seeds).unwrap().sum_all().unwrap()).unwrap();
            numbers.extend(multipoles.to_vec1::<f64>().unwrap());
        }
        let gradients = sum.backward().unwrap();
        let by_edge: Vec<Vec<f64>> = gradients.get(&vectors).unwrap().to_vec2().unwrap();
        let by_weight = gradients.get(&weights).unwrap().to_vec1().unwrap();
        (numbers, by_edge.iter().map(|row| [row[0], row[1], row[2]]).collect(), by_weight)
    }

    /// The same from the fused network in precision `T`, radial functions exact or splined.
    fn fused<T: Real>(&self, spacing: Option<f64>) -> (Vec<f64>, Vec<[f64; 3]>, Vec<f64>) {
        let plan = Plan::<T>::new(&self.shape);
        let packed: Vec<T> = self.weights.iter().map(|&x| T::from_f64(x)).collect();
        let mut weights = match spacing {
            None => Weights::exact(&plan, &packed, &self.edges()),
            Some(spacing) => Weights::splined(&plan, &packed, spacing, 0.0),
        };
        let mut workspace = Workspace::new(&plan);
        plan.forward(&weights, &self.topology(), &self.vectors, &mut workspace, false);
        let numbers = workspace.atom_energies.iter().chain(&workspace.atom_multipoles);
        let energies = numbers.map(|x| x.to_f64()).collect();
        let mut edges = vec![[0.0; 3]; self.vectors.len()];
        let mut seeds = vec![T::ONE; self.species.len()];
        seeds.extend(self.multipole_seeds().into_iter().map(T::from_f64));
        let mut gradient = Gradient::zeros(&plan, &weights);
        plan.backward(
            &weights,
            &self.topology(),
            &self.vectors,
            &mut workspace,
            &seeds,
            Some(&mut edges),
            Some(&mut gradient),
            false,
        );
        weights.finish_gradient(&plan, &mut gradient, false);
        (energies, edges, gradient.packed.as_slice().iter().map(|x| x.to_f64()).collect())
    }
}

/// Largest difference relative to the largest entry.
pub(crate) fn deviation<'a>(a: impl IntoIterator<Item = &'a f64>, b: impl IntoIterator<Item = &'a f64>) -> f64 {
    let (mut difference, mut scale) = (0.0f64, 1e-300f64);
    for (x, y) in a.into_iter().zip(b) {
        difference = difference.max((x - y).abs());
        scale = scale.max(y.abs());
    }
    difference / scale
}

fn configurations() -> Vec<CormorantConfig> {
    let base = CormorantConfig { radial_hidden: 16, ..CormorantConfig::default() };
    vec![
        CormorantConfig { products: 1, ..base.clone() },
        CormorantConfig { channels: 32, max_edge_degree: 6, ..base.clone() },
        CormorantConfig { max_degree: 2, max_edge_degree: 4, layers: 3, products: 1, ..base.clone() },
        CormorantConfig { max_degree: 1, max_edge_degree: 1, channels: 48, readout_hidden: 32, ..base.clone() },
        CormorantConfig { max_degree: 1, max_edge_degree: 2, channels: 64, ..base.clone() },
        CormorantConfig { max_degree: 0, max_edge_degree: 0, ..base.clone() },
        CormorantConfig { layers: 1, ..base.clone() },
        CormorantConfig { multipole: 1, ..base.clone() },
        CormorantConfig { multipole: 1, layers: 1, products: 1, max_degree: 1, max_edge_degree: 2, ..base.clone() },
        CormorantConfig { multipole: 2, max_degree: 2, max_edge_degree: 3, ..base.clone() },
        CormorantConfig { multipole: 1, multipole_copies: 3, ..base.clone() },
        CormorantConfig { multipole: 2, multipole_copies: 2, further_numbers: 1, ..base.clone() },
        CormorantConfig { moments: Moments::Charges, layers: 1, ..base.clone() },
        CormorantConfig { moments: Moments::Dipoles, products: 1, ..base.clone() },
        CormorantConfig { moments: Moments::Quadrupoles, max_degree: 2, max_edge_degree: 3, ..base.clone() },
        CormorantConfig {
            element_features: false,
            max_degree: 2,
            layers: 3,
            products: 1,
            max_edge_degree: 4,
            ..base.clone()
        },
        CormorantConfig { element_features: false, element_products: false, multipole: 1, ..base.clone() },
        CormorantConfig { channels: 32, layers: 1, products: 3, ..base.clone() },
        CormorantConfig {
            channels: 8,
            layers: 1,
            products: 3,
            max_degree: 2,
            max_edge_degree: 4,
            radial_hidden: 32,
            ..base.clone()
        },
        CormorantConfig { channels: 8, ..base.clone() },
        CormorantConfig {
            channels: 8,
            element_products: false,
            moments: Moments::Dipoles,
            max_degree: 2,
            max_edge_degree: 3,
            ..base.clone()
        },
        CormorantConfig { channels: 8, max_degree: 1, max_edge_degree: 2, products: 1, layers: 3, ..base.clone() },
        CormorantConfig { element_products: false, max_edge_degree: 3, ..base },
    ]
}

/// Holds the fused network in f64 against its definition.
fn assert_is_the_composition(case: &Case, what: &str) {
    let (energies, edges, weights) = case.composed();
    let (fused_energies, fused_edges, fused_weights) = case.fused::<f64>(None);
    let of_energy = deviation(&fused_energies, &energies);
    let of_edges = deviation(fused_edges.iter().flatten(), edges.iter().flatten());
    assert!(of_energy < 1e-12, "{what}: energies differ by {of_energy:e}");
    assert!(of_edges < 1e-12, "{what}: edge gradients differ by {of_edges:e}");
    for block in &Layout::new(&case.shape).blocks {
        let range = block.offset..block.offset + block.len();
        let of_block = deviation(&fused_weights[range.clone()], &weights[range]);
        assert!(of_block < 1e-11, "{what}: gradient of {} differs by {of_block:e}", block.name);
    }
}

/// Catches: a fused network that differs from its definition in any term, coefficient, path or gradient.
#[test]
fn fused_is_the_composition() {
    for (index, config) in configurations().iter().enumerate() {
        let case = Case::new(config, 11, 3, 40 + index as u64);
        assert_is_the_composition(&case, &format!("{config:?}"));
    }
}

/// Catches: a preset for large boxes whose atoms feel others beyond the cutoff, or that is no smaller than it says.
#[test]
fn local_presets_see_as_far_as_the_cutoff() {
    use cormorant::settings::{DataInput, FitInput, NetworkInput, Preset};
    for (preset, channels, degree) in [(Preset::Local, 32, 3), (Preset::Lean, 8, 2)] {
        let data = DataInput::new("frames.xyz".into());
        let input = FitInput::with_defaults(data, std::path::Path::new("mine"), preset, None).unwrap();
        let NetworkInput::New(model) = input.model else { panic!("a new network") };
        let config = model.config();
        assert_eq!((config.layers, config.products, config.channels, config.max_degree), (1, 3, channels, degree));
        let network = crate::learned::random_model(config, 4);
        assert_eq!(network.facts().unwrap().receptive_field(), Some(5.0));
    }
}

/// Catches: sums that a tile of pairs keeps for atoms of another tile and that are lost, counted twice or given to the wrong atom.
#[test]
fn pairs_across_tiles_are_those_of_the_composition() {
    let base = CormorantConfig { radial_hidden: 16, max_degree: 2, max_edge_degree: 3, ..CormorantConfig::default() };
    let case = Case::new(&CormorantConfig { products: 1, layers: 3, ..base }, 70, 2, 61);
    assert!(case.senders.len() > 1600, "a tile has 512 pairs, half as many as edges: this is {}", case.senders.len());
    assert_is_the_composition(&case, "70 atoms");
}

/// Catches: edges to periodic images whose reverse is taken from another image of the same atom, and atoms that see themselves.
#[test]
fn pairs_of_images_are_those_of_the_composition() {
    let config = CormorantConfig { radial_hidden: 16, max_degree: 2, max_edge_degree: 3, ..CormorantConfig::default() };
    let mut case = Case::new(&config, 3, 2, 62);
    let (cell, places) = ([2.9, 3.3, 4.1], [[0.1, 0.2, 0.3], [1.5, 1.9, 0.4], [0.7, 0.9, 2.6]]);
    (case.offsets, case.senders, case.vectors) = (vec![0], Vec::new(), Vec::new());
    for i in 0..3 {
        // Neighbors in no particular order, and in another for each atom.
        for image in 0..125 {
            let image = (image * [31, 57, 88][i]) % 125;
            for j in 0..3 {
                let shift = [image % 5, image / 5 % 5, image / 25];
                let vector = [0, 1, 2].map(|k| places[j][k] - places[i][k] + (f64::from(shift[k]) - 2.0) * cell[k]);
                let square: f64 = vector.iter().map(|x| x * x).sum();
                if square > 0.01 && square < case.shape.cutoff * case.shape.cutoff {
                    case.senders.push(j as u32);
                    case.vectors.push(vector);
                }
            }
        }
        case.offsets.push(case.senders.len());
    }
    assert_is_the_composition(&case, "a cell of three atoms");
}

/// Catches: a candle operation whose gradients are not those of its definition, or a spline that is not its function.
#[test]
fn operation_has_the_gradients_of_the_composition() {
    let config = CormorantConfig { radial_hidden: 16, ..CormorantConfig::default() };
    let case = Case::new(&config, 9, 3, 77);
    let (energies, edges, weights) = case.composed();
    let flat: Vec<f64> = case.vectors.iter().flatten().copied().collect();
    let vectors = Var::from_tensor(&Tensor::from_vec(flat, (case.vectors.len(), 3), &Device::Cpu).unwrap()).unwrap();
    let packed = Var::from_tensor(&Tensor::new(case.weights.clone(), &Device::Cpu).unwrap()).unwrap();
    let graph = Edges { species: case.species.clone(), offsets: case.offsets.clone(), senders: case.senders.clone() };
    // Knots this fine leave an interpolation error of 1e-8.
    let network = FusedNetwork::<f64>::new(&case.shape, 0.002);
    let found = network.atom_energies(&std::sync::Arc::new(graph), &vectors, &packed, false).unwrap();
    let gradients = found.sum_all().unwrap().backward().unwrap();
    let by_edge: Vec<Vec<f64>> = gradients.get(&vectors).unwrap().to_vec2().unwrap();
    let by_weight: Vec<f64> = gradients.get(&packed).unwrap().to_vec1().unwrap();
    assert!(deviation(&found.to_vec1::<f64>().unwrap(), &energies) < 1e-7);
    assert!(deviation(by_edge.iter().flatten(), edges.iter().flatten()) < 1e-6);
    assert!(deviation(&by_weight, &weights) < 1e-7);
}

/// Catches: a default spacing of knots that leaves errors as large as those of a good fit, and one of fits to energies alone (0.04 Å)
/// that changes energies by more than a ten-thousandth of what they vary by.
#[test]
fn splines_are_their_functions() {
    let config = CormorantConfig { radial_hidden: 16, ..CormorantConfig::default() };
    let case = Case::new(&config, 9, 3, 78);
    let (energies, edges, _) = case.fused::<f64>(None);
    let spacing = ModelInput::default().knot_spacing.value();
    let differences = |spacing: f64| {
        let (splined_energies, splined_edges, _) = case.fused::<f64>(Some(spacing));
        (deviation(&splined_energies, &energies), deviation(splined_edges.iter().flatten(), edges.iter().flatten()))
    };
    let (of_energy, of_edges) = differences(spacing);
    assert!(of_energy < 1e-5, "energies differ by {of_energy:e}");
    assert!(of_edges < 2e-4, "edge gradients differ by {of_edges:e}");
    let (of_energy, coarse) = differences(0.04);
    assert!(of_energy < 1e-4, "energies differ by {of_energy:e}");
    assert!(coarse < 2e-3, "edge gradients differ by {coarse:e}");
    assert!(
        coarse > 5.0 * of_edges,
        "edge gradients differ by {of_edges:e}, and by {coarse:e} with knots 0.04 Å apart"
    );
}

/// Catches: a gradient of the force loss that is not the second derivative it stands for.
#[test]
fn loss_gradient_is_the_double_backward() {
    // candle keeps the graph of a gradient only if this is set before a thread's first backward pass.
    const SWITCH: &str = "CANDLE_GRAD_DO_NOT_DETACH";
    if std::env::var_os(SWITCH).is_none() {
        let again = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "network::loss_gradient_is_the_double_backward"])
            .env(SWITCH, "1")
            .output()
            .unwrap();
        assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
        return;
    }
    let config =
        CormorantConfig { radial_hidden: 16, products: 1, max_degree: 2, max_edge_degree: 2, ..Default::default() };
    let case = Case::new(&config, 6, 2, 79);
    let atoms = case.species.len();
    let mut receivers = Vec::new();
    for atom in 0..atoms {
        receivers.extend(std::iter::repeat_n(atom as u32, case.offsets[atom + 1] - case.offsets[atom]));
    }
    let mut random = Noise::new(8).stream(Consumer::Test, 0, 0);
    let forces: Vec<[f64; 3]> = (0..atoms).map(|_| random.normal_vector().map(|x| 0.3 * x)).collect();
    let graph = Graph {
        species: case.species.clone(),
        offsets: case.offsets.clone(),
        receivers: receivers.clone(),
        senders: case.senders.clone(),
        vectors: case.vectors.clone(),
        energy: Some(0.7),
        forces: forces.clone(),
        virial: None,
        partial: None,
        weights: FrameWeights::default(),
        ..Graph::default()
    };
    let parts = ObjectiveWeights { force: 1.0, energy: 0.4, virial: 0.0, dipole: 0.0, huber_delta: 0.0 };
    let mut network = PreparedNetwork::new(DifferentiableCormorant::<f64>::new(&case.shape, 0.005), &case.weights);
    let mut workers = network.workers(1);
    workers[0].clear();
    let loss = FrameEvaluation::new(Some(case.shape.cutoff))
        .accumulate(workers[0].as_mut(), (&graph, graph.energy), parts, (1.0, Sides::Both))
        .loss;
    drop(workers);
    let gradient = network.gradient(1, false);

    let device = Device::Cpu;
    let flat: Vec<f64> = case.vectors.iter().flatten().copied().collect();
    let vectors = Var::from_tensor(&Tensor::from_vec(flat, (case.vectors.len(), 3), &device).unwrap()).unwrap();
    let weights = Var::from_tensor(&Tensor::new(case.weights.clone(), &device).unwrap()).unwrap();
    let energies =
        Composition::new(&case.shape, DType::F64).atom_energies(&case.topology(), &vectors, &weights).unwrap();
    let energy = energies.sum_all().unwrap();
    let first = energy.backward().unwrap();
    let by_edge = first.get(&vectors).unwrap();
    let zeros = Tensor::zeros((atoms, 3), DType::F64, &device).unwrap();
    let received = zeros.index_add(&Tensor::new(receivers, &device).unwrap(), by_edge, 0).unwrap();
    let sent = zeros.index_add(&Tensor::new(case.senders.clone(), &device).unwrap(), by_edge, 0).unwrap();
    let label: Vec<f64> = forces.into_iter().flatten().collect();
    let error = ((received - sent).unwrap() - Tensor::from_vec(label, (atoms, 3), &device).unwrap()).unwrap();
    let of_forces = (error.sqr().unwrap().sum_all().unwrap() * (parts.force / (3 * atoms) as f64)).unwrap();
    let of_energy = ((energy - 0.7).unwrap().sqr().unwrap() * (parts.energy / atoms as f64)).unwrap();
    let total = (of_forces + of_energy).unwrap();
    let value = total.to_scalar::<f64>().unwrap();
    assert!((loss - value).abs() < 1e-5 * value, "{loss} against {value}");
    let exact: Vec<f64> = total.backward().unwrap().get(&weights).unwrap().to_vec1().unwrap();
    for block in &Layout::new(&case.shape).blocks {
        let range = block.offset..block.offset + block.len();
        let difference = deviation(&gradient[range.clone()], &exact[range]);
        // Displacements of 4e-3 Å leave an error of second order.
        assert!(difference < 5e-3, "{}: {difference:e}", block.name);
    }
}
