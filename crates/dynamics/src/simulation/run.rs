//! The loop itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::flow::Flow;
use super::observer::{Resumed, Scope};
use super::stiffness::Stiffness;
use super::{Guards, Observer, Outcome, Stage, StageOutcome, Stop};
use crate::dynamics::{ForceEvaluator, Scaling};
use cormorant_core::noise::Noise;
use cormorant_core::system::observables::{self, Removed};
use cormorant_core::system::{RigidGroups, System, molecules};
use cormorant_core::units::PICOSECOND;
use cormorant_core::{Error, Result};
use cormorant_potential::{Potential, RequestedProperties};

/// A system, a potential, and what is to be done with them.
pub struct Simulation {
    /// Atoms, motion, cell.
    pub system: System,
    /// Overall motion that the current stage conserves at zero and does not count; found again when a stage begins.
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
    pub(super) field: ForceEvaluator,
    pub(super) noise: Noise,
    pub(super) current: usize,
    pub(super) stage_step: u64,
    pub(super) degrees_of_freedom: usize,
    pub(super) carried: f64,
    pub(super) resumed: Option<Resumed>,
    pub(super) warnings: Vec<String>,
    /// Kinetic energy (eV) of the momenta at full steps, which belongs to the conserved quantity.
    pub(super) kinetic: f64,
    pub(super) molecules: Option<Arc<RigidGroups>>,
    /// Kinetic energy (eV) that the temperature is read from, see [`crate::dynamics::Integrator::kinetic_energy`].
    pub(super) reading: f64,
    pub(super) observing: Duration,
    stiffness: Stiffness,
    /// Whether the substance flows; kept as long as a stage to come cares and no warning was given.
    flow: Option<Flow>,
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
        let field = ForceEvaluator::new(potential, &system)?;
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
            reading: 0.0,
            stiffness: Stiffness::default(),
            flow: None,
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
    pub fn field(&self) -> &ForceEvaluator {
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

    /// Do the steps up to number `step` of the run, or all if there are fewer; call it again to continue. True when the run is
    /// finished, with its files complete.
    ///
    /// # Errors
    /// As for [`Simulation::run`].
    pub fn run_to(&mut self, step: u64) -> Result<bool> {
        let start = Instant::now();
        if !self.begun {
            self.spent_before = self.field.elapsed();
            if self.stages.iter().any(|stage| stage.scaling() == Some(Scaling::Anisotropic)) {
                self.flow = Flow::new(&self.system);
            }
        }
        let result = self.run_stages(step);
        let pause = matches!(result, Ok(false));
        let finished = if pause {
            Ok(())
        } else {
            let finished = self.visit(Scope::Both, |observer, _, _, _| observer.finish());
            self.field.complete_step().and(finished)
        };
        self.elapsed += start.elapsed();
        result.and_then(|over| finished.map(|()| over))
    }

    /// True when every stage is done, false where `pause` came first.
    fn run_stages(&mut self, pause: u64) -> Result<bool> {
        if std::mem::replace(&mut self.begun, true) {
            // Continuing after a pause.
        } else if let Some(resumed) = self.resumed.take() {
            self.kinetic = observables::kinetic_energy(&self.system);
            self.reading = self.kinetic;
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
            let ended = &mut self.stages[self.current];
            ended.remarks = ended.observers.iter().flat_map(|observer| observer.remarks()).collect();
            self.carried += ended.given_away();
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
            let reason = "this barostat does not support fixed distances or a fixed center of mass: use kind = \"stochastic-cell-rescaling\"";
            return Err(Error::Invalid(reason.into()));
        }
        if stage.pressure().is_some() && self.field.potential().is_external() {
            let reason =
                "walls and position restraints have no pressure of their own: they cannot be combined with a barostat";
            return Err(Error::Invalid(reason.into()));
        }
        self.settle_motion()?;
        let stage = &mut self.stages[self.current];
        stage.thermostat.prepare(self.degrees_of_freedom);
        stage.integrator.prepare(&self.system, self.degrees_of_freedom)?;
        // What the stage holds before its first step is not given away by the system.
        self.carried -= stage.given_away();
        self.kinetic = observables::kinetic_energy(&self.system);
        self.reading = self.kinetic;
        self.stiffness = Stiffness::default();
        let want = self.want(0);
        if want != RequestedProperties::default() {
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
                let correction = stage.integrator.kinetic_tensor_correction(&self.system, &self.field);
                barostat.apply(&mut self.system, &mut self.field, &correction, time, &self.noise)
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
        self.reading = self.stages[self.current].integrator.kinetic_energy().unwrap_or(self.kinetic);
        let temperature = self.temperature();
        match self.guards.check(&self.system, self.field.last(), time_step, temperature) {
            Ok(fresh) => self.warn(&fresh)?,
            Err(error) => return Err(self.save_frame(error, true)),
        }
        self.warn_of_stage();
        self.gather();
        self.look(Scope::Both)?;
        self.save_if_due()?;
        if self.stop.asked() { Err(self.interrupted()?) } else { Ok(()) }
    }

    /// Warn of a step that is too long for a vibration, and of a liquid in a cell whose edges move by themselves.
    fn warn_of_stage(&mut self) {
        let stage = &self.stages[self.current];
        let done = [self.stage_step, stage.steps];
        let forces = &self.field.last().forces;
        let long = self.stiffness.look(&self.system, forces, stage.integrator.as_ref(), done);
        let free = stage.scaling() == Some(Scaling::Anisotropic) && Flow::due(self.stage_step);
        let flows = self.flow.as_ref().filter(|_| free).and_then(|flow| flow.finding(&self.system));
        let name = stage.name.clone();
        if let Some(long) = long {
            self.warnings.push(format!("stage {name:?}: {long}"));
        }
        if let Some(flows) = flows {
            self.flow = None;
            self.warnings.push(format!(
                "stage {name:?}: the barostat lets the edges of the cell change independently, but the substance is a liquid ({flows}): \
                 it does not resist shear, so the shape of the cell drifts without limit; use scaling = \"isotropic\""
            ));
        }
    }

    pub(super) fn temperature(&self) -> f64 {
        observables::temperature_of(self.reading, self.degrees_of_freedom as f64)
    }

    pub(super) fn conserved(&self) -> f64 {
        self.kinetic + self.field.last().energy + self.carried + self.stages[self.current].given_away()
    }

    /// Add the present step to the averages of the stage.
    fn gather(&mut self) {
        let (temperature, conserved) = (self.temperature(), self.conserved());
        let stage = &mut self.stages[self.current];
        stage.statistics.add(self.system.time, temperature, conserved);
        let momenta = stage.integrator.bath_momenta().unwrap_or(&self.system.momenta);
        stage.motion.gather(&self.system, momenta, self.reading, [self.stage_step, stage.steps]);
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
