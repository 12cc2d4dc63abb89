//! Pressure and minimization along repeating directions.

use cormorant::dynamics::{
    Barostat, ForceEvaluator, Integrator, Langevin, MartynaTobiasKlein, Scaling, StochasticCellRescaling, Thermostat,
    VelocityVerlet,
};
use cormorant::minimize::{CellFreedom, CellGoal, Fire, Goal, LimitedMemory, Minimizer};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{Evaluation, LennardJones, Potential, RequestedProperties};
use cormorant::system::observables::{Removed, kinetic_tensor, pressure, pressure_tensor};
use cormorant::system::vector::{cross, norm, plus, times};
use cormorant::system::{Cell, Element, System, velocities};
use cormorant::units::{BOLTZMANN, FEMTOSECOND, NEWTON_PER_METER};
use cormorant::vibrations::{Hessian, NormalModes};

use super::{SLAB, cases, element, evaluate};
use crate::ensembles::assert_mean;

const TEMPERATURE: f64 = 300.0;
const THERMAL: f64 = BOLTZMANN * TEMPERATURE;

/// Atoms that do not feel each other, in a slab normal to x that resists changes of its shape: U = κ/2·(ln h_y/h_z)².
struct FlatGas(f64);

impl Potential for FlatGas {
    fn name(&self) -> String {
        "flat ideal gas".into()
    }
    fn cutoff(&self) -> Option<f64> {
        None
    }
    fn accepts(&self, _element: Element) -> bool {
        true
    }
    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> cormorant::Result<()> {
        into.forces.resize(system.atom_count(), [0.0; 3]);
        let lengths = system.cell.unwrap().lengths();
        let shape = (lengths[1] / lengths[2]).ln();
        into.energy = 0.5 * self.0 * shape * shape;
        let slope = self.0 * shape;
        into.virial = want.virial.then_some([[0.0; 3], [0.0, -slope, 0.0], [0.0, 0.0, slope]]);
        Ok(())
    }
}

/// A gas between no walls: it repeats along y and z, and spreads along x.
fn flat_gas(atoms: usize, edge: f64) -> System {
    let mut stream = Noise::new(41).stream(Consumer::Test, 0, 0);
    let positions = (0..atoms).map(|_| stream.normal_vector().map(|x| 3.0 * x)).collect();
    let rows = [[0.0; 3], [0.0, edge, 0.0], [0.0, 0.0, edge]];
    let cell = Cell::with_periodicity(rows, [false, true, true]).unwrap();
    let mut system = System::new(vec![element("Ar"); atoms], positions, Some(cell)).unwrap();
    velocities::draw(&mut system, TEMPERATURE, Removed::default(), &Noise::new(42)).unwrap();
    system
}

// Catches: an area that is driven by a pressure per volume, a third of the trace where a half is due, noise of the wrong width, scaling
// along the open direction. Exact: mean area (N + 1)·kT/P, its variance (N + 1)·(kT/P)².
#[test]
fn a_flat_ideal_gas_has_the_exact_area() {
    let (atoms, step) = (24, 20.0 * FEMTOSECOND);
    let pressure = 0.01 * NEWTON_PER_METER;
    let exact = (atoms as f64 + 1.0) * THERMAL / pressure;
    for scaling in [Scaling::Isotropic, Scaling::Anisotropic] {
        for extended in [false, true] {
            let mut system = flat_gas(atoms, (1.2 * exact).sqrt());
            let mut rescaling =
                StochasticCellRescaling::new(scaling, pressure, TEMPERATURE, 1.0 / pressure, 1500.0 * step).unwrap();
            let mut integrator: Box<dyn Integrator> = if extended {
                Box::new(MartynaTobiasKlein::new(step, scaling, pressure, TEMPERATURE, 40.0 * step).unwrap())
            } else {
                Box::new(VelocityVerlet::new(step).unwrap())
            };
            let noise = Noise::new(43);
            let mut bath = Langevin::new(TEMPERATURE, 0.01 / FEMTOSECOND).unwrap();
            bath.prepare(3 * atoms);
            integrator.prepare(&system, 3 * atoms).unwrap();
            let mut field = ForceEvaluator::new(Box::new(FlatGas(20.0 * THERMAL)), &system).unwrap();
            field.set_want(RequestedProperties { virial: true, ..RequestedProperties::default() });
            let mut areas = Vec::new();
            for number in 0..240_000 {
                integrator.step(&mut system, &mut field, &mut bath, &noise).unwrap();
                if !extended {
                    let correction = integrator.kinetic_tensor_correction(&system, &field);
                    rescaling.apply(&mut system, &mut field, &correction, step, &noise).unwrap();
                }
                if number > 5000 && number % 20 == 0 {
                    areas.push(system.cell.unwrap().measure());
                }
            }
            assert_eq!(system.cell.unwrap().rows()[0], [0.0; 3]);
            let what = format!("{scaling:?}, extended: {extended}");
            let squares: Vec<f64> = areas.iter().map(|area| (area - exact).powi(2)).collect();
            assert_mean(&format!("{what}: area"), &areas, exact, 0.03);
            assert_mean(&format!("{what}: its variance"), &squares, exact * exact / (atoms as f64 + 1.0), 0.35);
        }
    }
}

// Catches: a pressure of a slab per volume, or one that holds what lies across the open direction.
#[test]
fn pressure_lies_along_repeating_directions() {
    for (name, mut potential, mut system) in cases(SLAB) {
        velocities::draw(&mut system, TEMPERATURE, Removed::default(), &Noise::new(44)).unwrap();
        let cell = system.cell.unwrap();
        let found = evaluate(potential.as_mut(), &system);
        let (virial, kinetic) = (found.virial.unwrap(), kinetic_tensor(&system));
        let tensor = pressure_tensor(&system, &found.forces, &virial).unwrap();
        for i in 0..3 {
            for j in 0..3 {
                let whole = (kinetic[i][j] + virial[i][j]) / (cell.rows()[0][0] * cell.rows()[1][1]);
                let expected = if SLAB[i] && SLAB[j] { whole } else { 0.0 };
                assert!((tensor[i][j] - expected).abs() < 1.0e-12, "{name}: {tensor:?}");
            }
        }
        assert!((pressure(&cell, &tensor) - f64::midpoint(tensor[0][0], tensor[1][1])).abs() < 1.0e-12);
        assert!(virial[2][2].abs() > 1.0e-3, "{name}: nothing lies across");
    }
}

/// A sheared layer of argon whose normal lies along z, or anywhere if it is `turned`. One atom, because several would buckle: further
/// neighbors press the nearest ones together.
fn layer(turned: bool) -> System {
    let rows = [[3.95, 0.2, 0.0], [1.7, 3.3, 0.0], [0.0; 3]];
    let first = [0.6, 0.64, 0.48];
    let second = cross([0.0, 0.6, -0.8], first).map(|x| x / norm(cross([0.0, 0.6, -0.8], first)));
    let turn = if turned { [first, second, cross(first, second)] } else { super::UNIT };
    let cell = Cell::with_periodicity(rows.map(|row| times(row, &turn)), SLAB).unwrap();
    System::new(vec![element("Ar")], vec![[0.3, 0.2, 0.1]], Some(cell)).unwrap()
}

fn lennard_jones() -> Box<dyn Potential> {
    Box::new(LennardJones::argon(8.5).unwrap())
}

// Catches: a gradient with respect to the cell that leaves its plane, an area where a volume is due, a pressure of the wrong sign, a
// plane oblique to the axes that cannot be relaxed. The minimum is that of a triangular layer, scanned over its one length.
#[test]
fn layers_relax_within_their_plane() {
    let enthalpy = |edge: f64, pressure: f64| {
        let rows = [[edge, 0.0, 0.0], [0.5 * edge, 0.75_f64.sqrt() * edge, 0.0], [0.0; 3]];
        let cell = Cell::with_periodicity(rows, SLAB).unwrap();
        let system = System::new(vec![element("Ar")], vec![[0.0; 3]], Some(cell)).unwrap();
        ForceEvaluator::new(lennard_jones(), &system).unwrap().last().energy + pressure * cell.measure()
    };
    let methods: [Box<dyn Minimizer>; 2] = [Box::new(LimitedMemory::default()), Box::new(Fire::default())];
    for (turned, pressure) in [(false, 0.0), (false, 0.03), (true, 0.03), (true, -0.01)] {
        let pressure = pressure * NEWTON_PER_METER;
        for method in &methods {
            let mut system = layer(turned);
            let normal = system.cell.unwrap().basis()[2];
            let mut field = ForceEvaluator::new(lennard_jones(), &system).unwrap();
            let stress_tolerance = 1.0e-7 * NEWTON_PER_METER;
            let goal = Goal {
                force_tolerance: 1.0e-7,
                cell: Some(CellGoal { freedom: CellFreedom::Full, pressure, stress_tolerance }),
                ..Goal::default()
            };
            let minimum = method.minimize(&mut system, &mut field, &goal, &mut |_, _, _| Ok(())).unwrap();
            assert!(minimum.converged, "{minimum:?}");
            let cell = system.cell.unwrap();
            assert_eq!(cell.rows()[2], [0.0; 3]);
            assert!(norm(plus(normal, -1.0, cell.basis()[2])) < 1.0e-9, "the plane has turned");
            let (lengths, angle) = (cell.lengths(), cell.angles()[2]);
            assert!((lengths[0] - lengths[1]).abs() < 1.0e-3 && (angle - 60.0).abs() < 0.01, "{lengths:?} {angle}");
            let found = minimum.energy + pressure * cell.measure();
            let edge = (cell.measure() / 0.75_f64.sqrt()).sqrt();
            assert!((found - enthalpy(edge, pressure)).abs() < 1.0e-8, "{found} {}", enthalpy(edge, pressure));
            for factor in [0.999, 1.001] {
                assert!(enthalpy(edge * factor, pressure) > enthalpy(edge, pressure), "not the lowest at {edge}");
            }
        }
    }
}

// Catches: one factor that also stretches the open direction, or a mean over three where two repeat; a factor each for x, y and z where
// the plane is oblique to them, taken without a word.
#[test]
fn layers_keep_what_they_may_not_change() {
    let descend = |system: &mut System, freedom| {
        let mut field = ForceEvaluator::new(lennard_jones(), system).unwrap();
        let stress_tolerance = 1.0e-6 * NEWTON_PER_METER;
        let goal = Goal { cell: Some(CellGoal { freedom, pressure: 0.0, stress_tolerance }), ..Goal::default() };
        LimitedMemory::default().minimize(system, &mut field, &goal, &mut |_, _, _| Ok(()))
    };
    for turned in [false, true] {
        let mut system = layer(turned);
        let first = system.cell.unwrap();
        let minimum = descend(&mut system, CellFreedom::Isotropic).unwrap();
        assert!(minimum.converged && minimum.largest_stress < 1.0e-6 * NEWTON_PER_METER);
        let now = system.cell.unwrap();
        let factor = now.lengths()[0] / first.lengths()[0];
        assert!((factor - 1.0).abs() > 1.0e-3, "nothing has changed");
        for k in 0..2 {
            assert!((now.lengths()[k] / first.lengths()[k] / factor - 1.0).abs() < 1.0e-9);
        }
        assert!((now.angles()[2] - first.angles()[2]).abs() < 1.0e-9);
    }
    let refused = descend(&mut layer(true), CellFreedom::Anisotropic).unwrap_err().to_string();
    assert!(refused.contains("this slab repeats along directions oblique"), "{refused}");
    let mut system = layer(false);
    let first = system.cell.unwrap().rows();
    descend(&mut system, CellFreedom::Anisotropic).unwrap();
    let now = system.cell.unwrap().rows();
    assert!((now[0][0] / first[0][0] / (now[1][0] / first[1][0]) - 1.0).abs() < 1.0e-9 && now[0][2] == 0.0);
}

// Catches: a wire that keeps the rotation about its axis as a vibration of a wavenumber near zero, a chain of which an axis without
// moment is projected out, a slab that loses a rotation which it does not have.
#[test]
fn modes_of_wires_and_slabs() {
    let rows = [[7.6, 0.0, 0.0], [0.0, 6.6, 0.0], [0.0; 3]];
    let chain = vec![[0.1, 0.0, 0.0], [3.8, 0.0, 0.0]];
    let zigzag = vec![[0.1, 0.0, 1.0], [3.8, 0.0, -1.0], [1.9, 3.3, 0.1]];
    for (periodic, positions, overall) in
        [([true, false, false], chain, 3), ([true, false, false], zigzag.clone(), 4), (SLAB, zigzag, 3)]
    {
        let cell = Cell::with_periodicity(rows, periodic).unwrap();
        let atoms = positions.len();
        let mut system = System::new(vec![element("Ar"); atoms], positions, Some(cell)).unwrap();
        let mut field = ForceEvaluator::new(lennard_jones(), &system).unwrap();
        let goal = Goal { force_tolerance: 1.0e-9, ..Goal::default() };
        LimitedMemory::default().minimize(&mut system, &mut field, &goal, &mut |_, _, _| Ok(())).unwrap();
        let hessian = Hessian::by_differences(&mut [lennard_jones()], &system, 0.003).unwrap();
        let modes = NormalModes::new(&system, &hessian).unwrap();
        assert_eq!((modes.overall, modes.modes.len()), (overall, 3 * atoms - overall), "{periodic:?}");
        assert!(modes.leak < 0.5, "{periodic:?}: an overall motion has {} cm⁻¹", modes.leak);
    }
}
