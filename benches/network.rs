//! Energy and edge gradients of the fused network, model only.
//!
//! `cargo bench --bench network`
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use cormorant::kernels::network::{Layout, Plan, Topology, Weights, Workspace};
use cormorant::kernels::peak_flops;
use cormorant::model::CormorantConfig;
use cormorant::noise::{Consumer, Noise};

fn main() {
    let peak = peak_flops::<f32>();
    println!("peak of fused multiply-adds, one thread: {:.1} GFLOP/s", peak / 1e9);
    let network_a = CormorantConfig { products: 1, ..CormorantConfig::default() };
    let larger = CormorantConfig { channels: 32, ..CormorantConfig::default() };
    for (name, config) in [("A", &network_a), ("default", &CormorantConfig::default()), ("32 channels", &larger)] {
        for (system, atoms, neighbors) in [("ethanol-like", 9, 8), ("aspirin-like", 21, 15), ("water-like", 192, 52)] {
            time(name, config, system, atoms, neighbors, peak);
        }
    }
}

/// A ring of atoms, each bound to its nearest neighbours along the ring: the right numbers of atoms and edges.
fn time(name: &str, config: &CormorantConfig, system: &str, atoms: usize, neighbors: usize, peak: f64) {
    let shape = config.shape(3, neighbors as f64);
    let plan = Plan::<f32>::new(&shape);
    let mut random = Noise::new(1).stream(Consumer::Test, 0, 0);
    let weights: Vec<f32> = Layout::new(&shape)
        .blocks
        .iter()
        .flat_map(|block| vec![block.scale; block.len()])
        .map(|scale| (0.3 * scale * random.normal()) as f32)
        .collect();
    let weights = Weights::splined(&plan, &weights, Weights::<f32>::FINE_SPACING, 0.0);
    let species: Vec<u32> = (0..atoms).map(|k| (k % 3) as u32).collect();
    let (mut offsets, mut senders, mut vectors) = (vec![0], Vec::new(), Vec::new());
    for i in 0..atoms {
        for k in 1..=neighbors {
            senders.push(((i + k) % atoms) as u32);
            vectors.push([0, 1, 2].map(|_| 1.5 * (random.uniform() - 0.5) + 1.5));
        }
        offsets.push(senders.len());
    }
    let topology = Topology { species: &species, offsets: &offsets, senders: &senders };
    let mut workspace = Workspace::new(&plan);
    let mut edges = vec![[0.0; 3]; senders.len()];
    let seeds = vec![1.0f32; atoms];
    let mut times = Vec::new();
    let start = std::time::Instant::now();
    while times.len() < 20 || start.elapsed().as_secs_f64() < 0.5 {
        let start = std::time::Instant::now();
        plan.forward(&weights, &topology, &vectors, &mut workspace, false);
        plan.backward(&weights, &topology, &vectors, &mut workspace, &seeds, Some(&mut edges), None, false);
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let median = times[times.len() / 2];
    let (_, operations) = plan.operations(atoms, senders.len());
    println!(
        "{name:12} {system:14} {:8.4} ms median, {:8.4} best, {:6.2} MFLOP, {:5.1} % of peak",
        median * 1e3,
        times[0] * 1e3,
        operations / 1e6,
        100.0 * operations / median / peak
    );
}
