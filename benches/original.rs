//! One training step of the network of 2019 on 25 molecules of 21 atoms (aspirin), one core, single precision: energies, the
//! gradient of all 154,241 parameters and one step of AMSGrad.
//!
//! The cost does not depend on where the atoms are: all pairs interact. `cargo bench --bench original`.
#![allow(clippy::print_stdout, reason = "a program that prints a measurement")]

use std::time::Instant;

use cormorant::fit::regression::{AmsGrad, OriginalRegressor, Regressor};
use cormorant::model::OriginalConfig;
use cormorant::noise::{Consumer, Noise};
use cormorant::system::Element;

/// Seconds that the released code took for the same step: single precision, one thread.
const RELEASED: f64 = 71.0;
/// Steps that are timed; the fastest counts.
const STEPS: usize = 15;

fn main() {
    let elements: Vec<Element> = [1, 6, 8].into_iter().filter_map(Element::from_number).collect();
    let regressor = OriginalRegressor::<f32>::new(&OriginalConfig::default().shape(vec![1, 6, 8]), elements);
    let noise = Noise::new(1);
    let mut stream = noise.stream(Consumer::Test, 0, 0);
    let species: Vec<u32> = [vec![1; 9], vec![2; 4], vec![0; 8]].concat();
    let molecules: Vec<(Vec<u32>, Vec<[f64; 3]>)> = (0..25)
        .map(|_| {
            let place = |k: usize| [k % 3, k / 3 % 3, k / 9].map(|x| 1.4 * x as f64);
            let moved = (0..21).map(|k| place(k).map(|x| x + 0.1 * stream.normal())).collect();
            (species.clone(), moved)
        })
        .collect();
    let mut optimizer = AmsGrad::new(regressor.initial(noise, &molecules));
    let mut weights = regressor.weights(&optimizer.weights);
    let mut gradient = regressor.gradient(&weights);
    let mut space = regressor.space();
    let mut best = f64::INFINITY;
    for _ in 0..STEPS {
        let start = Instant::now();
        weights = regressor.weights(&optimizer.weights);
        regressor.clear(&mut gradient);
        for molecule in &molecules {
            let mut number = [0.0];
            regressor.predict(&weights, molecule, &mut space, &mut number);
            regressor.backward(&weights, molecule, &mut space, &[2.0 * number[0] / 25.0], &mut gradient);
        }
        optimizer.step(&regressor.packed(&mut weights, &mut gradient), 1e-4);
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!(
        "{} parameters, 25 molecules of 21 atoms: {best:.3} s a step, {:.0} times quicker than the released code ({RELEASED} s)",
        regressor.parameters(),
        RELEASED / best
    );
}
