//! Speed of the network on a graphics processor: boxes of water of several sizes, and many molecules of ethanol as one batch.
//!
//! `cargo bench --bench graphics -- device=gpu:0 minutes=8` writes a table, with date, adapter and driver, and stops before the time is up.
//! Without `device` it takes the first adapter.

#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::{Duration, Instant};

use cormorant::io::read_structure;
use cormorant::kernels::network::Layout;
use cormorant::model::{
    Backend, CormorantConfig, EngineOptions, Header, Model, Precision, Scaling, graphics_processors,
};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{Evaluation, LearnedPotential, Potential, RequestedProperties, evaluate_batch};
use cormorant::system::{Cell, Element, System};

fn main() {
    let argument = |name: &str| {
        std::env::args().find_map(|argument| argument.strip_prefix(&format!("{name}=")).map(str::to_string))
    };
    let device = argument("device").unwrap_or_else(|| "gpu:0".into());
    let minutes: f64 = argument("minutes").and_then(|text| text.parse().ok()).unwrap_or(8.0);
    if graphics_processors().is_ok_and(|found| found.is_empty()) {
        println!("skipped: no graphics processor");
        return;
    }
    let end = Instant::now() + Duration::from_secs_f64(60.0 * minutes);
    let options = EngineOptions { precision: Precision::F32, backend: Backend::Graphics(device) };
    let small = LearnedPotential::new(&model(16), options.clone(), 1).expect("the device can be opened");
    println!("device: {}", small.device().unwrap_or_default());
    println!("| channels | atoms | ms per step | µs per atom and step | processor, one thread: µs |");
    println!("|---|---|---|---|---|");
    // Small ones first: what is not reached in time is left out.
    for side in [4, 10, 16, 32] {
        for channels in [16, 32, 64] {
            boxes(channels, side, &options, end);
        }
    }
    println!("| molecules of ethanol together | ms per step | ns/day of all, 0.5 fs |\n|---|---|---|");
    for count in [1, 16, 64, 256, 1024] {
        molecules(count, &options, end);
    }
}

/// Random weights: the time does not depend on them.
fn model(channels: usize) -> Model {
    let elements = ["H", "C", "O"].map(|symbol| Element::from_symbol(symbol).expect("an element")).to_vec();
    let scaling = Scaling { references: vec![0.0; elements.len()], elements, scale: 1.0 };
    let config = CormorantConfig { channels, ..CormorantConfig::default() };
    let header = Header::new(config, &scaling, 10.0, 0.04);
    let mut random = Noise::new(1).stream(Consumer::Test, 0, 0);
    let scales = Layout::new(&header.shape()).blocks.into_iter().flat_map(|block| vec![block.scale; block.len()]);
    let weights = scales.map(|scale| 0.02 * scale * random.normal()).collect();
    Model { path: "random".into(), header, weights }
}

/// Water at its density, on a grid of `side`³ molecules.
fn water(side: usize) -> System {
    let step = 3.105;
    let (mut elements, mut positions) = (Vec::new(), Vec::new());
    for index in 0..side.pow(3) {
        let corner = [index / (side * side), index / side % side, index % side].map(|k| step * k as f64);
        let (s, c) = (0.7 * index as f64).sin_cos();
        for (symbol, place) in [("O", [0.0; 3]), ("H", [0.96 * c, 0.96 * s, 0.0]), ("H", [-0.24 * c, -0.24 * s, 0.93])]
        {
            elements.push(Element::from_symbol(symbol).expect("an element"));
            positions.push([0, 1, 2].map(|axis| corner[axis] + place[axis]));
        }
    }
    let edge = step * side as f64;
    let cell = Cell::new([[edge, 0.0, 0.0], [0.0, edge, 0.0], [0.0, 0.0, edge]]).expect("a cell");
    System::new(elements, positions, Some(cell)).expect("a system")
}

/// Median seconds; none when the time is up.
fn median(mut run: impl FnMut(), end: Instant) -> Option<f64> {
    let (start, mut times) = (Instant::now(), Vec::new());
    run();
    let first = start.elapsed();
    while times.len() < 3 || start.elapsed() < first + Duration::from_secs(2) {
        if Instant::now() > end {
            return None;
        }
        let begun = Instant::now();
        run();
        times.push(begun.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Some(times[times.len() / 2])
}

fn boxes(channels: usize, side: usize, options: &EngineOptions, end: Instant) {
    let (model, system) = (model(channels), water(side));
    let atoms = system.atom_count();
    let time = |options: EngineOptions| {
        let mut potential = LearnedPotential::new(&model, options, 1).expect("a potential");
        let mut result = Evaluation::default();
        let run = || potential.evaluate(&system, RequestedProperties::default(), &mut result).expect("it fits");
        median(run, end)
    };
    let Some(seconds) = time(options.clone()) else { return };
    let processor = if side <= 4 { time(Precision::F32.into()) } else { None };
    let processor = processor.map_or(String::new(), |one| format!("{:.1}", one * 1e6 / atoms as f64));
    println!("| {channels} | {atoms} | {:.2} | {:.2} | {processor} |", seconds * 1e3, seconds * 1e6 / atoms as f64);
}

fn molecules(count: usize, options: &EngineOptions, end: Instant) {
    let model = model(16);
    let file = std::path::Path::new("inputs/structures/ethanol.xyz");
    let molecule = read_structure(file, None).expect("a structure");
    let systems = vec![molecule; count];
    let first = LearnedPotential::new(&model, options.clone(), 1).expect("a potential");
    // As many threads as replicas have: those who wait are evaluated together.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(count.min(256)).build().expect("threads");
    let run = || {
        pool.install(|| evaluate_batch(&first, &systems, RequestedProperties::default())).expect("it fits");
    };
    let Some(seconds) = median(run, end) else { return };
    let per_day = 0.5e-6 * 86_400.0 / seconds * count as f64;
    println!("| {count} | {:.2} | {per_day:.0} |", seconds * 1e3);
}
