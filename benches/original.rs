//! One training step of the network of 2019 on 25 molecules of 21 atoms (aspirin), one core, single precision: energies, the
//! gradient of all 154,241 parameters and one step of AMSGrad.
//!
//! The cost does not depend on where the atoms are: all pairs interact. `cargo bench --bench original`.
#![allow(clippy::print_stdout, reason = "a program that prints a measurement")]

use std::time::Instant;

use cormorant::fit::regression::AmsGrad;
use cormorant::model::{Differentiable, DifferentiableOriginal, GraphBatch, OriginalConfig, Outputs};
use cormorant::noise::{Consumer, Noise};

/// Seconds that the released code took for the same step: single precision, one thread.
const RELEASED: f64 = 71.0;
/// Steps that are timed; the fastest counts.
const STEPS: usize = 15;

fn main() {
    let network = DifferentiableOriginal::<f32>::new(&OriginalConfig::default().shape(vec![1, 6, 8]));
    let noise = Noise::new(1);
    let mut stream = noise.stream(Consumer::Test, 0, 0);
    let species: Vec<u32> = [vec![1; 9], vec![2; 4], vec![0; 8]].concat();
    let molecules: Vec<Vec<[f64; 3]>> = (0..25)
        .map(|_| {
            let place = |k: usize| [k % 3, k / 3 % 3, k / 9].map(|x| 1.4 * x as f64);
            let moved: Vec<[f64; 3]> = (0..21).map(|k| place(k).map(|x| x + 0.1 * stream.normal())).collect();
            let pairs = (0..21).flat_map(|i| (0..21).filter(move |j| *j != i).map(move |j| (i, j)));
            pairs.map(|(i, j)| [0, 1, 2].map(|axis| moved[j][axis] - moved[i][axis])).collect()
        })
        .collect();
    let offsets: Vec<usize> = (0..=21).map(|atom| 20 * atom).collect();
    let senders: Vec<u32> = (0..21).flat_map(|i| (0..21).filter(move |j| *j != i)).collect();
    let mut optimizer = AmsGrad::<f64>::new(network.initial(noise, &[]));
    let mut weights = network.ready(&optimizer.weights);
    let mut gradient = network.gradient(&weights);
    let (mut space, mut outputs) = (network.space(), Outputs::default());
    let mut best = f64::INFINITY;
    for _ in 0..STEPS {
        let start = Instant::now();
        weights = network.ready(&optimizer.weights);
        network.clear(&weights, &mut gradient);
        for vectors in &molecules {
            let batch = GraphBatch {
                species: &species,
                offsets: &offsets,
                senders: &senders,
                vectors,
                ..GraphBatch::default()
            };
            network.forward(&weights, &batch, &mut space, &mut outputs);
            let seed = 2.0 * outputs.scalars[0] / 25.0;
            network.parameter_gradient(&weights, &batch, &mut space, &[seed], &mut gradient);
        }
        optimizer.step(&network.packed(&mut weights, &mut gradient, false), 1e-4);
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!(
        "{} parameters, 25 molecules of 21 atoms: {best:.3} s a step, {:.0} times quicker than the released code ({RELEASED} s)",
        network.parameters().count(),
        RELEASED / best
    );
}
