//! Distributions of the canonical baths against exact values, judged in standard errors.

use cormorant::dynamics::{
    Andersen, Baoab, Berendsen, Bussi, ForceEvaluator, Integrator, Langevin, NoBath, NoseHoover, Thermostat,
    VelocityVerlet,
};
use cormorant::noise::Noise;
use cormorant::system::System;
use cormorant::system::observables::kinetic_energy;
use cormorant::units::{BOLTZMANN, FEMTOSECOND};

use crate::wells::{Well, crowd};

const ATOMS: usize = 6;
/// A mean may be this many standard errors off.
const SIGMAS: f64 = 4.5;

/// Mean and standard error of a correlated series, from 64 blocks.
pub(crate) fn mean_and_error(series: &[f64]) -> (f64, f64) {
    const BLOCKS: usize = 64;
    let length = series.len() / BLOCKS;
    let means: Vec<f64> =
        series.chunks_exact(length).take(BLOCKS).map(|block| block.iter().sum::<f64>() / length as f64).collect();
    let mean = means.iter().sum::<f64>() / BLOCKS as f64;
    let square: f64 = means.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (square / (BLOCKS * (BLOCKS - 1)) as f64).sqrt())
}

/// Shown by `--nocapture`.
#[expect(clippy::print_stdout, reason = "numbers that a reader of the tests may want to see")]
pub(crate) fn show(text: &str) {
    println!("{text}");
}

/// Assert that the mean of `series` is `exact` within its error, and that the error is below `resolution` of it.
pub(crate) fn assert_mean(what: &str, series: &[f64], exact: f64, resolution: f64) {
    let (mean, error) = mean_and_error(series);
    show(&format!("{what}: {mean} ± {error}, exactly {exact}: {:.2} sigmas", (mean - exact) / error));
    assert!(error < resolution * exact.abs(), "{what}: an error of {error} on {exact} decides nothing");
    assert!((mean - exact).abs() < SIGMAS * error, "{what}: {mean} ± {error}, exactly {exact}");
}

/// What is sampled every few steps.
struct Samples {
    kinetic: Vec<f64>,
    potential: Vec<f64>,
    /// −x·F of the first and the last coordinate: each kT on average.
    virials: [Vec<f64>; 2],
    /// |F|²/kT − ∇²U, in eV/Å²: zero on average for any potential.
    forces: Vec<f64>,
}

fn sample(
    well: Well,
    mut integrator: impl Integrator,
    bath: &mut dyn Thermostat,
    steps: usize,
    every: usize,
) -> Samples {
    let noise = Noise::new(11);
    let temperature = bath.temperature().expect("a temperature");
    let mut system = crowd(ATOMS, temperature, 12);
    bath.prepare(3 * ATOMS);
    let mut field = ForceEvaluator::new(Box::new(well), &system).expect("a field");
    let mut samples =
        Samples { kinetic: Vec::new(), potential: Vec::new(), virials: [Vec::new(), Vec::new()], forces: Vec::new() };
    for step in 0..steps {
        integrator.step(&mut system, &mut field, bath, &noise).expect("a step");
        if step > steps / 50 && step % every == 0 {
            let forces = &field.last().forces;
            samples.kinetic.push(kinetic_energy(&system));
            samples.potential.push(field.last().energy);
            samples.virials[0].push(-system.positions[0][0] * forces[0][0]);
            samples.virials[1].push(-system.positions[ATOMS - 1][2] * forces[ATOMS - 1][2]);
            let square: f64 = forces.iter().flatten().map(|force| force * force).sum();
            samples.forces.push(square / (BOLTZMANN * temperature) - laplacian(well, &system));
        }
    }
    samples
}

/// ∇²U of a well.
fn laplacian(well: Well, system: &System) -> f64 {
    let wells: f64 = system
        .positions
        .iter()
        .map(|r| well.stiffness.iter().sum::<f64>() + 5.0 * well.quartic * r.iter().map(|x| x * x).sum::<f64>())
        .sum();
    wells + 6.0 * well.coupling * (ATOMS - 1) as f64
}

/// Every mean that the canonical ensemble fixes.
fn assert_canonical(bath: &mut dyn Thermostat, time_step: f64, steps: usize) {
    let name = bath.name();
    let thermal = BOLTZMANN * bath.temperature().expect("a temperature");
    let freedom = 3.0 * ATOMS as f64;
    let integrator = VelocityVerlet::new(time_step).expect("a step");
    let samples = sample(Well::CHAOTIC, integrator, bath, steps, 5);
    let mean = 0.5 * freedom * thermal;
    assert_mean(&format!("{name}: kinetic energy"), &samples.kinetic, mean, 0.01);
    let squares: Vec<f64> = samples.kinetic.iter().map(|kinetic| (kinetic - mean).powi(2)).collect();
    assert_mean(&format!("{name}: its variance"), &squares, 0.5 * freedom * thermal * thermal, 0.05);
    assert_mean(&format!("{name}: virial of a light atom"), &samples.virials[0], thermal, 0.06);
    assert_mean(&format!("{name}: virial of a heavy atom"), &samples.virials[1], thermal, 0.06);
    let (excess, error) = mean_and_error(&samples.forces);
    show(&format!("{name}: |F|²/kT − ∇²U: {excess} ± {error}"));
    assert!(error < 0.03 * laplacian(Well::CHAOTIC, &crowd(ATOMS, 0.0, 12)), "{name}: {error} eV/Å² decides nothing");
    assert!(excess.abs() < SIGMAS * error, "{name}: |F|²/kT − ∇²U is {excess} ± {error}, exactly 0");
}

const STEP: f64 = 0.5 * FEMTOSECOND;

// Catches: friction without noise, noise without the mass, (1 − c) for (1 − c²), a half-step friction applied twice.
#[test]
fn langevin_is_canonical() {
    assert_canonical(&mut Langevin::new(400.0, 0.02 / FEMTOSECOND).expect("a bath"), STEP, 400_000);
}

// Catches: N for N − 1 in the gamma draw, a lost cross term, a wrong sign of the factor.
#[test]
fn bussi_is_canonical() {
    assert_canonical(&mut Bussi::new(400.0, 40.0 * FEMTOSECOND).expect("a bath"), STEP, 2_000_000);
}

// Catches: collisions that redraw one component, or a width without the mass.
#[test]
fn andersen_is_canonical() {
    assert_canonical(&mut Andersen::new(400.0, 0.02 / FEMTOSECOND).expect("a bath"), STEP, 800_000);
}

// Catches: a wrong number of degrees of freedom in the chain, a chain that does not reach its end.
#[test]
fn nose_hoover_is_canonical() {
    let mut bath = NoseHoover::new(400.0, 8.0 * FEMTOSECOND, NoseHoover::CHAIN).expect("a bath");
    assert_canonical(&mut bath, STEP, 2_000_000);
}

// Catches: Berendsen's bath sold as canonical: its kinetic energy hardly fluctuates of its own.
#[test]
fn berendsen_relaxes_exponentially() {
    let noise = Noise::new(3);
    let mut system = crowd(ATOMS, 900.0, 6);
    let mut bath = Berendsen::new(300.0, 100.0).expect("a bath");
    bath.prepare(3 * ATOMS);
    let mut field = ForceEvaluator::new(Box::new(Well::FLAT), &system).expect("a field");
    let mut integrator = VelocityVerlet::new(1.0).expect("a step");
    for _ in 0..150 {
        integrator.step(&mut system, &mut field, &mut bath, &noise).expect("a step");
    }
    let mean = |temperature: f64| 1.5 * ATOMS as f64 * BOLTZMANN * temperature;
    let exact = mean(300.0) + mean(600.0) * (-1.5_f64).exp();
    assert!((kinetic_energy(&system) / exact - 1.0).abs() < 1e-12);
    assert!(!bath.canonical() && !NoBath.canonical());
}

// Catches: a splitting other than BAOAB: at ωΔt = 1 velocity Verlet with the same bath is 33 % off in ⟨x²⟩, and its momenta
// are not a quarter of m kT short.
#[test]
fn baoab_positions_are_exact_at_a_large_step() {
    let stiffness = 2.0;
    let time_step = (1.008_f64 / stiffness).sqrt();
    let mut bath = Langevin::new(300.0, 0.3 / time_step).expect("a bath");
    let integrator = Baoab::new(time_step).expect("a step");
    let samples = sample(Well::harmonic(stiffness), integrator, &mut bath, 300_000, 2);
    let exact = BOLTZMANN * 300.0;
    assert_mean("virial of hydrogen at a large step", &samples.virials[0], exact, 0.02);
    assert_mean("potential energy at a large step", &samples.potential, 1.5 * ATOMS as f64 * exact, 0.005);
    // The oscillators are Gaussian: variance of the potential energy N/2·(kT)².
    let squares: Vec<f64> =
        samples.potential.iter().map(|energy| (energy - 1.5 * ATOMS as f64 * exact).powi(2)).collect();
    assert_mean("its variance", &squares, 1.5 * ATOMS as f64 * exact * exact, 0.03);
    // ⟨p²⟩ = m kT (1 − (ωΔt)²/4) at full steps, with ω² = stiffness/m.
    let share = |mass: &f64| 1.0 - stiffness * time_step * time_step / (4.0 * mass);
    let shares: f64 = crowd(ATOMS, 300.0, 12).masses.iter().map(share).sum();
    assert_mean("kinetic energy at full steps", &samples.kinetic, 1.5 * shares * exact, 0.005);
}

// Catches: friction in the wrong unit, noise correlated in time. For a free particle ⟨v(0)·v(t)⟩ = 3kT/m·exp(−γt).
#[test]
fn free_langevin_is_an_ornstein_uhlenbeck_process() {
    let friction = 0.05;
    let noise = Noise::new(21);
    let mut system = crowd(ATOMS, 300.0, 22);
    let mut bath = Langevin::new(300.0, friction).expect("a bath");
    let mut field = ForceEvaluator::new(Box::new(Well::FLAT), &system).expect("a field");
    let mut integrator = VelocityVerlet::new(2.0).expect("a step");
    let mut history: Vec<[f64; 3]> = Vec::new();
    for _ in 0..200_000 {
        integrator.step(&mut system, &mut field, &mut bath, &noise).expect("a step");
        history.push(system.velocity(1));
    }
    let thermal = 3.0 * BOLTZMANN * 300.0 / system.masses[1];
    for lag in [0, 1, 3, 10, 20] {
        let products: Vec<f64> = history
            .windows(lag + 1)
            .map(|window| (0..3).map(|axis| window[0][axis] * window[lag][axis]).sum())
            .collect();
        let exact = thermal * (-friction * 2.0 * lag as f64).exp();
        assert_mean(&format!("velocity correlation at lag {lag}"), &products, exact, 0.08);
    }
}

// Catches: a distribution with the right mean and the wrong shape. The logarithm of the ratio of the histograms of U at
// two temperatures is linear with slope 1/kT₁ − 1/kT₂ whatever the potential.
#[test]
fn two_temperatures_have_the_right_ratio() {
    let make: [fn(f64) -> Box<dyn Thermostat>; 4] = [
        |temperature| Box::new(Langevin::new(temperature, 0.02 / FEMTOSECOND).expect("a bath")),
        |temperature| Box::new(Bussi::new(temperature, 40.0 * FEMTOSECOND).expect("a bath")),
        |temperature| Box::new(Andersen::new(temperature, 0.02 / FEMTOSECOND).expect("a bath")),
        |temperature| Box::new(NoseHoover::new(temperature, 8.0 * FEMTOSECOND, NoseHoover::CHAIN).expect("a bath")),
    ];
    for make in make {
        let potential = |temperature: f64| {
            let integrator = VelocityVerlet::new(STEP).expect("a step");
            // Every 300 fs: far beyond the correlation time, so that the counts are independent.
            sample(Well::CHAOTIC, integrator, make(temperature).as_mut(), 1_200_000, 300).potential
        };
        let (slope, error) = ratio_slope(&potential(360.0), &potential(440.0));
        let exact = 1.0 / (BOLTZMANN * 360.0) - 1.0 / (BOLTZMANN * 440.0);
        let name = make(300.0).name();
        println!("{name}: slope {slope} ± {error}, exactly {exact}");
        assert!(error < 0.12 * exact, "{name}: an error of {error} on {exact} decides nothing");
        assert!((slope - exact).abs() < SIGMAS * error, "{name}: slope {slope} ± {error}, exactly {exact}");
    }
}

/// Maximum-likelihood slope of ln(P_cold/P_hot) over energy, by logistic regression, with its standard error.
pub(crate) fn ratio_slope(cold: &[f64], hot: &[f64]) -> (f64, f64) {
    let center = cold.iter().chain(hot).sum::<f64>() / (cold.len() + hot.len()) as f64;
    let (mut offset, mut slope) = (0.0, 0.0);
    let mut information = [[0.0; 2]; 2];
    for _newton in 0..30 {
        let mut gradient = [0.0; 2];
        information = [[0.0; 2]; 2];
        for (series, label) in [(cold, 1.0), (hot, 0.0)] {
            for energy in series {
                let x = -(energy - center);
                let guess = 1.0 / (1.0 + (-(offset + slope * x)).exp());
                let weight = guess * (1.0 - guess);
                gradient[0] += label - guess;
                gradient[1] += (label - guess) * x;
                information[0][0] += weight;
                information[0][1] += weight * x;
                information[1][1] += weight * x * x;
            }
        }
        let determinant = information[0][0] * information[1][1] - information[0][1] * information[0][1];
        offset += (information[1][1] * gradient[0] - information[0][1] * gradient[1]) / determinant;
        slope += (information[0][0] * gradient[1] - information[0][1] * gradient[0]) / determinant;
    }
    let determinant = information[0][0] * information[1][1] - information[0][1] * information[0][1];
    (slope, (information[0][0] / determinant).sqrt())
}
