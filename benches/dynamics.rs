//! What a step costs beyond the potential: 21 atoms (the size of aspirin) in a potential that costs nothing.
//!
//! The figure to hold is 5 µs for a step with everything that a run does at every step: integrator, bath, guards, averages.

use cormorant::dynamics::{Baoab, Bussi, Langevin, NoBath, NoseHoover, Thermostat, VelocityVerlet};
use cormorant::noise::Noise;
use cormorant::potential::{Evaluation, Potential, RequestedProperties};
use cormorant::simulation::{Simulation, Stage};
use cormorant::system::observables::Removed;
use cormorant::system::{Element, System, velocities};
use cormorant::units::FEMTOSECOND;

const ATOMS: usize = 21;
const STEPS: u64 = 1000;

/// No force.
struct Free;

impl Potential for Free {
    fn name(&self) -> String {
        "free".into()
    }
    fn cutoff(&self) -> Option<f64> {
        None
    }
    fn accepts(&self, _element: Element) -> bool {
        true
    }
    fn evaluate(
        &mut self,
        system: &System,
        _want: RequestedProperties,
        into: &mut Evaluation,
    ) -> cormorant::Result<()> {
        into.forces.resize(system.atom_count(), [0.0; 3]);
        Ok(())
    }
}

fn simulation(stage: Stage) -> Simulation {
    let carbon = Element::from_symbol("C").expect("an element");
    let positions = (0..ATOMS).map(|atom| [1.5 * atom as f64, 0.0, 0.0]).collect();
    let mut system = System::new(vec![carbon; ATOMS], positions, None).expect("a system");
    velocities::draw(&mut system, 300.0, Removed::default(), &Noise::new(1)).expect("velocities");
    let mut simulation = Simulation::new(system, Box::new(Free), 1).expect("a simulation");
    simulation.stages.push(stage);
    simulation
}

/// Time of `STEPS` steps.
fn measure(bencher: divan::Bencher<'_, '_>, stage: impl Fn() -> Stage + Sync) {
    bencher
        .counter(divan::counter::ItemsCount::new(STEPS))
        .with_inputs(|| simulation(stage()))
        .bench_values(|mut simulation| simulation.run().expect("a run"));
}

fn verlet(bath: impl Thermostat + 'static) -> Stage {
    Stage::new("all", STEPS, VelocityVerlet::new(0.5 * FEMTOSECOND).expect("a step")).with_thermostat(bath)
}

#[divan::bench]
fn thousand_steps_nve(bencher: divan::Bencher<'_, '_>) {
    measure(bencher, || verlet(NoBath));
}

#[divan::bench]
fn thousand_steps_langevin(bencher: divan::Bencher<'_, '_>) {
    measure(bencher, || {
        Stage::new("all", STEPS, Baoab::new(0.5 * FEMTOSECOND).expect("a step"))
            .with_thermostat(Langevin::new(300.0, 0.01).expect("a bath"))
    });
}

#[divan::bench]
fn thousand_steps_bussi(bencher: divan::Bencher<'_, '_>) {
    measure(bencher, || verlet(Bussi::new(300.0, 10.0).expect("a bath")));
}

#[divan::bench]
fn thousand_steps_nose_hoover(bencher: divan::Bencher<'_, '_>) {
    measure(bencher, || verlet(NoseHoover::new(300.0, 10.0, NoseHoover::CHAIN).expect("a bath")));
}

fn main() {
    divan::main();
}
