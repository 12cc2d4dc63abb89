//! Large boxes, which are evaluated tile by tile.

use cormorant::kernels::Real;
use cormorant::kernels::network::{Plan, Topology, Weights, Workspace};
use cormorant::model::{CormorantConfig, GraphBatch, Network, Outputs, Precision, Request};
use cormorant::noise::{Consumer, Noise};

use crate::network::{Case, deviation};

/// Energies and edge gradients.
type Found = (Vec<f64>, Vec<[f64; 3]>);

fn base() -> CormorantConfig {
    CormorantConfig { radial_hidden: 16, max_degree: 2, max_edge_degree: 3, ..CormorantConfig::default() }
}

fn configurations() -> Vec<CormorantConfig> {
    vec![
        base(),
        CormorantConfig { max_degree: 3, products: 1, ..base() },
        CormorantConfig { layers: 1, products: 3, channels: 32, ..base() },
        CormorantConfig { layers: 1, products: 3, channels: 8, ..base() },
        CormorantConfig { channels: 8, element_features: false, element_products: false, ..base() },
    ]
}

/// Atoms of a jittered lattice with `side`³ sites in a periodic box.
fn in_a_box(config: &CormorantConfig, side: usize) -> Case {
    let mut case = Case::new(config, 2, 2, 71);
    let mut random = Noise::new(72).stream(Consumer::Test, 0, 0);
    let (spacing, count) = (2.15, side.pow(3));
    let places: Vec<[f64; 3]> = (0..count)
        .map(|k| [k % side, k / side % side, k / side / side].map(|n| spacing * n as f64 + 0.5 * random.uniform()))
        .collect();
    case.species = (0..count).map(|k| (k % 2) as u32).collect();
    (case.offsets, case.senders, case.vectors) = (vec![0], Vec::new(), Vec::new());
    for i in 0..count {
        for j in (0..count).filter(|&j| j != i) {
            let edge = spacing * side as f64;
            let vector = [0, 1, 2].map(|k| places[j][k] - places[i][k]).map(|x| x - edge * (x / edge).round());
            if vector.iter().map(|x| x * x).sum::<f64>() < case.shape.cutoff * case.shape.cutoff {
                case.senders.push(j as u32);
                case.vectors.push(vector);
            }
        }
        case.offsets.push(case.senders.len());
    }
    case
}

/// What a network says of a graph, tile by tile or as a whole.
struct Ways<'a, T: Real> {
    plan: Plan<T>,
    weights: Weights<T>,
    case: &'a Case,
    space: Workspace<T>,
}

impl<'a, T: Real> Ways<'a, T> {
    fn new(case: &'a Case) -> Self {
        let plan = Plan::new(&case.shape);
        let packed: Vec<T> = case.weights.iter().map(|&x| T::from_f64(x)).collect();
        let weights = Weights::splined(&plan, &packed, 0.02, 0.0);
        Self { space: Workspace::new(&plan), plan, weights, case }
    }

    fn exact(case: &'a Case) -> Self {
        let mut ways = Self::new(case);
        let packed: Vec<T> = case.weights.iter().map(|&x| T::from_f64(x)).collect();
        ways.weights = Weights::exact(&ways.plan, &packed, &case.edges());
        ways
    }

    fn found(&self, edges: Vec<[f64; 3]>) -> Found {
        (self.space.atom_energies.iter().map(|x| x.to_f64()).collect(), edges)
    }

    /// Of the first `counted` atoms.
    fn by_tiles(&mut self, topology: &Topology<'_>, counted: usize, parallel: bool) -> Found {
        let mut seeds = vec![T::ZERO; topology.atoms()];
        seeds[..counted].fill(T::ONE);
        let mut edges = vec![[7.0; 3]; self.case.vectors.len()];
        let Self { plan, weights, case, space } = self;
        plan.evaluate(weights, topology, &case.vectors, space, &seeds, &mut edges, parallel);
        self.found(edges)
    }

    fn as_a_whole(&mut self, topology: &Topology<'_>, counted: usize) -> Found {
        let mut seeds = vec![T::ZERO; topology.atoms()];
        seeds[..counted].fill(T::ONE);
        let mut edges = vec![[7.0; 3]; self.case.vectors.len()];
        let Self { plan, weights, case, space } = self;
        plan.forward(weights, topology, &case.vectors, space, false);
        plan.backward(weights, topology, &case.vectors, space, &seeds, Some(&mut edges), None, false);
        self.found(edges)
    }
}

fn assert_same(found: &Found, expected: &Found, what: &str) {
    let of_energy = deviation(&found.0, &expected.0);
    let of_edges = deviation(found.1.iter().flatten(), expected.1.iter().flatten());
    assert!(of_energy < 1e-12, "{what}: energies differ by {of_energy:e}");
    assert!(of_edges < 1e-12, "{what}: edge gradients differ by {of_edges:e}");
}

/// Catches: tiles that lose or repeat what crosses their borders, or a layer that is computed again in another way.
#[test]
fn tiles_are_the_composition() {
    for config in configurations() {
        // Two tiles of pairs and nine of atoms, the last of them not full.
        let case = Case::new(&config, 130, 3, 73);
        let (energies, edges, _) = case.composed();
        let found = Ways::<f64>::exact(&case).by_tiles(&case.topology(), 130, false);
        assert_same(&found, &(energies, edges), &format!("{config:?}"));
    }
}

/// Catches: a halo whose atoms are computed, whose edges get gradients, or what is left in memory of which comes back.
#[test]
fn halos_are_left_out() {
    for config in configurations() {
        let case = Case::new(&config, 200, 2, 74);
        let needed = if config.layers == 1 { vec![70] } else { vec![140, 70] };
        let topology = Topology { needed: &needed, ..case.topology() };
        let mut ways = Ways::<f64>::new(&case);
        // The memory is that of an evaluation of all atoms.
        ways.by_tiles(&case.topology(), 200, false);
        let found = ways.by_tiles(&topology, 70, false);
        assert_same(&found, &ways.as_a_whole(&topology, 70), &format!("{config:?}"));
    }
}

/// Catches: sums in the order in which threads come to them, or that depend on what was evaluated before.
#[test]
fn threads_change_no_bit_of_tiles() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for config in configurations() {
        let case = in_a_box(&config, 7);
        let (topology, atoms) = (case.topology(), case.species.len());
        let mut ways = Ways::<f32>::new(&case);
        let first = ways.by_tiles(&topology, atoms, false);
        for _ in 0..2 {
            assert_eq!(pool.install(|| ways.by_tiles(&topology, atoms, true)), first, "{config:?}");
        }
    }
}

/// Catches: frames whose bits depend on what stands beside them: tiles that reach across, or whose size follows the whole batch.
#[test]
fn frames_side_by_side_have_the_bits_of_each_alone() {
    let narrow = CormorantConfig { channels: 8, max_degree: 1, max_edge_degree: 2, ..base() };
    // Enough atoms for the size of tiles to follow from them.
    for (config, atoms) in [(CormorantConfig { layers: 1, ..narrow.clone() }, 600), (narrow, 4100)] {
        let case = Case::new(&config, atoms, 2, 75);
        let alone = evaluated(&config, &case, 1);
        let [energies, edges] = [alone.scalars.repeat(2), alone.gradient.repeat(2).into_flattened()];
        let both = evaluated(&config, &case, 2);
        assert!(both.scalars == energies && both.gradient.as_flattened() == edges, "{config:?}");
    }
}

/// What an engine says of `copies` of a graph.
fn evaluated(config: &CormorantConfig, case: &Case, copies: usize) -> Outputs {
    let model = crate::learned::random_model(config.clone(), 5);
    let (atoms, edges) = (case.species.len(), case.senders.len());
    let shifted = |n: usize| case.senders.iter().map(move |&sender| sender + (n * atoms) as u32);
    let offsets = |n: usize| case.offsets[1..].iter().map(move |&offset| offset + n * edges);
    let batch = GraphBatch {
        frames: &(0..=copies).map(|n| n * atoms).collect::<Vec<_>>(),
        species: &case.species.repeat(copies),
        offsets: &std::iter::once(0).chain((0..copies).flat_map(offsets)).collect::<Vec<_>>(),
        senders: &(0..copies).flat_map(shifted).collect::<Vec<_>>(),
        vectors: &case.vectors.repeat(copies),
        ..GraphBatch::default()
    };
    let mut outputs = Outputs::default();
    let mut engine = model.engine(&cormorant::model::Backend::Processor, Precision::F32).unwrap();
    engine.evaluate(&batch, Request { gradient: true, parallel: false }, &mut outputs).unwrap();
    outputs
}

/// Catches: a way through large boxes that keeps what it can compute again, so that a million atoms need another machine.
#[test]
fn tiles_keep_few_rows_of_an_atom() {
    for (config, most) in [
        (CormorantConfig { radial_hidden: 16, ..CormorantConfig::default() }, 8500),
        (CormorantConfig { layers: 1, products: 3, channels: 32, ..base() }, 100),
    ] {
        let case = in_a_box(&config, 13);
        let atoms = case.species.len();
        let mut ways = Ways::<f32>::new(&case);
        ways.by_tiles(&case.topology(), atoms, false);
        let by_tiles = ways.space.bytes() / atoms;
        ways.as_a_whole(&case.topology(), atoms);
        let as_a_whole = ways.space.bytes() / atoms;
        assert!(by_tiles < most && as_a_whole > 10_000, "{by_tiles} and {as_a_whole} bytes an atom");
    }
}
