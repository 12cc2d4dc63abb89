//! Short trajectories: does the energy stay, up to which time step, and up to which temperature does the model hold?

use super::TrialControl;
use crate::analysis::LineFit;
use crate::dynamics::{Baoab, ForceEvaluator, Integrator, Langevin, NoBath, Thermostat, VelocityVerlet};
use crate::simulation::Guards;
use cormorant_core::Result;
use cormorant_core::noise::Noise;
use cormorant_core::system::observables::{Removed, degrees_of_freedom, kinetic_energy, temperature};
use cormorant_core::system::{System, velocities};
use cormorant_core::units::{FEMTOSECOND, PICOSECOND};
use cormorant_network::{HeatTrial, Network, TrialPart};
use cormorant_potential::extrapolation::Domain;
use cormorant_potential::{LearnedPotential, Precision};

/// Temperature in K of the trials at constant energy.
const ROOM: f64 = 300.0;
/// Time step in fs of all trials but that of the time step itself: short enough for hydrogen at any temperature tried.
const TIME_STEP: f64 = 0.5;
/// Friction in 1/fs of the bath; strong, so that a picosecond heats the system through.
const FRICTION: f64 = 0.02;
/// Time steps in fs that are tried.
const TIME_STEPS: [f64; 9] = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0];
/// Deviation of the energy in meV/atom up to which a time step is taken to keep it: a tenth of kT at 300 K.
const KEPT: f64 = 2.6;
/// Temperatures in K that are tried.
const TEMPERATURES: [f64; 6] = [300.0, 500.0, 750.0, 1000.0, 1500.0, 2000.0];
/// Steps of each trajectory, for at most nine atoms. Larger systems get fewer, so that a certificate takes seconds.
const STEPS: [u64; 3] = [2000, 400, 2000];
/// Two atoms nearer than this share of the shortest distance in training are a failure.
const COLLISION: f64 = 0.7;
/// A grade of extrapolation above this is a failure; runs are stopped there unless their input says otherwise.
const FAR: f64 = 3.0;

/// What the trials gave; units as in [`cormorant_network::Certificate`].
pub(super) struct Motion {
    pub drift: f64,
    pub drift_picoseconds: f64,
    pub time_step: f64,
    pub heat: Vec<HeatTrial>,
    /// For what there was no time, or not enough.
    pub left_out: Vec<TrialPart>,
}

/// A system in motion under the model.
struct Trial<'s> {
    system: System,
    field: ForceEvaluator,
    guards: Guards,
    domain: Option<Domain>,
    noise: Noise,
    control: TrialControl<'s>,
}

/// How a trajectory ended.
enum Ending<T> {
    /// It has this result.
    Done(T),
    /// The time was over before.
    OutOfTime,
}

/// Steps of the trials of drift, time step and heat for so many atoms.
fn steps(atoms: usize) -> [u64; 3] {
    STEPS.map(|steps| (steps * 9 / atoms.max(9) as u64).max(steps / 20))
}

/// Steps of all trials together.
pub(super) fn evaluations(atoms: usize) -> f64 {
    let [drift, step, heat] = steps(atoms);
    (drift + step * TIME_STEPS.len() as u64 + heat * TEMPERATURES.len() as u64) as f64
}

/// Try `network`, in the precision that runs have, from the atoms of `start`: room temperature first, then what depends on it, then
/// ever higher temperatures.
pub(super) fn try_motion(
    network: &dyn Network,
    domain: Option<Domain>,
    start: &System,
    control: TrialControl<'_>,
) -> Result<Motion> {
    let [drift_steps, step_steps, heat_steps] = steps(start.atom_count());
    let field = || ForceEvaluator::new(Box::new(LearnedPotential::new(network, Precision::F32, 1)?), start);
    let trial = |system: System| -> Result<Trial<'_>> {
        let (field, domain, noise) = (field()?, domain.clone(), Noise::new(0));
        let mut trial = Trial { system, field, guards: Guards::default(), domain, noise, control };
        trial.field.refresh(&trial.system)?;
        Ok(trial)
    };
    let mut motion =
        Motion { drift: f64::MAX, drift_picoseconds: 0.0, time_step: 0.0, heat: Vec::new(), left_out: Vec::new() };
    let mut hot = trial(start.clone())?;
    velocities::draw(&mut hot.system, ROOM, Removed::default(), &hot.noise)?;
    if !hot.heat_to(TEMPERATURES[0], heat_steps, 0.05, &mut motion)? {
        // A model that fails at room temperature has nothing to conserve; one that was not tried there is not tried further.
        if !motion.left_out.is_empty() {
            motion.left_out.extend([TrialPart::TimeStep, TrialPart::Drift]);
        }
        return Ok(motion);
    }
    let warm = hot.system.clone();
    for (number, femtoseconds) in TIME_STEPS.into_iter().enumerate() {
        (control.progress)("time steps", 0.1 + 0.015 * number as f64);
        match trial(warm.clone())?.conserve(femtoseconds, step_steps)? {
            Ending::Done(Some((_, deviation))) if deviation <= KEPT => motion.time_step = femtoseconds,
            Ending::Done(_) => break,
            Ending::OutOfTime => {
                motion.left_out.push(TrialPart::TimeStep);
                break;
            }
        }
    }
    (control.progress)("drift of the energy", 0.25);
    match trial(warm)?.conserve(TIME_STEP, drift_steps)? {
        Ending::Done(found) => {
            motion.drift = found.map_or(f64::MAX, |(drift, _)| drift);
            motion.drift_picoseconds = drift_steps as f64 * TIME_STEP * FEMTOSECOND / PICOSECOND;
        }
        Ending::OutOfTime => motion.left_out.push(TrialPart::Drift),
    }
    for (number, temperature) in TEMPERATURES.into_iter().enumerate().skip(1) {
        if !hot.heat_to(temperature, heat_steps, 0.25 + 0.09 * number as f64, &mut motion)? {
            break;
        }
    }
    Ok(motion)
}

impl Trial<'_> {
    /// Whether the system held `temperature`, about which `motion` is told; `share` of all trials are done before.
    fn heat_to(&mut self, temperature: f64, steps: u64, share: f64, motion: &mut Motion) -> Result<bool> {
        (self.control.progress)(&format!("{temperature} K"), share);
        match self.heat(temperature, steps)? {
            Ending::Done(trial) => {
                let held = trial.failure.is_none();
                motion.heat.push(trial);
                Ok(held)
            }
            Ending::OutOfTime => {
                motion.left_out.push(TrialPart::Heat);
                Ok(false)
            }
        }
    }

    /// Some picoseconds under a bath.
    fn heat(&mut self, bath: f64, steps: u64) -> Result<Ending<HeatTrial>> {
        let mut integrator = Baoab::new(TIME_STEP * FEMTOSECOND)?;
        let mut thermostat = Langevin::new(bath, FRICTION / FEMTOSECOND)?;
        let mut grade: f64 = 0.0;
        let mut failure = None;
        let mut done = 0;
        while done < steps && failure.is_none() {
            if self.control.is_over()? {
                return Ok(Ending::OutOfTime);
            }
            failure = self.step(&mut integrator, &mut thermostat);
            done += 1;
            if failure.is_none()
                && done % 10 == 0
                && let Some(domain) = &mut self.domain
            {
                let look = domain.look(&self.system)?;
                grade = grade.max(look.grade.map_or(0.0, |grade| grade.value.min(f64::MAX)));
                if let Some(far) = look.grade.filter(|grade| grade.value > FAR) {
                    let atom = format!("{} ({})", far.atom + 1, self.system.elements[far.atom]);
                    failure = Some(format!("the surroundings of atom {atom} left the training frames"));
                }
                if let Some(contact) =
                    look.contact.filter(|contact| contact.seen.is_some() && contact.share < COLLISION)
                {
                    let [one, other] =
                        contact.atoms.map(|atom| format!("{} ({})", atom + 1, self.system.elements[atom]));
                    failure = Some(format!("atoms {one} and {other} collide: {:.2} Å", contact.distance));
                }
            }
        }
        let picoseconds = done as f64 * TIME_STEP * FEMTOSECOND / PICOSECOND;
        Ok(Ending::Done(HeatTrial { temperature: bath, picoseconds, grade, failure }))
    }

    /// A trajectory at constant energy: drift in meV/atom/ps and largest deviation in meV/atom; none if it failed.
    fn conserve(&mut self, femtoseconds: f64, steps: u64) -> Result<Ending<Option<(f64, f64)>>> {
        let mut integrator = VelocityVerlet::new(femtoseconds * FEMTOSECOND)?;
        let per_atom = 1000.0 / self.system.atom_count() as f64;
        let (mut line, mut deviation) = (LineFit::default(), 0.0_f64);
        let energy = |trial: &Self| kinetic_energy(&trial.system) + trial.field.last().energy;
        let first = energy(self);
        for step in 0..steps {
            if self.control.is_over()? {
                return Ok(Ending::OutOfTime);
            }
            if self.step(&mut integrator, &mut NoBath).is_some() {
                return Ok(Ending::Done(None));
            }
            let change = (energy(self) - first) * per_atom;
            line.add(step as f64 * femtoseconds * FEMTOSECOND / PICOSECOND, change);
            deviation = deviation.max(change.abs());
        }
        Ok(Ending::Done(Some((line.slope(), deviation))))
    }

    /// One step; why it failed, if it did.
    fn step(&mut self, integrator: &mut dyn Integrator, bath: &mut dyn Thermostat) -> Option<String> {
        if let Err(error) = integrator.step(&mut self.system, &mut self.field, bath, &self.noise) {
            return Some(error.to_string());
        }
        let freedom = degrees_of_freedom(&self.system, Removed::default());
        let kelvin = temperature(&self.system, freedom);
        let checked = self.guards.check(&self.system, self.field.last(), integrator.time_step(), kelvin);
        checked.err().map(|error| error.to_string())
    }
}
