//! Large boxes of water: time and memory of an atom with each preset, from 1,536 atoms on.
//!
//! `cargo bench --bench boxes -- [preset=lean] [repeat=2,4,8] [threads=1] [rounds=5] [channels=16] [products=2] [degree=3] [layers=2]`; a box has
//! 192·repeat³ atoms. Atoms move by some hundredths of an Ångström between evaluations, so that neighbors are searched now and then, as in a
//! run. With one thread the time is that for which it had a core, where the system says it. Memory is the peak of the process beyond what it had before: model, neighbors, graph and work arrays, without the atoms themselves.

#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use cormorant::io::read_structure;
use cormorant::model::CormorantConfig;
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};
use cormorant::system::System;

mod shared;

use shared::{random_model, repeated};

fn main() {
    let given: HashMap<String, String> = std::env::args()
        .filter_map(|argument| argument.split_once('=').map(|(key, value)| (key.to_string(), value.to_string())))
        .collect();
    let text = |key: &str, default: &str| given.get(key).cloned().unwrap_or_else(|| default.to_string());
    let number = |key: &str, default: usize| given.get(key).map_or(default, |text| text.parse().expect("a number"));
    let base = CormorantConfig::default();
    let preset = text("preset", "fast");
    let preset = match preset.as_str() {
        "local" => CormorantConfig { layers: 1, products: 3, channels: 32, ..base },
        "lean" => CormorantConfig { layers: 1, products: 3, channels: 8, max_degree: 2, max_edge_degree: 4, ..base },
        _ => base,
    };
    let degree = number("degree", preset.max_degree);
    let config = CormorantConfig {
        channels: number("channels", preset.channels),
        layers: number("layers", preset.layers),
        products: number("products", preset.products),
        max_degree: degree,
        max_edge_degree: 2 * degree,
        ..preset
    };
    for repeat in text("repeat", "2").split(',') {
        let repeat = repeat.parse().expect("a number of cells");
        measure(&config, repeat, number("threads", 1), number("rounds", 5));
    }
}

fn measure(config: &CormorantConfig, repeat: usize, threads: usize, rounds: usize) {
    let mut system = water(repeat);
    let model = random_model(config, &system, 0.02, 0.1);
    let mut random = Noise::new(2).stream(Consumer::Test, 0, 0);
    let (atoms, before) = (system.atom_count(), peak_memory());
    let mut potential = LearnedPotential::new(&model, Precision::F32, threads).expect("a potential");
    let (mut found, mut times) = (Evaluation::default(), Vec::new());
    // The first evaluation makes room, and is not counted.
    for round in 0..=rounds {
        for x in system.positions.as_flattened_mut() {
            *x += 0.01 * random.normal();
        }
        let (start, on_core) = (Instant::now(), seconds_on_core());
        potential.evaluate(&system, RequestedProperties::default(), &mut found).expect("an evaluation");
        let seconds = match (threads, on_core, seconds_on_core()) {
            (1, Some(before), Some(after)) => after - before,
            _ => start.elapsed().as_secs_f64(),
        };
        if round > 0 {
            times.push(seconds * 1e6 / atoms as f64);
        }
    }
    times.sort_by(f64::total_cmp);
    let bits = found.forces.as_flattened().iter().fold(0_u64, |bits, x| bits.rotate_left(1) ^ x.to_bits());
    println!(
        "{} channels, degree {}, {} layers, {} products, {threads} threads, {atoms:8} atoms: {:7.2} µs/atom (least {:.2}), {:6.2} kB/atom, bits of forces {bits:016x}",
        config.channels,
        config.max_degree,
        config.layers,
        config.products,
        times[times.len() / 2],
        times[0],
        (peak_memory() - before) / atoms as f64 / 1000.0
    );
}

/// How long this thread has had a core: on a busy machine that is less than what passed.
fn seconds_on_core() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(|nanoseconds: f64| nanoseconds * 1e-9)
}

/// Peak of the resident memory in bytes; 0 where the system does not say.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok())
        .map_or(0.0, |kilobytes| kilobytes * 1024.0)
}

/// 64 molecules of water, repeated along every axis.
fn water(times: usize) -> System {
    repeated(&read_structure(Path::new("inputs/structures/water.xyz"), None).expect("a box of water"), times)
}
