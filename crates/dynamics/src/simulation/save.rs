//! Saving the state of the loop.

use std::path::PathBuf;
use std::time::Instant;

use super::observer::Scope;
use super::{Progressed, Restart, Simulation};
use cormorant_core::{Error, Result};

impl Simulation {
    /// Save the state where the stage is due to.
    pub(super) fn save_if_due(&mut self) -> Result<()> {
        let stage = &self.stages[self.current];
        match &stage.restart {
            Some((path, schedule)) if schedule.due(self.stage_step, stage.steps) => self.save(Some(path.clone())),
            _ => Ok(()),
        }
    }

    /// Save the full state, if there is a place for it.
    pub(super) fn save(&mut self, path: Option<PathBuf>) -> Result<()> {
        let Some(path) = path else { return Ok(()) };
        self.field.complete_step()?;
        let state = self.state()?;
        let start = Instant::now();
        state.write(&path)?;
        self.observing += start.elapsed();
        Ok(())
    }

    /// The full state, with every file of the observers brought to disk.
    fn state(&mut self) -> Result<Restart> {
        let mut progressed: [Vec<Progressed>; 2] = Default::default();
        for (scope, list) in [Scope::Run, Scope::Stage].into_iter().zip(&mut progressed) {
            self.visit(scope, |observer, _, _, _| {
                if observer.persistent() { observer.checkpoint().map(|state| list.push(state)) } else { Ok(()) }
            })?;
        }
        let [run_observers, stage_observers] = progressed;
        let stage = &self.stages[self.current];
        let ended = &self.stages[..self.current];
        let said = ended.iter().any(|stage| !stage.remarks.is_empty());
        Ok(Restart {
            system: self.system.clone(),
            energy: self.field.last().energy,
            forces: self.field.last().forces.clone(),
            potential: self.field.potential().name(),
            seed: self.noise.seed(),
            stage: self.current,
            stage_step: self.stage_step,
            degrees_of_freedom: self.degrees_of_freedom,
            carried: self.carried,
            integrator: stage.integrator.state(),
            thermostat: stage.thermostat.state(),
            barostat: stage.barostat.as_ref().map_or(Vec::new(), |(barostat, _)| barostat.state()),
            statistics: self.stages[..=self.current].iter().map(|stage| stage.statistics.state()).collect(),
            run_observers,
            stage_observers,
            guards: self.guards.tally.state(),
            motion: self.stages[..=self.current].iter().flat_map(|stage| stage.motion.state()).collect(),
            remarks: if said { ended.iter().map(|stage| stage.remarks.clone()).collect() } else { Vec::new() },
            instruction_set: self.field.potential().instruction_set().map(str::to_string),
            device: self.field.potential().device().map(str::to_string),
            input: self.input.clone(),
        })
    }

    /// Save the state and say so.
    pub(super) fn interrupted(&mut self) -> Result<Error> {
        let path = self.restart.clone().or(self.stages[self.current].restart.as_ref().map(|(path, _)| path.clone()));
        self.save(path.clone())?;
        let saved = path.map_or("nothing was saved".into(), |path| format!("the state is in {}", path.display()));
        Ok(Error::Interrupted(format!("after step {} of {}; {saved}", self.system.step, self.run_steps())))
    }
}
