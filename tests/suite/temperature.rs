//! One temperature from every way to start: mean kinetic and potential energies of every bath, alone, after another bath, from rest
//! and from velocities of a file.
//!
//! `CORMORANT_TEMPERATURE` multiplies the lengths of the runs, and from 4 on every bath meets every system and every other bath.

use std::f64::consts::PI;
use std::sync::{Arc, Mutex};

use cormorant::dynamics::{
    Andersen, Baoab, Berendsen, Bussi, Langevin, MartynaTobiasKlein, NormalModes, NoseHoover, Pile, RingPolymer,
    Scaling, StochasticCellRescaling, VelocityVerlet, ring_polymer::ring_of,
};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{Angle, Bond, Harmonic, LennardJones, MeanOverBeads, Potential, Sum, Truncation};
use cormorant::simulation::{Observer, Schedule, Simulation, Snapshot, Stage};
use cormorant::system::observables::Removed;
use cormorant::system::{Cell, Element, System, velocities};
use cormorant::units::{BOLTZMANN, FEMTOSECOND, GIGAPASCAL};

use crate::ensembles::{mean_and_error, show};

/// Standard errors that a mean may be off; there are some hundred means.
const SIGMAS: f64 = 5.0;

/// How many times as long as usual.
fn length() -> u64 {
    std::env::var("CORMORANT_TEMPERATURE").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// Kinetic and potential energy of every fourth step.
#[derive(Clone, Default)]
pub(crate) struct Energies(pub Arc<Mutex<[Vec<f64>; 2]>>);

impl Observer for Energies {
    fn schedule(&self) -> Schedule {
        Schedule::every(4).unwrap()
    }

    fn observe(&mut self, now: &Snapshot<'_>) -> cormorant::Result<()> {
        let mut series = self.0.lock().unwrap();
        series[0].push(now.kinetic);
        series[1].push(now.evaluation.energy);
        Ok(())
    }
}

/// A system with what is known of it.
pub(crate) struct Case {
    pub name: &'static str,
    pub system: System,
    pub potential: fn(&System) -> Box<dyn Potential>,
    pub temperature: f64,
    /// In fs.
    pub time_step: f64,
    /// Degrees of freedom under baths that push single atoms, and under those that keep momentum.
    pub freedom: [usize; 2],
    /// Twice the mean potential energy over kT, where springs fix it.
    pub springs: Option<f64>,
}

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).unwrap()
}

fn of(symbols: &[&str], positions: Vec<[f64; 3]>, cell: Option<Cell>) -> System {
    System::new(symbols.iter().map(|symbol| element(symbol)).collect(), positions, cell).unwrap()
}

fn bond(first: usize, second: usize, force_constant: f64, length: f64) -> Bond {
    Bond { atoms: [first, second], force_constant, length }
}

/// A carbon atom amid four of oxygen.
fn star() -> System {
    let corners = [[1.0, 1.0, 1.0], [1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]];
    let mut positions = vec![[0.0; 3]];
    positions.extend(corners.map(|corner: [f64; 3]| corner.map(|x| 1.4 * x / 3.0_f64.sqrt())));
    of(&["C", "O", "O", "O", "O"], positions, None)
}

fn star_springs(_: &System) -> Box<dyn Potential> {
    let bonds = (1..5).map(|atom| bond(0, atom, 20.0, 1.4)).collect();
    let pairs = (1..5).flat_map(|first| (first + 1..5).map(move |last| [first, 0, last]));
    let angle = |atoms| Angle { atoms, force_constant: 2.0, angle: (-1.0_f64 / 3.0).acos() };
    Box::new(Harmonic::new(bonds, pairs.map(angle).collect()))
}

fn dioxide_springs(_: &System) -> Box<dyn Potential> {
    let angle = Angle { atoms: [0, 1, 2], force_constant: 5.0, angle: PI };
    Box::new(Harmonic::new(vec![bond(0, 1, 30.0, 1.16), bond(1, 2, 30.0, 1.16)], vec![angle]))
}

/// A simple cubic lattice of `edge`³ places `spacing` Å apart, and its cell.
fn lattice(edge: usize, spacing: f64) -> (Vec<[f64; 3]>, Cell) {
    let places = (0..edge.pow(3)).map(|at| [at % edge, at / edge % edge, at / edge / edge].map(|n| spacing * n as f64));
    (places.collect(), Cell::cubic(spacing * edge as f64).unwrap())
}

fn argon(_: &System) -> Box<dyn Potential> {
    Box::new(LennardJones::argon(5.5).unwrap())
}

/// Springs between neighbors in the list, and argon atoms that repel each other.
fn dimers_potential(system: &System) -> Box<dyn Potential> {
    let bonds = (0..system.atom_count()).step_by(2).map(|atom| bond(atom, atom + 1, 4.0, 1.6)).collect();
    let [ar, c] = ["Ar", "C"].map(element);
    let pairs = LennardJones::new(5.0, Truncation::Switched { from: 4.0 }).unwrap();
    let pairs = pairs.with(ar, ar, 0.0103, 3.4).unwrap().with(ar, c, 0.0, 1.0).unwrap().with(c, c, 0.0, 1.0).unwrap();
    Box::new(Sum::new(vec![Box::new(Harmonic::new(bonds, Vec::new())), Box::new(pairs)]))
}

fn waters_potential(_: &System) -> Box<dyn Potential> {
    let [o, h] = ["O", "H"].map(element);
    let pairs = LennardJones::new(5.0, Truncation::Switched { from: 4.0 }).unwrap();
    Box::new(pairs.with(o, o, 0.0067, 3.15).unwrap().with(o, h, 0.02, 1.2).unwrap().with(h, h, 0.0, 1.0).unwrap())
}

fn nothing(_: &System) -> Box<dyn Potential> {
    Box::new(Harmonic::default())
}

/// Rigid waters at `places`.
fn waters(places: &[[f64; 3]], cell: Option<Cell>) -> System {
    let water = [[0.0, 0.0, 0.06], [0.76, 0.0, -0.52], [-0.76, 0.0, -0.52]];
    let turned = |at: usize, r: [f64; 3]| [r[at % 3], r[(at + 1) % 3], r[(at + 2) % 3]];
    let positions = places
        .iter()
        .enumerate()
        .flat_map(|(at, place)| water.map(|r| [0, 1, 2].map(|axis| place[axis] + turned(at, r)[axis])));
    let symbols = ["O", "H", "H"].repeat(places.len());
    let mut system = of(&symbols, positions.collect(), cell);
    for first in (0..symbols.len()).step_by(3) {
        for [i, j] in [[0, 1], [0, 2], [1, 2]] {
            system.fix_distance(first + i, first + j).unwrap();
        }
    }
    system
}

fn fixed(atoms: &[usize]) -> System {
    let mut system = star();
    system.fix_atoms(atoms).unwrap();
    system
}

fn case(name: &'static str, system: System, potential: fn(&System) -> Box<dyn Potential>, freedom: [usize; 2]) -> Case {
    Case { name, system, potential, temperature: 300.0, time_step: 1.0, freedom, springs: None }
}

/// Every kind of system.
pub(crate) fn cases() -> Vec<Case> {
    let (places, cell) = lattice(3, 3.7);
    let crystal = of(&["Ar"; 27], places, Some(cell));
    let (places, cell) = lattice(2, 4.6);
    let dimers = places.iter().flat_map(|[x, y, z]| [[*x, *y, *z], [x + 0.9, y + 0.9, z + 0.95]]).collect();
    let dimers = of(&["Ar", "C"].repeat(8), dimers, Some(cell));
    let (places, cell) = lattice(2, 3.6);
    let water = waters(&places[..4], Some(cell));
    let pair = of(&["O", "N"], vec![[0.0; 3], [0.7, 0.7, 0.7]], None);
    let dioxide = of(&["O", "C", "O"], vec![[1.0, 2.0, 3.0], [1.67, 2.67, 3.67], [2.34, 3.34, 4.34]], None);
    let springs = |case: Case, twice: f64| Case { springs: Some(twice), ..case };
    vec![
        springs(case("molecule", star(), star_springs, [15, 9]), 9.0),
        Case { temperature: 110.0, time_step: 8.0, ..case("periodic box", crystal, argon, [81, 78]) },
        case("several molecules", dimers, dimers_potential, [48, 45]),
        case("one atom", of(&["Ar"], vec![[1.0, 2.0, 3.0]], None), nothing, [3, 3]),
        springs(
            case("two atoms", pair, |_| Box::new(Harmonic::new(vec![bond(0, 1, 30.0, 1.2)], Vec::new())), [6, 1]),
            1.0,
        ),
        springs(case("linear molecule", dioxide, dioxide_springs, [9, 4]), 4.0),
        case("rigid waters", water, waters_potential, [24, 21]),
        case("one rigid water", waters(&[[0.0; 3]], None), nothing, [6, 6]),
        springs(case("one fixed atom", fixed(&[1]), star_springs, [12, 9]), 9.0),
        springs(case("two fixed atoms", fixed(&[1, 2]), star_springs, [9, 8]), 8.0),
        springs(case("three fixed atoms", fixed(&[1, 2, 3]), star_springs, [6, 6]), 6.0),
    ]
}

/// Baths for any system, and for those with a cell.
const BATHS: [&str; 7] =
    ["langevin-baoab", "langevin-verlet", "andersen", "bussi", "nose-hoover", "long chain", "berendsen"];
const PRESSURES: [&str; 2] = ["martyna-tobias-klein", "stochastic-cell-rescaling"];

/// A stage under the bath called `bath`.
fn stage(bath: &str, case: &Case, steps: u64) -> Stage {
    let (step, temperature) = (case.time_step * FEMTOSECOND, case.temperature);
    let verlet = || Stage::new(bath, steps, VelocityVerlet::new(step).unwrap());
    let baoab = || Stage::new(bath, steps, Baoab::new(step).unwrap());
    let tau = 50.0 * step;
    let chain = |links: usize| NoseHoover::new(temperature, 0.6 * tau, links).unwrap();
    match bath {
        "none" => verlet(),
        "langevin-baoab" => baoab().with_thermostat(Langevin::new(temperature, 1.0 / tau).unwrap()),
        "langevin-verlet" => verlet().with_thermostat(Langevin::new(temperature, 1.0 / tau).unwrap()),
        "andersen" => verlet().with_thermostat(Andersen::new(temperature, 1.0 / tau).unwrap()),
        "bussi" => baoab().with_thermostat(Bussi::new(temperature, tau).unwrap()),
        "nose-hoover" => verlet().with_thermostat(chain(NoseHoover::CHAIN)),
        "long chain" => verlet().with_thermostat(chain(6)),
        "berendsen" => verlet().with_thermostat(Berendsen::new(temperature, tau).unwrap()),
        "martyna-tobias-klein" => {
            let (pressure, slow) = (0.05 * GIGAPASCAL, 10.0 * tau);
            let integrator = MartynaTobiasKlein::new(step, Scaling::Isotropic, pressure, temperature, slow).unwrap();
            Stage::new(bath, steps, integrator).with_thermostat(chain(NoseHoover::CHAIN))
        }
        "stochastic-cell-rescaling" => {
            let (pressure, compressibility) = (0.05 * GIGAPASCAL, 1.0 / GIGAPASCAL);
            let barostat =
                StochasticCellRescaling::new(Scaling::Isotropic, pressure, temperature, compressibility, 10.0 * tau);
            let stage = verlet().with_thermostat(Bussi::new(temperature, tau).unwrap());
            stage.with_barostat(barostat.unwrap(), 1).unwrap()
        }
        other => panic!("no bath is called {other}"),
    }
}

/// Ways to start.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Start<'a> {
    /// Velocities drawn, overall motion taken out.
    Drawn,
    /// Velocities of a file, with all the motion that Langevin leaves.
    Continued,
    /// At rest, with atoms out of place.
    Rest,
    /// After a stage under another bath.
    After(&'a str),
}

/// Kinetic and potential energies under `bath`, without the first tenth, and the degrees of freedom that were counted.
fn sample(case: &Case, bath: &str, start: Start<'_>, steps: u64, seed: u64) -> ([Vec<f64>; 2], usize) {
    let mut system = case.system.clone();
    let mobile = system.atom_count() > 1 && system.constraints.fixed().is_empty() && case.freedom[1] < case.freedom[0];
    let all = Removed { translation: mobile, rotation: mobile && system.cell.is_none() };
    let removed = if start == Start::Drawn { all } else { Removed::default() };
    if start == Start::Rest {
        let mut stream = Noise::new(seed).stream(Consumer::Test, 0, 0);
        for (atom, position) in system.positions.iter_mut().enumerate() {
            let shift = stream.normal_vector().map(|x| 0.08 * x);
            if system.constraints.bonds().is_empty() && !system.constraints.is_fixed(atom) {
                *position = [0, 1, 2].map(|axis| position[axis] + shift[axis]);
            }
        }
    } else {
        velocities::draw(&mut system, case.temperature, removed, &Noise::new(seed)).unwrap();
    }
    let potential = (case.potential)(&system);
    let mut simulation = Simulation::new(system, potential, seed).unwrap();
    if let Start::After(other) = start {
        simulation.stages.push(stage(other, case, steps / 10));
    }
    let energies = Energies::default();
    simulation.stages.push(stage(bath, case, steps).with_observer(energies.clone()));
    let outcome = simulation.run().unwrap();
    let series = energies.0.lock().unwrap().clone().map(|series| series[series.len() / 10..].to_vec());
    (series, outcome.stages.last().unwrap().degrees_of_freedom)
}

/// Assert what is known of the means.
fn assert_means(case: &Case, bath: &str, start: Start<'_>, steps: u64, seed: u64) -> [(f64, f64); 2] {
    let ([kinetic, potential], found) = sample(case, bath, start, steps, seed);
    let keeps = !matches!(bath, "langevin-baoab" | "langevin-verlet" | "andersen");
    let freedom = case.freedom[usize::from(keeps)];
    let what = format!("{}, {bath}, {start:?}", case.name);
    assert_eq!(found, freedom, "{what}: degrees of freedom");
    let half = 0.5 * BOLTZMANN * case.temperature;
    let means = [mean_and_error(&kinetic), slow_mean_and_error(&potential)];
    // Momenta at full steps are short by up to 0.7 % in the stiffest spring.
    let (mean, error) = means[0];
    let exact = half * freedom as f64;
    show(&format!(
        "{what}: K {:.4} ± {:.4}, U {:.4} ± {:.4}",
        mean / exact,
        error / exact,
        means[1].0 / half,
        means[1].1 / half
    ));
    assert!(
        (mean - exact).abs() < SIGMAS * error + 0.01 * exact,
        "{what}: kinetic energy {mean} ± {error}, exactly {exact}"
    );
    // A wrong count is off by a third of nine, and by more of fewer.
    let resolution = 0.06 * (9.0 / freedom as f64).sqrt().max(1.0);
    assert!(error < resolution * exact, "{what}: {error} decides nothing");
    if let (Some(twice), true) = (case.springs, bath != "berendsen") {
        let exact = half * twice;
        let (mean, error) = means[1];
        // Bonds and angles are not quite harmonic coordinates.
        let allowed = SIGMAS * error + 0.04 * exact;
        assert!((mean - exact).abs() < allowed, "{what}: potential energy {mean} ± {error}, {exact} for springs");
    }
    means
}

/// Mean and standard error from 16 blocks, which are longer than potential energies of liquids are correlated.
fn slow_mean_and_error(series: &[f64]) -> (f64, f64) {
    let means: Vec<f64> = series
        .chunks_exact(series.len() / 16)
        .take(16)
        .map(|block| block.iter().sum::<f64>() / block.len() as f64)
        .collect();
    let mean = means.iter().sum::<f64>() / 16.0;
    (mean, (means.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 240.0).sqrt())
}

/// Assert that potential energies agree.
fn assert_alike(what: &str, means: &[(f64, f64)]) {
    let (first, error) = means[0];
    for (mean, other) in &means[1..] {
        let sigma = (error * error + other * other).sqrt();
        assert!(
            (mean - first).abs() < SIGMAS * sigma,
            "{what}: potential energies {first} ± {error} and {mean} ± {other}"
        );
    }
}

fn starts(case: &Case, others: &[&'static str]) -> Vec<Start<'static>> {
    let mut starts = vec![Start::Drawn, Start::Continued];
    // Without a force nothing starts from rest, and atoms of rigid molecules cannot be put out of place one by one.
    if case.system.constraints.bonds().is_empty() && case.name != "one atom" {
        starts.push(Start::Rest);
    }
    starts.extend(others.iter().map(|other| Start::After(other)));
    starts
}

// Catches: 3N for a bath that keeps momentum, drift and rotation that Langevin left and a later bath keeps, a linear molecule with
// three rotations, fixed atoms and distances counted wrongly, a single atom without heat.
#[test]
fn every_system_has_the_temperature_of_the_bath_from_every_start() {
    let all = length() >= 4;
    let baths: &[&str] = if all { &BATHS } else { &["bussi", "nose-hoover"] };
    for (number, case) in cases().iter().enumerate() {
        for bath in baths {
            let rigid = !case.system.constraints.bonds().is_empty();
            if *bath == "andersen" && rigid {
                continue;
            }
            let others: &[&'static str] = match (all, rigid) {
                (false, _) => &["langevin-baoab"],
                (true, true) => &["none", "langevin-baoab", "bussi", "nose-hoover", "berendsen"],
                (true, false) => {
                    &["none", "langevin-baoab", "langevin-verlet", "andersen", "bussi", "nose-hoover", "berendsen"]
                }
            };
            let steps = length() * if case.system.cell.is_some() { 6000 } else { 30_000 };
            let means: Vec<_> = starts(case, others)
                .into_iter()
                .enumerate()
                .map(|(way, start)| assert_means(case, bath, start, steps, 100 + (10 * number + way) as u64)[1])
                .collect();
            // Stiff bonds take up heat from a small liquid too slowly for a test.
            let quick = case.springs.is_some() || case.name == "periodic box";
            if *bath != "berendsen" && quick {
                assert_alike(&format!("{}, {bath}", case.name), &means);
            }
        }
    }
}

// Catches: a bath or barostat whose own count differs from that of the log.
#[test]
fn every_bath_has_its_temperature_from_every_start() {
    let cases = cases();
    let (molecule, liquid) = (&cases[0], &cases[1]);
    for (case, baths, steps) in
        [(molecule, &BATHS[..], 16_000), (liquid, &BATHS[..], 4000), (liquid, &PRESSURES[..], 6000)]
    {
        for bath in baths {
            let means: Vec<_> = starts(case, &["langevin-verlet"])
                .into_iter()
                .enumerate()
                .map(|(way, start)| assert_means(case, bath, start, length() * steps, 500 + way as u64)[1])
                .collect();
            if *bath != "berendsen" && baths.len() > 2 {
                assert_alike(&format!("{}, {bath}", case.name), &means);
            }
        }
    }
}

// Catches: beads counted as atoms of which some stand still, momentum counted in or out where the bath of the rings breaks it.
#[test]
fn rings_have_the_temperature_of_the_bath_from_every_start() {
    const BEADS: usize = 4;
    let temperature = 300.0;
    let modes = || NormalModes::new(BEADS, temperature).unwrap();
    let exact = 0.5 * (3 * 5 * BEADS) as f64 * BOLTZMANN * temperature;
    for start in 0..3 {
        let mut system = ring_of(&star(), BEADS);
        if start > 0 {
            let removed = Removed { translation: start == 1, rotation: start == 1 };
            velocities::draw(&mut system, temperature, removed, &Noise::new(31)).unwrap();
        }
        let copies = (0..BEADS).map(|_| star_springs(&system)).collect();
        let mut simulation = Simulation::new(system, Box::new(MeanOverBeads::new(copies, 1).unwrap()), 32).unwrap();
        simulation.guards.beads = BEADS;
        let ring =
            |name: &str, steps: u64| Stage::new(name, steps, RingPolymer::new(0.5 * FEMTOSECOND, modes()).unwrap());
        if start > 0 {
            simulation.stages.push(ring("no bath", 200));
        }
        let energies = Energies::default();
        let bath = Pile::new(modes(), temperature, 20.0 * FEMTOSECOND).unwrap();
        simulation.stages.push(ring("bath", length() * 10_000).with_thermostat(bath).with_observer(energies.clone()));
        simulation.stages.push(ring("no bath again", 20));
        let stages = simulation.run().unwrap().stages;
        let counts: Vec<usize> = stages.iter().map(|stage| stage.degrees_of_freedom).collect();
        assert!(counts.ends_with(&[60, 60]), "{counts:?}");
        assert!(start == 0 || counts[0] == if start == 1 { 54 } else { 60 }, "{counts:?}");
        let series = energies.0.lock().unwrap();
        let (mean, error) = mean_and_error(&series[0][series[0].len() / 10..]);
        show(&format!("rings, start {start}: {mean} ± {error}, exactly {exact}"));
        assert!((mean - exact).abs() < SIGMAS * error && error < 0.03 * exact, "{mean} ± {error}, exactly {exact}");
    }
}
