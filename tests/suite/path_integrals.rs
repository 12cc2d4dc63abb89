//! Quantum nuclei as ring polymers.

use std::fs;
use std::path::Path;

use cormorant::dynamics::ring_polymer::{Estimators, ring_of};
use cormorant::dynamics::{ForceEvaluator, Integrator, NoBath, NormalModes, Pile, RingPolymer, Thermostat};
use cormorant::noise::Noise;
use cormorant::potential::{Evaluation, MeanOverBeads, Potential, RequestedProperties};
use cormorant::simulation::{Observer, Schedule, Snapshot, Stop};
use cormorant::system::{Element, System};
use cormorant::units::{BOLTZMANN, FEMTOSECOND, REDUCED_PLANCK};
use cormorant::workflow::{RunMode, run_input, simulate};

const TEMPERATURE: f64 = 100.0;
/// ħω / kT of the oscillator: quantum through and through, as a bending mode at 100 K.
const RATIO: f64 = 6.0;

/// Every atom in a well of its own around the origin: V = ½ m ω² r².
struct Wells {
    stiffness: f64,
}

impl Potential for Wells {
    fn name(&self) -> String {
        "wells".into()
    }
    fn cutoff(&self) -> Option<f64> {
        None
    }
    fn accepts(&self, _: Element) -> bool {
        true
    }
    fn evaluate(&mut self, system: &System, _: RequestedProperties, into: &mut Evaluation) -> cormorant::Result<()> {
        into.energy = 0.5 * self.stiffness * system.positions.iter().flatten().map(|x| x * x).sum::<f64>();
        into.forces = system.positions.iter().map(|r| r.map(|x| -self.stiffness * x)).collect();
        Ok(())
    }
}

fn atoms(count: usize) -> System {
    System::new(vec![Element::from_symbol("H").unwrap(); count], vec![[0.0; 3]; count], None).unwrap()
}

fn frequency() -> f64 {
    RATIO * BOLTZMANN * TEMPERATURE / REDUCED_PLANCK
}

fn wells(beads: usize) -> Box<dyn Potential> {
    let stiffness = atoms(1).masses[0] * frequency().powi(2);
    let copies = (0..beads).map(|_| Box::new(Wells { stiffness }) as Box<dyn Potential>).collect();
    Box::new(MeanOverBeads::new(copies, 1).unwrap())
}

/// Catches: a transformation that is not orthogonal, or frequencies that do not belong to it.
#[test]
fn modes_diagonalise_the_springs() {
    for beads in [1, 2, 3, 8, 9] {
        let modes = NormalModes::new(beads, 77.0).unwrap();
        let start: Vec<[f64; 3]> =
            (0..beads).map(|j| [(j as f64).sin(), (3.0 * j as f64).cos(), (j * j) as f64 * 0.1]).collect();
        let (mut values, mut room) = (start.clone(), Vec::new());
        modes.to_modes(&mut values, &mut room);
        let by_modes: f64 = values
            .iter()
            .zip(modes.frequencies())
            .map(|(v, omega)| 0.5 * omega * omega * v.iter().map(|x| x * x).sum::<f64>())
            .sum();
        let by_beads: f64 = (0..beads)
            .flat_map(|j| (0..3).map(move |axis| (j, axis)))
            .map(|(j, axis)| {
                0.5 * modes.chain_frequency().powi(2) * (start[j][axis] - start[(j + 1) % beads][axis]).powi(2)
            })
            .sum();
        assert!((by_modes - by_beads).abs() <= 1e-12 * by_beads.max(1.0), "{beads} beads: {by_modes} and {by_beads}");
        modes.to_beads(&mut values, &mut room);
        for (a, b) in values.as_flattened().iter().zip(start.as_flattened()) {
            assert!((a - b).abs() < 1e-13, "{beads} beads: not back at the start");
        }
    }
}

/// Catches: springs of wrong stiffness, a bath of wrong temperature on any mode, a factor P lost between potential and
/// masses, an estimator that is not the quantum energy. Judged by the exact oscillator, E/2 = (ħω/4) coth(ħω/2kT) each for
/// ⟨V⟩ and ⟨K⟩, and not by the classical ½ kT, which is a third of it.
#[test]
fn harmonic_oscillator() {
    let (count, beads) = (20, 48);
    let modes = NormalModes::new(beads, TEMPERATURE).unwrap();
    let mut system = ring_of(&atoms(count), beads);
    let mut field = ForceEvaluator::new(wells(beads), &system).unwrap();
    let mut integrator = RingPolymer::new(0.15 / frequency(), modes.clone()).unwrap();
    let mut bath = Pile::new(modes, TEMPERATURE, 0.5 / frequency()).unwrap();
    let noise = Noise::new(7);
    let mut step = |system: &mut System| {
        integrator
            .step(system, &mut field, &mut bath, &noise)
            .map(|()| Estimators::of(system, field.last(), beads, TEMPERATURE))
    };
    for _ in 0..300 {
        step(&mut system).unwrap();
    }
    // Blocks much longer than any relaxation are independent of each other.
    let (blocks, length) = (30, 100);
    let mut means = [Vec::new(), Vec::new()];
    for _ in 0..blocks {
        let mut sums = [0.0; 2];
        for _ in 0..length {
            let now = step(&mut system).unwrap();
            sums[0] += now.potential / f64::from(length);
            sums[1] += now.kinetic / f64::from(length);
        }
        means[0].push(sums[0]);
        means[1].push(sums[1]);
    }
    let quantum = 3.0 * count as f64 * 0.25 * RATIO * BOLTZMANN * TEMPERATURE / (0.5 * RATIO).tanh();
    let classical = 3.0 * count as f64 * 0.5 * BOLTZMANN * TEMPERATURE;
    for (name, values) in ["potential", "kinetic"].into_iter().zip(&means) {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64;
        let sigma = (variance / values.len() as f64).sqrt();
        assert!((mean - quantum).abs() < 3.0 * sigma, "{name}: {mean} ± {sigma} eV, exact {quantum} eV");
        // The test has teeth: 3 sigmas are small against what a classical bath, or springs off by a tenth, would change.
        assert!(3.0 * sigma < 0.04 * quantum && quantum > 2.0 * classical, "{name}: sigma {sigma}");
    }
}

/// Catches: heat or spring energy that is booked wrongly, so that nothing is conserved.
#[test]
fn the_conserved_quantity_is_conserved_to_second_order() {
    let beads = 8;
    let drift = |time_step: f64| {
        let modes = NormalModes::new(beads, TEMPERATURE).unwrap();
        let mut system = ring_of(&atoms(3), beads);
        for (k, position) in system.positions.iter_mut().enumerate() {
            *position = [0.1 * (k as f64).sin(), 0.05, -0.1 * (2.0 * k as f64).cos()];
        }
        let mut field = ForceEvaluator::new(wells(beads), &system).unwrap();
        let mut integrator = RingPolymer::new(time_step, modes.clone()).unwrap();
        let mut bath: Box<dyn Thermostat> = Box::new(NoBath);
        integrator.prepare(&system, 0).unwrap();
        let energy = |system: &System, field: &ForceEvaluator, integrator: &RingPolymer, bath: &dyn Thermostat| {
            cormorant::system::observables::kinetic_energy(system)
                + field.last().energy
                + integrator.reservoir_energy()
                + bath.bath_energy()
        };
        let first = energy(&system, &field, &integrator, bath.as_ref());
        let mut worst: f64 = 0.0;
        for _ in 0..(20.0 / (frequency() * time_step)).round() as usize {
            integrator.step(&mut system, &mut field, bath.as_mut(), &Noise::new(1)).unwrap();
            worst = worst.max((energy(&system, &field, &integrator, bath.as_ref()) - first).abs());
        }
        worst / first
    };
    let (coarse, fine) = (drift(0.2 / frequency()), drift(0.1 / frequency()));
    assert!((3.5..4.5).contains(&(coarse / fine)), "{coarse:e} and {fine:e}");
    assert!(fine < 5e-3, "{fine:e}");
}

/// Catches: a ring of one bead that is anything but the classical system, and units of ħ.
#[test]
fn one_bead_is_classical() {
    assert!((REDUCED_PLANCK / FEMTOSECOND - 0.658_211_956_9).abs() < 1e-9, "ħ is 0.6582 eV fs");
    let modes = NormalModes::new(1, TEMPERATURE).unwrap();
    assert_eq!(modes.frequencies(), [0.0]);
    let mut ring = atoms(2);
    ring.positions[0] = [0.1, 0.2, 0.3];
    let mut classical = ring.clone();
    let mut field = ForceEvaluator::new(wells(1), &ring).unwrap();
    let mut step = |system: &mut System, integrator: &mut dyn Integrator| {
        field.refresh(system).unwrap();
        for _ in 0..50 {
            integrator.step(system, &mut field, &mut NoBath, &Noise::new(1)).unwrap();
        }
    };
    step(&mut ring, &mut RingPolymer::new(0.1 / frequency(), modes).unwrap());
    step(&mut classical, &mut cormorant::dynamics::Baoab::new(0.1 / frequency()).unwrap());
    for (a, b) in ring.positions.as_flattened().iter().zip(classical.positions.as_flattened()) {
        assert!((a - b).abs() < 1e-12);
    }
}

/// Catches: copies that are mixed up, or weighted other than 1/P; errors of one copy that are lost.
#[test]
fn beads_are_averaged() {
    let mut system = ring_of(&atoms(2), 3);
    for (k, position) in system.positions.iter_mut().enumerate() {
        *position = [k as f64, 0.0, 0.5];
    }
    let stiffness = atoms(1).masses[0] * frequency().powi(2);
    let copies = || (0..3).map(|_| Box::new(Wells { stiffness }) as Box<dyn Potential>).collect::<Vec<_>>();
    let mut found = [Evaluation::default(), Evaluation::default()];
    for (threads, result) in [1, 2].into_iter().zip(&mut found) {
        MeanOverBeads::new(copies(), threads)
            .unwrap()
            .evaluate(&system, RequestedProperties::default(), result)
            .unwrap();
    }
    assert_eq!(found[0], found[1]);
    let mut whole = Evaluation::default();
    Wells { stiffness }.evaluate(&system, RequestedProperties::default(), &mut whole).unwrap();
    assert!((found[0].energy - whole.energy / 3.0).abs() < 1e-12 * whole.energy);
    for (a, b) in found[0].forces.as_flattened().iter().zip(whole.forces.as_flattened()) {
        assert!((a - b / 3.0).abs() <= 1e-12 * b.abs());
    }
    let refused =
        MeanOverBeads::new(copies(), 1).unwrap().evaluate(&atoms(2), RequestedProperties::default(), &mut whole);
    assert_eq!(refused.unwrap_err().to_string(), "2 atoms are not 3 copies of a system");
}

/// Asks the run to stop after a number of steps.
struct StopAt(u64, Stop);

impl Observer for StopAt {
    fn schedule(&self) -> Schedule {
        Schedule::Always
    }
    fn observe(&mut self, now: &Snapshot<'_>) -> cormorant::Result<()> {
        if now.system.step == self.0 {
            self.1.ask();
        }
        Ok(())
    }
    fn persistent(&self) -> bool {
        false
    }
}

/// Catches: a bath, springs or beads that are not in the restart file, and sums whose order depends on the threads.
#[test]
fn a_stopped_run_goes_on_to_the_same_bits() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(root.join("inputs/simulate-ethanol-quantum.toml")).unwrap();
    let text = text.replace("structures/", &format!("{}/inputs/structures/", root.display()));
    let text = text.replace("../models", &format!("{}/models", root.display()));
    let text =
        text.replace("\"2 ps\"", "\"30 fs\"").replace("beads = 16", "beads = 4").replace("\"50 fs\"", "\"5 fs\"");
    let run = |name: &str, threads: usize, stop_at: u64, resume: bool| {
        let text = text.replace("\"ethanol-quantum\"", &format!("\"{name}\"\noutput = {{ folder = \"{name}\" }}"));
        let input = folder.path().join(format!("{name}.toml"));
        fs::write(&input, text.replace("threads = 2", &format!("threads = {threads}"))).unwrap();
        let stop = Stop::new();
        let observer = Box::new(StopAt(stop_at, stop.clone()));
        let input = run_input(&input).unwrap();
        simulate(&input, RunMode { force: false, resume }, stop, observer, &mut |_, _| {}).is_ok()
    };
    assert!(run("whole", 1, u64::MAX, false));
    assert!(!run("stopped", 2, 23, false), "it was asked to stop");
    assert!(run("stopped", 3, u64::MAX, true));
    for file in ["energies.csv", "quantum.csv", "trajectory.xyz"] {
        let [whole, stopped] = ["whole", "stopped"].map(|name| fs::read(folder.path().join(name).join(file)).unwrap());
        assert!(whole == stopped, "{file} differs");
    }
    let rows = fs::read_to_string(folder.path().join("whole/quantum.csv")).unwrap();
    assert_eq!(rows.lines().count(), 8, "a head, the start, and one line for each of six times 10 steps");
}
