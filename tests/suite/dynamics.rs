//! The mechanical part: order of the integrators, reversal, conserved momentum, exact periods.

use cormorant::dynamics::{
    Baoab, Berendsen, Bussi, ForceEvaluator, Integrator, Langevin, NoBath, NoseHoover, Respa, Thermostat,
    VelocityVerlet,
};
use cormorant::noise::Noise;
use cormorant::system::System;
use cormorant::system::observables::{self, Removed, kinetic_energy};
use cormorant::units::{FEMTOSECOND, PICOSECOND};

use crate::wells::{Well, crowd};

/// Largest deviation of the conserved quantity over `duration`, in eV.
fn worst_error(
    mut system: System,
    well: Well,
    mut integrator: impl Integrator,
    mut bath: impl Thermostat,
    duration: f64,
) -> f64 {
    let noise = Noise::new(5);
    let mut field = ForceEvaluator::new(Box::new(well), &system).expect("a field");
    bath.prepare(observables::degrees_of_freedom(&system, Removed::default()));
    let total = |system: &System, field: &ForceEvaluator, bath: &dyn Thermostat| {
        kinetic_energy(system) + field.last().energy + bath.bath_energy()
    };
    let first = total(&system, &field, &bath);
    let mut worst: f64 = 0.0;
    for _ in 0..(duration / integrator.time_step()).round() as u64 {
        integrator.step(&mut system, &mut field, &mut bath, &noise).expect("a step");
        worst = worst.max((total(&system, &field, &bath) - first).abs());
    }
    worst
}

/// The error at one step over the error at half of it.
fn order_ratio(error: impl Fn(f64) -> f64) -> f64 {
    let step = 0.5 * FEMTOSECOND;
    error(step) / error(0.5 * step)
}

// Catches: half kicks with the force of the wrong side, a full kick for a half one, stale forces: all first order.
#[test]
fn velocity_verlet_is_second_order() {
    let ratio = order_ratio(|step| {
        let integrator = VelocityVerlet::new(step).expect("a step");
        worst_error(crowd(8, 300.0, 1), Well::CHAOTIC, integrator, NoBath, 100.0 * FEMTOSECOND)
    });
    assert!((ratio - 4.0).abs() < 0.2, "error fell {ratio} times when the step was halved");
}

// Catches: drifts that do not add up to one step, a kick out of place in the splitting.
#[test]
fn baoab_is_second_order() {
    let ratio = order_ratio(|step| {
        let integrator = Baoab::new(step).expect("a step");
        worst_error(crowd(8, 300.0, 1), Well::CHAOTIC, integrator, NoBath, 100.0 * FEMTOSECOND)
    });
    assert!((ratio - 4.0).abs() < 0.2, "error fell {ratio} times when the step was halved");
}

/// The harmonic part of the chaotic wells.
const INNER: Well = Well { quartic: 0.0, coupling: 0.0, ..Well::CHAOTIC };

// Catches: inner forces counted twice or left out of the outer kick, inner steps that do not add up to the outer one.
#[test]
fn respa_is_second_order() {
    let ratio = order_ratio(|step| {
        let integrator = Respa::new(step, Box::new(INNER), 3).expect("a step");
        worst_error(crowd(8, 300.0, 1), Well::CHAOTIC, integrator, NoBath, 100.0 * FEMTOSECOND)
    });
    assert!((ratio - 4.0).abs() < 0.2, "error fell {ratio} times when the step was halved");
    assert!(Respa::new(1.0, Box::new(INNER), 0).is_err());
}

// Catches: a splitting that gains nothing. Where the stiff part is inside, the error is that of the short steps.
#[test]
fn respa_allows_longer_steps() {
    let stiff = Well { stiffness: [20.0; 3], quartic: 0.5, coupling: 0.1 };
    let inner = Well { quartic: 0.0, coupling: 0.0, ..stiff };
    let step = FEMTOSECOND;
    let error = |integrator: Box<dyn Integrator>| {
        let noise = Noise::new(5);
        let mut integrator = integrator;
        let mut system = crowd(8, 300.0, 1);
        let mut field = ForceEvaluator::new(Box::new(stiff), &system).expect("a field");
        let first = kinetic_energy(&system) + field.last().energy;
        let mut worst: f64 = 0.0;
        for _ in 0..200 {
            integrator.step(&mut system, &mut field, &mut NoBath, &noise).expect("a step");
            worst = worst.max((kinetic_energy(&system) + field.last().energy - first).abs());
        }
        worst
    };
    let plain = error(Box::new(VelocityVerlet::new(step).expect("a step")));
    let split = error(Box::new(Respa::new(step, Box::new(inner), 8).expect("a step")));
    assert!(split < plain / 20.0, "{split} eV against {plain} eV");
}

// Catches: a chain whose stored energy is not that of its equations of motion (wrong masses, a lost factor of two).
#[test]
fn nose_hoover_is_second_order() {
    for chain in [1, 2, 3, 5] {
        let ratio = order_ratio(|step| {
            let bath = NoseHoover::new(450.0, 20.0 * FEMTOSECOND, chain).expect("a bath");
            let integrator = VelocityVerlet::new(step).expect("a step");
            worst_error(crowd(8, 300.0, 1), Well::CHAOTIC, integrator, bath, 200.0 * FEMTOSECOND)
        });
        assert!((ratio - 4.0).abs() < 0.25, "chain of {chain}: error fell {ratio} times when the step was halved");
    }
}

// Catches: heat of a bath that is not what it took: the conserved quantity would random-walk by eVs.
#[test]
fn every_bath_keeps_the_books() {
    let step = || VelocityVerlet::new(0.25 * FEMTOSECOND).expect("a step");
    let error =
        |bath: Box<dyn Thermostat>| worst_error(crowd(8, 300.0, 1), Well::CHAOTIC, step(), Boxed(bath), PICOSECOND);
    let relaxation = 50.0 * FEMTOSECOND;
    let none = error(Box::new(NoBath));
    let baths: [Box<dyn Thermostat>; 4] = [
        Box::new(Langevin::new(600.0, 1.0 / relaxation).expect("a bath")),
        Box::new(Bussi::new(600.0, relaxation).expect("a bath")),
        Box::new(Berendsen::new(600.0, relaxation).expect("a bath")),
        Box::new(cormorant::dynamics::Andersen::new(600.0, 1.0 / relaxation).expect("a bath")),
    ];
    for bath in baths {
        let name = bath.name();
        let error = error(bath);
        // Collisions restart the phase of the integrator's error, which then walks at random; it stays small.
        assert!(error < 20.0 * none, "{name}: {error} eV against {none} eV without a bath");
    }
}

/// A boxed bath as a bath.
struct Boxed(Box<dyn Thermostat>);

impl Thermostat for Boxed {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn temperature(&self) -> Option<f64> {
        self.0.temperature()
    }
    fn set_temperature(&mut self, temperature: f64) {
        self.0.set_temperature(temperature);
    }
    fn keeps_momentum(&self) -> bool {
        self.0.keeps_momentum()
    }
    fn prepare(&mut self, degrees_of_freedom: usize) {
        self.0.prepare(degrees_of_freedom);
    }
    fn apply(&mut self, system: &mut System, interval: f64, noise: &Noise) -> cormorant::Result<()> {
        self.0.apply(system, interval, noise)
    }
    fn bath_energy(&self) -> f64 {
        self.0.bath_energy()
    }
    fn state(&self) -> Vec<f64> {
        self.0.state()
    }
    fn restore(&mut self, state: &[f64]) -> cormorant::Result<()> {
        self.0.restore(state)
    }
}

// Catches: an integrator that is not symmetric in time.
#[test]
fn time_can_be_reversed() {
    let noise = Noise::new(5);
    let integrators: [Box<dyn Integrator>; 3] = [
        Box::new(Respa::new(0.5 * FEMTOSECOND, Box::new(INNER), 3).expect("a step")),
        Box::new(VelocityVerlet::new(0.5 * FEMTOSECOND).expect("a step")),
        Box::new(Baoab::new(0.5 * FEMTOSECOND).expect("a step")),
    ];
    for mut integrator in integrators {
        let first = crowd(8, 300.0, 2);
        let mut system = first.clone();
        let mut field = ForceEvaluator::new(Box::new(Well::CHAOTIC), &system).expect("a field");
        for _turn in 0..2 {
            for _ in 0..400 {
                integrator.step(&mut system, &mut field, &mut NoBath, &noise).expect("a step");
            }
            for momentum in &mut system.momenta {
                *momentum = momentum.map(|component| -component);
            }
        }
        for (now, then) in system.positions.iter().flatten().zip(first.positions.iter().flatten()) {
            assert!((now - then).abs() < 1e-9, "{}: {now} after going back to {then}", integrator.name());
        }
    }
}

// Catches: forces applied to the wrong atom, a bath that pushes the whole system while claiming not to.
#[test]
fn momentum_is_conserved_where_it_should_be() {
    let springs = Well { stiffness: [0.0; 3], quartic: 0.0, coupling: 2.0 };
    let relaxation = 50.0 * FEMTOSECOND;
    let baths: [Box<dyn Thermostat>; 4] = [
        Box::new(NoBath),
        Box::new(Bussi::new(500.0, relaxation).expect("a bath")),
        Box::new(Berendsen::new(500.0, relaxation).expect("a bath")),
        Box::new(NoseHoover::new(500.0, relaxation, NoseHoover::CHAIN).expect("a bath")),
    ];
    for mut bath in baths {
        assert!(bath.keeps_momentum());
        let noise = Noise::new(5);
        let mut system = crowd(8, 300.0, 3);
        let removed = Removed { translation: true, rotation: true };
        cormorant::system::velocities::remove(&mut system, removed).expect("no motion");
        bath.prepare(observables::degrees_of_freedom(&system, removed));
        let mut field = ForceEvaluator::new(Box::new(springs), &system).expect("a field");
        let mut integrator = VelocityVerlet::new(0.5 * FEMTOSECOND).expect("a step");
        for _ in 0..2000 {
            integrator.step(&mut system, &mut field, bath.as_mut(), &noise).expect("a step");
        }
        let size = system.momenta.iter().flatten().map(|p| p * p).sum::<f64>().sqrt();
        for component in observables::momentum(&system).iter().chain(&observables::angular_momentum(&system)) {
            assert!(component.abs() < 1e-10 * size, "{}: {component} of {size}", bath.name());
        }
    }
}

// Catches: a wrong unit of time or mass. Velocity Verlet turns the phase of an oscillator by arccos(1 − ω²Δt²/2) exactly.
#[test]
fn harmonic_period_is_exact() {
    let stiffness = 3.0;
    let noise = Noise::new(5);
    let mut system = crowd(1, 0.0, 4);
    let time_step = 1.0 * FEMTOSECOND;
    let frequency = (stiffness / system.masses[0]).sqrt();
    let turn = (1.0 - 0.5 * (frequency * time_step).powi(2)).acos();
    let start = system.positions[0];
    let mut field = ForceEvaluator::new(Box::new(Well::harmonic(stiffness)), &system).expect("a field");
    let mut integrator = VelocityVerlet::new(time_step).expect("a step");
    for step in 1..=1000 {
        integrator.step(&mut system, &mut field, &mut NoBath, &noise).expect("a step");
        for axis in 0..3 {
            let exact = start[axis] * (turn * f64::from(step)).cos();
            assert!((system.positions[0][axis] - exact).abs() < 1e-11, "step {step}");
        }
    }
    assert_eq!(system.step, 1000);
    assert!((system.time - PICOSECOND).abs() < 1e-9 * PICOSECOND);
}

// Catches: a thermostat state that forgets a variable, or a random stream that depends on history.
#[test]
fn saved_baths_go_on_with_the_same_bits() {
    let make: [fn() -> Box<dyn Thermostat>; 6] = [
        || Box::new(NoBath),
        || Box::new(Langevin::new(500.0, 0.1).expect("a bath")),
        || Box::new(Bussi::new(500.0, 3.0).expect("a bath")),
        || Box::new(Berendsen::new(500.0, 3.0).expect("a bath")),
        || Box::new(cormorant::dynamics::Andersen::new(500.0, 0.1).expect("a bath")),
        || Box::new(NoseHoover::new(500.0, 3.0, 4).expect("a bath")),
    ];
    let noise = Noise::new(5);
    for make in make {
        let mut integrator = VelocityVerlet::new(0.5 * FEMTOSECOND).expect("a step");
        let mut system = crowd(8, 300.0, 5);
        let mut bath = make();
        bath.prepare(24);
        let mut field = ForceEvaluator::new(Box::new(Well::CHAOTIC), &system).expect("a field");
        let mut go = |system: &mut System, field: &mut ForceEvaluator, bath: &mut dyn Thermostat| {
            for _ in 0..50 {
                integrator.step(system, field, bath, &noise).expect("a step");
            }
        };
        go(&mut system, &mut field, bath.as_mut());
        let (mut copy, mut copy_bath) = (system.clone(), make());
        copy_bath.prepare(24);
        copy_bath.restore(&bath.state()).expect("the state");
        let mut copy_field = ForceEvaluator::new(Box::new(Well::CHAOTIC), &copy).expect("a field");
        go(&mut system, &mut field, bath.as_mut());
        go(&mut copy, &mut copy_field, copy_bath.as_mut());
        assert_eq!(system, copy, "{}", bath.name());
        assert_eq!(bath.state(), copy_bath.state(), "{}", bath.name());
        assert!(copy_bath.restore(&[0.0; 77]).is_err());
    }
}

// Catches: heat of a random bath that is booked at the wrong moment, so that the conserved quantity is of first order. One
// run tells nothing, because both steps see other random numbers: the mean square over many runs does.
#[test]
fn the_books_of_random_baths_are_second_order() {
    let relaxation = 50.0 * FEMTOSECOND;
    let make: [fn(f64) -> Box<dyn Thermostat>; 4] = [
        |relaxation| Box::new(Langevin::new(300.0, 1.0 / relaxation).expect("a bath")),
        |relaxation| Box::new(Bussi::new(300.0, relaxation).expect("a bath")),
        |relaxation| Box::new(cormorant::dynamics::Andersen::new(300.0, 1.0 / relaxation).expect("a bath")),
        |relaxation| Box::new(Berendsen::new(300.0, relaxation).expect("a bath")),
    ];
    for make in make {
        let root_mean_square = |step: f64| {
            let squares = (0..200).map(|seed| {
                let noise = Noise::new(1000 + seed);
                let mut system = crowd(8, 300.0, 1);
                let mut bath = make(relaxation);
                bath.prepare(24);
                let mut field = ForceEvaluator::new(Box::new(Well::CHAOTIC), &system).expect("a field");
                let mut integrator = VelocityVerlet::new(step).expect("a step");
                let total = |system: &System, field: &ForceEvaluator, bath: &dyn Thermostat| {
                    kinetic_energy(system) + field.last().energy + bath.bath_energy()
                };
                let first = total(&system, &field, bath.as_ref());
                let mut worst: f64 = 0.0;
                for _ in 0..(100.0 * FEMTOSECOND / step).round() as u64 {
                    integrator.step(&mut system, &mut field, bath.as_mut(), &noise).expect("a step");
                    worst = worst.max((total(&system, &field, bath.as_ref()) - first).abs());
                }
                worst * worst
            });
            (squares.sum::<f64>() / 200.0).sqrt()
        };
        let ratio = root_mean_square(0.5 * FEMTOSECOND) / root_mean_square(0.25 * FEMTOSECOND);
        let name = make(relaxation).name();
        assert!((ratio - 4.0).abs() < 0.6, "{name}: error fell {ratio} times when the step was halved");
    }
}
