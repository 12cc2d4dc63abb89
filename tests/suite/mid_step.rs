//! Pressure and temperature at a finite time step: what vibrations must not add to them.

use cormorant::dynamics::ring_polymer::ring_of;
use cormorant::dynamics::{
    Baoab, Barostat, ForceEvaluator, Integrator, Langevin, MartynaTobiasKlein, NoBath, NormalModes, Pile, Respa,
    RingPolymer, Scaling, StochasticCellRescaling, Thermostat, VelocityVerlet,
};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{Bond, Harmonic, MeanOverBeads, Potential, RequestedProperties};
use cormorant::simulation::{Simulation, Stage};
use cormorant::system::observables::{Removed, kinetic_tensor};
use cormorant::system::{Cell, Element, System, velocities};
use cormorant::units::{BOLTZMANN, FEMTOSECOND};

use crate::cases::{column, run, table};
use crate::ensembles::{assert_mean, mean_and_error, show};

const TEMPERATURE: f64 = 300.0;
const THERMAL: f64 = BOLTZMANN * TEMPERATURE;
/// Of H-Cl, in eV/Å² and Å: ωΔt = 0.565 at 1 fs.
const STIFFNESS: f64 = 32.4;
const REST: f64 = 1.27;

/// `count` molecules of HCl in a cell with this edge (Å), with velocities.
fn molecules(count: usize, edge: f64) -> System {
    pairs(count, edge, ["Cl", "H"], REST)
}

/// `count` pairs of atoms at this distance (Å), anywhere and turned at random.
fn pairs(count: usize, edge: f64, symbols: [&str; 2], distance: f64) -> System {
    let mut stream = Noise::new(41).stream(Consumer::Test, 0, 0);
    let (mut elements, mut positions) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let place = [0; 3].map(|_| edge * stream.uniform());
        let arrow = stream.normal_vector();
        let length = arrow.iter().map(|x| x * x).sum::<f64>().sqrt();
        elements.extend(symbols.map(|symbol| Element::from_symbol(symbol).unwrap()));
        positions.extend([place, [0, 1, 2].map(|axis| place[axis] + distance * arrow[axis] / length)]);
    }
    let mut system = System::new(elements, positions, Some(Cell::cubic(edge).unwrap())).unwrap();
    velocities::draw(&mut system, TEMPERATURE, Removed::default(), &Noise::new(42)).unwrap();
    system
}

/// Springs with this share of the stiffness.
fn springs(count: usize, share: f64) -> Box<dyn Potential> {
    bonds(count, share * STIFFNESS, REST)
}

fn bonds(count: usize, stiffness: f64, length: f64) -> Box<dyn Potential> {
    let bonds = (0..count).map(|index| Bond { atoms: [2 * index, 2 * index + 1], force_constant: stiffness, length });
    Box::new(Harmonic { bonds: bonds.collect(), ..Harmonic::default() })
}

fn trace(tensor: [[f64; 3]; 3]) -> f64 {
    tensor[0][0] + tensor[1][1] + tensor[2][2]
}

/// 3 P V over 2 K of one molecule that vibrates with 0.02 Å and does nothing else: without and with the correction.
fn pressure_of_a_vibration(integrator: &mut dyn Integrator) -> [f64; 2] {
    let mut system = molecules(1, 30.0);
    system.positions = vec![[10.0, 10.0, 10.0], [10.0 + REST + 0.02, 10.0, 10.0]];
    system.momenta = vec![[0.0; 3]; 2];
    let mut field = ForceEvaluator::new(springs(1, 1.0), &system).unwrap();
    field.set_want(RequestedProperties { virial: true, ..RequestedProperties::default() });
    integrator.prepare(&system, 6).unwrap();
    let (mut plain, mut corrected, mut kinetic) = (0.0, 0.0, 0.0);
    let steps = 20_000;
    for number in 0..steps {
        integrator.step(&mut system, &mut field, &mut NoBath, &Noise::new(1)).unwrap();
        // A window that fades in and out: what a period begun adds is then of no account.
        let weight = (std::f64::consts::PI * (f64::from(number) + 0.5) / f64::from(steps)).sin().powi(2);
        let virial = trace(field.virial(&system).unwrap());
        let on_step = trace(kinetic_tensor(&system));
        plain += weight * (on_step + virial);
        corrected += weight * (on_step + virial + trace(integrator.kinetic_tensor_correction(&system, &field)));
        kinetic += weight * on_step;
    }
    [plain / kinetic, corrected / kinetic]
}

// Catches: momenta of full steps in the pressure, by which a vibration of ωΔt pulls the cell together with a share (ωΔt)²/4 of its
// kinetic energy. What is bound has no pressure, at any time step.
#[test]
fn a_vibration_has_no_pressure() {
    for femtoseconds in [0.5, 1.0] {
        let step = femtoseconds * FEMTOSECOND;
        let reduced = 1.008 * 35.45 / 36.458;
        let square = STIFFNESS / reduced * step * step;
        let exact: [(&str, Box<dyn Integrator>); 2] = [
            ("velocity Verlet", Box::new(VelocityVerlet::new(step).unwrap())),
            ("BAOAB", Box::new(Baoab::new(step).unwrap())),
        ];
        for (name, mut integrator) in exact {
            let [plain, corrected] = pressure_of_a_vibration(integrator.as_mut());
            show(&format!("{name}, {femtoseconds} fs: {plain} without, {corrected} with, (ωΔt)² = {square}"));
            assert!((plain / (-0.25 * square) - 1.0).abs() < 0.12, "{name}: {plain} is not the bias that is known");
            assert!(corrected.abs() < 2.0e-4, "{name}: {corrected}");
        }
        // Of r-RESPA the second order goes; what is left is of the fourth.
        let mut respa = Respa::new(step, springs(1, 0.7), 4).unwrap();
        let [plain, corrected] = pressure_of_a_vibration(&mut respa);
        show(&format!("r-RESPA, {femtoseconds} fs: {plain} without, {corrected} with"));
        assert!(corrected.abs() < 0.05 * plain.abs() && plain < -0.01 * square, "r-RESPA: {plain} {corrected}");
    }
}

/// Volumes (Å³) of a gas of soft pairs of argon, whose ωΔt is 0.85, under Langevin's bath.
fn volumes(
    integrator: &mut dyn Integrator,
    mut barostat: Option<&mut dyn Barostat>,
    count: usize,
    steps: usize,
) -> Vec<f64> {
    let mut system = pairs(count, SIDE, ["Ar", "Ar"], 1.0);
    let noise = Noise::new(43);
    let mut bath = Langevin::new(TEMPERATURE, 0.05 / integrator.time_step()).unwrap();
    bath.prepare(6 * count);
    integrator.prepare(&system, 6 * count).unwrap();
    let mut field = ForceEvaluator::new(bonds(count, 1.0, 1.0), &system).unwrap();
    field.set_want(RequestedProperties { virial: true, ..RequestedProperties::default() });
    let mut volumes = Vec::new();
    for number in 0..steps {
        integrator.step(&mut system, &mut field, &mut bath, &noise).unwrap();
        if let Some(barostat) = &mut barostat {
            let correction = integrator.kinetic_tensor_correction(&system, &field);
            barostat.apply(&mut system, &mut field, &correction, integrator.time_step(), &noise).unwrap();
        }
        if number > 4000 && number % 10 == 0 {
            volumes.push(system.cell.unwrap().measure());
        }
    }
    volumes
}

/// Edge in Å of the cell that the pressure of the tests belongs to.
const SIDE: f64 = 16.0;

// Catches: barostats that feel the biased pressure: without the momenta of mid-step these volumes are 6 % too small.
#[test]
fn a_gas_of_springs_has_the_exact_volume() {
    let count = 24;
    let step = 0.85 / (1.0_f64 / 19.974).sqrt();
    let volume = SIDE.powi(3);
    let pressure = (count + 1) as f64 * THERMAL / volume;
    let relaxation = 400.0 * step;
    let mut rescaling =
        StochasticCellRescaling::new(Scaling::Isotropic, pressure, TEMPERATURE, 1.0 / pressure, relaxation).unwrap();
    let mut extended = MartynaTobiasKlein::new(step, Scaling::Isotropic, pressure, TEMPERATURE, 30.0 * step).unwrap();
    let runs = [
        ("rescaling", volumes(&mut Baoab::new(step).unwrap(), Some(&mut rescaling), count, 260_000)),
        ("extended system", volumes(&mut extended, None, count, 120_000)),
    ];
    for (name, volumes) in runs {
        assert_mean(&format!("{name}: volume"), &volumes, volume, 0.013);
    }
}

// Catches: the case 42, a pressure low by (ωΔt)²/12 and under BAOAB a temperature low by (ωΔt)²/24 of this gas; a step that is too long
// for its vibration, without a word.
#[test]
fn a_gas_of_springs_has_the_exact_pressure_and_temperature() {
    let exact = 64.0 * THERMAL / 64_000.0 * 160.217_663_4;
    for integrator in ["baoab", "velocity-verlet"] {
        let change = |input: String| input.replace("integrator = \"baoab\"", &format!("integrator = \"{integrator}\""));
        let (folder, output) = run("42-pressure-of-flexible-molecules", "gas.toml", change);
        assert!(output.status.success(), "{output:?}");
        let rows = table(&folder.path().join("outputs/gas/energies.csv"));
        let [kinetic, pressure] = ["kinetic/eV", "pressure/GPa"].map(|head| column(&rows, head));
        let [kinetic, pressure] = [(kinetic, 192.0 * THERMAL), (pressure, exact)]
            .map(|(values, exact)| values.iter().map(|value| value / exact).collect::<Vec<f64>>());
        assert_mean(&format!("{integrator}: P V/N kT"), &pressure, 1.0, 0.01);
        assert_mean(&format!("{integrator}: K/K of the bath"), &kinetic, 1.0, 0.004);
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(told.contains("long for the stiffest vibration") && told.contains("(H)"), "{told}");
    }
}

/// What a run of `steps` steps of molecules warns of.
fn warnings(step: f64, integrator: impl Integrator + 'static, bath: bool) -> Vec<String> {
    let mut simulation = Simulation::new(molecules(8, 30.0), springs(8, 1.0), 7).unwrap();
    let mut stage = Stage::new("all", 150, integrator);
    if bath {
        stage = stage.with_thermostat(Langevin::new(TEMPERATURE, 0.005 / FEMTOSECOND).unwrap());
    }
    simulation.stages.push(stage);
    let warnings = simulation.run().unwrap().warnings;
    show(&format!("{} fs: {warnings:?}", step / FEMTOSECOND));
    warnings
}

// Catches: silence about a step of a ninth of a period, a false alarm at a thirtieth, a frequency that is far off.
#[test]
fn a_long_step_is_warned_of() {
    for (femtoseconds, long) in [(0.3, false), (0.6, false), (1.2, true), (2.0, true)] {
        let step = femtoseconds * FEMTOSECOND;
        for (warnings, bias) in [
            (warnings(step, VelocityVerlet::new(step).unwrap(), false), "mean squared amplitude"),
            (warnings(step, Baoab::new(step).unwrap(), true), "momenta at full steps"),
        ] {
            let told = warnings.iter().find(|text| text.contains("stiffest vibration"));
            assert_eq!(told.is_some(), long, "{femtoseconds} fs: {warnings:?}");
            if let Some(told) = told {
                assert!(told.contains(bias) && told.contains("(H)"), "{told}");
                // √(k/μ)/2πc = 3052 cm⁻¹.
                let wavenumber = told.split("about ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
                let wavenumber: f64 = wavenumber.parse().unwrap();
                assert!((wavenumber / 3052.0 - 1.0).abs() < 0.06, "{told}");
            }
        }
    }
}

// Catches: a temperature that depends on the time step, kinetic energies whose distribution is not the canonical one.
#[test]
fn the_temperature_is_that_of_the_bath_at_a_long_step() {
    let count = 8;
    let step = 1.5 * FEMTOSECOND;
    let mut system = molecules(count, 30.0);
    let noise = Noise::new(44);
    let mut bath = Langevin::new(TEMPERATURE, 0.05 / FEMTOSECOND).unwrap();
    let mut field = ForceEvaluator::new(springs(count, 1.0), &system).unwrap();
    let mut integrator = Baoab::new(step).unwrap();
    let mut ratios = Vec::new();
    for _ in 0..60_000 {
        integrator.step(&mut system, &mut field, &mut bath, &noise).unwrap();
        ratios.push(integrator.kinetic_energy().unwrap() / (3.0 * count as f64 * THERMAL));
    }
    assert_mean("K of mid-step", &ratios, 1.0, 0.005);
    let squares: Vec<f64> = ratios.iter().map(|ratio| (ratio - 1.0).powi(2)).collect();
    // The canonical variance of K/⟨K⟩ with 6 N degrees of freedom.
    let (variance, error) = mean_and_error(&squares);
    let exact = 2.0 / (6.0 * count as f64);
    assert!((variance - exact).abs() < 4.5 * error && error < 0.05 * exact, "{variance} ± {error}, exactly {exact}");
}

// Catches: beads taken for atoms in the pressure, which makes it as many times too large.
#[test]
fn rings_have_the_pressure_of_their_centers() {
    let beads = 8;
    let modes = NormalModes::new(beads, TEMPERATURE).unwrap();
    let step = 0.5 * FEMTOSECOND;
    let mut integrator = RingPolymer::new(step, modes.clone()).unwrap();
    let mut bath = Pile::new(modes, TEMPERATURE, 20.0 * step).unwrap();
    let count = 4;
    let mut system = ring_of(&molecules(count, 30.0), beads);
    let potential = MeanOverBeads::new((0..beads).map(|_| springs(count, 1.0)).collect(), 1).unwrap();
    let mut field = ForceEvaluator::new(Box::new(potential), &system).unwrap();
    field.set_want(RequestedProperties { virial: true, ..RequestedProperties::default() });
    integrator.prepare(&system, 0).unwrap();
    let mut pressures = Vec::new();
    for number in 0..24_000 {
        integrator.step(&mut system, &mut field, &mut bath, &Noise::new(45)).unwrap();
        if number > 500 {
            let virial = trace(field.virial(&system).unwrap());
            let kinetic = trace(kinetic_tensor(&system));
            let corrected = kinetic + virial + trace(integrator.kinetic_tensor_correction(&system, &field));
            pressures.push(corrected / (3.0 * count as f64 * THERMAL));
        }
    }
    assert_mean("P V/N kT of quantum molecules", &pressures, 1.0, 0.1);
}
