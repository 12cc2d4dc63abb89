//! Random numbers: the right distributions, at the right addresses.

use cormorant::noise::{Consumer, Noise, Stream};

/// Mean and variance of `count` numbers.
fn moments(count: u32, mut draw: impl FnMut() -> f64) -> (f64, f64) {
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..count {
        let number = draw();
        sum += number;
        squares += number * number;
    }
    let mean = sum / f64::from(count);
    (mean, squares / f64::from(count) - mean * mean)
}

/// Whether mean and variance are those expected, within five standard errors; `fourth` is the fourth central moment.
fn check(name: &str, found: (f64, f64), mean: f64, variance: f64, fourth: f64, count: u32) {
    let n = f64::from(count);
    let mean_sigmas = (found.0 - mean) / (variance / n).sqrt();
    let variance_sigmas = (found.1 - variance) / ((fourth - variance * variance) / n).sqrt();
    assert!(mean_sigmas.abs() < 5.0, "{name}: the mean {} is {mean_sigmas} sigmas off {mean}", found.0);
    assert!(variance_sigmas.abs() < 5.0, "{name}: the variance {} is {variance_sigmas} sigmas off {variance}", found.1);
}

const COUNT: u32 = 200_000;

#[test]
fn distributions_have_their_moments() {
    // Catches a normal of the wrong width or a gamma with shape and scale exchanged: temperatures would be wrong.
    let mut stream = Noise::new(1).stream(Consumer::Test, 0, 0);
    check("uniform", moments(COUNT, || stream.uniform()), 0.5, 1.0 / 12.0, 1.0 / 80.0, COUNT);
    check("normal", moments(COUNT, || stream.normal()), 0.0, 1.0, 3.0, COUNT);
    for shape in [0.5, 1.0, 7.5, 300.0] {
        let fourth = 3.0 * shape * shape + 6.0 * shape;
        check("gamma", moments(COUNT, || stream.gamma(shape)), shape, shape, fourth, COUNT);
    }
    assert_eq!(stream.gamma(0.0), 0.0);
    check("below", moments(COUNT, || stream.below(10) as f64), 4.5, 8.25, 120.8625, COUNT);
    assert_eq!((stream.below(0), stream.below(1)), (0, 0));
}

#[test]
fn first_numbers_of_streams_are_independent() {
    // Catches addresses that are correlated: the first number of each atom's stream is what thermostats use.
    let noise = Noise::new(99);
    let mut atom = 0;
    let by_atom = moments(COUNT, || {
        atom += 1;
        noise.stream(Consumer::Langevin, 5, atom).normal()
    });
    check("by atom", by_atom, 0.0, 1.0, 3.0, COUNT);
    let mut step = 0;
    let products = moments(COUNT, || {
        step += 1;
        noise.stream(Consumer::Langevin, step, 7).normal() * noise.stream(Consumer::Langevin, step + 1, 7).normal()
    });
    check("products of neighbors", products, 0.0, 1.0, 9.0, COUNT);
}

#[test]
fn every_part_of_the_address_counts() {
    // Catches two consumers, steps or seeds that share numbers.
    let first = |seed: u64, consumer, step, index| Noise::new(seed).stream(consumer, step, index).bits();
    let numbers = [
        first(1, Consumer::Langevin, 2, 3),
        first(2, Consumer::Langevin, 1, 3),
        first(1, Consumer::Velocities, 2, 3),
        first(1, Consumer::Langevin, 3, 2),
        first(1, Consumer::Langevin, 2, 4),
        first(1 << 32, Consumer::Langevin, 2, 3),
        first(1, Consumer::Langevin, 2 << 32, 3),
    ];
    for (at, number) in numbers.iter().enumerate() {
        assert!(!numbers[..at].contains(number));
    }
    assert_eq!(numbers[0], first(1, Consumer::Langevin, 2, 3));
}

#[test]
fn threads_do_not_matter() {
    // Catches a generator that is shared: the same numbers must come whoever draws them and when.
    let noise = Noise::new(4);
    let draw = |atom: u64| -> [f64; 3] { noise.stream(Consumer::Langevin, 10, atom).normal_vector() };
    let alone: Vec<[f64; 3]> = (0..64).map(draw).collect();
    let together: Vec<[f64; 3]> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..64).map(|atom| scope.spawn(move || draw(63 - atom))).collect();
        let mut all: Vec<[f64; 3]> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        all.reverse();
        all
    });
    assert_eq!(alone, together);
}

#[test]
fn numbers_never_change_between_versions() {
    // Catches a new generator or another order of the address, which would silently change every published run.
    let mut stream: Stream = Noise::new(20_260_901).stream(Consumer::Velocities, 0, 0);
    // ChaCha8 with the key (seed, consumer, step, index), computed independently from its definition.
    assert_eq!([stream.bits(), stream.bits()], [0x67522307ccfb2978, 0x2ed8145842af1cd8]);
    // What the method for normal numbers makes of the third word; found with rand_distr 0.6.
    let normal = stream.normal();
    assert_eq!(normal.to_bits(), 0x3fdf_5957_42dd_f42b, "{:#x}", normal.to_bits());
}

#[test]
fn shuffles_are_fair() {
    // Catches the off-by-one that makes some orders impossible: each of the 24 orders of four things, in sigmas.
    let mut stream = Noise::new(8).stream(Consumer::Shuffle, 0, 0);
    let mut counts = std::collections::HashMap::new();
    for _ in 0..48_000 {
        let mut items = [0, 1, 2, 3];
        stream.shuffle(&mut items);
        *counts.entry(items).or_insert(0_u32) += 1;
    }
    assert_eq!(counts.len(), 24);
    let chi_squared: f64 = counts.values().map(|&count| (f64::from(count) - 2000.0).powi(2) / 2000.0).sum();
    assert!((chi_squared - 23.0).abs() < 5.0 * 46.0_f64.sqrt(), "{chi_squared}");
}
