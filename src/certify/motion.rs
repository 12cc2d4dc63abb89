//! Short trajectories: does the energy stay, up to which time step, and up to which temperature does the model hold?

use super::interrupted;
use crate::Result;
use crate::analysis::LineFit;
use crate::domain::Domain;
use crate::dynamics::{Baoab, Field, Integrator, Langevin, NoBath, Thermostat, VelocityVerlet};
use crate::model::{HeatTrial, Network};
use crate::noise::Noise;
use crate::potential::{LearnedPotential, Precision};
use crate::simulation::Guards;
use crate::system::observables::{Removed, degrees_of_freedom, kinetic_energy, temperature};
use crate::system::{System, velocities};
use crate::units::{FEMTOSECOND, PICOSECOND};

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

/// What the trials gave; units as in [`crate::model::Certificate`].
pub(super) struct Motion {
    pub drift: f64,
    pub drift_picoseconds: f64,
    pub time_step: f64,
    pub heat: Vec<HeatTrial>,
}

/// A system in motion under the model.
struct Trial<'s> {
    system: System,
    field: Field,
    guards: Guards,
    domain: Option<Domain>,
    noise: Noise,
    stop: &'s dyn Fn() -> bool,
}

/// Try `network`, in the precision that runs have, from the atoms of `start`.
pub(super) fn try_motion(
    network: &dyn Network,
    domain: Option<Domain>,
    start: &System,
    stop: &dyn Fn() -> bool,
) -> Result<Motion> {
    let [drift_steps, step_steps, heat_steps] =
        STEPS.map(|steps| (steps * 9 / start.atom_count().max(9) as u64).max(steps / 20));
    let field = || Field::new(Box::new(LearnedPotential::new(network, Precision::F32, 1)?), start);
    let trial = |system: System| -> Result<Trial<'_>> {
        let field = field()?;
        let mut trial =
            Trial { system, field, guards: Guards::default(), domain: domain.clone(), noise: Noise::new(0), stop };
        trial.field.refresh(&trial.system)?;
        Ok(trial)
    };
    let mut hot = trial(start.clone())?;
    velocities::draw(&mut hot.system, ROOM, Removed::default(), &hot.noise)?;
    let mut heat = Vec::new();
    let mut warm = None;
    for temperature in TEMPERATURES {
        let outcome = hot.heat(temperature, heat_steps)?;
        if warm.is_none() {
            warm = Some(hot.system.clone());
        }
        let failed = outcome.failure.is_some();
        heat.push(outcome);
        if failed {
            break;
        }
    }
    // A model that fails at room temperature has nothing to conserve.
    if heat.first().is_none_or(|trial| trial.failure.is_some()) {
        return Ok(Motion { drift: f64::MAX, drift_picoseconds: 0.0, time_step: 0.0, heat });
    }
    let warm = warm.unwrap_or_else(|| start.clone());
    let mut time_step = 0.0;
    for femtoseconds in TIME_STEPS {
        match trial(warm.clone())?.conserve(femtoseconds, step_steps)? {
            Some((_, deviation)) if deviation <= KEPT => time_step = femtoseconds,
            _ => break,
        }
    }
    let drift = trial(warm)?.conserve(TIME_STEP, drift_steps)?.map_or(f64::MAX, |(drift, _)| drift);
    let drift_picoseconds = drift_steps as f64 * TIME_STEP * FEMTOSECOND / PICOSECOND;
    Ok(Motion { drift, drift_picoseconds, time_step, heat })
}

impl Trial<'_> {
    /// Some picoseconds under a bath.
    fn heat(&mut self, bath: f64, steps: u64) -> Result<HeatTrial> {
        let mut integrator = Baoab::new(TIME_STEP * FEMTOSECOND)?;
        let mut thermostat = Langevin::new(bath, FRICTION / FEMTOSECOND)?;
        let mut grade: f64 = 0.0;
        let mut failure = None;
        let mut done = 0;
        while done < steps && failure.is_none() {
            failure = self.step(&mut integrator, &mut thermostat)?;
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
        Ok(HeatTrial { temperature: bath, picoseconds, grade, failure })
    }

    /// A trajectory at constant energy: drift in meV/atom/ps and largest deviation in meV/atom; none if it failed.
    fn conserve(&mut self, femtoseconds: f64, steps: u64) -> Result<Option<(f64, f64)>> {
        let mut integrator = VelocityVerlet::new(femtoseconds * FEMTOSECOND)?;
        let per_atom = 1000.0 / self.system.atom_count() as f64;
        let (mut line, mut deviation) = (LineFit::default(), 0.0_f64);
        let energy = |trial: &Self| kinetic_energy(&trial.system) + trial.field.last().energy;
        let first = energy(self);
        for step in 0..steps {
            if self.step(&mut integrator, &mut NoBath)?.is_some() {
                return Ok(None);
            }
            let change = (energy(self) - first) * per_atom;
            line.add(step as f64 * femtoseconds * FEMTOSECOND / PICOSECOND, change);
            deviation = deviation.max(change.abs());
        }
        Ok(Some((line.slope(), deviation)))
    }

    /// One step; why it failed, if it did.
    fn step(&mut self, integrator: &mut dyn Integrator, bath: &mut dyn Thermostat) -> Result<Option<String>> {
        if (self.stop)() {
            return Err(interrupted());
        }
        if let Err(error) = integrator.step(&mut self.system, &mut self.field, bath, &self.noise) {
            return Ok(Some(error.to_string()));
        }
        let freedom = degrees_of_freedom(&self.system, Removed::default());
        let kelvin = temperature(&self.system, freedom);
        let checked = self.guards.check(&self.system, self.field.last(), integrator.time_step(), kelvin);
        Ok(checked.err().map(|error| error.to_string()))
    }
}
