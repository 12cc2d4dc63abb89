//! Displacements, velocity correlations, vibrations.

use cormorant::analysis::{
    Analysis, CorrelationResult, Findings, MeanSquaredDisplacement, Number, VelocityCorrelation, VelocitySource,
};
use cormorant::noise::{Consumer, Noise};
use cormorant::system::System;
use cormorant::units::{ANGSTROM_PER_PICOSECOND, BOLTZMANN, FEMTOSECOND, PICOSECOND};

use super::{assert_resumes, sample, system};

/// A wavenumber of 1/cm in 1/ps, by the exact speed of light.
const INVERSE_CENTIMETRE: f64 = 0.0299792458;

fn number<'a>(findings: &'a Findings, name: &str) -> &'a Number {
    findings.numbers.iter().find(|number| number.name == name).unwrap_or_else(|| panic!("{name} in {findings:?}"))
}

fn analyze(analysis: &mut dyn Analysis, frames: impl Iterator<Item = System>) -> Findings {
    for (number, frame) in (0..).zip(frames) {
        analysis.add(&sample(&frame, number)).unwrap();
    }
    analysis.findings().unwrap()
}

/// Argon atoms that follow the exact solution of Langevin's equation without forces, `interval` (t) apart.
fn langevin(atoms: usize, frames: u64, interval: f64, friction: f64, temperature: f64) -> impl Iterator<Item = System> {
    let mut now = system(&vec!["Ar"; atoms], vec![[0.0; 3]; atoms], None);
    let thermal = (BOLTZMANN * temperature / now.masses[0]).sqrt();
    let noise = Noise::new(8);
    let mut velocities = Vec::new();
    let mut first = noise.stream(Consumer::Test, u64::MAX, 0);
    velocities.resize_with(atoms, || first.normal_vector().map(|x| thermal * x));
    // Velocity and displacement over an interval are jointly normal (Chandrasekhar 1943, doi:10.1103/RevModPhys.15.1).
    let decay = (-friction * interval).exp();
    let velocity_variance = 1.0 - decay * decay;
    let position_variance = (2.0 * friction * interval - 3.0 + 4.0 * decay - decay * decay) / (friction * friction);
    let covariance = (1.0 - decay).powi(2) / friction;
    let slope = covariance / velocity_variance;
    let rest = (position_variance - covariance * slope).sqrt();
    (0..frames).map(move |frame| {
        let current = now.clone();
        let mut stream = noise.stream(Consumer::Test, frame, 1);
        for (position, velocity) in now.positions.iter_mut().zip(&mut velocities) {
            let (first, second) = (stream.normal_vector(), stream.normal_vector());
            for axis in 0..3 {
                let kick = velocity_variance.sqrt() * first[axis];
                position[axis] +=
                    velocity[axis] * (1.0 - decay) / friction + thermal * (slope * kick + rest * second[axis]);
                velocity[axis] = velocity[axis] * decay + thermal * kick;
            }
        }
        for (momentum, velocity) in now.momenta.iter_mut().zip(&velocities) {
            *momentum = velocity.map(|x| x * now.masses[0]);
        }
        now.time += interval;
        now.step += 1;
        current
    })
}

#[test]
fn free_flight_is_ballistic() {
    // Catches: lags off by one frame, atoms of one element counted for another, drift that is left in or taken out.
    let moving = |frame: u64| {
        let time = frame as f64 * 0.1 * PICOSECOND;
        let at = |speed: f64| [speed * ANGSTROM_PER_PICOSECOND * time, 0.0, 0.0];
        let mut now = system(&["H", "H", "O"], vec![at(1.0), at(3.0), at(-2.0)], None);
        (now.time, now.step) = (time, frame);
        now
    };
    let findings = analyze(&mut MeanSquaredDisplacement::new(None, true).unwrap(), (0..300).map(moving));
    let curves = &findings.curves[0];
    let labels: Vec<&str> = curves.curves.iter().map(|curve| curve.label.as_str()).collect();
    assert_eq!(labels, ["H", "O"]);
    for (curve, square) in curves.curves.iter().zip([5.0, 4.0]) {
        for (lag, value) in curves.points.iter().zip(&curve.values) {
            assert!((value / (square * lag * lag) - 1.0).abs() < 1e-9, "{} at {lag} ps: {value}", curve.label);
        }
    }
    let lags: Vec<f64> = curves.points.iter().map(|lag| (lag / 0.1).round()).collect();
    let expected = (1..=16).chain((18..=32).step_by(2)).chain((36..=64).step_by(4)).chain((72..=128).step_by(8));
    assert_eq!(lags, expected.chain((144..=256).step_by(16)).chain([288]).map(f64::from).collect::<Vec<_>>());
    let moved_along = analyze(&mut MeanSquaredDisplacement::new(None, false).unwrap(), (0..20).map(moving));
    let drift = (1.008 * 4.0 - 15.999 * 2.0) / (2.0 * 1.008 + 15.999);
    let expected = 0.01 * (f64::powi(1.0 - drift, 2) + f64::powi(3.0 - drift, 2)) / 2.0;
    assert!((moved_along.curves[0].curves[0].values[0] / expected - 1.0).abs() < 1e-9);
}

#[test]
fn langevin_atoms_diffuse_with_kt_over_m_gamma() {
    // Catches: 4 or 2 for 6 in Einstein's relation, a wrong unit of time, errors that are much too small or too large.
    let (friction, temperature) = (0.5, 300.0);
    let frames = || langevin(40, 8000, 1.0, friction, temperature);
    let exact = BOLTZMANN * temperature / (39.95 * friction) * PICOSECOND; // Å²/t to Å²/ps
    let ps = |t: f64| t / PICOSECOND;
    // The line starts where the velocity is forgotten, at 12 / γ.
    let mut displacement = MeanSquaredDisplacement::new(Some((24.0, 200.0)), true).unwrap();
    let findings = analyze(&mut displacement, frames());
    let found = number(&findings, "diffusion coefficient of Ar");
    let error = found.error.unwrap();
    let sigmas = (found.value - exact) / error;
    assert!(sigmas.abs() < 4.0 && error < 0.05 * exact, "{found} instead of {exact}");
    // MSD = 6 D (τ − (1 − e^{−γτ}) / γ) at every lag, from ballistic to diffusive.
    let curve = &findings.curves[0].curves[0];
    for (at, lag) in findings.curves[0].points.iter().enumerate().take(40) {
        let exact = 6.0 * exact * (lag - ps((1.0 - (-friction * lag / ps(1.0)).exp()) / friction));
        let error = curve.errors.as_ref().unwrap()[at];
        assert!((curve.values[at] - exact).abs() < 4.5 * error && error < 0.1 * exact, "{lag} ps");
    }
    // C = 3 kT/m e^{−γτ}, and its integral over 3 is the same D.
    let mut correlation = VelocityCorrelation::new(40.0, VelocitySource::Momenta, CorrelationResult::Function).unwrap();
    let findings = analyze(&mut correlation, frames());
    let found = number(&findings, "diffusion coefficient of Ar");
    // The trapezoid over steps of γΔ = ½ adds (γΔ)²/12.
    let exact = exact * (1.0 + friction * friction / 12.0);
    let sigmas = (found.value - exact) / found.error.unwrap();
    assert!(sigmas.abs() < 4.0 && found.error.unwrap() < 0.05 * exact, "{found} instead of {exact}");
    let curve = &findings.curves[0].curves[0];
    let start = 3.0 * BOLTZMANN * temperature / 39.95 * PICOSECOND * PICOSECOND;
    for (lag, value) in curve.values.iter().enumerate().take(8) {
        let exact = start * (-friction * lag as f64).exp();
        let error = curve.errors.as_ref().unwrap()[lag];
        assert!((value - exact).abs() < 4.5 * error && error < 0.05 * start, "lag {lag}: {value} instead of {exact}");
    }
}

/// H and O on springs of their own, at 3000 and 800 1/cm, `interval` femtoseconds apart.
fn oscillators(frames: u64, interval: f64) -> impl Iterator<Item = System> {
    (0..frames).map(move |frame| {
        let time = frame as f64 * interval * FEMTOSECOND;
        let mut now = system(&["H", "O"], vec![[0.0; 3], [5.0; 3]], None);
        for (atom, wavenumber) in [3000.0, 800.0].into_iter().enumerate() {
            let omega = std::f64::consts::TAU * wavenumber * INVERSE_CENTIMETRE / PICOSECOND;
            // Equal kinetic energies, as in equilibrium.
            let speed = 0.01 / now.masses[atom].sqrt();
            for axis in 0..3 {
                let phase = omega * time + axis as f64;
                now.positions[atom][axis] += speed / omega * phase.sin();
                now.momenta[atom][axis] = now.masses[atom] * speed * phase.cos();
            }
        }
        (now.time, now.step) = (time, frame);
        now
    })
}

/// Catches: the time between frames taken from the first two alone, whose difference has two digits where a file keeps times in single
/// precision, and segments whose length changes with it.
#[test]
fn times_in_single_precision_are_enough() {
    let late = |frame: System| {
        // A nanosecond into a run, as a file with f32 picoseconds has it.
        let time = f64::from((1000.0 + frame.time / PICOSECOND) as f32) * PICOSECOND;
        System { time, ..frame }
    };
    let longest = 500.0 * FEMTOSECOND;
    let mut analysis =
        VelocityCorrelation::new(longest, VelocitySource::Momenta, CorrelationResult::DensityOfStates).unwrap();
    let findings = analyze(&mut analysis, oscillators(3000, 0.7).map(late));
    for (number, exact) in findings.numbers.iter().zip([800.0, 3000.0]) {
        assert!((number.value / exact - 1.0).abs() < 3.0e-3, "{} instead of {exact}", number.value);
    }
}

#[test]
fn an_oscillator_shows_its_frequency() {
    // Catches: frequencies for angular frequencies, a speed of light in wrong units, a spectrum that is not weighted with
    // masses, velocities from differences that are not corrected.
    for source in [VelocitySource::Momenta, VelocitySource::Positions] {
        let longest = 1000.0 * FEMTOSECOND;
        let mut analysis = VelocityCorrelation::new(longest, source, CorrelationResult::DensityOfStates).unwrap();
        let findings = analyze(&mut analysis, oscillators(2100, 2.0));
        let peaks: Vec<f64> = findings.numbers.iter().map(|number| number.value).collect();
        assert_eq!(peaks.len(), 2, "{peaks:?}");
        for (peak, exact) in peaks.iter().zip([800.0, 3000.0]) {
            assert!((peak - exact).abs() < 1.0, "{source:?}: {peak} instead of {exact}");
        }
        let density = &findings.curves[0];
        let step = density.points[1];
        let labels: Vec<&str> = density.curves.iter().map(|curve| curve.label.as_str()).collect();
        assert_eq!(labels, ["all", "H", "O"]);
        for (curve, modes) in density.curves.iter().zip([6.0, 3.0, 3.0]) {
            let ends = 0.5 * (curve.values[0] + curve.values.last().unwrap());
            let integral = step * (curve.values.iter().sum::<f64>() - ends);
            assert!((integral - modes).abs() < 0.02, "{source:?} {}: {integral} modes", curve.label);
        }
        // A line of cos² shape is 1/L wide at half of its height.
        let oxygen = &density.curves[2].values;
        let highest = oxygen.iter().copied().fold(0.0, f64::max);
        let width = step * oxygen.iter().filter(|value| **value > 0.5 * highest).count() as f64;
        assert!((width / 33.356 - 1.0).abs() < 0.1, "{width} 1/cm wide");
    }
}

#[test]
fn correlations_are_those_of_the_double_loop() {
    // Catches: a transform that wraps around, a normalization by the wrong number of pairs, lags shifted by one.
    let frames: Vec<System> = langevin(3, 40, 1.0, 0.3, 300.0).collect();
    let mut analysis = VelocityCorrelation::new(9.5, VelocitySource::Momenta, CorrelationResult::Function).unwrap();
    let findings = analyze(&mut analysis, frames.iter().cloned());
    let found = &findings.curves[0].curves[0].values;
    assert_eq!(found.len(), 10);
    for (lag, value) in found.iter().enumerate() {
        let mut sum = 0.0;
        for segment in frames.chunks_exact(20) {
            for pair in 0..20 - lag {
                for atom in 0..3 {
                    let (first, second) = (segment[pair].velocity(atom), segment[pair + lag].velocity(atom));
                    let product: f64 = first.iter().zip(second).map(|(x, y)| x * y).sum();
                    sum += product * PICOSECOND * PICOSECOND / (3.0 * 2.0 * (20 - lag) as f64);
                }
            }
        }
        assert!((value - sum).abs() < 1e-10 * found[0], "lag {lag}: {value} instead of {sum}");
    }
}

#[test]
fn motion_resumes_with_the_same_bits() {
    // Catches: frames or sums that are forgotten when a run is stopped.
    let frames: Vec<System> = langevin(3, 150, 1.0, 0.3, 300.0).collect();
    assert_resumes(|| Box::new(MeanSquaredDisplacement::new(None, false).unwrap()), &frames);
    for source in [VelocitySource::Momenta, VelocitySource::Positions] {
        for result in [CorrelationResult::Function, CorrelationResult::DensityOfStates] {
            assert_resumes(|| Box::new(VelocityCorrelation::new(8.0, source, result).unwrap()), &frames);
        }
    }
}

#[test]
fn frames_without_a_clock_are_refused() {
    // Catches: a diffusion coefficient from frames whose times are unknown, equal or uneven.
    let frame = system(&["Ar"], vec![[0.0; 3]], None);
    let mut at = [frame.clone(), frame.clone(), frame.clone()];
    (at[1].time, at[2].time) = (1.0, 3.0);
    let mut analysis = MeanSquaredDisplacement::new(None, true).unwrap();
    analysis.add(&sample(&at[0], 0)).unwrap();
    analysis.add(&sample(&at[1], 1)).unwrap();
    let error = analysis.add(&sample(&at[2], 2)).unwrap_err().to_string();
    assert!(error.contains("frame 2") && error.contains("--spacing"), "{error}");
    let mut analysis = MeanSquaredDisplacement::new(None, true).unwrap();
    analysis.add(&sample(&at[0], 0)).unwrap();
    assert!(analysis.add(&sample(&frame, 1)).is_err(), "two frames at the same time");
    let mut untimed = sample(&at[0], 0);
    untimed.timed = false;
    assert!(MeanSquaredDisplacement::new(None, true).unwrap().add(&untimed).is_err());
    let mut still = sample(&at[0], 0);
    still.moving = false;
    let mut analysis = VelocityCorrelation::new(8.0, VelocitySource::Momenta, CorrelationResult::Function).unwrap();
    assert!(analysis.add(&still).unwrap_err().to_string().contains("--velocities positions"));
}
