//! The fused network against its definition.

use candle_core::{DType, Device, Tensor, Var};
use cormorant::kernels::Real;
use cormorant::kernels::network::{Gradient, Layout, Plan, Shape, Topology, Weights, Workspace};
use cormorant::model::{Composition, CormorantConfig};
use cormorant::noise::{Consumer, Noise};

struct Case {
    shape: Shape,
    species: Vec<u32>,
    offsets: Vec<usize>,
    senders: Vec<u32>,
    vectors: Vec<[f64; 3]>,
    weights: Vec<f64>,
}

impl Case {
    /// A random cluster of `atoms` atoms of `species` kinds and random weights.
    fn new(config: &CormorantConfig, atoms: usize, species: usize, seed: u64) -> Self {
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

    fn topology(&self) -> Topology<'_> {
        Topology { species: &self.species, offsets: &self.offsets, senders: &self.senders }
    }

    fn edges(&self) -> Vec<(f64, usize)> {
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

    /// Energies, edge gradients and weight gradients of the plain composition in f64.
    fn composed(&self) -> (Vec<f64>, Vec<[f64; 3]>, Vec<f64>) {
        let flat: Vec<f64> = self.vectors.iter().flatten().copied().collect();
        let vectors =
            Var::from_tensor(&Tensor::from_vec(flat, (self.vectors.len(), 3), &Device::Cpu).unwrap()).unwrap();
        let weights = Var::from_tensor(&Tensor::new(self.weights.clone(), &Device::Cpu).unwrap()).unwrap();
        let network = Composition::new(&self.shape, DType::F64);
        let energies = network.atom_energies(&self.topology(), &vectors, &weights).unwrap();
        let gradients = energies.sum_all().unwrap().backward().unwrap();
        let by_edge: Vec<Vec<f64>> = gradients.get(&vectors).unwrap().to_vec2().unwrap();
        let by_weight = gradients.get(&weights).unwrap().to_vec1().unwrap();
        (energies.to_vec1().unwrap(), by_edge.iter().map(|row| [row[0], row[1], row[2]]).collect(), by_weight)
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
        let energies = workspace.atom_energies.iter().map(|x| x.to_f64()).collect();
        let mut edges = vec![[0.0; 3]; self.vectors.len()];
        let seeds = vec![T::ONE; self.species.len()];
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
fn deviation<'a>(a: impl IntoIterator<Item = &'a f64>, b: impl IntoIterator<Item = &'a f64>) -> f64 {
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
        CormorantConfig { max_degree: 0, max_edge_degree: 0, ..base.clone() },
        CormorantConfig { layers: 1, ..base.clone() },
        CormorantConfig { element_products: false, max_edge_degree: 3, ..base },
    ]
}

/// Catches: a fused network that differs from its definition in any term, coefficient, path or gradient.
#[test]
fn fused_is_the_composition() {
    for (index, config) in configurations().iter().enumerate() {
        let case = Case::new(config, 11, 3, 40 + index as u64);
        let (energies, edges, weights) = case.composed();
        let (fused_energies, fused_edges, fused_weights) = case.fused::<f64>(None);
        let of_energy = deviation(&fused_energies, &energies);
        let of_edges = deviation(fused_edges.iter().flatten(), edges.iter().flatten());
        assert!(of_energy < 1e-12, "{config:?}: energies differ by {of_energy:e}");
        assert!(of_edges < 1e-12, "{config:?}: edge gradients differ by {of_edges:e}");
        for block in &Layout::new(&case.shape).blocks {
            let range = block.offset..block.offset + block.len();
            let of_block = deviation(&fused_weights[range.clone()], &weights[range]);
            assert!(of_block < 1e-11, "{config:?}: gradient of {} differs by {of_block:e}", block.name);
        }
    }
}
