//! Runs every kernel that has `unsafe` code on random numbers, for a sanitizer to watch (see `run`).
//!
//! Only the crate of the kernels is built, without the rest of the program. Whether the numbers are right is asked elsewhere (`suite::network`, `suite::original`); here they must be finite and the same each time.
use cormorant_kernels as kernels;
use kernels::Real;
use kernels::network::{Gradient, Layout, Plan, Shape, Topology, Weights, Workspace};
use kernels::original;

/// Numbers from -1 to 1 (multiplicative congruential, Lehmer 1951; modulus 2^31 - 1).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 as f64 / 1_073_741_823.5 - 1.0
    }
}

/// Atoms about one Ångström and a half apart.
fn positions(atoms: usize, random: &mut Random) -> Vec<[f64; 3]> {
    let corner = |atom: usize, axis: usize| 1.6 * ((atom >> axis) & 1) as f64 + 0.9 * (atom / 8) as f64;
    (0..atoms).map(|atom| [0, 1, 2].map(|axis| corner(atom, axis) + 0.3 * random.next())).collect()
}

fn production<T: Real>(shape: &Shape, atoms: usize, splined: bool, with_weights: bool) -> f64 {
    let mut random = Random(7);
    let places = positions(atoms, &mut random);
    let species: Vec<u32> = (0..atoms).map(|atom| (atom % shape.species) as u32).collect();
    let (mut offsets, mut senders, mut vectors, mut lengths) = (vec![0], Vec::new(), Vec::new(), Vec::new());
    for i in 0..atoms {
        for j in 0..atoms {
            let vector = [0, 1, 2].map(|axis| places[j][axis] - places[i][axis]);
            let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
            if i != j && length < shape.cutoff {
                senders.push(j as u32);
                vectors.push(vector);
                let (a, b) = (species[i].max(species[j]) as usize, species[i].min(species[j]) as usize);
                lengths.push((length, a * (a + 1) / 2 + b));
            }
        }
        offsets.push(senders.len());
    }
    let scales = Layout::new(shape).blocks;
    let packed: Vec<T> = scales
        .iter()
        .flat_map(|block| vec![block.scale; block.len()])
        .map(|s| T::from_f64(s * random.next()))
        .collect();
    let plan = Plan::<T>::new(shape);
    let mut weights =
        if splined { Weights::splined(&plan, &packed, 0.04, 0.0) } else { Weights::exact(&plan, &packed, &lengths) };
    let topology = Topology { species: &species, offsets: &offsets, senders: &senders, needed: &[] };
    let mut space = Workspace::new(&plan);
    plan.forward(&weights, &topology, &vectors, &mut space, false);
    let mut sum: f64 = space.atom_energies.iter().map(|x| x.to_f64()).sum();
    let mut edges = vec![[0.0; 3]; vectors.len()];
    let mut gradient = with_weights.then(|| Gradient::zeros(&plan, &weights));
    let seeds = vec![T::ONE; atoms * (1 + shape.multipole_rows())];
    let by_edge = Some(edges.as_mut_slice());
    plan.backward(&weights, &topology, &vectors, &mut space, &seeds, by_edge, gradient.as_mut(), false);
    if let Some(gradient) = &mut gradient {
        weights.finish_gradient(&plan, gradient, false);
        sum += gradient.packed.as_slice().iter().map(|x| x.to_f64()).sum::<f64>();
    }
    sum += edges.as_flattened().iter().sum::<f64>();
    if shape.layers <= 2 && shape.multipole_rows() == 0 {
        plan.evaluate(&weights, &topology, &vectors, &mut space, &seeds, &mut edges, false);
        sum += edges.as_flattened().iter().sum::<f64>();
    }
    sum
}

fn of_2019<T: original::Operations + Default>(shape: &original::Shape, atoms: usize) -> f64 {
    let mut random = Random(11);
    let places = positions(atoms, &mut random);
    let species: Vec<u32> = (0..atoms).map(|atom| (atom % shape.numbers.len()) as u32).collect();
    let network = original::Network::<T>::new(shape);
    let packed: Vec<f64> = (0..network.layout().len()).map(|_| 0.3 * random.next()).collect();
    let weights = network.weights(&packed);
    let molecule = original::Molecule { species: &species, positions: &places };
    let mut space = original::Workspace::default();
    network.forward(&weights, molecule, &mut space);
    let mut gradient = network.gradient(&weights);
    let mut forces = vec![[0.0; 3]; atoms];
    network.backward(&weights, molecule, &mut space, 1.0, Some(&mut gradient), Some(&mut forces));
    let by_weight: f64 = network.packed_gradient(&weights, &gradient).iter().sum();
    space.energy + by_weight + forces.as_flattened().iter().sum::<f64>()
}

fn main() {
    let base = Shape {
        species: 3,
        channels: 16,
        max_degree: 3,
        max_edge_degree: 3,
        layers: 2,
        products: 1,
        element_products: true,
        element_features: true,
        radial_functions: 8,
        radial_hidden: 16,
        readout_hidden: 16,
        multipole: 0,
        multipole_copies: 1,
        numbers: 0,
        moments: 0,
        cutoff: 5.0,
        mean_neighbors: 6.0,
    };
    let shapes = [
        base.clone(),
        Shape { channels: 32, max_edge_degree: 6, products: 2, ..base.clone() },
        Shape { max_degree: 2, max_edge_degree: 4, layers: 3, ..base.clone() },
        Shape { channels: 48, max_degree: 1, max_edge_degree: 1, readout_hidden: 32, ..base.clone() },
        Shape { max_degree: 0, max_edge_degree: 0, ..base.clone() },
        Shape { layers: 1, element_products: false, ..base.clone() },
        Shape { element_features: false, ..base.clone() },
        Shape { max_degree: 2, max_edge_degree: 2, multipole: 2, ..base.clone() },
        Shape { max_degree: 2, max_edge_degree: 2, multipole: 2, multipole_copies: 3, numbers: 2, ..base.clone() },
        Shape { numbers: 7, moments: 2, max_degree: 2, max_edge_degree: 4, ..base.clone() },
        Shape { channels: 8, max_degree: 2, max_edge_degree: 4, layers: 1, products: 3, ..base.clone() },
        Shape { channels: 8, element_products: false, ..base },
    ];
    let mut count = 0;
    let mut check = |what: &str, value: &dyn Fn() -> f64| {
        let (first, again) = (value(), value());
        assert!(first.is_finite() && first == again, "{what}: {first}, then {again}");
        count += 1;
    };
    for (number, shape) in shapes.iter().enumerate() {
        // Numbers of atoms that fill tiles, and that do not.
        for atoms in [1, 2, 8, 13] {
            for (splined, with_weights) in [(true, false), (true, true), (false, true)] {
                let what = format!("shape {number}, {atoms} atoms");
                check(&what, &|| production::<f32>(shape, atoms, splined, with_weights));
                check(&what, &|| production::<f64>(shape, atoms, splined, with_weights));
            }
        }
    }
    // More pairs than a tile has.
    check("several tiles", &|| production::<f32>(&shapes[2], 70, true, true));
    check("several large tiles", &|| production::<f32>(&shapes[0], 140, true, false));
    let old = original::Shape {
        numbers: vec![1, 6, 8],
        channels: 4,
        max_degree: 3,
        max_edge_degree: 3,
        levels: 2,
        charge_power: 2,
        harmonics: original::HarmonicKind::Unit,
        input: original::InputKind::Linear,
        output: original::OutputKind::Linear,
    };
    let perceptrons = original::Shape {
        channels: 17,
        max_degree: 1,
        harmonics: original::HarmonicKind::Solid,
        input: original::InputKind::Messages(1),
        output: original::OutputKind::Perceptron,
        ..old.clone()
    };
    for shape in [old, perceptrons] {
        for atoms in [2, 9, 13] {
            check("the network of 2019", &|| of_2019::<f32>(&shape, atoms));
            check("the network of 2019", &|| of_2019::<f64>(&shape, atoms));
        }
    }
    println!("{count} evaluations with {}, each twice: no fault", kernels::instruction_set().name());
}
