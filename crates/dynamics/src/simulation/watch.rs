//! Who watches the loop: observers in their turn, guards that warn or stop.

use std::time::Instant;

use super::guards::{self, Finding};
use super::observer::{Resumed, Scope};
use super::{Observer, Progressed, Simulation, Snapshot};
use cormorant_core::{Error, Result};
use cormorant_potential::RequestedProperties;

impl Simulation {
    /// Compare the start with what the model knows.
    pub(super) fn first_look(&mut self) -> Result<()> {
        match self.guards.check_start(&self.system, self.field.last()) {
            Ok(fresh) => self.warn(&fresh),
            Err(error) => Err(self.save_frame(error, true)),
        }
    }

    /// Save the frames that the guards warn of for the first time, and keep their words.
    pub(super) fn warn(&mut self, fresh: &[Finding]) -> Result<()> {
        for finding in fresh {
            let mut text =
                format!("step {}: {}", self.system.step, finding.text(&self.system.elements, self.guards.beads));
            if let Some(path) = self.guards.warned_frame(finding.guard) {
                guards::write_frame(&path, &self.system, &self.field, true)?;
                text += &format!(" (frame saved in {})", path.display());
            }
            self.warnings.push(text);
        }
        Ok(())
    }

    /// Something that the user should know before the run, said again in its outcome.
    pub fn add_warning(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }

    /// What the user should know so far.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// What the observers need that are due after `ahead` more steps.
    pub(super) fn want(&self, ahead: u64) -> RequestedProperties {
        let stage = &self.stages[self.current];
        let run = (self.system.step + ahead, self.run_steps());
        let local = (self.stage_step + ahead, stage.steps);
        let due = self.observers.iter().map(|observer| (observer, run));
        due.chain(stage.observers.iter().map(|observer| (observer, local)))
            .filter(|(observer, (step, steps))| observer.schedule().due(*step, *steps))
            .fold(stage.want(local.0), |all, (observer, _)| {
                let want = observer.want();
                RequestedProperties {
                    virial: all.virial || want.virial,
                    atom_energies: all.atom_energies || want.atom_energies,
                }
            })
    }

    /// Call the observers that are due.
    pub(super) fn look(&mut self, scope: Scope) -> Result<()> {
        self.visit(
            scope,
            |observer, now, step, steps| {
                if observer.schedule().due(step, steps) { observer.observe(now) } else { Ok(()) }
            },
        )
    }

    /// Do something with every observer in `scope`: given the state, its step and its number of steps.
    pub(super) fn visit(
        &mut self,
        scope: Scope,
        mut action: impl FnMut(&mut dyn Observer, &Snapshot<'_>, u64, u64) -> Result<()>,
    ) -> Result<()> {
        if self.stages.is_empty() {
            return Ok(());
        }
        let start = Instant::now();
        let (temperature, conserved, run_steps) = (self.temperature(), self.conserved(), self.run_steps());
        let stage = &mut self.stages[self.current];
        let now = Snapshot {
            system: &self.system,
            evaluation: self.field.last(),
            kinetic: self.reading,
            momenta: stage.integrator.bath_momenta().unwrap_or(&self.system.momenta),
            kinetic_tensor_correction: match self.field.last().virial {
                Some(_) => stage.integrator.kinetic_tensor_correction(&self.system, &self.field),
                None => [[0.0; 3]; 3],
            },
            conserved,
            temperature,
            degrees_of_freedom: self.degrees_of_freedom,
            motion: &stage.motion,
            stage: &stage.name,
            time_step: stage.integrator.time_step(),
            stage_step: self.stage_step,
            stage_steps: stage.steps,
            run_steps,
            instruction_set: self.field.potential().instruction_set(),
            device: self.field.potential().device(),
            warnings: &self.warnings,
        };
        let mut result = Ok(());
        if scope != Scope::Stage {
            for observer in &mut self.observers {
                result = result.and(action(observer.as_mut(), &now, now.system.step, run_steps));
            }
        }
        if scope != Scope::Run {
            for observer in &mut stage.observers {
                result = result.and(action(observer.as_mut(), &now, now.stage_step, now.stage_steps));
            }
        }
        self.observing += start.elapsed();
        result
    }

    /// Let the observers continue from what they saved.
    pub(super) fn resume_observers(&mut self, resumed: Resumed) -> Result<()> {
        for (scope, saved) in [(Scope::Run, resumed.run), (Scope::Stage, resumed.stage)] {
            let mut saved = saved.iter();
            self.visit(scope, |observer, now, _, _| {
                let nothing = Progressed::default();
                let progressed = if observer.persistent() { saved.next().unwrap_or(&nothing) } else { &nothing };
                observer.resume(now, progressed)
            })?;
        }
        Ok(())
    }

    /// Save the frame that the guards stopped at, and say so in the error.
    pub(super) fn save_frame(&self, error: Error, evaluated: bool) -> Error {
        let Some(path) = &self.guards.frame else { return error };
        let saved = match guards::write_frame(path, &self.system, &self.field, evaluated) {
            Ok(()) => format!("frame saved in {}", path.display()),
            Err(reason) => format!("the frame could not be saved: {reason}"),
        };
        error.with_note(saved)
    }
}
