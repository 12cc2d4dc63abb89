//! Many runs from one input.

use serde::Serialize;

use super::declare::{Bounds, TEMPERATURE, TIME, Value, integer, list, positive, settings};
use super::section::Section;
use super::stage::steps;
use super::{Quantity, RunInput, StageInput};
use cormorant_core::Result;
use cormorant_core::units::Dimension;

settings! {
    /// `[replicas]`: the same run several times, with other random numbers, temperatures or first frames.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct ReplicasInput {
        /// How many; as many as there are values in the other lists by default.
        pub count: usize = integer(1, 100_000),
        /// Seed of each; the seed of the input and those that follow it by default.
        pub seeds: Vec<u64> = list(&Value::Integer(0, LARGEST)),
        /// Temperature of each, for its first velocities and its thermostats; that of the input by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub temperatures: Option<Vec<Quantity>> = list(&Value::Quantity(TEMPERATURE, Bounds::AboveZero)),
        /// Frame of the structure file that each starts from; that of `[structure]` by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub frames: Option<Vec<u64>> = list(&Value::Integer(0, u32::MAX as u64)),
        /// Time between attempts to exchange configurations with neighbors in the list of temperatures; never by default.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub exchange_every: Option<Quantity> = positive(TIME),
    }
}

/// Largest seed: integers of TOML are signed.
const LARGEST: u64 = i64::MAX as u64;

impl ReplicasInput {
    /// `moving` says whether the input draws velocities.
    pub(super) fn read(root: &Section<'_>, seed: u64, stages: &[StageInput], moving: bool) -> Result<Option<Self>> {
        let Some(section) = root.section("replicas")? else { return Ok(None) };
        section.declared(&[Self::TABLE.keys])?;
        let seeds: Option<Vec<u64>> = section.given(&Self::seeds)?;
        let temperatures = section.quantities("temperatures", Dimension::Temperature)?;
        let frames: Option<Vec<u64>> = section.get(&Self::frames)?;
        let lengths = [
            ("seeds", seeds.as_ref().map(Vec::len)),
            ("temperatures", temperatures.as_ref().map(Vec::len)),
            ("frames", frames.as_ref().map(Vec::len)),
        ];
        let listed = lengths.iter().find_map(|(_, length)| *length);
        let count = section.given(&Self::count)?.or(listed);
        let count = section.required("count", count, "count = 8")?;
        if let Some((key, Some(length))) =
            lengths.iter().find(|(_, length)| length.is_some_and(|length| length != count))
        {
            let message = format!("`{key}` lists {length} values for {count} replicas");
            return Err(section.error_at(key, message, "list one value for each replica"));
        }
        if let Some(wrong) = temperatures.iter().flatten().find(|temperature| temperature.value() <= 0.0) {
            return Err(section.error_at(
                "temperatures",
                format!("the temperature \"{wrong}\" must be above zero"),
                "write a temperature above zero",
            ));
        }
        let twice = |seeds: &Vec<u64>| seeds.iter().enumerate().any(|(index, seed)| seeds[..index].contains(seed));
        if seeds.as_ref().is_some_and(twice) {
            return Err(section.error_at(
                "seeds",
                "`seeds` lists a seed twice: those replicas would be the same",
                "list each seed once",
            ));
        }
        let ramp =
            stages.iter().any(|stage| stage.thermostat.as_ref().is_some_and(|bath| bath.final_temperature.is_some()));
        if temperatures.is_some() && ramp {
            let remedy = "leave out `final_temperature` in the stages";
            return Err(section.error_at("temperatures", "`temperatures` cannot be combined with a ramp", remedy));
        }
        let seeds = seeds.unwrap_or_else(|| (0..count as u64).map(|index| (seed + index) % LARGEST).collect());
        let exchange_every: Option<Quantity> = section.get(&Self::exchange_every)?;
        if let Some(every) = &exchange_every {
            exchangeable(&section, every, temperatures.as_deref(), stages)?;
        }
        if temperatures.is_some() && !moving && stages.iter().all(|stage| stage.thermostat.is_none()) {
            let message = "`temperatures` has nothing to set: there is neither [velocities] nor a thermostat";
            return Err(section.error_at(
                "temperatures",
                message,
                "add [velocities], a thermostat to the stages, or leave `temperatures` out",
            ));
        }
        Ok(Some(Self { count, seeds, temperatures, frames, exchange_every }))
    }

    /// Steps between two attempts to exchange, if there are any.
    #[must_use]
    pub fn exchange_steps(&self, stages: &[StageInput]) -> Option<u64> {
        Some(stages.first()?.steps_in(self.exchange_every.as_ref()?))
    }
}

/// Refuse what replica exchange does not keep in equilibrium.
fn exchangeable(
    section: &Section<'_>,
    every: &Quantity,
    temperatures: Option<&[Quantity]>,
    stages: &[StageInput],
) -> Result<()> {
    let refuse = |message: &str, remedy: &str| Err(section.error_at("exchange_every", message, remedy));
    if temperatures.is_none_or(|list| list.len() < 2) {
        return refuse(
            "an exchange needs a list of temperatures",
            "add for example: temperatures = [\"300 K\", \"350 K\", \"410 K\"]",
        );
    }
    for stage in stages {
        if stage.thermostat.is_none() || stage.barostat.is_some() {
            let message =
                format!("replicas that exchange need a thermostat and no barostat, unlike stage {:?}", stage.name);
            return refuse(&message, "give every replica the same");
        }
        if stage.time_step.value() != stages[0].time_step.value() {
            return refuse(
                "replicas that exchange need the same `time_step` in all stages",
                "give every stage the same",
            );
        }
        steps(section, "exchange_every", every, &stage.time_step)?;
    }
    Ok(())
}

impl RunInput {
    /// Name of the folder of replica `index` (counted from 0) within that of the run, e.g. `replica-03`.
    #[must_use]
    pub fn replica_name(&self, index: usize) -> String {
        let width = self.replicas.as_ref().map_or(1, |replicas| replicas.count).to_string().len().max(2);
        format!("replica-{:0width$}", index + 1)
    }

    /// The input of replica `index` (counted from 0): a run of its own.
    #[must_use]
    pub fn replica(&self, index: usize) -> Self {
        let mut one = self.clone();
        let Some(replicas) = one.replicas.take() else { return one };
        one.output.folder = self.output.folder.join(self.replica_name(index));
        one.seed = replicas.seeds[index];
        if let Some(frames) = &replicas.frames {
            one.structure.frame = frames[index] as usize;
        }
        if let Some(temperatures) = &replicas.temperatures {
            if let Some(velocities) = &mut one.velocities {
                velocities.temperature = temperatures[index].clone();
            }
            for bath in one.stages.iter_mut().filter_map(|stage| stage.thermostat.as_mut()) {
                bath.temperature = temperatures[index].clone();
            }
        }
        one
    }
}
