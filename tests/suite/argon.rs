//! Liquid argon (Lennard-Jones) against published energy, pressure and density.

use cormorant::dynamics::{
    Barostat, Bussi, ForceEvaluator, Integrator, Scaling, StochasticCellRescaling, Thermostat, VelocityVerlet,
};
use cormorant::noise::Noise;
use cormorant::potential::{Evaluation, LennardJones, Potential, RequestedProperties, Truncation};
use cormorant::system::observables::{Removed, pressure_tensor};
use cormorant::system::{Cell, Element, System, velocities};
use cormorant::units::{BOLTZMANN, FEMTOSECOND, PICOSECOND};

use crate::ensembles::assert_mean;

// NIST Standard Reference Simulation Website, Lennard-Jones fluid, NVT Monte Carlo: T* = 0.85, ρ* = 0.820.
const TEMPERATURE: f64 = 0.85;
const DENSITY: f64 = 0.820;
const ENERGY: f64 = -5.7947;
const PRESSURE: f64 = 0.553_55;

/// Argon of L. Verlet 1967.
const EPSILON: f64 = 119.8 * BOLTZMANN;
const SIGMA: f64 = 3.405;

fn argon() -> Element {
    Element::from_symbol("Ar").unwrap()
}

fn potential() -> LennardJones {
    let truncation = Truncation::Switched { from: 2.9 * SIGMA };
    LennardJones::new(3.0 * SIGMA, truncation).unwrap().with(argon(), argon(), EPSILON, SIGMA).unwrap()
}

/// 256 atoms on a face-centered lattice.
fn crystal() -> System {
    let edge = SIGMA * (4.0 / DENSITY).cbrt();
    let mut positions = Vec::new();
    for index in 0..64 {
        let corner = [index % 4, index / 4 % 4, index / 16].map(f64::from);
        for site in [[0.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [0.0, 0.5, 0.5]] {
            positions.push([0, 1, 2].map(|axis| edge * (corner[axis] + site[axis])));
        }
    }
    let cell = Cell::cubic(4.0 * edge).unwrap();
    let mut system = System::new(vec![argon(); 256], positions, Some(cell)).unwrap();
    let removed = Removed { translation: true, rotation: false };
    let temperature = 2.0 * TEMPERATURE * EPSILON / BOLTZMANN;
    velocities::draw(&mut system, temperature, removed, &Noise::new(91)).unwrap();
    system
}

/// What the missing tail adds to the energy of an atom at the published density, in ε: 2πρ∫r²(u − u_cut)dr.
fn tail() -> f64 {
    let mut cut = potential();
    let mut missing = |r: f64| {
        let pair = System::new(vec![argon(); 2], vec![[0.0; 3], [r * SIGMA, 0.0, 0.0]], None).unwrap();
        let mut evaluation = Evaluation::default();
        cut.evaluate(&pair, RequestedProperties::default(), &mut evaluation).unwrap();
        4.0 * (r.powi(-12) - r.powi(-6)) - evaluation.energy / EPSILON
    };
    let bits = 2000;
    let width = 0.1 / f64::from(bits);
    let near: f64 = (0..bits).map(|bit| 2.9 + (f64::from(bit) + 0.5) * width).map(|r| width * r * r * missing(r)).sum();
    let far = 4.0 * (3.0_f64.powi(-9) / 9.0 - 3.0_f64.powi(-3) / 3.0);
    std::f64::consts::TAU * DENSITY * (near + far)
}

// Catches: a pressure without its kinetic or its virial part, units of pressure, a barostat that keeps another pressure than it
// says. The tail beyond the cutoff adds ρ times its energy to the pressure.
#[test]
fn the_liquid_has_the_published_energy_pressure_and_density() {
    let unit = EPSILON / SIGMA.powi(3);
    let missing = tail();
    let outer = PRESSURE - DENSITY * missing;
    for constant_pressure in [false, true] {
        let noise = Noise::new(92);
        let mut system = crystal();
        let temperature = TEMPERATURE * EPSILON / BOLTZMANN;
        let mut bath = Bussi::new(temperature, 0.2 * PICOSECOND).unwrap();
        bath.prepare(3 * 256 - 3);
        let mut field = ForceEvaluator::new(Box::new(potential()), &system).unwrap();
        field.set_want(RequestedProperties { virial: true, ..RequestedProperties::default() });
        let step = 8.0 * FEMTOSECOND;
        let mut verlet = VelocityVerlet::new(step).unwrap();
        // A compressibility of 0.07 σ³/ε.
        let mut barostat =
            StochasticCellRescaling::new(Scaling::Isotropic, outer * unit, temperature, 0.07 / unit, PICOSECOND)
                .unwrap();
        let (mut energies, mut pressures, mut densities) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..24_000 {
            verlet.step(&mut system, &mut field, &mut bath, &noise).unwrap();
            if constant_pressure {
                let correction = verlet.kinetic_tensor_correction(&system, &field);
                barostat.apply(&mut system, &mut field, &correction, step, &noise).unwrap();
            }
            if number >= 3000 && number % 5 == 0 {
                let tensor =
                    pressure_tensor(&system, &field.last().forces.clone(), &field.virial(&system).unwrap()).unwrap();
                let pressure = (tensor[0][0] + tensor[1][1] + tensor[2][2]) / 3.0;
                energies.push(field.last().energy / 256.0 / EPSILON + missing);
                pressures.push(pressure / unit + DENSITY * missing);
                densities.push(256.0 * SIGMA.powi(3) / system.cell.unwrap().measure());
            }
        }
        if constant_pressure {
            assert_mean("density of argon", &densities, DENSITY, 0.004);
        } else {
            assert_mean("energy of argon", &energies, ENERGY, 0.002);
            assert_mean("pressure of argon", &pressures, PRESSURE, 0.05);
        }
    }
}
