//! Liquid argon, 32,000 atoms of Lennard-Jones at 94.4 K and 1.374 g/cm³ (A. Rahman 1964), one thread.
//!
//! `cargo bench --bench argon [-- ATOMS_PER_EDGE STEPS]`: time of a step and of its parts, in µs for each atom. The figure
//! to hold is 0.5 µs, lists included.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::sync::LazyLock;
use std::time::Instant;

use cormorant::dynamics::{ForceEvaluator, Integrator, NoBath, VelocityVerlet};
use cormorant::noise::Noise;
use cormorant::potential::{Evaluation, LennardJones, Potential, RequestedProperties};
use cormorant::system::observables::{kinetic_energy, temperature};
use cormorant::system::{Cell, Element, NeighborList, Removed, System, velocities};
use cormorant::units::FEMTOSECOND;

const CUTOFF: f64 = 8.5; // Å

/// Seconds that this thread has spent on a processor: other programs on the machine do not count. Wall time elsewhere.
fn now() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = spent.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.elapsed().as_secs_f64(), |ns| ns * 1.0e-9)
}

/// A face-centered crystal of n³ cells of four atoms at the density of the liquid.
fn argon(n: u32) -> System {
    let edge = f64::cbrt(4.0 * 39.95 / (1.374 * 0.602_214_076));
    let mut positions = Vec::new();
    for x in 0..n {
        for y in 0..n {
            for z in 0..n {
                for [a, b, c] in [[0.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]] {
                    positions.push([f64::from(x) + a, f64::from(y) + b, f64::from(z) + c].map(|f| f * edge));
                }
            }
        }
    }
    let element = Element::from_symbol("Ar").expect("an element");
    let cell = Cell::cubic(f64::from(n) * edge).expect("a cell");
    let mut system = System::new(vec![element; positions.len()], positions, Some(cell)).expect("a system");
    let removed = Removed { translation: true, rotation: false };
    velocities::draw(&mut system, 188.8, removed, &Noise::new(1)).expect("velocities");
    system
}

fn main() {
    let numbers: Vec<u32> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let (n, steps) = (numbers.first().map_or(20, |n| *n), numbers.get(1).map_or(200, |steps| *steps));
    let mut system = argon(n);
    let atoms = system.atom_count() as f64;
    let noise = Noise::new(1);
    let potential = LennardJones::argon(CUTOFF).expect("a potential");
    let mut field = ForceEvaluator::new(Box::new(potential), &system).expect("forces");
    let mut verlet = VelocityVerlet::new(5.0 * FEMTOSECOND).expect("a step");
    let mut advance = |system: &mut System, steps: u32| {
        for _ in 0..steps {
            verlet.step(system, &mut field, &mut NoBath, &noise).expect("a step");
        }
        field.last().energy
    };
    advance(&mut system, 100); // the crystal melts
    let before = kinetic_energy(&system) + advance(&mut system, 1);
    let start = now();
    let after = advance(&mut system, steps);
    let step = (now() - start) * 1.0e6 / atoms / f64::from(steps);
    let drift = (kinetic_energy(&system) + after - before) * 1.0e3 / atoms;
    println!("{atoms} atoms, {steps} steps, {:.1} K", temperature(&system, 3 * system.atom_count() - 3));
    println!("step, lists included     {step:.3} µs per atom, energy changed by {drift:.4} meV per atom");

    let time = |name: &str, repeats: u32, run: &mut dyn FnMut()| {
        run();
        let start = now();
        (0..repeats).for_each(|_| run());
        let each = (now() - start) * 1.0e6 / atoms / f64::from(repeats);
        println!("{name:<24} {each:.3} µs per atom");
    };
    let mut evaluation = Evaluation::default();
    let mut kept = LennardJones::argon(CUTOFF).expect("a potential");
    time("forces, list kept", 20, &mut || {
        kept.evaluate(&system, RequestedProperties::default(), &mut evaluation).expect("forces");
    });
    let want = RequestedProperties { virial: true, atom_energies: false };
    time("forces and virial", 20, &mut || kept.evaluate(&system, want, &mut evaluation).expect("forces"));
    time("forces, list searched", 3, &mut || {
        let mut fresh = LennardJones::argon(CUTOFF).expect("a potential");
        fresh.evaluate(&system, RequestedProperties::default(), &mut evaluation).expect("forces");
    });
    let mut list = NeighborList::new(CUTOFF, 1.0);
    time("all edges, list kept", 10, &mut || {
        list.update(&system).expect("edges");
    });
}
