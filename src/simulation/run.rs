//! The loop itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::resume::Resumed;
use super::watch::Scope;
use super::{Guards, Observer, Outcome, Stage, StageOutcome, Stop};
use crate::dynamics::Field;
use crate::noise::Noise;
use crate::potential::{Potential, Want};
use crate::system::observables::{self, Removed};
use crate::system::{RigidGroups, System, molecules};
use crate::units::PICOSECOND;
use crate::{Error, Result};

/// A system, a potential, and what is to be done with them.
pub struct Simulation {
    /// Atoms, motion, cell.
    pub system: System,
    /// Overall motion that the current stage conserves at zero and does not count; found anew when a stage begins.
    pub removed: Removed,
    /// What is done, in order.
    pub stages: Vec<Stage>,
    /// Observers of the whole run.
    pub observers: Vec<Box<dyn Observer>>,
    /// Limits that stop the run.
    pub guards: Guards,
    /// Asks the run to end early.
    pub stop: Stop,
    /// Where the state is saved at the start, the end and when the run is stopped.
    pub restart: Option<PathBuf>,
    /// The resolved input, which has to be the same when the run is resumed.
    pub input: String,
    pub(super) field: Field,
    pub(super) noise: Noise,
    pub(super) current: usize,
    pub(super) stage_step: u64,
    pub(super) degrees_of_freedom: usize,
    pub(super) carried: f64,
    pub(super) resumed: Option<Resumed>,
    pub(super) warnings: Vec<String>,
    pub(super) kinetic: f64,
    pub(super) molecules: Option<Arc<RigidGroups>>,
    pub(super) observing: Duration,
    begun: bool,
    steps: u64,
    picoseconds: f64,
    elapsed: Duration,
    spent_before: Duration,
}

impl Simulation {
    /// A simulation without stages; push them to [`Simulation::stages`]. `seed` fixes every random number.
    ///
    /// # Errors
    /// When the potential does not know an element or cannot be evaluated at the first positions.
    pub fn new(system: System, potential: Box<dyn Potential>, seed: u64) -> Result<Self> {
        let field = Field::new(potential, &system)?;
        Ok(Self {
            molecules: molecules(&system),
            system,
            removed: Removed::default(),
            stages: Vec::new(),
            observers: Vec::new(),
            guards: Guards::default(),
            stop: Stop::default(),
            restart: None,
            input: String::new(),
            field,
            noise: Noise::new(seed),
            current: 0,
            stage_step: 0,
            degrees_of_freedom: 0,
            carried: 0.0,
            resumed: None,
            warnings: Vec::new(),
            kinetic: 0.0,
            begun: false,
            steps: 0,
            picoseconds: 0.0,
            elapsed: Duration::ZERO,
            observing: Duration::ZERO,
            spent_before: Duration::ZERO,
        })
    }

    /// Steps of the whole run.
    #[must_use]
    pub fn run_steps(&self) -> u64 {
        self.stages.iter().map(|stage| stage.steps).sum()
    }

    /// The potential with its latest evaluation.
    #[must_use]
    pub fn field(&self) -> &Field {
        &self.field
    }

    /// Do all stages, from the start or from where [`Simulation::resume`] put it.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when it was asked to stop; otherwise what went wrong. Files are completed in both cases, and
    /// [`Simulation::outcome`] tells how far it came.
    pub fn run(&mut self) -> Result<Outcome> {
        self.run_to(u64::MAX)?;
        Ok(self.outcome())
    }

    /// Do the steps up to number `step` of the run, or all if there are fewer; call it again to go on. True when the run is
    /// finished, with its files complete.
    ///
    /// # Errors
    /// As for [`Simulation::run`].
    pub fn run_to(&mut self, step: u64) -> Result<bool> {
        let start = Instant::now();
        if !self.begun {
            self.spent_before = self.field.elapsed();
        }
        let result = self.run_stages(step);
        let pause = matches!(result, Ok(false));
        let finished = if pause { Ok(()) } else { self.visit(Scope::Both, |observer, _, _, _| observer.finish()) };
        self.elapsed += start.elapsed();
        result.and_then(|over| finished.map(|()| over))
    }

    /// True when every stage is done, false where `pause` came first.
    fn run_stages(&mut self, pause: u64) -> Result<bool> {
        if std::mem::replace(&mut self.begun, true) {
            // Going on after a pause.
        } else if let Some(resumed) = self.resumed.take() {
            self.kinetic = observables::kinetic_energy(&self.system);
            self.resume_observers(resumed)?;
        } else if !self.stages.is_empty() {
            self.begin_stage()?;
            self.first_look()?;
            self.visit(Scope::Run, |observer, now, _, _| observer.begin(now))?;
            self.look(Scope::Run)?;
            self.look(Scope::Stage)?;
            self.save(self.restart.clone())?;
        }
        while self.current < self.stages.len() {
            while self.stage_step < self.stages[self.current].steps {
                if self.system.step >= pause {
                    return Ok(false);
                }
                self.advance()?;
            }
            if self.current + 1 == self.stages.len() {
                return self.save(self.restart.clone()).map(|()| true);
            }
            self.visit(Scope::Stage, |observer, _, _, _| observer.finish())?;
            self.carried += self.stages[self.current].given_away();
            self.current += 1;
            self.stage_step = 0;
            self.begin_stage()?;
            self.look(Scope::Stage)?;
        }
        Ok(true)
    }

    /// Make the current stage ready for its first step.
    fn begin_stage(&mut self) -> Result<()> {
        let stage = &mut self.stages[self.current];
        if stage.pressure().is_some() && !self.system.constraints.fixed().is_empty() {
            let reason = "fixed atoms cannot follow a cell that changes: leave out the barostat, or the fixed atoms";
            return Err(Error::Invalid(reason.into()));
        }
        if stage.integrator.pressure().is_some() && !self.system.constraints.is_empty() {
            let reason =
                "this barostat knows no fixed distances or centre of mass: use kind = \"stochastic-cell-rescaling\"";
            return Err(Error::Invalid(reason.into()));
        }
        if stage.pressure().is_some() && self.field.potential().is_external() {
            let reason =
                "walls and atoms held in place have no pressure of their own: they cannot be combined with a barostat";
            return Err(Error::Invalid(reason.into()));
        }
        self.settle_motion()?;
        let stage = &mut self.stages[self.current];
        stage.thermostat.prepare(self.degrees_of_freedom);
        stage.integrator.prepare(&self.system, self.degrees_of_freedom)?;
        // What the stage holds before its first step is not given away by the system.
        self.carried -= stage.given_away();
        self.kinetic = observables::kinetic_energy(&self.system);
        let want = self.want(0);
        if want != Want::default() {
            self.field.set_want(want);
            self.field.refresh(&self.system)?;
        }
        self.gather();
        self.visit(Scope::Stage, |observer, now, _, _| observer.begin(now))
    }

    /// One step with everything that belongs to it.
    fn advance(&mut self) -> Result<()> {
        self.field.set_want(self.want(1));
        let stage = &mut self.stages[self.current];
        stage.ramp_baths(self.stage_step);
        let time_step = stage.integrator.time_step();
        let stepped = stage.integrator.step(&mut self.system, &mut self.field, stage.thermostat.as_mut(), &self.noise);
        let scaled = stepped.and_then(|()| match &mut stage.barostat {
            Some((barostat, interval)) if (self.stage_step + 1).is_multiple_of(*interval) => {
                let time = *interval as f64 * time_step;
                barostat.apply(&mut self.system, &mut self.field, time, &self.noise)
            }
            _ => Ok(()),
        });
        if let Err(error) = scaled {
            return Err(self.save_frame(error, false));
        }
        self.stage_step += 1;
        self.steps += 1;
        self.picoseconds += time_step / PICOSECOND;
        self.kinetic = observables::kinetic_energy(&self.system);
        let temperature = self.temperature();
        match self.guards.check(&self.system, self.field.last(), time_step, temperature) {
            Ok(fresh) => self.warn(&fresh)?,
            Err(error) => return Err(self.save_frame(error, true)),
        }
        self.gather();
        self.look(Scope::Both)?;
        self.save_if_due()?;
        if self.stop.asked() { Err(self.interrupted()?) } else { Ok(()) }
    }

    pub(super) fn temperature(&self) -> f64 {
        observables::temperature_of(self.kinetic, self.degrees_of_freedom as f64)
    }

    pub(super) fn conserved(&self) -> f64 {
        self.kinetic + self.field.last().energy + self.carried + self.stages[self.current].given_away()
    }

    /// Add the present step to the averages of the stage.
    fn gather(&mut self) {
        let (temperature, conserved) = (self.temperature(), self.conserved());
        let stage = &mut self.stages[self.current];
        stage.statistics.add(self.system.time, temperature, conserved);
        stage.motion.gather(&self.system, self.kinetic, self.stage_step, stage.steps);
    }

    /// How far it came, and what was found on the way.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let (atoms, dimensions) = (self.system.atom_count(), self.system.cell.map_or(0, |cell| cell.dimensions()));
        let begun = self.stages.iter().filter(|stage| stage.statistics.temperature.count() > 0);
        let observers = self.observers.iter().chain(self.stages.iter().flat_map(|stage| &stage.observers));
        let mut files: Vec<PathBuf> = observers.flat_map(|observer| observer.files()).collect();
        files.extend(self.restart.clone());
        files.dedup();
        let stages: Vec<_> = begun.map(|stage| StageOutcome::new(stage, atoms, dimensions)).collect();
        let uneven: Vec<_> = stages.iter().flat_map(|stage| stage.alarms.clone()).collect();
        let noted = self.guards.tally.lines(&self.system.elements, self.guards.beads);
        Outcome {
            stages,
            atoms,
            steps: self.steps,
            picoseconds: self.picoseconds,
            elapsed: self.elapsed,
            potential: self.field.elapsed().saturating_sub(self.spent_before),
            observers: self.observing,
            files,
            warnings: self.warnings.iter().cloned().chain(uneven).chain(noted).collect(),
        }
    }
}
