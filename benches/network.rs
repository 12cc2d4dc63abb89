//! Speed of the network: kernels, energy and forces through the public `Potential`, whole steps of dynamics.
//!
//! `cargo bench --bench network`; systems whose data are not at hand (`../shared/data` or `CORMORANT_DATA`) are skipped.

#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use cormorant::dynamics::{Baoab, ForceEvaluator, Integrator, Langevin, NoBath, Thermostat, VelocityVerlet};
use cormorant::fit::DataSet;
use cormorant::kernels::network::Plan;
use cormorant::kernels::{instruction_set, peak_flops, product_flops};
use cormorant::model::CormorantConfig;
use cormorant::noise::Noise;
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties};
use cormorant::system::observables::Removed;
use cormorant::system::{System, velocities};
use cormorant::units::{FEMTOSECOND, PICOSECOND};

mod shared;

use shared::{random_model, repeated};

fn main() {
    let peak = peak_flops::<f32>();
    println!("instruction set {}, peak of fused multiply-adds {:.1} GFLOP/s", instruction_set().name(), peak / 1e9);
    for (channels, atoms) in [(16, 8), (16, 16), (16, 64), (32, 8), (32, 16)] {
        let share = 100.0 * product_flops::<f32>(3, channels, atoms) / peak;
        println!("products of atoms alone, degree 3, {channels} channels, {atoms:3} atoms: {share:5.1} % of peak");
    }
    let network_a =
        CormorantConfig { products: 1, max_edge_degree: 3, element_products: false, ..CormorantConfig::default() };
    let wide = CormorantConfig { channels: 32, ..CormorantConfig::default() };
    let systems = systems();
    for (name, config) in [("A", network_a), ("default", CormorantConfig::default()), ("32 channels", wide)] {
        for (label, system, threads) in &systems {
            potential(name, &config, label, system, *threads, peak);
        }
        if let Some((_, ethanol, _)) = systems.first() {
            steps(name, &config, ethanol);
        }
    }
}

/// What is timed, with the number of threads.
fn systems() -> Vec<(String, System, usize)> {
    let folder = std::env::var_os("CORMORANT_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let mut systems = Vec::new();
    let mut add = |label: &str, file: PathBuf, repeats: usize, threads: usize| match first_frame(&file) {
        Some(system) => systems.push((label.to_string(), repeated(&system, repeats), threads)),
        None => println!("skipped: {label}, no {}", file.display()),
    };
    add("ethanol", PathBuf::from("inputs/data/ethanol-gfn2.xyz"), 1, 1);
    add("aspirin", folder.join("rmd17/rmd17_aspirin_test_01.npz"), 1, 1);
    add("water 192", folder.join("water/water_192.xyz"), 1, 1);
    add("water 192, 2 threads", folder.join("water/water_192.xyz"), 1, 2);
    add("water 1536", folder.join("water/water_192.xyz"), 2, 1);
    add("water 12288", folder.join("water/water_192.xyz"), 4, 1);
    systems
}

fn first_frame(file: &Path) -> Option<System> {
    let frame = DataSet::read(file, None).ok()?.configurations.into_iter().next()?;
    System::new(frame.elements, frame.positions, frame.cell).ok()
}

fn median(mut run: impl FnMut(), seconds: f64) -> f64 {
    let (start, mut times) = (Instant::now(), Vec::new());
    while times.len() < 5 || start.elapsed().as_secs_f64() < seconds {
        let begun = Instant::now();
        run();
        times.push(begun.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn potential(name: &str, config: &CormorantConfig, label: &str, system: &System, threads: usize, peak: f64) {
    let model = random_model(config, system, 0.04, 0.02);
    let mut potential = LearnedPotential::new(&model, Precision::F32, threads).expect("a potential");
    let mut result = Evaluation::default();
    let mut run = || potential.evaluate(system, RequestedProperties::default(), &mut result).expect("an evaluation");
    run();
    let time = median(run, 1.0);
    let edges = potential.edge_count();
    let (_, operations) = Plan::<f32>::new(&model.header.shape()).operations(system.atom_count(), edges);
    println!(
        "{name:12} {label:22} energy+forces {:9.4} ms  {:7.3} µs/atom  {edges:7} edges  {:5.1} % of peak",
        time * 1e3,
        time * 1e6 / system.atom_count() as f64,
        100.0 * operations / time / peak / threads as f64
    );
}

fn steps(name: &str, config: &CormorantConfig, system: &System) {
    let model = random_model(config, system, 0.04, 0.02);
    let noise = Noise::new(3);
    let run = |label: &str, integrator: &mut dyn Integrator, bath: &mut dyn Thermostat| {
        let mut system = system.clone();
        velocities::draw(&mut system, 10.0, Removed::default(), &noise).expect("velocities");
        let potential = LearnedPotential::new(&model, Precision::F32, 1).expect("a potential");
        let mut field = ForceEvaluator::new(Box::new(potential), &system).expect("a field");
        // From the same start again and again: with random weights the molecule would fall apart.
        let start = system.clone();
        let time = median(
            || {
                system.clone_from(&start);
                for _ in 0..20 {
                    integrator.step(&mut system, &mut field, bath, &noise).expect("a step");
                }
            },
            1.0,
        ) / 20.0;
        println!("{name:12} ethanol, {label:13} step          {:9.4} ms  {:.0} ns/day", time * 1e3, 0.0432 / time);
    };
    run("NVE", &mut VelocityVerlet::new(0.5 * FEMTOSECOND).expect("a step"), &mut NoBath);
    let mut langevin = Langevin::new(10.0, 1.0 / PICOSECOND).expect("a bath");
    run("Langevin", &mut Baoab::new(0.5 * FEMTOSECOND).expect("a step"), &mut langevin);
}
