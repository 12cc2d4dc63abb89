//! Continuing from a restart file.

use std::path::Path;

use super::observer::Resumed;
use super::{GuardCounts, Observer, Restart, Simulation, Statistics};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};

/// Relative difference of the energy, and of forces to their largest, up to which a potential is taken for the same one
/// computed by other instructions.
const SAME_POTENTIAL: f64 = 1.0e-4;

impl Simulation {
    /// Put the simulation, built from the same input, where the restart file at `path` was written.
    ///
    /// [`Simulation::run`] then ends with the bits of a run that never stopped. Where that cannot be promised, because the
    /// potential gives other bits than before, a warning goes into the outcome.
    ///
    /// # Errors
    /// When the file is damaged or belongs to another input or potential; the message shows the first difference.
    pub fn resume(&mut self, path: &Path) -> Result<()> {
        let restart = Restart::read(path)?;
        self.put(restart).map_err(|error| error.in_restart(path))
    }

    fn put(&mut self, restart: Restart) -> Result<()> {
        self.check_fits(&restart)?;
        let constraints = std::mem::take(&mut self.system.constraints);
        self.system = System { constraints, ..restart.system };
        (self.current, self.stage_step) = (restart.stage, restart.stage_step);
        self.field.set_want(self.stages[restart.stage].want(restart.stage_step));
        // Neither the evaluation at the start nor this one is a step of the run.
        self.field.forget_step();
        self.field.refresh(&self.system)?;
        self.field.forget_step();
        if let Some(warning) =
            compare(self.field.last().energy, &self.field.last().forces, restart.energy, &restart.forces)?
        {
            self.warnings.push(warning);
        }
        let potential = self.field.potential();
        let (now, device) = (potential.instruction_set(), potential.device());
        if restart.device.as_deref() != device {
            let name = |device: Option<&str>| device.unwrap_or("the processor").to_string();
            self.warnings.push(format!(
                "the run was started on {} and continues on {}; the continuation is correct, but not bit for bit",
                name(restart.device.as_deref()),
                name(device)
            ));
        } else if let Some(then) = restart.instruction_set.as_deref().filter(|then| Some(*then) != now) {
            self.warnings.push(format!(
                "the run was started with the instruction set {then} and continues with {}; the continuation is correct, but not bit \
                 for bit. CORMORANT_INSTRUCTION_SET={then} gives the same bits where the machine has it",
                now.unwrap_or("none in particular")
            ));
        }
        self.guards.tally = GuardCounts::from_state(&restart.guards, self.system.atom_count())?;
        (self.carried, self.degrees_of_freedom) = (restart.carried, restart.degrees_of_freedom);
        self.put_motion(&restart.motion)?;
        for (stage, saved) in self.stages.iter_mut().zip(&restart.statistics) {
            stage.statistics = Statistics::from_state(saved)?;
        }
        for (stage, said) in self.stages[..restart.stage].iter_mut().zip(restart.remarks) {
            stage.remarks = said;
        }
        let stage = &mut self.stages[restart.stage];
        stage.thermostat.prepare(restart.degrees_of_freedom);
        stage.thermostat.restore(&restart.thermostat)?;
        stage.integrator.prepare(&self.system, restart.degrees_of_freedom)?;
        stage.integrator.restore(&restart.integrator)?;
        match &mut stage.barostat {
            Some((barostat, _)) => barostat.restore(&restart.barostat)?,
            None if restart.barostat.is_empty() => {}
            None => return Err(Error::Restart("it was written with a barostat, but now there is none".into())),
        }
        self.resumed = Some(Resumed { run: restart.run_observers, stage: restart.stage_observers });
        Ok(())
    }

    /// Whether the restart belongs to this simulation.
    fn check_fits(&self, restart: &Restart) -> Result<()> {
        let refuse = |reason: String| Err(Error::Restart(reason));
        if restart.input != self.input {
            return refuse(format!(
                "it belongs to another input: {}; undo the change, or start again with --force (only the duration of the stage under way, and stages after it, may change)",
                first_difference(&restart.input, &self.input)
            ));
        }
        if restart.seed != self.noise.seed() {
            return refuse(format!("it was made with seed {}, not {}", restart.seed, self.noise.seed()));
        }
        if restart.system.elements != self.system.elements {
            return refuse("its atoms are not those of the structure".into());
        }
        let Some(stage) = self.stages.get(restart.stage) else {
            return refuse(format!("it is at stage {}, but there are {}", restart.stage + 1, self.stages.len()));
        };
        let before: u64 = self.stages[..restart.stage].iter().map(|stage| stage.steps).sum();
        let step = before.checked_add(restart.stage_step);
        if restart.stage_step > stage.steps || step != Some(restart.system.step) {
            return refuse(format!("step {} is not in its stage {:?}", restart.system.step, stage.name));
        }
        let observers = (restart.run_observers.len(), restart.stage_observers.len());
        let persistent = |list: &[Box<dyn Observer>]| list.iter().filter(|observer| observer.persistent()).count();
        if observers != (persistent(&self.observers), persistent(&stage.observers)) {
            return refuse("its output files are not those of the input".into());
        }
        Ok(())
    }
}

/// Compare the potential with what it gave when the restart was written: an error, a warning or nothing.
fn compare(energy: f64, forces: &[[f64; 3]], old_energy: f64, old_forces: &[[f64; 3]]) -> Result<Option<String>> {
    let pairs = || forces.iter().flatten().zip(old_forces.iter().flatten());
    if energy == old_energy && pairs().all(|(new, old)| new == old) {
        return Ok(None);
    }
    let largest = old_forces.iter().flatten().fold(1.0e-3, |largest: f64, force| largest.max(force.abs()));
    let worst = pairs().map(|(new, old)| (new - old).abs()).fold(0.0, f64::max);
    if worst <= SAME_POTENTIAL * largest && (energy - old_energy).abs() <= SAME_POTENTIAL * old_energy.abs().max(1.0) {
        return Ok(Some(format!(
            "the forces differ slightly from those when the restart was written (largest difference {worst:e} \
             eV/Å), probably because of another processor; the continuation is correct, but not bit for bit"
        )));
    }
    Err(Error::Restart(format!(
        "the potential is not the one it was written with: the energy was {old_energy} eV and is now {energy} eV, forces \
         differ by up to {worst} eV/Å"
    )))
}

/// The first line in which two texts differ.
fn first_difference(old: &str, new: &str) -> String {
    // A duration that may change is named only where nothing else differs.
    let of = |text: &str| {
        let kept = text.lines().filter(|line| !line.trim_start().starts_with("duration ="));
        kept.collect::<Vec<_>>().join("\n")
    };
    let (plain_old, plain_new) = (of(old), of(new));
    if plain_old != plain_new && plain_old.lines().count() < old.lines().count() {
        return first_difference(&plain_old, &plain_new);
    }
    let mut olds = old.lines();
    let mut news = new.lines();
    loop {
        match (olds.next(), news.next()) {
            (Some(then), Some(now)) if then == now => {}
            (Some(then), Some(now)) => return format!("there it says `{}`, now `{}`", then.trim(), now.trim()),
            (Some(then), None) => return format!("the line `{}` is gone", then.trim()),
            (None, Some(now)) => return format!("the line `{}` is new", now.trim()),
            (None, None) => return "they differ in blank space".into(),
        }
    }
}
